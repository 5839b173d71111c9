package persona

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Draft makes profiles, one after the other, and reuses its memory. Get one
// from [Schema.Draft]. It is not safe for concurrent use.
type Draft struct {
	schema *Schema
	slots  []int64 // as those of a Profile
	text   []byte
	events []event
}

// MaxProfileText is the most bytes that all texts of one profile may have.
const MaxProfileText = 1 << 24

// MaxProfileEvents is the most events of one profile: one a minute for two
// years.
const MaxProfileEvents = 1 << 20

// Draft returns an empty draft of a profile.
func (s *Schema) Draft() *Draft {
	d := &Draft{schema: s}
	d.reset()
	return d
}

func (d *Draft) reset() {
	d.slots = append(d.slots[:0], d.schema.absent...)
	d.text, d.events = d.text[:0], d.events[:0]
}

// Set gives attribute i, an index of the schema, a value; no value takes away
// the one it had. The error is a [*ValueError], and the draft is then as it
// was.
func (d *Draft) Set(i int, v Value) error {
	if v.IsZero() {
		d.slots[i] = absent
		return nil
	}
	slots, text := len(d.slots), len(d.text)
	slot, err := d.encode(i, v)
	if err != nil {
		d.slots, d.text = d.slots[:slots], d.text[:text]
		return err
	}
	d.slots[i] = slot
	return nil
}

func (d *Draft) encode(i int, v Value) (int64, error) {
	a := &d.schema.attributes[i]
	if a.Kind != KindList {
		return d.encodeItem(i, v)
	}
	switch {
	case v.form != listForm:
		return 0, &ValueError{a.Name, v, "want a list, not " + formNames[v.form], ErrKind}
	case len(v.items) > MaxItems:
		return 0, &ValueError{a.Name, v, fmt.Sprintf("list of %d: want at most %d", len(v.items), MaxItems), ErrRange}
	}
	slots := make([]int64, len(v.items))
	for j, item := range v.items {
		var err error
		if slots[j], err = d.encodeItem(i, item); err != nil {
			return 0, err
		}
	}
	at := len(d.slots)
	d.slots = append(d.slots, slots...)
	return reference(at, len(slots)), nil
}

func (d *Draft) encodeItem(i int, v Value) (int64, error) {
	a := &d.schema.attributes[i]
	kind := a.item()
	if kind != KindString && kind != KindEnum {
		n, problem := a.number(v)
		if problem != "" {
			return 0, &ValueError{a.Name, v, problem, ErrKind}
		}
		if lo, hi := d.schema.limits[i].lo, d.schema.limits[i].hi; n < lo || n > hi {
			return 0, &ValueError{a.Name, v, "want " + rangeText(a.Min, a.Max), ErrRange}
		}
		return n, nil
	}
	if v.form != textForm {
		return 0, &ValueError{a.Name, v, "want a text, not " + formNames[v.form], ErrKind}
	}
	if kind == KindEnum {
		code, ok := d.schema.Code(i, v.text)
		if !ok {
			return 0, &ValueError{a.Name, v, "not in the dictionary", ErrDictionary}
		}
		return code, nil
	}
	slot, problem := d.write(v.text, a.Normal)
	if problem != "" {
		return 0, &ValueError{a.Name, v, problem, ErrRange}
	}
	return slot, nil
}

func rangeText(lo, hi Value) string {
	switch {
	case hi.IsZero():
		return "at least " + lo.String()
	case lo.IsZero():
		return "at most " + hi.String()
	}
	return lo.String() + " to " + hi.String()
}

// write keeps a text in its normal form and returns its reference.
func (d *Draft) write(s string, steps []Normal) (slot int64, problem string) {
	if problem := badText(s); problem != "" {
		return 0, problem
	}
	s = normalise(s, steps) // which may have more bytes than before
	if problem := badText(s); problem != "" {
		return 0, problem
	}
	if len(d.text)+len(s) > MaxProfileText {
		return 0, fmt.Sprintf("all texts of one profile come to more than %d bytes", MaxProfileText)
	}
	slot = reference(len(d.text), len(s))
	d.text = append(d.text, s...)
	return slot, ""
}

// badText says what keeps s from being a text; "" if nothing does.
func badText(s string) string {
	switch {
	case len(s) > MaxText:
		return fmt.Sprintf("text of %d bytes: want at most %d", len(s), MaxText)
	case !utf8.ValidString(s):
		return "want valid UTF-8"
	}
	return ""
}

// reference is where something begins, and how long it is.
func reference(at, length int) int64 { return int64(at)<<32 | int64(length) }

// Add adds an event. The error is a [*ValueError], and the draft is then as it
// was.
func (d *Draft) Add(e Event) error {
	number, ok := d.schema.byEvent[e.Kind]
	if !ok {
		return &ValueError{e.Kind, Value{}, "no such kind of events", ErrUnknownAttribute}
	}
	kind := &d.schema.events[number]
	if calendar.CheckInstant(e.At) != nil {
		return &ValueError{e.Kind, Value{}, "want an event with a time in the years 1 to 9999", ErrRange}
	}
	amount, err := kind.amount(e)
	if err != nil {
		return err
	}
	if len(d.events) >= MaxProfileEvents {
		return &ValueError{e.Kind, Value{}, fmt.Sprintf("want at most %d events of one profile", MaxProfileEvents), ErrRange}
	}
	first, text := len(d.slots), len(d.text)
	if err := d.writeFields(kind, e.Fields); err != nil {
		d.slots, d.text = d.slots[:first], d.text[:text]
		return err
	}
	d.events = append(d.events, event{e.At.UnixMicro(), amount, int32(number), int32(first)})
	return nil
}

func (k *EventKind) amount(e Event) (int64, error) {
	if !k.Amount {
		if !e.Amount.IsZero() {
			return 0, &ValueError{k.Name, Decimal(e.Amount), "this kind of events has no amount", ErrKind}
		}
		return 0, nil
	}
	units := Attribute{Kind: KindDecimal, Places: k.Places}
	n, problem := units.wholeUnits(Decimal(e.Amount))
	if problem == "" && n == math.MinInt64 {
		problem = "want a number whose opposite fits too"
	}
	if problem != "" {
		return 0, &ValueError{k.Name, Decimal(e.Amount), problem, ErrKind}
	}
	return n, nil
}

func (d *Draft) writeFields(kind *EventKind, fields map[string]string) error {
	taken := 0
	for _, name := range kind.Fields {
		text, ok := fields[name]
		if !ok {
			d.slots = append(d.slots, noText)
			continue
		}
		taken++
		slot, problem := d.write(text, kind.Normal)
		if problem != "" {
			return &ValueError{kind.Name + "." + name, Text(text), problem, ErrRange}
		}
		d.slots = append(d.slots, slot)
	}
	if taken == len(fields) {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !known(kind.Fields, name) {
			return &ValueError{kind.Name + "." + name, Value{}, "no such field", ErrUnknownAttribute}
		}
	}
	return nil
}

// Profile returns what was set and added, and leaves the draft empty.
func (d *Draft) Profile() Profile {
	p := Profile{&record{schema: d.schema, slots: slices.Clone(d.slots), text: string(d.text)}}
	if len(d.events) > 0 {
		p.events = slices.Clone(d.events)
		slices.SortFunc(p.events, p.compareEvents)
	}
	d.reset()
	return p
}

// compareEvents orders events by kind, time, amount and fields, so that the
// order in which they were added does not show.
func (r *record) compareEvents(a, b event) int {
	if c := compareInstants(a, b); c != 0 {
		return c
	}
	for i := range r.schema.events[a.kind].Fields {
		x, xKnown := r.field(a, i)
		y, yKnown := r.field(b, i)
		if xKnown != yKnown {
			if yKnown {
				return -1
			}
			return 1
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return 0
}

func compareInstants(a, b event) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.at, b.at), cmp.Compare(a.amount, b.amount))
}
