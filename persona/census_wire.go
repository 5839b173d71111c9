package persona

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

// wireCensus is what a marshalled census begins with. A form that was once
// written is read for ever; a newer one is refused.
const wireCensus = "persona.census.1"

// MarshalBinary returns c as bytes: the same observations and events give the
// same bytes, in whatever order they came.
func (c *Census[K]) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [Census.MarshalBinary] returns.
func (c *Census[K]) AppendBinary(dst []byte) ([]byte, error) {
	if c.Schema == nil {
		return nil, errors.New("persona: a census needs a schema")
	}
	dst = append(wire.AppendString(dst, wireCensus), c.Schema.version[:]...)
	used, number := c.usedTexts()
	dst = wire.AppendUint(dst, uint64(len(used)))
	for _, n := range used {
		dst = wire.AppendString(dst, c.texts.list[n])
	}
	dst = wire.AppendUint(dst, uint64(len(c.people)))
	for _, p := range c.sorted() {
		dst = wire.AppendID(dst, p.id)
		dst = wire.AppendUint(dst, uint64(len(p.cells)))
		for _, l := range p.cells {
			dst = c.appendClaim(dst, c.claim(l), number)
		}
		dst = wire.AppendUint(dst, uint64(len(p.events)))
		for _, e := range c.sortedEvents(p, number) {
			dst = c.appendEvent(dst, e, number)
		}
	}
	return dst, nil
}

// usedTexts returns the texts that are still in use in ascending order, and the
// number of each in it.
func (c *Census[K]) usedTexts() (used []uint32, number []uint32) {
	number = make([]uint32, len(c.texts.list))
	mark := func(n uint32) {
		if number[n] == 0 {
			number[n] = 1
			used = append(used, n)
		}
	}
	for i := range c.people {
		for _, l := range c.people[i].cells {
			c.eachTextOf(l, mark)
		}
	}
	for _, field := range c.fields {
		if field > 0 {
			mark(field - 1)
		}
	}
	slices.SortFunc(used, func(a, b uint32) int { return strings.Compare(c.texts.list[a], c.texts.list[b]) })
	for i, n := range used {
		number[n] = uint32(i)
	}
	return used, number
}

func (c *Census[K]) appendClaim(dst []byte, l claim, number []uint32) []byte {
	a := &c.Schema.attributes[l.attr]
	dst = wire.AppendUint(wire.AppendUint(dst, uint64(l.attr)), uint64(l.source))
	dst = wire.AppendInt(dst, l.at)
	appendSlot := func(slot int64) {
		if a.item() == KindString {
			dst = wire.AppendUint(dst, uint64(number[slot]))
		} else {
			dst = wire.AppendInt(dst, slot)
		}
	}
	if a.Kind != KindList {
		appendSlot(l.slot)
		return dst
	}
	dst = wire.AppendUint(dst, uint64(len(l.items)))
	for _, item := range l.items {
		appendSlot(item)
	}
	return dst
}

// sortedEvents are in the order of a profile; fields are compared by the order
// of their texts.
func (c *Census[K]) sortedEvents(p *person[K], number []uint32) []event {
	events := slices.Clone(p.events)
	rank := func(field uint32) uint32 {
		if field == 0 {
			return 0
		}
		return number[field-1] + 1
	}
	slices.SortFunc(events, func(x, y event) int {
		if order := compareInstants(x, y); order != 0 {
			return order
		}
		for i := range c.Schema.events[x.kind].Fields {
			m, n := rank(c.fields[int(x.fields)+i]), rank(c.fields[int(y.fields)+i])
			if order := cmp.Compare(m, n); order != 0 {
				return order
			}
		}
		return 0
	})
	return events
}

func (c *Census[K]) appendEvent(dst []byte, e event, number []uint32) []byte {
	kind := &c.Schema.events[e.kind]
	dst = wire.AppendInt(wire.AppendUint(dst, uint64(e.kind)), e.at)
	if kind.Amount {
		dst = wire.AppendInt(dst, e.amount)
	}
	for _, field := range c.fields[e.fields : int(e.fields)+len(kind.Fields)] {
		if field > 0 {
			field = number[field-1] + 1
		}
		dst = wire.AppendUint(dst, uint64(field))
	}
	return dst
}
