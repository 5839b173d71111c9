package experiment

import (
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// Design is a comparison that is yet to be made: how many customers it takes,
// what a number of them would show, and how surely.
type Design struct {
	// Baseline is control's rate, or its mean if there is a Deviation.
	Baseline float64 `json:"baseline"`
	// Effect is the difference from it that is to be found, up or down.
	Effect float64 `json:"effect"`
	// Deviation is the standard deviation of one customer's value. Zero means
	// that the metric is a rate.
	Deviation float64 `json:"deviation,omitzero"`
	// Control is the share of customers in the control group, above 0 and below
	// 1. Defaults to 0.5.
	Control float64 `json:"control,omitzero"`
	// Alpha is the probability of calling it an effect where there is none.
	// Defaults to 0.05.
	Alpha float64 `json:"alpha,omitzero"`
	// Power is the probability of finding the effect. Defaults to 0.8.
	Power float64 `json:"power,omitzero"`
	// Unpooled makes the test of rates go by the variance of each side, as most
	// calculators of holdouts do. By default it is that of the z test, as in R.
	Unpooled bool `json:"unpooled,omitempty"`
}

// Size is how many customers a design takes.
type Size struct {
	Control int64 `json:"control"`
	Treated int64 `json:"treated"`
}

// Total returns the customers of both arms.
func (s Size) Total() int64 { return s.Control + s.Treated }

func (d Design) withDefaults() Design {
	for _, f := range []struct {
		field *float64
		value float64
	}{{&d.Control, 0.5}, {&d.Alpha, 0.05}, {&d.Power, 0.8}} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return d
}

// Validate returns an error that says what is out of range.
func (d Design) Validate() error {
	d = d.withDefaults()
	within := func(x float64) bool { return 0 < x && x < 1 }
	switch {
	case !finite(d.Baseline, d.Effect) || d.Effect == 0:
		return fmt.Errorf("experiment: effect %v on a baseline of %v: want an effect that is not 0", d.Effect, d.Baseline)
	case !(d.Deviation >= 0) || math.IsInf(d.Deviation, 1):
		return fmt.Errorf("experiment: deviation %v: want one above 0, or 0 for a rate", d.Deviation)
	case d.Deviation == 0 && !(0 <= d.Baseline && d.Baseline <= 1 && 0 <= d.Baseline+d.Effect && d.Baseline+d.Effect <= 1):
		return fmt.Errorf("experiment: a rate from %v to %v: want both from 0 to 1", d.Baseline, d.Baseline+d.Effect)
	case !within(d.Control):
		return fmt.Errorf("experiment: control's share %v: want one between 0 and 1", d.Control)
	case !within(d.Alpha) || !within(d.Power):
		return fmt.Errorf("experiment: alpha %v, power %v: want both between 0 and 1", d.Alpha, d.Power)
	}
	return nil
}

var errSize = errors.New("experiment: no number of customers that can be counted has just this power")

// Size returns how many customers find the effect with the design's power, each
// arm rounded up.
func (d Design) Size() (Size, error) {
	n, err := d.Customers()
	if err != nil {
		return Size{}, err
	}
	share := d.withDefaults().Control
	return Size{roundUp(n * share), roundUp(n * (1 - share))}, nil
}

// roundUp leaves what is whole but for the last digits as it is.
func roundUp(x float64) int64 { return int64(math.Ceil(x * (1 - 1e-12))) }

// Customers returns the number of customers in all before it is rounded.
func (d Design) Customers() (float64, error) {
	if err := d.Validate(); err != nil {
		return 0, err
	}
	d = d.withDefaults()
	rates := stats.TwoRates{A: d.Baseline, B: d.Baseline + d.Effect, Alpha: d.Alpha}
	var n float64
	var ok bool
	switch {
	case d.Deviation > 0:
		n, ok = stats.TwoMeans{Effect: d.Effect, SD: d.Deviation, Alpha: d.Alpha}.Size(d.Power, d.Control)
	case d.Unpooled:
		n, ok = rates.SizeUnpooled(d.Power, d.Control)
	default:
		n, ok = rates.Size(d.Power, d.Control)
	}
	if !ok || n > 1e15 {
		return 0, errSize
	}
	return n, nil
}

// Chance returns the probability that so many customers find the effect. It
// does not look at Power, and always goes by the pooled test for rates.
func (d Design) Chance(size Size) (float64, error) {
	if err := d.Validate(); err != nil {
		return 0, err
	}
	d = d.withDefaults()
	control, treated := float64(size.Control), float64(size.Treated)
	var power float64
	var ok bool
	if d.Deviation > 0 {
		power, ok = stats.TwoMeans{Effect: d.Effect, SD: d.Deviation, Alpha: d.Alpha}.Power(control, treated)
	} else {
		power, ok = stats.TwoRates{A: d.Baseline, B: d.Baseline + d.Effect, Alpha: d.Alpha}.Power(control, treated)
	}
	if !ok {
		return 0, fmt.Errorf("experiment: arms of %d and %d: want customers in both", size.Control, size.Treated)
	}
	return power, nil
}

// Detectable returns the least rise of the mean that so many customers find with
// the design's power, whatever its Effect is: (z_alpha/2 + z_power)·sd·√(1/nC +
// 1/nT), with sd that of the baseline for a rate. It may be more than a rate has
// room for; then nothing is found.
func (d Design) Detectable(size Size) (float64, error) {
	d = d.withDefaults()
	d.Effect = 1
	if d.Deviation == 0 && d.Baseline > 0 {
		d.Effect = -d.Baseline // any that is possible
	}
	if err := d.Validate(); err != nil {
		return 0, err
	}
	control, treated := float64(size.Control), float64(size.Treated)
	if d.Deviation > 0 && size.Control > 0 && size.Treated > 0 {
		z := stats.NormalZ(1-d.Alpha) + stats.NormalQuantile(d.Power)
		return z * d.Deviation * math.Sqrt(1/control+1/treated), nil
	}
	least, ok := stats.SmallestEffect(d.Baseline, control, treated, d.Alpha, d.Power)
	if !ok {
		return 0, fmt.Errorf("experiment: arms of %d and %d at a rate of %v: want customers in both, and a rate between 0 and 1",
			size.Control, size.Treated, d.Baseline)
	}
	return least, nil
}
