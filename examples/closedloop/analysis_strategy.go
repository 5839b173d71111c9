package main

import (
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// decide chooses an operation for everybody by the starter playbook, those who
// have only come to look included, and plays the month that follows through.
func (a *analysis) decide() (err error) {
	playbook, vocabulary := strategy.Starter(), strategy.StarterLabels()
	if a.conversion != nil {
		a.conversion.remind(&playbook, vocabulary)
	}
	a.ledger.know(vocabulary)
	if a.persona != nil {
		a.persona.know(vocabulary)
	}
	if a.trial, err = a.newTrial(playbook, vocabulary); err != nil {
		return err
	}
	for id := range a.everybody {
		customer := strategy.Customer{ID: id, Labels: a.labels(id)}
		if err := customer.Validate(vocabulary); err != nil {
			return err
		}
		a.trial.enrol(customer)
	}
	return a.trial.run()
}

// everybody ranges over all who have a record, came by or did something.
func (a *analysis) everybody(yield func(string) bool) {
	for id := range a.visitors {
		if !yield(id) {
			return
		}
	}
	if a.conversion == nil {
		return
	}
	for _, id := range a.conversion.customers {
		_, ordered := a.tally.Record(id)
		_, visited := a.groups.visits[id]
		if !ordered && !visited && !yield(id) {
			return
		}
	}
}

func (a *analysis) strategySection() strategySection {
	t := a.trial
	d := &t.decisions
	s := strategySection{
		Customers: d.Customers(), Unserved: d.Unserved(), Verdicts: map[string]int64{},
		From: t.opens(0).Format(time.DateOnly), Simulated: true,
		Holdout: t.holdoutSection(), Lift: t.liftSections(), Overall: t.overall(),
		Proposals: t.proposalSections(), Budget: t.budgetSection(), Next: t.nextSection(),
	}
	for _, name := range t.policy.Operations() {
		operation, _ := t.policy.Operation(name)
		s.Decisions = append(s.Decisions, operationSection{
			Operation: name, Objective: t.aims[name], Channel: operation.Channel,
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
