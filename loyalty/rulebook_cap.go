package loyalty

import (
	"math"

	"github.com/regulars-go/regulars/internal/calendar"
)

// bookCap is a cap made ready.
type bookCap struct {
	per       period
	kind      windowKind // of the window, or of the counter, that it is counted in
	times     bool       // counts awards, not points
	reject    bool
	by        sharing
	attribute string // whose values each have a cap
	max       int64
}

// sharing says whose cap it is.
type sharing uint8

const (
	ofMember sharing = iota
	ofProgram
	ofAttribute
)

func (r *bookRule) setCaps(caps []Cap) {
	for i := range caps {
		k := &caps[i]
		c := bookCap{per: periodOf(k.Per), times: k.Times != 0, reject: k.Reject, max: max(k.Points, k.Times)}
		c.kind = windowPoints + windowKind(c.per)
		if c.times {
			c.kind = windowTimes + windowKind(c.per)
		}
		switch k.By {
		case "", capByMember:
		case capByProgram:
			c.by = ofProgram
		default:
			c.by, c.attribute = ofAttribute, k.By
		}
		r.caps = append(r.caps, c)
		r.open = r.open || c.by != ofMember
	}
}

// isShared reports whether the cap is counted with others' events: an event
// without the attribute is not capped by it.
func (c *bookCap) isShared(ev *event) bool {
	switch c.by {
	case ofProgram:
		return true
	case ofAttribute:
		_, ok := ev.attribute(c.attribute)
		return ok
	}
	return false
}

// counter names the counter of a shared cap. Attributes are told apart by their
// names in Value, so that a device and a card may be called the same.
func (b *rulebook) counter(r *bookRule, c *bookCap, program string, ev *event) CounterID {
	number, _, _ := b.cal.window(c.per, ev.day)
	id := CounterID{Program: program, Kind: CounterKind(c.kind), Number: r.id, Window: number}
	if c.by == ofAttribute {
		value, _ := ev.attribute(c.attribute)
		id.Value = c.attribute + "=" + value
	}
	return id
}

// windowOf is the period in which an event lies.
type windowOf struct {
	known  bool
	number int32
	next   calendar.Day
	gone   int64
}

// window returns the period of the event's day, found once for a day.
func (j *judge) window(p period) *windowOf {
	if w := &j.out.bench.windows[p]; w.known {
		return w
	}
	return j.findWindow(p)
}

func (j *judge) findWindow(p period) *windowOf {
	w := &j.out.bench.windows[p]
	w.number, w.next, w.gone = j.book.cal.window(p, j.ev.day)
	w.known = true
	return w
}

// used returns how much of a window of the account is used.
func (j *judge) used(key windowKey, p period) int64 {
	rank, number := key.rank(), j.window(p).number
	rows := j.st.account.rows(listWindows)
	for at := len(rows) - windowWidth; at >= 0; at -= windowWidth { // the latest are last
		row := asWindow(rows[at:])
		if row.rank() > rank {
			continue
		}
		if row.rank() == rank && row.number() == number {
			return row.used()
		}
		if row.rank() < rank || row.number() < number {
			break
		}
	}
	return 0
}

// usedByAll returns how much of the next shared cap is used; false if it is not
// in force.
func (j *judge) usedByAll(c *bookCap) (used int64, counts bool) {
	if !c.isShared(j.ev) {
		return 0, false
	}
	used = c.max // unknown: nothing may be given
	if j.look < len(j.st.shared) {
		used = j.st.shared[j.look]
	}
	j.look++
	return used, true
}

// capped trims what a rule wants: to the least that one of its caps leaves. The
// first of them that leaves it is named. A retry is told if all that trimmed
// start anew some day.
func (j *judge) capped(r *bookRule, o *outcome) {
	caps, again := r.caps, calendar.Day(0)
	for n := range caps {
		c := &caps[n]
		used, counts := int64(0), true
		if c.by != ofMember {
			used, counts = j.usedByAll(c)
		} else if c.per != perEvent {
			used = j.used(windowKey{c.kind, r.id}, c.per)
		}
		if !counts {
			continue
		}
		fits := c.allows(o.wanted, max(0, c.max-used))
		if fits == o.wanted {
			continue
		}
		if fits < o.points {
			o.points, o.cap = fits, int8(n)
		}
		again = max(again, j.renewed(c, o.wanted))
	}
	if o.points == o.wanted {
		return
	}
	o.reason = ReasonTrimmed
	if o.points == 0 {
		o.reason = ReasonCapped
	}
	if again < never {
		o.retry = r.when.opens(j.days().start(again), again, j.days())
	}
}

// never is the day on which a cap that does not come back starts anew.
const never calendar.Day = math.MaxInt32

// renewed returns the day from which a cap leaves more of what is wanted.
func (j *judge) renewed(c *bookCap, wanted int64) calendar.Day {
	if c.per == perEvent || c.per == perLife || c.reject && c.max < wanted {
		return never
	}
	return j.window(c.per).next
}

// allows returns how much of what is wanted a cap lets through, when so much
// of it is left.
func (c *bookCap) allows(wanted, left int64) int64 {
	switch {
	case c.times && left > 0:
		return wanted
	case c.times || c.reject && left < wanted:
		return 0
	}
	return min(wanted, left)
}

// useCaps counts what was given.
func (j *judge) useCaps(r *bookRule, points int64) {
	caps := r.caps
	for n := range caps {
		c := &caps[n]
		used := points
		if c.times {
			used = 1
		}
		if c.by != ofMember {
			j.useOfAll(c, used)
		} else if c.per != perEvent {
			j.add(windowKey{c.kind, r.id}, c.per, used)
		}
	}
}

// useOfAll uses some of the next shared cap, if it is in force.
func (j *judge) useOfAll(c *bookCap, used int64) {
	if c.isShared(j.ev) {
		j.out.shared = append(j.out.shared, sharedUse{index: j.spend, delta: used, max: c.max, until: j.window(c.per).gone})
		j.spend++
	}
}
