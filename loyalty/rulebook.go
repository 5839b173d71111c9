package loyalty

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// rulebook is the earn rules of a program made ready: indexed by the kind of
// event, names turned into numbers. It never changes, and any number of
// goroutines may share one.
//
// An event goes to every rule of its kind, and what one rule gives does not
// depend on another's place in the list: tasks look at what was done before the
// event, and of a set of rules the best is found after all have been judged.
type rulebook struct {
	cal         *calendarOf
	rules       []bookRule         // sorted by ID
	kinds       map[string][]int32 // index of rules, in their order
	multipliers []bookMultiplier   // sorted by ID
	scale       uint64             // factors are in units of 1/scale
	sets        int                // of rules of which the best fires
}

// bookRule is one rule made ready.
type bookRule struct {
	id       uint32
	wallet   uint8
	off      bool
	way      way
	rounding rounding
	set      int16 // -1: none
	guarded  bool  // a check-in counts once a day: see guard
	open     bool  // has a cap that others share
	when     bookCondition
	points   int64  // fixed, of the task, of the referral, or for each per
	per      uint64 // money; 1 if not by amount
	// categories of the lines that count; nil: the whole order.
	categories []string
	caps       []bookCap
	groups     []bookGroup // of the multipliers that raise it
	streak     *Streak
	task       *Task
	within     regulars.Span // of a referral
}

// way is how a rule comes to its points.
type way uint8

const (
	wayFixed way = iota
	wayAmount
	wayStreak
	wayTask
	wayReferral
)

type rounding uint8

const (
	roundFloor rounding = iota
	roundHalfEven
	roundLines
)

var roundings = map[Rounding]rounding{"": roundFloor, RoundFloor: roundFloor, RoundHalfEven: roundHalfEven, RoundLines: roundLines}

// newRulebook compiles the rules of a program that is valid.
func newRulebook(p *Program, cal *calendarOf, walletID func(name string) uint8) *rulebook {
	b := &rulebook{cal: cal, kinds: map[string][]int32{}}
	levels := map[string]uint8{}
	if p.Tiers != nil {
		for _, l := range p.Tiers.Levels {
			levels[l.Name] = l.ID
		}
	}
	b.addMultipliers(p, levels)
	rules := slices.Clone(p.Rules)
	slices.SortFunc(rules, func(x, y Rule) int { return cmp.Compare(x.ID, y.ID) })
	sets := map[string]int16{}
	for i := range rules {
		r := &rules[i]
		rule := bookRule{
			id: r.ID, wallet: walletID(r.Wallet), off: r.Disabled, rounding: roundings[r.Rounding], set: -1,
			when: newCondition(&r.When, levels), per: 1, groups: b.groupsOf(p, r),
		}
		rule.setWay(r)
		rule.setCaps(r.Caps)
		rule.guarded = rule.way != wayStreak && slices.Contains(r.On, checkInKind)
		if r.Best != "" {
			if _, known := sets[r.Best]; !known {
				sets[r.Best] = int16(len(sets))
			}
			rule.set = sets[r.Best]
		}
		b.rules = append(b.rules, rule)
		for _, kind := range r.On {
			b.kinds[kind] = append(b.kinds[kind], int32(i))
		}
	}
	b.sets = len(sets)
	return b
}

func (r *bookRule) setWay(from *Rule) {
	switch {
	case from.PerAmount != nil:
		r.way, r.points, r.per, r.categories = wayAmount, from.PerAmount.Points, perUnits(from.PerAmount.Per), from.PerAmount.Categories
	case from.Streak != nil:
		r.way, r.streak = wayStreak, from.Streak
	case from.Task != nil:
		r.way, r.task, r.points = wayTask, from.Task, from.Task.Points
	case from.Referral != nil:
		r.way, r.within, r.points = wayReferral, from.Referral.Within, from.Referral.Points
	default:
		r.points = from.Points
	}
}

func perUnits(d decimal.Decimal) uint64 {
	m, _ := toMoney(d)
	return max(1, uint64(m))
}

// shared appends the counters of the shared caps that rules for this event
// look at, in the order in which standing.shared has their values.
func (b *rulebook) shared(dst []CounterID, program string, ev *event) []CounterID {
	for _, i := range b.kinds[ev.kind] {
		r := &b.rules[i]
		if !r.open || !b.asks(r, ev) {
			continue
		}
		for n := range r.caps {
			if c := &r.caps[n]; c.isShared(ev) {
				dst = append(dst, b.counter(r, c, program, ev))
			}
		}
	}
	return dst
}

// asks reports whether a rule looks at its shared caps: all that the event
// alone decides lets it fire.
func (b *rulebook) asks(r *bookRule, ev *event) bool {
	return !r.off && r.when.event(ev) == 0 && r.when.time(ev) == 0
}

// award judges an event. It reads nothing but its arguments; out is reset
// first. What it gives is at most MaxPoints a rule.
func (b *rulebook) award(ev *event, st *standing, out *award) {
	out.reset()
	j := judge{book: b, ev: ev, st: st, out: out}
	j.begin()
	rules := b.kinds[ev.kind]
	for _, i := range rules {
		j.rule(&b.rules[i])
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
	windows [perLife + 1]windowOf // of the day below; memory from event to event
	day     int32
	asked   [2]uint64 // which multipliers were looked at,
	fires   [2]uint64 // and which of them apply
	factors []uint64
	weights []uint64 // of the lines of an order
	winners []int32  // of each set, the number of its best outcome; -1: none
	tried   []trial  // beside award.outcomes
}

// trial is what else is known of an outcome.
type trial struct {
	shared int // of the rule's first shared cap in standing.shared
	streak streak
	task   task
}

func (j *judge) begin() {
	b := &j.out.bench
	if b.cal != j.book.cal || b.day != int32(j.ev.day) {
		b.cal, b.day, b.windows = j.book.cal, int32(j.ev.day), [perLife + 1]windowOf{}
	}
	b.asked, b.tried = [2]uint64{}, b.tried[:0]
}

// rule judges one rule, up to what it would use.
func (j *judge) rule(r *bookRule) {
	j.out.outcomes = append(j.out.outcomes, outcome{rule: r.id, wallet: r.wallet, cap: -1, referrer: r.way == wayReferral})
	j.out.bench.tried = append(j.out.bench.tried, trial{shared: j.next})
	o, t := &j.out.outcomes[len(j.out.outcomes)-1], &j.out.bench.tried[len(j.out.bench.tried)-1]
	if j.st.judged != nil {
		j.again(r, o)
		return
	}
	if o.reason = j.condition(r, o); o.reason != 0 {
		return
	}
	if o.reason = j.ready(r, o, t); o.reason != 0 && o.reason != ReasonProgress {
		return
	}
	if o.reason == ReasonProgress && r.way == wayTask {
		return
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
	ofEvent, ofTime := r.when.event(j.ev), r.when.time(j.ev)
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
		o.retry = r.when.opens(j.ev.at, j.ev.day, j.book.cal.zone)
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
func (j *judge) best(rules []int32) {
	b := &j.out.bench
	b.winners = b.winners[:0]
	for range j.book.sets {
		b.winners = append(b.winners, -1)
	}
	for n, i := range rules {
		set, o := j.book.rules[i].set, &j.out.outcomes[n]
		if set < 0 || o.points == 0 {
			continue
		}
		if w := b.winners[set]; w < 0 || o.points > j.out.outcomes[w].points {
			b.winners[set] = int32(n)
		}
	}
	for n, i := range rules {
		set, o := j.book.rules[i].set, &j.out.outcomes[n]
		if set >= 0 && o.points > 0 && b.winners[set] != int32(n) {
			o.points, o.reason, o.cap, o.retry = 0, ReasonOutranked, -1, 0
		}
	}
}

// use says what the award uses up and which states it sets.
func (j *judge) use(rules []int32) {
	for n, i := range rules {
		r, o, t := &j.book.rules[i], &j.out.outcomes[n], &j.out.bench.tried[n]
		if t.streak.days != 0 {
			j.out.streaks = append(j.out.streaks, t.streak)
		}
		if t.task.rule != 0 && (o.points > 0 || o.reason == ReasonProgress) {
			j.out.tasks = append(j.out.tasks, t.task)
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
