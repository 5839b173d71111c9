package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/lifecycle/term"
)

// economicsView is what report/economics.html.tmpl shows. What is nil is not
// known.
type economicsView struct {
	Margin                    string
	Months                    int
	Ratios, Renewals, Watched *figure
	Channels                  *grid
	Milestones, Actions       *grid
	Referral                  []fact
	Advocates, Grades, Card   *grid
	Reason                    string
}

// economicsReport shows what customers cost and bring.
func (a *analysis) economicsReport() (section, error) {
	s := a.worthwhile
	if s == nil {
		return section{}, nil
	}
	data := economicsView{Months: horizonMonths, Margin: a.in.growth.margin.Shift(2).String() + "\u00a0%"}
	var err error
	if s.Acquisition != nil {
		data.Channels = channelsTable(s.Acquisition)
		if data.Ratios, err = ratiosFigure(s.Acquisition); err != nil {
			return section{}, err
		}
	}
	if s.Terms != nil {
		data.Milestones = milestonesTable(s.Terms.Milestones)
		if data.Renewals, err = renewalsFigure(s.Terms.Renewals); err != nil {
			return section{}, err
		}
	}
	if s.KeyActions != nil {
		data.Actions = actionsTable(s.KeyActions)
	}
	if s.Referral != nil {
		data.Referral, data.Advocates = a.referralFacts(s.Referral), advocatesTable(s.Referral)
	}
	data.Reason = s.Scorecard.Reason
	data.Grades, data.Card = gradesTable(s.Scorecard), cardTable(s.Scorecard)
	if data.Watched, err = watchFigure(s.Watch); err != nil {
		return section{}, err
	}
	return section{ID: "economics", Title: "What customers cost and bring", Findings: s.findings(a), Data: data}, nil
}

// ratiosFigure compares channels by LTV/CAC.
func ratiosFigure(s *acquisitionSection) (*figure, error) {
	dots := chart.Dots{
		Usual: 1, Full: "differs from the rest by more than chance", Hollow: "may be chance",
		Value: chart.Axis{Label: "LTV/CAC: what customers bring for each unit spent", Format: func(v float64) string { return fmt.Sprintf("%.1f", v) }},
	}
	var words []string
	for _, c := range append(s.Channels, s.Paid) {
		r := c.Ratio
		row := chart.DotRow{Name: c.Channel, Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Missing: "nothing spent", Hollow: c.Against.Verdict != lifecycle.Better && c.Against.Verdict != lifecycle.Worse}
		if r.Defined {
			row.Value = r.Value
			words = append(words, fmt.Sprintf("%s %.1f", c.Channel, r.Value))
		}
		if r.Bounded {
			row.Low, row.High = r.Low, r.High
			dots.Value.Max = max(dots.Value.Max, math.Ceil(r.High))
		}
		dots.Rows = append(dots.Rows, row)
	}
	if len(words) == 0 {
		return nil, nil
	}
	dots.Alt = "Dots with intervals, LTV/CAC by channel: " + strings.Join(words, "; ") + "."
	svg, err := dots.SVG()
	return &figure{
		Title:   "Value for cost, by channel",
		Note:    "Below 1 customers don’t pay for themselves within the horizon. The intervals hold in 95 of 100 cases, each alone; tests of a channel against the rest are corrected for all of them.",
		SVG:     svg,
		Numbers: ratiosTable(s),
	}, err
}

func ratiosTable(s *acquisitionSection) grid {
	t := grid{Caption: "LTV/CAC and the test against the other paid channels", Head: []string{"Channel", "LTV/CAC", "From", "To", "Rest", "P", "Verdict"}}
	for _, c := range append(s.Channels, s.Paid) {
		row := []string{c.Channel, "undefined", "", "", "", "", c.Against.Verdict.String()}
		if c.Ratio.Defined {
			row[1] = fmt.Sprintf("%.2f", c.Ratio.Value)
		}
		if c.Ratio.Bounded {
			row[2], row[3] = fmt.Sprintf("%.2f", c.Ratio.Low), fmt.Sprintf("%.2f", c.Ratio.High)
		}
		if c.Against.Verdict != lifecycle.Untested {
			row[4], row[5] = fmt.Sprintf("%.2f", c.Against.Rest), probability(c.Against.Adjusted)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func channelsTable(s *acquisitionSection) *grid {
	t := &grid{Head: []string{"Channel", "Spend", "New", "CAC", "LTV", "Kept", "Once", "Payback"}}
	for _, c := range append(s.Channels, s.All) {
		payback := c.Payback.State.String()
		if c.Payback.State == lifecycle.PaidBack {
			payback = counted(c.Payback.Periods, "month")
		}
		t.Rows = append(t.Rows, []string{
			c.Channel, grouped(c.Spend.StringFixed(2)), count(c.New), atCents(c.CAC(2)), atCents(c.LTV(2)),
			shareRate(c.Retained), shareRate(c.OneTimers), payback,
		})
	}
	return t
}

// shareRate writes a share as a percentage.
func shareRate(s lifecycle.Share) string {
	rate, ok := s.Rate()
	if !ok {
		return "none"
	}
	return unbroken(&rate)
}

// renewalsFigure shows what became of terms, by the month in which they were due.
func renewalsFigure(r term.Report) (*figure, error) {
	if len(r.Cohorts) == 0 {
		return nil, nil
	}
	groups := []struct {
		name string
		of   []term.Label
	}{
		{"early or on time", []term.Label{term.Early, term.OnTime}},
		{"late", []term.Label{term.Late}},
		{"up or down", []term.Label{term.Upgraded, term.Downgraded}},
		{"other product", []term.Label{term.OtherProduct}},
		{"open", []term.Label{term.Open}},
		{"lapsed", []term.Label{term.Lapsed}},
	}
	bars := chart.Bars{Stacked: true, Value: chart.Axis{Label: "Terms", Whole: true}}
	for _, g := range groups {
		bars.Series = append(bars.Series, chart.BarSeries{Name: g.name})
	}
	numbers := grid{Caption: "Terms by the month in which they were due", Head: []string{"Month", "Due", "Decided", "Renewed", "GRR", "NRR"}}
	left := max(len(r.Cohorts)-cohortsDrawn, 0)
	for i, c := range r.Cohorts {
		numbers.Rows = append(numbers.Rows, renewalsRow(monthOf(c.Interval.Name, "January 2006"), c))
		if i < left {
			continue
		}
		tick := monthOf(c.Interval.Name, "1")
		if i == left || tick == "1" {
			tick += "\n" + monthOf(c.Interval.Name, "2006")
		}
		bars.Categories = append(bars.Categories, tick)
		for j, g := range groups {
			n := 0
			for _, l := range g.of {
				n += c.Count(l)
			}
			bars.Series[j].Values = append(bars.Series[j].Values, float64(n))
		}
	}
	numbers.Rows = append(numbers.Rows, renewalsRow("all", r.All))
	bars.Alt = fmt.Sprintf("Bars of terms by due month: of %s, %s were renewed, %s lapsed and %s are open.",
		counted(r.All.Due, "term"), count(renewedSoFar(r.All)), count(r.All.Count(term.Lapsed)), count(r.All.Count(term.Open)))
	svg, err := bars.SVG()
	return &figure{
		Title:   "What became of terms at their end",
		Note:    "A term renews one other at most. The last months are not decided: who is late may still come. Rates count what is decided alone.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

func renewedSoFar(c term.Cohort) (n int) {
	for _, l := range term.Labels() {
		if l.Renewed() {
			n += c.Count(l)
		}
	}
	return n
}

func renewalsRow(name string, c term.Cohort) []string {
	rate := func(r float64, ok bool) string {
		if !ok {
			return "none"
		}
		return unbroken(&r)
	}
	return []string{name, count(c.Due), count(c.Decided), shareRate(c.Renewed()), rate(c.GRR()), rate(c.NRR())}
}

func milestonesTable(list []milestoneSection) *grid {
	if len(list) == 0 {
		return nil
	}
	statuses := []term.Status{term.Upcoming, term.Due, term.Overdue, term.Done}
	t := &grid{Head: []string{"Milestone"}}
	for _, s := range statuses {
		t.Head = append(t.Head, sentenceCase(s.String()))
	}
	for _, m := range list {
		row := []string{m.Name}
		for _, s := range statuses {
			row = append(row, count(m.Status[s.String()]))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

const actionsShown = 8

func actionsTable(k *lifecycle.KeyActions) *grid {
	t := &grid{Head: []string{"In the first week", "Did", "Stayed", "Others", "P", "Verdict"}}
	for _, x := range k.Tried[:min(actionsShown, len(k.Tried))] {
		t.Rows = append(t.Rows, []string{
			fmt.Sprintf("%s, %d or more", x.Action, x.AtLeast), count(x.Done.Count), shareRate(x.Did), shareRate(x.DidNot),
			probability(x.Adjusted), x.Verdict.String(),
		})
		t.Notes = append(t.Notes, minus(fmt.Sprintf("%+.1f points, 95\u00a0%% interval %.1f to %.1f", 100*x.Difference, 100*x.Low, 100*x.High)))
	}
	return t
}
