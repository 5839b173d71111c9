package tracking

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Limits on a plan. Each is several times what large plans have, and small
// enough to check every event against.
const (
	MaxEvents     = 5_000  // events of a plan
	MaxProperties = 500    // properties of an event, in a plan and in what arrives
	MaxDictionary = 65_536 // texts of a dictionary
	MaxReserved   = 1_000  // reserved names
	MaxNameBytes  = 128    // a name of an event or a property, or a unit
	MaxTextBytes  = 500    // a description, or a text of a dictionary
)

// Plan is the tracking plan (埋点方案): which events there are, and what each
// carries. It is data; [NewValidator] makes it judge. The order of events and
// properties means nothing but the order of what is reported.
type Plan struct {
	// Name is for people. It may be left out.
	Name   string         `json:"name,omitzero"`
	Events []PlannedEvent `json:"events"`
	// Reserved are names that no event and no property may have, beyond those
	// that begin with "$" or "__", which are always reserved: they belong to
	// the collecting tools.
	Reserved []string `json:"reserved,omitempty"`
	Window   Window   `json:"window,omitzero"`
}

// PlannedEvent is one event of the plan.
type PlannedEvent struct {
	// Name is how the event is sent, letter by letter.
	Name string `json:"name"`
	// Title is how people call it, such as "提交订单". It may be left out.
	Title      string     `json:"title,omitzero"`
	Properties []Property `json:"properties,omitempty"`
}

// Property is one property of a planned event.
type Property struct {
	Name  string `json:"name"`
	Title string `json:"title,omitzero"`
	Kind  Kind   `json:"kind"`
	// Required is whether the event is useless without it.
	Required bool `json:"required,omitzero"`
	// Unit says what a number counts, such as "CNY" or "s". It may be left out.
	Unit string `json:"unit,omitzero"`
	// Values is the dictionary of an enum, and of no other kind: all that there
	// may be.
	Values []string `json:"values,omitempty"`
	// Min and Max are the least and the greatest number that makes sense, both
	// included. They are for ints and decimals. Nil means no bound.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
	// PII is whether values tell who somebody is: a phone number, a name, an
	// address. They are never repeated in a violation.
	PII bool `json:"pii,omitzero"`
}

// Window bounds how far the time of an event may lie from its receipt. Both
// bounds are included.
type Window struct {
	// Past is how long an event may be on its way. Zero means 7 days.
	Past regulars.Span `json:"past,omitzero"`
	// Ahead is how far a client's clock may be fast. Zero means 1 hour.
	Ahead regulars.Span `json:"ahead,omitzero"`
}

// ParsePlan reads a plan from JSON and validates it. The document is read
// strictly: an unknown or repeated key and trailing data are faults. The error
// is [regulars.Faults].
func ParsePlan(data []byte) (Plan, error) {
	var p Plan
	if err := config.Decode(data, &p); err != nil {
		return Plan{}, err
	}
	if err := p.Validate(); err != nil {
		return Plan{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults]: no events or too many,
// a name that is missing, reserved or malformed, two names that are the same or
// differ only by case, a kind that does not exist, a dictionary or a bound
// that is missing, does not fit the kind or contradicts itself.
func (p Plan) Validate() error {
	var f regulars.Faults
	if p.Name != "" {
		textFault(&f, "name", p.Name, MaxNameBytes)
	}
	if n := len(p.Events); n == 0 || n > MaxEvents {
		f.Add("events", "%d events: want 1 to %d", n, MaxEvents)
	}
	if n := len(p.Reserved); n > MaxReserved {
		f.Add("reserved", "%d names: want at most %d", n, MaxReserved)
	}
	if len(f) > 0 {
		return f.Err()
	}
	reserved := namesOf(p.Reserved)
	taken := nameSet{}
	for i, e := range p.Events {
		path := fmt.Sprintf("events[%d]", i)
		nameFault(&f, path+".name", e.Name, reserved, taken)
		f.Under(path, e.faults(reserved))
	}
	f.Under("reserved", reservedFaults(p.Reserved))
	return f.Err()
}

func (e PlannedEvent) faults(reserved nameSet) (f regulars.Faults) {
	if e.Title != "" {
		textFault(&f, "title", e.Title, MaxTextBytes)
	}
	if n := len(e.Properties); n > MaxProperties {
		f.Add("properties", "%d properties: want at most %d", n, MaxProperties)
		return f
	}
	taken := nameSet{}
	for i, p := range e.Properties {
		path := fmt.Sprintf("properties[%d]", i)
		nameFault(&f, path+".name", p.Name, reserved, taken)
		f.Under(path, p.faults())
	}
	return f
}

func (p Property) faults() (f regulars.Faults) {
	if p.Title != "" {
		textFault(&f, "title", p.Title, MaxTextBytes)
	}
	if !p.Kind.known() {
		f.Add("kind", "%q: want %s", p.Kind, kindNames())
		return f
	}
	if p.Unit != "" {
		textFault(&f, "unit", p.Unit, MaxNameBytes)
	}
	f.Under("values", p.dictionaryFaults())
	bounds := [...]struct {
		key   string
		bound *float64
	}{{"min", p.Min}, {"max", p.Max}}
	for _, b := range bounds {
		switch {
		case b.bound == nil:
		case !p.Kind.isNumber():
			f.Add(b.key, "a property of kind %s has no bounds", p.Kind)
		case math.IsNaN(*b.bound) || math.IsInf(*b.bound, 0):
			f.Add(b.key, "%v: want a finite number", *b.bound)
		}
	}
	if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
		f.Add("max", "%v is below min, %v", *p.Max, *p.Min)
	}
	return f
}

func (p Property) dictionaryFaults() (f regulars.Faults) {
	n := len(p.Values)
	switch {
	case p.Kind == KindEnum && n == 0:
		f.Add("", "missing: want what the enum may be")
	case p.Kind != KindEnum && n > 0:
		f.Add("", "only an enum has a dictionary, not %s", p.Kind)
	case n > MaxDictionary:
		f.Add("", "%d texts: want at most %d", n, MaxDictionary)
		return f
	}
	first := make(map[string]int, n)
	for i, text := range p.Values {
		path := fmt.Sprintf("[%d]", i)
		textFault(&f, path, text, MaxTextBytes)
		if j, ok := first[text]; ok {
			f.Add(path, "%q is text %d already", text, j)
			continue
		}
		first[text] = i
	}
	return f
}

func reservedFaults(reserved []string) (f regulars.Faults) {
	for i, name := range reserved {
		path := fmt.Sprintf("[%d]", i)
		textFault(&f, path, name, MaxNameBytes)
		if slices.Contains(reserved[:i], name) {
			f.Add(path, "%q stands there already", name)
		}
	}
	return f
}

// nameSet holds names by their lower-case form, under which two that differ
// only by case meet.
type nameSet map[string]string

func namesOf(list []string) nameSet {
	n := make(nameSet, len(list))
	for _, name := range list {
		n[strings.ToLower(name)] = name
	}
	return n
}

// nameFault adds what is wrong with a name of an event or a property, and
// notes it as taken.
func nameFault(f *regulars.Faults, path, name string, reserved, taken nameSet) {
	if !textFault(f, path, name, MaxNameBytes) {
		return
	}
	if isReserved(name, reserved) {
		f.Add(path, "%q is reserved", name)
	}
	lower := strings.ToLower(name)
	switch other, ok := taken[lower]; {
	case !ok:
		taken[lower] = name
	case other == name:
		f.Add(path, "%q is there already", name)
	default:
		f.Add(path, "%q differs only by case from %q", name, other)
	}
}

// isReserved reports whether no event or property may have the name, in
// whatever case.
func isReserved(name string, reserved nameSet) bool {
	_, ok := reserved[strings.ToLower(name)]
	return ok || strings.HasPrefix(name, "$") || strings.HasPrefix(name, "__")
}

// textFault adds what is wrong with a text that must be there; it reports
// whether nothing is.
func textFault(f *regulars.Faults, path, text string, limit int) bool {
	switch {
	case text == "":
		f.Add(path, "missing")
	case len(text) > limit:
		f.Add(path, "has %d bytes: want at most %d", len(text), limit)
	case !isPrintable(text):
		f.Add(path, "%q: want printable text without spaces at its ends", text)
	default:
		return true
	}
	return false
}

// isPrintable reports whether a text shows all that it has: of white space it
// may have the ASCII space, and that not at its ends.
func isPrintable(text string) bool {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) && strings.Trim(text, " ") == text
}
