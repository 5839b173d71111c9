package loyalty

import (
	"slices"
)

// award judges an event. It reads nothing but its arguments; out is reset
// first. What it gives is at most MaxPoints a rule.
func (b *rulebook) award(ev *event, st *standing, out *award) {
	out.reset()
	kind := b.of(ev)
	j := judge{book: b, ev: ev, st: st, out: out}
	j.begin(kind)
	rules := kind.rules
	out.outcomes = append(out.outcomes, kind.blank...)
	outcomes := out.outcomes[:len(rules)]
	switch {
	case st.judged != nil:
		for n, r := range rules {
			j.again(r, &outcomes[n])
		}
	case kind.sets: // what is used is known when all are judged
		for n, r := range rules {
			j.rule(r, &outcomes[n])
		}
		j.best(kind)
		j.next = 0
		for n, r := range rules {
			if r.open {
				j.pass(r)
			}
			j.use(r, &outcomes[n])
		}
	default:
		for n, r := range rules {
			j.rule(r, &outcomes[n])
			j.use(r, &outcomes[n])
		}
	}
}

// judge is the judging of one event.
type judge struct {
	book    *rulebook
	ev      *event
	st      *standing
	out     *award
	applies multiplierSet // those that apply to the event,
	raises  bool          // and that there are any
	// Places of standing.shared: of the shared cap that the open rule at hand
	// looks at next, of that which it uses next, and of the first of the next rule.
	look, spend, next int
}

// bench is the room in which an event is judged; its slices are used again.
type bench struct {
	cal     *calendarOf
	days    almanac
	windows [perLife + 1]windowOf // of the day below; memory from event to event
	day     int32
	factors []uint64
	weights []uint64 // of the lines of an order
	winners []int32  // of each set, the number of its best outcome; -1: none
}

func (j *judge) begin(kind *bookKind) {
	b := &j.out.bench
	if b.cal != j.book.cal || b.day != int32(j.ev.day) {
		b.dawn(j.book.cal, int32(j.ev.day))
	}
	b.days.in(j.book.cal.zone)
	j.raise(kind)
}

// dawn forgets the windows of another day.
//
//go:noinline
func (b *bench) dawn(cal *calendarOf, day int32) {
	b.cal, b.day, b.windows = cal, day, [perLife + 1]windowOf{}
}

func (j *judge) days() *almanac { return &j.out.bench.days }

// pass makes an open rule the one at hand. It has its shared caps in
// standing.shared if it asked for them.
func (j *judge) pass(r *bookRule) {
	j.look, j.spend = j.next, j.next
	if !j.book.asks(r, j.ev) {
		return
	}
	for n := range r.caps {
		if r.caps[n].isShared(j.ev) {
			j.next++
		}
	}
}

// rule judges one rule, up to what it would use.
func (j *judge) rule(r *bookRule, o *outcome) {
	if !r.plain {
		if r.open {
			j.pass(r)
		}
		if o.reason = j.condition(r, o); o.reason != 0 {
			return
		}
	}
	points := r.points
	if r.goesOn {
		if points, o.reason = j.ready(r, o); o.reason != 0 {
			return
		}
	}
	switch o.wanted = j.wanted(r, points); {
	case o.wanted > 0:
		o.points, o.reason = o.wanted, ReasonFired
		if len(r.caps) > 0 {
			j.capped(r, o)
		}
	case r.way == wayStreak:
		o.reason = ReasonProgress
	default:
		o.reason = ReasonRounded
	}
	if r.way == wayTask && o.points == 0 { // it stays one event short of its goal
		j.out.tasks = j.out.tasks[:len(j.out.tasks)-1]
	}
}

// condition judges what must hold.
func (j *judge) condition(r *bookRule, o *outcome) Reason {
	if r.off {
		return ReasonDisabled
	}
	if reason := r.when.says(j.ev); reason != 0 {
		return reason
	}
	if r.categories != nil && !r.hasLine(j.ev) {
		return ReasonCategory
	}
	if !r.when.levels.takes(j.st.level) {
		return ReasonTier
	}
	reason := r.when.time(j.ev)
	if reason != 0 {
		o.retry = r.when.opens(j.ev.at, j.ev.day, j.days())
	}
	return reason
}

func (r *bookRule) hasLine(ev *event) bool {
	for i := range ev.lines {
		if slices.Contains(r.categories, ev.lines[i].category) {
			return true
		}
	}
	return false
}

// again judges a rule with what was kept of an order: it gives what the kept
// part would have given, and no more than it did.
func (j *judge) again(r *bookRule, o *outcome) {
	for i := range j.st.judged {
		if was := &j.st.judged[i]; was.rule == r.id {
			*o = *was
			o.referrer = r.way == wayReferral
		}
	}
	if o.points == 0 {
		o.wanted, o.reason = 0, ReasonReturned
		return
	}
	most := o.points
	o.points, o.reason = 0, ReasonReturned
	if j.ev.amount == 0 || j.condition(r, o) != 0 {
		o.wanted, o.retry = 0, 0
		return
	}
	o.wanted = j.wanted(r, r.points)
	if o.points = min(o.wanted, most); o.points > 0 {
		o.reason = ReasonFired
	}
}

// best lets only one rule of each set fire: the one that gives most, of equals
// the first. Streaks, tasks and referrals, which leave something behind when they
// are judged, are of no set.
func (j *judge) best(kind *bookKind) {
	b := &j.out.bench
	b.winners = b.winners[:0]
	for range j.book.sets {
		b.winners = append(b.winners, -1)
	}
	for n, r := range kind.rules {
		set, o := r.set, &j.out.outcomes[n]
		if set < 0 || o.points == 0 {
			continue
		}
		if w := b.winners[set]; w < 0 || o.points > j.out.outcomes[w].points {
			b.winners[set] = int32(n)
		}
	}
	for n, r := range kind.rules {
		set, o := r.set, &j.out.outcomes[n]
		if set >= 0 && o.points > 0 && b.winners[set] != int32(n) {
			o.points, o.reason, o.cap, o.retry = 0, ReasonOutranked, -1, 0
		}
	}
}

// use says what a rule's points use up.
func (j *judge) use(r *bookRule, o *outcome) {
	if r.uses && (o.points > 0 || r.guarded) {
		j.useUp(r, o)
	}
}

func (j *judge) useUp(r *bookRule, o *outcome) {
	if r.guarded && j.ev.kind == checkInKind && (o.points > 0 || o.reason == ReasonProgress) {
		j.add(windowKey{windowCheckIn + windowKind(perDay), r.id}, perDay, 1)
	}
	if o.points == 0 {
		return
	}
	if r.way == wayReferral {
		j.add(windowKey{windowPaid + windowKind(perLife), r.id}, perLife, 1)
	}
	j.useCaps(r, o.points)
	if r.rounding == roundLines && len(j.ev.lines) > 0 {
		j.share(r, o.points)
	}
}

// add uses some of a window of the account.
func (j *judge) add(key windowKey, p period, used int64) {
	w := j.window(p)
	j.out.windows = append(j.out.windows, window{key: key, number: w.number, used: used, gone: w.gone})
}
