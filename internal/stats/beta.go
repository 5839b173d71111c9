package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// BetaCDF returns the probability that a beta variable with shapes a and b is
// at most x: the regularized incomplete beta function. Beyond 0 and 1 it is 0
// and 1. ok is false unless both shapes are positive and finite, and x is a
// number.
func BetaCDF(x, a, b float64) (p float64, ok bool) {
	switch {
	case !validShapes(a, b) || math.IsNaN(x):
		return 0, false
	case x <= 0:
		return 0, true
	case x >= 1:
		return 1, true
	}
	return mathext.RegIncBeta(a, b, x), true
}

// BetaQuantile returns the x below which a beta variable with shapes a and b
// lies with probability p. ok is false unless 0 <= p <= 1 and both shapes are
// positive and finite.
func BetaQuantile(p, a, b float64) (x float64, ok bool) {
	if !validShapes(a, b) || !(0 <= p && p <= 1) {
		return 0, false
	}
	return mathext.InvRegIncBeta(a, b, p), true
}

func validShapes(a, b float64) bool {
	return a > 0 && b > 0 && !math.IsInf(a, 1) && !math.IsInf(b, 1)
}
