package funnel

import "slices"

// book enters findings into counts. Values of labels are numbered, so that a
// unit finds its cell without a text being made.
type book[E any] struct {
	counts *Counts
	label  func(event E, name string) (value string, ok bool)
	values [MaxBreakdowns]keys
	// cells are those of counts, as long as they have this version.
	cells      map[[MaxBreakdowns]int32]*cell
	version    int
	last       *cell // the one found last, of units with these values
	lastValues [MaxBreakdowns]int32
	user       []entered // of the user at hand, where units are not users
}

// unknown is the number of a value that is not known; others follow it.
const unknown = 0

// entered is a unit that entered, for [Spread].
type entered struct {
	cell  *cell
	open  bool
	level int
}

// add counts one unit of a user. t has its events, in order.
func (b *book[E]) add(events []E, t *track, f *finding) {
	b.counts.Units++
	if f.level == 0 {
		b.counts.NotEntered++
		return
	}
	var values [MaxBreakdowns]int32
	for i, d := range b.counts.funnel.Breakdowns {
		if value, ok := b.value(d, events, t, f); ok {
			values[i] = unknown + 1 + b.values[i].number(value)
		}
	}
	c := b.cell(values)
	tally := &c.whole
	if f.open {
		tally = &c.open
	}
	if f.excluded {
		tally.Excluded++
		return
	}
	tally.count(f, b.counts.seen(t, f))
	if b.counts.funnel.By != ByUser {
		b.user = append(b.user, entered{c, f.open, f.level})
	}
}

func (b *book[E]) cell(values [MaxBreakdowns]int32) *cell {
	if b.cells == nil || b.version != b.counts.version {
		b.cells, b.version, b.last = map[[MaxBreakdowns]int32]*cell{}, b.counts.version, nil
	}
	if b.last != nil && values == b.lastValues {
		return b.last
	}
	c := b.cells[values]
	if c == nil {
		labels := make([]Label, len(b.counts.funnel.Breakdowns))
		for i, d := range b.counts.funnel.Breakdowns {
			labels[i].Name = d.Name
			if values[i] != unknown {
				labels[i].Value, labels[i].Known = b.values[i].texts[values[i]-1], true
			}
		}
		c = b.counts.cell(labels)
		b.cells[values] = c
	}
	b.last, b.lastValues = c, values
	return c
}

// value returns the value of a label for a unit that entered.
func (b *book[E]) value(d Breakdown, events []E, t *track, f *finding) (string, bool) {
	switch d.By {
	case AtFirst:
		for lo, hi := 0, 0; lo < len(t.at); lo = hi {
			hi = t.next(lo, false)
			if value, ok := b.extreme(d.Name, events, t, lo, hi, -1); ok {
				return value, true
			}
		}
		return "", false
	case AtLast:
		for lo, hi := 0, len(t.at); hi > 0; hi = lo {
			for lo = hi - 1; lo > 0 && t.at[lo-1] == t.at[hi-1]; {
				lo--
			}
			if value, ok := b.extreme(d.Name, events, t, lo, hi, 1); ok {
				return value, true
			}
		}
		return "", false
	}
	step := 1
	if d.By == AtStep {
		step = d.Step
	}
	return b.valueAt(d, events, t, f, step)
}

// extreme returns the least (sign -1) or greatest (sign 1) value of a label of
// some events.
func (b *book[E]) extreme(name string, events []E, t *track, lo, hi, sign int) (best string, found bool) {
	for _, e := range t.event[lo:hi] {
		value, ok := b.label(events[e], name)
		if ok && (!found || sign < 0 && value < best || sign > 0 && value > best) {
			best, found = value, true
		}
	}
	return best, found
}

// valueAt returns the value at a step of the chain. Of several events that could
// have made it, since they came at one instant, it is the least value, so that
// the order of the input does not matter unless it was asked for.
func (b *book[E]) valueAt(d Breakdown, events []E, t *track, f *finding, step int) (best string, found bool) {
	place := step - 1
	if d.By == AtStep {
		place = slices.IndexFunc(f.row, func(h hit) bool { return h.step == step })
	}
	if place < 0 || place >= len(f.row) {
		return "", false
	}
	h := f.row[place]
	lo, _ := slices.BinarySearch(t.at, h.at)
	hi := lo
	for hi < len(t.at) && t.at[hi] == h.at {
		hi++
	}
	self := lo + slices.Index(t.event[lo:hi], int32(h.event))
	if hi == lo+1 || b.counts.funnel.Match.Ties == TiesGiven {
		return b.label(events[h.event], d.Name)
	}
	for i := lo; i < hi; i++ {
		same := t.steps[i]>>(h.step-1)&1 != 0 && (len(t.held) == 0 || t.held[i] == t.held[self])
		if value, ok := b.label(events[t.event[i]], d.Name); same && ok && (!found || value < best) {
			best, found = value, true
		}
	}
	return best, found
}

// count counts a unit whose finding this is, seen for so long if it did not
// complete.
func (t *Tally) count(f *finding, seen int64) {
	for k := range f.level {
		t.Reached[k]++
	}
	t.Ended[f.level-1][f.ended]++
	for k := 1; k < f.level; k++ {
		t.steps[k-1] = append(t.steps[k-1], f.row[k].at-f.row[k-1].at)
	}
	if f.level == len(t.Reached) {
		t.converted = append(t.converted, f.row[f.level-1].at-f.row[0].at)
	} else {
		t.waited = append(t.waited, seen)
	}
	t.sorted = false
}

// seen returns how long a unit was seen from its entry on, the window at most.
func (c *Counts) seen(t *track, f *finding) int64 {
	window := c.funnel.Match.Window.ticks(microsecond)
	switch {
	case c.asOf != noAsOf:
		return min(window, max(0, c.asOf-f.start))
	case window != noLimit:
		return window
	}
	for i := len(t.at) - 1; i >= 0; i-- {
		if t.steps[i] != 0 {
			return t.at[i] - f.start
		}
	}
	return 0
}
