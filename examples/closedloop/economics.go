package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel/referral"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/term"
)

// economicsSection says what customers cost and bring, and how that may go on.
// What the input has nothing for is null; see skippedSection.
type economicsSection struct {
	// Phase is where the shop stands by its customers a month and by its revenue.
	Phase phaseSection `json:"phase"`
	// Acquisition is null without spend.
	Acquisition *acquisitionSection `json:"acquisition"`
	// Terms is null without terms.
	Terms *termsSection `json:"terms"`
	// KeyActions is null without events.
	KeyActions *lifecycle.KeyActions `json:"keyActions"`
	// Referral is null without invitations.
	Referral *referralSection `json:"referral"`
	// Scorecard says who will become core.
	Scorecard *scorecardSection `json:"scorecard"`
	Watch     *watchSection     `json:"watch"`
}

type phaseSection struct {
	Customers lifecycle.PhaseAt `json:"customers"`
	Revenue   lifecycle.PhaseAt `json:"revenue"`
}

type acquisitionSection struct {
	lifecycle.Acquisition

	Finding string
}

// MarshalJSON writes the acquisition with its finding.
func (s acquisitionSection) MarshalJSON() ([]byte, error) {
	text, err := s.Acquisition.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return withFinding(text, s.Finding)
}

// termsSection says what is due to customers, and who renews.
type termsSection struct {
	Terms int `json:"terms"`
	// Milestones counts the terms that run by the status of each milestone; null
	// without a plan.
	Milestones []milestoneSection `json:"milestones"`
	Renewals   term.Report        `json:"renewals"`
}

type milestoneSection struct {
	Name   string         `json:"name"`
	Status map[string]int `json:"status"`
}

type referralSection struct {
	Report referral.Report `json:"report"`
	// Advocates are the ten who brought most, downstream.
	Advocates []referral.Advocate[string] `json:"advocates"`
}

const (
	horizonMonths = 6 // to which the value of customers is counted
	advocatesKept = 10
	// staysFrom and staysTo bound the days in which a customer must order to have
	// stayed: the second and the third month.
	staysFrom, staysTo = 28, 90
)

// economise finds out what customers cost and bring.
func (a *analysis) economise() error {
	s := &economicsSection{}
	a.worthwhile = s
	revenue := lifecycle.Revenue[string]{Zone: a.in.zone, Until: a.in.asOf}
	for id, o := range a.orders.All() {
		if !o.Counts() {
			continue
		}
		if err := revenue.Add(id, o.At, o.Amount.Sub(o.Refunded)); err != nil {
			return err
		}
	}
	steps := []func(*economicsSection, *lifecycle.Revenue[string]) error{
		a.phases, a.acquire, a.terms, a.keyActions, a.refer, a.grade, a.watch,
	}
	for _, step := range steps {
		if err := step(s, &revenue); err != nil {
			return err
		}
	}
	return nil
}

func (a *analysis) phases(s *economicsSection, revenue *lifecycle.Revenue[string]) (err error) {
	money, err := revenue.Growth(a.nextDay(), lifecycle.GrowthOptions[string]{})
	if err != nil {
		return err
	}
	if s.Phase.Customers, err = (lifecycle.PhasePolicy{}).Growth(a.life.growth); err != nil {
		return err
	}
	s.Phase.Revenue, err = lifecycle.PhasePolicy{}.Revenue(money)
	return err
}

// acquire holds the spend against what customers paid. A customer's channel is
// what the input says it is, or that of the first order.
func (a *analysis) acquire(s *economicsSection, revenue *lifecycle.Revenue[string]) error {
	if a.in.growth.spends == nil {
		return nil
	}
	spend := lifecycle.Spend{Zone: a.in.zone, Until: a.in.asOf}
	for _, x := range a.in.growth.spends {
		if err := spend.Add(x.Channel, x.At, x.Amount); err != nil {
			return err
		}
	}
	channels := a.in.growth.sources
	if channels == nil {
		channels = a.firstChannels()
	}
	found, err := revenue.Acquisition(a.nextDay(), &spend, lifecycle.AcquisitionOptions[string]{
		Channel: func(id string) string { return channels[id] }, Margin: a.in.growth.margin, Horizon: horizonMonths,
	})
	if err != nil {
		return err
	}
	s.Acquisition = &acquisitionSection{found, found.String()}
	return nil
}

// firstChannels are the channels of the customers' first orders.
func (a *analysis) firstChannels() map[string]string {
	rows := slices.Clone(a.in.orders)
	slices.SortStableFunc(rows, func(x, y table.Order) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Channel, y.Channel))
	})
	channels := map[string]string{}
	for _, o := range rows {
		if _, ok := channels[o.Customer]; !ok && o.Amount.Sign() >= 0 {
			channels[o.Customer] = o.Channel
		}
	}
	return channels
}

func (a *analysis) terms(s *economicsSection, _ *lifecycle.Revenue[string]) error {
	g := &a.in.growth
	if g.terms == nil {
		return nil
	}
	var book term.Book[string]
	for _, t := range g.terms {
		t.Customer = a.person(t.Customer)
		if err := book.Add(t); err != nil {
			return fmt.Errorf("%s: %w", g.termsFile, err)
		}
	}
	report, err := book.Report(term.Policy{Ladders: g.ladders, Zone: a.in.zone}, a.in.asOf)
	if err != nil {
		return err
	}
	s.Terms = &termsSection{Terms: book.Len(), Renewals: report}
	if g.plan != nil {
		s.Terms.Milestones, err = a.milestones()
	}
	return err
}

// milestones counts where the terms that run stand.
func (a *analysis) milestones() ([]milestoneSection, error) {
	g := &a.in.growth
	list := make([]milestoneSection, len(g.plan.Milestones))
	for i, m := range g.plan.Milestones {
		list[i] = milestoneSection{m.Name, map[string]int{}}
	}
	plan, happened := *g.plan, a.termEvents()
	plan.Zone = a.in.zone
	for _, t := range g.terms {
		at, err := t.At(plan, happened[a.person(t.Customer)], a.in.asOf)
		if err != nil {
			return nil, err
		}
		for i, m := range at.Milestones {
			if at.State == term.Running {
				list[i].Status[m.Status.String()]++
			}
		}
	}
	return list, nil
}

// termEvents are what was done for customers: what the input says, or else the
// events.
func (a *analysis) termEvents() map[string][]term.Event {
	if a.in.growth.cares != nil || a.in.events == nil {
		return a.in.growth.cares
	}
	events := map[string][]term.Event{}
	for i := range a.in.events.rows {
		e := &a.in.events.rows[i]
		events[e.Customer] = append(events[e.Customer], term.Event{Name: e.Name, At: e.At})
	}
	return events
}

// orderAction names an order among the events.
const orderAction = "order"

// keyActions holds what customers did in their first week against whether they
// order in their second or third month.
func (a *analysis) keyActions(s *economicsSection, _ *lifecycle.Revenue[string]) error {
	if a.in.events == nil {
		return nil
	}
	actions := lifecycle.Actions[string]{Zone: a.in.zone, Until: a.in.asOf}
	for i := range a.in.events.rows {
		e := &a.in.events.rows[i]
		if err := actions.Add(e.Customer, e.Name, e.At); err != nil {
			return err
		}
	}
	tried := actions.Kinds()
	for id, o := range a.orders.All() {
		if !o.Counts() {
			continue
		}
		if err := actions.Add(id, orderAction, o.At); err != nil {
			return err
		}
	}
	found, err := actions.Key(a.nextDay(), lifecycle.KeyOptions[string]{
		From: regulars.Days(staysFrom), To: regulars.Days(staysTo), Outcome: []string{orderAction}, Try: tried,
	})
	if err != nil {
		return err
	}
	s.KeyActions = &found
	return nil
}

// refer finds who brought whom. A customer joined when they were first seen.
func (a *analysis) refer(s *economicsSection, _ *lifecycle.Revenue[string]) error {
	if a.in.growth.invites == nil {
		return nil
	}
	var log referral.Log[string]
	since := a.in.asOf
	for id, at := range a.firstSeen() {
		if at.Before(since) {
			since = at
		}
		if err := log.Join(id, at); err != nil {
			return err
		}
	}
	for _, i := range a.in.growth.invites {
		var err error
		if i.To == "" {
			err = log.Invite(a.person(i.From), i.At)
		} else {
			err = log.InviteTo(a.person(i.From), a.person(i.To), i.At)
		}
		if err != nil {
			return err
		}
	}
	for id, o := range a.orders.All() {
		if !o.Counts() {
			continue
		}
		if err := log.Convert(id, o.At, o.Amount.Sub(o.Refunded)); err != nil {
			return err
		}
	}
	forest, err := log.Resolve(referral.Policy{Since: since, Zone: a.in.zone}, a.in.asOf)
	if err != nil {
		return err
	}
	advocates := forest.Advocates()
	s.Referral = &referralSection{forest.Report(), advocates[:min(advocatesKept, len(advocates))]}
	return nil
}

// firstSeen is when each customer first ordered, came by or did something.
func (a *analysis) firstSeen() map[string]time.Time {
	seen := map[string]time.Time{}
	note := func(id string, at time.Time) {
		if first, ok := seen[id]; !at.After(a.in.asOf) && (!ok || at.Before(first)) {
			seen[id] = at
		}
	}
	for id, o := range a.orders.All() {
		note(id, o.At)
	}
	for _, v := range a.in.visits {
		note(v.Customer, v.At)
	}
	if a.in.events != nil {
		for i := range a.in.events.rows {
			note(a.in.events.rows[i].Customer, a.in.events.rows[i].At)
		}
	}
	return seen
}
