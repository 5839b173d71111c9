package persona

import (
	"cmp"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
)

// person is what a census keeps of one.
type person[K regulars.ID] struct {
	id     K
	cells  []cell // by attribute, then source; one for each
	events []event
	// bytes bounds the text of all: that of the cells, and of the events.
	bytes, cellBytes int
}

// cell is what one source says of one attribute of a person: of all that it
// said, what the attribute's survivor rule would believe. So two cells of the
// same attribute and source always become one, and it does not matter in which
// order that happens.
type cell struct {
	at     int64 // microseconds since 1970
	slot   int64 // a number, or that of a text, or of a list
	attr   uint16
	source uint8
}

// claim is a cell with the items of its list, which are numbers, or those of
// texts.
type claim struct {
	cell
	items []int64
}

// claim returns a cell with its list.
func (c *Census[K]) claim(l cell) claim {
	if c.Schema.attributes[l.attr].Kind == KindList {
		return claim{l, c.lists[l.slot]}
	}
	return claim{l, nil}
}

// texts numbers the texts of a census, so that each is kept once.
type texts struct {
	list   []string
	byText map[string]uint32
}

func (t *texts) number(text []byte) uint32 {
	if n, ok := t.byText[string(text)]; ok {
		return n
	}
	return t.numberOf(string(text))
}

func (t *texts) numberOf(text string) uint32 {
	if n, ok := t.byText[text]; ok {
		return n
	}
	if t.byText == nil {
		t.byText = make(map[string]uint32)
	}
	n := uint32(len(t.list))
	t.list, t.byText[text] = append(t.list, text), n
	return n
}

// textAt is a text of the draft.
func (d *Draft) textAt(reference int64) []byte {
	at := int(reference >> 32)
	return d.text[at : at+int(uint32(reference))]
}

// claimOf takes attribute i out of the draft.
func (c *Census[K]) claimOf(i, source int, at, slot int64) claim {
	made := claim{cell: cell{at: at, slot: slot, attr: uint16(i), source: uint8(source)}}
	a := &c.Schema.attributes[i]
	if a.Kind == KindList {
		first := int(slot >> 32)
		made.items = slices.Clone(c.draft.slots[first : first+int(uint32(slot))])
	}
	if a.item() == KindString {
		made.eachText(a, func(reference int64) int64 { return int64(c.texts.number(c.draft.textAt(reference))) })
	}
	if a.Survivor == Union {
		made.items = c.union(a, made.items, nil)
	}
	return made
}

// eachText replaces the texts of a claim on a.
func (l *claim) eachText(a *Attribute, by func(int64) int64) {
	if a.Kind != KindList {
		l.slot = by(l.slot)
		return
	}
	for i := range l.items {
		l.items[i] = by(l.items[i])
	}
}

// renumbered is a copy of l with the numbers that texts have elsewhere.
func (l claim) renumbered(s *Schema, number []uint32) claim {
	a := &s.attributes[l.attr]
	l.items = slices.Clone(l.items)
	if a.item() == KindString {
		l.eachText(a, func(n int64) int64 { return int64(number[n]) })
	}
	return l
}

// put adds a claim to a person, or makes one of it and of what the same source
// said of the attribute before.
func (c *Census[K]) put(p *person[K], l claim) {
	a := &c.Schema.attributes[l.attr]
	i, ok := slices.BinarySearchFunc(p.cells, l.cell, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.attr, b.attr), cmp.Compare(a.source, b.source))
	})
	if !ok {
		if a.Kind == KindList {
			l.slot = int64(len(c.lists))
			c.lists = append(c.lists, l.items)
		}
		p.cells = slices.Insert(p.cells, i, l.cell)
		return
	}
	there := &p.cells[i]
	better := c.better(a, c.claim(*there), l)
	if a.Kind == KindList {
		better.slot = there.slot
		c.lists[there.slot] = better.items
	}
	*there = better.cell
}

// better returns which of two claims on an attribute is believed, or their
// union.
func (c *Census[K]) better(a *Attribute, x, y claim) claim {
	if a.Survivor == Union {
		x.at, x.items = max(x.at, y.at), c.union(a, x.items, y.items)
		return x
	}
	if c.prefer(a, y, x) < 0 {
		return y
	}
	return x
}

// weigh counts the bytes of a person's cells anew; those of the events only
// grow.
func (c *Census[K]) weigh(p *person[K]) {
	sum := 0
	for _, l := range p.cells {
		c.eachTextOf(l, func(n uint32) { sum += len(c.texts.list[n]) })
	}
	p.bytes, p.cellBytes = p.bytes-p.cellBytes+sum, sum
}

// eachTextOf calls each for the number of every text of a cell.
func (c *Census[K]) eachTextOf(l cell, each func(n uint32)) {
	switch a := &c.Schema.attributes[l.attr]; {
	case a.item() != KindString:
	case a.Kind == KindList:
		for _, item := range c.lists[l.slot] {
			each(uint32(item))
		}
	default:
		each(uint32(l.slot))
	}
}

// union is the items of two lists in ascending order, each once. Of more than
// MaxItems it keeps the first: whatever the order, those are the first of all.
func (c *Census[K]) union(a *Attribute, x, y []int64) []int64 {
	all := append(append(make([]int64, 0, len(x)+len(y)), x...), y...)
	slices.SortFunc(all, func(m, n int64) int { return c.compareItems(a, m, n) })
	all = slices.Compact(all)
	return all[:min(len(all), MaxItems):len(all)]
}

func (c *Census[K]) compareItems(a *Attribute, m, n int64) int {
	if a.item() == KindString {
		return strings.Compare(c.texts.list[m], c.texts.list[n])
	}
	if a.item() == KindEnum {
		return strings.Compare(a.Values[m], a.Values[n])
	}
	return cmp.Compare(m, n)
}

// compareValues orders the values of two claims on an attribute, as
// [Value.Compare] does.
func (c *Census[K]) compareValues(a *Attribute, x, y claim) int {
	if a.Kind == KindList {
		return slices.CompareFunc(x.items, y.items, func(m, n int64) int { return c.compareItems(a, m, n) })
	}
	return c.compareItems(a, x.slot, y.slot)
}

func (c *Census[K]) isEmpty(a *Attribute, l claim) bool {
	switch a.Kind {
	case KindList:
		return len(l.items) == 0
	case KindString:
		return c.texts.list[l.slot] == ""
	}
	return false
}

// prefer orders two claims on an attribute, the one to believe first. It is a
// total order up to claims that say the same of the same source at the same time.
func (c *Census[K]) prefer(a *Attribute, x, y claim) int {
	latest, rank := cmp.Compare(y.at, x.at), cmp.Compare(x.source, y.source)
	switch a.Survivor {
	case Oldest:
		latest = -latest
	case Source:
		latest = cmp.Or(rank, latest)
	case Largest:
		return cmp.Or(-c.compareValues(a, x, y), rank, latest)
	case NonEmpty:
		if empty := c.isEmpty(a, x); empty != c.isEmpty(a, y) {
			if empty {
				return 1
			}
			return -1
		}
	}
	return cmp.Or(latest, rank, c.compareValues(a, x, y))
}

// believed returns what is believed of an attribute; cells are those of it, at
// least one.
func (c *Census[K]) believed(a *Attribute, cells []cell) claim {
	best := c.claim(cells[0])
	for _, l := range cells[1:] {
		best = c.better(a, best, c.claim(l))
	}
	return best
}

// eachAttribute calls each with the cells of one attribute after the other.
func (p *person[K]) eachAttribute(each func(attr int, cells []cell)) {
	for first := 0; first < len(p.cells); {
		end := first + 1
		for end < len(p.cells) && p.cells[end].attr == p.cells[first].attr {
			end++
		}
		each(int(p.cells[first].attr), p.cells[first:end])
		first = end
	}
}

// profile makes the profile of a person.
func (c *Census[K]) profile(p *person[K], d *Draft) Profile {
	p.eachAttribute(func(i int, cells []cell) {
		a := &c.Schema.attributes[i]
		l := c.believed(a, cells)
		if a.Kind != KindList {
			d.slots[i] = c.slotIn(d, a, l.slot)
			return
		}
		at := len(d.slots)
		d.slots = append(d.slots, l.items...)
		for j, item := range l.items {
			d.slots[at+j] = c.slotIn(d, a, item)
		}
		d.slots[i] = reference(at, len(l.items))
	})
	for _, e := range p.events {
		first := int(e.fields)
		e.fields = int32(len(d.slots))
		for _, field := range c.fields[first : first+len(c.Schema.events[e.kind].Fields)] {
			d.slots = append(d.slots, c.fieldSlot(d, field))
		}
		d.events = append(d.events, e)
	}
	return d.Profile()
}

// slotIn is the slot of a cell's number in a draft.
func (c *Census[K]) slotIn(d *Draft, a *Attribute, n int64) int64 {
	if a.item() != KindString {
		return n
	}
	return d.copy(c.texts.list[n])
}

func (c *Census[K]) fieldSlot(d *Draft, field uint32) int64 {
	if field == 0 {
		return noText
	}
	return d.copy(c.texts.list[field-1])
}

// copy keeps a text that was checked before.
func (d *Draft) copy(text string) int64 {
	at := len(d.text)
	d.text = append(d.text, text...)
	return reference(at, len(text))
}
