package main

import (
	"fmt"

	"github.com/regulars-go/regulars/strategy"
)

// operationPage is all about one operation.
type operationPage struct {
	ID, Name, Aim string
	Facts         []fact
	Sentences     []string
	Verdicts      grid
}

// operationPages has one for each operation that somebody gets, or would.
func (a *analysis) operationPages(doc strategySection) (pages []operationPage) {
	lifts := map[string]liftSection{}
	for _, l := range doc.Lift {
		lifts[l.Operation] = l
	}
	for i, o := range doc.Decisions {
		l, ok := lifts[o.Operation]
		if !ok {
			continue
		}
		pages = append(pages, operationPage{
			ID: fmt.Sprintf("operation-%d", i+1), Name: o.Operation, Aim: sentence(o.Objective),
			Facts: []fact{
				{"Served", count(int(o.Customers)), "by " + o.Channel},
				{"Held out", count(int(l.Control)), "would have got it"},
				{"Next month", count(doc.Next.Decisions[o.Operation]), "customers, by rank"},
				{"Cost", grouped(toCents(l.Cost)), "of the budget"},
			},
			Sentences: a.operationInWords(doc, o, l),
			Verdicts:  a.verdictsOf(o.Operation),
		})
	}
	return pages
}

// operationInWords says who it is for, what it changed, and what to do.
func (a *analysis) operationInWords(doc strategySection, o operationSection, l liftSection) []string {
	words := []string{"It is for " + audienceInWords(o.Audience) + "."}
	if l.Estimate == nil {
		words = append(words, "Nothing can be said of its effect: one of the two groups is empty.")
	} else {
		proven := "That may be chance."
		if *l.Low > 0 || *l.High < 0 {
			proven = "That is beyond chance."
		}
		words = append(words, fmt.Sprintf("Of those served %s ordered within %d days, of those held out %s: %s percentage points more, from %s to %s with 95 %% confidence. %s",
			unbroken(&l.Ordered), l.Days, unbroken(&l.Unasked), inPoints(*l.Estimate), inPoints(*l.Low), inPoints(*l.High), proven))
	}
	for _, p := range doc.Proposals {
		if p.Operation == o.Operation {
			words = append(words, fmt.Sprintf("Proposal: %s, as %s.", p.Action, p.Because))
		}
	}
	return words
}

func audienceInWords(audience string) string {
	if audience == "everyone" {
		return "everyone whom nothing else is for"
	}
	return "customers with " + audience
}

// sentence ends a text with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("Aim: %s.", text)
}

// verdictsOf counts why customers get an operation, or not.
func (a *analysis) verdictsOf(operation string) grid {
	t := grid{Head: []string{"Verdict", "Customers"}}
	for _, code := range strategy.Codes() {
		if n := a.trial.verdicts[operation][code]; n > 0 {
			t.Rows = append(t.Rows, []string{code.String(), count(int(n))})
			t.Notes = append(t.Notes, verdictInWords(code))
		}
	}
	return t
}
