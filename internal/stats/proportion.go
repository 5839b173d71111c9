package stats

import "math"

// Proportion is how many of a number of independent trials were hits: 22 of 61
// sessions went on. It is valid if 0 <= Hits <= Of.
type Proportion struct{ Hits, Of int64 }

// Estimate is a value with the bounds of its interval.
type Estimate struct{ Value, Low, High float64 }

func (p Proportion) valid() bool { return 0 <= p.Hits && p.Hits <= p.Of }

// Rate returns Hits/Of; ok is false for a proportion of nothing, or an invalid
// one.
func (p Proportion) Rate() (rate float64, ok bool) {
	if !p.valid() || p.Of == 0 {
		return 0, false
	}
	return float64(p.Hits) / float64(p.Of), true
}

// Wilson returns the score interval of the rate (Wilson 1927; method 3 of
// Newcombe 1998, Statistics in Medicine 17:857), for a z > 0 as of [NormalZ].
// It lies within 0 and 1 and holds the rate. Of nothing, and of an invalid
// proportion, nothing is known: 0 to 1.
func (p Proportion) Wilson(z float64) (lo, hi float64) {
	rate, ok := p.Rate()
	if !ok {
		return 0, 1
	}
	n := float64(p.Of)
	zz := z * z
	scale := 1 + zz/n
	centre := (rate + zz/(2*n)) / scale
	half := z / scale * math.Sqrt(rate*(1-rate)/n+zz/(4*n*n))
	lo, hi = max(0, centre-half), min(1, centre+half)
	if p.Hits == 0 {
		lo = 0 // exactly so; rounding may leave a trace
	}
	if p.Hits == p.Of {
		hi = 1
	}
	return min(lo, rate), max(hi, rate)
}

// Difference returns the rate of a less that of b, with the hybrid score
// interval (method 10 of Newcombe 1998, Statistics in Medicine 17:873). ok is
// false if either rate is undefined. Swapping a and b turns every sign, to the
// bit.
func Difference(a, b Proportion, z float64) (d Estimate, ok bool) {
	ra, okA := a.Rate()
	rb, okB := b.Rate()
	if !okA || !okB {
		return Estimate{}, false
	}
	loA, hiA := a.Wilson(z)
	loB, hiB := b.Wilson(z)
	d.Value = ra - rb
	d.Low = max(-1, d.Value-hypot(ra-loA, hiB-rb))
	d.High = min(1, d.Value+hypot(hiA-ra, rb-loB))
	return d, true
}

// hypot is the same whichever argument comes first; both are within 1, so that
// nothing overflows.
func hypot(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }

// ZTest tests whether a and b have one rate: z is the difference over its
// standard error under one pooled rate, and p is two-sided. Its square is
// Pearson's chi-square without Yates's correction. ok is false where a rate is
// undefined, and where all or none are hits: then there is no variance, and
// nothing to test.
func ZTest(a, b Proportion) (z, p float64, ok bool) {
	ra, okA := a.Rate()
	rb, okB := b.Rate()
	if !okA || !okB {
		return 0, 0, false
	}
	nA, nB := float64(a.Of), float64(b.Of)
	pooled := (float64(a.Hits) + float64(b.Hits)) / (nA + nB)
	variance := pooled * (1 - pooled) * (1/nA + 1/nB)
	if variance == 0 {
		return 0, 0, false
	}
	z = (ra - rb) / math.Sqrt(variance)
	return z, math.Erfc(math.Abs(z) / math.Sqrt2), true
}

// LeastExpected returns the smallest of the four counts that one pooled rate
// would lead to expect; below 5 a z test is not to be trusted (Cochran 1954).
func LeastExpected(a, b Proportion) float64 {
	if !a.valid() || !b.valid() || a.Of == 0 && b.Of == 0 {
		return 0
	}
	hits := float64(a.Hits) + float64(b.Hits)
	misses := float64(a.Of-a.Hits) + float64(b.Of-b.Hits)
	return min(hits, misses) * float64(min(a.Of, b.Of)) / (hits + misses)
}
