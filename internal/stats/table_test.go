package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAssociateOfPublishedData(t *testing.T) {
	tests := []struct {
		name           string
		table          [][]int64
		chi, v         float64
		chiDigits      int
		vDigits        int
		df             int
		p, pWithin     float64
		corrected      float64
		correctedKnown bool
	}{
		// Hair and eye colour of 592 students (Snee 1974), black to blond by
		// brown, blue, hazel, green; chisq.test of R prints 138.29.
		{
			name:  "hair and eyes",
			table: [][]int64{{68, 20, 15, 5}, {119, 84, 54, 29}, {26, 17, 14, 14}, {7, 94, 10, 16}},
			chi:   138.29, chiDigits: 2, df: 9, p: 2.325287e-25, pWithin: 1e-31, v: 0.279, vDigits: 3,
			corrected: 0.270483, correctedKnown: true,
		},
		// Admissions to Berkeley by sex (Bickel et al. 1975): 92.21 without
		// Yates's correction.
		{
			name:  "admissions",
			table: [][]int64{{1198, 1493}, {557, 1278}},
			chi:   92.205280, chiDigits: 6, df: 1, p: 7.8136e-22, pWithin: 1e-25, v: 0.142732, vDigits: 6,
		},
		// Smokers among patients (Fleiss 1981): prop.test of R prints 12.6 and
		// 0.005585.
		{
			name:  "smokers",
			table: [][]int64{{83, 90, 129, 70}, {3, 3, 7, 12}},
			chi:   12.6, chiDigits: 1, df: 3, p: 0.005585, pWithin: 5e-7, v: 0.1782, vDigits: 4,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, ok := Associate(test.table)
			if !ok || a.DF != test.df {
				t.Fatalf("%+v, %v", a, ok)
			}
			printed(t, "chi-square", a.ChiSquare, test.chi, test.chiDigits)
			printed(t, "V", a.CramerV(), test.v, test.vDigits)
			if math.Abs(a.P-test.p) > test.pWithin {
				t.Errorf("P = %v, want %v", a.P, test.p)
			}
			if v, ok := a.CorrectedV(); test.correctedKnown && (!ok || math.Abs(v-test.corrected) > 5e-7) {
				t.Errorf("corrected V = %v, %v, want %v", v, ok, test.corrected)
			}
		})
	}
}

func TestAssociateLeavesOutWhatIsEmpty(t *testing.T) {
	full, _ := Associate([][]int64{{3, 9}, {8, 2}})
	padded, ok := Associate([][]int64{{3, 0, 9}, {0, 0, 0}, {8, 0, 2}})
	if !ok || full != padded {
		t.Errorf("%+v, want %+v", padded, full)
	}
	// Expected are 6, 6, 5, 5; with a row less 3, 3, 1, 1 and the like.
	if full.Sparse != 0 {
		t.Errorf("sparse = %v", full.Sparse)
	}
	if sparse, _ := Associate([][]int64{{3, 9}, {2, 1}}); sparse.Sparse != 0.75 {
		t.Errorf("sparse = %v, want 0.75", sparse.Sparse)
	}
}

func TestAssociateHasNoAnswer(t *testing.T) {
	for name, table := range map[string][][]int64{
		"none":            nil,
		"no columns":      {{}, {}},
		"one row":         {{1, 2}},
		"one full row":    {{1, 2}, {0, 0}},
		"one column":      {{1}, {2}},
		"ragged":          {{1, 2}, {3}},
		"negative":        {{1, 2}, {3, -1}},
		"more than int64": {{math.MaxInt64, 2}, {3, 1}},
	} {
		if a, ok := Associate(table); ok {
			t.Errorf("%s: %+v", name, a)
		}
	}
	smallest, ok := Associate([][]int64{{1, 0}, {0, 1}})
	if !ok || smallest.CramerV() != 1 {
		t.Errorf("%+v, %v", smallest, ok)
	}
	if v, ok := smallest.CorrectedV(); ok {
		t.Errorf("corrected V of two people: %v", v)
	}
}

func TestAssociateLaws(t *testing.T) {
	// Property: turning the table over changes nothing; independent rows have
	// no association; V and its correction lie within 0 and 1.
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(2, 5).Draw(t, "rows"), rapid.IntRange(2, 5).Draw(t, "columns")
		table, turned, product := make([][]int64, rows), make([][]int64, columns), make([][]int64, rows)
		for j := range turned {
			turned[j] = make([]int64, rows)
		}
		for i := range table {
			table[i], product[i] = make([]int64, columns), make([]int64, columns)
			for j := range table[i] {
				table[i][j] = rapid.Int64Range(0, 30).Draw(t, "count")
				turned[j][i] = table[i][j]
				product[i][j] = int64((i + 1) * (j + 2))
			}
		}
		a, ok1 := Associate(table)
		b, ok2 := Associate(turned)
		if ok1 != ok2 || math.Abs(a.ChiSquare-b.ChiSquare) > 1e-9*(1+a.ChiSquare) || a.DF != b.DF {
			t.Fatalf("%+v %v, turned %+v %v", a, ok1, b, ok2)
		}
		if ok1 {
			v, ok := a.CorrectedV()
			if a.CramerV() < 0 || a.CramerV() > 1 || ok && (v < 0 || v > 1) || a.P < 0 || a.P > 1 {
				t.Fatalf("%+v: %v, %v", a, a.CramerV(), v)
			}
		}
		if free, ok := Associate(product); !ok || free.CramerV() > 1e-7 {
			t.Fatalf("independent: %+v", free)
		}
	})
}

func TestGoodnessOfFitAgainstReference(t *testing.T) {
	// What GrowthBook's checkSrm expects.
	tests := []struct {
		name    string
		counts  []int64
		weights []float64
		p       float64
		digits  int // of p after the point, as printed; -1 without an answer
	}{
		{"off", []int64{1000, 1200}, []float64{0.5, 0.5}, 2.0079e-5, 9},
		{"by chance", []int64{135, 115}, []float64{0.5, 0.5}, 0.205903211, 9},
		{"unequal", []int64{310, 98}, []float64{0.75, 0.25}, 0.647434186, 9},
		{"three", []int64{500, 500, 600}, []float64{0.34, 0.33, 0.33}, 0.000592638, 9},
		{"none of one", []int64{0, 10, 10}, []float64{0.34, 0.33, 0.33}, 0.005790624, 9},
		{"equal", []int64{500, 500}, []float64{2, 2}, 1, 9},
		{"no weight, left out", []int64{1000, 1200, 900}, []float64{0.5, 0.5, 0}, 2.0079e-5, 9},
		{"one left", []int64{1000, 900, 800}, []float64{1, 0, 0}, 0, -1},
		{"one", []int64{1000}, []float64{1}, 0, -1},
		{"nobody", []int64{0, 0, 0}, []float64{0.34, 0.33, 0.33}, 0, -1},
		{"unlike lengths", []int64{1, 2}, []float64{1}, 0, -1},
		{"negative count", []int64{1, -2}, []float64{1, 1}, 0, -1},
		{"negative weight", []int64{1, 2}, []float64{1, -1}, 0, -1},
		{"weight not a number", []int64{1, 2}, []float64{1, math.NaN()}, 0, -1},
		{"infinite weight", []int64{1, 2}, []float64{1, math.Inf(1)}, 0, -1},
		{"infinite sum", []int64{1, 2}, []float64{math.MaxFloat64, math.MaxFloat64}, 0, -1},
		{"weight next to none", []int64{1, 2}, []float64{1e300, 5e-324}, 0, -1},
		// Kohavi, Tang and Xu (2020), chapter 21.
		{"a large experiment", []int64{821588, 815482}, []float64{0.5, 0.5}, 1.8e-6, 7},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := GoodnessOfFit(test.counts, test.weights)
			if ok != (test.digits >= 0) {
				t.Fatalf("%+v, %v", got, ok)
			}
			if ok {
				printed(t, "P", got.P, test.p, test.digits)
			}
		})
	}
}
