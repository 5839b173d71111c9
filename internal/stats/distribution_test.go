package stats

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestDistributionsAgainstReference(t *testing.T) {
	var block struct {
		Computed struct {
			T    [][3]float64 `json:"t_sf"`
			TInv [][3]float64 `json:"t_ppf"`
			Chi  [][3]float64 `json:"chi2_sf"`
			Beta [][4]float64 `json:"betainc"`
			Norm [][2]float64 `json:"norm_sf"`
		}
	}
	vector(t, "special_functions", &block)
	for _, row := range block.Computed.T {
		got, ok := StudentTail(row[0], row[1])
		// The last has df = 10⁶, where the incomplete beta has ten digits.
		if !ok || math.Abs(got-row[2]) > 1e-9*row[2] {
			t.Errorf("StudentTail(%v, %v) = %v, want %v", row[0], row[1], got, row[2])
		}
	}
	for _, row := range block.Computed.TInv {
		got, ok := StudentQuantile(row[0], row[1])
		if !ok || math.Abs(got-row[2]) > 2e-9*row[2] {
			t.Errorf("StudentQuantile(%v, %v) = %v, want %v", row[0], row[1], got, row[2])
		}
	}
	for _, row := range block.Computed.Chi {
		got := ChiSquareTail(row[0], int(row[1]))
		if math.Abs(got-row[2]) > 1e-13*row[2] {
			t.Errorf("ChiSquareTail(%v, %v) = %v, want %v", row[0], row[1], got, row[2])
		}
		if x, ok := ChiSquareQuantile(row[2], int(row[1])); !ok || math.Abs(x-row[0]) > 1e-12*max(1, row[0]) {
			t.Errorf("ChiSquareQuantile(%v, %v) = %v, want %v", row[2], row[1], x, row[0])
		}
	}
	for _, row := range block.Computed.Beta {
		got, ok := BetaCDF(row[2], row[0], row[1])
		if !ok || math.Abs(got-row[3]) > 1e-11*row[3] {
			t.Errorf("BetaCDF(%v, %v, %v) = %v, want %v", row[2], row[0], row[1], got, row[3])
		}
		if x, ok := BetaQuantile(row[3], row[0], row[1]); !ok || math.Abs(x-row[2]) > 1e-12 {
			t.Errorf("BetaQuantile(%v, %v, %v) = %v, want %v", row[3], row[0], row[1], x, row[2])
		}
	}
	for _, row := range block.Computed.Norm {
		close(t, fmt.Sprint("NormalTail of ", row[0]), NormalTail(row[0]), row[1], 1e-12)
	}
}

func TestChiSquareTailOfManyDegrees(t *testing.T) {
	// By Wilson and Hilferty (1931) the median is about df·(1-2/(9df))³, and
	// the closed form in exponentials would be 0 here.
	for _, df := range []int{2000, 100_000} {
		n := float64(df)
		median := n * math.Pow(1-2/(9*n), 3)
		if got := ChiSquareTail(median, df); math.Abs(got-0.5) > 1e-5 {
			t.Errorf("tail above the median of %d degrees: %v", df, got)
		}
	}
}

func TestStudentInverts(t *testing.T) {
	// Property: the tail of a quantile is the probability asked for, and one
	// degree of freedom is Cauchy's distribution.
	rapid.Check(t, func(t *rapid.T) {
		p := math.Pow(10, -rapid.Float64Range(0.31, 40).Draw(t, "digits"))
		df := math.Pow(10, rapid.Float64Range(0, 5).Draw(t, "log df"))
		x, ok := StudentQuantile(p, df)
		tail, ok2 := StudentTail(-x, df)
		if !ok || !ok2 || math.Abs(tail-p) > 1e-9*p {
			t.Fatalf("tail of %v with %v = %v, want %v", x, df, tail, p)
		}
		cauchy, _ := StudentTail(-x, 1)
		if want := math.Atan2(1, -x) / math.Pi; math.Abs(cauchy-want) > 1e-12*want {
			t.Fatalf("tail of %v with 1 = %v, want %v", -x, cauchy, want)
		}
	})
}

func TestStudentOfInfinity(t *testing.T) {
	for _, x := range []float64{-2, 0, 3} {
		if got, ok := StudentTail(x, math.Inf(1)); !ok || got != NormalTail(x) {
			t.Errorf("StudentTail(%v, ∞) = %v", x, got)
		}
	}
	if got, ok := StudentQuantile(0.975, math.Inf(1)); !ok || got != NormalQuantile(0.975) {
		t.Errorf("StudentQuantile(0.975, ∞) = %v", got)
	}
	if got, ok := StudentTail(math.Inf(1), 3); !ok || got != 0 {
		t.Errorf("StudentTail(∞, 3) = %v", got)
	}
	if got, ok := StudentTail(math.Inf(-1), 3); !ok || got != 1 {
		t.Errorf("StudentTail(-∞, 3) = %v", got)
	}
	if got, ok := StudentQuantile(0.5, 3); !ok || got != 0 {
		t.Errorf("StudentQuantile(0.5, 3) = %v", got)
	}
}

func TestDistributionsOutOfRange(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, ok := range map[string]bool{
		"t of NaN":             second(StudentTail(nan, 1)),
		"t without df":         second(StudentTail(1, 0)),
		"t of df NaN":          second(StudentTail(1, nan)),
		"t quantile of 0":      second(StudentQuantile(0, 3)),
		"t quantile of 1":      second(StudentQuantile(1, 3)),
		"t quantile of NaN":    second(StudentQuantile(nan, 3)),
		"t quantile, no df":    second(StudentQuantile(0.5, -1)),
		"chi-square of 0":      second(ChiSquareQuantile(0, 3)),
		"chi-square above 1":   second(ChiSquareQuantile(1.1, 3)),
		"chi-square of NaN":    second(ChiSquareQuantile(nan, 3)),
		"chi-square, no df":    second(ChiSquareQuantile(0.5, 0)),
		"beta of shape 0":      second(BetaCDF(0.5, 0, 1)),
		"beta of shape ∞":      second(BetaCDF(0.5, 1, inf)),
		"beta of NaN":          second(BetaCDF(nan, 1, 1)),
		"beta quantile NaN":    second(BetaQuantile(nan, 1, 1)),
		"beta quantile 2":      second(BetaQuantile(2, 1, 1)),
		"beta quantile shapes": second(BetaQuantile(0.5, -1, 1)),
	} {
		if ok {
			t.Errorf("%s has an answer", name)
		}
	}
	if p, ok := BetaCDF(-1, 1, 1); !ok || p != 0 {
		t.Errorf("BetaCDF(-1) = %v, %v", p, ok)
	}
	if p, ok := BetaCDF(2, 1, 1); !ok || p != 1 {
		t.Errorf("BetaCDF(2) = %v, %v", p, ok)
	}
}

func second(_ float64, ok bool) bool { return ok }
