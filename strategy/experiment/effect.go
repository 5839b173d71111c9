package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// IntervalLevel is the usual probability with which intervals hold: 95 of 100 of
// them have the truth between their bounds.
const IntervalLevel = 0.95

// Estimate is a value with the bounds of its interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// SE is the standard error of Value.
	SE float64 `json:"se"`
}

// String returns such as "0.02 (0.005 to 0.035)", to four digits.
func (e Estimate) String() string { return fmt.Sprintf("%.4g (%.4g to %.4g)", e.Value, e.Low, e.High) }

// Holds reports whether x is within the bounds, which belong to it.
func (e Estimate) Holds(x float64) bool { return e.Low <= x && x <= e.High }

// Arm is what one side of a comparison showed.
type Arm struct {
	N int64 `json:"n"`
	// Mean is the mean of a customer, which for a rate is the rate. It is 0 if N
	// is.
	Mean float64 `json:"mean"`
}

// Effect is by how much treated customers differ from the control group.
// What can't be said is nil, and Reason says why: a test without a variance has
// no p-value, and never that of 1.
type Effect struct {
	Control Arm `json:"control"`
	Treated Arm `json:"treated"`
	// Difference is the mean of treated less that of control.
	Difference *Estimate `json:"difference"`
	// Lift is Difference as a share of control's mean: 0.1 is 10 % more.
	Lift *Estimate `json:"lift"`
	// P is the probability of so large a difference by chance, on either side.
	// It is above 1 less the level if and only if Difference holds 0.
	P *float64 `json:"p"`
	// Reason is why one of the three is nil.
	Reason Reason `json:"reason,omitzero"`
}

// Proven reports whether the difference is beyond chance, and its sign: 1 or -1
// where the whole interval is above or below 0, and 0 where it is not, or there
// is none.
func (e Effect) Proven() int {
	switch d := e.Difference; {
	case d == nil || e.P == nil:
		return 0
	case d.Low > 0:
		return 1
	case d.High < 0:
		return -1
	}
	return 0
}

// String returns such as "+0.02 (0.005 to 0.035), p 0.0089, of 1000 and 3000",
// or why there is nothing to say.
func (e Effect) String() string {
	if e.Difference == nil {
		return fmt.Sprintf("nothing to say: %s, of %d and %d", e.Reason, e.Control.N, e.Treated.N)
	}
	p := "not tested: " + e.Reason.String()
	if e.P != nil {
		p = fmt.Sprintf("p %.2g", *e.P)
	}
	d := *e.Difference
	return fmt.Sprintf("%+.4g (%.4g to %.4g), %s, of %d and %d", d.Value, d.Low, d.High, p, e.Control.N, e.Treated.N)
}

// because notes why something is not there; the first reason stays.
func (e *Effect) because(r Reason) {
	if e.Reason == 0 {
		e.Reason = r
	}
}

func validLevel(level float64) bool { return 0 < level && level < 1 }

func finite(xs ...float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// average is a mean with its variance, not that of one value, and the degrees
// of freedom of that.
type average struct {
	n                  int64
	mean, variance, df float64
}

func (a average) arm() Arm { return Arm{a.n, a.mean} }

// compare fills in the difference by Welch's test and the lift by the delta
// method. The averages are of at least two values each.
func compare(control, treated average, level float64) Effect {
	e := Effect{Control: control.arm(), Treated: treated.arm()}
	total := control.variance + treated.variance
	if !finite(control.mean, treated.mean, total) {
		e.because(Invalid)
		return e
	}
	if total == 0 {
		e.because(NoVariance)
		return e
	}
	// Shares of the total, so that squares neither overflow nor vanish.
	c, t := control.variance/total, treated.variance/total
	df := 1 / (c*c/control.df + t*t/treated.df)
	se, d := math.Sqrt(total), treated.mean-control.mean
	quantile, ok := stats.StudentQuantile((1+level)/2, df)
	tail, okTail := stats.StudentTail(math.Abs(d)/se, df)
	if !ok || !okTail {
		e.because(Invalid)
		return e
	}
	e.Difference = around(d, se, quantile)
	e.P = new(min(1, 2*tail))
	e.lift(control, treated, quantile)
	return e
}

// lift fills in the lift with the variance
//
//	vT/mC² + vC·mT²/mC⁴
//
// unless control's mean is not at least as far above 0 as its interval reaches.
func (e *Effect) lift(control, treated average, quantile float64) {
	switch far := quantile * math.Sqrt(control.variance); {
	case control.mean < -far:
		e.because(NegativeBaseline)
		return
	case control.mean <= far:
		e.because(NoBaseline)
		return
	}
	ratio := treated.mean / control.mean
	variance := treated.variance + float64(control.variance*ratio*ratio)
	e.Lift = around((treated.mean-control.mean)/control.mean, math.Sqrt(variance)/control.mean, quantile)
	if !finite(e.Lift.Value, e.Lift.SE) {
		e.Lift = nil
		e.because(NoBaseline)
	}
}

func around(value, se, quantile float64) *Estimate {
	half := float64(quantile * se)
	return &Estimate{value, value - half, value + half, se}
}
