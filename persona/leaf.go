package persona

import (
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
)

// leaf is what a node of a rule without parts asks.
type leaf struct {
	text   textTest
	number numberTest
	isText bool // of lists: the items are texts and text tests them, else number
	// Of opItem: the item that is looked for is one that fails the test.
	negateItem bool
	source     source
	window     int32 // among those of the segment; none if negative
	event      eventTest
	list       []int64 // of wholeSource and hasAllSource: the items
	texts      []string
	rule       Rule // in its canonical form, to explain it by
}

// source is where a leaf takes what it compares.
type source uint8

const (
	slotSource source = iota
	ageSource
	daysSource
	anniversarySource
	dateSource
	sizeSource
	eventSource
	existsSource
	hasValueSource
	withinSource
	textSource
	itemSource  // some item of a list
	wholeSource // the list, item by item
	hasAllSource
)

// leaf is the slow path: what verdict does not do itself.
func (r *run) leaf(n *node) Truth {
	switch n.leaf.source {
	case existsSource:
		return truthOf(r.p.slots[n.slot] != absent)
	case hasValueSource:
		return truthOf(r.p.slots[n.slot] != absent && uint32(r.p.slots[n.slot]) > 0) // a reference to some length
	case eventSource:
		number, ok := r.measure(n.leaf)
		if !ok {
			return n.missing
		}
		return truthOf(n.leaf.number.holds(number) != n.negate)
	}
	slot := r.p.slots[n.slot]
	if slot == absent {
		return n.missing
	}
	var holds bool
	switch n.leaf.source {
	case textSource:
		holds = n.leaf.text.holds(r.p.textAt(slot))
	case wholeSource:
		holds = r.isWhole(n.leaf, r.p.itemsAt(slot))
	case hasAllSource:
		holds = r.hasAll(n.leaf, r.p.itemsAt(slot))
	case withinSource:
		holds = r.isWithin(n.leaf, slot)
	default:
		holds = n.leaf.number.holds(r.derived(n, slot))
	}
	return truthOf(holds != n.negate)
}

// derived makes a number of a slot.
func (r *run) derived(n *node, slot int64) int64 {
	switch n.leaf.source {
	case sizeSource:
		return int64(uint32(slot))
	case ageSource:
		return r.now.age(r.dayOf(n, slot))
	case daysSource:
		return int64(r.now.today() - r.dayOf(n, slot))
	case anniversarySource:
		return r.now.untilAnniversary(r.dayOf(n, slot))
	case dateSource:
		return int64(r.dayOf(n, slot))
	}
	return slot
}

// dayOf is the local date of a slot that holds a date or a time.
func (r *run) dayOf(n *node, slot int64) calendar.Day {
	if r.p.schema.attributes[n.slot].Kind == KindTime {
		return r.now.dayOf(slot)
	}
	return calendar.Day(slot)
}

func (r *run) isWithin(l *leaf, slot int64) bool {
	limit := r.now.limit(l.window)
	at := r.now.micros
	if r.now.windows[l.window].ofDays {
		at = int64(r.now.today())
	}
	if l.rule.Op == WithinNext {
		return at < slot && slot <= limit
	}
	return limit < slot && slot <= at
}

func (r *run) someItem(l *leaf, items []int64) bool {
	for _, item := range items {
		holds := false
		if l.isText {
			holds = l.text.holds(r.p.textAt(item))
		} else {
			holds = l.number.holds(item)
		}
		if holds != l.negateItem {
			return true
		}
	}
	return false
}

func (r *run) isWhole(l *leaf, items []int64) bool {
	if !l.isText {
		return slices.Equal(items, l.list)
	}
	if len(items) != len(l.texts) {
		return false
	}
	for i, item := range items {
		if r.p.textAt(item) != l.texts[i] {
			return false
		}
	}
	return true
}

// hasAll reports whether each of the items wanted is among items.
func (r *run) hasAll(l *leaf, items []int64) bool {
	for _, want := range l.list {
		if !slices.Contains(items, want) {
			return false
		}
	}
	for _, want := range l.texts {
		if !r.hasText(items, want, l.text.mode) {
			return false
		}
	}
	return true
}

func (r *run) hasText(items []int64, want string, mode textMode) bool {
	for _, item := range items {
		if mode.compare(r.p.textAt(item), want) == 0 {
			return true
		}
	}
	return false
}
