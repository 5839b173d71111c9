package main

import (
	"fmt"
	"maps"
	"slices"
)

// inputReport says what came in, and what did not count.
func (a *analysis) inputReport() (section, error) {
	in := a.inputSection()
	data := struct {
		Input    inputSection
		Facts    []fact
		SetAside *grid
	}{Input: in, Facts: []fact{
		{Name: "Customers", Value: count(in.Customers), Note: a.unscored()},
		{Name: "Orders", Value: count(in.Orders), Note: ofRows(in)},
		{Name: "Total", Value: a.amount(in.Total), Note: "paid, less what was given back"},
		{Name: "Orders per customer", Value: perHead(in)},
	}}
	if len(in.SetAside) > 0 {
		data.SetAside = &grid{Head: []string{"Reason", "Rows", "What it means"}, Prose: true}
		for _, reason := range slices.Sorted(maps.Keys(in.SetAside)) {
			data.SetAside.Rows = append(data.SetAside.Rows, []string{reason, count(in.SetAside[reason]), meaning(reason)})
		}
	}
	return section{ID: "input", Title: "What came in", Data: data}, nil
}

// unscored says how many customers are in no segment.
func (a *analysis) unscored() string {
	if a.prospects == 0 {
		return ""
	}
	return count(a.prospects) + " without an order that counts"
}

func ofRows(in inputSection) string {
	text := "from " + count(in.Rows) + " rows"
	if in.Refunds > 0 {
		text += ", " + count(in.Refunds) + " of them refunds"
	}
	return text
}

func perHead(in inputSection) string {
	if in.Customers == 0 {
		return "none"
	}
	return fmt.Sprintf("%.1f", float64(in.Orders)/float64(in.Customers))
}

// meaning explains why rows were set aside.
func meaning(reason string) string {
	switch reason {
	case "after asof":
		return "later than the day from which this report looks back"
	case "duplicate":
		return "repeats the order, time and amount of another row"
	case "conflict":
		return "repeats an order with another time or amount"
	}
	return "can’t be read"
}
