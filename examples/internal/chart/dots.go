package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Dots compares estimates with their intervals: a row each, with a dot, a line
// from end to end of the interval, and the number at the right. Rows may be
// under headings.
type Dots struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt string
	// Rows are from the top.
	Rows []DotRow
	// Value is the axis of the numbers. What lies beyond its ends is cut, with an
	// arrow; the number is written all the same.
	Value Axis
	// Usual is where a line stands to compare with; NaN for none.
	Usual float64
	// Full and Hollow say what filled and hollow dots mean. Empty is not said.
	Full, Hollow string
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// wide, and as high as suits the rows.
	Width, Height float64
}

// DotRow is one estimate, or a heading.
type DotRow struct {
	Name    string
	Heading bool
	// Value is NaN if it is unknown; the row then has Missing in its place. So
	// are Low and High if there is no interval.
	Value, Low, High float64
	Missing          string
	// Hollow draws a ring in place of a dot.
	Hollow bool
}

// SVG draws the chart. It is an error if a number is infinite, or an interval
// does not have its value in it; [ErrEmpty] without rows that have a number or
// something in its place.
func (d Dots) SVG() (template.HTML, error) {
	if err := d.check(); err != nil {
		return "", err
	}
	p := newPlot()
	p.Y.Min, p.Y.Max = -0.5, float64(len(d.Rows))-0.5
	p.X.Min, p.X.Max = d.extent()
	d.Value.apply(&p.X)
	names := make([]string, len(d.Rows))
	for i, row := range d.Rows {
		if names[len(names)-1-i] = row.Name; row.Heading {
			names[len(names)-1-i] = ""
		}
	}
	named(&p.Y, names)
	bare(&p.X)
	p.Y.LineStyle.Width = 0
	p.Y.Padding = 4
	p.X.Label.Text = clean(d.Value.Label)
	p.Add(grid(true, false), dotPlot{d})
	height := cmp.Or(d.Height, 20*float64(len(d.Rows))+60+d.keyHeight())
	return sheet{width: vg.Length(cmp.Or(d.Width, 400)), height: vg.Length(height), alt: d.Alt}.render(p)
}

func (d Dots) check() error {
	shown := 0
	for _, row := range d.Rows {
		if row.Heading {
			continue
		}
		for _, v := range []float64{row.Value, row.Low, row.High} {
			if math.IsInf(v, 0) {
				return fmt.Errorf("chart: row %q: %v is no place on the axis", row.Name, v)
			}
		}
		if row.Low > row.Value || row.High < row.Value {
			return fmt.Errorf("chart: row %q: %v is not between %v and %v", row.Name, row.Value, row.Low, row.High)
		}
		if !math.IsNaN(row.Value) || row.Missing != "" {
			shown++
		}
	}
	if math.IsInf(d.Usual, 0) {
		return fmt.Errorf("chart: %v is no place on the axis", d.Usual)
	}
	if shown == 0 {
		return ErrEmpty
	}
	return d.Value.check("value")
}

// extent is the range of the intervals, and what is usual.
func (d Dots) extent() (low, high float64) {
	if !math.IsNaN(d.Usual) {
		low, high = d.Usual, d.Usual
	}
	for _, row := range d.Rows {
		for _, v := range []float64{row.Value, row.Low, row.High} {
			if !row.Heading && !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low == high {
		high = low + 1
	}
	return low, high
}

func (d Dots) keyHeight() (height float64) {
	for _, name := range []string{d.Full, d.Hollow} {
		if name != "" {
			height += keyRow
		}
	}
	return height
}

// dotPlot draws the rows.
type dotPlot struct{ Dots }

// Plot draws from the top.
func (d dotPlot) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	if !math.IsNaN(d.Usual) {
		line := draw.LineStyle{Color: Text, Width: 1, Dashes: []vg.Length{2, 3}}
		c.StrokeLine2(line, toX(d.Usual), c.Min.Y, toX(d.Usual), c.Max.Y)
	}
	for i, row := range d.Rows {
		y := toY(float64(len(d.Rows) - 1 - i))
		switch {
		case row.Heading:
			sty := styled(Text, sizeText, draw.XLeft, draw.YCenter)
			c.FillText(sty, vg.Point{X: 0, Y: y - 2}, clean(row.Name))
		case math.IsNaN(row.Value):
			sty := styled(Label, sizeSmall, draw.XLeft, draw.YCenter)
			c.FillText(sty, vg.Point{X: c.Min.X + 4, Y: y + 1.5}, clean(row.Missing))
		default:
			d.row(c, toX, y, row)
		}
	}
	d.key(c)
}

func (d dotPlot) row(c draw.Canvas, toX func(float64) vg.Length, y vg.Length, row DotRow) {
	style := draw.LineStyle{Color: Muted, Width: 1.5}
	within := func(v float64) vg.Length { return min(max(toX(v), c.Min.X), c.Max.X) }
	if !math.IsNaN(row.Low) && !math.IsNaN(row.High) {
		c.StrokeLine2(style, within(row.Low), y, within(row.High), y)
		if toX(row.High) > c.Max.X+0.5 {
			arrow(c, style, c.Max.X, y, -4)
		}
		if toX(row.Low) < c.Min.X-0.5 {
			arrow(c, style, c.Min.X, y, 4)
		}
	}
	if x := toX(row.Value); x >= c.Min.X-0.5 && x <= c.Max.X+0.5 {
		dot(c, vg.Point{X: x, Y: y}, row.Hollow)
	}
	sty := styled(Label, sizeText, draw.XLeft, draw.YCenter)
	c.FillText(sty, vg.Point{X: c.Max.X + 8, Y: y + 1.5}, clean(d.Value.format(row.Value)))
}

// arrow draws the head of a line that goes on beyond x.
func arrow(c draw.Canvas, style draw.LineStyle, x, y, back vg.Length) {
	c.StrokeLines(style, []vg.Point{{X: x + back, Y: y + 4}, {X: x, Y: y}, {X: x + back, Y: y - 4}})
}

// dot draws a disc, or a ring.
func dot(c draw.Canvas, at vg.Point, hollow bool) {
	c.DrawGlyph(draw.GlyphStyle{Color: Accent, Radius: 4.5, Shape: draw.CircleGlyph{}}, at)
	if hollow {
		c.DrawGlyph(draw.GlyphStyle{Color: Paper, Radius: 2.75, Shape: draw.CircleGlyph{}}, at)
	}
}

// key says above the rows what the dots mean.
func (d dotPlot) key(c draw.Canvas) {
	sty := styled(Text, sizeText, draw.XLeft, draw.YCenter)
	y := c.Max.Y + vg.Length(d.keyHeight()) - keyRow/2
	above := draw.Crop(c, -c.Min.X, 0, 0, vg.Length(d.keyHeight())) // glyphs are drawn within a canvas only
	for _, entry := range []struct {
		name   string
		hollow bool
	}{{d.Full, false}, {d.Hollow, true}} {
		if entry.name != "" {
			dot(above, vg.Point{X: 6, Y: y}, entry.hollow)
			c.FillText(sty, vg.Point{X: 18, Y: y + 1}, clean(entry.name))
			y -= keyRow
		}
	}
}

// GlyphBoxes keeps room for the numbers at the right and the key above.
func (d dotPlot) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	sty := styled(Label, sizeText, draw.XLeft, draw.YCenter)
	boxes := []plot.GlyphBox{{X: 0.5, Y: 1, Rectangle: vg.Rectangle{Max: vg.Point{X: 1, Y: vg.Length(d.keyHeight())}}}}
	for _, row := range d.Rows {
		if row.Heading || math.IsNaN(row.Value) {
			continue
		}
		width := sty.Width(clean(d.Value.format(row.Value)))
		boxes = append(boxes, plot.GlyphBox{X: 1, Y: 0.5, Rectangle: vg.Rectangle{Max: vg.Point{X: width + 8, Y: 1}}})
	}
	return boxes
}
