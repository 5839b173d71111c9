package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// Rate is how many of a number of customers did something: 0 <= Hits <= Of.
type Rate struct {
	Hits int64 `json:"hits"`
	Of   int64 `json:"of"`
}

// Valid reports whether 0 <= Hits <= Of.
func (r Rate) Valid() bool { return 0 <= r.Hits && r.Hits <= r.Of }

// String returns such as "20 of 200".
func (r Rate) String() string { return fmt.Sprintf("%d of %d", r.Hits, r.Of) }

// Interval returns the rate with Wilson's score interval (Wilson 1927), which
// holds also where none or all did it. ok is false for a rate of nobody, an
// invalid one, and a level that is not between 0 and 1.
func (r Rate) Interval(level float64) (e Estimate, ok bool) {
	value, ok := r.proportion().Rate()
	if !ok || !validLevel(level) {
		return Estimate{}, false
	}
	low, high := r.proportion().Wilson(stats.NormalZ(level))
	return Estimate{value, low, high, math.Sqrt(value * (1 - value) / float64(r.Of))}, true
}

func (r Rate) proportion() stats.Proportion { return stats.Proportion{Hits: r.Hits, Of: r.Of} }

// average is the rate as a mean of ones and zeros.
func (r Rate) average() average {
	n := float64(r.Of)
	mean := float64(r.Hits) / n
	return average{r.Of, mean, mean * (1 - mean) / (n - 1), n - 1}
}

func (r Rate) arm() Arm {
	value, _ := r.proportion().Rate()
	return Arm{r.Of, value}
}

// CompareRates returns by how much the rate of treated customers differs from
// that of control. The difference has Newcombe's interval (1998, Statistics in
// Medicine 17:873, method 10), P is the level at which that ends at 0, and the
// lift is by the delta method. Newcombe's interval holds also where all or none
// did it on both sides; then there is no test, and Reason is [NoVariance].
func CompareRates(control, treated Rate, level float64) Effect {
	e := Effect{Control: control.arm(), Treated: treated.arm()}
	switch {
	case !control.Valid() || !treated.Valid() || !validLevel(level):
		return Effect{Reason: Invalid}
	case control.Of == 0 || treated.Of == 0:
		e.because(NoSupport)
		return e
	}
	d, _ := stats.Difference(treated.proportion(), control.proportion(), stats.NormalZ(level))
	se := math.Hypot(control.se(), treated.se())
	e.Difference = &Estimate{d.Value, d.Low, d.High, se}
	if p, ok := stats.DifferenceP(treated.proportion(), control.proportion()); ok {
		e.P = &p
	} else {
		e.because(NoVariance)
	}
	if control.Of < 2 || treated.Of < 2 {
		e.because(TooFew)
		return e
	}
	if c, t := control.average(), treated.average(); e.P != nil {
		e.lift(c, t, stats.NormalZ(level))
	}
	return e
}

func (r Rate) se() float64 {
	value, _ := r.proportion().Rate()
	return math.Sqrt(value * (1 - value) / float64(r.Of))
}

// PooledTest is the z test of two rates under one pooled rate, two-sided: what
// most calculators show. Its P may differ from that of [CompareRates], which
// goes with the interval. ok is false where all or none did it, for a rate of
// nobody and an invalid one.
func PooledTest(control, treated Rate) (z, p float64, ok bool) {
	return stats.ZTest(treated.proportion(), control.proportion())
}
