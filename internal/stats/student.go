package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// StudentTail returns the probability that Student's t with df degrees of
// freedom, which need not be whole, is above t (Abramowitz and Stegun 26.7.1).
// ok is false unless df > 0 and neither is NaN; an infinite df is the normal
// distribution.
func StudentTail(t, df float64) (p float64, ok bool) {
	switch {
	case !(df > 0) || math.IsNaN(t):
		return 0, false
	case math.IsInf(df, 1):
		return NormalTail(t), true
	case t < 0:
		return 1 - studentUpper(-t, df), true
	}
	return studentUpper(t, df), true
}

// studentUpper is the tail above t >= 0, which is at most 1/2.
func studentUpper(t, df float64) float64 {
	tt := t * t
	if tt < min(1, df) { // near the middle, where df/(df+tt) would lose a small t
		return (1 - mathext.RegIncBeta(0.5, df/2, tt/(df+tt))) / 2
	}
	if math.IsInf(tt, 1) {
		return 0
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+tt)) / 2
}

// StudentQuantile returns the t below which Student's t with df degrees of
// freedom lies with probability p, such as 2.228 for 0.975 and 10. ok is false
// unless 0 < p < 1 and df > 0.
func StudentQuantile(p, df float64) (t float64, ok bool) {
	switch {
	case !(0 < p && p < 1) || !(df > 0):
		return 0, false
	case math.IsInf(df, 1):
		return NormalQuantile(p), true
	case p < 0.5:
		return -studentAbove(p, df), true
	}
	return studentAbove(1-p, df), true
}

// studentAbove returns the t >= 0 whose upper tail is p <= 1/2, by bisection
// on a bracket that doubles until it holds it. The bracket starts at the normal
// quantile, below which no t of a Student lies.
func studentAbove(p, df float64) float64 {
	if p == 0.5 {
		return 0
	}
	lo := -NormalQuantile(p)
	hi := max(1, lo)
	for studentUpper(hi, df) > p {
		lo, hi = hi, 2*hi
		if math.IsInf(hi, 1) {
			return math.MaxFloat64
		}
	}
	return bisect(lo, hi, func(t float64) bool { return studentUpper(t, df) > p })
}

// bisect returns the point between lo and hi at which below turns from true to
// false, to the last digit.
func bisect(lo, hi float64, below func(float64) bool) float64 {
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return hi
		}
		if below(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
}
