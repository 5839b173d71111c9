package loyalty

import "github.com/regulars-go/regulars/internal/calendar"

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
	w := &j.out.bench.windows[p]
	if !w.known {
		j.find(w, p)
	}
	return w
}

func (j *judge) find(w *windowOf, p period) {
	w.number, w.next, w.gone = j.book.cal.window(p, j.ev.day)
	w.known = true
}

// used returns how much of a window of the account is used.
func (j *judge) used(kind windowKind, id uint32, p period) int64 {
	rank, number := windowKey{kind, id}.rank(), j.window(p).number
	for rows := j.st.account.rows(listWindows); len(rows) >= windowWidth; rows = rows[windowWidth:] {
		if row := asWindow(rows); row.rank() == rank && row.number() == number {
			return row.used()
		}
	}
	return 0
}

// usedByAll returns how much of a shared cap is used, which is at a place of
// standing.shared. If it is not known nothing may be given.
func (j *judge) usedByAll(c *bookCap, place int) int64 {
	if place < len(j.st.shared) {
		return j.st.shared[place]
	}
	return c.max
}

// capped trims what a rule wants: to the least that one of its caps leaves. The
// first of them that leaves it is named.
func (j *judge) capped(r *bookRule, o *outcome) {
	shared, forGood := j.shared, false
	var again calendar.Day
	for n := range r.caps {
		c := &r.caps[n]
		used := int64(0)
		switch {
		case c.per == perEvent:
		case c.by == ofMember:
			used = j.used(c.kind, r.id, c.per)
		case c.isShared(j.ev):
			used = j.usedByAll(c, shared)
			shared++
		default:
			continue
		}
		fits := c.allows(o.wanted, max(0, c.max-used))
		if fits == o.wanted {
			continue
		}
		if fits < o.points {
			o.points, o.cap = fits, int8(n)
		}
		forGood = forGood || c.per == perEvent || c.per == perLife || c.max < o.wanted && c.reject
		again = max(again, j.window(c.per).next)
	}
	if o.points < o.wanted {
		j.trimmed(r, o, again, forGood)
	}
}

// trimmed says why a rule gives less than it wants, and when it would have
// paid: on the day on which all caps that trimmed start anew, unless one of them
// never does.
func (j *judge) trimmed(r *bookRule, o *outcome, again calendar.Day, forGood bool) {
	o.reason = ReasonTrimmed
	if o.points == 0 {
		o.reason = ReasonCapped
	}
	if !forGood {
		o.retry = r.when.opens(j.days().start(again), again, j.days())
	}
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
	shared := j.shared
	for n := range r.caps {
		c := &r.caps[n]
		used := points
		if c.times {
			used = 1
		}
		switch {
		case c.per == perEvent:
		case c.by == ofMember:
			j.add(c.kind, r.id, c.per, used)
		case c.isShared(j.ev):
			j.out.shared = append(j.out.shared, sharedUse{index: shared, delta: used, max: c.max, until: j.window(c.per).gone})
			shared++
		}
	}
}
