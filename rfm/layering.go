package rfm

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/exact"
)

// LayerPolicy says how large the layers are. [ByValue] and [ByHeadCount] make
// one.
type LayerPolicy struct {
	By LayerMeasure `json:"by"`
	// Core is the share of the core, Waist that of core and waist together:
	// 0 < Core < Waist <= 1, with at most 6 places. The tail is what is left.
	Core  decimal.Decimal `json:"core"`
	Waist decimal.Decimal `json:"waist"`
}

// LayerMeasure is what the shares of a policy are shares of.
type LayerMeasure string

const (
	// OfValue takes the greatest values until they reach the share of the total.
	OfValue LayerMeasure = "value"
	// OfCustomers takes the share of the customers, those with the greatest
	// values.
	OfCustomers LayerMeasure = "customers"
)

// ByValue cuts by share of the value: ByValue(0.8, 0.95) is the core that
// brings 80 % of it, and the waist that brings the next 15.
func ByValue(core, waist decimal.Decimal) LayerPolicy {
	return LayerPolicy{By: OfValue, Core: core, Waist: waist}
}

// ByHeadCount cuts by share of the customers: ByHeadCount(0.2, 0.5) is the
// top fifth, the next three tenths, and the other half.
func ByHeadCount(core, waist decimal.Decimal) LayerPolicy {
	return LayerPolicy{By: OfCustomers, Core: core, Waist: waist}
}

// Validate returns all faults of p as [regulars.Faults].
func (p LayerPolicy) Validate() error {
	var f regulars.Faults
	if p.By != OfValue && p.By != OfCustomers {
		f.Add("by", `%q: want "value" or "customers"`, p.By)
	}
	shares := true
	for _, share := range []struct {
		name string
		decimal.Decimal
	}{{"core", p.Core}, {"waist", p.Waist}} {
		if err := checkShare(share.Decimal); err != nil {
			f.Add(share.name, "%v", err)
			shares = false
		} else if share.Sign() == 0 {
			f.Add(share.name, "0: want a share above zero")
		}
	}
	if shares && !p.Core.LessThan(p.Waist) {
		f.Add("waist", "%s: want more than the core's %s", exact.Text(p.Waist), exact.Text(p.Core))
	}
	return f.Err()
}

// checkShare wants a share from 0 to 1.
func checkShare(d decimal.Decimal) error {
	if err := exact.Check(d); err != nil {
		return err
	}
	if d.Sign() < 0 || d.GreaterThan(decimal.NewFromInt(1)) || exact.Shortest(d).Exponent() < -maxSharePlaces {
		return fmt.Errorf("%v: want a share from 0 to 1 with at most %d places", d, maxSharePlaces)
	}
	return nil
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (p LayerPolicy) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		By    LayerMeasure `json:"by"`
		Core  string       `json:"core"`
		Waist string       `json:"waist"`
	}{p.By, exact.Text(p.Core), exact.Text(p.Waist)})
}

// Layering holds the thresholds that were fitted on a population, and places
// anyone by them. It is stable JSON.
type Layering struct {
	Policy LayerPolicy `json:"policy"`
	// Core is the least value in the core, Waist the least in the waist. If they
	// are equal, nobody is in the waist.
	Core  decimal.Decimal `json:"core"`
	Waist decimal.Decimal `json:"waist"`
	// Customers is how many the thresholds were fitted on.
	Customers int `json:"customers"`
}

// ErrNoValue is what fitting layers returns if there is nobody, or if values
// are to be shared and nobody has more than nothing.
var ErrNoValue = errors.New("rfm: no value to share out in layers")

// FitLayers finds the thresholds for values that come in any order, one a
// customer. The core is the shortest list of greatest values that reaches its
// share: the customer at the boundary is inside, and so is everybody who has as
// much. The waist is found in the same way, and shares out what the core
// left. Negative values count as nothing in the total, and shares of value leave
// them and zeros in the tail. It is an error if a value is out of the bounds for
// money, and [ErrNoValue] if there is nothing to share.
func FitLayers(values iter.Seq[decimal.Decimal], p LayerPolicy) (Layering, error) {
	var list amounts
	for v := range values {
		if err := exact.CheckSum(v); err != nil {
			return Layering{}, fmt.Errorf("rfm: value %d: %w", list.len(), err)
		}
		var s exact.Sum
		s.Add(v)
		list.append(s)
	}
	return p.fit(list.column())
}

// FitLayers finds the thresholds for the monetary values of a table.
func (t *Table[K]) FitLayers(p LayerPolicy) (Layering, error) {
	if err := t.check(); err != nil {
		return Layering{}, err
	}
	return p.fit(t.monetary())
}

func (p LayerPolicy) fit(values column) (Layering, error) {
	if err := p.Validate(); err != nil {
		return Layering{}, fmt.Errorf("rfm: layers: %w", err)
	}
	l := Layering{Policy: p, Customers: values.len()}
	if l.Customers == 0 {
		return Layering{}, ErrNoValue
	}
	if p.By == OfCustomers {
		top := func(share decimal.Decimal) decimal.Decimal {
			return exact.Shortest(Scale{Method: MethodTop, Share: share}.last(values, Above))
		}
		l.Core, l.Waist = top(p.Core), top(p.Waist)
		return l, nil
	}
	var ok bool
	if l.Core, l.Waist, ok = p.reach(values); !ok {
		return Layering{}, ErrNoValue
	}
	return l, nil
}

// reach returns the values with which the running sum, from the greatest down,
// reaches the two shares of the total; ok is false if there is none.
func (p LayerPolicy) reach(values column) (core, waist decimal.Decimal, ok bool) {
	descending := values.descending()
	var total, sum exact.Sum
	for v := range descending {
		if v.Sign() <= 0 {
			break
		}
		total.Merge(v)
	}
	if total.Sign() == 0 {
		return core, waist, false
	}
	wantCore, wantWaist := total.Decimal().Mul(p.Core), total.Decimal().Mul(p.Waist)
	inCore := false
	for v := range descending {
		sum.Merge(v)
		if !inCore && sum.Decimal().GreaterThanOrEqual(wantCore) {
			core, inCore = exact.Shortest(v.Decimal()), true
		}
		if inCore && sum.Decimal().GreaterThanOrEqual(wantWaist) {
			return core, exact.Shortest(v.Decimal()), true
		}
	}
	return core, waist, false
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (l Layering) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Policy    LayerPolicy `json:"policy"`
		Core      string      `json:"core"`
		Waist     string      `json:"waist"`
		Customers int         `json:"customers"`
	}{l.Policy, exact.Text(l.Core), exact.Text(l.Waist), l.Customers})
}

// ParseLayering reads a layering from JSON, strictly; what is wrong is
// [regulars.Faults].
func ParseLayering(data []byte) (Layering, error) {
	var l Layering
	if err := config.Decode(data, &l); err != nil {
		return Layering{}, err
	}
	if err := l.Validate(); err != nil {
		return Layering{}, err
	}
	return l, nil
}

// Validate returns all faults of l as [regulars.Faults].
func (l Layering) Validate() error {
	var f regulars.Faults
	if faults, ok := errors.AsType[regulars.Faults](l.Policy.Validate()); ok {
		f.Under("policy", faults)
	}
	errCore, errWaist := exact.CheckSum(l.Core), exact.CheckSum(l.Waist)
	switch {
	case errCore != nil:
		f.Add("core", "%v", errCore)
	case errWaist != nil:
		f.Add("waist", "%v", errWaist)
	case l.Waist.GreaterThan(l.Core):
		f.Add("waist", "%s: want at most the core's %s", exact.Text(l.Waist), exact.Text(l.Core))
	}
	if l.Customers < 0 {
		f.Add("customers", "%d: want zero or more", l.Customers)
	}
	return f.Err()
}
