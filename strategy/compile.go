package strategy

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
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

// sending is an operation on one of its channels.
type sending struct {
	channel  int
	counters []int
	costs    []cost
}

type cost struct {
	budget int
	amount Micros
}

// effectRule is the score of who has a label; that without one has number -1
// and comes last.
type effectRule struct {
	label int
	score Micros
}

// channelRule is a channel of the playbook, or one that operations name.
type channelRule struct {
	name      string
	reach     int // a label, or -1
	reachWord string
	consent   ConsentKind
	quiet     []quietRule
	preferred *Clock
}

// counter is a cap on one channel, tag, operation or objective, or on all that a
// customer gets.
type counter struct {
	cap   *Cap
	key   string
	limit int
	// length is that of a rolling window, and otherwise at least that of any
	// period of the calendar, in microseconds.
	length   int64
	periods  calendar.Periods
	rolling  bool
	business bool
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

func (p *Policy) compileChannels() {
	var names []string
	for _, x := range p.playbook.Channels {
		names = append(append(names, x.Name), x.Or...)
	}
	for _, o := range p.playbook.all() {
		names = append(append(names, o.Channel), o.Or...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		rule := channelRule{name: name, reach: -1}
		if x := p.channel(name); x != nil {
			rule.consent, rule.preferred, rule.reachWord = x.Consent, x.PreferredHour, x.Reach
			if x.Reach != "" {
				rule.reach = p.number[x.Reach]
			}
			p.zoned = p.zoned || x.PreferredHour != nil
		}
		for _, q := range p.playbook.QuietHours {
			if len(q.Channels) == 0 || slices.Contains(q.Channels, name) {
				rule.quiet = append(rule.quiet, quietRule{q, q.Zone == OfBusiness, q.String()})
			}
		}
		p.channels = append(p.channels, rule)
	}
}

// channel returns what the playbook says of a channel; nil if nothing.
func (p *Policy) channel(name string) *Channel {
	i, ok := slices.BinarySearchFunc(p.playbook.Channels, name, func(x Channel, name string) int { return strings.Compare(x.Name, name) })
	if !ok {
		return nil
	}
	return &p.playbook.Channels[i]
}

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

// effectRules returns the scores by label, the operation's mean last.
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
			mean = append(mean, effectRule{-1, score})
			continue
		}
		rules = append(rules, effectRule{p.number[e.Label], score})
	}
	return append(rules, mean...)
}

// compileSendings adds the channels on which an operation is tried.
func (p *Policy) compileSendings(g *gate, o *Operation) {
	names := append([]string{o.Channel}, o.Or...)
	if x := p.channel(o.Channel); x != nil && len(o.Or) == 0 {
		names = append(names, x.Or...)
	}
	for _, name := range names {
		s := sending{}
		s.channel, _ = p.channelIndex(name)
		if o.orMarketing(o.ObeysCaps) {
			s.counters = p.countersOf(o, name)
		}
		costs := map[int]Micros{}
		add := func(all map[string]Micros) {
			for i, b := range p.budgets {
				if sum, ok := costs[i].plus(all[b.Name]); ok {
					costs[i] = sum
				} else {
					costs[i] = math.MaxInt64 // more than any budget has
				}
			}
		}
		add(o.Costs)
		if x := p.channel(name); x != nil {
			add(x.Costs)
		}
		for i := range p.budgets {
			if costs[i] > 0 {
				s.costs = append(s.costs, cost{i, costs[i]})
			}
		}
		g.sendings = append(g.sendings, s)
	}
}

// countersOf returns the counters that an operation on a channel goes by, in the
// order of their caps' names.
func (p *Policy) countersOf(o *Operation, channel string) (numbers []int) {
	for i := range p.playbook.Caps {
		k := &p.playbook.Caps[i]
		var keys []string
		switch k.Scope {
		case PerCustomer:
			keys = []string{""}
		case PerChannel:
			keys = []string{channel}
		case PerTag:
			keys = o.Tags
		case PerOperation:
			keys = []string{o.Name}
		case PerObjective:
			keys = []string{o.Objective}
		}
		for _, key := range keys {
			if k.On == "" || k.On == key {
				numbers = append(numbers, p.counter(k, key))
			}
		}
	}
	return numbers
}

// counter returns the number of a counter, which is made if it is new.
func (p *Policy) counter(k *Cap, key string) int {
	if i := slices.IndexFunc(p.counters, func(c counter) bool { return c.cap == k && c.key == key }); i >= 0 {
		return i
	}
	c := counter{cap: k, key: key, limit: k.Limit, periods: k.periods(), rolling: k.Calendar == "", business: k.Zone == OfBusiness}
	d, _ := elapsed(k.Rolling)
	c.length = cmp.Or(d.Microseconds(), longest[k.Calendar])
	p.zoned = p.zoned || !c.rolling && !c.business
	p.counters = append(p.counters, c)
	return len(p.counters) - 1
}

// longest bounds the length of a period, with room for a clock that is set back by a day.
var longest = map[Calendar]int64{Day: 2 * microsPerDay, Week: 8 * microsPerDay, Month: 32 * microsPerDay}

// within returns how near outcomes lie that count together.
func (d CoolDown) within() regulars.Span { return cmp.Or(d.Within, d.For) }

// String describes the cool-down, such as "30d after ignored, 3 times within
// 90d".
func (d CoolDown) String() string {
	text := d.For.String() + " after " + cmp.Or(d.After, "sending")
	if d.Times > 1 {
		text += ", " + Micros(d.Times*int(One)).String() + " times within " + d.within().String()
	}
	return text
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
