package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/loyalty"
)

// loyaltyView is what report/loyalty.html.tmpl shows.
type loyaltyView struct {
	Basis   string // what was held against which program
	Nothing string // why there is nothing to show
	Refused *grid
	Facts   []fact
	Ends    *figure
	Owed    []grid
	Fate    grid
	Tiers   *figure
	Rules   grid
	Reach   string
	Checkup grid
	Levers  []leverView
}

// loyaltyReport shows what the orders would have earned. There is no such
// section without orders.
func (a *analysis) loyaltyReport() (section, error) {
	l := a.ledger
	if l == nil {
		return section{}, nil
	}
	doc := l.section
	s := section{ID: "loyalty", Title: "What points customers would hold"}
	if doc.Reason != "" {
		s.Data = loyaltyView{Nothing: doc.Reason, Refused: refusedTable(doc)}
		return s, nil
	}
	data := loyaltyView{
		Basis: loyaltyBasis(doc), Refused: refusedTable(doc), Facts: a.loyaltyFacts(doc), Owed: owedTables(doc), Fate: fateTable(doc),
		Rules: rulesTable(doc), Reach: reachInWords(doc.Checkup), Checkup: checkupTable(doc.Checkup), Levers: leverViews(doc.Checkup),
	}
	var err error
	if data.Ends, err = endsFigure(doc); err != nil {
		return section{}, err
	}
	if data.Tiers, err = tiersFigure(doc); err != nil {
		return section{}, err
	}
	s.Findings, s.Data = loyaltyFindings(doc), data
	return s, nil
}

func loyaltyBasis(doc *loyaltySection) string {
	program := fmt.Sprintf("the program “%s”", doc.Program)
	if doc.Source == presetSource {
		program = fmt.Sprintf("the preset “%s”", doc.Program)
	}
	return fmt.Sprintf("This is what would have been: %s %s and %s %s were held against %s, each when it happened. The orders say nothing of redemptions; it is assumed that %s.",
		count(doc.Orders), plural(doc.Orders, "order"), count(doc.Refunds), plural(doc.Refunds, "refund"), program, doc.Assumed)
}

func loyaltyFindings(doc *loyaltySection) []string {
	var findings []string
	for _, w := range doc.Liability {
		issued := doc.wallet(w.Wallet).Issued
		sentence := fmt.Sprintf("Under the program “%s” %s customers would have earned %s %s and could still redeem %s.",
			doc.Program, count(doc.Members), points(issued), w.Wallet, points(w.Points))
		if len(w.Months) > 0 {
			sentence += fmt.Sprintf(" %s of them end in %s.", points(w.Months[0].Points), longMonth(w.Months[0].Month))
		}
		findings = append(findings, sentence)
	}
	counts := verdictCounts(doc.Checkup)
	sentence := "The check-up says: " + verdictsInLine(doc.Checkup) + "."
	if n := counts["not measured"]; n > 0 {
		sentence += " What is not measured needs more than orders."
	}
	return append(findings, sentence)
}

// longMonth writes a month such as 2026-06 as June 2026.
func longMonth(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return t.Format("January 2006")
}

func (a *analysis) loyaltyFacts(doc *loyaltySection) []fact {
	var facts []fact
	for _, owed := range doc.Liability {
		w := doc.wallet(owed.Wallet)
		facts = append(facts,
			fact{Name: "Earned", Value: points(w.Issued), Note: w.Name},
			fact{Name: "Redeemed", Value: points(w.Redeemed), Note: "assumed"},
			fact{Name: "Expired", Value: points(w.Expired), Note: "by the end of the period"},
		)
		last := fact{Name: "Still owed", Value: points(owed.Points), Note: "available, pending or held"}
		if owed.Cost != nil {
			last.Note = "at a cost of " + a.amount(*owed.Cost) + " if all is redeemed"
		}
		facts = append(facts, last)
	}
	return facts
}

func refusedTable(doc *loyaltySection) *grid {
	t := &grid{Head: []string{"Reason", "Times"}}
	for _, part := range sortedCounts(doc.Refused) {
		t.Rows = append(t.Rows, []string{part.name, count(part.n)})
	}
	for _, part := range sortedCounts(doc.Redemptions.Refused) {
		t.Rows = append(t.Rows, []string{"redemption: " + part.name, count(part.n)})
	}
	if t.Rows == nil {
		return nil
	}
	return t
}

// endsFigure shows what is owed by the month in which it ends; nil if nothing
// is.
func endsFigure(doc *loyaltySection) (*figure, error) {
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: "Points", Whole: true}}
	series := chart.BarSeries{Name: "points"}
	numbers := grid{Caption: "Points by the month in which they end", Head: []string{"Month", "Available", "Pending", "All"}}
	var words []string
	add := func(wallet, name, available, pending string, all int64) {
		if len(doc.Liability) > 1 {
			name = wallet + ", " + name
		}
		bars.Categories = append(bars.Categories, name)
		series.Values = append(series.Values, float64(all))
		numbers.Rows = append(numbers.Rows, []string{name, available, pending, points(all)})
		words = append(words, name+" "+points(all))
	}
	for _, w := range doc.Liability {
		for _, m := range w.Months {
			add(w.Wallet, longMonth(m.Month), points(m.Available), points(m.Pending), m.Points)
		}
		if w.Endless > 0 {
			add(w.Wallet, "no end, or not yet", "–", "–", w.Endless)
		}
	}
	if words == nil {
		return nil, nil
	}
	bars.Series = []chart.BarSeries{series}
	bars.Alt = "Bars of points by the month in which they end: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return &figure{
		Title:   "When the points end that are still owed",
		Note:    "Available and pending points by the month in which they end. Nothing that has ended is in it.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// owedTables tell, for each wallet, what accounts hold that were up to date
// from those that were not.
func owedTables(doc *loyaltySection) []grid {
	var list []grid
	for _, w := range doc.Liability {
		t := grid{
			Caption: fmt.Sprintf("What is owed in %s: by accounts that are up to date, and by those where something fell due since they were last used", w.Wallet),
			Head:    []string{"Points", "Up to date", "Something due"},
		}
		for _, row := range []struct {
			name         string
			settled, due int64
		}{
			{"available", w.Settled.Available, w.Due.Available},
			{"pending", w.Settled.Pending, w.Due.Pending},
			{"held", w.Settled.Held, w.Due.Held},
			{"debt", w.Settled.Debt, w.Due.Debt},
			{"past their end, and owed no more", 0, w.Past},
		} {
			t.Rows = append(t.Rows, []string{row.name, points(row.settled), points(row.due)})
		}
		list = append(list, t)
	}
	return list
}

// fateTable says where all points went.
func fateTable(doc *loyaltySection) grid {
	t := grid{Caption: "Earned and debt together are as much as all the others", Head: []string{"What became of them"}}
	names := []string{"earned", "available", "pending", "held", "redeemed", "expired", "taken back", "forfeited", "debt"}
	for _, name := range names {
		t.Rows = append(t.Rows, []string{name})
	}
	for _, w := range doc.Wallets {
		t.Head = append(t.Head, w.Name)
		for i, n := range []int64{w.Issued, w.Available, w.Pending, w.Held, w.Redeemed, w.Expired, w.Revoked, w.Forfeited, w.Debt} {
			t.Rows[i] = append(t.Rows[i], points(n))
		}
	}
	return t
}

// tiersFigure counts members by level; nil if the program has none.
func tiersFigure(doc *loyaltySection) (*figure, error) {
	if doc.Tiers == nil {
		return nil, nil
	}
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: "Members", Whole: true}}
	series := chart.BarSeries{Name: "members"}
	numbers := grid{Caption: "Members by tier", Head: []string{"Tier", "From " + doc.Tiers.Wallet, "Members", "Share"}}
	var words []string
	add := func(name, least string, members int) {
		bars.Categories = append(bars.Categories, name)
		series.Values = append(series.Values, float64(members))
		numbers.Rows = append(numbers.Rows, []string{name, least, count(members), unbroken(part(members, doc.Members))})
		words = append(words, name+" "+count(members))
	}
	add("no tier", "0", doc.Tiers.None)
	for _, level := range doc.Tiers.Levels {
		add(level.Name, points(level.Min), level.Members)
	}
	bars.Series = []chart.BarSeries{series}
	bars.Alt = "Bars of members by tier: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return &figure{
		Title:   "Members by tier",
		Note:    fmt.Sprintf("A tier takes %s, which orders earn and spending does not lower.", doc.Tiers.Wallet),
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// rulesTable says of each rule what it gave, and why it did not.
func rulesTable(doc *loyaltySection) grid {
	t := grid{Caption: "All rules, those first that gave most, and how often they gave nothing and why", Head: []string{"Rule", "Times", "Points"}}
	for _, r := range doc.Rules {
		not := whyNotInLine(r.Not)
		if r.Unseen {
			not = "the input has no such events"
		}
		t.Rows = append(t.Rows, []string{r.Name, points(r.Times), points(r.Points)})
		t.Notes = append(t.Notes, not)
	}
	return t
}

// whyNot says to a reader why a rule gave nothing.
var whyNot = map[loyalty.Reason]string{
	loyalty.ReasonCapped: "its cap was used up", loyalty.ReasonDisabled: "it is switched off",
	loyalty.ReasonDates: "it was not on at the time", loyalty.ReasonWeekday: "it was not on that day of the week",
	loyalty.ReasonTier: "it is for another tier", loyalty.ReasonAttribute: "it asks for another attribute",
	loyalty.ReasonLabel: "it asks for another label", loyalty.ReasonAmount: "the amount was too small or too large",
	loyalty.ReasonCategory: "it is for other categories", loyalty.ReasonRounded: "it came to less than one point",
	loyalty.ReasonOutranked: "another rule gave more", loyalty.ReasonCheckedIn: "the day was checked in before",
	loyalty.ReasonLocked: "a task before it was not done", loyalty.ReasonProgress: "its task was not done yet",
	loyalty.ReasonDone: "its task was done before", loyalty.ReasonNoReferrer: "nobody brought the member",
	loyalty.ReasonPaid: "it was paid before", loyalty.ReasonLate: "it came too long after joining",
	loyalty.ReasonReferrer: "who brought the member can’t be paid", loyalty.ReasonFull: "the wallet was full",
	loyalty.ReasonReturned: "what was kept no longer met its conditions",
}

// whyNotInLine says how often a rule gave nothing, and why: the most frequent
// reason first.
func whyNotInLine(counts map[string]int64) string {
	var parts []string
	for _, name := range byCount(counts) {
		why := name
		var reason loyalty.Reason
		if err := reason.UnmarshalText([]byte(name)); err == nil {
			why = cmp.Or(whyNot[reason], name)
		}
		times := "once"
		if n := counts[name]; n != 1 {
			times = points(n) + " times"
		}
		parts = append(parts, times+" since "+why)
	}
	if parts == nil {
		return ""
	}
	return "nothing " + strings.Join(parts, ", ")
}
