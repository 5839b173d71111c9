package stats

import "math"

// Known returns the time up to which the curve is known: its last exit, or for
// ever if it fell to 0, since it stays there.
func (c Survival) Known() float64 {
	if n := len(c.Steps); n > 0 && c.Steps[n-1].Survival == 0 {
		return math.Inf(1)
	}
	return c.Last
}

// RestrictedMeanDifference returns the restricted mean of a less that of b up
// to tau, its standard error, which is the root of the sum of the two squared,
// and the two-sided p of no difference (Royston and Parmar 2013, BMC Medical
// Research Methodology 13:152). The groups are independent and tau is finite,
// above 0 and within what is known of both. ok is false where neither mean has
// a variance: then there is nothing to judge the difference by.
func RestrictedMeanDifference(a, b Survival, tau, z float64) (d Estimate, se, p float64, ok bool) {
	meanA, seA := a.RestrictedMean(tau)
	meanB, seB := b.RestrictedMean(tau)
	se = hypot(seA, seB)
	d.Value = meanA - meanB
	if se == 0 {
		return Estimate{}, 0, 0, false
	}
	spread := float64(z * se)
	d.Low, d.High = d.Value-spread, d.Value+spread
	return d, se, math.Erfc(math.Abs(d.Value) / se / math.Sqrt2), true
}
