package main

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// scores is how many grades a metric is cut into.
const scores = 5

// analysis is all that is found out about the customers.
type analysis struct {
	in     *input
	orders *rfm.Orders[string]
	tally  *rfm.Tally[string]
	model  rfm.Model
	grid   rfm.Map

	places        int32 // the most decimals that an amount has
	people        []person
	prospects     int
	concentration *rfm.Concentration

	groups    groups
	before    *past // nil without -since
	life      life
	worth     worth
	migration *rfm.Migration // nil without -since
	trial     *trial         // nil without orders

	conversion *conversion // nil without events
	ledger     *ledger     // nil without orders
	who        *union      // nil without sightings
	persona    *portrayal  // nil without profiles

	worthwhile *economicsSection // nil without orders
}

// person is one customer with a score.
type person struct {
	id      string
	record  rfm.Record
	score   rfm.Score
	segment string
}

func analyse(in *input) (*analysis, error) {
	a := &analysis{in: in, grid: rfm.Grid()}
	err := a.identify()
	if err != nil {
		return nil, err
	}
	if in.orders == nil {
		return a, cmp.Or(a.convert(), a.portray())
	}
	if a.orders, err = rfm.Consolidate(in.rows, in.rowPolicy(in.asOf)); err != nil {
		return nil, err
	}
	for _, o := range a.orders.All() {
		a.places = min(max(a.places, -o.Amount.Exponent()), mostPlaces)
	}
	if a.tally, err = a.orders.Tally(); err != nil {
		return nil, err
	}
	if a.model, err = rfm.Fit(a.tally.All(), in.asOf, rfm.Quantiles(scores)); err != nil {
		return nil, a.noOrders(err, in.asOf)
	}
	for id, record := range a.tally.All() {
		score := a.model.Score(record)
		if score.IsZero() {
			a.prospects++
			continue
		}
		a.people = append(a.people, person{id, record, score, a.grid.Segment(score)})
	}
	if a.concentration, err = rfm.Concentrate(a.spend); err != nil {
		return nil, err
	}
	for _, step := range []func() error{a.group, a.migrate, a.follow, a.estimate, a.convert, a.earn, a.portray, a.economise, a.decide} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// noOrders adds to an error of fitting when there are orders.
func (a *analysis) noOrders(err error, asOf time.Time) error {
	if !errors.Is(err, rfm.ErrNoCustomers) {
		return err
	}
	first := a.in.orders[0].At
	for _, o := range a.in.orders {
		if o.At.Before(first) {
			first = o.At
		}
	}
	return fmt.Errorf("%s: no order that counts by %s; the first row is of %s",
		a.in.source, asOf.Format(time.DateOnly), first.In(a.in.zone).Format(time.DateOnly))
}

// spend ranges over what each customer is worth.
func (a *analysis) spend(yield func(decimal.Decimal) bool) {
	for _, p := range a.people {
		if !yield(p.record.Net()) {
			return
		}
	}
}

func (a *analysis) document() document {
	d := document{Input: a.inputSection(), Identity: a.identitySection(), Funnel: a.funnelSection(), Persona: a.personaSection(), Skipped: a.skipped()}
	if a.in.orders == nil {
		return d
	}
	d.RFM = new(a.rfmSection())
	d.Layers = a.layersSection()
	d.Migration = a.migrationSection()
	d.Lifecycle = new(a.lifecycleSection())
	d.CLV = new(a.clvSection())
	d.Loyalty = a.ledger.section
	d.Economics = a.worthwhile
	d.Strategy = new(a.strategySection())
	return d
}

func (a *analysis) inputSection() inputSection {
	s := inputSection{Source: a.in.source, Zone: a.in.zone.String(), Events: a.eventsInput(), SetAside: map[string]int{}}
	from, to := a.period()
	s.From, s.To = from.Format(time.DateOnly), to.Format(time.DateOnly)
	if a.in.orders == nil {
		return s
	}
	r := a.orders.Report
	s.Rows = r.Lines + int(a.in.malformed.Rows)
	s.Orders, s.Refunds, s.Customers = r.Orders, r.Refunds, a.tally.Len()
	s.SetAside = a.setAside()
	total := decimal.Zero
	for _, o := range a.orders.All() {
		total = total.Add(o.Amount).Sub(o.Refunded)
	}
	s.Total = money(total)
	return s
}

// period returns when the first and the last order came in, or without orders
// the first and the last event. Profiles alone are as of one day.
func (a *analysis) period() (from, to time.Time) {
	if a.conversion == nil && a.in.orders == nil {
		return a.in.asOf, a.in.asOf
	}
	if a.in.orders == nil {
		return a.conversion.first().In(a.in.zone), a.conversion.last().In(a.in.zone)
	}
	for _, o := range a.orders.All() {
		if from.IsZero() || o.At.Before(from) {
			from = o.At
		}
		if o.At.After(to) {
			to = o.At
		}
	}
	return from, to
}

// afterAsOf is why rows are set aside that are later than the as-of day.
const afterAsOf = "after asof"

// setAside counts the rows that count nowhere, by reason.
func (a *analysis) setAside() map[string]int {
	r := a.orders.Report
	counts := map[string]int{}
	for reason, n := range map[string]int{
		afterAsOf:   r.AfterUntil,
		"duplicate": r.Duplicates,
		"conflict":  r.Conflicts,
	} {
		if n > 0 {
			counts[reason] = n
		}
	}
	for _, m := range a.in.malformed.Reasons {
		counts[string(m.Reason)] = int(m.Rows)
	}
	return counts
}

func (a *analysis) rfmSection() rfmSection {
	s := rfmSection{
		AsOf:      a.in.asOf.Format(time.DateOnly),
		Method:    string(a.model.Binning.Recency.Method),
		Cuts:      cutsSection{texts(a.model.Recency), texts(a.model.Frequency[0]), texts(a.model.Monetary[0])},
		Scores:    map[string]int{},
		Segments:  a.segments(),
		Prospects: a.prospects,
		Octants:   a.octantsSection(),
		Quadrants: a.quadrantsSection(),
		Promotion: a.promotionSection(),
	}
	for _, p := range a.people {
		s.Scores[p.score.String()]++
	}
	if top, ok := a.concentration.Top(0.2); ok {
		s.Concentration.Top20 = &top
	}
	if gini, ok := a.concentration.Gini(); ok {
		s.Concentration.Gini = &gini
	}
	return s
}

// segments counts the customers of each segment of the map, in its order.
func (a *analysis) segments() []segmentSection {
	names := a.grid.Segments()
	list := make([]segmentSection, len(names))
	revenue := make([]decimal.Decimal, len(names))
	index := map[string]int{}
	for i, name := range names {
		list[i].Name = name
		index[name] = i
	}
	total := decimal.Zero
	for _, p := range a.people {
		i := index[p.segment]
		list[i].Customers++
		list[i].Orders += p.record.Orders
		revenue[i] = revenue[i].Add(p.record.Net())
		total = total.Add(p.record.Net())
	}
	for i := range list {
		list[i].Revenue = money(revenue[i])
		list[i].Share = shareOf(revenue[i], total)
	}
	return list
}

func texts(c rfm.Cuts) []string {
	list := make([]string, len(c.At))
	for i, cut := range c.At {
		list[i] = cut.String()
	}
	return list
}
