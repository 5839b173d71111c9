package portrait

import (
	"strings"

	"github.com/regulars-go/regulars/persona"
)

// pair is a number for the target and for the rest of the base.
type pair struct{ target, rest int64 }

func (p pair) base() int64 { return p.target + p.rest }

func (p *pair) add(q pair) {
	p.target += q.target
	p.rest += q.rest
}

// inc counts one on a side.
func (p *pair) inc(side Side) {
	if side == Target {
		p.target++
	} else {
		p.rest++
	}
}

// counts are those of one column.
type counts struct {
	known   pair
	values  []pair            // by code or band, or as texts were first seen
	texts   map[string]uint32 // place in values
	names   []string          // beside values
	crowded bool              // more than MaxValues texts; then there are none
	numbers [2]numbers        // of the rest and of the target
	last    []uint32          // for a list, the serial of the last profile with each value
}

func (n *counts) add(c *column, p persona.Profile, side Side, serial uint32) {
	switch c.form {
	case coded:
		n.values[p.Number(c.index)].inc(side)
	case banded:
		n.values[c.band(p.Number(c.index))].inc(side)
	case summarised:
		n.numbersOf(side).add(p.Number(c.index))
	case named:
		text := p.Text(c.index)
		if text == "" {
			return
		}
		if at, ok := n.place(text); ok {
			n.values[at].inc(side)
		}
	default:
		if p.ItemCount(c.index) == 0 {
			return
		}
		n.addItems(c, p, side, serial)
	}
	n.known.inc(side)
}

// numbersOf returns the numbers of Rest or Target.
func (n *counts) numbersOf(side Side) *numbers { return &n.numbers[side-Rest] }

func (n *counts) addItems(c *column, p persona.Profile, side Side, serial uint32) {
	for j := range p.ItemCount(c.index) {
		at, ok := 0, true
		if c.form == codedList {
			at = int(p.ItemNumber(c.index, j))
		} else {
			at, ok = n.place(p.ItemText(c.index, j))
		}
		if !ok {
			return
		}
		for len(n.last) < len(n.values) {
			n.last = append(n.last, 0)
		}
		if n.last[at] != serial {
			n.last[at] = serial
			n.values[at].inc(side)
		}
	}
}

// place returns where a text is counted; it is not ok in a column that has
// more texts than can be.
func (n *counts) place(text string) (int, bool) {
	if n.crowded {
		return 0, false
	}
	if at, ok := n.texts[text]; ok {
		return int(at), true
	}
	if len(n.names) == MaxValues {
		n.crowd()
		return 0, false
	}
	if n.texts == nil {
		n.texts = map[string]uint32{}
	}
	at := len(n.names)
	text = strings.Clone(text) // the profile's own would keep all of its texts
	n.texts[text] = uint32(at)
	n.names = append(n.names, text)
	n.values = append(n.values, pair{})
	return at, true
}

// crowd gives up a column: whether it has too many texts does not depend on
// their order, and neither does what is left.
func (n *counts) crowd() {
	n.crowded = true
	n.values, n.texts, n.names, n.last = nil, nil, nil, nil
}

func (n *counts) merge(o *counts) {
	n.known.add(o.known)
	for side := range n.numbers {
		n.numbers[side].merge(&o.numbers[side])
	}
	if o.crowded && !n.crowded {
		n.crowd()
	}
	for i, values := range o.values {
		if o.names == nil {
			n.values[i].add(values)
		} else if at, ok := n.place(o.names[i]); ok {
			n.values[at].add(values)
		}
	}
}
