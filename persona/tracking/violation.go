package tracking

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/names"
)

// Code is a way in which what arrived differs from the plan. It is written as
// its name.
type Code uint8

// The codes. Each says what becomes of the event: it is set aside whole, the
// property is dropped and the rest kept, or all is kept.
const (
	// UnplannedEvent: the plan has no event of that name. Set aside.
	UnplannedEvent Code = 1 + iota
	// EventCaseDiffers: the name of the event differs only by case from a
	// planned one. Set aside: which of the two is meant must be said.
	EventCaseDiffers
	// ReservedEvent: the name belongs to the collecting tools. Set aside.
	ReservedEvent
	// MissingID: the event has no ID, so that a repetition can't be told from
	// a second event unless it is the same in all. Kept.
	MissingID
	// MissingTime: the event does not say when it happened. Set aside.
	MissingTime
	// OutsideWindow: the time of the event is too long before or too far after
	// its receipt. Set aside.
	OutsideWindow
	// DuplicateID: an event of that ID arrived already, the same in all but
	// the time of receipt. Set aside.
	DuplicateID
	// ConflictingID: an event of that ID arrived already, and was another one.
	// Set aside.
	ConflictingID
	// TooManyProperties: the event has more than [MaxProperties]. Set aside
	// without a look at them.
	TooManyProperties
	// MissingRequired: a required property is not there. Set aside.
	MissingRequired
	// EmptyValue: the value is null, a text of nothing but white space, or an
	// empty list. The property is dropped, and the event set aside if it is
	// required.
	EmptyValue
	// WrongType: the value is not of the planned kind, and no cast makes it so.
	// The property is dropped, and the event set aside if it is required.
	WrongType
	// CastType: the value is of another type but could be cast. Kept as cast.
	CastType
	// DictionaryMiss: the text is not in the dictionary. The property is
	// dropped, and the event set aside if it is required.
	DictionaryMiss
	// OutOfRange: the number is below the least or above the greatest that
	// makes sense. The property is dropped, and the event set aside if it is
	// required.
	OutOfRange
	// UnplannedProperty: the planned event has no such property. Dropped.
	UnplannedProperty
	// PropertyCaseDiffers: the name differs only by case from a planned
	// property of the event. Dropped.
	PropertyCaseDiffers
	// ReservedProperty: the name belongs to the collecting tools. Dropped.
	ReservedProperty
)

var codeNames = names.Names{Package: "tracking", Type: "Code", What: "code", List: []string{
	"",
	"unplanned event", "event case differs", "reserved event", "missing id", "missing time", "outside window",
	"duplicate id", "conflicting id", "too many properties", "missing required", "empty value", "wrong type",
	"cast type", "dictionary miss", "out of range", "unplanned property", "property case differs", "reserved property",
}}

// String returns the name of the code, such as "dictionary miss".
func (c Code) String() string { return codeNames.Of(uint8(c)) }

// MarshalText writes the name of the code; one that does not exist is an error.
func (c Code) MarshalText() ([]byte, error) { return codeNames.Marshal(uint8(c)) }

// UnmarshalText reads what [Code.String] writes; any other text is an error, and
// leaves c as it was.
func (c *Code) UnmarshalText(text []byte) error {
	i, err := codeNames.Unmarshal(text)
	if err == nil {
		*c = Code(i)
	}
	return err
}

// Violation is one difference between what arrived and the plan: what, where,
// and what was expected.
type Violation struct {
	Code Code `json:"code"`
	// Event is the name as it arrived, cut to [MaxNameBytes].
	Event string `json:"event"`
	// Property is the name as it arrived or, if it did not arrive, as planned,
	// cut to [MaxNameBytes]. It is empty if the event as a whole is meant.
	Property string `json:"property,omitzero"`
	// Got says what arrived. Values of PII and of unplanned properties, which
	// may be anything, are described and not repeated.
	Got string `json:"got"`
	// Want says what was expected.
	Want string `json:"want"`
}

// String returns the violation as a sentence, such as
//
//	order.amount: wrong type: got the text "ten", want a number of at most 36 digits, 18 of them after the point
func (v Violation) String() string {
	place := v.Event
	if v.Property != "" {
		place += "." + v.Property
	}
	return fmt.Sprintf("%s: %s: got %s, want %s", place, v.Code, v.Got, v.Want)
}

// Fate is what becomes of an event. It is written as its name.
type Fate uint8

// The fates.
const (
	// Accepted is an event that arrived as planned, or lacks an ID alone.
	Accepted Fate = 1 + iota
	// Mended is an event of which a property was cast or dropped.
	Mended
	// SetAside is an event that can't be used.
	SetAside
)

var fateNames = names.Names{Package: "tracking", Type: "Fate", What: "fate", List: []string{"", "accepted", "mended", "set aside"}}

// String returns the name of the fate, such as "set aside".
func (f Fate) String() string { return fateNames.Of(uint8(f)) }

// MarshalText writes the name of the fate; one that does not exist is an error.
func (f Fate) MarshalText() ([]byte, error) { return fateNames.Marshal(uint8(f)) }

// UnmarshalText reads what [Fate.String] writes; any other text is an error, and
// leaves f as it was.
func (f *Fate) UnmarshalText(text []byte) error {
	i, err := fateNames.Unmarshal(text)
	if err == nil {
		*f = Fate(i)
	}
	return err
}
