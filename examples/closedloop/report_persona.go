package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/persona/portrait"
	"github.com/regulars-go/regulars/persona/tracking"
)

const (
	// facetRows is the most values of an attribute that the chart shows, and
	// chartRows the most rows; the table has all.
	facetRows = 8
	chartRows = 45
	// tgiMost is where the chart's axis ends at the latest.
	tgiMost = 400
	// usualTGI is that of a value that is as common as among everyone.
	usualTGI = 100
)

// personaView is what report/persona.html.tmpl shows.
type personaView struct {
	Group, Reason string
	Facts         []fact
	Board         *figure // nil if there is none
	Coverage      grid
	LeftOut       *grid
	Tags          grid
	Quality       *grid // nil if nothing is wrong
}

// personaReport shows what a group looks like beside everyone.
func (a *analysis) personaReport() (section, error) {
	doc := a.personaSection()
	if doc == nil {
		return section{}, nil
	}
	data := personaView{
		Group: doc.Group.Name, Reason: doc.Reason, Coverage: coverageTable(doc), Tags: tagsTable(doc), Quality: qualityTable(doc.Quality),
		Facts: []fact{
			{Name: "Profiles", Value: count(doc.Customers), Note: "from " + counted(doc.Rows, "row")},
			{Name: "Everyone", Value: count(doc.Everyone), Note: withoutProfile(doc.WithoutProfile)},
		},
	}
	if len(doc.LeftOut) > 0 {
		data.LeftOut = &grid{Caption: "Attributes that are not on the board", Head: []string{"Attribute", "Why"}, Prose: true}
		for _, name := range slices.Sorted(maps.Keys(doc.LeftOut)) {
			data.LeftOut.Rows = append(data.LeftOut.Rows, []string{name, doc.LeftOut[name]})
		}
	}
	if doc.Board == nil {
		return section{ID: "persona", Title: "Who they are", Data: data}, nil
	}
	data.Facts = append(data.Facts, fact{Name: "Group", Value: count(int(doc.Board.Target)), Note: doc.Group.Name + ", " + unbroken(part(int(doc.Board.Target), int(doc.Board.Base))) + " of everyone"})
	board, err := boardFigure(doc)
	data.Board = board
	return section{ID: "persona", Title: "Who they are", Findings: personaFindings(doc), Data: data}, err
}

func withoutProfile(n int) string {
	if n == 0 {
		return "all have a profile"
	}
	return count(n) + " of them without a profile"
}

func personaFindings(doc *personaSection) []string {
	if len(doc.Traits) == 0 {
		return []string{fmt.Sprintf("Nothing that is known sets “%s” apart from everyone.", doc.Group.Name)}
	}
	t := doc.Traits[0]
	findings := []string{fmt.Sprintf("What sets “%s” apart most is “%s: %s”: %s of them, against %s of everyone (TGI %.0f, where 100 is as everyone).",
		doc.Group.Name, t.Attribute, t.Value, unbroken(&t.Cell.TargetShare.Value), unbroken(t.Cell.BaseShare), t.Cell.TGI.Value)}
	if n := len(doc.Traits); n > 1 {
		findings = append(findings, fmt.Sprintf("%d values differ by more than chance would have it, allowing for how many are tested.", n))
	}
	return findings
}

// boardFigure shows the TGI of each value, the attributes first that go with the
// group most.
func boardFigure(doc *personaSection) (*figure, error) {
	facets := slices.Clone(doc.Board.Facets)
	strength := func(f portrait.Facet) float64 {
		if f.Association == nil || f.Association.CorrectedV == nil {
			return -1
		}
		return *f.Association.CorrectedV
	}
	slices.SortStableFunc(facets, func(x, y portrait.Facet) int { return cmp.Compare(strength(y), strength(x)) })
	dots := chart.Dots{
		Usual: usualTGI, Full: "differs by more than chance", Hollow: "may be chance",
		Value: chart.Axis{Label: "TGI, where 100 is as everyone", Max: 2 * usualTGI, Format: func(v float64) string { return fmt.Sprintf("%.0f", v) }},
	}
	numbers := grid{
		Caption: fmt.Sprintf("%s beside everyone; counts from 1 to %d are hidden, and what would give them away", doc.Group.Name, doc.Board.Policy.Threshold-1),
		Head:    []string{"Value", "Group", "Share", "Everyone", "Share", "TGI", "95\u00a0% interval", "q"},
	}
	cut := 0
	for _, f := range facets {
		if f.Withheld != "" || len(f.Values) == 0 {
			continue
		}
		room := len(dots.Rows)+1+min(len(f.Values), facetRows) <= chartRows
		if room {
			dots.Rows = append(dots.Rows, chart.DotRow{Name: f.Attribute, Heading: true})
		}
		for i, v := range f.Values {
			numbers.Rows = append(numbers.Rows, boardRow(f.Attribute, v))
			if !room || i >= facetRows {
				cut++
				continue
			}
			row := dotRow(v)
			dots.Rows = append(dots.Rows, row)
			if !math.IsNaN(row.High) {
				dots.Value.Max = min(max(dots.Value.Max, 50*math.Ceil(row.High/50)), tgiMost)
			}
		}
	}
	dots.Alt = "Dots of the TGI by value, with intervals. " + traitsInWords(doc)
	svg, err := dots.SVG()
	note := "Right of the line there are more in the group than among everyone, left of it fewer. Lines are 95\u00a0% intervals."
	if cut > 0 {
		note += fmt.Sprintf(" %s more %s in the table.", count(cut), plural(cut, "value"))
	}
	return &figure{Title: "“" + doc.Group.Name + "” beside everyone", Note: note, SVG: svg, Numbers: numbers}, err
}

func traitsInWords(doc *personaSection) string {
	if len(doc.Traits) == 0 {
		return "None differs by more than chance."
	}
	var words []string
	for _, t := range doc.Traits[:min(5, len(doc.Traits))] {
		words = append(words, fmt.Sprintf("%s %s %.0f", t.Attribute, t.Value, t.Cell.TGI.Value))
	}
	return "Farthest from 100: " + strings.Join(words, ", ") + "."
}

// dotRow draws a value; one that is hidden has a word in place of its dot.
func dotRow(v portrait.Value) chart.DotRow {
	row := chart.DotRow{Name: shortened(v.Value), Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Missing: "nobody"}
	switch {
	case v.Cell == nil:
		row.Missing = "hidden: too few"
	case v.Cell.TGI != nil:
		t := v.Cell.TGI
		row.Value, row.Low, row.High = t.Value, min(t.Low, t.Value), max(t.High, t.Value)
		row.Hollow = v.Cell.Test == nil || v.Cell.Test.Q > proven
	}
	return row
}

// shortened cuts a long name, which would leave no room for the chart.
func shortened(name string) string {
	const most = 24
	runes := []rune(strings.NewReplacer(" to below ", "–", " and above", "+", "below ", "< ").Replace(name))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}

func boardRow(attribute string, v portrait.Value) []string {
	row := []string{attribute + ": " + v.Value}
	c := v.Cell
	if c == nil {
		return append(row, "hidden", "", "hidden", "", "", "", "")
	}
	row = append(row, count(int(c.Target)), "none", count(int(c.Base)), unbroken(c.BaseShare), "none", "", "")
	if c.TargetShare != nil {
		row[2] = unbroken(&c.TargetShare.Value)
	}
	if c.TGI != nil {
		row[5], row[6] = fmt.Sprintf("%.0f", c.TGI.Value), fmt.Sprintf("%.0f–%.0f", c.TGI.Low, c.TGI.High)
	}
	if c.Test != nil {
		row[7] = probability(c.Test.Q)
	}
	return row
}

// coverageTable says of how many each attribute is known, and how strongly it
// goes with the group.
func coverageTable(doc *personaSection) grid {
	t := grid{Caption: "Of how many each attribute is known", Head: []string{"Attribute", "Everyone", "Group", "Cramér’s V", "q"}}
	facets := map[string]portrait.Facet{}
	if doc.Board != nil {
		for _, f := range doc.Board.Facets {
			facets[f.Attribute] = f
		}
	}
	for _, q := range doc.Quality {
		row := []string{q.Name, unbroken(part(int(q.Known), int(q.Profiles))), "–", "–", "–"}
		f := facets[q.Name]
		if f.Target != nil {
			row[2] = unbroken(part(int(f.Target.Known), int(f.Target.Of)))
		}
		if f.Association != nil {
			row[4] = probability(f.Association.Q)
			if v := f.Association.CorrectedV; v != nil {
				row[3] = fmt.Sprintf("%.2f", *v)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// tagsTable counts customers by label. Few are not counted out.
func tagsTable(doc *personaSection) grid {
	t := grid{Caption: "Customers by tag", Head: []string{"Label", "Customers", "Share of everyone"}}
	for _, tag := range doc.Tags {
		for _, label := range slices.Sorted(maps.Keys(tag.Labels)) {
			n := tag.Labels[label]
			row := []string{label, count(n), unbroken(part(n, doc.Everyone))}
			if n < fewest {
				row[1], row[2] = "hidden", ""
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// qualityTable lists what is wrong with values; nil if nothing is.
func qualityTable(figures []tracking.AttributeFigures) *grid {
	t := &grid{Caption: "Values that were left out, and rows that differ", Head: []string{"Attribute", "Values", "Of another kind", "Not in the dictionary", "Contradictions"}}
	for _, f := range figures {
		if f.CastFailures+f.Misses+f.Conflicting > 0 {
			t.Rows = append(t.Rows, []string{f.Name, count(int(f.Observed)), count(int(f.CastFailures)), count(int(f.Misses)), count(int(f.Conflicting))})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}
