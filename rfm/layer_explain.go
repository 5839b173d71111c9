package rfm

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// LayerExplanation says why a value is in its layer. In JSON it is a report,
// which leaves out what is empty.
type LayerExplanation struct {
	Layer Layer `json:"layer,omitzero"`
	// Unplaced says why there is no layer; the rest is then empty.
	Unplaced string          `json:"unplaced,omitzero"`
	Value    decimal.Decimal `json:"value"`
	// AtLeast is the least value of the layer; nothing for the tail.
	AtLeast decimal.NullDecimal `json:"atLeast,omitzero"`
	// Next is the layer above, 0 for the core. Lacks is how much more the value
	// must be to be in it.
	Next  Layer           `json:"next,omitzero"`
	Lacks decimal.Decimal `json:"lacks"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (e LayerExplanation) MarshalJSON() ([]byte, error) {
	out := struct {
		Layer    Layer   `json:"layer,omitzero"`
		Unplaced string  `json:"unplaced,omitzero"`
		Value    *number `json:"value,omitzero"`
		AtLeast  *number `json:"atLeast,omitzero"`
		Next     Layer   `json:"next,omitzero"`
		Lacks    *number `json:"lacks,omitzero"`
	}{Layer: e.Layer, Unplaced: e.Unplaced, AtLeast: numberOf(e.AtLeast), Next: e.Next}
	if e.Layer != 0 {
		out.Value = new(number(e.Value))
	}
	if e.Next != 0 {
		out.Lacks = new(number(e.Lacks))
	}
	return json.Marshal(out)
}

// Layer returns the layer of a value, which need not be one of those that the
// thresholds were fitted on. It is 0 if the value is out of the bounds for
// money; [Layering.Explain] says so.
func (l Layering) Layer(value decimal.Decimal) Layer { return l.Explain(value).Layer }

// Explain places a value and says why.
func (l Layering) Explain(value decimal.Decimal) LayerExplanation {
	if err := exact.CheckSum(value); err != nil {
		return LayerExplanation{Unplaced: err.Error()}
	}
	e := LayerExplanation{Value: value}
	switch {
	case value.GreaterThanOrEqual(l.Core):
		e.Layer, e.AtLeast = Core, decimal.NewNullDecimal(l.Core)
	case value.GreaterThanOrEqual(l.Waist):
		e.Layer, e.AtLeast = Waist, decimal.NewNullDecimal(l.Waist)
		e.Next, e.Lacks = Core, l.Core.Sub(value)
	case l.Waist.Equal(l.Core):
		e.Layer, e.Next, e.Lacks = Tail, Core, l.Core.Sub(value)
	default:
		e.Layer, e.Next, e.Lacks = Tail, Waist, l.Waist.Sub(value)
	}
	return e
}

// String explains the layer in a line of English, such as "waist 腰部: 60 is at
// least 40; 15 more for core".
func (e LayerExplanation) String() string {
	if e.Unplaced != "" {
		return "no layer: " + e.Unplaced
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s", e.Layer, e.Layer.Chinese(), exact.Text(e.Value))
	if e.AtLeast.Valid {
		fmt.Fprintf(&b, " is at least %s", exact.Text(e.AtLeast.Decimal))
	}
	if e.Next == 0 {
		return b.String() + "; the best"
	}
	fmt.Fprintf(&b, "; %s more for %s", exact.Text(e.Lacks), e.Next)
	return b.String()
}
