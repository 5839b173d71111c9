package clv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Family names a model of when customers buy and when they leave.
type Family uint8

const (
	// BGNBD is the beta-geometric/NBD: after each repeat purchase a customer
	// leaves with a chance of their own. Who never came back has had no
	// occasion to leave, so that P(alive) of one-time buyers is 1. Parameters
	// r, alpha, a, b (Fader, Hardie, Lee 2005, Marketing Science 24:275).
	BGNBD Family = 1 + iota
	// MBGNBD is the modified BG/NBD: customers may leave after the first
	// purchase too. Parameters r, alpha, a, b (Batislam, Denizel, Filiztekin
	// 2007, International Journal of Research in Marketing 24:201).
	MBGNBD
	// ParetoNBD lets customers leave at any time. Parameters r, alpha, s, beta
	// (Schmittlein, Morrison, Colombo 1987, Management Science 33:1).
	ParetoNBD
)

var (
	familyNames  = []string{"", "BG/NBD", "MBG/NBD", "Pareto/NBD"}
	geometric    = []string{"r", "alpha", "a", "b"}
	paretoParams = []string{"r", "alpha", "s", "beta"}
)

// String returns "BG/NBD", "MBG/NBD" or "Pareto/NBD".
func (f Family) String() string {
	if int(f) < len(familyNames) {
		return familyNames[f]
	}
	return fmt.Sprintf("Family(%d)", uint8(f))
}

// Parameters returns the names of the parameters in their order in
// [Model.Params]. The rate of buying is Gamma with shape r and rate alpha; the
// chance of leaving is Beta(a, b), or its rate Gamma with shape s, rate beta.
func (f Family) Parameters() []string {
	if f == ParetoNBD {
		return slices.Clone(paretoParams)
	}
	return slices.Clone(geometric)
}

// MarshalText writes f as [Family.String] does.
func (f Family) MarshalText() ([]byte, error) {
	if !f.known() {
		return nil, fmt.Errorf("%w: no family", ErrModel)
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads what [Family.MarshalText] writes.
func (f *Family) UnmarshalText(text []byte) error {
	i := slices.Index(familyNames, string(text))
	if i <= 0 {
		return fmt.Errorf("%w: family %q: want BG/NBD, MBG/NBD or Pareto/NBD", ErrModel, text)
	}
	*f = Family(i)
	return nil
}

func (f Family) known() bool { return f >= BGNBD && f <= ParetoNBD }

// Model is a population of customers: how often they buy and how they leave.
// It comes out of a [Fit], or is written down from published figures. A
// Model is plain data; every method checks it and its row first, and returns
// [ErrModel], [ErrUnit] or a [*RowError] if they make no sense. No method
// returns NaN or an infinite number.
type Model struct {
	Family Family `json:"family"`
	// Unit is the unit of every time in and out of the model's methods.
	Unit Unit `json:"unit"`
	// Params are the parameters in the order of [Family.Parameters], each from
	// 1e-30 to 1e30. alpha and beta are in Unit.
	Params [4]float64 `json:"params"`
}

// ErrModel is the error for a model without a family or with parameters out
// of range.
var ErrModel = errors.New("clv: not a model")

const minParam, maxParam = 1e-30, 1e30

// Validate reports an error if m is not a model that can be asked.
func (m Model) Validate() error {
	if !m.Family.known() {
		return fmt.Errorf("%w: state BGNBD, MBGNBD or ParetoNBD", ErrModel)
	}
	if err := m.Unit.check(); err != nil {
		return err
	}
	for i, p := range m.Params {
		if !(p >= minParam && p <= maxParam) {
			return fmt.Errorf("%w: parameter %s is %v: want %v to %v", ErrModel,
				m.Family.Parameters()[i], p, minParam, maxParam)
		}
	}
	return nil
}

// String returns a line such as "BG/NBD r=0.243 alpha=4.414 a=0.793 b=2.426 (week)".
func (m Model) String() string {
	var b strings.Builder
	b.WriteString(m.Family.String())
	for i, name := range m.Family.Parameters() {
		fmt.Fprintf(&b, " %s=%.6g", name, m.Params[i])
	}
	fmt.Fprintf(&b, " (%v)", m.Unit)
	return b.String()
}

// check reports an error if m is no model or r no customer of it.
func (m Model) check(r Row) error {
	if err := m.Validate(); err != nil {
		return err
	}
	return r.check(0, m.Unit)
}

// checkTime reports an error if t is no length of time.
func checkTime(t float64) error {
	if !(t >= 0 && t <= MaxTime) {
		return fmt.Errorf("%w: %v is not a number from 0 to %v", ErrHorizon, t, float64(MaxTime))
	}
	return nil
}

// ErrHorizon is the error for a time to come that is negative or not a number,
// and for one so long beside the model's alpha that the answer would take
// more than some seconds to compute.
var ErrHorizon = errors.New("clv: horizon not usable")
