package persona

import (
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// Profile is what is known of one person: a slot for each attribute of a
// schema, and the events in the order of their time. It does not change, may be
// copied, and is safe for concurrent use. The zero value is of nobody, of whom
// nothing is known.
//
// Attributes are read by their index; [Schema.Index] finds it. Each method that
// takes one panics if it is not one of the schema, and of the zero value.
type Profile struct{ *record }

// record is what a profile points to, so that profiles are passed as fast as
// integers.
type record struct {
	schema *Schema
	// One for each attribute, then the items of lists and the fields of events. A
	// slot holds a number, or a reference to text or to slots; absent, if nothing
	// is known.
	slots  []int64
	text   string
	events []event // by kind, then time, then amount and fields
}

// absent is the slot of what is not known. No attribute takes it as a number.
const absent = math.MinInt64

// Schema returns the schema by which p is read; nil of the zero value.
func (p Profile) Schema() *Schema {
	if p.record == nil {
		return nil
	}
	return p.schema
}

// Has reports whether attribute i is known. A text may be known to be "", and a
// list to be empty.
func (p Profile) Has(i int) bool { return p.slots[:p.schema.Len()][i] != absent }

// Number returns the number of attribute i: of a bool 0 or 1, of an int
// itself, of a decimal units of 10^-Places, of an enum the code (its place in
// Values), of a date the days and of a time the microseconds since 1970. It is
// 0 if the attribute is not known or of another kind; ask [Profile.Has] first.
func (p Profile) Number(i int) int64 {
	if kind := p.schema.attributes[i].Kind; kind == KindString || kind == KindList || !p.Has(i) {
		return 0
	}
	return p.slots[i]
}

// Text returns the text of attribute i, a string. It is "" if the attribute is
// not known or of another kind.
func (p Profile) Text(i int) string {
	if p.schema.attributes[i].Kind != KindString || !p.Has(i) {
		return ""
	}
	return p.textAt(p.slots[i])
}

func (r *record) textAt(reference int64) string {
	at := int(reference >> 32)
	return r.text[at : at+int(uint32(reference))]
}

// ItemCount returns how many items attribute i, a list, has. It is 0 if the
// attribute is not known or of another kind.
func (p Profile) ItemCount(i int) int { return len(p.items(i)) }

// items are the slots of a list's items.
func (p Profile) items(i int) []int64 {
	if p.schema.attributes[i].Kind != KindList || !p.Has(i) {
		return nil
	}
	return p.itemsAt(p.slots[i])
}

func (r *record) itemsAt(reference int64) []int64 {
	at := int(reference >> 32)
	return r.slots[at : at+int(uint32(reference))]
}

// ItemNumber returns item j of attribute i, a list of an enum, an int or a
// decimal, as [Profile.Number] returns a single one.
func (p Profile) ItemNumber(i, j int) int64 {
	n := p.items(i)[j]
	if p.schema.attributes[i].Of == KindString {
		return 0
	}
	return n
}

// ItemText returns item j of attribute i, a list of strings or of an enum.
func (p Profile) ItemText(i, j int) string {
	switch n, a := p.items(i)[j], &p.schema.attributes[i]; a.Of {
	case KindString:
		return p.textAt(n)
	case KindEnum:
		return a.Values[n]
	}
	return ""
}

// Value returns attribute i as a value, which is no value if it is not known.
// The other methods are faster where the kind is known.
func (p Profile) Value(i int) Value {
	if !p.Has(i) {
		return Value{}
	}
	a := &p.schema.attributes[i]
	if a.Kind != KindList {
		return p.valueAt(a, p.slots[i])
	}
	v := Value{form: listForm, items: make([]Value, p.ItemCount(i))}
	for j, slot := range p.items(i) {
		v.items[j] = p.valueAt(a, slot)
	}
	return v
}

func (p Profile) valueAt(a *Attribute, slot int64) Value {
	if kind := a.item(); kind != KindString {
		return a.valueOf(kind, slot)
	}
	return Text(p.textAt(slot))
}

// Events returns the events of p by kind, in the order of the schema, and each
// kind by time. The fields are the caller's.
func (p Profile) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		if p.record == nil {
			return
		}
		for _, e := range p.events {
			if !yield(p.eventOf(e)) {
				return
			}
		}
	}
}

// EventCount returns how many events there are.
func (p Profile) EventCount() int {
	if p.record == nil {
		return 0
	}
	return len(p.events)
}

func (p Profile) eventOf(e event) Event {
	kind := &p.schema.events[e.kind]
	out := Event{Kind: kind.Name, At: time.UnixMicro(e.at).In(p.schema.zone)}
	if kind.Amount {
		out.Amount = decimal.New(e.amount, int32(-kind.Places))
	}
	for i, name := range kind.Fields {
		if text, ok := p.field(e, i); ok {
			if out.Fields == nil {
				out.Fields = make(map[string]string)
			}
			out.Fields[name] = text
		}
	}
	return out
}

// field returns field i of an event's kind.
func (r *record) field(e event, i int) (text string, ok bool) {
	slot := r.slots[int(e.fields)+i]
	if slot == noText {
		return "", false
	}
	return r.textAt(slot), true
}

// MarshalJSON writes the attributes that are known as an object, in the order of
// the schema, as [Schema.ReadProfile] reads them. Events are not in it.
func (p Profile) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	if p.record != nil {
		for i := range p.schema.attributes {
			if !p.Has(i) {
				continue
			}
			if len(dst) > 1 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, p.schema.attributes[i].Name), ':')
			dst = p.Value(i).appendJSON(dst)
		}
	}
	return append(dst, '}'), nil
}

// localHour and localWeekday are the calendar fields of an instant.
func localHour(t time.Time) string { return hours[t.Hour()] }

func localWeekday(t time.Time) string { return strconv.Itoa((int(t.Weekday())+6)%7 + 1) }

var hours = [24]string{
	"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11",
	"12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
}
