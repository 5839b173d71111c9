package main

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/strategy"
)

// strategyView is what report/strategy.html.tmpl shows.
type strategyView struct {
	Unserved   string // who gets nothing, in a sentence
	Operations figure
	Plan       grid
	Verdicts   grid
}

// strategyReport shows what to do, and for how many.
func (a *analysis) strategyReport() (section, error) {
	doc := a.strategySection()
	operations, err := operationsFigure(doc)
	if err != nil {
		return section{}, err
	}
	return section{
		ID:       "strategy",
		Title:    "What to do next, and for whom",
		Findings: strategyFindings(doc),
		Data: strategyView{
			Unserved: unservedInWords(doc), Operations: operations, Plan: a.plan(doc), Verdicts: verdictsTable(doc),
		},
	}, nil
}

func strategyFindings(doc strategySection) []string {
	var busy []operationSection
	var most operationSection
	for _, o := range doc.Decisions {
		if o.Customers > 0 {
			busy = append(busy, o)
		}
		if o.Customers > most.Customers {
			most = o
		}
	}
	if len(busy) == 0 {
		return []string{"No operation fits any customer."}
	}
	first := busy[0]
	return []string{
		fmt.Sprintf("First comes “%s”, for %s %s. The most, %s (%s of all), get “%s”.", first.Operation, count(int(first.Customers)), plural(int(first.Customers), "customer"),
			count(int(most.Customers)), unbroken(part(int(most.Customers), int(doc.Customers))), most.Operation),
		fmt.Sprintf("%d of %d operations reach somebody; the others suit nobody, or always another one ranks higher.", len(busy), len(doc.Decisions)),
	}
}

// unservedInWords says who gets nothing.
func unservedInWords(doc strategySection) string {
	all, none := int(doc.Customers), int(doc.Unserved)
	if none == 0 {
		return fmt.Sprintf("The plan is for %s %s. None is left without an operation.", count(all), plural(all, "customer"))
	}
	return fmt.Sprintf("The plan is for %s %s. %s of them, %s, %s no operation, since none is meant for them.",
		count(all), plural(all, "customer"), count(none), unbroken(part(none, all)), gets(none))
}

func gets(n int) string {
	if n == 1 {
		return "gets"
	}
	return "get"
}

// operationsFigure shows how many customers get which operation.
func operationsFigure(doc strategySection) (figure, error) {
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: "Customers", Whole: true}}
	series := chart.BarSeries{Name: "customers"}
	numbers := grid{Caption: "Customers by operation", Head: []string{"Operation", "Customers", "Share"}}
	var words []string
	add := func(name string, n int64) {
		bars.Categories = append(bars.Categories, name)
		series.Values = append(series.Values, float64(n))
		numbers.Rows = append(numbers.Rows, []string{name, count(int(n)), unbroken(part(int(n), int(doc.Customers)))})
		words = append(words, name+" "+count(int(n)))
	}
	for _, o := range doc.Decisions {
		if o.Customers > 0 {
			add(o.Operation, o.Customers)
		}
	}
	if doc.Unserved > 0 || len(words) == 0 {
		add("nothing", doc.Unserved)
	}
	bars.Series = []chart.BarSeries{series}
	bars.Alt = "Bars of customers by operation: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return figure{
		Title:   "Customers by operation",
		Note:    "Each customer gets one at most: the first, from the top, that is meant for them.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// plan lists all operations as they rank.
func (a *analysis) plan(doc strategySection) grid {
	t := grid{Head: []string{"Operation and its aim", "Customers", "Outranked"}}
	for _, o := range doc.Decisions {
		outranked := a.decisions.Of(o.Operation, strategy.Outranked)
		t.Rows = append(t.Rows, []string{o.Operation, count(int(o.Customers)), count(int(outranked))})
		t.Notes = append(t.Notes, o.Channel+" – "+o.Objective)
	}
	return t
}

// verdictsTable counts what became of all candidates.
func verdictsTable(doc strategySection) grid {
	t := grid{
		Caption: fmt.Sprintf("%s customers, each with a verdict on each of %d operations", count(int(doc.Customers)), len(doc.Decisions)),
		Head:    []string{"Verdict", "Times", "What it means"}, Prose: true,
	}
	for _, code := range strategy.Codes() {
		if n, ok := doc.Verdicts[code.String()]; ok {
			t.Rows = append(t.Rows, []string{code.String(), count(int(n)), verdictInWords(code)})
		}
	}
	return t
}

func verdictInWords(code strategy.Code) string {
	switch code {
	case strategy.Chosen:
		return "the customer gets it"
	case strategy.HeldOut:
		return "the customer is held out, to see what it brings"
	case strategy.Stopped:
		return "it has been stopped"
	case strategy.NotStarted:
		return "it has not begun yet"
	case strategy.Ended:
		return "it is over"
	case strategy.LacksLabel:
		return "it is meant for others"
	case strategy.Excluded:
		return "it is kept from customers like this one"
	case strategy.LacksNumber:
		return "a figure that it asks for is missing"
	case strategy.OutOfRange:
		return "a figure is too low or too high for it"
	case strategy.Unreachable:
		return "there is no way to reach the customer"
	case strategy.NoConsent:
		return "the customer did not agree to it"
	case strategy.CoolingDown:
		return "it is too soon after the last time"
	case strategy.Capped:
		return "the customer has had enough for now"
	case strategy.Quiet:
		return "it is the hour to be quiet"
	case strategy.OverBudget:
		return "the budget does not allow it"
	case strategy.Refused:
		return "it could not be reserved"
	case strategy.NotDrawn:
		return "chance drew another one"
	case strategy.Unscored:
		return "its score can't be worked out"
	case strategy.NoGain:
		return "it would bring nothing"
	case strategy.HeldBack:
		return "it would fit, but a better one comes soon"
	case strategy.Outranked:
		return "it would fit, but another one ranks higher"
	}
	return "not known"
}
