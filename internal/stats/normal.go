package stats

import "math"

// NormalCDF returns the probability that a standard normal variable is at most
// x. It keeps its relative precision in the left tail.
func NormalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// NormalTail returns the probability that a standard normal variable is above
// x, precise in the right tail, where 1-NormalCDF(x) is not.
func NormalTail(x float64) float64 { return math.Erfc(x/math.Sqrt2) / 2 }

// NormalQuantile returns the x below which a standard normal variable lies
// with probability p: -Inf for 0, +Inf for 1 and NaN outside.
func NormalQuantile(p float64) float64 {
	switch {
	case math.IsNaN(p) || p < 0 || p > 1:
		return math.NaN()
	case p == 0.5:
		return 0
	case p > 0.5:
		return -lowerQuantile(1 - p) // exact: 1-p loses nothing above 1/2
	}
	return lowerQuantile(p)
}

// NormalZ returns the z of a two-sided interval that holds with probability
// level, such as 1.96 for 0.95.
func NormalZ(level float64) float64 { return -NormalQuantile((1 - level) / 2) }

// lowerQuantile solves NormalCDF(x) = p for p < 1/2 by Halley's method on the
// logarithm of both sides, where the function is close to a parabola down to
// the smallest p. Three or four steps reach the last digit.
func lowerQuantile(p float64) float64 {
	if p == 0 {
		return math.Inf(-1)
	}
	logP := math.Log(p)
	// From the tail's leading term; near 1/2 the series at 0 is closer.
	x := -math.Sqrt(max(0, float64(-2*logP)-math.Log(2*math.Pi*max(1, -2*logP))))
	if p > 0.2 {
		x = (p - 0.5) * math.Sqrt(2*math.Pi)
	}
	for range 20 {
		cdf := NormalCDF(x)
		density := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
		f := math.Log(cdf) - logP
		if p > 0.1 {
			f = (cdf - p) / p // the log's first term: near 1/2 its rounding would show
		}
		slope := density / cdf
		curve := -slope * (x + slope)
		if p > 0.1 {
			slope, curve = density/p, -x*density/p
		}
		step := f / slope
		step /= 1 - step*curve/slope/2
		x -= step
		if math.Abs(step) <= 1e-16*math.Abs(x) {
			break
		}
	}
	return x
}
