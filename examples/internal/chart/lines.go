package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lines is a chart of curves: a concentration curve, survival, growth.
type Lines struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt    string
	X, Y   Axis
	Curves []Curve
	Marks  []Mark
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// by 340.
	Width, Height float64
}

// Curve is one line with its name beside it.
type Curve struct {
	Name   string
	Points []Point // in ascending order of X
	// Step keeps each value until the next point, as a survival curve does.
	Step bool
	// NameAt is the index of the point below and to the right of which the name
	// is written. Zero means beyond the last one.
	NameAt int
	// Quiet makes the line a mere reference.
	Quiet bool
}

// Point is a place in a chart.
type Point struct{ X, Y float64 }

// Mark is a point to notice, with lines down to the axes.
type Mark struct {
	Point
	Label string // may have several lines
}

// dashes tell curves apart without colour: the first is solid.
var dashes = [MaxSeries][]vg.Length{nil, {7, 4}, {2, 3}, {10, 3, 2, 3}, {4, 2}, {12, 5}}

// SVG draws the chart. It is an error if a point is NaN or infinite, if there
// are more than [MaxSeries] curves, or if points are not in order of X;
// [ErrEmpty] if no curve has points.
func (l Lines) SVG() (template.HTML, error) {
	if err := l.check(); err != nil {
		return "", err
	}
	p := newPlot()
	bare(&p.Y)
	ticked(&p.X)
	p.Add(grid(false, true))
	for i, curve := range l.Curves {
		if len(curve.Points) > 0 {
			p.Add(curve.line(i))
		}
	}
	l.X.apply(&p.X)
	p.X.Label.Text = clean(l.X.Label)
	l.Y.apply(&p.Y)
	for _, m := range l.Marks {
		p.Add(dropLines{m})
	}
	p.Add(curveNames(l.Curves))
	for _, m := range l.Marks {
		p.Add(markLabel{m})
	}
	width, height := vg.Length(l.Width), vg.Length(l.Height)
	return sheet{width: cmp.Or(width, 400), height: cmp.Or(height, 340), alt: l.Alt, heading: l.Y.Label}.render(p)
}

func (l Lines) check() error {
	if len(l.Curves) > MaxSeries {
		return fmt.Errorf("chart: %d curves: want at most %d", len(l.Curves), MaxSeries)
	}
	points := 0
	for _, curve := range l.Curves {
		points += len(curve.Points)
		for i, p := range curve.Points {
			if err := p.check(); err != nil {
				return fmt.Errorf("chart: curve %q, point %d: %w", curve.Name, i, err)
			}
			if i > 0 && p.X < curve.Points[i-1].X {
				return fmt.Errorf("chart: curve %q, point %d: %v comes after %v", curve.Name, i, p.X, curve.Points[i-1].X)
			}
		}
		if curve.NameAt < 0 || curve.NameAt > 0 && curve.NameAt >= len(curve.Points) {
			return fmt.Errorf("chart: curve %q: no point %d to name it at", curve.Name, curve.NameAt)
		}
	}
	for _, m := range l.Marks {
		if err := m.check(); err != nil {
			return fmt.Errorf("chart: mark %q: %w", m.Label, err)
		}
	}
	if points == 0 {
		return ErrEmpty
	}
	return cmp.Or(l.X.check("x"), l.Y.check("y"))
}

func (p Point) check() error {
	for _, v := range []float64{p.X, p.Y} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%v is no place in a chart", v)
		}
	}
	return nil
}

func (c Curve) ink(i int) Ink {
	if c.Quiet {
		return Muted
	}
	return Series(i)
}

func (c Curve) line(i int) *plotter.Line {
	line := &plotter.Line{LineStyle: draw.LineStyle{Color: c.ink(i), Width: 2.25, Dashes: dashes[i]}}
	for _, p := range c.Points {
		line.XYs = append(line.XYs, plotter.XY{X: p.X, Y: p.Y})
	}
	if c.Step {
		line.StepStyle = plotter.PostStep
	}
	if c.Quiet {
		line.Width = 1.25
	}
	return line
}

// curveNames writes the name of each curve beside it.
type curveNames []Curve

// Plot moves names at the right apart where they would overlap, and so shows
// with each a piece of its curve.
func (n curveNames) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	type place struct {
		name  string
		style draw.LineStyle
		y     vg.Length
	}
	var ends []place
	for i, curve := range n {
		switch {
		case len(curve.Points) == 0 || curve.Name == "":
		case curve.NameAt > 0:
			at := curve.Points[curve.NameAt]
			sty := styled(Label, sizeText, draw.XLeft, draw.YTop)
			c.FillText(sty, vg.Point{X: toX(at.X) + 5, Y: toY(at.Y) - 4}, clean(curve.Name))
		default:
			last := curve.Points[len(curve.Points)-1]
			ends = append(ends, place{clean(curve.Name), curve.line(i).LineStyle, toY(last.Y)})
		}
	}
	slices.SortStableFunc(ends, func(a, b place) int { return cmp.Compare(a.y, b.y) })
	const apart = sizeText + 3
	for i := range ends {
		if i > 0 {
			ends[i].y = max(ends[i].y, ends[i-1].y+apart)
		}
		sty := styled(Label, sizeText, draw.XLeft, draw.YCenter)
		x, y := c.Max.X+endGap, ends[i].y
		c.StrokeLine2(ends[i].style, x, y, x+sample, y)
		c.FillText(sty, vg.Point{X: x + sample + 4, Y: y}, ends[i].name)
	}
}

const (
	endGap = 6  // between the end of a curve and the sample of it
	sample = 20 // how long a piece of the curve stands beside its name
)

// GlyphBoxes keeps room at the right for the names.
func (n curveNames) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	var boxes []plot.GlyphBox
	sty := styled(Label, sizeText, draw.XLeft, draw.YCenter)
	for _, curve := range n {
		if len(curve.Points) > 0 && curve.NameAt == 0 && curve.Name != "" {
			box := sty.Rectangle(clean(curve.Name)).Add(vg.Point{X: endGap + sample + 4})
			boxes = append(boxes, plot.GlyphBox{X: 1, Y: 0.5, Rectangle: box})
		}
	}
	return boxes
}

// dropLines lead from a mark to the axes.
type dropLines struct{ Mark }

// Plot draws them below the curves' names.
func (m dropLines) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	x, y := toX(m.X), toY(m.Y)
	line := draw.LineStyle{Color: Text, Width: 1, Dashes: []vg.Length{2, 3}}
	c.StrokeLines(line, []vg.Point{{X: x, Y: c.Min.Y}, {X: x, Y: y}, {X: c.Min.X, Y: y}})
	c.DrawGlyph(draw.GlyphStyle{Color: Text, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: x, Y: y})
}

// markLabel is the text of a mark, below and to the right of its point.
type markLabel struct{ Mark }

// Plot writes the label.
func (m markLabel) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	sty := styled(Label, sizeText, draw.XLeft, draw.YTop)
	c.FillText(sty, vg.Point{X: toX(m.X) + 8, Y: toY(m.Y) - 4}, clean(m.Label))
}
