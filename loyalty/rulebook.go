package loyalty

import (
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"
)

// rulebook is the earn rules of a program made ready: indexed by the kind of
// event, names turned into numbers. It never changes, and any number of
// goroutines may share one.
type rulebook struct {
	cal   *calendarOf
	rules []bookRule         // sorted by ID
	kinds map[string][]int32 // index of rules, in their order
}

// bookRule is one rule made ready.
type bookRule struct {
	id     uint32
	wallet uint8
	off    bool
	fixed  int64
	num    uint64 // points for each den of 10^-4
	den    uint64
}

// newRulebook compiles the rules of a program that is valid.
func newRulebook(p *Program, cal *calendarOf, walletID func(name string) uint8) *rulebook {
	b := &rulebook{cal: cal, kinds: map[string][]int32{}}
	rules := slices.Clone(p.Rules)
	slices.SortFunc(rules, func(x, y Rule) int { return int(x.ID) - int(y.ID) })
	for i, r := range rules {
		rule := bookRule{id: r.ID, wallet: walletID(r.Wallet), off: r.Disabled, fixed: r.Points}
		if r.PerAmount != nil {
			rule.num, rule.den = uint64(r.PerAmount.Points), perUnits(r.PerAmount.Per)
		}
		b.rules = append(b.rules, rule)
		for _, kind := range r.On {
			b.kinds[kind] = append(b.kinds[kind], int32(i))
		}
	}
	return b
}

func perUnits(d decimal.Decimal) uint64 {
	m, _ := toMoney(d)
	return uint64(m)
}

// shared appends the counters of the shared caps that rules for this event
// look at, in the order in which standing.shared has their values.
func (b *rulebook) shared(dst []CounterID, program string, ev *event) []CounterID { return dst }

// award judges an event. It reads nothing but its arguments; out is reset
// first. What it gives is at most MaxPoints a rule.
func (b *rulebook) award(ev *event, st *standing, out *award) {
	out.reset()
	for _, i := range b.kinds[ev.kind] {
		rule := &b.rules[i]
		o := outcome{rule: rule.id, wallet: rule.wallet, cap: -1, reason: ReasonFired}
		switch {
		case rule.off:
			o.reason = ReasonDisabled
		case rule.den > 0:
			o.wanted = perAmount(ev.amount, rule.num, rule.den)
		default:
			o.wanted = rule.fixed
		}
		if o.points = o.wanted; o.reason == ReasonFired && o.points == 0 {
			o.reason = ReasonRounded
		}
		out.outcomes = append(out.outcomes, o)
	}
}

// perAmount returns amount × num / den rounded down, at most MaxPoints.
func perAmount(amount money, num, den uint64) int64 {
	hi, lo := bits.Mul64(uint64(amount), num)
	if hi >= den {
		return MaxPoints
	}
	points, _ := bits.Div64(hi, lo, den)
	return int64(min(points, MaxPoints))
}
