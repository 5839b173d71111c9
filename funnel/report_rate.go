package funnel

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/stats"
)

// IntervalLevel is the probability with which the intervals of this package
// hold: 95 of 100 of them have the truth between their bounds.
const IntervalLevel = 0.95

// Rate is a share of units. A share of nothing is undefined, and never 0: where
// it can be, there is a pointer that is nil then, and null in JSON.
type Rate struct {
	// Value is Hits/Of.
	Value float64 `json:"value"`
	// Low and High are Wilson's score interval (Wilson 1927), at [IntervalLevel]:
	// what share a larger number of such units might show. It lies within 0 and
	// 1 and holds also where Value is 0 or 1.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// Hits is how many units the share is, Of how many it is of.
	Hits int64 `json:"hits"`
	Of   int64 `json:"of"`
}

// NewRate returns the rate of hits out of of. It is nil if of is 0, and for
// numbers that are no share: fewer hits than 0, or more than of.
func NewRate(hits, of int64) *Rate {
	p := stats.Proportion{Hits: hits, Of: of}
	value, ok := p.Rate()
	if !ok {
		return nil
	}
	low, high := p.Wilson(intervalZ)
	return &Rate{value, low, high, hits, of}
}

var intervalZ = stats.NormalZ(IntervalLevel)

// Interval returns Wilson's score interval at another level, which lies between
// 0 and 1 like 0.99.
func (r Rate) Interval(level float64) (low, high float64, err error) {
	if !(level > 0 && level < 1) {
		return 0, 0, fmt.Errorf("funnel: level %v: want a number between 0 and 1", level)
	}
	low, high = r.proportion().Wilson(stats.NormalZ(level))
	return low, high, nil
}

// String returns such as "61 of 93 (65.6 %, 55.5 to 74.5)".
func (r Rate) String() string {
	return fmt.Sprintf("%d of %d (%.1f %%, %.1f to %.1f)", r.Hits, r.Of, 100*r.Value, 100*r.Low, 100*r.High)
}

func (r Rate) proportion() stats.Proportion { return stats.Proportion{Hits: r.Hits, Of: r.Of} }

// Difference is one rate less another.
type Difference struct {
	Value float64 `json:"value"`
	// Low and High are Newcombe's hybrid score interval (1998, Statistics in
	// Medicine 17:873, method 10), at [IntervalLevel].
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Minus returns r less another rate of other units. It is nil if either is.
func (r *Rate) Minus(other *Rate) *Difference {
	if r == nil || other == nil {
		return nil
	}
	d, ok := stats.Difference(r.proportion(), other.proportion(), intervalZ)
	if !ok {
		return nil
	}
	return &Difference{d.Value, d.Low, d.High}
}
