package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

// liftFigure shows what each operation changed, with its interval.
func liftFigure(doc strategySection) (figure, error) {
	dots := chart.Dots{Value: chart.Axis{Label: "Percentage points more who order"}, Usual: 0, Full: "beyond chance", Hollow: "may be chance"}
	numbers := grid{
		Caption: fmt.Sprintf("Customers who ordered within %d days: served, and held out", orderDays),
		Head:    []string{"Operation", "Served", "Ordered", "Held out", "Ordered", "Difference", "95 % interval", "Truth"},
	}
	var words []string
	for _, l := range append([]liftSection{doc.Overall}, doc.Lift...) {
		row := chart.DotRow{Name: l.Operation, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Missing: "no control"}
		difference, interval := "none", ""
		if l.Estimate != nil {
			row.Value, row.Low, row.High = tenths(*l.Estimate), tenths(*l.Low), tenths(*l.High)
			row.Hollow = *l.Low <= 0 && *l.High >= 0
			difference, interval = inPoints(*l.Estimate), inPoints(*l.Low)+" to "+inPoints(*l.High)
			words = append(words, l.Operation+" "+difference)
		}
		dots.Rows = append(dots.Rows, row)
		numbers.Rows = append(numbers.Rows, []string{
			l.Operation, count(int(l.Treated)), percent(&l.Ordered), count(int(l.Control)), percent(&l.Unasked), difference, interval, inPoints(l.Truth),
		})
	}
	dots.Alt = "Dots with intervals, percentage points by operation: " + strings.Join(words, "; ") + "."
	svg, err := dots.SVG()
	return figure{
		Title:   "What each operation changed",
		Note:    "Served against held out, with 95 % intervals. A hollow dot may be chance. The truth behind the simulation is in the table.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// yieldFigure compares the two ways to spend the next month's budget.
func yieldFigure(doc strategySection) (figure, error) {
	bars := chart.Bars{
		Horizontal: true, Value: chart.Axis{Label: "Margin, in the currency of the input"},
		Categories: []string{"by rank, first come", "where it brings most", "no plan can bring more"},
		Alt: fmt.Sprintf("Bars of margin: first come, first served %s; allocated %s; upper bound %s.",
			toCents(doc.Budget.FirstCome.Found), toCents(doc.Budget.Allocated.Found), toCents(doc.Budget.Bound)),
	}
	b := doc.Budget
	bars.Series = []chart.BarSeries{{Name: "by the effects found", Values: []float64{number(toCents(b.FirstCome.Found)), number(toCents(b.Allocated.Found)), number(toCents(b.Bound))}}}
	svg, err := bars.SVG()
	return figure{
		Title: "The same money, spent in two ways",
		Note:  "Margin of the next month by the effects that were found. The last bar is the bound that the allocation prints as its certificate.",
		SVG:   svg,
		Numbers: grid{
			Head: []string{"Way", "By the effects found", "By the true effects"},
			Rows: [][]string{
				{"by rank, first come", grouped(toCents(b.FirstCome.Found)), grouped(toCents(b.FirstCome.Truth))},
				{"where it brings most", grouped(toCents(b.Allocated.Found)), grouped(toCents(b.Allocated.Truth))},
				{"no plan can bring more", grouped(toCents(b.Bound)), ""},
			},
		},
	}, err
}

func budgetInWords(doc strategySection) string {
	b := doc.Budget
	return fmt.Sprintf("By the effects that were found, a budget of %s that goes where it brings most brings a margin of %s, and no plan can bring more than %s. Spent by rank, first come, first served, it would bring %s. "+
		"Estimates flatter what is chosen by them; by the true effects it is %s against %s.",
		grouped(toCents(b.Limit)), grouped(toCents(b.Allocated.Found)), grouped(toCents(b.Bound)), grouped(toCents(b.FirstCome.Found)),
		grouped(toCents(b.Allocated.Truth)), grouped(toCents(b.FirstCome.Truth)))
}

// proposalsTable lists what the reviews propose, changes first.
func proposalsTable(doc strategySection) grid {
	t := grid{Head: []string{"Operation", "Proposal", "Margin a customer"}}
	for _, changed := range []bool{true, false} {
		for _, p := range doc.Proposals {
			if p.Applied == changed {
				t.Rows = append(t.Rows, []string{p.Operation, p.Action, netInWords(p.Net)})
				t.Notes = append(t.Notes, p.Because)
			}
		}
	}
	return t
}

func netInWords(net *float64) string {
	if net == nil {
		return "not known"
	}
	return minus(grouped(fmt.Sprintf("%.2f", *net)))
}

// tenths is a difference of shares in percentage points, to a tenth.
func tenths(x float64) float64 { return math.Round(1000*x) / 10 }

// inPoints writes a difference of shares in percentage points.
func inPoints(x float64) string { return minus(fmt.Sprintf("%.1f", 100*x)) }

func countedWord(n int, what string) string {
	if n == 0 {
		return "no " + what
	}
	return counted(n, what)
}

// toCents writes money of the document with two decimals.
func toCents(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return d.StringFixed(2)
}

func number(text string) float64 {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return 0
	}
	return d.InexactFloat64()
}
