package stats

import "math"

// lattice is a distribution on the integers from lo to hi that rises to its
// mode and falls after it.
type lattice struct {
	lo, hi, mode int64
	// logP is the logarithm of the probability of k.
	logP func(k int64) float64
	// ratio is the probability of k+1 over that of k.
	ratio func(k int64) float64
}

// p returns the probability of k, which is between lo and hi.
func (l lattice) p(k int64) float64 { return math.Exp(l.logP(k)) }

// negligible is the share of a sum below which the rest of a falling tail no
// longer shows: its terms fall at least geometrically from there.
const negligible = 1e-19

// atMost and atLeast return the probabilities of the two sides of k, k
// included in both. The one away from the mode is summed and the other is its
// complement, so that small ones keep their precision. Sums take as many steps
// as the distribution is wide, the square root of its counts.
func (l lattice) atMost(k int64) float64 {
	switch {
	case k < l.lo:
		return 0
	case k >= l.hi:
		return 1
	case k < l.mode:
		return min(1, l.below(k))
	}
	return max(0, 1-l.above(k+1))
}

func (l lattice) atLeast(k int64) float64 {
	switch {
	case k <= l.lo:
		return 1
	case k > l.hi:
		return 0
	case k > l.mode:
		return min(1, l.above(k))
	}
	return max(0, 1-l.below(k-1))
}

// below sums the probabilities of k and less, for k below the mode or at it.
func (l lattice) below(k int64) float64 {
	term := l.p(k)
	sum := term
	for ; k > l.lo && term > negligible*sum; k-- {
		term /= l.ratio(k - 1)
		sum += term
	}
	return sum
}

// above sums the probabilities of k and more, for k above the mode or at it.
func (l lattice) above(k int64) float64 {
	term := l.p(k)
	sum := term
	for ; k < l.hi && term > negligible*sum; k++ {
		term *= l.ratio(k)
		sum += term
	}
	return sum
}

// equalWithin is how far logarithms of probabilities may be apart and still
// count as equal, as fisher.test of R has it: those of one table seen from two
// sides differ by rounding.
const equalWithin = 1e-7

// asRare returns the probability of all values that are no more probable than
// k, and rarer that of those which are less probable.
func (l lattice) asRare(k int64) float64 { return l.upTo(l.logP(k) + equalWithin) }
func (l lattice) rarer(k int64) float64  { return l.upTo(l.logP(k) - equalWithin) }

// upTo returns the probability of all values whose logP is at most limit.
func (l lattice) upTo(limit float64) float64 {
	if limit >= l.logP(l.mode) {
		return 1
	}
	sum := 0.0
	if low := l.lastRareBelow(limit); low >= l.lo {
		sum += l.below(low)
	}
	if high := l.firstRareAbove(limit); high <= l.hi {
		sum += l.above(high)
	}
	return min(1, sum)
}

// lastRareBelow returns the greatest value below the mode whose logP is at
// most limit, or lo-1.
func (l lattice) lastRareBelow(limit float64) int64 {
	rare, common := l.lo-1, l.mode
	for common-rare > 1 {
		if mid := rare + (common-rare)/2; l.logP(mid) <= limit {
			rare = mid
		} else {
			common = mid
		}
	}
	return rare
}

// firstRareAbove returns the least value above the mode whose logP is at most
// limit, or hi+1.
func (l lattice) firstRareAbove(limit float64) int64 {
	common, rare := l.mode, l.hi+1
	for rare-common > 1 {
		if mid := common + (rare-common)/2; l.logP(mid) <= limit {
			rare = mid
		} else {
			common = mid
		}
	}
	return rare
}
