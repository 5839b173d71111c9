package stats

import (
	"math"
	"slices"
)

// Beta is the distribution of a rate after Hits-1 hits and Misses-1 misses, by
// a uniform prior. Both shapes are 1 or more.
type Beta struct{ Hits, Misses int64 }

func (b Beta) valid() bool {
	return b.Hits >= 1 && b.Misses >= 1 && b.Hits <= 1<<52 && b.Misses <= 1<<52
}

// Mean returns Hits/(Hits+Misses).
func (b Beta) Mean() float64 { return float64(b.Hits) / (float64(b.Hits) + float64(b.Misses)) }

// termsAtMost bounds the exact sums: above, an integral is as good.
const termsAtMost = 100_000

// Above returns the probability that the rate b is above that of a. With small
// counts it is the sum (Miller 2014, "Formulas for Bayesian A/B testing")
//
//	Σ B(a.Hits+i, a.Misses+b.Misses) / ((b.Misses+i)·B(1+i, b.Misses)·B(a.Hits, a.Misses))
//
// over i from 0 to b.Hits-1, and with large ones the integral that it stands
// for. ok is false for shapes below 1.
func (b Beta) Above(a Beta) (p float64, ok bool) {
	if !a.valid() || !b.valid() {
		return 0, false
	}
	flip := func(b Beta) Beta { return Beta{b.Misses, b.Hits} }
	switch terms := min(a.Hits, b.Hits, a.Misses, b.Misses); {
	case terms > termsAtMost:
		return chanceBest([]Beta{b, a})[0], true
	case terms == b.Hits:
		p, ok = above(a, b)
	case terms == a.Misses:
		p, ok = above(flip(b), flip(a))
	case terms == a.Hits:
		p, ok = above(b, a)
		p = 1 - p
	default:
		p, ok = above(flip(a), flip(b))
		p = 1 - p
	}
	if !ok {
		return chanceBest([]Beta{b, a})[0], true
	}
	return min(1, p), true
}

// above is the sum, over the hits of b; false if its first term takes too many
// factors.
func above(a, b Beta) (p float64, ok bool) {
	aHits, aMisses, bMisses := float64(a.Hits), float64(a.Misses), float64(b.Misses)
	// The first term is B(a.Hits, a.Misses+b.Misses) / B(a.Hits, a.Misses), a
	// product of as many factors as the lesser of two shapes, which may be
	// below all that a float64 can hold.
	factors, below := b.Misses, aHits
	if a.Hits < b.Misses {
		factors, below = a.Hits, bMisses
	}
	if factors > termsAtMost {
		return 0, false
	}
	term, exponent := 1.0, 0
	scale := func() {
		mantissa, e := math.Frexp(term)
		term, exponent = mantissa, exponent+e
	}
	for j := range factors {
		term *= (aMisses + float64(j)) / (aMisses + below + float64(j))
		scale()
	}
	for i := range b.Hits {
		p += math.Ldexp(term, exponent)
		n := float64(i)
		term *= (aHits + n) * (bMisses + n) / ((aHits + aMisses + bMisses + n) * (1 + n))
		scale()
	}
	return p, true
}

// Loss returns how much rate is lost on average by choosing b where a may be
// better: the mean of max(a-b, 0). ok is false for shapes below 1.
func (b Beta) Loss(a Beta) (loss float64, ok bool) {
	if !a.valid() || !b.valid() {
		return 0, false
	}
	forA, _ := Beta{a.Hits + 1, a.Misses}.Above(b)
	forB, _ := a.Above(Beta{b.Hits + 1, b.Misses})
	return max(0, float64(a.Mean()*forA)-float64(b.Mean()*forB)), true
}

// Best returns for each rate the probability that it is the highest of all: with
// that probability Thompson sampling chooses it. ok is false for no rates, and
// for shapes below 1.
func Best(rates []Beta) (chances []float64, ok bool) {
	if len(rates) == 0 || slices.ContainsFunc(rates, func(b Beta) bool { return !b.valid() }) {
		return nil, false
	}
	if len(rates) == 2 {
		p, _ := rates[0].Above(rates[1])
		return []float64{p, 1 - p}, true
	}
	return chanceBest(rates), true
}

// Losses returns for each rate how much is lost on average by choosing it where
// another may be the highest: the mean of the highest less the rate. ok is as of
// [Best].
func Losses(rates []Beta) (losses []float64, ok bool) {
	if len(rates) == 0 || slices.ContainsFunc(rates, func(b Beta) bool { return !b.valid() }) {
		return nil, false
	}
	losses = make([]float64, len(rates))
	if len(rates) == 2 {
		losses[0], _ = rates[0].Loss(rates[1])
		losses[1], _ = rates[1].Loss(rates[0])
		return losses, true
	}
	// The mean of the highest is the integral of the chance that one is above x.
	highest := integrate(func(x float64) float64 {
		below := 1.0
		for _, rate := range rates {
			p, _ := BetaCDF(x, float64(rate.Hits), float64(rate.Misses))
			below *= p
		}
		return 1 - below
	}, landmarks(rates))
	for i, rate := range rates {
		losses[i] = max(0, highest-rate.Mean())
	}
	return losses, true
}

// chanceBest integrates, for each rate, its density times the probability that
// all others are below.
func chanceBest(rates []Beta) []float64 {
	bounds := landmarks(rates)
	chances, total := make([]float64, len(rates)), 0.0
	for i, rate := range rates {
		density := rate.density()
		chances[i] = integrate(func(x float64) float64 {
			p := density(x)
			for j, other := range rates {
				if j != i && p > 0 {
					below, _ := BetaCDF(x, float64(other.Hits), float64(other.Misses))
					p *= below
				}
			}
			return p
		}, bounds) / integrate(density, bounds)
		total += chances[i]
	}
	for i := range chances {
		chances[i] /= total
	}
	return chances
}

// density returns that of b, up to a factor.
func (b Beta) density() func(x float64) float64 {
	hits, misses := float64(b.Hits-1), float64(b.Misses-1)
	log := func(x float64) float64 {
		sum := 0.0
		if hits > 0 {
			sum += float64(hits * math.Log(x))
		}
		if misses > 0 {
			sum += float64(misses * math.Log1p(-x))
		}
		return sum
	}
	top := 0.5
	if hits+misses > 0 {
		top = hits / (hits + misses)
	}
	peak := log(top)
	return func(x float64) float64 { return math.Exp(log(x) - peak) }
}

// landmarks returns bounds between 0 and 1 that are close wherever one of the
// densities is high.
func landmarks(rates []Beta) []float64 {
	bounds := []float64{0, 1}
	for _, b := range rates {
		mean, n := b.Mean(), float64(b.Hits)+float64(b.Misses)
		sd := math.Sqrt(mean * (1 - mean) / (n + 1))
		for _, away := range []float64{0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 40} {
			far := float64(away * sd)
			bounds = append(bounds, max(0, mean-far), min(1, mean+far))
		}
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}
