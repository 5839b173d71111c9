package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// summarise prints what fits one screen.
func (a *analysis) summarise(w io.Writer) error {
	d := a.document()
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s to %s\n", d.Input.Source, d.Input.From, d.Input.To)
	fmt.Fprintf(&b, "%s rows: %s orders of %s customers, %s in total\n",
		count(d.Input.Rows), count(d.Input.Orders), count(d.Input.Customers), a.amount(d.Input.Total))
	if notes := a.notes(d.Input); notes != "" {
		fmt.Fprintln(&b, notes)
	}
	fmt.Fprintf(&b, "\nScores 1 to %d as of %s, cut at\n", scores, d.RFM.AsOf)
	fmt.Fprintf(&b, "  recency   %s days\n", strings.Join(d.RFM.Cuts.Recency, " "))
	fmt.Fprintf(&b, "  frequency %s orders\n", strings.Join(d.RFM.Cuts.Frequency, " "))
	fmt.Fprintf(&b, "  monetary  %s\n\n", strings.Join(d.RFM.Cuts.Monetary, " "))
	fmt.Fprintf(&b, "%-20s %10s %9s %16s %8s\n", "segment", "customers", "orders", "revenue", "share")
	for _, s := range d.RFM.Segments {
		fmt.Fprintf(&b, "%-20s %10s %9s %16s %8s\n", s.Name, count(s.Customers), count(s.Orders), a.amount(s.Revenue), percent(s.Share))
	}
	fmt.Fprintf(&b, "\nThe top 20 %% of customers bring %s of the revenue (Gini %s).\n",
		percent(d.RFM.Concentration.Top20), two(d.RFM.Concentration.Gini))
	_, err := io.WriteString(w, b.String())
	return err
}

// notes says what became of the rows that are no order.
func (a *analysis) notes(in inputSection) string {
	var notes []string
	if in.Refunds > 0 {
		notes = append(notes, count(in.Refunds)+" refunds")
	}
	for _, reason := range slices.Sorted(maps.Keys(in.SetAside)) {
		notes = append(notes, fmt.Sprintf("%s set aside (%s)", count(in.SetAside[reason]), reason))
	}
	return strings.Join(notes, ", ")
}

// explain prints why one customer is where they are.
func (a *analysis) explain(w io.Writer, id string) error {
	record, ok := a.tally.Record(id)
	if !ok {
		return fmt.Errorf("no customer %q in %s", id, a.in.source)
	}
	e := a.model.Explain(record)
	fmt.Fprintf(w, "customer %s\n%s\n", id, e)
	if e.Unscored == "" {
		match := a.grid.Match(e.Score)
		fmt.Fprintf(w, "segment %s\n", match.Segment)
		fmt.Fprintf(w, "rule %d of map %q: %s\n", match.Rule+1, a.grid.Name, a.grid.Rules[match.Rule])
	}
	return nil
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
	return fmt.Sprintf("%.1f %%", 100**share)
}

func two(x *float64) string {
	if x == nil {
		return "none"
	}
	return fmt.Sprintf("%.2f", *x)
}
