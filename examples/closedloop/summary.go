package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/clv"
	"github.com/regulars-go/regulars/rfm"
	"github.com/regulars-go/regulars/strategy"
)

// summarise prints what fits one screen.
func (a *analysis) summarise(w io.Writer) error {
	d := a.document()
	if a.in.orders == nil && a.in.events == nil {
		return a.summarisePersona(w)
	}
	if a.in.orders == nil {
		return errors.Join(a.summariseEvents(w, d), a.summariseWho(w))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s to %s\n", d.Input.Source, d.Input.From, d.Input.To)
	fmt.Fprintf(&b, "%s: %s of %s, %s in total\n",
		counted(d.Input.Rows, "row"), counted(d.Input.Orders, "order"), counted(d.Input.Customers, "customer"), a.amount(d.Input.Total))
	if notes := a.notes(d.Input); notes != "" {
		fmt.Fprintln(&b, notes)
	}
	fmt.Fprintf(&b, "\nScores 1 to %d as of %s. Cuts: recency %s days;\n", scores, d.RFM.AsOf, strings.Join(d.RFM.Cuts.Recency, " "))
	fmt.Fprintf(&b, "frequency %s orders; monetary %s.\n\n", strings.Join(d.RFM.Cuts.Frequency, " "), strings.Join(eachReadable(d.RFM.Cuts.Monetary), " "))
	fmt.Fprintf(&b, "%-20s %10s %9s %16s %8s\n", "segment", "customers", "orders", "revenue", "share")
	for _, s := range d.RFM.Segments {
		fmt.Fprintf(&b, "%-20s %10s %9s %16s %8s\n", s.Name, count(s.Customers), count(s.Orders), a.amount(s.Revenue), percent(s.Share))
	}
	if d.Layers != nil && d.RFM.Segments[0].Share != nil {
		fmt.Fprintf(&b, "\nThe top 20 %% of customers bring %s of the revenue (Gini %s).\n",
			percent(d.RFM.Concentration.Top20), two(d.RFM.Concentration.Gini))
		fmt.Fprintf(&b, "Layers by value:%s.\n", groupsInLine(d.Layers.Groups))
	}
	fmt.Fprintf(&b, "Stages:%s.\n", a.stagesInLine())
	if reason := d.CLV.Reason; reason != "" {
		fmt.Fprintf(&b, "Value to come: not estimated (%s).\n", reason)
	}
	if h := d.CLV.HoldOut; h != nil {
		fmt.Fprintf(&b, "Check: from orders to %s %s expects %s days with an order; there were %s.\n", h.Until, d.CLV.Model, count(int(h.Predicted+0.5)), count(int(h.Actual)))
	}
	if p := d.RFM.Promotion; p != nil {
		fmt.Fprintf(&b, "Discounts: %s of %s orders, %s given away.\n", count(p.Discounted), count(p.Discounted+p.FullPrice), a.amount(p.Subsidy))
	}
	if m := d.Migration; m != nil {
		fmt.Fprintf(&b, "Since %s: %s new, %s gone, %s stayed, %s moved (%s only because the cuts did).\n",
			m.From, count(m.Summary.New), count(m.Summary.Gone), count(m.Summary.Stayed), count(m.Summary.Moved), count(m.Summary.By.Only(rfm.ByRecut)))
	}
	if a.conversion != nil {
		a.conversion.summarise(&b)
	}
	if a.who != nil {
		a.who.summarise(&b)
	}
	if a.persona != nil {
		a.persona.summarise(&b)
	}
	a.ledger.summarise(&b)
	fmt.Fprintf(&b, "To do:%s.\n", operationsInLine(d.Strategy.Decisions))
	a.summariseEconomics(&b)
	fmt.Fprintln(&b, loopInLine(d.Strategy))
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *analysis) stagesInLine() string {
	census := a.life.log.Count(a.life.policy, a.in.asOf, nil)
	var b strings.Builder
	for i, stage := range lifecycle.Stages() {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %s", stage, count(census.Of(stage)))
	}
	return b.String()
}

func groupsInLine(groups []groupSection) string {
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %s (%s)", g.Name, count(g.Customers), percent(g.Share))
	}
	return b.String()
}

// operationsInLine names the operations that most customers get.
func operationsInLine(operations []operationSection) string {
	sorted := slices.Clone(operations)
	slices.SortStableFunc(sorted, func(x, y operationSection) int { return cmp.Compare(y.Customers, x.Customers) })
	var b strings.Builder
	for i, o := range sorted[:min(4, len(sorted))] {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %s", o.Operation, count(int(o.Customers)))
	}
	return b.String()
}

// loopInLine says what the simulated month came to.
func loopInLine(s *strategySection) string {
	if s.Overall.Estimate == nil {
		return "Loop, simulated: nobody to compare with."
	}
	changes := 0
	for _, p := range s.Proposals {
		if p.Applied {
			changes++
		}
	}
	o := s.Overall
	return fmt.Sprintf("Loop, simulated: %s points more order than of %s held out (%s to %s, truth %s); %s proposed.",
		inPoints(*o.Estimate), count(s.Holdout.Customers), inPoints(*o.Low), inPoints(*o.High), inPoints(o.Truth), countedWord(changes, "change"))
}

// notes says what became of the rows that are no order.
func (a *analysis) notes(in inputSection) string {
	var notes []string
	if in.Refunds > 0 {
		notes = append(notes, counted(in.Refunds, "refund"))
	}
	if n := a.orders.Report.FullyRefunded; n > 0 {
		notes = append(notes, counted(n, "order")+" refunded in full")
	}
	return strings.Join(append(notes, setAsideInLine(in.SetAside)...), ", ")
}

func setAsideInLine(counts map[string]int) []string {
	var notes []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		notes = append(notes, fmt.Sprintf("%s set aside (%s)", count(counts[reason]), reason))
	}
	return notes
}

// explain prints why one customer is where they are, and what is to be done.
func (a *analysis) explain(w io.Writer, id string) error {
	id = a.person(id)
	if a.in.orders == nil {
		return a.explainWithoutOrders(w, id)
	}
	record, ordered := a.tally.Record(id)
	if _, visited := a.groups.visits[id]; !ordered && !visited && !a.acted(id) {
		return fmt.Errorf("no customer %q in %s", id, a.in.source)
	}
	var b strings.Builder
	e := a.model.Explain(record)
	fmt.Fprintf(&b, "customer %s\n", id)
	a.explainNames(&b, id)
	fmt.Fprintf(&b, "%s\n", e)
	if e.Unscored == "" {
		a.explainValue(&b, person{id, record, e.Score, a.grid.Segment(e.Score)})
	}
	a.explainLife(&b, id)
	fmt.Fprintf(&b, "quadrant %s\n", a.groups.quadrants.Explain(a.visitor(id, record)))
	if a.groups.promotions != nil {
		if sales, ok := a.groups.promotions.Record(id); ok {
			fmt.Fprintf(&b, "promotion %s\n", a.groups.promotionPolicy.Explain(sales))
		}
	}
	if a.conversion != nil {
		a.conversion.explain(&b, id)
	}
	if err := a.ledger.explain(&b, id); err != nil {
		return err
	}
	if a.persona != nil {
		a.persona.explain(&b, id)
	}
	fmt.Fprintf(&b, "\n%s\n", a.trial.policy.Decide(strategy.Customer{ID: id, Labels: a.labels(id)}, a.trial.opens(0)))
	_, err := io.WriteString(w, b.String())
	return err
}

// explainValue explains what only those who have ordered have.
func (a *analysis) explainValue(b *strings.Builder, p person) {
	match := a.grid.Match(p.score)
	fmt.Fprintf(b, "segment %s, by rule %d of map %q: %s\n", match.Segment, match.Rule+1, a.grid.Name, a.grid.Rules[match.Rule])
	if a.before != nil {
		path := a.path(p.id)
		fmt.Fprintf(b, "since %s: %s\n", a.in.since.Format(time.DateOnly), moveInWords(path))
	}
	if a.groups.layered {
		fmt.Fprintf(b, "layer %s\n", a.groups.layering.Explain(p.record.Net()))
	}
	octant := rfm.OctantOf(a.groups.octants.Score(p.record))
	fmt.Fprintf(b, "octant %s %s\n", octant, octant.Chinese())
}

func moveInWords(p rfm.Path) string {
	before, after := strings.TrimPrefix(p.Before, "segment="), strings.TrimPrefix(p.After, "segment=")
	switch {
	case before == "":
		return "new, now " + after
	case before == after:
		return "still " + after
	}
	return fmt.Sprintf("from %s to %s, by %s", before, after, p.Cause())
}

func (a *analysis) explainLife(b *strings.Builder, id string) {
	if history, ok := a.life.log.History(id, a.life.policy, a.in.asOf); ok {
		at := a.life.policy.At(history, a.in.asOf)
		fmt.Fprintf(b, "stage %s", at.Stage)
		if at.Stage != lifecycle.Follower {
			fmt.Fprintf(b, ", last order %d days ago", int(at.Idle.Hours()/24))
		}
		if at.Next != nil {
			fmt.Fprintf(b, "; %s from %s if nothing happens", at.Next.Stage, at.Next.At.Format(time.DateOnly))
		}
		b.WriteString("\n")
	}
	a.explainWorth(b, id)
}

// explainWorth says how likely it is that the customer still is one, and what
// they may still bring.
func (a *analysis) explainWorth(b *strings.Builder, id string) {
	w := &a.worth
	for _, c := range w.customers {
		if c.ID != id {
			continue
		}
		if population, err := clv.NewPopulation(w.fit.Model, clv.Rows(w.customers)); err == nil {
			if e, err := population.Explain(c.Row); err == nil {
				fmt.Fprintf(b, "%s (%ss)\n", e, w.fit.Unit)
			}
		}
		if v, ok := w.value[id]; ok {
			fmt.Fprintf(b, "value to come %.2f, discounted at %.0f %% a year\n", v, 100*discount.Of)
		}
	}
}

// amount writes money of the document for reading: commas between thousands,
// and as many decimals as the orders have.
func (a *analysis) amount(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return grouped(d.StringFixed(a.places))
}

// money writes an amount with all its digits and none to spare.
func money(d decimal.Decimal) string { return d.String() }

func count(n int) string { return grouped(fmt.Sprint(n)) }

// counted is a count with what was counted: "1 order", "1,200 orders".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(n) + " " + what + "s"
}

// grouped puts a comma between thousands.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, fraction, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		return sign + whole + "." + fraction
	}
	return sign + whole
}

func percent(share *float64) string {
	if share == nil {
		return "none"
	}
	if *share > 0 && *share < 0.0005 {
		return "<0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

func two(x *float64) string {
	if x == nil {
		return "none"
	}
	return fmt.Sprintf("%.2f", *x)
}
