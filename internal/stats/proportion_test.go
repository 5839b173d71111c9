package stats

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var z95 = NormalZ(0.95)

func drawProportion(t *rapid.T, name string, most int64) Proportion {
	of := rapid.Int64Range(0, most).Draw(t, name+" of")
	return Proportion{rapid.Int64Range(0, of).Draw(t, name+" hits"), of}
}

func TestWilson(t *testing.T) {
	tests := []struct {
		p      Proportion
		lo, hi float64
	}{
		// Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
		{Proportion{81, 263}, 0.2553, 0.3662},
		{Proportion{15, 148}, 0.0624, 0.1605},
		{Proportion{0, 20}, 0, 0.1611},
		{Proportion{1, 29}, 0.0061, 0.1718},
		{Proportion{20, 20}, 0.8389, 1}, // the third, turned round
		{Proportion{0, 0}, 0, 1},
		{Proportion{3, 2}, 0, 1},
		{Proportion{-1, 2}, 0, 1},
	}
	for _, test := range tests {
		lo, hi := test.p.Wilson(z95)
		printed(t, fmt.Sprint(test.p, " lower"), lo, test.lo, 4)
		printed(t, fmt.Sprint(test.p, " upper"), hi, test.hi, 4)
	}
}

func TestWilsonOfManyTrials(t *testing.T) {
	var block struct {
		Extra [][5]float64 `json:"computed_extra"` // hits, of, 1-level, bounds
	}
	vector(t, "wilson", &block)
	for _, row := range block.Extra {
		lo, hi := Proportion{int64(row[0]), int64(row[1])}.Wilson(NormalZ(1 - row[2]))
		close(t, "lower", lo, row[3], 1e-12)
		close(t, "upper", hi, row[4], 1e-12)
	}
}

func TestWilsonHoldsTheRate(t *testing.T) {
	// Property: bounds lie within 0 and 1 and enclose the rate, they mirror
	// when hits and misses trade places, and touch 0 only without hits.
	rapid.Check(t, func(t *rapid.T) {
		p := drawProportion(t, "p", 1<<40)
		z := rapid.Float64Range(0.01, 8).Draw(t, "z")
		lo, hi := p.Wilson(z)
		if rate, ok := p.Rate(); ok && !(0 <= lo && lo <= rate && rate <= hi && hi <= 1) || (lo == 0) != (p.Hits == 0) {
			t.Fatalf("%v: %v to %v around %v", p, lo, hi, rate)
		}
		mirrorLo, mirrorHi := Proportion{p.Of - p.Hits, p.Of}.Wilson(z)
		if math.Abs(lo-(1-mirrorHi)) > 1e-12 || math.Abs(hi-(1-mirrorLo)) > 1e-12 {
			t.Fatalf("%v: %v to %v, mirrored %v to %v", p, lo, hi, mirrorLo, mirrorHi)
		}
	})
}

func TestDifferenceOfPublishedTable(t *testing.T) {
	// Newcombe (1998), Statistics in Medicine 17:873, table II, method 10.
	for _, row := range [][6]float64{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		d, ok := Difference(Proportion{int64(row[0]), int64(row[1])}, Proportion{int64(row[2]), int64(row[3])}, z95)
		if !ok {
			t.Fatalf("%v: undefined", row)
		}
		printed(t, fmt.Sprint(row, " lower"), d.Low, row[4], 4)
		printed(t, fmt.Sprint(row, " upper"), d.High, row[5], 4)
	}
}

func TestDifferenceIsAntisymmetric(t *testing.T) {
	// Property: swapping the sides turns every sign, to the bit, and the
	// interval holds the difference within -1 and 1.
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProportion(t, "a", 1<<40), drawProportion(t, "b", 1000)
		ab, ok1 := Difference(a, b, z95)
		ba, ok2 := Difference(b, a, z95)
		if ok1 != (a.Of > 0 && b.Of > 0) || ok1 != ok2 || ab != (Estimate{-ba.Value, -ba.High, -ba.Low}) {
			t.Fatalf("%v %v, swapped %v %v", ab, ok1, ba, ok2)
		}
		if ab.Low > ab.Value || ab.Value > ab.High || ab.Low < -1 || ab.High > 1 {
			t.Fatalf("%v", ab)
		}
	})
}

// comparison is a row of the reference figures for two proportions.
type comparison struct {
	Control, Treatment [2]int64
	Diff, Z, P         float64
	Newcombe           [2]float64 `json:"newcombe95"`
	Pearson            float64    `json:"pearson_chi2"`
	Fisher             float64    `json:"fisher_exact_p"`
}

func readComparisons(t *testing.T) []comparison {
	t.Helper()
	var block struct {
		Computed []struct {
			comparison
			ZPooled float64 `json:"z_pooled"`
			PPooled float64 `json:"p_two_sided_pooled"`
		}
	}
	vector(t, "two_proportion", &block)
	rows := make([]comparison, len(block.Computed))
	for i, row := range block.Computed {
		rows[i] = row.comparison
		rows[i].Z, rows[i].P = row.ZPooled, row.PPooled
	}
	if len(rows) < 5 {
		t.Fatalf("only %d comparisons", len(rows))
	}
	return rows
}

func TestTwoProportionsAgainstReference(t *testing.T) {
	for _, row := range readComparisons(t) {
		a, b := Proportion{row.Treatment[0], row.Treatment[1]}, Proportion{row.Control[0], row.Control[1]}
		t.Run(fmt.Sprint(a, b), func(t *testing.T) {
			z, p, ok := ZTest(a, b)
			if !ok {
				t.Fatal("no z")
			}
			close(t, "z", z, row.Z, 1e-12)
			close(t, "p", p, row.P, 1e-12)
			d, _ := Difference(a, b, z95)
			close(t, "difference", d.Value, row.Diff, 1e-12)
			close(t, "lower bound", d.Low, row.Newcombe[0], 1e-9)
			close(t, "upper bound", d.High, row.Newcombe[1], 1e-9)
			exact, ok := Fisher(a, b)
			if !ok {
				t.Fatal("no exact test")
			}
			close(t, "exact p", exact.TwoSided, row.Fisher, 1e-11)
			table, _ := Associate([][]int64{{a.Hits, a.Of - a.Hits}, {b.Hits, b.Of - b.Hits}})
			close(t, "Pearson's chi-square", table.ChiSquare, row.Pearson, 1e-12)
			close(t, "its p", table.P, row.P, 1e-12)
		})
	}
}

func TestTwoProportionsWithoutAnAnswer(t *testing.T) {
	some := Proportion{1, 2}
	tests := []struct {
		name string
		a, b Proportion
		z    bool // has a z test
		d    bool // has a difference
	}{
		{"some", some, Proportion{0, 2}, true, true},
		{"a side of nothing", some, Proportion{}, false, false},
		{"both of nothing", Proportion{}, Proportion{}, false, false},
		{"all hits", Proportion{3, 3}, Proportion{4, 4}, false, true},
		{"no hits", Proportion{0, 3}, Proportion{0, 4}, false, true},
		{"more hits than trials", some, Proportion{3, 2}, false, false},
		{"negative hits", Proportion{-1, 2}, some, false, false},
		{"negative trials", some, Proportion{-3, -2}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, _, ok := ZTest(test.a, test.b); ok != test.z {
				t.Errorf("ZTest: %v", ok)
			}
			if _, ok := Fisher(test.a, test.b); ok != test.z {
				t.Errorf("Fisher: %v", ok)
			}
			if _, ok := Difference(test.a, test.b, z95); ok != test.d {
				t.Errorf("Difference: %v", ok)
			}
		})
	}
}

func TestLeastExpected(t *testing.T) {
	tests := []struct {
		a, b Proportion
		want float64
	}{
		{Proportion{5, 83}, Proportion{12, 99}, 17. * 83 / 182},
		{Proportion{1, 20}, Proportion{0, 20}, 0.5},
		{Proportion{70, 83}, Proportion{99, 99}, 13. * 83 / 182},
		{Proportion{}, Proportion{}, 0},
		{Proportion{2, 1}, Proportion{1, 1}, 0},
	}
	for _, test := range tests {
		close(t, fmt.Sprint(test.a, test.b), LeastExpected(test.a, test.b), test.want, 1e-15)
	}
}
