package strategy

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

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
		text += fmt.Sprintf(", %d times within %v", d.Times, d.within())
	}
	return text
}
