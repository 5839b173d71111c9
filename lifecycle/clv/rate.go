package clv

import (
	"errors"
	"fmt"
)

// Rate is a discount rate with the time that it is for, so that a yearly rate
// keeps its meaning in a weekly model: Rate{0.15, clv.Year, false} takes 15 %
// a year from whatever the model counts in. The zero value does not discount.
type Rate struct {
	// Of is the rate: 0.15 is 15 %. It is not negative.
	Of float64 `json:"of"`
	// Per is the time that Of is for; it must be stated unless Of is 0.
	Per Unit `json:"per"`
	// Continuous says that Of is a force of interest: money t later is worth
	// e^(-Of·t). Otherwise Of is an effective rate, and it is worth (1+Of)^-t.
	Continuous bool `json:"continuous,omitzero"`
}

// ErrRate is the error for a rate that is negative, not a number or without a
// unit, and for a rate of 0 where the value without discount is infinite.
var ErrRate = errors.New("clv: discount rate not usable")

// Annual returns the effective rate of a year; Annual(0.15) is 15 % a year.
func Annual(rate float64) Rate { return Rate{Of: rate, Per: Year} }

// In returns the force of interest for one u: the δ of e^(-δt) with t in u. An
// effective rate d per unit v gives ln(1+d) / v, in days, times u in days.
func (r Rate) In(u Unit) (float64, error) {
	if err := u.check(); err != nil {
		return 0, err
	}
	switch {
	case r == (Rate{}):
		return 0, nil
	case !r.Per.known():
		return 0, fmt.Errorf("%w: %v per no unit", ErrRate, r.Of)
	case !(r.Of >= 0 && r.Of <= maxRate):
		return 0, fmt.Errorf("%w: %v per %v: want 0 to %v", ErrRate, r.Of, r.Per, float64(maxRate))
	}
	force := r.Of
	if !r.Continuous {
		force = log1p(r.Of)
	}
	return force / u.Per(r.Per), nil
}

// maxRate is far above any rate of interest; it keeps δt from overflowing.
const maxRate = 1e6
