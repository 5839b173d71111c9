package experiment

import "github.com/regulars-go/regulars/internal/stats"

// Many says how p-values are adjusted where several tests are made at once: with
// twenty tests of operations that change nothing, one comes out below 0.05.
type Many uint8

const (
	// Holm keeps the probability of even one false call below alpha, however
	// the tests depend on each other (Holm 1979). It is the default.
	Holm Many = iota
	// BenjaminiHochberg keeps the share of false calls among all calls below
	// alpha on average, for tests that are independent or go together (Benjamini
	// and Hochberg 1995).
	BenjaminiHochberg
)

// Adjust returns the p-values of the effects, adjusted: an effect is beyond
// chance at level alpha if its adjusted p is at most alpha. They are in the
// order of the effects; one without a test is left out of the count, and is nil.
func (m Many) Adjust(effects []Effect) []*float64 {
	var ps []float64
	for _, e := range effects {
		if e.P != nil {
			ps = append(ps, *e.P)
		}
	}
	if m == BenjaminiHochberg {
		ps = stats.BenjaminiHochberg(ps)
	} else {
		ps = stats.Holm(ps)
	}
	adjusted, next := make([]*float64, len(effects)), 0
	for i, e := range effects {
		if e.P != nil {
			adjusted[i] = &ps[next]
			next++
		}
	}
	return adjusted
}
