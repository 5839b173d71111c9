package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ChiSquareTail returns the probability that a chi-square variable with df >= 1
// degrees of freedom is above x, precise in the far tail (Abramowitz and Stegun
// 26.4.19).
func ChiSquareTail(x float64, df int) float64 {
	if x <= 0 {
		return 1
	}
	return mathext.GammaIncRegComp(float64(df)/2, x/2)
}

// ChiSquareQuantile returns the x above which a chi-square variable with df
// degrees of freedom lies with probability tail: 0 for 1. ok is false unless
// 0 < tail <= 1 and df >= 1.
func ChiSquareQuantile(tail float64, df int) (x float64, ok bool) {
	if !(0 < tail && tail <= 1) || df < 1 {
		return 0, false
	}
	return 2 * mathext.GammaIncRegCompInv(float64(df)/2, tail), true
}

// GoodnessOfFit tests whether counts came in the proportions of weights
// (Pearson 1900), such as the arms of an experiment. Weights need not sum to 1;
// a category of weight 0 is left out with its count. ok is false with fewer
// than two categories left, nothing counted, slices of unlike length, and
// counts or weights that are negative or not finite.
func GoodnessOfFit(counts []int64, weights []float64) (test ChiSquareTest, ok bool) {
	if len(counts) != len(weights) {
		return ChiSquareTest{}, false
	}
	total, weight, kept := 0.0, 0.0, 0
	for i, w := range weights {
		if counts[i] < 0 || !(w >= 0) || math.IsInf(w, 1) {
			return ChiSquareTest{}, false
		}
		if w > 0 {
			total += float64(counts[i])
			weight += w
			kept++
		}
	}
	if kept < 2 || total == 0 || math.IsInf(weight, 1) {
		return ChiSquareTest{}, false
	}
	test.DF = kept - 1
	for i, w := range weights {
		if w > 0 {
			expected := total * (w / weight)
			d := float64(counts[i]) - expected
			test.ChiSquare += d / expected * d
		}
	}
	if math.IsInf(test.ChiSquare, 0) || math.IsNaN(test.ChiSquare) {
		return ChiSquareTest{}, false // a weight so small that nothing is expected
	}
	test.P = ChiSquareTail(test.ChiSquare, test.DF)
	return test, true
}

// ChiSquareTest is a chi-square with DF degrees of freedom; P is the
// probability of as much or more by chance.
type ChiSquareTest struct {
	ChiSquare, P float64
	DF           int
}
