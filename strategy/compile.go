package strategy

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
)

// gate lets customers through to one operation. Names are numbers here and
// instants are microseconds, and what a verdict says is written beforehand.
type gate struct {
	operation string
	index     int // of the gate
	// tier is the same for operations among which the score decides, and byName
	// their order by name.
	tier, byName int
	// dynamic holds if the score depends on the customer.
	dynamic, fallback, marketing, stopped, obeysQuiet bool

	start            time.Time
	startsAt, endsAt int64 // microseconds; an open side is the first or the last there is
	starts, ends     string
	holdouts         []int
	audiences        []audienceRule // those that ask for something
	audience         string         // in words
	coolDowns        []coolRule
	sendings         []sending // as they are tried
	whenCapped       WhenCapped

	worth, score   Micros // Value × Lever, and that × Propensity
	propensityFrom int    // of figures; -1 for none
	effects        []effectRule
}

// audienceRule is an audience of one stage.
type audienceRule struct {
	stage                Stage
	allOf, anyOf, noneOf []int
	lacksAny             string
	all, any, none       bitSet // the same as the lists
	ranges               []rangeRule
}

// rangeRule is a range of a number; a side that is open is infinite.
type rangeRule struct {
	figure     int
	low, below float64
	words      string
}

// coolRule is a cool-down. It lasts from least to most microseconds, whatever the
// calendar does.
type coolRule struct {
	after         string
	times         int
	within, lasts regulars.Span
	least, most   int64
	words         string
}

// effectRule is the score of who has a label; that without one has number -1
// and comes last.
type effectRule struct {
	label int
	width float64 // of the interval
	score Micros
}

type heldRule struct {
	name  string
	draw  Bucketer
	share uint64
}

// compile makes the playbook, which is valid and in its normal form, ready.
func (p *Policy) compile() {
	p.labels, p.number = p.playbook.Labels(), map[string]int{}
	for i, label := range p.labels {
		p.number[label] = i
	}
	p.figures, p.budgets, p.explore = p.playbook.Numbers(), p.playbook.Budgets, newExplorer(p.playbook.Exploration)
	for _, h := range p.playbook.Holdouts {
		p.holdouts = append(p.holdouts, heldRule{h.Name, h.draw(), uint64(h.Share)})
	}
	for i := range p.playbook.QuietHours {
		p.zoned = p.zoned || p.playbook.QuietHours[i].Zone == OfCustomer
	}
	p.compileChannels()
	p.index = map[string]int{}
	all := p.playbook.all()
	for i := range all {
		g := p.gate(&all[i], i == len(p.playbook.Operations))
		g.index = i
		p.gates = append(p.gates, g)
		p.index[g.operation] = i
	}
	p.rank(all)
}

// rank numbers the tiers.
func (p *Policy) rank(all []Operation) {
	names := p.Operations()
	slices.Sort(names)
	for i := range p.gates {
		g := &p.gates[i]
		g.byName, _ = slices.BinarySearch(names, g.operation)
		if i == 0 {
			continue
		}
		g.tier = p.gates[i-1].tier
		if g.fallback || all[i].Priority != all[i-1].Priority || all[i].rankOfClass() != all[i-1].rankOfClass() {
			g.tier++
		}
	}
	// A tier is dynamic as a whole, since one score that moves may pass the others.
	for i := range p.gates {
		for j := range p.gates {
			if p.gates[j].tier == p.gates[i].tier && p.gates[j].scoreMoves() {
				p.gates[i].dynamic = true
			}
		}
	}
}

func (g *gate) scoreMoves() bool { return g.propensityFrom >= 0 || len(g.effects) > 0 }

func (p *Policy) gate(o *Operation, fallback bool) gate {
	g := gate{
		operation: o.Name, fallback: fallback, marketing: o.Class == Marketing, stopped: o.Stopped, obeysQuiet: o.orMarketing(o.ObeysQuiet),
		start: o.Dates.Start, startsAt: math.MinInt64, endsAt: math.MaxInt64,
		starts: stamp(o.Dates.Start), ends: stamp(o.Dates.End),
		audience: o.Audience.String(), whenCapped: o.WhenCapped, propensityFrom: -1, score: o.score(),
	}
	for i, a := range []Audience{o.Audience, o.Relevant, o.Suits} {
		if rule := p.audienceRule(a); len(a.AllOf)+len(a.AnyOf)+len(a.NoneOf)+len(a.Numbers) > 0 {
			rule.stage = StageEligibility + Stage(i)
			g.audiences = append(g.audiences, rule)
		}
	}
	g.worth, _ = o.Value.times(orOne(o.Lever))
	if !o.Dates.Start.IsZero() {
		g.startsAt = microseconds(o.Dates.Start)
	}
	if !o.Dates.End.IsZero() {
		g.endsAt = microseconds(o.Dates.End)
	}
	if fallback {
		g.audience += ", as nothing else is eligible"
	}
	if o.PropensityFrom != "" {
		g.propensityFrom, _ = slices.BinarySearch(p.figures, o.PropensityFrom)
	}
	for i, h := range p.playbook.Holdouts {
		if h.covers(o) {
			g.holdouts = append(g.holdouts, i)
		}
	}
	for _, d := range o.CoolDowns {
		// A span of the calendar is off by three days of a short month, one of a leap year and one of
		// a zone that skips a date.
		length := d.For.After(time.Unix(0, 0), nil).Sub(time.Unix(0, 0)).Microseconds()
		slack := int64(0)
		if _, exact := elapsed(d.For); !exact {
			slack = 6 * microsPerDay
		}
		g.coolDowns = append(g.coolDowns, coolRule{d.After, max(1, d.Times), d.within(), d.For, length - slack, length + slack, d.String()})
		p.zoned = true
	}
	g.effects = p.effectRules(o)
	p.compileSendings(&g, o)
	return g
}

func (p *Policy) audienceRule(a Audience) audienceRule {
	r := audienceRule{
		allOf: p.numbers(a.AllOf), anyOf: p.numbers(a.AnyOf), noneOf: p.numbers(a.NoneOf),
		lacksAny: "any of " + joined(a.AnyOf),
		all:      p.bits(a.AllOf), any: p.bits(a.AnyOf), none: p.bits(a.NoneOf),
	}
	for _, bounds := range a.Numbers {
		rule := rangeRule{low: math.Inf(-1), below: math.Inf(1), words: bounds.String()}
		rule.figure, _ = slices.BinarySearch(p.figures, bounds.Number)
		if bounds.AtLeast != nil {
			rule.low = *bounds.AtLeast
		}
		if bounds.Below != nil {
			rule.below = *bounds.Below
		}
		r.ranges = append(r.ranges, rule)
	}
	return r
}

func (p *Policy) numbers(labels []string) []int {
	numbers := make([]int, len(labels))
	for i, label := range labels {
		numbers[i] = p.number[label]
	}
	return numbers
}

func (p *Policy) bits(labels []string) bitSet {
	bits := make(bitSet, words(len(p.labels)))
	for _, n := range p.numbers(labels) {
		bits.set(n)
	}
	return bits
}

// effectRules returns the scores by label, the narrowest interval first, so that
// the first that fits is the one known best; the operation's mean comes last.
func (p *Policy) effectRules(o *Operation) (rules []effectRule) {
	if p.playbook.Effects == nil {
		return nil
	}
	mean := []effectRule{}
	for _, e := range p.playbook.Effects.Rows {
		if e.Operation != o.Name || e.NoSupport {
			continue
		}
		score, _ := o.scoreOf(e)
		if e.Label == "" {
			mean = append(mean, effectRule{label: -1, score: score})
			continue
		}
		rules = append(rules, effectRule{p.number[e.Label], e.High - e.Low, score})
	}
	slices.SortStableFunc(rules, func(x, y effectRule) int { return cmp.Compare(x.width, y.width) }) // rows are in the order of labels
	return append(rules, mean...)
}

// Years that an instant may lie in.
var firstSecond, lastSecond = time.Date(minYear, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(maxYear+1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

// microseconds returns t as microseconds since 1970. Times outside the years of
// a window, which may not fit, come before or after all that are in one.
func microseconds(t time.Time) int64 {
	switch second := t.Unix(); {
	case second < firstSecond:
		return math.MinInt64
	case second >= lastSecond:
		return math.MaxInt64 - 1
	}
	return t.UnixMicro()
}
