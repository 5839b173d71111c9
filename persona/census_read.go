package persona

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// UnmarshalBinary replaces what c holds by what [Census.MarshalBinary] wrote of
// a census with the same type of ID. Schema must be set as it was there. c stays
// as it was if there is an error.
func (c *Census[K]) UnmarshalBinary(data []byte) error {
	if c.Schema == nil {
		return errors.New("persona: a census needs a schema")
	}
	read := Census[K]{Schema: c.Schema}
	r := wire.NewReader(data)
	if r.String() != wireCensus {
		return errors.New("persona: these are not the bytes of a census")
	}
	if !bytes.Equal(r.Bytes(len(c.Schema.version)), c.Schema.version[:]) {
		return errors.New("persona: these are the bytes of a census of another schema")
	}
	read.readTexts(r)
	for range r.Count() {
		read.readPerson(r)
		if r.Err() != nil {
			break
		}
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("persona: census: %w", err)
	}
	// One value has one encoding: order, duplicates and normal forms are checked
	// by writing what was read.
	if again, err := read.MarshalBinary(); err != nil || !bytes.Equal(again, data) {
		return errors.New("persona: census: not in its canonical form")
	}
	*c = read
	return nil
}

func (c *Census[K]) readTexts(r *wire.Reader) {
	for range r.Count() {
		text := r.String()
		if problem := badText(text); problem != "" {
			r.Fail("text: %s", problem)
		}
		if r.Err() != nil {
			return
		}
		c.texts.numberOf(text)
	}
}

func (c *Census[K]) readPerson(r *wire.Reader) {
	id := wire.ReadID[K](r)
	if _, ok := c.index[id]; ok || checkID(id) != nil {
		r.Fail("person %v is there before, or nobody", id)
		return
	}
	p, err := c.find(id, 0)
	if err != nil {
		r.Fail("%v", err)
		return
	}
	for range r.Count() {
		l := c.readClaim(r)
		if r.Err() != nil {
			return
		}
		c.put(p, l)
	}
	c.weigh(p)
	n := r.Count()
	if n > MaxProfileEvents {
		r.Fail("%d events of one person", n)
		return
	}
	for range n {
		e := c.readEvent(r)
		if r.Err() != nil {
			return
		}
		p.events = append(p.events, e)
		for _, field := range c.fields[e.fields:] {
			if field > 0 {
				p.bytes += len(c.texts.list[field-1])
			}
		}
	}
	if p.bytes > MaxProfileText {
		r.Fail("person %v has %d bytes of text", id, p.bytes)
	}
}

func (c *Census[K]) readClaim(r *wire.Reader) claim {
	l := claim{cell: cell{attr: uint16(r.UintUpTo(MaxAttributes)), source: uint8(r.UintUpTo(MaxSources - 1))}}
	l.at = readMicros(r)
	if int(l.attr) >= c.Schema.Len() || int(l.source) >= len(c.Schema.sources) {
		r.Fail("no attribute %d, or no source %d", l.attr, l.source)
		return l
	}
	a := &c.Schema.attributes[l.attr]
	if a.Kind != KindList {
		l.slot = c.readSlot(r, a)
		return l
	}
	for range r.Count() {
		if l.items = append(l.items, c.readSlot(r, a)); len(l.items) > MaxItems || r.Err() != nil {
			r.Fail("list of more than %d", MaxItems)
			break
		}
	}
	if a.Survivor == Union && r.Err() == nil {
		l.items = c.union(a, l.items, nil)
	}
	return l
}

func (c *Census[K]) readSlot(r *wire.Reader, a *Attribute) int64 {
	if a.item() == KindString {
		n := r.Uint()
		if n >= uint64(len(c.texts.list)) {
			r.Fail("no text %d", n)
			return 0
		}
		if text := c.texts.list[n]; normalise(text, a.Normal) != text {
			r.Fail("text %q is not in its normal form", shorten(text))
		}
		return int64(n)
	}
	n := r.Int()
	if r.Err() == nil && !a.holds(n) {
		r.Fail("%q can't be %d", a.Name, n)
	}
	return n
}

// holds reports whether n is a slot that a value of a may have.
func (a *Attribute) holds(n int64) bool {
	l := a.limits()
	switch kind := a.item(); kind {
	case KindBool:
		l = limits{0, 1}
	case KindEnum:
		l = limits{0, int64(len(a.Values)) - 1}
	case KindDate, KindTime:
		if _, problem := inCalendar(kind, n); problem != "" {
			return false
		}
	}
	return n != absent && l.lo <= n && n <= l.hi
}

func (c *Census[K]) readEvent(r *wire.Reader) event {
	e := event{kind: int32(r.UintUpTo(MaxEventKinds))}
	if int(e.kind) >= len(c.Schema.events) {
		r.Fail("no kind of events %d", e.kind)
		return e
	}
	kind := &c.Schema.events[e.kind]
	e.at = readMicros(r)
	if kind.Amount {
		if e.amount = r.Int(); e.amount == absent {
			r.Fail("amount out of range")
		}
	}
	e.fields = int32(len(c.fields))
	for range kind.Fields {
		field := r.Uint()
		if field > uint64(len(c.texts.list)) {
			r.Fail("no text %d", field)
			return e
		}
		if field > 0 {
			if text := c.texts.list[field-1]; normalise(text, kind.Normal) != text {
				r.Fail("text %q is not in its normal form", shorten(text))
			}
		}
		c.fields = append(c.fields, uint32(field))
	}
	return e
}

func readMicros(r *wire.Reader) int64 {
	at := r.Int()
	if r.Err() == nil && (at < calendar.MinMicro || at > calendar.MaxMicro) {
		r.Fail("time outside the years 1 to 9999")
	}
	return at
}
