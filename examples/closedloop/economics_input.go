package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/lifecycle/term"
)

// The keys of -columns that are of these files.
const (
	spendKeys  = "spend"
	termKeys   = "terms"
	inviteKeys = "invites"
)

// growthOptions are the flags of what customers cost and bring.
type growthOptions struct{ spend, margin, terms, plan, ladders, invites string }

func (g *growthOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&g.spend, "spend", "", "read what was spent to win customers from `FILE`: channel, at and amount; customers are of the channel of their first order")
	flags.StringVar(&g.margin, "margin", "", "the `SHARE` of revenue that is left to pay for customers, such as 0.4, with -spend")
	flags.StringVar(&g.terms, "terms", "", "read courses, plans or appliances from `FILE`: customer, product, start, and if there are any end, value, sold")
	flags.StringVar(&g.plan, "plan", "", "read what is due during terms from `FILE`, as JSON, with -terms; done by the events of -events")
	flags.StringVar(&g.ladders, "ladder", "", "`LOW,HIGH,…`: products of -terms of which one renews the other, from the lowest to the highest")
	flags.StringVar(&g.invites, "invites", "", "read who invited whom from `FILE`: from, to and at")
}

// check finds flags that go with others which are not there.
func (g *growthOptions) check(o *options) error {
	switch {
	case o.orders == "" && (g.spend != "" || g.terms != "" || g.invites != ""):
		return errors.New("-spend, -terms and -invites are held against orders: want -orders FILE too")
	case (g.spend == "") != (g.margin == ""):
		return errors.New("-spend and -margin go together: value is what is left of revenue, such as -margin 0.4")
	case g.terms == "" && (g.plan != "" || g.ladders != ""):
		return errors.New("-plan and -ladder are about terms: want -terms FILE too")
	}
	return nil
}

// growthInput is what was read of what customers cost and bring. What is nil is
// not known.
type growthInput struct {
	margin  decimal.Decimal
	spends  []table.Spend
	sources map[string]string // the channel of each customer; nil for that of the first order

	terms     []term.Term[string]
	termsFile string
	plan      *term.Plan
	ladders   [][]string
	cares     map[string][]term.Event // by customer; nil for the events

	invites []table.Invite
}

// read reads the files that were given.
func (g *growthInput) read(o options, in *input, p *progress) error {
	return errors.Join(g.readSpend(o, in, p), g.readTerms(o, in, p), g.readInvites(o, in, p))
}

func (g *growthInput) readSpend(o options, in *input, p *progress) (err error) {
	if o.growth.spend == "" {
		return nil
	}
	if g.margin, err = decimal.NewFromString(o.growth.margin); err != nil || g.margin.Sign() <= 0 || g.margin.GreaterThan(decimal.NewFromInt(1)) {
		return fmt.Errorf("-margin %q: want a share above 0 and at most 1, such as 0.4", o.growth.margin)
	}
	g.spends, err = readAll(o, in, p, o.growth.spend, spendKeys, table.Spends())
	return err
}

func (g *growthInput) readTerms(o options, in *input, p *progress) error {
	if o.growth.terms == "" {
		return nil
	}
	rows, err := readAll(o, in, p, o.growth.terms, termKeys, table.Terms())
	if err != nil {
		return err
	}
	g.termsFile, g.terms = o.growth.terms, []term.Term[string]{}
	for _, t := range rows {
		g.terms = append(g.terms, term.Term[string]{Customer: t.Customer, Product: t.Product, Start: t.Start, End: t.End, Value: t.Value, Sold: t.Sold})
	}
	if o.growth.ladders != "" {
		g.ladders = [][]string{splitList(o.growth.ladders)}
	}
	if o.growth.plan == "" {
		return nil
	}
	text, err := os.ReadFile(o.growth.plan)
	if err != nil {
		return err
	}
	plan, err := term.ParsePlan(text, time.LoadLocation)
	if err != nil {
		return fmt.Errorf("%s: %w", o.growth.plan, err)
	}
	g.plan = &plan
	return nil
}

func (g *growthInput) readInvites(o options, in *input, p *progress) (err error) {
	if o.growth.invites != "" {
		g.invites, err = readAll(o, in, p, o.growth.invites, inviteKeys, table.Invites())
	}
	return err
}

// readAll reads all rows of a file.
func readAll[T any](o options, in *input, p *progress, path, keys string, schema table.Schema[T]) ([]T, error) {
	reader, err := table.Open(path, schema, table.Options{
		Columns: o.columns.Of(keys), Layout: o.layout, Zone: in.zone, Lenient: o.lenient, Progress: p.report,
	})
	if err != nil {
		return nil, leading(err, keys, schema.Keys[0].Name)
	}
	rows := []T{}
	for reader.Next() {
		rows = append(rows, reader.Row())
	}
	p.done()
	return rows, errors.Join(reader.Err(), reader.Close())
}

// shopMargin is the share of the built-in shop's revenue that pays for customers.
var shopMargin = decimal.New(35, -2)

// shopPlan is what is due during a box: a call in the first week, and a delivery
// each month.
func shopPlan() *term.Plan {
	plan, err := term.ParsePlan([]byte(`{"milestones": [
		{"name": "welcome call", "after": "7d", "doneBy": "welcomed"},
		{"name": "delivery", "everyMonths": 1, "doneBy": "delivered", "grace": "3d"}]}`), nil)
	if err != nil {
		panic(err) // it is written above
	}
	return &plan
}

// simulate has what the built-in shop spends, and what comes of it.
func (g *growthInput) simulate(s *shop.Shop) {
	g.margin, g.sources = shopMargin, maps.Collect(s.Sources())
	for x := range s.Spend() {
		g.spends = append(g.spends, table.Spend{Channel: x.Source, At: x.At, Amount: x.Amount})
	}
	for i := range s.Invites() {
		g.invites = append(g.invites, table.Invite{From: i.From, To: i.To, At: i.At})
	}
	g.termsFile, g.ladders, g.plan = "built-in shop", [][]string{{shop.SmallBox, shop.LargeBox}}, shopPlan()
	for t := range s.Terms() {
		g.terms = append(g.terms, term.Term[string]{Customer: t.Customer, Product: t.Product, Start: t.Start, End: t.End, Value: t.Value, Sold: t.Sold})
	}
	g.cares = map[string][]term.Event{}
	for c := range s.Cares() {
		g.cares[c.Customer] = append(g.cares[c.Customer], term.Event{Name: c.Name, At: c.At})
	}
}
