package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// The month that is played through.
const (
	// waves is how many parts the customers are dealt to. One is served each
	// week, so that each review knows a little more.
	waves     = 4
	waveDays  = 7
	orderDays = 14 // how long after a decision an order counts
	openHour  = 10

	goal       = "another order"
	moneyName  = "offers"
	holdoutPpm = 200_000 // 20 %: a first month is for learning
	margin     = 0.3     // of an order's amount
	guess      = 30_000  // 3 % are taken to order for an operation, until more is known
	leastGroup = 20      // customers of either group who say something
	budgetPart = 0.5     // of what serving everybody would cost
)

// trial is the loop of segment, reach, feedback and adjustment: a month of
// decisions by the playbook, reserved against a budget; how customers respond,
// which is simulated with effects that are known; what the holdout says of them;
// and the playbook of the next month.
type trial struct {
	zone      *time.Location
	day       time.Time // the first
	seed      string
	customers []strategy.Customer
	meanOrder float64
	aims      map[string]string // what each operation is for, in words

	host     strategy.Host
	playbook strategy.Playbook
	policy   *strategy.Policy
	assigner *experiment.Assigner

	left      map[string]strategy.Micros
	decisions strategy.Summary
	log       experiment.Log
	spent     []map[string]strategy.Micros // by wave and operation
	served    map[string]string            // the operation that a customer got
	withheld  int
	verdicts  map[string]map[strategy.Code]int64 // by operation

	reviews   [][]experiment.Proposal // as one wave after the other was ripe
	result    *experiment.Attribution
	effects   experiment.EffectTable
	proposals []experiment.Proposal
	next      *nextMonth
}

func (a *analysis) newTrial(playbook strategy.Playbook, known strategy.Vocabulary) (*trial, error) {
	y, m, d := a.in.asOf.In(a.in.zone).Date()
	t := &trial{
		zone: a.in.zone, day: time.Date(y, m, d+1, openHour, 0, 0, 0, a.in.zone),
		seed: fmt.Sprint(a.in.seed), meanOrder: a.meanOrder(),
		aims: map[string]string{}, served: map[string]string{}, verdicts: map[string]map[strategy.Code]int64{},
	}
	t.host = strategy.Host{Labels: known, Zones: func(string) (*time.Location, error) { return t.zone, nil }}
	t.playbook = t.furnish(playbook)
	return t, nil
}

// meanOrder is what an order brings on average; 0 if there is none.
func (a *analysis) meanOrder() float64 {
	sum, n := 0.0, 0
	for _, o := range a.orders.All() {
		sum += o.Amount.Sub(o.Refunded).InexactFloat64()
		n++
	}
	if n == 0 || sum < 0 {
		return 0
	}
	return sum / float64(n)
}

// furnish gives a playbook all that a month needs: one objective under a north
// star, a holdout, a budget, caps and quiet hours, and what operations are
// worth and cost.
func (t *trial) furnish(p strategy.Playbook) strategy.Playbook {
	p.Name = "first month"
	p.Zone = t.zone.String()
	p.NorthStar = "revenue"
	p.Metrics = []strategy.Metric{
		{Name: "revenue", Unit: "money", Product: []string{"customers", "orders of a customer", "basket"}},
		{Name: "customers", Unit: "customers"},
		{Name: "orders of a customer", Rate: true},
		{Name: "basket", Unit: "money"},
	}
	p.Objectives = []strategy.Objective{{
		Name: goal, Step: "order again", Metric: "orders of a customer",
		Population: strategy.Audience{}, Baseline: 0.15, Target: 0.2,
		Start: t.day, Deadline: t.day.AddDate(0, 3, 0), Window: regulars.Days(orderDays),
	}}
	p.Holdouts = []strategy.Holdout{{Name: "control", Salt: "control of " + t.seed, Share: holdoutPpm}}
	if month, err := regulars.ParseSpan("720h"); err == nil {
		p.Caps = append(p.Caps, strategy.Cap{Name: "four a month", Limit: 4, Rolling: month})
	}
	p.QuietHours = append(p.QuietHours, strategy.QuietHours{Start: strategy.NewClock(21, 0), End: strategy.NewClock(8, 0)})
	p.Operations = slices.Clone(p.Operations)
	worth, _ := strategy.MicrosOf(margin * t.meanOrder)
	for i := range p.Operations {
		t.price(&p.Operations[i], worth)
	}
	if p.Fallback != nil {
		fallback := *p.Fallback
		t.price(&fallback, worth)
		p.Fallback = &fallback
	}
	return p
}

// price says what an operation is worth when it works, and what it costs.
func (t *trial) price(o *strategy.Operation, worth strategy.Micros) {
	t.aims[o.Name] = o.Objective
	o.Objective = goal
	o.Value, o.Propensity = worth, guess
	if cost, ok := strategy.MicrosOf(assumed(*o).cost * t.meanOrder); ok && cost > 0 {
		o.Costs = map[string]strategy.Micros{moneyName: cost}
	}
}

func (t *trial) enrol(c strategy.Customer) { t.customers = append(t.customers, c) }

// opens is when a wave is served.
func (t *trial) opens(wave int) time.Time { return t.day.AddDate(0, 0, wave*waveDays) }

// run plays the month through.
func (t *trial) run() error {
	for _, step := range []func() error{t.fund, t.serve, t.judge, t.plan} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// fund sets the budget to a part of what it would take to serve everybody, and
// compiles the policy.
func (t *trial) fund() (err error) {
	whole := t.playbook
	costs := strategy.Micros(1)
	for _, o := range t.playbook.Operations {
		costs = max(costs, o.Costs[moneyName])
	}
	limit := strategy.Micros(len(t.customers)+1) * costs
	whole.Budgets = []strategy.Budget{{Name: moneyName, Unit: "money", Limit: limit}}
	policy, err := t.host.NewPolicy(whole)
	if err != nil {
		return err
	}
	flight, err := policy.Preflight(slices.Values(t.customers), t.day)
	if err != nil {
		return err
	}
	limit = max(1, strategy.Micros(budgetPart*float64(flight.Budgets[0].Spend)))
	t.playbook.Budgets = []strategy.Budget{{Name: moneyName, Unit: "money", Limit: limit}}
	t.left = map[string]strategy.Micros{moneyName: limit}
	if t.policy, err = t.host.NewPolicy(t.playbook); err != nil {
		return err
	}
	t.assigner, err = experiment.NewAssigner(t.host, t.playbook)
	return err
}

// serve decides for one wave after the other.
func (t *trial) serve() error {
	t.spent = make([]map[string]strategy.Micros, waves)
	for wave := range waves {
		t.spent[wave] = map[string]strategy.Micros{}
		for _, c := range t.customers {
			if t.wave(c.ID) != wave {
				continue
			}
			if err := t.decide(c, wave); err != nil {
				return err
			}
		}
	}
	return nil
}

// wave is the one in which a customer is served, as likely as any other.
func (t *trial) wave(id string) int {
	wave, _ := strategy.NewBucketer("wave", t.seed).Bucket(id).Pick(slices.Repeat([]uint64{1}, waves)...)
	return wave
}

// decide serves one customer, or withholds. What is left of the budget is part
// of the case, for those who are held out too: so the two groups are alike when
// the money is gone.
func (t *trial) decide(c strategy.Customer, wave int) error {
	at := t.opens(wave)
	r, err := t.policy.Record(strategy.Case{Customer: c, Now: at, Key: c.ID, Left: t.left})
	if err != nil {
		return err
	}
	if err := t.decisions.Add(r.Decision); err != nil {
		return err
	}
	t.note(r.Decision)
	operation := r.Decision.Chosen
	for _, spend := range t.policy.Costs(operation, r.Decision.Channel) {
		t.left = maps.Clone(t.left) // records keep what was left before
		t.left[spend.Budget] -= spend.Amount
		t.spent[wave][operation] += spend.Amount
	}
	if operation != "" {
		t.served[c.ID] = operation
	}
	stake, ok, err := t.assigner.Assign(r)
	if err != nil {
		return err
	}
	if ok {
		if err := t.log.AddAssignment(stake); err != nil {
			return err
		}
	}
	return t.respond(c, operation, at)
}

// note counts the verdicts by operation.
func (t *trial) note(d strategy.Decision) {
	if len(d.HeldOut) > 0 {
		t.withheld++
	}
	for _, v := range d.Verdicts {
		if t.verdicts[v.Operation] == nil {
			t.verdicts[v.Operation] = map[strategy.Code]int64{}
		}
		t.verdicts[v.Operation][v.Code]++
	}
}

// judge reviews the evidence as each wave is ripe.
func (t *trial) judge() error {
	reviewer := experiment.Reviewer{Least: leastGroup}
	spend := map[string]strategy.Micros{}
	var standing []experiment.Standing
	for wave := range waves {
		for operation, amount := range t.spent[wave] {
			spend[operation] += amount
		}
		at := t.opens(wave).AddDate(0, 0, orderDays)
		result, err := t.log.Attribute(experiment.Rules{Window: regulars.Days(orderDays), Zone: t.zone, AsOf: at})
		if err != nil {
			return err
		}
		proposals, after, err := reviewer.Review(t.playbook, result.Evidence(t.playbook, spend, experiment.IntervalLevel), standing)
		if err != nil {
			return err
		}
		standing = after
		t.reviews = append(t.reviews, proposals)
		t.result = result
	}
	t.proposals = latest(t.reviews)
	var err error
	t.effects, err = t.result.Effects(experiment.EffectRules{
		Metrics: map[string]experiment.Metric{goal: experiment.Share}, Keys: []string{"stage"}, Least: leastGroup,
	})
	return err
}

// latest returns what is proposed for each operation, by name: its last change,
// as nothing is carried out before the month is over, or else what the last
// review says.
func latest(reviews [][]experiment.Proposal) []experiment.Proposal {
	last := map[string]experiment.Proposal{}
	for _, proposals := range reviews {
		for _, p := range proposals {
			if was, ok := last[p.Operation]; !ok || was.Action == experiment.Keep || p.Action != experiment.Keep {
				last[p.Operation] = p
			}
		}
	}
	list := slices.Collect(maps.Values(last))
	slices.SortFunc(list, func(a, b experiment.Proposal) int { return strings.Compare(a.Operation, b.Operation) })
	return list
}

// lift returns what an operation changed; none is all of them.
func (t *trial) lift(operations ...string) experiment.Lift {
	return t.result.Lift(experiment.Question{Objective: goal, Operations: operations, Metric: experiment.Share}, experiment.IntervalLevel)
}

// atStake are the operations that somebody got or was denied, as they rank.
func (t *trial) atStake() []string {
	return slices.DeleteFunc(t.policy.Operations(), func(operation string) bool {
		l := t.lift(operation)
		return cmp.Or(l.Effect.Treated.N, l.Effect.Control.N) == 0
	})
}
