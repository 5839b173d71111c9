package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

// funnelView is what report/funnel.html.tmpl shows.
type funnelView struct {
	// Source says what was counted. Missing is set if there were no orders.
	Source   string
	Missing  bool
	SetAside *grid
	Facts    []fact
	Steps    figure
	Leaks    []leakView
	NoLeak   string // why none is named; empty if one is
	Lost     grid
	Parts    *figure
	LeftOut  string
	Paths    *figure
	Top      *grid
	NoPaths  string // why there are no paths
	Stuck    grid
	Days     int
}

// funnelReport shows how many get how far, and where they are lost. There is no
// such section without events.
func (a *analysis) funnelReport() (section, error) {
	c := a.conversion
	if c == nil {
		return section{}, nil
	}
	doc := c.section
	data := funnelView{
		Source: a.eventsInWords(), Missing: a.in.orders == nil, SetAside: a.eventsSetAside(),
		Facts: funnelFacts(doc), NoLeak: noLeakInWords(doc.Leaks), Lost: lostTable(doc), LeftOut: strings.Join(doc.LeftOut, ", "),
		Stuck: stuckTable(doc), Days: doc.Stuck.Days, NoPaths: doc.Paths.Reason,
	}
	var err error
	if data.Steps, err = stepsFigure(doc); err != nil {
		return section{}, err
	}
	if data.Leaks, err = c.leakViews(); err != nil {
		return section{}, err
	}
	if data.Parts, err = partsFigure(doc); err != nil {
		return section{}, err
	}
	if data.Paths, data.Top, err = pathsFigures(doc.Paths); err != nil {
		return section{}, err
	}
	return section{ID: "funnel", Title: "Where customers get lost", Findings: funnelFindings(doc), Data: data}, nil
}

// eventsInWords says what was counted.
func (a *analysis) eventsInWords() string {
	in, c := a.eventsInput(), a.conversion
	text := fmt.Sprintf("Counted are %s in %s %s of %s %s, from %s to %s", units(c.funnel.By), count(in.Events), plural(in.Events, "event"),
		count(in.Customers), plural(in.Customers, "customer"),
		longDate(c.first().In(c.zone).Format(time.DateOnly)), longDate(c.last().In(c.zone).Format(time.DateOnly)))
	if window, ok := c.funnel.Match.Window.Limit(); ok {
		text += ", each with " + duration(window.Seconds()) + " from the first step to the last"
	}
	return text + "."
}

func (a *analysis) eventsSetAside() *grid {
	in := a.eventsInput()
	if len(in.SetAside) == 0 {
		return nil
	}
	t := &grid{Caption: "Events set aside", Head: []string{"Reason", "Rows", "What it means"}, Prose: true}
	for _, reason := range slices.Sorted(maps.Keys(in.SetAside)) {
		t.Rows = append(t.Rows, []string{reason, count(in.SetAside[reason]), meaning(reason)})
	}
	return t
}

func funnelFindings(doc *funnelSection) []string {
	var findings []string
	for i, l := range doc.Leaks.Proven {
		if i == 2 {
			break // the others are below
		}
		findings = append(findings, leakInWords(doc.Leaks, l))
	}
	first, last := doc.Steps[0], doc.Steps[len(doc.Steps)-1]
	if last.Overall != nil && len(doc.Steps) > 1 {
		sentence := fmt.Sprintf("Of %s that began with “%s”, %s (%s) came to “%s”.",
			some(first.Reached, doc.Counted), first.Name, count(int(last.Reached)), unbroken(last.Overall), last.Name)
		if s := doc.Leaks.Structural[0]; s.Rate != nil && s.Lost > 0 {
			sentence += fmt.Sprintf(" The step that fewest make is “%s”: %s of those who came to “%s”.", s.Name, unbroken(&s.Rate.Value), s.From)
		}
		findings = append(findings, sentence)
	}
	if len(findings) == 0 {
		findings = append(findings, fmt.Sprintf("%s came to “%s”.", some(first.Reached, doc.Counted), first.Name))
	}
	return findings
}

// some is a number of what is counted, of which the document has the plural.
func some(n int64, units string) string { return counted(int(n), strings.TrimSuffix(units, "s")) }

func funnelFacts(doc *funnelSection) []fact {
	last := doc.Steps[len(doc.Steps)-1]
	facts := []fact{
		{Name: "Began", Value: count(int(doc.Steps[0].Reached)), Note: doc.Counted},
		{Name: "Completed", Value: count(int(last.Reached)), Note: unbroken(last.Overall) + " of those who began"},
	}
	if doc.TimeToConvert.Median != nil && len(doc.Steps) > 1 {
		facts = append(facts, fact{Name: "Time it took", Value: duration(*doc.TimeToConvert.Median), Note: "median of those who completed; nine of ten within " + duration(*doc.TimeToConvert.P90)})
	}
	if doc.Window != "" {
		facts = append(facts, fact{Name: "Still open", Value: count(int(doc.Open)), Note: "their time was not over"})
	}
	return facts
}

// duration writes seconds for reading.
func duration(seconds float64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"days", 86_400}, {"hours", 3600}, {"minutes", 60}} {
		if seconds >= 2*unit.size {
			return fmt.Sprintf("%s\u00a0%s", chart.Number(float64(int(10*seconds/unit.size+0.5))/10), unit.name)
		}
	}
	return fmt.Sprintf("%s\u00a0seconds", chart.Number(float64(int(seconds+0.5))))
}

// stepsFigure shows how many made each step.
func stepsFigure(doc *funnelSection) (figure, error) {
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: capital(doc.Counted), Whole: true}}
	series := chart.BarSeries{Name: doc.Counted}
	numbers := grid{
		Caption: capital(doc.Counted) + " by step, with the share of those who made the step before and its 95 % interval",
		Head:    []string{"Step", capital(doc.Counted), "Of those before", "95 % interval", "Of all"},
	}
	var words []string
	for i, s := range doc.Steps {
		name, before := fmt.Sprintf("%d %s", i+1, s.Name), ""
		if s.Rate != nil {
			before = "\n" + unbroken(s.Rate)
		}
		bars.Categories = append(bars.Categories, name+before)
		series.Values = append(series.Values, float64(s.Reached))
		numbers.Rows = append(numbers.Rows, []string{name, count(int(s.Reached)), dash(s.Rate), bounds(s), dash(s.Overall)})
		words = append(words, name+" "+count(int(s.Reached)))
	}
	bars.Series = []chart.BarSeries{series}
	bars.Height = 46*float64(len(doc.Steps)) + 60
	bars.Alt = fmt.Sprintf("Bars of %s by step: %s.", doc.Counted, strings.Join(words, "; "))
	svg, err := bars.SVG()
	return figure{
		Title:   "How many get how far",
		Note:    "Below each name is the share of those who made the step before.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

func dash(share *float64) string {
	if share == nil {
		return "–"
	}
	return unbroken(share)
}

func bounds(s stepSection) string {
	if s.Low == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f\u00a0to\u00a0%.1f\u00a0%%", 100**s.Low, 100**s.High)
}

// capital begins a text with a capital letter.
func capital(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return strings.ToUpper(text[:size]) + text[size:]
}

// lostTable ranks the steps by the share that is lost.
func lostTable(doc *funnelSection) grid {
	t := grid{
		Caption: "All steps, those first that fewest make",
		Head:    []string{"Step", "Make it", capital(doc.Counted) + " lost", "Would have completed"},
	}
	for _, s := range doc.Leaks.Structural {
		completed := "–"
		if s.LostConversions != nil {
			completed = count(int(*s.LostConversions + 0.5))
		}
		row := []string{fmt.Sprintf("%d %s", s.Step, s.Name), "–", count(int(s.Lost)), completed}
		if s.Rate != nil {
			row[1] = unbroken(&s.Rate.Value)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// stuckTable counts customers by the step that they lack.
func stuckTable(doc *funnelSection) grid {
	t := grid{Head: []string{"Step that is missing", "Customers", "Label"}}
	for _, s := range doc.Steps {
		if n, ok := doc.Stuck.Steps[s.Name]; ok {
			t.Rows = append(t.Rows, []string{s.Name, count(n), "stuck=" + s.Name})
		}
	}
	return t
}
