package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/portrait"
	"github.com/regulars-go/regulars/persona/tracking"
	"github.com/regulars-go/regulars/rfm"
	"github.com/regulars-go/regulars/strategy"
)

// portrayal is what is known of everybody, and what a group looks like.
type portrayal struct {
	table    *profileTable
	schema   *persona.Schema
	census   persona.Census[string]
	everyone []string
	taggers  []*persona.Tagger
	// labels are those of the tags, by customer.
	labels map[string][]string
	// ofAttribute is the attribute that a suggested tag is made of.
	ofAttribute map[string]string
	group       group
	section     *personaSection
}

// portray finds out who everybody is, if there are profiles.
func (a *analysis) portray() (err error) {
	if a.in.people == nil {
		return nil
	}
	p := &portrayal{table: a.in.people, labels: map[string][]string{}}
	if p.schema, err = p.table.define(a.in.zone); err != nil {
		return err
	}
	p.census.Schema = p.schema
	p.section = &personaSection{Source: p.table.source, Rows: len(p.table.rows), SetAside: map[string]int{}, LeftOut: map[string]string{}}
	for _, m := range p.table.malformed.Reasons {
		p.section.SetAside[string(m.Reason)] = int(m.Rows)
	}
	for _, step := range []func(*analysis) error{p.read, p.derive, p.meet, p.tag, p.choose, p.compare} {
		if err := step(a); err != nil {
			return err
		}
	}
	a.persona = p
	return nil
}

// read observes every row. Of several rows of a customer the later is believed,
// or the lower one if they don't say when, unless the schema says otherwise.
func (p *portrayal) read(a *analysis) error {
	q := newQuality(p)
	rows := slices.Clone(p.table.rows)
	for i := range rows {
		if a.who != nil && a.who.applied {
			rows[i].customer = a.who.name(rows[i].customer)
		}
		if rows[i].at.IsZero() {
			rows[i].at = time.UnixMicro(int64(rows[i].line))
		}
	}
	slices.SortStableFunc(rows, func(x, y profileRow) int {
		return cmp.Or(cmp.Compare(x.customer, y.customer), x.at.Compare(y.at))
	})
	for i := range rows {
		row := &rows[i]
		if i == 0 || row.customer != rows[i-1].customer {
			q.next()
		} else if !row.at.After(rows[i-1].at) { // at one time: as the lines are
			row.at = rows[i-1].at.Add(time.Microsecond)
		}
		values, err := q.take(*row)
		if err != nil {
			return err
		}
		if err := p.census.Observe(row.customer, persona.Observation{At: row.at, Values: values}); err != nil {
			return fmt.Errorf("%s: line %d: %w", p.table.source, row.line, err)
		}
	}
	p.section.Customers = p.census.Len()
	p.section.Quality, p.section.Problems = q.figures, q.problems
	return nil
}

// derive adds what orders tell: numbers for rules, and events for tags.
func (p *portrayal) derive(a *analysis) error {
	if a.in.orders == nil {
		return nil
	}
	own := func(name string) bool { return !slices.Contains(p.table.columns, name) }
	for _, one := range a.people {
		values := map[string]persona.Value{}
		add := func(name string, v persona.Value) {
			// What is too large to be held is not known.
			if i, ok := p.schema.Index(name); ok && own(name) && p.schema.Draft().Set(i, v) == nil {
				values[name] = v
			}
		}
		n := int64(one.record.Orders)
		add(ordersAttribute, persona.Int(n))
		add(spendAttribute, persona.Decimal(one.record.Net()))
		if mean, ok := meanOrder(one.record); ok {
			add(meanAttribute, persona.Decimal(mean))
		}
		if err := p.census.Observe(one.id, persona.Observation{At: a.in.asOf, Values: values}); err != nil {
			return err
		}
	}
	return p.addOrders(a)
}

// meanOrder is what the orders of a customer came to, by how many they are.
func meanOrder(r rfm.Record) (mean decimal.Decimal, ok bool) {
	if r.Orders == 0 {
		return mean, false
	}
	return r.Net().DivRound(decimal.NewFromInt(int64(r.Orders)), persona.MaxPlaces), true
}

// addOrders adds each order once; refunds are none.
func (p *portrayal) addOrders(a *analysis) error {
	type order struct{ customer, id string }
	seen := map[order]bool{}
	for _, o := range a.in.orders {
		key := order{o.Customer, o.ID}
		if o.Amount.Sign() < 0 || o.At.After(a.in.asOf) || o.ID != "" && seen[key] {
			continue
		}
		seen[key] = true
		e := persona.Event{Kind: orderEvent, At: o.At, Fields: map[string]string{}}
		if o.Category != "" {
			e.Fields["category"] = o.Category
		}
		if o.Channel != "" {
			e.Fields["channel"] = o.Channel
		}
		if err := p.census.AddEvent(o.Customer, e); err != nil {
			return err
		}
	}
	return nil
}

// meet makes everybody known who has no profile: of them nothing is known.
func (p *portrayal) meet(a *analysis) error {
	known := p.section.Customers
	if a.in.orders != nil {
		for id := range a.everybody {
			if err := p.census.Observe(id, persona.Observation{At: a.in.asOf}); err != nil {
				return err
			}
		}
	} else if a.conversion != nil {
		for _, id := range a.conversion.customers {
			if err := p.census.Observe(id, persona.Observation{At: a.in.asOf}); err != nil {
				return err
			}
		}
	}
	for id := range p.census.All() {
		p.everyone = append(p.everyone, id)
	}
	p.section.Everyone, p.section.WithoutProfile = len(p.everyone), len(p.everyone)-known
	for i := range p.section.Quality {
		p.section.Quality[i].Profiles = int64(len(p.everyone))
	}
	return nil
}

// compare makes the board of the group beside everyone.
func (p *portrayal) compare(a *analysis) error {
	s := p.section
	if p.group.in == nil {
		s.Reason = "no group was asked for: say with -group whom to portray, such as " + p.example()
		return nil
	}
	columns := p.boardColumns()
	if len(columns) == 0 {
		s.Reason = "no attribute can be portrayed"
		return nil
	}
	layout, err := portrait.NewLayout(p.schema, columns)
	if err != nil {
		return fmt.Errorf("%s: %w", p.table.source, err)
	}
	tally := portrait.Tally{Layout: layout}
	for id, profile := range p.census.All() {
		side := portrait.Rest
		if p.group.in(id, profile) {
			side = portrait.Target
		}
		if err := tally.Add(profile, side); err != nil {
			return err
		}
	}
	board, err := tally.Board(portrait.Policy{})
	if few, ok := errors.AsType[*portrait.TooFewError](err); ok {
		s.Reason = few.Error()
		return nil
	}
	if errors.Is(err, portrait.ErrEmptyTarget) {
		s.Reason = "nobody is in the group"
		return nil
	}
	if err != nil {
		return err
	}
	s.Board, s.Traits = &board, board.Traits(proven)
	return nil
}

// proven is up to which share of chance findings a value counts as one that sets
// the group apart.
const proven = 0.05

// know adds the labels of tags to those that the plan knows. None of its
// operations asks for them; a host's own may.
func (p *portrayal) know(vocabulary strategy.Vocabulary) {
	for _, t := range p.taggers {
		vocabulary[t.Name()] = nil
	}
}

// personaSection says who the customers are, and what a group looks like.
type personaSection struct {
	Source string `json:"source"`
	// Rows came in, of so many customers; everyone are these and whoever else
	// ordered, came by or did something.
	Rows           int            `json:"rows"`
	Customers      int            `json:"customers"`
	Everyone       int            `json:"everyone"`
	WithoutProfile int            `json:"withoutProfile"`
	SetAside       map[string]int `json:"setAside"`
	// Quality is of each attribute: of everyone how many it is known of, of how
	// many rows differ, and how many values were not of its kind or dictionary.
	// Such a value is left out. Problems are the first of these.
	Quality  []tracking.AttributeFigures `json:"quality"`
	Problems []valueProblem              `json:"problems"`
	Group    groupSummary                `json:"group"`
	// Reason says why there is no board; it is then null.
	Reason string           `json:"reason,omitzero"`
	Board  *portrait.Board  `json:"board"`
	Traits []portrait.Trait `json:"traits"`
	// LeftOut are attributes that are not on the board, and why.
	LeftOut map[string]string `json:"leftOut"`
	Tags    []tagSection      `json:"tags"`
}

// groupSummary is who is portrayed. Customers is null if they are fewer than may
// be shown.
type groupSummary struct {
	Name      string `json:"name"`
	Customers *int64 `json:"customers"`
}

// tagSection counts customers by label.
type tagSection struct {
	Name   string         `json:"name"`
	Tagged int            `json:"tagged"`
	Labels map[string]int `json:"labels"`
}

// personaSection returns who the customers are; nil without profiles.
func (a *analysis) personaSection() *personaSection {
	if a.persona == nil {
		return nil
	}
	return a.persona.section
}
