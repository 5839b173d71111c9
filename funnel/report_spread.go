package funnel

import "math"

// designEffect returns how many times larger the variance of the rate of step
// index k is than that of as many independent units: by the delta method over
// users, with y and x of a user the units that made the step and the one before,
//
//	Var(Σy/Σx) = m/(m-1) · Σ(y - R·x)² / (Σx)²
//
// for m users (Cochran 1977, section 2.11). ok is false where all made the step
// or none did, and for fewer than two users.
func (s Spread) designEffect(reached []int64, k int) (effect float64, ok bool) {
	x, y, m := float64(reached[k-1]), float64(reached[k]), float64(s.Users)
	if y == 0 || y == x || m < 2 {
		return 0, false
	}
	r := y / x
	squares := float64(s.Squares[k]) - float64(2*r*float64(s.Next[k-1])) + float64(r*r*float64(s.Squares[k-1]))
	return m / (m - 1) * max(0, squares) / (x * r * (1 - r)), true
}

// DesignEffects returns for each step from the second on how many times larger
// the variance of its Rate is than that of as many independent units, where the
// funnel counts sessions or attempts and those of one user are alike. The
// interval of the rate is wider by its square root. It is about 1 if they are
// not alike. An effect is nil if all made the step or none did; by user, and for
// Immature units, all are.
func (r *Report) DesignEffects() []*float64 {
	reached := r.Counts.Total(r.Maturity).Reached
	effects := make([]*float64, len(reached)-1)
	spread, ok := r.Counts.Spread(r.Maturity, "", "", false)
	if !ok {
		return effects
	}
	for k := 1; k < len(reached); k++ {
		if effect, ok := spread.designEffect(reached, k); ok && !math.IsInf(effect, 0) {
			effects[k-1] = new(effect)
		}
	}
	return effects
}
