package tracking

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Validator is a plan made ready to judge events. It never changes, and any
// number of goroutines may share one.
type Validator struct {
	id       string
	zone     *time.Location
	window   Window
	order    []string // names of planned events, as the plan lists them
	events   map[string]*planned
	lower    nameSet
	reserved nameSet
}

// planned is an event of the plan with its properties at hand.
type planned struct {
	properties []Property
	index      map[string]int
	lower      nameSet
	dictionary []map[string]bool // beside properties, nil if not of an enum
}

// Defaults of a [Window].
var (
	defaultPast  = regulars.Days(7)
	defaultAhead = regulars.Hours(1)
)

// NewValidator compiles a plan, of which it keeps a copy. Days of the plan's
// window step the calendar of zone; nil means UTC. A plan that is not valid is
// an error, which [regulars.Faults] can be taken out of.
func NewValidator(p Plan, zone *time.Location) (*Validator, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("tracking: plan: %w", err)
	}
	form, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("tracking: plan: %w", err)
	}
	if zone == nil {
		zone = time.UTC
	}
	sum := sha256.Sum256(append(append(form, 0), zone.String()...))
	v := &Validator{
		id: hex.EncodeToString(sum[:16]), zone: zone, window: p.Window,
		events: make(map[string]*planned, len(p.Events)), lower: nameSet{}, reserved: namesOf(p.Reserved),
	}
	if v.window.Past.IsZero() {
		v.window.Past = defaultPast
	}
	if v.window.Ahead.IsZero() {
		v.window.Ahead = defaultAhead
	}
	for _, e := range p.Events {
		v.order = append(v.order, e.Name)
		v.lower[strings.ToLower(e.Name)] = e.Name
		v.events[e.Name] = compile(e)
	}
	return v, nil
}

func compile(e PlannedEvent) *planned {
	c := &planned{
		properties: slices.Clone(e.Properties), index: make(map[string]int, len(e.Properties)),
		lower: nameSet{}, dictionary: make([]map[string]bool, len(e.Properties)),
	}
	for i, p := range e.Properties {
		c.index[p.Name] = i
		c.lower[strings.ToLower(p.Name)] = p.Name
		c.properties[i].Values = slices.Clone(p.Values)
		c.properties[i].Min, c.properties[i].Max = copied(p.Min), copied(p.Max)
		if p.Kind == KindEnum {
			c.dictionary[i] = make(map[string]bool, len(p.Values))
			for _, text := range p.Values {
				c.dictionary[i][text] = true
			}
		}
	}
	return c
}

func copied(bound *float64) *float64 {
	if bound == nil {
		return nil
	}
	return new(*bound)
}

// ID names the validator by what it holds: the plan and the name of the zone.
// It is 32 hexadecimal digits.
func (v *Validator) ID() string { return v.id }

// Verdict is what the plan says of an event.
type Verdict struct {
	Fate Fate `json:"fate"`
	// Violations are those of the event as a whole, then those of planned
	// properties in the plan's order, then those of others by name.
	Violations []Violation `json:"violations,omitempty"`
	// Properties are the planned ones that can be used, each as its kind has
	// it in Go: bool, int64, [decimal.Decimal], string (of strings, enums and
	// dates), [time.Time] or []string. It is nil if the event is set aside.
	Properties map[string]any `json:"properties,omitempty"`

	present []bool // of the planned properties; nil for an event that has none to look at
}

// Check judges one event by itself: all codes but [DuplicateID] and
// [ConflictingID], which take others to compare with, as [Validator.CheckAll]
// has and a [Tally]. It does not change the event.
func (v *Validator) Check(e Event) Verdict {
	c := checker{validator: v, event: e, verdict: Verdict{Fate: Accepted}}
	if plan, ok := c.head(); ok {
		c.properties(plan)
	}
	if c.verdict.Fate == SetAside {
		c.verdict.Properties = nil
	}
	return c.verdict
}

// checker judges one event.
type checker struct {
	validator *Validator
	event     Event
	verdict   Verdict
}

func (c *checker) add(fate Fate, code Code, property, got, want string) {
	c.verdict.Fate = max(c.verdict.Fate, fate)
	c.verdict.Violations = append(c.verdict.Violations, Violation{
		Code: code, Event: short(c.event.Name), Property: short(property), Got: got, Want: want,
	})
}

// short cuts a name that arrived to MaxNameBytes, in valid UTF-8.
func short(name string) string {
	if len(name) > MaxNameBytes {
		name = name[:MaxNameBytes]
	}
	return strings.ToValidUTF8(name, "?")
}

// head judges the event without its properties, and returns what the plan has
// for it. It is not ok if there is nothing to compare them with.
func (c *checker) head() (plan *planned, ok bool) {
	v, e := c.validator, c.event
	if e.ID == "" {
		c.add(Accepted, MissingID, "", "none", "an ID that every delivery of the event has")
	}
	switch problem := v.lateness(e); {
	case e.At.IsZero():
		c.add(SetAside, MissingTime, "", "none", "when it happened")
	case problem != "":
		c.add(SetAside, OutsideWindow, "", problem, "at most "+v.window.Past.String()+" before its receipt and "+v.window.Ahead.String()+" after it")
	}
	if len(e.Properties) > MaxProperties {
		c.add(SetAside, TooManyProperties, "", fmt.Sprintf("%d properties", len(e.Properties)), fmt.Sprintf("at most %d", MaxProperties))
		return nil, false
	}
	if plan, ok = v.events[e.Name]; ok {
		return plan, true
	}
	got := fmt.Sprintf("%q", short(e.Name))
	if other, ok := v.lower[strings.ToLower(e.Name)]; ok {
		c.add(SetAside, EventCaseDiffers, "", got, fmt.Sprintf("%q", other))
	} else if isReserved(e.Name, v.reserved) {
		c.add(SetAside, ReservedEvent, "", got, "a name that is not reserved")
	} else {
		c.add(SetAside, UnplannedEvent, "", got, "an event of the plan")
	}
	return nil, false
}

// lateness says how the time of an event lies outside the window; "" if it
// does not.
func (v *Validator) lateness(e Event) string {
	switch {
	case e.At.IsZero():
		return ""
	case calendar.CheckInstant(e.At) != nil:
		return fmt.Sprintf("the year %d", e.At.UTC().Year())
	case calendar.CheckInstant(e.Received) != nil:
		return ""
	case e.At.Before(v.window.Past.Before(e.Received, v.zone)):
		return e.Received.Sub(e.At).String() + " before its receipt"
	case e.At.After(v.window.Ahead.After(e.Received, v.zone)):
		return e.At.Sub(e.Received).String() + " after its receipt"
	}
	return ""
}

func (c *checker) properties(plan *planned) {
	c.verdict.Properties = make(map[string]any, len(c.event.Properties))
	c.verdict.present = make([]bool, len(plan.properties))
	for i, p := range plan.properties {
		raw, ok := c.event.Properties[p.Name]
		if ok {
			c.verdict.present[i] = c.property(p, plan.dictionary[i], valueOf(raw))
		} else if p.Required {
			c.add(SetAside, MissingRequired, p.Name, "none", p.wants())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.event.Properties)) {
		if _, ok := plan.index[name]; !ok {
			c.unplanned(plan, name)
		}
	}
}

// property judges a planned property that is there. It reports whether it has
// a value, right or wrong.
func (c *checker) property(p Property, dictionary map[string]bool, v value) (present bool) {
	dropped := Mended
	if p.Required {
		dropped = SetAside
	}
	if v.empty() {
		c.add(dropped, EmptyValue, p.Name, p.got(v), p.wants())
		return false
	}
	out, code := v.cast(p.Kind)
	if code == WrongType {
		c.add(dropped, WrongType, p.Name, p.got(v), p.wants())
		return true
	}
	if p.Kind == KindEnum && !dictionary[out.(string)] {
		c.add(dropped, DictionaryMiss, p.Name, p.got(v), p.wants())
		return true
	}
	if !p.bounded(v) {
		c.add(dropped, OutOfRange, p.Name, p.got(v), p.bounds())
		return true
	}
	if code == CastType {
		c.add(Mended, CastType, p.Name, p.got(v), p.wants())
	}
	c.verdict.Properties[p.Name] = out
	return true
}

func (c *checker) unplanned(plan *planned, name string) {
	got := valueOf(c.event.Properties[name]).described()
	if other, ok := plan.lower[strings.ToLower(name)]; ok {
		c.add(Mended, PropertyCaseDiffers, name, fmt.Sprintf("%q", short(name)), fmt.Sprintf("%q", other))
	} else if isReserved(name, c.validator.reserved) {
		c.add(Mended, ReservedProperty, name, got, "a name that is not reserved")
	} else {
		c.add(Mended, UnplannedProperty, name, got, "a property of the plan")
	}
}

// got says what arrived, unless that tells who somebody is.
func (p Property) got(v value) string {
	if p.PII {
		return v.described()
	}
	return v.shown()
}

// shownTexts is how many texts of a dictionary a violation lists.
const shownTexts = 8

// wants says what a property takes.
func (p Property) wants() string {
	if p.Kind != KindEnum {
		return kindWants[p.Kind]
	}
	var values []string
	for _, text := range p.Values[:min(len(p.Values), shownTexts)] {
		values = append(values, fmt.Sprintf("%q", text))
	}
	if more := len(p.Values) - shownTexts; more > 0 {
		values = append(values, fmt.Sprintf("%d more", more))
	}
	return "one of " + strings.Join(values, ", ")
}
