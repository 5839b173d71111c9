package funnel

import "github.com/regulars-go/regulars/internal/names"

// Match says which events make a chain. The zero value is the definition at the
// head of this package, with no window. The presets, such as [LikeClickHouse],
// reproduce what other products do.
type Match struct {
	// Order says how the events of a chain lie to each other. Defaults to
	// Ordered.
	Order Order `json:"order,omitzero"`
	// Window is the most time from the first event of a chain to the last,
	// inclusive. Defaults to no limit.
	Window Window `json:"window,omitzero"`
	// Ties says what the order of events at one instant is. Defaults to
	// TiesAnyOrder.
	Ties Ties `json:"ties,omitzero"`
	// Entry says which events may start a chain. Defaults to BestEntry.
	Entry Entry `json:"entry,omitzero"`
	// Reuse lets one event make several steps. It has no effect under
	// TiesStrict, and with Contiguous it needs TiesGiven or TiesStrict. Defaults
	// to one event, one step.
	Reuse bool `json:"reuse,omitzero"`
	// Grace is how coarse the times are taken: each is rounded down to a whole
	// multiple of it since 1970 before anything else, so that events of one
	// such interval are at one instant, for the window too. Zero takes times as
	// they are, in microseconds.
	Grace Window `json:"grace,omitzero"`
	// Hold names properties that are the same for all events of a chain, such as
	// "product": each combination of values is matched for itself, as if the
	// other events were not there, and the best counts. An event that lacks one
	// of them is in no chain. Defaults to none; at most MaxHold.
	Hold []string `json:"hold,omitempty"`
	// Exclusions are events that must not come between two steps. With
	// Contiguous there are none, since any event comes between.
	Exclusions []Exclusion `json:"exclusions,omitempty"`
	// Excluded says what becomes of a unit whose chain an exclusion broke.
	// Defaults to KeepLevel.
	Excluded Excluded `json:"excluded,omitzero"`
}

// Exclusion is an event that breaks a chain: one that comes after the chain's
// event of step After, and before that of step Before, or within the window
// if there is none. A broken chain does not go on.
//
// At one instant an exclusion comes after all steps that can be made, and
// does not break a chain that made one. So an event that is both a step and
// an exclusion never breaks the chain that it is in. (Under TiesGiven the same
// holds for one event, and events of one instant are taken as given.) With
// AnyOrder and Nested it breaks every chain that begins before its instant and
// ends after it.
type Exclusion struct {
	// Events are the names of such events, any of which will do.
	Events []string `json:"events,omitempty"`
	// Where names a predicate of the [Source], which the event must meet too.
	// With no Events it alone decides. Defaults to none.
	Where string `json:"where,omitempty"`
	// After and Before are the numbers of two steps, counted from 1. Zeros mean
	// the first and the last, which with the other orders than Ordered is all
	// there is.
	After  int `json:"after,omitzero"`
	Before int `json:"before,omitzero"`
}

// Order says how the events of a chain lie to each other.
type Order uint8

const (
	// Ordered chains make the steps in their order; other events may come
	// between.
	Ordered Order = iota
	// Contiguous chains make the steps in their order with no other event of
	// the unit in between, whether it is a step or not. At one instant, under
	// TiesAnyOrder, other events come first or last if that helps; under
	// TiesStrict an instant is made if any of its events makes the next step.
	Contiguous
	// AnyOrder chains make any steps in any order: the level is how many.
	AnyOrder
	// Nested chains make steps 1 to k in any order: the level is the largest
	// such k. It suits clocks that scramble the order of events.
	Nested
)

var orders = names.Names{Package: "funnel", Type: "Order", What: "order", List: []string{"ordered", "contiguous", "any order", "nested"}}

// String returns the lower-case name of o, such as "ordered".
func (o Order) String() string { return orders.Of(uint8(o)) }

// MarshalText writes o as [Order.String] does; what is none is an error.
func (o Order) MarshalText() ([]byte, error) { return orders.Marshal(uint8(o)) }

// UnmarshalText reads what [Order.String] writes; any other text is an error, and
// leaves o as it was.
func (o *Order) UnmarshalText(text []byte) error {
	i, err := orders.Unmarshal(text)
	if err == nil {
		*o = Order(i)
	}
	return err
}

// Ties says what the order of events at one instant is. It matters to Ordered
// and Contiguous chains only.
type Ties uint8

const (
	// TiesAnyOrder takes the order that is best for the unit, so that neither
	// the order of the input nor a coarse clock costs a conversion.
	TiesAnyOrder Ties = iota
	// TiesGiven takes them in the order of the input.
	TiesGiven
	// TiesStrict lets no two events of an instant be in one chain: each step is
	// later than the one before.
	TiesStrict
)

var ties = names.Names{Package: "funnel", Type: "Ties", What: "tie policy", List: []string{"any order", "given", "strict"}}

// String returns the lower-case name of t, such as "any order".
func (t Ties) String() string { return ties.Of(uint8(t)) }

// MarshalText writes t as [Ties.String] does; what is none is an error.
func (t Ties) MarshalText() ([]byte, error) { return ties.Marshal(uint8(t)) }

// UnmarshalText reads what [Ties.String] writes; any other text is an error, and
// leaves t as it was.
func (t *Ties) UnmarshalText(text []byte) error {
	i, err := ties.Unmarshal(text)
	if err == nil {
		*t = Ties(i)
	}
	return err
}

// Entry says which events may start a chain.
type Entry uint8

const (
	// BestEntry lets any event start one.
	BestEntry Entry = iota
	// FirstEntry lets only the unit's first event of step 1 start one (with
	// AnyOrder and Nested its first event of any step): who comes back later,
	// with better luck, does not count. Events at the first instant are one
	// entry.
	FirstEntry
)

var entries = names.Names{Package: "funnel", Type: "Entry", What: "entry", List: []string{"best", "first"}}

// String returns the lower-case name of e, such as "best".
func (e Entry) String() string { return entries.Of(uint8(e)) }

// MarshalText writes e as [Entry.String] does; what is none is an error.
func (e Entry) MarshalText() ([]byte, error) { return entries.Marshal(uint8(e)) }

// UnmarshalText reads what [Entry.String] writes; any other text is an error, and
// leaves e as it was.
func (e *Entry) UnmarshalText(text []byte) error {
	i, err := entries.Unmarshal(text)
	if err == nil {
		*e = Entry(i)
	}
	return err
}

// Excluded says what becomes of a unit whose chain an exclusion broke.
type Excluded uint8

const (
	// KeepLevel counts the unit for the steps that it made before.
	KeepLevel Excluded = iota
	// DropUnit leaves the unit out of all counts, step 1 included, if the chain
	// that it would be reported with was broken, and no chain that reached the
	// same level later stayed whole. It is for Ordered chains of users and
	// sessions.
	DropUnit
)

var treatments = names.Names{Package: "funnel", Type: "Excluded", What: "treatment of the excluded", List: []string{"keep level", "drop unit"}}

// String returns the lower-case name of e, such as "keep level".
func (e Excluded) String() string { return treatments.Of(uint8(e)) }

// MarshalText writes e as [Excluded.String] does; what is none is an error.
func (e Excluded) MarshalText() ([]byte, error) { return treatments.Marshal(uint8(e)) }

// UnmarshalText reads what [Excluded.String] writes; any other text is an error, and
// leaves e as it was.
func (e *Excluded) UnmarshalText(text []byte) error {
	i, err := treatments.Unmarshal(text)
	if err == nil {
		*e = Excluded(i)
	}
	return err
}
