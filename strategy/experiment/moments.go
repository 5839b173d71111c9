package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// MaxValue bounds the size of a value: far above any price, and small enough
// for its square. What is closer to 0 than 1/MaxValue counts as 0.
const MaxValue = 1e100

// whole returns x, or 0 for what has no square.
func whole(x float64) float64 {
	if math.Abs(x) < 1/MaxValue {
		return 0
	}
	return x
}

func checkValue(what string, x float64) error {
	if !(math.Abs(x) <= MaxValue) { // NaN is not either
		return fmt.Errorf("experiment: %s %v: want a number of at most %g", what, x, MaxValue)
	}
	return nil
}

// Sample is what a mean is judged by.
type Sample struct {
	N    int64   `json:"n"`
	Mean float64 `json:"mean"`
	// Variance is that of one value, with N-1 below the line. It is 0 if N is
	// below 2.
	Variance float64 `json:"variance"`
}

// NewSample returns the sample of n values with this sum and sum of squares, as
// a database returns them. ok is false if n is negative, the sums are not
// finite, or no values have such sums. Where the mean is large against the
// spread, [Moments] keep more digits.
func NewSample(n int64, sum, squares float64) (s Sample, ok bool) {
	switch {
	case n < 0 || !finite(sum, squares) || squares < 0:
		return Sample{}, false
	case n == 0:
		return Sample{}, sum == 0 && squares == 0
	}
	s = Sample{N: n, Mean: sum / float64(n)}
	if n == 1 {
		return s, true
	}
	rest := squares - float64(sum*s.Mean)
	if rest < 0 {
		if rest < -1e-9*squares {
			return Sample{}, false
		}
		rest = 0 // what rounding left
	}
	s.Variance = rest / float64(n-1)
	return s, finite(s.Variance)
}

func (s Sample) valid() bool { return s.N >= 0 && s.Variance >= 0 && finite(s.Mean, s.Variance) }

func (s Sample) average() average {
	return average{s.N, s.Mean, s.Variance / float64(s.N), float64(s.N - 1)}
}

// CompareMeans returns by how much the mean of treated customers differs from
// that of control: Welch's test for variances that differ, with Satterthwaite's
// degrees of freedom, and the lift by the delta method.
func CompareMeans(control, treated Sample, level float64) Effect {
	e := Effect{Control: Arm{control.N, control.Mean}, Treated: Arm{treated.N, treated.Mean}}
	switch {
	case !control.valid() || !treated.valid() || !validLevel(level):
		return Effect{Reason: Invalid}
	case control.N == 0 || treated.N == 0:
		e.because(NoSupport)
	case control.N == 1 || treated.N == 1:
		e.because(TooFew)
	default:
		return compare(control.average(), treated.average(), level)
	}
	return e
}

// Moments collect the values of one arm: how many there are, their sum and that
// of their squares. The sums are exact, so that any order and any split into
// parts gives the same bytes. The zero value is ready to use.
type Moments struct {
	n            int64
	sum, squares stats.Sum
}

// Add adds the value of one customer. One that is not a number, or beyond
// [MaxValue], is an error and changes nothing.
func (m *Moments) Add(value float64) error {
	if err := checkValue("value", value); err != nil {
		return err
	}
	value = whole(value)
	m.n++
	m.sum.Add(value)
	m.squares.AddProduct(value, value)
	return nil
}

// Merge adds all that was added to o.
func (m *Moments) Merge(o *Moments) {
	m.n += o.n
	m.sum.Merge(o.sum)
	m.squares.Merge(o.squares)
}

// N returns how many values were added.
func (m *Moments) N() int64 { return m.n }

// Sample returns the mean and the variance, each rounded once.
func (m *Moments) Sample() Sample { return sample(m.n, m.sum, m.squares) }

func sample(n int64, sum, squares stats.Sum) Sample {
	mean, _ := stats.Mean(n, sum)
	variance, _ := stats.Covariance(n, sum, sum, squares)
	return Sample{n, mean, max(0, variance)}
}
