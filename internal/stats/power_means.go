package stats

import "math"

// TwoMeans is a comparison of two means that is yet to be made: Effect is the
// difference to find, SD the standard deviation of one value on either side,
// Alpha the probability of a false alarm of the two-sided test.
type TwoMeans struct{ Effect, SD, Alpha float64 }

func (t TwoMeans) valid() bool {
	ratio := math.Abs(t.Effect) / t.SD
	return ratio > 0 && !math.IsInf(ratio, 0) && t.SD > 0 && 0 < t.Alpha && t.Alpha < 1
}

// Power returns the probability that Student's test finds the effect, in its
// direction, with nA and nB values (power.t.test of R, for nA = nB). ok is
// false for an effect of 0, a deviation that is not positive, an Alpha not
// between 0 and 1, and fewer than two degrees of freedom.
func (t TwoMeans) Power(nA, nB float64) (power float64, ok bool) {
	df := nA + nB - 2
	if !t.valid() || !(nA > 0 && nB > 0 && df >= 2) || math.IsInf(df, 1) {
		return 0, false
	}
	bound, ok := StudentQuantile(1-t.Alpha/2, df)
	shift := math.Abs(t.Effect) / t.SD / math.Sqrt(1/nA+1/nB)
	return noncentralTail(bound, df, shift), ok
}

// Size returns how many values in all, a share of which is on one side, find
// the effect with the given probability. Round up each side. ok is false where
// [TwoMeans.Power] has no answer, unless power and share are between 0 and 1,
// for a power that the smallest sizes exceed, and where 1e15 values don't
// suffice.
func (t TwoMeans) Size(power, share float64) (n float64, ok bool) {
	if !t.valid() || !(0 < power && power < 1) || !(0 < share && share < 1) {
		return 0, false
	}
	short := func(n float64) bool {
		found, ok := t.Power(share*n, (1-share)*n)
		return !ok || found < power
	}
	lo, hi := 4.0, 8.0
	if !short(lo) {
		return 0, false
	}
	for short(hi) {
		if lo, hi = hi, 2*hi; hi > 1e15 {
			return 0, false
		}
	}
	return bisect(lo, hi, short), true
}

// noncentralTail returns the probability that a noncentral t variable with
// df >= 2 degrees of freedom is above t. It is a normal tail averaged over the
// estimate s of the standard deviation, df·s² being chi-square.
func noncentralTail(t, df, shift float64) float64 {
	density := func(s float64) float64 {
		// Against its value at 1; the integral of it is below the line.
		return math.Exp(float64((df-1)*math.Log(s)) - float64(df*(float64(s*s)-1)/2))
	}
	spread := 12 / math.Sqrt(2*df)
	bounds := evenly(max(0, 1-spread), 1+spread, 40)
	over := integrate(func(s float64) float64 { return density(s) * NormalCDF(shift-float64(t*s)) }, bounds)
	return over / integrate(density, bounds)
}
