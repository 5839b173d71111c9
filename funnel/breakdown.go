package funnel

import "github.com/regulars-go/regulars/internal/names"

// Breakdown is a label to count by, such as "city", and which of a unit's events
// gives its value. Who lacks a value is counted as unknown, never left out, so
// that the values of a breakdown sum to the total.
type Breakdown struct {
	// Name is the label's key, which the [Source] is asked for.
	Name string `json:"name"`
	// By says whose value it is. Defaults to AtEntry.
	By Attribution `json:"by,omitzero"`
	// Step is the number of a step from 1, for AtStep; otherwise 0.
	Step int `json:"step,omitzero"`
}

// Attribution says which event of a unit gives the value of a label.
type Attribution uint8

const (
	// AtEntry takes the event that starts the chain which is reported, so that
	// a label says what was known then, and not what the funnel made of it.
	AtEntry Attribution = iota
	// AtFirst takes the unit's first event that has the label, whether it is a
	// step or not. Events at one instant are taken in the order of their values.
	AtFirst
	// AtLast takes the unit's last event that has the label. Events at one
	// instant are taken in the order of their values.
	AtLast
	// AtStep takes the chain's event of a step. Who did not make it has no value.
	AtStep
)

var attributions = names.Names{Package: "funnel", Type: "Attribution", What: "attribution", List: []string{"entry", "first", "last", "step"}}

// String returns the lower-case name of a, such as "entry".
func (a Attribution) String() string { return attributions.Of(uint8(a)) }

// MarshalText writes a as [Attribution.String] does; what is none is an error.
func (a Attribution) MarshalText() ([]byte, error) { return attributions.Marshal(uint8(a)) }

// UnmarshalText reads what [Attribution.String] writes; any other text is an error, and
// leaves a as it was.
func (a *Attribution) UnmarshalText(text []byte) error {
	i, err := attributions.Unmarshal(text)
	if err == nil {
		*a = Attribution(i)
	}
	return err
}

// Label is the value of a breakdown.
type Label struct {
	Name string `json:"name"`
	// Value is empty if it is not known, but not only then.
	Value string `json:"value"`
	// Known says that there is a value.
	Known bool `json:"known"`
}

// String returns l as other packages read it, such as "city=berlin"; "" if the
// value is not known.
func (l Label) String() string {
	if !l.Known {
		return ""
	}
	return l.Name + "=" + l.Value
}
