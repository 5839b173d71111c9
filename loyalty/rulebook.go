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
	rules       []bookRule // sorted by ID
	kinds       map[string]*bookKind
	multipliers []bookMultiplier // sorted by ID
	byLine      multiplierSet    // those limited to lines of some categories
	scale       uint64           // factors are in units of 1/scale
	sets        int              // of rules of which the best fires
}

// bookKind is what an event of one kind goes to.
type bookKind struct {
	rules  []*bookRule   // in their order
	blank  []outcome     // of each, before it is judged
	open   bool          // one of them has a cap that others share
	sets   bool          // one of them is of a set
	raised multiplierSet // those that may raise one of them
}

// of returns the rules for an event, which remembers them.
func (b *rulebook) of(ev *event) *bookKind {
	if ev.known.book != b {
		b.know(ev)
	}
	return ev.known.rules
}

//go:noinline
func (b *rulebook) know(ev *event) {
	m := &ev.known
	m.book, m.rules = b, b.kinds[ev.kind]
	if m.rules == nil {
		m.rules = new(bookKind)
	}
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
	plain    bool  // every event of its kinds meets its conditions
	open     bool  // has a cap that others share
	goesOn   bool  // looks at what was before the event: see ready
	uses     bool  // what it gives uses something up: see use
	when     bookCondition
	points   int64  // fixed, of the task, of the referral, or for each per
	per      uint64 // money; 1 if not by amount
	// categories of the lines that count; nil: the whole order.
	categories []string
	caps       []bookCap
	groups     []bookGroup   // of the multipliers that raise it
	raised     multiplierSet // all of them
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
	b := &rulebook{cal: cal, kinds: map[string]*bookKind{}}
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
		rule.plain = !rule.off && !rule.open && rule.categories == nil && rule.when.isEmpty()
		rule.guarded = rule.way != wayStreak && slices.Contains(r.On, checkInKind)
		rule.uses = rule.guarded || rule.way == wayReferral || len(rule.caps) > 0 || rule.rounding == roundLines
		rule.goesOn = rule.guarded || rule.way == wayStreak || rule.way == wayTask || rule.way == wayReferral
		for g := range rule.groups {
			for _, n := range rule.groups[g].members {
				rule.raised.add(n)
			}
		}
		if r.Best != "" {
			if _, known := sets[r.Best]; !known {
				sets[r.Best] = int16(len(sets))
			}
			rule.set = sets[r.Best]
		}
		b.rules = append(b.rules, rule)
	}
	for i := range rules {
		for _, kind := range rules[i].On {
			b.file(kind, &b.rules[i])
		}
	}
	b.sets = len(sets)
	return b
}

// file notes that a rule is for a kind of event.
func (b *rulebook) file(kind string, r *bookRule) {
	k := b.kinds[kind]
	if k == nil {
		k = new(bookKind)
		b.kinds[kind] = k
	}
	k.rules, k.open, k.sets = append(k.rules, r), k.open || r.open, k.sets || r.set >= 0
	k.blank = append(k.blank, outcome{rule: r.id, wallet: r.wallet, cap: -1, referrer: r.way == wayReferral})
	k.raised.join(&r.raised)
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
	kind := b.of(ev)
	if !kind.open {
		return dst
	}
	for _, r := range kind.rules {
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
	return !r.off && r.when.says(ev) == 0 && r.when.time(ev) == 0
}
