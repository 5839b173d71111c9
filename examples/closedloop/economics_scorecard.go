package main

import (
	"errors"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/scorecard"
	"github.com/regulars-go/regulars/rfm"
)

// scorecardSection says who will become core, learnt from who did: the profiles
// are of From, when the orders were looked at as of then, and what counts is who
// was core at the as-of day.
type scorecardSection struct {
	Goal string `json:"goal"`
	From string `json:"from"`
	// Reason says why there is no card; the rest is then empty.
	Reason string `json:"reason,omitzero"`
	// Card was fitted to 70 in 100 customers, and Evaluation is of the others.
	Card       *scorecard.Card       `json:"card"`
	Evaluation *scorecard.Evaluation `json:"evaluation"`
	// Grades are how many of the customers who are not core now have which grade.
	Grades map[string]int `json:"grades"`
}

const (
	gradeDays = 90  // between the profile and the outcome
	heldBack  = 0.3 // of the customers
)

// orderSchema is what orders tell of a customer at a moment. What was spent is in
// percent of what the core begins at, so that it needs no currency.
const orderSchema = `{"attributes": [
	{"name": "days since order", "kind": "int"}, {"name": "days as customer", "kind": "int"},
	{"name": "orders", "kind": "int"}, {"name": "percent of core", "kind": "int"}]}`

// orderFeatures are the bands in which they are looked at.
const orderFeatures = `[
	{"attribute": "days since order", "cuts": [15, 30, 60, 120]},
	{"attribute": "days as customer", "cuts": [60, 120, 240, 360]},
	{"attribute": "orders", "cuts": [2, 3, 5, 8]},
	{"attribute": "percent of core", "cuts": [10, 25, 50, 75]}]`

// grade fits a card to who became core within a quarter, and grades those who
// are not core yet.
func (a *analysis) grade(s *economicsSection, _ *lifecycle.Revenue[string]) error {
	from := regulars.Days(gradeDays).Before(a.in.asOf, a.in.zone)
	card := &scorecardSection{Goal: rfm.Core.Label(), From: from.Format(time.DateOnly), Grades: map[string]int{}}
	s.Scorecard = card
	if !a.groups.layered {
		card.Reason = "nobody has spent anything"
		return nil
	}
	g, err := a.newGrading(from)
	if err != nil {
		return err
	}
	if g == nil {
		card.Reason = "no order is so old that its customer could have become core since"
		return nil
	}
	if card.Card, err = scorecard.Fit(&g.fit, scorecard.Policy{Name: "core"}); err != nil {
		card.Card, card.Reason = nil, err.Error()
		if errors.Is(err, scorecard.ErrNothingToLearn) {
			card.Reason = "nobody became core since, or everybody did"
		}
		return nil
	}
	evaluation, err := card.Card.Evaluate(&g.held)
	if err != nil {
		return err
	}
	card.Evaluation = &evaluation
	for _, p := range a.people {
		if a.groups.layering.Layer(p.record.Net()) == rfm.Core {
			continue
		}
		profile, err := g.profile(p.record, a.in.asOf)
		if err != nil {
			return err
		}
		score, err := card.Card.Score(profile, a.in.asOf)
		if err != nil {
			return err
		}
		card.Grades[score.Grade]++
	}
	return nil
}

// grading has the cases of a card.
type grading struct {
	a         *analysis
	schema    *persona.Schema
	fit, held scorecard.Sample
}

// newGrading looks at the orders as they were at a moment, refunds that came later
// left out, and at the layers now; nil if there was nobody then.
func (a *analysis) newGrading(from time.Time) (*grading, error) {
	orders, err := rfm.Consolidate(a.in.rows, a.in.rowPolicy(from))
	if err != nil {
		return nil, err
	}
	tally, err := orders.Tally()
	if err != nil || tally.Len() == 0 {
		return nil, err
	}
	g := &grading{a: a}
	if g.schema, err = persona.ParseSchema([]byte(orderSchema), nil); err != nil {
		return nil, err
	}
	features, err := scorecard.ParseFeatures([]byte(orderFeatures))
	if err != nil {
		return nil, err
	}
	layout, err := scorecard.NewLayout(g.schema, features)
	if err != nil {
		return nil, err
	}
	g.fit.Layout, g.held.Layout = layout, layout
	for id, then := range tally.All() {
		now, _ := a.tally.Record(id)
		profile, err := g.profile(then, from)
		if err != nil {
			return nil, err
		}
		layers := a.groups.layering
		sample := &g.fit
		if scorecard.HeldBack("core", id, heldBack) {
			sample = &g.held
		}
		outcome := scorecard.Become(rfm.Core.Label(), []string{layers.Layer(then.Net()).Label()}, []string{layers.Layer(now.Net()).Label()})
		if err := sample.Add(scorecard.Case{Profile: profile, AsOf: from, Outcome: outcome}); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// profile is what a record tells as of a moment; of one without an order that
// counts nothing is known.
func (g *grading) profile(r rfm.Record, at time.Time) (persona.Profile, error) {
	values := map[string]persona.Value{}
	if r.Orders > 0 {
		days := func(since time.Time) persona.Value { return persona.Int(int64(at.Sub(since).Hours() / 24)) }
		percent := r.Net().Shift(2).Div(g.a.groups.layering.Core)
		values["days since order"], values["days as customer"] = days(r.Last), days(r.First)
		values["orders"], values["percent of core"] = persona.Int(int64(r.Orders)), persona.Int(percent.IntPart())
	}
	return g.schema.NewProfile(values)
}
