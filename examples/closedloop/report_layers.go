package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

// layersView is what report/layers.html.tmpl shows.
type layersView struct {
	Core, Waist string // shares of the revenue that they begin from the top
	Shares      figure
	Groups      grid
}

// layersReport shows who brings the revenue. There is no such section if nobody
// has spent anything.
func (a *analysis) layersReport() (section, error) {
	doc := a.layersSection()
	if doc == nil {
		return section{}, nil
	}
	shares, err := a.groupsFigure("Customers and revenue by layer", "Of all customers, and of all revenue.", doc.Groups)
	if err != nil {
		return section{}, err
	}
	return section{
		ID:       "layers",
		Title:    "Who brings the revenue",
		Findings: layersFindings(doc),
		Data: layersView{
			Core: wholePercent(doc.Core), Waist: wholePercent(doc.Waist),
			Shares: shares, Groups: a.layersTable(doc),
		},
	}, nil
}

func layersFindings(doc *layersSection) []string {
	all := headCount(doc.Groups)
	core, tail := doc.Groups[0], doc.Groups[len(doc.Groups)-1]
	return []string{
		fmt.Sprintf("The core are %s of the customers (%s). They bring %s of the revenue.", unbroken(part(core.Customers, all)), count(core.Customers), unbroken(core.Share)),
		fmt.Sprintf("The tail are %s of the customers (%s). They bring %s of it.", unbroken(part(tail.Customers, all)), count(tail.Customers), unbroken(tail.Share)),
	}
}

// layersTable says from what value on a customer is in a layer.
func (a *analysis) layersTable(doc *layersSection) grid {
	core, waist := a.amount(doc.CoreAtLeast), a.amount(doc.WaistAtLeast)
	t := grid{Head: []string{"Layer", "Customers", "Revenue"}}
	for i, spent := range []string{core + " or more a customer", waist + " or more", "less than that"} {
		g := doc.Groups[i]
		t.Rows = append(t.Rows, []string{g.Name, count(g.Customers), a.amount(g.Revenue)})
		t.Chinese = append(t.Chinese, g.Chinese)
		t.Notes = append(t.Notes, spent)
	}
	return t
}

// groupsFigure compares the share of customers in each group with the share of
// revenue that they bring.
func (a *analysis) groupsFigure(title, note string, groups []groupSection) (figure, error) {
	bars := chart.Bars{
		Horizontal: true, Value: chart.Axis{Label: "Share", Format: chart.Percent},
		Series: []chart.BarSeries{{Name: "share of customers"}, {Name: "share of revenue"}},
	}
	numbers := grid{Caption: title, Head: []string{"Group", "Customers", "Share", "Revenue", "Share"}}
	all := headCount(groups)
	for _, g := range groups {
		heads := part(g.Customers, all)
		bars.Categories = append(bars.Categories, g.Name+"\n"+g.Chinese)
		bars.Series[0].Values = append(bars.Series[0].Values, known(heads))
		bars.Series[1].Values = append(bars.Series[1].Values, known(g.Share))
		numbers.Rows = append(numbers.Rows, []string{g.Name, count(g.Customers), unbroken(heads), a.amount(g.Revenue), unbroken(g.Share)})
		numbers.Chinese = append(numbers.Chinese, g.Chinese)
	}
	bars.Alt = "Bars: " + sharesInWords(groups) + "."
	svg, err := bars.SVG()
	return figure{Title: title, Note: note, SVG: svg, Numbers: numbers}, err
}

// sharesInWords lists groups with both shares.
func sharesInWords(groups []groupSection) string {
	all := headCount(groups)
	var words []string
	for _, g := range groups {
		words = append(words, fmt.Sprintf("%s %s of customers and %s of revenue", g.Name, unbroken(part(g.Customers, all)), unbroken(g.Share)))
	}
	return strings.Join(words, "; ")
}

func headCount(groups []groupSection) (all int) {
	for _, g := range groups {
		all += g.Customers
	}
	return all
}

// part returns n as a share of all; nil if there are none.
func part(n, all int) *float64 {
	if all == 0 {
		return nil
	}
	return new(float64(n) / float64(all))
}

// known returns a share as charts take it: NaN is unknown.
func known(share *float64) float64 {
	if share == nil {
		return math.NaN()
	}
	return *share
}

// wholePercent writes a share such as 0.8 as a percentage.
func wholePercent(share string) string {
	d, err := decimal.NewFromString(share)
	if err != nil {
		return share
	}
	return d.Shift(2).String() + "\u00a0%"
}

// plural adds an s to a word unless there is one of it.
func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
