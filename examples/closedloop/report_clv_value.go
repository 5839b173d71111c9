package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

// toCome are the customers' values to come, in ascending order.
type toCome []float64

// valueToCome returns what each customer will still be worth by the model.
func (a *analysis) valueToCome() toCome {
	var list toCome
	for _, c := range a.worth.customers {
		if v, ok := a.worth.value[c.ID]; ok {
			list = append(list, v)
		}
	}
	slices.Sort(list)
	return list
}

// quantile returns the value that so many of all don't exceed.
func (v toCome) quantile(share float64) float64 {
	return v[max(int(math.Ceil(share*float64(len(v))))-1, 0)]
}

func (v toCome) total() (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}

func (v toCome) facts() []fact {
	if len(v) == 0 {
		return nil
	}
	mean, places := v.total()/float64(len(v)), placesFor(v.total()/float64(len(v)))
	return []fact{
		{Name: "Value to come", Value: estimated(v.total(), placesFor(v.total())), Note: fmt.Sprintf("of %s %s, an estimate", count(len(v)), plural(len(v), "customer"))},
		{Name: "Per customer", Value: estimated(mean, places), Note: "on average"},
		{Name: "Half have at most", Value: estimated(v.quantile(0.5), places), Note: "the median"},
	}
}

// placesFor are the decimals that an estimate as large as this deserves.
func placesFor(largest float64) int {
	if largest >= 1000 {
		return 0
	}
	return 2
}

func estimated(v float64, places int) string { return grouped(strconv.FormatFloat(v, 'f', places, 64)) }

// binsDrawn are as many as have room.
const binsDrawn = 13

// bins count values between edges, each of which is twice the one before.
type bins struct {
	first        int // the first edge is 10·2^first
	counts       []float64
	below, above int
}

// bins holds the middle 98 % or more, and of them what has room from above.
// There are none if hardly anybody has a value.
func (v toCome) bins() (b bins, ok bool) {
	if len(v) == 0 || v.quantile(0.99) < math.SmallestNonzeroFloat32 {
		return b, false
	}
	edge := func(x float64) float64 { return math.Log2(x / 10) }
	last := int(math.Floor(edge(v.quantile(0.99)))) + 1
	b.first = last - 1
	for last-b.first < binsDrawn && v.quantile(0.01) < b.edge(0) {
		b.first--
	}
	b.counts = make([]float64, last-b.first)
	for _, x := range v {
		i := 0
		for i <= len(b.counts) && x >= b.edge(i) {
			i++
		}
		switch {
		case i == 0:
			b.below++
		case i > len(b.counts):
			b.above++
		default:
			b.counts[i-1]++
		}
	}
	return b, true
}

func (b bins) edge(i int) float64 { return math.Ldexp(10, b.first+i) }

// figure shows how many customers have how much to come.
func (v toCome) figure() (*figure, error) {
	b, ok := v.bins()
	if !ok {
		return nil, nil
	}
	from, to := edgeName(b.edge(0)), edgeName(b.edge(len(b.counts)))
	numbers := grid{Caption: "Customers by value to come", Head: []string{"Value to come", "Customers", "Share"}}
	row := func(name string, n int) {
		numbers.Rows = append(numbers.Rows, []string{name, count(n), unbroken(part(n, len(v)))})
	}
	h := chart.Histogram{
		X:      chart.Axis{Label: "Value to come, in the currency of the input", Format: func(e float64) string { return edgeName(math.Ldexp(10, int(e))) }},
		Y:      chart.Axis{Label: "Customers", Whole: true},
		Counts: b.counts,
	}
	row("below "+from, b.below)
	for i := range len(b.counts) + 1 {
		h.Edges = append(h.Edges, float64(b.first+i))
		if (len(b.counts)-i)%2 == 0 || len(b.counts) <= 6 {
			h.X.Ticks = append(h.X.Ticks, float64(b.first+i))
		}
		if i < len(b.counts) {
			row(fmt.Sprintf("%s to below %s", edgeName(b.edge(i)), edgeName(b.edge(i+1))), int(b.counts[i]))
		}
	}
	row(to+" or more", b.above)
	places := placesFor(v[len(v)-1])
	h.Alt = fmt.Sprintf("Histogram of customers by value to come. Half have at most %s; %s of them all %s %s or more.",
		estimated(v.quantile(0.5), places), count(b.above), have(b.above), to)
	svg, err := h.SVG()
	return &figure{
		Title: "How the value to come is spread",
		Note: fmt.Sprintf("Each bar is for twice as much as the one before. Not drawn: %s %s below %s, and %s with %s or more. The most is %s.",
			count(b.below), plural(b.below, "customer"), from, count(b.above), to, estimated(v[len(v)-1], places)),
		SVG:     svg,
		Numbers: numbers,
	}, err
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// edgeName writes an edge: exactly from 0.125 on.
func edgeName(v float64) string {
	if v < 0.125 {
		return strings.Replace(strconv.FormatFloat(v, 'g', 2, 64), "e-", "e−", 1)
	}
	return chart.Number(v)
}

// residualFigure compares the share of customers in each segment with the share
// of the value to come.
func residualFigure(segments []residualSection) (*figure, error) {
	customers, value := 0, 0.0
	for _, s := range segments {
		customers += s.Customers
		value += s.Value
	}
	if customers == 0 {
		return nil, nil
	}
	bars := chart.Bars{
		Horizontal: true, Value: chart.Axis{Label: "Share", Format: chart.Percent},
		Series: []chart.BarSeries{{Name: "share of customers"}, {Name: "share of the value to come"}},
	}
	numbers := grid{Caption: "Customers and value to come by segment", Head: []string{"Segment", "Share of customers", "Share of the value"}}
	var words []string
	for _, s := range segments {
		heads, share := part(s.Customers, customers), shareOfValue(s.Value, value)
		bars.Categories = append(bars.Categories, s.Name)
		bars.Series[0].Values = append(bars.Series[0].Values, known(heads))
		bars.Series[1].Values = append(bars.Series[1].Values, known(share))
		numbers.Rows = append(numbers.Rows, []string{s.Name, unbroken(heads), unbroken(share)})
		words = append(words, fmt.Sprintf("%s %s of customers and %s of the value", s.Name, unbroken(heads), unbroken(share)))
	}
	bars.Alt = "Bars: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return &figure{
		Title:   "Value to come by segment",
		Note:    "Of all customers with an order, and of all value to come.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// shareOfValue returns v as a share of all; nil if there is none.
func shareOfValue(v, all float64) *float64 {
	if all <= 0 {
		return nil
	}
	return new(v / all)
}

// moneyTable says how much there is to come from each segment.
func moneyTable(segments []residualSection) grid {
	t := grid{Caption: "Value to come by segment", Head: []string{"Segment", "Customers", "In all", "Per customer"}}
	most, mostEach := 0.0, 0.0
	for _, s := range segments {
		most = max(most, s.Value)
		if s.PerCustomer != nil {
			mostEach = max(mostEach, *s.PerCustomer)
		}
	}
	for _, s := range segments {
		each := "none"
		if s.PerCustomer != nil {
			each = estimated(*s.PerCustomer, placesFor(mostEach))
		}
		t.Rows = append(t.Rows, []string{s.Name, count(s.Customers), estimated(s.Value, placesFor(most)), each})
	}
	return t
}

// residualInWords says how much there is to come, and from whom most.
func residualInWords(doc clvSection) string {
	total, best := 0.0, residualSection{}
	for _, s := range doc.Residual {
		total += s.Value
		if s.Value > best.Value {
			best = s
		}
	}
	rate := doc.DiscountPerYear
	sentence := fmt.Sprintf("By the model, today’s customers will still bring %s, discounted at %s a year.", estimated(total, placesFor(total)), chart.Percent(rate))
	if best.Customers > 0 {
		sentence += fmt.Sprintf(" “%s” are to bring %s of it, %s a customer.", best.Name, unbroken(shareOfValue(best.Value, total)), estimated(*best.PerCustomer, placesFor(*best.PerCustomer)))
	}
	return sentence
}
