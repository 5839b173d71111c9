package main

import (
	"time"

	"github.com/regulars-go/regulars/lifecycle"
)

// life is where the customers are in their life with the shop.
type life struct {
	log    lifecycle.Log[string]
	policy lifecycle.Policy
	growth []lifecycle.Growth
	// retention has a cohort for each month of first orders.
	retention lifecycle.Retention
	// fitted are the stages' boundaries as the gaps between orders suggest them:
	// after the first order, and after later ones.
	fitted lifecycle.Fitted
}

// follow notes every order that lasted, and accounts for the months.
func (a *analysis) follow() (err error) {
	l := &a.life
	l.log = lifecycle.Log[string]{Zone: a.in.zone, Until: a.in.asOf}
	l.policy = lifecycle.Policy{Zone: a.in.zone}
	for id, o := range a.orders.All() {
		if !o.Counts() {
			continue
		}
		if err := l.log.Add(id, o.At); err != nil {
			return err
		}
	}
	for _, v := range a.in.visits {
		if v.At.After(a.in.asOf) {
			continue
		}
		if err := l.log.Know(v.Customer, v.At); err != nil {
			return err
		}
	}
	if err := a.knowEvents(); err != nil {
		return err
	}
	months := l.log.Activity(lifecycle.Monthly())
	if l.growth, err = months.Growth(a.nextDay(), lifecycle.GrowthOptions[string]{}); err != nil {
		return err
	}
	if l.retention, err = months.Retention(a.nextDay(), lifecycle.RetentionOptions[string]{}); err != nil {
		return err
	}
	l.fitted, err = l.log.Fit(a.in.asOf, lifecycle.FitOptions[string]{After: []int{1, 2}})
	return err
}

// nextDay is the first instant that is not looked at: a month that ends with
// the as-of day is over by then.
func (a *analysis) nextDay() time.Time { return a.in.asOf.Add(time.Microsecond) }

// stage returns the stage of a customer as a label.
func (a *analysis) stage(id string) string {
	history, ok := a.life.log.History(id, a.life.policy, a.in.asOf)
	if !ok {
		return ""
	}
	return a.life.policy.At(history, a.in.asOf).Label()
}

func (a *analysis) lifecycleSection() lifecycleSection {
	l := &a.life
	stages := map[string]int{}
	census := l.log.Count(l.policy, a.in.asOf, nil)
	for _, stage := range lifecycle.Stages() {
		stages[stage.String()] = census.Of(stage)
	}
	return lifecycleSection{Stages: stages, Growth: l.growth, Retention: l.retention, Boundaries: l.fitted}
}
