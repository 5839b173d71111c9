package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/strategy"
)

// strategyView is what report/strategy.html.tmpl shows.
type strategyView struct {
	Intro      string
	Steps      []step // segment, reach, feedback, adjust
	Operations figure
	Lift       figure
	Proposals  grid
	Budget     string
	Yield      figure
	Verdicts   grid
	Plan       grid
	Pages      string
	Each       []operationPage
}

// step is one of the loop's four.
type step struct{ Name, Text string }

// strategyReport shows the loop: what to do, for how many, what came of it, and
// what to change.
func (a *analysis) strategyReport() (section, error) {
	doc := a.strategySection()
	operations, err := operationsFigure(doc)
	if err != nil {
		return section{}, err
	}
	lift, err := liftFigure(doc)
	if err != nil {
		return section{}, err
	}
	yield, err := yieldFigure(doc)
	if err != nil {
		return section{}, err
	}
	return section{
		ID:       "strategy",
		Title:    "What to do next, for whom, and what came of it",
		Findings: strategyFindings(doc),
		Data: strategyView{
			Intro: strategyIntro(doc), Steps: a.steps(doc), Operations: operations, Lift: lift, Proposals: proposalsTable(doc),
			Budget: budgetInWords(doc), Yield: yield, Verdicts: verdictsTable(doc), Plan: a.plan(doc),
			Pages: "Who gets it, who does not and why, what it changed, and what to do about it.", Each: a.operationPages(doc),
		},
	}, nil
}

func strategyIntro(doc strategySection) string {
	return unservedInWords(doc) + fmt.Sprintf(" It begins on %s. How customers respond is simulated, with effects that the program knows and the analysis does not: "+
		"everything below is found out from who ordered, as it would be from real orders.", longDate(doc.From))
}

// unservedInWords says who gets nothing.
func unservedInWords(doc strategySection) string {
	all, none, held := int(doc.Customers), int(doc.Unserved), doc.Holdout.Customers
	text := fmt.Sprintf("The plan is for %s %s.", count(all), plural(all, "customer"))
	switch {
	case none == 0:
		return text + " None is left without an operation."
	case held == 0:
		return text + fmt.Sprintf(" %s of them, %s, %s no operation, since none is meant for them.", count(none), unbroken(part(none, all)), gets(none))
	}
	return text + fmt.Sprintf(" %s of them, %s, %s no operation: %s %s held out, to compare with.", count(none), unbroken(part(none, all)), gets(none), count(held), be(held))
}

func gets(n int) string {
	if n == 1 {
		return "gets"
	}
	return "get"
}

func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
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
	findings := []string{
		fmt.Sprintf("First comes “%s”, for %s %s. The most, %s (%s of all), get “%s”.", first.Operation, count(int(first.Customers)), plural(int(first.Customers), "customer"),
			count(int(most.Customers)), unbroken(part(int(most.Customers), int(doc.Customers))), most.Operation),
	}
	if o := doc.Overall; o.Estimate != nil {
		findings = append(findings, fmt.Sprintf("In a simulated month, %s points more of those who were served ordered than of those who were not (%s to %s; the truth is %s).",
			inPoints(*o.Estimate), inPoints(*o.Low), inPoints(*o.High), inPoints(o.Truth)))
	}
	return findings
}

// steps says what happened in each part of the loop.
func (a *analysis) steps(doc strategySection) []step {
	served := doc.Customers - doc.Unserved
	changes := 0
	for _, p := range doc.Proposals {
		if p.Applied {
			changes++
		}
	}
	feedback := "Nothing can be said of what it brought: one of the two groups is empty."
	if o := doc.Overall; o.Estimate != nil {
		feedback = fmt.Sprintf("%s of those who were served ordered within %d days, and %s of the others: %s points more.",
			unbroken(&o.Ordered), orderDays, unbroken(&o.Unasked), inPoints(*o.Estimate))
	}
	return []step{
		{"Segment", fmt.Sprintf("%s %s, by the labels of all sections above: stage, segment, layer, quadrant, tier and what else is known.", count(int(doc.Customers)), plural(int(doc.Customers), "customer"))},
		{"Reach", fmt.Sprintf("%s get an operation, in %d waves a week apart. %s (%s of all) are held out to compare with; %s of the budget’s %s are spent.",
			count(int(served)), waves, count(doc.Holdout.Customers), unbroken(&doc.Holdout.Share), a.amount(toCents(doc.Budget.Spent)), a.amount(toCents(doc.Budget.Limit)))},
		{"Feedback", feedback},
		{"Adjust", fmt.Sprintf("%d reviews, a week apart. They propose %s; a change needs two reviews in a row that say the same. %s customers get something else the month after.",
			waves, countedWord(changes, "change"), count(doc.Next.Changed))},
	}
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
		outranked := a.trial.decisions.Of(o.Operation, strategy.Outranked)
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

// verdictWords say what a code means to a reader.
var verdictWords = map[strategy.Code]string{
	strategy.Chosen: "the customer gets it", strategy.HeldOut: "the customer is held out, to compare with",
	strategy.Stopped: "it is stopped", strategy.NotStarted: "it has not begun yet", strategy.Ended: "it is over",
	strategy.LacksLabel: "it is meant for others", strategy.Excluded: "it is kept from customers like this one",
	strategy.LacksNumber: "a figure that it goes by is not known", strategy.OutOfRange: "it is meant for others, by a figure",
	strategy.Unreachable: "no channel reaches the customer", strategy.NoConsent: "the customer did not agree to the channel",
	strategy.CoolingDown: "it is too soon after the last time", strategy.Capped: "the customer has had enough messages",
	strategy.Quiet: "it is the hour to be quiet", strategy.OverBudget: "the money is gone", strategy.Refused: "somebody else was faster",
	strategy.NotDrawn: "another one was drawn, to learn", strategy.Unscored: "how likely it is to work is not known",
	strategy.NoGain: "it would bring nothing", strategy.HeldBack: "the customer waits for one that ranks higher",
	strategy.Outranked: "it would fit, but another one ranks higher",
}

func verdictInWords(code strategy.Code) string { return cmp.Or(verdictWords[code], "not known") }
