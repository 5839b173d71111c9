package persona

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// EventKind is a kind of things that people do: order, view, search.
type EventKind struct {
	// Name is how rules and events call it.
	Name string `json:"name"`
	// Title is how a report calls it, such as 下单. Defaults to Name.
	Title string `json:"title,omitempty"`
	// Amount says that each event has an amount, such as of money.
	Amount bool `json:"amount,omitempty"`
	// Places is how many digits an amount has behind the point, from 0 to
	// [MaxPlaces]. An amount with more is an error: nothing is rounded.
	Places int `json:"places,omitempty"`
	// Unit says what an amount counts, such as "CNY".
	Unit string `json:"unit,omitempty"`
	// Fields are the texts that describe an event: its category, its channel,
	// the words that were searched for. Defaults to none.
	Fields []string `json:"fields,omitempty"`
	// Normal is how those texts are brought into one form. Defaults to as they
	// are.
	Normal []Normal `json:"normal,omitempty"`
}

// Event is something that a person did.
type Event struct {
	// Kind is the name of its [EventKind].
	Kind string
	// At is when, cut to the microsecond. It is never zero.
	At time.Time
	// Amount is what it came to, where its kind has amounts. It may be negative.
	Amount decimal.Decimal
	// Fields are the texts that describe it, by the names of the kind's fields.
	// One that is left out is not known, which is not "".
	Fields map[string]string
}

// event is an [Event] as a profile keeps it.
type event struct {
	at     int64 // microseconds since 1970
	amount int64 // in 10^-places
	kind   int32
	fields int32 // where the references of its fields begin in the slots
}

// noText is the reference of a field that is not known.
const noText = -1

func (s *Schema) addEvents(kinds []EventKind, faults *regulars.Faults) {
	if len(kinds) > MaxEventKinds {
		faults.Add("events", "has %d: want at most %d", len(kinds), MaxEventKinds)
		return
	}
	for i, k := range kinds {
		path := fmt.Sprintf("events[%d]", i)
		if _, ok := s.byEvent[k.Name]; ok {
			faults.Add(path+".name", "%q is there before", k.Name)
		}
		s.byEvent[k.Name] = i
		faults.Under(path, k.check())
		k.Fields, k.Normal = slices.Clone(k.Fields), slices.Clone(k.Normal)
		s.events = append(s.events, k)
	}
}

func (k EventKind) check() (faults regulars.Faults) {
	if problem := badName(k.Name); problem != "" {
		faults.Add("name", "%s", problem)
	}
	if k.Places < 0 || k.Places > MaxPlaces {
		faults.Add("places", "%d: want 0 to %d", k.Places, MaxPlaces)
	} else if k.Places > 0 && !k.Amount {
		faults.Add("places", "only a kind with amounts has places")
	}
	if len(k.Fields) > MaxFields {
		faults.Add("fields", "has %d: want at most %d", len(k.Fields), MaxFields)
		return faults
	}
	for i, field := range k.Fields {
		path := fmt.Sprintf("fields[%d]", i)
		if slices.Contains(k.Fields[:i], field) {
			faults.Add(path, "%q is there before", field)
		} else if problem := badName(field); problem != "" {
			faults.Add(path, "%s", problem)
		} else if known(calendarFields, field) {
			faults.Add(path, "%q is taken: every event has it by its time", field)
		}
	}
	for i, step := range k.Normal {
		if !known(allNormals, step) {
			faults.Add(fmt.Sprintf("normal[%d]", i), "%q: want %s", step, oneOf(allNormals))
		}
	}
	return faults
}

// Fields that every event has by its time on the calendar of the schema.
const (
	// FieldHour is the local hour, "00" to "23".
	FieldHour = "hour"
	// FieldWeekday is the local day of the week, "1" for Monday to "7".
	FieldWeekday = "weekday"
)

var calendarFields = []string{FieldHour, FieldWeekday}

// EventKind returns the kind of events of a name; ok is false if there is none.
// Its lists are those of the schema, not to be changed.
func (s *Schema) EventKind(name string) (kind EventKind, ok bool) {
	i, ok := s.byEvent[name]
	if !ok {
		return EventKind{}, false
	}
	return s.events[i], true
}
