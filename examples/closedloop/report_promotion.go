package main

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
)

// promotionView is what report/promotion.html.tmpl shows.
type promotionView struct {
	Facts   []fact
	Classes figure
}

// promotionReport shows who buys at a discount only. There is no such section
// if the orders don't say what was taken off.
func (a *analysis) promotionReport() (section, error) {
	doc := a.rfmSection().Promotion
	if doc == nil {
		return section{}, nil
	}
	classes, err := a.classesFigure(doc)
	if err != nil {
		return section{}, err
	}
	priced := doc.Discounted + doc.FullPrice
	return section{
		ID:       "promotion",
		Title:    "Who buys at a discount only",
		Findings: promotionFindings(doc),
		Data: promotionView{Classes: classes, Facts: []fact{
			{Name: "Discounted orders", Value: unbroken(part(doc.Discounted, priced)), Note: fmt.Sprintf("%s of %s that had a price", count(doc.Discounted), count(priced))},
			{Name: "Subsidy", Value: a.amount(doc.Subsidy), Note: "taken off in all, in the currency of the input"},
			{Name: "Depth", Value: unbroken(doc.Depth), Note: "of the full price of discounted orders"},
		}},
	}, nil
}

func promotionFindings(doc *promotionSection) []string {
	customers := 0
	var seekers classSection
	for _, c := range doc.Classes {
		customers += c.Customers
		if c.Name == rfm.PromotionDealSeeker.String() {
			seekers = c
		}
	}
	if seekers.Customers == 0 || seekers.Share == nil {
		return []string{"Nobody is known to buy at a discount only."}
	}
	return []string{
		fmt.Sprintf("%s of the customers (%s) buy at a discount and seldom otherwise. They took %s of all that was taken off prices.",
			unbroken(part(seekers.Customers, customers)), count(seekers.Customers), unbroken(seekers.Share)),
		fmt.Sprintf("%s of the orders with a price were discounted, by %s on average.",
			unbroken(part(doc.Discounted, doc.Discounted+doc.FullPrice)), unbroken(doc.Depth)),
	}
}

// classesFigure compares the share of customers in each class with the share of
// the subsidy that they took.
func (a *analysis) classesFigure(doc *promotionSection) (figure, error) {
	bars := chart.Bars{
		Horizontal: true, Value: chart.Axis{Label: "Share", Format: chart.Percent},
		Series: []chart.BarSeries{{Name: "share of customers"}, {Name: "share of the subsidy"}},
	}
	numbers := grid{Caption: "Customers and subsidy by class", Head: []string{"Class", "Customers", "Share", "Subsidy", "Share"}}
	customers := 0
	for _, c := range doc.Classes {
		customers += c.Customers
	}
	var words []string
	for i := range doc.Classes {
		c := doc.Classes[len(doc.Classes)-1-i] // deal-seekers first
		heads := part(c.Customers, customers)
		bars.Categories = append(bars.Categories, c.Name)
		bars.Series[0].Values = append(bars.Series[0].Values, known(heads))
		bars.Series[1].Values = append(bars.Series[1].Values, known(c.Share))
		numbers.Rows = append(numbers.Rows, []string{c.Name, count(c.Customers), unbroken(heads), a.amount(c.Subsidy), unbroken(c.Share)})
		words = append(words, fmt.Sprintf("%s %s of customers and %s of the subsidy", c.Name, unbroken(heads), unbroken(c.Share)))
	}
	bars.Alt = "Bars: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return figure{
		Title:   "Customers and subsidy by class",
		Note:    "Of all customers with an order, and of all that was taken off prices.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}
