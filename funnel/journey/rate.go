package journey

import (
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/stats"
)

var intervalZ = stats.NormalZ(funnel.IntervalLevel)

// rateOf returns hits of of with Wilson's interval, or nil if of is 0.
func rateOf(hits, of int64) *funnel.Rate {
	p := stats.Proportion{Hits: hits, Of: of}
	value, ok := p.Rate()
	if !ok {
		return nil
	}
	low, high := p.Wilson(intervalZ)
	return &funnel.Rate{Value: value, Low: low, High: high, Hits: hits, Of: of}
}

// difference returns a less b with Newcombe's interval, or nil if either is.
func difference(a, b *funnel.Rate) *funnel.Difference {
	if a == nil || b == nil {
		return nil
	}
	d, ok := stats.Difference(stats.Proportion{Hits: a.Hits, Of: a.Of}, stats.Proportion{Hits: b.Hits, Of: b.Of}, intervalZ)
	if !ok {
		return nil
	}
	return &funnel.Difference{Value: d.Value, Low: d.Low, High: d.High}
}
