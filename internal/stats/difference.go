package stats

// DifferenceP returns the p-value that belongs to the interval of [Difference]:
// the level at which it ends at 0, so that it holds 0 if and only if p is above
// 1 less its level. ok is false where [ZTest] has no answer.
func DifferenceP(a, b Proportion) (p float64, ok bool) {
	if _, _, ok := ZTest(a, b); !ok {
		return 0, false
	}
	ra, _ := a.Rate()
	rb, _ := b.Rate()
	if ra == rb {
		return 1, true
	}
	if ra < rb {
		a, b = b, a
	}
	outside := func(z float64) bool {
		d, _ := Difference(a, b, z)
		return d.Low > 0
	}
	const most = 38 // beyond, a normal tail is 0
	if outside(most) {
		return 0, true
	}
	return 2 * NormalTail(bisect(0, most, outside)), true
}

// SteadyVariance returns the variance of the difference of two rates by Agresti
// and Caffo (2000, The American Statistician 54:280): after a hit and a miss
// more on either side, so that it is never 0. Rates of nothing have one too.
func SteadyVariance(a, b Proportion) float64 {
	one := func(p Proportion) float64 {
		n := float64(p.Of) + 2
		rate := (float64(p.Hits) + 1) / n
		return rate * (1 - rate) / n
	}
	return one(a) + one(b)
}
