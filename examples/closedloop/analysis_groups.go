package main

import (
	"errors"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// groups are the ways to sort customers beside the segments.
type groups struct {
	layering  rfm.Layering
	layered   bool // false if there is no value to share out
	octants   rfm.Model
	quadrants rfm.QuadrantModel
	// visits counts how often each customer came. Where only orders are known,
	// every order counts as a visit, and visitsAre says so.
	visits    map[string]int
	visitsAre string

	promotions      *rfm.PromotionTally[string] // nil if discounts are unknown
	promotionPolicy rfm.PromotionPolicy
}

// The core brings 80 % of the revenue, core and waist together 95 %.
var (
	coreShare  = decimal.New(80, -2)
	waistShare = decimal.New(95, -2)
)

// group sorts the customers into layers, octants, quadrants and by how they
// use discounts.
func (a *analysis) group() (err error) {
	g := &a.groups
	g.layering, err = rfm.FitLayers(a.spend, rfm.ByValue(coreShare, waistShare))
	g.layered = err == nil
	if err != nil && !errors.Is(err, rfm.ErrNoValue) {
		return err
	}
	if g.octants, err = rfm.Fit(a.tally.All(), a.in.asOf, rfm.Means()); err != nil {
		return err
	}
	g.countVisits(a)
	if g.quadrants, err = rfm.FitQuadrants(a.visitors, rfm.MeanQuadrants()); err != nil {
		return err
	}
	return g.tallyPromotions(a.in)
}

func (g *groups) countVisits(a *analysis) {
	g.visits, g.visitsAre = map[string]int{}, "visits"
	for _, v := range a.in.visits {
		if !v.At.After(a.in.asOf) {
			g.visits[v.Customer]++
		}
	}
	if a.in.visits != nil {
		return
	}
	g.visitsAre = "orders"
	for _, p := range a.people {
		g.visits[p.id] = p.record.Orders
	}
}

// visitors ranges over everybody who has a record or came by.
func (a *analysis) visitors(yield func(string, rfm.Visitor) bool) {
	for id, record := range a.tally.All() {
		if !yield(id, a.visitor(id, record)) {
			return
		}
	}
	for id, visits := range a.groups.visits {
		if _, ok := a.tally.Record(id); !ok && !yield(id, rfm.Visitor{Visits: visits}) {
			return
		}
	}
}

func (a *analysis) visitor(id string, record rfm.Record) rfm.Visitor {
	return rfm.Visitor{Visits: a.groups.visits[id], Spend: record.Net()}
}

// tallyPromotions counts each order's price and discount once, if the orders
// say what was taken off. Refunds are no sales, and neither are orders that were
// refunded in full.
func (g *groups) tallyPromotions(in *input) error {
	type order struct{ customer, id string }
	refunded := map[order]decimal.Decimal{}
	for _, o := range in.orders {
		if o.Amount.Sign() < 0 && o.ID != "" && !o.At.After(in.asOf) {
			key := order{o.Customer, o.ID}
			refunded[key] = refunded[key].Sub(o.Amount)
		}
	}
	seen := map[order]bool{}
	for _, o := range in.orders {
		key := order{o.Customer, o.ID}
		if !o.Discount.Valid || o.Amount.Sign() < 0 || o.ID != "" && seen[key] {
			continue
		}
		seen[key] = true
		if !(rfm.Order{Amount: o.Amount, Refunded: refunded[key]}).Counts() {
			continue
		}
		if g.promotions == nil {
			g.promotions = &rfm.PromotionTally[string]{Until: in.asOf}
		}
		sale := rfm.Sale{At: o.At, Paid: o.Amount, Discount: o.Discount.Decimal}
		if err := g.promotions.Add(o.Customer, sale); err != nil {
			return err
		}
	}
	return nil
}

// labels are all that is known of somebody, for the packages that decide. Where
// there is no answer there is no label.
func (a *analysis) labels(id string) []string {
	record, _ := a.tally.Record(id)
	labels := []string{
		a.stage(id),
		a.grid.Label(a.model.Score(record)),
		a.groups.quadrants.Quadrant(a.visitor(id, record)).Label(),
	}
	if a.groups.layered && record.Orders > 0 {
		labels = append(labels, a.groups.layering.Layer(record.Net()).Label())
	}
	if a.groups.promotions != nil {
		if sales, ok := a.groups.promotions.Record(id); ok {
			labels = append(labels, a.groups.promotionPolicy.Class(sales).Label())
		}
	}
	if a.conversion != nil {
		labels = append(labels, a.conversion.stuck.labels[id])
	}
	labels = append(labels, a.ledger.label(id))
	if a.persona != nil {
		labels = append(labels, a.persona.labels[id]...)
	}
	return slices.DeleteFunc(labels, func(label string) bool { return label == "" })
}

// layersSection shares the customers out by the value they bring.
func (a *analysis) layersSection() *layersSection {
	l := a.groups.layering
	if !a.groups.layered {
		return nil
	}
	s := &layersSection{
		By: string(l.Policy.By), Core: l.Policy.Core.String(), Waist: l.Policy.Waist.String(),
		CoreAtLeast: l.Core.String(), WaistAtLeast: l.Waist.String(),
	}
	counts := newCounter[rfm.Layer]()
	for _, p := range a.people {
		counts.add(l.Layer(p.record.Net()), p.record.Net())
	}
	for _, layer := range rfm.Layers() {
		s.Groups = append(s.Groups, counts.section(layer, layer.String(), layer.Chinese()))
	}
	return s
}

func (a *analysis) octantsSection() []groupSection {
	counts := newCounter[rfm.Octant]()
	for _, p := range a.people {
		counts.add(rfm.OctantOf(a.groups.octants.Score(p.record)), p.record.Net())
	}
	var list []groupSection
	for _, o := range rfm.Octants() {
		list = append(list, counts.section(o, o.String(), o.Chinese()))
	}
	return list
}

func (a *analysis) quadrantsSection() quadrantsSection {
	m := a.groups.quadrants
	s := quadrantsSection{Visits: a.groups.visitsAre, VisitsCut: m.Visits.At[0].String(), SpendCut: m.Spend.At[0].String()}
	counts := newCounter[rfm.Quadrant]()
	for _, v := range a.visitors {
		counts.add(m.Quadrant(v), v.Spend)
	}
	for _, q := range rfm.Quadrants() {
		s.Groups = append(s.Groups, counts.section(q, q.String(), q.Chinese()))
	}
	return s
}

func (a *analysis) promotionSection() *promotionSection {
	if a.groups.promotions == nil {
		return nil
	}
	s := &promotionSection{}
	customers := map[rfm.PromotionClass]int{}
	subsidies := map[rfm.PromotionClass]decimal.Decimal{}
	subsidy, discounted := decimal.Zero, decimal.Zero
	for _, r := range a.groups.promotions.All() {
		class := a.groups.promotionPolicy.Class(r)
		customers[class]++
		subsidies[class] = subsidies[class].Add(r.Subsidy)
		subsidy = subsidy.Add(r.Subsidy)
		discounted = discounted.Add(r.PaidDiscounted)
		s.Discounted += r.Discounted
		s.FullPrice += r.FullPrice
		s.Free += r.Free
	}
	s.Subsidy = money(subsidy)
	s.Depth = shareOf(subsidy, subsidy.Add(discounted))
	for _, class := range rfm.PromotionClasses() {
		s.Classes = append(s.Classes, classSection{class.String(), customers[class], money(subsidies[class]), shareOf(subsidies[class], subsidy)})
	}
	return s
}

// counter counts customers and what they spent by group.
type counter[G comparable] struct {
	customers map[G]int
	revenue   map[G]decimal.Decimal
	all       int
	total     decimal.Decimal
}

func newCounter[G comparable]() *counter[G] {
	return &counter[G]{customers: map[G]int{}, revenue: map[G]decimal.Decimal{}}
}

func (c *counter[G]) add(group G, revenue decimal.Decimal) {
	c.customers[group]++
	c.revenue[group] = c.revenue[group].Add(revenue)
	c.all++
	c.total = c.total.Add(revenue)
}

func (c *counter[G]) section(group G, name, chinese string) groupSection {
	return groupSection{
		Name: name, Chinese: chinese, Customers: c.customers[group],
		Revenue: money(c.revenue[group]), Share: shareOf(c.revenue[group], c.total),
	}
}

// shareOf returns part of whole; nil if the whole is nothing or less.
func shareOf(part, whole decimal.Decimal) *float64 {
	if whole.Sign() <= 0 {
		return nil
	}
	p, _ := part.Float64()
	w, _ := whole.Float64()
	return new(p / w)
}
