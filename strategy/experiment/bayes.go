package experiment

import (
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// Contender is one of several arms whose rates are compared by Bayes, starting
// from a uniform prior: before anything is known, every rate is as likely.
type Contender struct {
	Arm string `json:"arm"`
	// Rate is the mean of the rate given what was seen, (hits+1)/(of+2), with the
	// interval in which it lies with probability [IntervalLevel].
	Rate Estimate `json:"rate"`
	// Best is the probability that the arm's rate is the highest: with this
	// probability Thompson sampling chooses the arm, and a decision that was so
	// drawn records it as its propensity.
	Best float64 `json:"best"`
	// Loss is how much rate is lost on average by choosing this arm although
	// another may be better.
	Loss float64 `json:"loss"`
}

// Contest compares arms by their rates, in the order given. Probabilities are
// exact sums for two arms with counts up to some 100,000, and integrals beyond.
// Reason is [NoSupport] for fewer than two arms, and [Invalid] for a rate that is
// none; an arm that nobody was in has the prior.
func Contest(names []string, rates []Rate) (contenders []Contender, reason Reason) {
	if len(rates) < 2 {
		return nil, NoSupport
	}
	if len(names) != len(rates) {
		return nil, Invalid
	}
	posteriors := make([]stats.Beta, len(rates))
	for i, r := range rates {
		if !r.Valid() {
			return nil, Invalid
		}
		posteriors[i] = stats.Beta{Hits: 1 + r.Hits, Misses: 1 + r.Of - r.Hits}
	}
	best, ok := stats.Best(posteriors)
	losses, okLosses := stats.Losses(posteriors)
	if !ok || !okLosses {
		return nil, Invalid
	}
	for i, p := range posteriors {
		contenders = append(contenders, Contender{names[i], posterior(p), best[i], losses[i]})
	}
	return contenders, 0
}

func posterior(b stats.Beta) Estimate {
	hits, misses, mean := float64(b.Hits), float64(b.Misses), b.Mean()
	low, _ := stats.BetaQuantile((1-IntervalLevel)/2, hits, misses)
	high, _ := stats.BetaQuantile((1+IntervalLevel)/2, hits, misses)
	return Estimate{mean, low, high, math.Sqrt(mean * (1 - mean) / (hits + misses + 1))}
}

// Odds says what to expect of choosing between two arms, for an effect whose
// uncertainty is normal and about which nothing was known before.
type Odds struct {
	// Better is the probability that treated are better than control.
	Better float64 `json:"better"`
	// LossOfTreating and LossOfLeaving are what is lost on average by treating
	// everybody, and by treating nobody, in the unit of the effect.
	LossOfTreating float64 `json:"lossOfTreating"`
	LossOfLeaving  float64 `json:"lossOfLeaving"`
}

// Odds returns the odds for a difference or a lift by its value and standard
// error. ok is false unless the standard error is above 0 and both are finite.
func (e Estimate) Odds() (o Odds, ok bool) {
	if !finite(e.Value, e.SE) || !(e.SE > 0) {
		return Odds{}, false
	}
	z := e.Value / e.SE
	density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
	o.Better = stats.NormalCDF(z)
	o.LossOfTreating = float64(e.SE*density) - float64(e.Value*stats.NormalTail(z))
	o.LossOfLeaving = float64(e.SE*density) + float64(e.Value*o.Better)
	o.LossOfTreating, o.LossOfLeaving = max(0, o.LossOfTreating), max(0, o.LossOfLeaving)
	return o, true
}
