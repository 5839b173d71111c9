package strategy

import (
	"fmt"
	"iter"
	"time"
)

// Difference is a case on which two decisions differ.
type Difference struct {
	Customer string    `json:"customer"`
	Slot     string    `json:"slot,omitempty"`
	At       time.Time `json:"at"`
	// From and To are the operations chosen, "" for none, with their channels.
	From        string `json:"from"`
	FromChannel string `json:"fromChannel,omitempty"`
	To          string `json:"to"`
	ToChannel   string `json:"toChannel,omitempty"`
	// Stage is the first at which a candidate came to another end, and Operation
	// that candidate. The stage is empty if only one of the policies has it.
	Stage     Stage  `json:"stage,omitempty"`
	Operation string `json:"operation"`
}

// Compare returns how one decision differs from another on the same case; false
// if the same operation is sent by the same channel, or waited for.
func Compare(from, to Decision) (Difference, bool) {
	if from.Chosen == to.Chosen && from.Channel == to.Channel && from.Waits == to.Waits {
		return Difference{}, false
	}
	d := Difference{
		Customer: to.Customer, Slot: to.Slot, At: to.At,
		From: from.Chosen, FromChannel: from.Channel, To: to.Chosen, ToChannel: to.Channel,
	}
	found := false
	note := func(stage Stage, operation string) {
		if !found || stage < d.Stage {
			d.Stage, d.Operation, found = stage, operation, true
		}
	}
	for i := range from.Verdicts {
		was := &from.Verdicts[i]
		is := to.verdictOf(was.Operation)
		switch {
		case is == nil:
			note(0, was.Operation)
		case was.Stage != is.Stage || was.Code != is.Code || was.Channel != is.Channel:
			note(min(was.Stage, is.Stage), was.Operation)
		}
	}
	for i := range to.Verdicts {
		if is := &to.Verdicts[i]; from.verdictOf(is.Operation) == nil {
			note(0, is.Operation)
		}
	}
	return d, true
}

func (d *Decision) verdictOf(operation string) *Verdict {
	for i := range d.Verdicts {
		if d.Verdicts[i].Operation == operation {
			return &d.Verdicts[i]
		}
	}
	return nil
}

// MaxDifferences is how many differences a [Comparison] lists.
const MaxDifferences = 1000

// Comparison is what a candidate policy would have done on the cases of another.
// Each case is judged by the facts as they were recorded: that the candidate
// would have made other facts is not foreseen.
type Comparison struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Records int64  `json:"records"`
	// Unfaithful is how many records the policy that they name no longer gives.
	Unfaithful int64 `json:"unfaithful"`
	// Changed is how many cases differ, and Stages by which stage first.
	Changed int64        `json:"changed"`
	Stages  []StageCount `json:"stages"`
	// Operations has how often each was chosen, Budgets what is spent, and Caps how
	// many candidates each held back, all by name.
	Operations []Shift `json:"operations"`
	Budgets    []Cost  `json:"budgets"`
	Caps       []Shift `json:"caps"`
	// Differences has the first [MaxDifferences] in the order of the records.
	Differences []Difference `json:"differences"`
}

// StageCount is how many cases differ first at a stage.
type StageCount struct {
	Stage Stage `json:"stage"`
	Cases int64 `json:"cases"`
}

// Shift is a count under the policy that decided, and under the candidate.
type Shift struct {
	Name   string `json:"name"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
}

// Cost is what a budget is charged under the policy that decided, and under the
// candidate, whose limit it is.
type Cost struct {
	Budget string `json:"budget"`
	Before Micros `json:"before"`
	After  Micros `json:"after"`
	Limit  Micros `json:"limit"`
}

// Backtest decides on the records of p anew by a candidate. A record of another
// policy is [ErrOtherPolicy], and one of other rules [ErrOtherEngine]; spending
// out of range is an error, too.
func (p *Policy) Backtest(candidate *Policy, records iter.Seq[Record]) (Comparison, error) {
	t := tally{comparison: Comparison{From: p.id, To: candidate.id, Stages: []StageCount{}, Differences: []Difference{}}}
	for r := range records {
		if r.Decision.Policy != p.id {
			return Comparison{}, fmt.Errorf("%w: %q, not %q", ErrOtherPolicy, r.Decision.Policy, p.id)
		}
		again, err := p.Replay(r)
		if err != nil {
			return Comparison{}, err
		}
		if _, differs := Compare(r.Decision, again.Decision); differs || again.Context != r.Context {
			t.comparison.Unfaithful++
		}
		other := candidate.DecideCase(r.Case)
		if err := t.add(p, candidate, &r.Decision, &other); err != nil {
			return Comparison{}, err
		}
	}
	return t.finish(), nil
}

// tally adds up a comparison.
type tally struct {
	comparison       Comparison
	stages           [StageReserve + 1]int64
	operations, caps map[string]*Shift
	budgets          map[string]*Cost
}

func (t *tally) add(was, is *Policy, from, to *Decision) error {
	if t.operations == nil {
		t.operations, t.caps, t.budgets = map[string]*Shift{}, map[string]*Shift{}, map[string]*Cost{}
		t.list(was)
		t.list(is)
	}
	t.comparison.Records++
	if d, differs := Compare(*from, *to); differs {
		t.comparison.Changed++
		t.stages[d.Stage]++
		if len(t.comparison.Differences) < MaxDifferences {
			t.comparison.Differences = append(t.comparison.Differences, d)
		}
	}
	for _, v := range from.Verdicts {
		t.verdict(v, func(s *Shift) *int64 { return &s.Before })
	}
	for _, v := range to.Verdicts {
		t.verdict(v, func(s *Shift) *int64 { return &s.After })
	}
	if err := t.spend(was.Costs(from.Chosen, from.Channel), func(c *Cost) *Micros { return &c.Before }); err != nil {
		return err
	}
	return t.spend(is.Costs(to.Chosen, to.Channel), func(c *Cost) *Micros { return &c.After })
}

// list makes room for all that a policy has, so that a 0 is shown, too.
func (t *tally) list(p *Policy) {
	for _, name := range p.Operations() {
		t.operations[name] = &Shift{Name: name}
	}
	for _, k := range p.playbook.Caps {
		t.caps[k.Name] = &Shift{Name: k.Name}
	}
	for _, b := range p.budgets {
		t.budgets[b.Name] = &Cost{Budget: b.Name, Limit: b.Limit}
	}
}

func (t *tally) verdict(v Verdict, side func(*Shift) *int64) {
	switch v.Code {
	case Chosen:
		if s := t.operations[v.Operation]; s != nil {
			*side(s)++
		}
	case Capped:
		if s := t.caps[v.Detail]; s != nil {
			*side(s)++
		}
	}
}

func (t *tally) spend(spends []Spend, side func(*Cost) *Micros) error {
	for _, s := range spends {
		sum := side(t.budgets[s.Budget])
		total, ok := sum.plus(s.Amount)
		if !ok {
			return fmt.Errorf("strategy: spending of %q is out of range", s.Budget)
		}
		*sum = total
	}
	return nil
}

func (t *tally) finish() Comparison {
	c := t.comparison
	for stage, n := range t.stages {
		if n > 0 {
			c.Stages = append(c.Stages, StageCount{Stage(stage), n})
		}
	}
	c.Operations, c.Caps, c.Budgets = []Shift{}, []Shift{}, []Cost{}
	for _, name := range sortedKeys(t.operations) {
		c.Operations = append(c.Operations, *t.operations[name])
	}
	for _, name := range sortedKeys(t.caps) {
		c.Caps = append(c.Caps, *t.caps[name])
	}
	for _, name := range sortedKeys(t.budgets) {
		c.Budgets = append(c.Budgets, *t.budgets[name])
	}
	return c
}
