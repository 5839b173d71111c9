package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/funnel/journey"
)

// What fits on a phone.
const (
	partsDrawn = 48 // rows of all breakdowns together
	stepsDrawn = 6  // columns
)

// partsFigure shows how far the parts of each breakdown get; nil without
// breakdowns, or steps to make.
func partsFigure(doc *funnelSection) (*figure, error) {
	if len(doc.Breakdowns) == 0 || len(doc.Steps) < 2 {
		return nil, nil
	}
	from := max(1, len(doc.Steps)-stepsDrawn)
	h := chart.HeatMap{X: "Step, numbered as above, and all steps", Y: "Who, with how many began", Max: 1, Format: rate}
	for k := from; k < len(doc.Steps); k++ {
		h.Columns = append(h.Columns, fmt.Sprint(k+1))
	}
	h.Columns = append(h.Columns, "all")
	left := 0
	for _, b := range doc.Breakdowns {
		h.Rows = append(h.Rows, b.Name+":")
		h.Values = append(h.Values, blank(len(h.Columns)))
		parts := largestFirst(b.Parts)
		each := min(len(parts), max(2, partsDrawn/len(doc.Breakdowns)))
		for _, p := range parts[:each] {
			h.Rows = append(h.Rows, valueName(p)+"\n"+count(int(p.Steps[0].Reached)))
			h.Values = append(h.Values, partRates(p, from))
		}
		left += len(parts) - each
	}
	h.Alt = "Heat map of how far customers get. " + extremesInWords(doc)
	note := "In percent of those who made the step before; under “all” of those who began. Each is counted by what was known when they began, and not by what they are today."
	if left > 0 {
		note += fmt.Sprintf(" %s more %s only in the table on a screen.", count(left), isOrAre(left, "row"))
	}
	svg, err := h.SVG()
	return &figure{Title: "Who gets how far", Note: note, SVG: svg, Numbers: partsTable(doc)}, err
}

// blank is a row without cells.
func blank(columns int) []float64 {
	row := make([]float64, columns)
	for i := range row {
		row[i] = math.NaN()
	}
	return row
}

// partRates returns the rates of the steps from an index on, and of all.
func partRates(p partSection, from int) []float64 {
	var rates []float64
	for _, s := range p.Steps[from:] {
		rates = append(rates, orNaN(s.Rate))
	}
	return append(rates, orNaN(p.Steps[len(p.Steps)-1].Overall))
}

func partsTable(doc *funnelSection) grid {
	t := grid{
		Caption: "Share of those who made the step before, by what was known at the start; the last column is of all who began",
		Head:    []string{"Who", "Began"},
	}
	for i, s := range doc.Steps[1:] {
		t.Head = append(t.Head, fmt.Sprintf("%d %s", i+2, s.Name))
	}
	t.Head = append(t.Head, "All steps")
	for _, b := range doc.Breakdowns {
		for _, p := range largestFirst(b.Parts) {
			row := []string{b.Name + ": " + valueName(p), count(int(p.Steps[0].Reached))}
			for _, s := range p.Steps[1:] {
				row = append(row, dash(s.Rate))
			}
			t.Rows = append(t.Rows, append(row, dash(p.Steps[len(p.Steps)-1].Overall)))
		}
	}
	return t
}

func valueName(p partSection) string {
	if p.Value == nil {
		return "unknown"
	}
	return *p.Value
}

func largestFirst(parts []partSection) []partSection {
	sorted := slices.Clone(parts)
	slices.SortStableFunc(sorted, func(x, y partSection) int { return cmp.Compare(y.Steps[0].Reached, x.Steps[0].Reached) })
	return sorted
}

// extremesInWords names the parts of the first breakdown that complete most and
// least.
func extremesInWords(doc *funnelSection) string {
	b := doc.Breakdowns[0]
	var most, least *partSection
	overall := func(p *partSection) float64 { return *p.Steps[len(p.Steps)-1].Overall }
	for i := range b.Parts {
		p := &b.Parts[i]
		if p.Steps[len(p.Steps)-1].Overall == nil {
			continue
		}
		if most == nil || overall(p) > overall(most) {
			most = p
		}
		if least == nil || overall(p) < overall(least) {
			least = p
		}
	}
	if most == nil {
		return "Nobody began."
	}
	return fmt.Sprintf("By %s, %s completes most with %s, and %s least with %s.", b.Name,
		valueName(*most), unbroken(new(overall(most))), valueName(*least), unbroken(new(overall(least))))
}

// pathsFigures shows the ways that were taken; nil without any.
func pathsFigures(doc pathsSection) (*figure, *grid, error) {
	if doc.Sankey == nil || doc.Paths == 0 {
		return nil, nil, nil
	}
	flow := chart.Flow{Ends: "ends here"}
	for place := range placesOf(doc.Sankey) {
		flow.Columns = append(flow.Columns, ordinal(place+1))
	}
	numbers := grid{
		Caption: capital(doc.Counted) + " by event and place in the path",
		Head:    []string{"Event", "Place", capital(doc.Counted), "End there"},
	}
	for _, n := range doc.Sankey.Nodes {
		node := chart.FlowNode{Column: n.Position, Name: n.Event, Value: float64(n.Paths), Ends: float64(n.Drop - n.Beyond)}
		if n.Other {
			node.Name = "others"
		}
		flow.Nodes = append(flow.Nodes, node)
		numbers.Rows = append(numbers.Rows, []string{node.Name, ordinal(n.Position + 1), count(int(n.Paths)), count(int(n.Drop - n.Beyond))})
	}
	for _, l := range doc.Sankey.Links {
		flow.Links = append(flow.Links, chart.FlowLink{From: l.Source, To: l.Target, Value: float64(l.Value)})
	}
	flow.Alt = fmt.Sprintf("Flow of %s %s through their first %d events. %s", count(int(doc.Paths)), doc.Counted, doc.Depth, busiestInWords(doc.Sankey))
	svg, err := flow.SVG()
	top := topTable(doc)
	return &figure{
		Title:   fmt.Sprintf("The first %d events of %s", doc.Depth, doc.Counted),
		Note:    fmt.Sprintf("The wider a band, the more %s go that way; what comes several times in a row counts once.", doc.Counted),
		SVG:     svg,
		Numbers: numbers,
	}, &top, err
}

// placesOf returns how many places a flow has.
func placesOf(s *journey.Sankey) int {
	places := 0
	for _, n := range s.Nodes {
		places = max(places, n.Position+1)
	}
	return places
}

func ordinal(n int) string {
	switch n {
	case 1:
		return "1st"
	case 2:
		return "2nd"
	case 3:
		return "3rd"
	}
	return fmt.Sprintf("%dth", n)
}

// busiestInWords names the widest band.
func busiestInWords(s *journey.Sankey) string {
	if len(s.Links) == 0 {
		return "All end with their first event."
	}
	l := slices.MaxFunc(s.Links, func(x, y journey.SankeyLink) int { return cmp.Compare(x.Value, y.Value) })
	name := func(i int) string {
		if s.Nodes[i].Other {
			return "others"
		}
		return s.Nodes[i].Event
	}
	return fmt.Sprintf("Most go from %s to %s: %s.", name(l.Source), name(l.Target), count(int(l.Value)))
}

// topTable lists the ways that most customers took.
func topTable(doc pathsSection) grid {
	t := grid{
		Caption: "The ways that most customers took", Head: []string{"Path", "Customers", capital(doc.Counted), "Share"},
	}
	for _, p := range doc.Top {
		t.Rows = append(t.Rows, []string{p.String(), count(int(p.Users)), count(int(p.Paths)), unbroken(&p.Share)})
		t.Notes = append(t.Notes, "")
	}
	return t
}
