package stats

import "math"

// TwoRates is a comparison of two proportions that is yet to be made: A and B
// are the rates to tell apart, Alpha the probability of a false alarm of the
// two-sided test, such as 0.05.
type TwoRates struct{ A, B, Alpha float64 }

// valid holds for rates and a level strictly between 0 and 1, and rates that
// differ.
func (t TwoRates) valid() bool {
	within := func(x float64) bool { return 0 < x && x < 1 }
	return 0 <= t.A && t.A <= 1 && 0 <= t.B && t.B <= 1 && t.A != t.B && within(t.Alpha)
}

// spreads returns the standard deviations of the difference, times √n, under
// one pooled rate and under the rates as they are, for shares of n in A and B.
func (t TwoRates) spreads(shareA, shareB float64) (pooled, apart float64) {
	p := float64(t.A*shareA) + float64(t.B*shareB)
	pooled = math.Sqrt(p * (1 - p) / (shareA * shareB))
	apart = math.Sqrt(t.A*(1-t.A)/shareA + t.B*(1-t.B)/shareB)
	return pooled, apart
}

// Power returns the probability that the z test finds the difference, in its
// direction, with nA and nB trials (Fleiss, Levin and Paik 2003, section 4.2,
// without continuity correction; power.prop.test of R for nA = nB). ok is false
// for rates that are equal or no probabilities, an Alpha not between 0 and 1,
// and sizes that are not positive and finite.
func (t TwoRates) Power(nA, nB float64) (power float64, ok bool) {
	n := nA + nB
	if !t.valid() || !(nA > 0 && nB > 0) || math.IsInf(n, 1) {
		return 0, false
	}
	pooled, apart := t.spreads(nA/n, nB/n)
	over := float64(math.Abs(t.A-t.B)*math.Sqrt(n)) - float64(NormalZ(1-t.Alpha)*pooled)
	if apart == 0 { // 0 against 1
		if over > 0 {
			return 1, true
		}
		return 0, true
	}
	return NormalCDF(over / apart), true
}

// Size returns how many trials in all, a share of which is A's, find the
// difference with the given probability. Round up each side. ok is false where
// [TwoRates.Power] has no answer, unless shareA and power are between 0 and 1,
// and for a power so low that any size has it.
func (t TwoRates) Size(power, shareA float64) (n float64, ok bool) {
	if !t.valid() || !(0 < power && power < 1) || !(0 < shareA && shareA < 1) {
		return 0, false
	}
	pooled, apart := t.spreads(shareA, 1-shareA)
	root := (float64(NormalZ(1-t.Alpha)*pooled) + float64(NormalQuantile(power)*apart)) / math.Abs(t.A-t.B)
	return root * root, root > 0
}

// SizeUnpooled is [TwoRates.Size] for a test that does not pool the rates, the
// form that most calculators of holdouts have.
func (t TwoRates) SizeUnpooled(power, shareA float64) (n float64, ok bool) {
	if !t.valid() || !(0 < power && power < 1) || !(0 < shareA && shareA < 1) {
		return 0, false
	}
	_, apart := t.spreads(shareA, 1-shareA)
	root := (NormalZ(1-t.Alpha) + NormalQuantile(power)) * apart / math.Abs(t.A-t.B)
	return root * root, root > 0
}

// SmallestEffect returns the difference from a rate of both sides that a
// two-sided test at level alpha would have found with the given probability,
//
//	(z_alpha/2 + z_power)·√(rate·(1-rate)·(1/nA + 1/nB))
//
// to say what a test that found nothing could have seen. Where both sides are
// alike that is (z_a + z_b)·√(2p(1-p)/n). It may be more than there is room
// for: then nothing could have been seen. ok is false for a rate that is not
// between 0 and 1, where there is no variance to judge by, and for an alpha, a
// power or sizes out of range.
func SmallestEffect(rate, nA, nB, alpha, power float64) (d float64, ok bool) {
	if !(0 < rate && rate < 1) || !(0 < alpha && alpha < 1) || !(0 < power && power < 1) || !(nA > 0 && nB > 0) {
		return 0, false
	}
	d = (NormalZ(1-alpha) + NormalQuantile(power)) * math.Sqrt(rate*(1-rate)*(1/nA+1/nB))
	return d, d > 0
}

// SmallestDrop returns the least drop from rate, which is that of nA trials,
// that nB trials would have shown with the given probability: the least d for
// which [TwoRates.Power] of rate and rate-d is at least power. ok is false if
// not even a drop to 0 would have been, and for arguments out of range.
func SmallestDrop(rate, nA, nB, alpha, power float64) (d float64, ok bool) {
	if !(0 < rate && rate <= 1) || !(0 < power && power < 1) {
		return 0, false
	}
	shown := func(d float64) bool {
		found, ok := TwoRates{rate, rate - d, alpha}.Power(nA, nB)
		return ok && found >= power
	}
	if !shown(rate) {
		return 0, false
	}
	return bisect(0, rate, func(d float64) bool { return !shown(d) }), true
}
