package main

import (
	"github.com/regulars-go/regulars/strategy"
)

// decide chooses an operation for everybody by the starter playbook, those who
// have only come to look included.
func (a *analysis) decide() (err error) {
	if a.policy, err = strategy.NewPolicy(strategy.Starter()); err != nil {
		return err
	}
	vocabulary := strategy.StarterLabels()
	for id := range a.visitors {
		customer := strategy.Customer{ID: id, Labels: a.labels(id)}
		if err := customer.Validate(vocabulary); err != nil {
			return err
		}
		if err := a.decisions.Add(a.policy.Decide(customer, a.in.asOf)); err != nil {
			return err
		}
	}
	return nil
}

func (a *analysis) strategySection() strategySection {
	d := &a.decisions
	s := strategySection{Customers: d.Customers(), Unserved: d.Unserved(), Verdicts: map[string]int64{}}
	for _, name := range a.policy.Operations() {
		operation, _ := a.policy.Operation(name)
		s.Decisions = append(s.Decisions, operationSection{
			Operation: name, Objective: operation.Objective, Channel: operation.Channel,
			Audience: operation.Audience.String(), Customers: d.Of(name, strategy.Chosen),
		})
	}
	for _, code := range strategy.Codes() {
		if n := d.Verdicts(code); n > 0 {
			s.Verdicts[code.String()] = n
		}
	}
	return s
}
