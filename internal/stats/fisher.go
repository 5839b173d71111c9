package stats

import "math/bits"

// FisherTest is what [Fisher] finds. Each p is the probability of the outcome
// seen, or one as telling, if a and b had one rate, given all totals.
type FisherTest struct {
	// TwoSided counts all outcomes that are no more probable than the one
	// seen, as fisher.test of R does.
	TwoSided float64
	// MidP counts outcomes that are exactly as probable as the one seen by
	// half, which makes up for what an exact test of whole numbers gives away
	// (Lancaster 1961).
	MidP float64
	// Less and Greater are one-sided: the rate of a is that low, that high. To
	// choose between them after looking doubles the level.
	Less, Greater float64
}

// Fisher tests exactly whether a and b have one rate (Fisher 1935). It is
// stable for large counts. ok is false for invalid proportions, where the
// totals leave one outcome only (a side of nothing, all hits, or none), and for
// more than [MaxTotal] on a side.
func Fisher(a, b Proportion) (test FisherTest, ok bool) {
	if !a.valid() || !b.valid() || a.Of > MaxTotal || b.Of > MaxTotal {
		return FisherTest{}, false
	}
	l := hypergeometric(a.Of, b.Of, a.Hits+b.Hits)
	if l.lo == l.hi {
		return FisherTest{}, false
	}
	two := l.asRare(a.Hits)
	return FisherTest{two, (two + l.rarer(a.Hits)) / 2, l.atMost(a.Hits), l.atLeast(a.Hits)}, true
}

// hypergeometric is the number of hits among the first a of a+b, of which hits
// are hits.
func hypergeometric(a, b, hits int64) lattice {
	// The mode is floor((hits+1)(a+1)/(a+b+2)).
	high, low := bits.Mul64(uint64(hits)+1, uint64(a)+1)
	mode, _ := bits.Div64(high, low, uint64(a)+uint64(b)+2)
	lo, hi := max(0, hits-b), min(a, hits)
	p := float64(hits) / (float64(a) + float64(b))
	q := (float64(a) + float64(b) - float64(hits)) / (float64(a) + float64(b))
	// A hypergeometric probability is that of two independent binomials given
	// their sum, whatever their common p is; this one keeps all three near
	// their modes.
	base := logBinomial(hits, a+b, p, q)
	return lattice{
		lo, hi, min(max(int64(mode), lo), hi),
		func(k int64) float64 { return logBinomial(k, a, p, q) + logBinomial(hits-k, b, p, q) - base },
		func(k int64) float64 {
			return float64(a-k) / float64(k+1) * (float64(hits-k) / float64(b-hits+k+1))
		},
	}
}
