package strategy

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// flight is a preflight under way.
type flight struct {
	policy     *Policy
	report     Preflight
	verdicts   []Verdict
	codes      [][codeCount]int64
	spent      [][]Micros // by gate and budget
	audiences  []audienceRule
	seenLabels map[string]*LeftOut
	labels     bitSet
	numbers    bitSet
	consents   bitSet // channels
}

func newFlight(p *Policy) *flight {
	f := &flight{
		policy: p, report: Preflight{Policy: p.id}, verdicts: make([]Verdict, 0, len(p.gates)),
		codes: make([][codeCount]int64, len(p.gates)), spent: make([][]Micros, len(p.gates)), seenLabels: map[string]*LeftOut{},
		labels: make(bitSet, words(len(p.labels))), numbers: make(bitSet, words(len(p.figures))), consents: make(bitSet, words(len(p.channels))),
	}
	for i := range p.gates {
		f.report.Operations = append(f.report.Operations, OperationForecast{Operation: p.gates[i].operation})
		f.spent[i] = make([]Micros, len(p.budgets))
	}
	for i := range p.playbook.Objectives {
		o := &p.playbook.Objectives[i]
		f.report.Objectives = append(f.report.Objectives, ObjectiveForecast{Objective: o.Name})
		f.audiences = append(f.audiences, p.audienceRule(o.audience()))
	}
	return f
}

func (f *flight) add(c *Case) error {
	p := f.policy
	var few scratch
	s := p.look(c, &few)
	d := p.decide(f.verdicts, c)
	f.report.Customers++
	if d.ZoneAssumed {
		f.report.ZoneAssumed++
	}
	f.inputs(&s)
	withheld := f.operations(&s, d.Verdicts)
	f.objectives(&s)
	switch {
	case d.Chosen != "":
		f.report.Served++
	case withheld:
		f.report.HeldOut++
	}
	f.leftOut(c.Customer.Labels, d.Chosen == "" && !withheld)
	return f.spend(&d)
}

// operations counts the verdicts, and reports whether a holdout withholds
// something that the customer would get otherwise.
func (f *flight) operations(s *situation, verdicts []Verdict) (withheld bool) {
	p := f.policy
	for i := range p.gates {
		g, o, v := &p.gates[i], &f.report.Operations[i], &verdicts[i]
		f.codes[i][v.Code]++
		if v.Code == Chosen {
			o.Chosen++
		}
		var found finding
		if !p.fits(g, s, &found) {
			continue
		}
		o.Audience++
		if v.Code == HeldOut {
			o.HeldOut++
			s.blind = true
			p.judge(g, s, &found)
			s.blind = false
			withheld = withheld || found.code == Chosen
		}
	}
	return withheld
}

func (f *flight) objectives(s *situation) {
	p := f.policy
	for i := range f.audiences {
		if code, _ := p.audience(&f.audiences[i], s); code != 0 {
			continue
		}
		o := &f.report.Objectives[i]
		o.Customers++
		for j, h := range p.playbook.Holdouts {
			if (h.everything() || h.Objective == o.Objective) && s.heldOut.has(j) {
				o.HeldOut++
				break
			}
		}
	}
}

// inputs notes what the customer has of what the policy asks for.
func (f *flight) inputs(s *situation) {
	for i := range f.labels {
		f.labels[i] |= s.labels[i]
	}
	for i, x := range s.figures {
		if !math.IsNaN(x) {
			f.numbers.set(i)
		}
	}
	for _, consent := range s.c.Customer.Consents {
		if i, ok := f.policy.channelIndex(consent.Channel); ok && consent.Granted {
			f.consents.set(i)
		}
	}
}

func (f *flight) leftOut(labels []string, unserved bool) {
	for i, label := range labels {
		if slices.Contains(labels[:i], label) {
			continue
		}
		x := f.seenLabels[label]
		if x == nil {
			if len(f.seenLabels) >= MaxSeenLabels {
				f.report.OtherLabels++
				continue
			}
			x = &LeftOut{Label: label}
			f.seenLabels[label] = x
		}
		x.Customers++
		if unserved {
			x.Unserved++
		}
	}
}

func (f *flight) spend(d *Decision) error {
	if d.Chosen == "" {
		return nil
	}
	gate := f.policy.index[d.Chosen]
	for _, c := range f.policy.sendingOf(d.Chosen, d.Channel).costs {
		sum, ok := f.spent[gate][c.budget].plus(c.amount)
		if !ok {
			return fmt.Errorf("strategy: spending of %q is out of range", f.policy.budgets[c.budget].Name)
		}
		f.spent[gate][c.budget] = sum
	}
	return nil
}

func (f *flight) finish() Preflight {
	p, r := f.policy, &f.report
	for i := range r.Operations {
		f.finishOperation(i)
	}
	for i := range r.Objectives {
		o, plan := &r.Objectives[i], &p.playbook.Objectives[i]
		if needed, ok := plan.Needed(p.playbook.controlShare(plan.Name)); ok {
			o.Needed, o.Shown = needed, o.Customers >= needed
		}
	}
	r.Budgets = f.budgets()
	r.LeftOut = []LeftOut{}
	for _, label := range sortedKeys(f.seenLabels) {
		if x := f.seenLabels[label]; x.Unserved > 0 {
			r.LeftOut = append(r.LeftOut, *x)
		}
	}
	slices.SortStableFunc(r.LeftOut, func(a, b LeftOut) int { return cmp.Compare(b.Unserved, a.Unserved) })
	r.Lacks = f.lacks()
	if r.Objectives == nil {
		r.Objectives = []ObjectiveForecast{}
	}
	return *r
}

func (f *flight) finishOperation(i int) {
	p, o := f.policy, &f.report.Operations[i]
	o.Verdicts, o.Spend = []CodeCount{}, []BudgetForecast{}
	for code, n := range f.codes[i] {
		if n > 0 {
			o.Verdicts = append(o.Verdicts, CodeCount{Code(code), n})
		}
	}
	slices.SortStableFunc(o.Verdicts, func(a, b CodeCount) int { return cmp.Compare(b.Times, a.Times) })
	for b, amount := range f.spent[i] {
		if amount > 0 {
			o.Spend = append(o.Spend, BudgetForecast{p.budgets[b].Name, amount, p.budgets[b].Limit})
		}
	}
	objective := p.playbook.all()[i].Objective
	j := slices.IndexFunc(p.playbook.Objectives, func(x Objective) bool { return x.Name == objective })
	if j < 0 {
		return
	}
	if effect, ok := p.playbook.Objectives[j].smallest(float64(o.HeldOut), float64(o.Audience-o.HeldOut)); ok {
		o.SmallestEffect = &effect
	}
}

// budgets adds up what all operations spend. What does not fit a Micros is more
// than any limit; it is shown as the most there is.
func (f *flight) budgets() []BudgetForecast {
	all := []BudgetForecast{}
	for b := range f.policy.budgets {
		x := BudgetForecast{Budget: f.policy.budgets[b].Name, Limit: f.policy.budgets[b].Limit}
		for i := range f.spent {
			sum, ok := x.Spend.plus(f.spent[i][b])
			if !ok {
				sum = math.MaxInt64
			}
			x.Spend = sum
		}
		all = append(all, x)
	}
	return all
}

func (f *flight) lacks() Lacks {
	p := f.policy
	l := Lacks{Labels: []string{}, Numbers: []string{}, Consents: []string{}}
	for i, label := range p.labels {
		if !f.labels.has(i) {
			l.Labels = append(l.Labels, label)
		}
	}
	for i, name := range p.figures {
		if !f.numbers.has(i) {
			l.Numbers = append(l.Numbers, name)
		}
	}
	for i := range p.channels {
		if p.channels[i].consent != NoneNeeded && !f.consents.has(i) {
			l.Consents = append(l.Consents, p.channels[i].name)
		}
	}
	return l
}
