package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Histogram shows how numbers are spread: how many lie between two edges.
type Histogram struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt string
	// X is what the edges measure, Y what is counted.
	X, Y Axis
	// Edges ascend; Counts has one fewer.
	Edges, Counts []float64
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// by 280.
	Width, Height float64
}

// SVG draws the chart. It is an error if edges don't ascend, if their number
// does not fit that of the counts, or if a count is negative, NaN or infinite;
// [ErrEmpty] without counts.
func (h Histogram) SVG() (template.HTML, error) {
	if err := h.check(); err != nil {
		return "", err
	}
	p := newPlot()
	bins := &plotter.Histogram{FillColor: Accent, LineStyle: draw.LineStyle{Color: Paper, Width: 1}}
	highest := 0.0
	for i, n := range h.Counts {
		bins.Bins = append(bins.Bins, plotter.HistogramBin{Min: h.Edges[i], Max: h.Edges[i+1], Weight: n})
		highest = max(highest, n)
	}
	bare(&p.Y)
	ticked(&p.X)
	p.Add(grid(false, true), bins)
	if highest == 0 {
		p.Y.Max = 1
	}
	h.X.apply(&p.X)
	p.X.Label.Text = clean(h.X.Label)
	h.Y.apply(&p.Y)
	return sheet{width: vg.Length(cmp.Or(h.Width, 400)), height: vg.Length(cmp.Or(h.Height, 280)), alt: h.Alt, heading: h.Y.Label}.render(p)
}

func (h Histogram) check() error {
	if len(h.Counts) == 0 {
		return ErrEmpty
	}
	if len(h.Edges) != len(h.Counts)+1 {
		return fmt.Errorf("chart: %d edges for %d counts: want one more", len(h.Edges), len(h.Counts))
	}
	for i, edge := range h.Edges {
		if math.IsNaN(edge) || math.IsInf(edge, 0) {
			return fmt.Errorf("chart: edge %d: %v is no place on the axis", i, edge)
		}
		if i > 0 && edge <= h.Edges[i-1] {
			return fmt.Errorf("chart: edge %d: %v is not above %v", i, edge, h.Edges[i-1])
		}
	}
	for i, n := range h.Counts {
		if !(n >= 0) || math.IsInf(n, 0) {
			return fmt.Errorf("chart: count %d: %v: want a number of at least 0", i, n)
		}
	}
	return cmp.Or(h.X.check("x"), h.Y.check("y"))
}
