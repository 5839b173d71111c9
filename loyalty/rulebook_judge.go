package loyalty

import (
	"slices"
)

// award judges an event. It reads nothing but its arguments; out is reset
// first. What it gives is at most MaxPoints a rule.
func (b *rulebook) award(ev *event, st *standing, out *award) {
	out.reset()
	j := judge{book: b, ev: ev, st: st, out: out}
	j.begin()
	rules := b.of(ev).rules
	out.outcomes = slices.Grow(out.outcomes, len(rules))[:len(rules)]
	out.bench.tried = slices.Grow(out.bench.tried, len(rules))[:len(rules)]
	outcomes, tried := out.outcomes[:len(rules)], out.bench.tried[:len(rules)]
	for n, r := range rules {
		j.rule(r, &outcomes[n], &tried[n])
	}
	if b.sets > 0 {
		j.best(rules)
	}
	if st.judged == nil {
		j.use(rules)
	}
}

// judge is the judging of one event.
type judge struct {
	book *rulebook
	ev   *event
	st   *standing
	out  *award
	next int // of standing.shared
}

// bench is the room in which an event is judged; its slices are used again.
type bench struct {
	cal     *calendarOf
	days    almanac
	windows [perLife + 1]windowOf // of the day below; memory from event to event
	day     int32
	asked   [2]uint64 // which multipliers were looked at,
	fires   [2]uint64 // and which of them apply
	factors []uint64
	weights []uint64 // of the lines of an order
	winners []int32  // of each set, the number of its best outcome; -1: none
	tried   []trial  // beside award.outcomes
	streaks []streak // states that may be set
	tasks   []task
}

// trial is what else is known of an outcome.
type trial struct {
	shared       int   // of the rule's first shared cap in standing.shared
	streak, task int32 // one more than the index in bench of the state to set; 0: none
}

func (j *judge) begin() {
	b := &j.out.bench
	if b.cal != j.book.cal || b.day != int32(j.ev.day) {
		b.cal, b.day, b.windows = j.book.cal, int32(j.ev.day), [perLife + 1]windowOf{}
	}
	b.days.in(j.book.cal.zone)
	b.asked, b.tried = [2]uint64{}, b.tried[:0]
	b.streaks, b.tasks = b.streaks[:0], b.tasks[:0]
}

func (j *judge) days() *almanac { return &j.out.bench.days }

// rule judges one rule, up to what it would use.
func (j *judge) rule(r *bookRule, o *outcome, t *trial) {
	*o = outcome{rule: r.id, wallet: r.wallet, cap: -1, referrer: r.way == wayReferral}
	*t = trial{shared: j.next}
	if j.st.judged != nil {
		j.again(r, o)
		return
	}
	if !r.plain {
		if o.reason = j.condition(r, o); o.reason != 0 {
			return
		}
	}
	if r.goesOn {
		o.reason = j.ready(r, o, t)
		if o.reason != 0 && (o.reason != ReasonProgress || r.way == wayTask) {
			return
		}
	}
	if o.wanted = j.wanted(r, j.base(r, t)); o.wanted == 0 {
		o.reason = ReasonRounded
		if r.way == wayStreak {
			o.reason = ReasonProgress
		}
		return
	}
	j.capped(r, o, t)
}

// condition judges what must hold, and passes the shared caps that the rule
// asked for.
func (j *judge) condition(r *bookRule, o *outcome) Reason {
	ofEvent, ofTime := r.when.says(j.ev), r.when.time(j.ev)
	if r.open && !r.off && ofEvent == 0 && ofTime == 0 {
		for n := range r.caps {
			if r.caps[n].isShared(j.ev) {
				j.next++
			}
		}
	}
	switch {
	case r.off:
		return ReasonDisabled
	case ofEvent != 0:
		return ofEvent
	case r.categories != nil && !r.hasLine(j.ev):
		return ReasonCategory
	case !r.when.level(j.st.level):
		return ReasonTier
	case ofTime != 0:
		o.retry = r.when.opens(j.ev.at, j.ev.day, j.days())
		return ofTime
	}
	return 0
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
// the first.
func (j *judge) best(rules []*bookRule) {
	b := &j.out.bench
	b.winners = b.winners[:0]
	for range j.book.sets {
		b.winners = append(b.winners, -1)
	}
	for n, r := range rules {
		set, o := r.set, &j.out.outcomes[n]
		if set < 0 || o.points == 0 {
			continue
		}
		if w := b.winners[set]; w < 0 || o.points > j.out.outcomes[w].points {
			b.winners[set] = int32(n)
		}
	}
	for n, r := range rules {
		set, o := r.set, &j.out.outcomes[n]
		if set >= 0 && o.points > 0 && b.winners[set] != int32(n) {
			o.points, o.reason, o.cap, o.retry = 0, ReasonOutranked, -1, 0
		}
	}
}

// use says what the award uses up and which states it sets.
func (j *judge) use(rules []*bookRule) {
	outcomes, tried := j.out.outcomes[:len(rules)], j.out.bench.tried[:len(rules)]
	for n, r := range rules {
		o, t := &outcomes[n], &tried[n]
		if t.streak != 0 {
			j.out.streaks = append(j.out.streaks, j.out.bench.streaks[t.streak-1])
		}
		if t.task != 0 && (o.points > 0 || o.reason == ReasonProgress) {
			j.out.tasks = append(j.out.tasks, j.out.bench.tasks[t.task-1])
		}
		if r.guarded && j.ev.kind == checkInKind && (o.points > 0 || o.reason == ReasonProgress) {
			j.add(windowCheckIn, r.id, perDay, 1)
		}
		if o.points == 0 {
			continue
		}
		if r.way == wayReferral {
			j.add(windowPaid, r.id, perLife, 1)
		}
		j.useCaps(r, o.points, t.shared)
		if r.rounding == roundLines && len(j.ev.lines) > 0 {
			j.share(r, o.points)
		}
	}
}

// add uses some of a window of the account.
func (j *judge) add(kind windowKind, id uint32, p period, used int64) {
	w := j.window(p)
	j.out.windows = append(j.out.windows, window{key: windowKey{kind + windowKind(p), id}, number: w.number, used: used, gone: w.gone})
}
