package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars compares a few series of numbers over named categories, with the number
// at each bar.
type Bars struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt string
	// Categories are named from the left, or from the top if Horizontal.
	Categories []string
	// Series are drawn beside each other in each category, or on top of each
	// other if Stacked: what is positive upwards, what is negative downwards.
	Series  []BarSeries
	Stacked bool
	// Horizontal suits long names.
	Horizontal bool
	// Value is the axis of the numbers. It always shows zero.
	Value Axis
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// wide, and as high as suits the bars.
	Width, Height float64
}

// BarSeries is one kind of bar.
type BarSeries struct {
	Name string
	// Values are one a category. NaN is unknown: a dash in the bar's place.
	Values []float64
}

// SVG draws the chart. It is an error if a series has not a value for each
// category, if there are more than [MaxSeries] of them, or if a value is
// infinite; [ErrEmpty] without categories or series.
func (b Bars) SVG() (template.HTML, error) {
	if err := b.check(); err != nil {
		return "", err
	}
	p := newPlot()
	names, values := &p.X, &p.Y
	if b.Horizontal {
		names, values = &p.Y, &p.X
	}
	last := float64(len(b.Categories) - 1)
	names.Min, names.Max = -0.5, last+0.5
	values.Min, values.Max = b.extent()
	b.Value.apply(values)
	if b.Horizontal {
		named(names, reversed(b.Categories))
	} else {
		named(names, b.Categories)
	}
	bare(values)
	names.LineStyle.Width = 0
	names.Padding = 4
	p.Add(grid(b.Horizontal, !b.Horizontal), barPlot{b})
	s := sheet{width: vg.Length(cmp.Or(b.Width, 400)), height: vg.Length(cmp.Or(b.Height, b.height())), alt: b.Alt}
	if b.Horizontal {
		p.X.Label.Text = clean(b.Value.Label)
	} else {
		s.heading = b.Value.Label
	}
	if len(b.Series) > 1 {
		for i, series := range b.Series {
			s.key = append(s.key, keyEntry{clean(series.Name), i})
		}
	}
	return s.render(p)
}

func (b Bars) check() error {
	if len(b.Categories) == 0 || len(b.Series) == 0 {
		return ErrEmpty
	}
	if len(b.Series) > MaxSeries {
		return fmt.Errorf("chart: %d series: want at most %d", len(b.Series), MaxSeries)
	}
	for _, s := range b.Series {
		if len(s.Values) != len(b.Categories) {
			return fmt.Errorf("chart: series %q: %d values for %d categories", s.Name, len(s.Values), len(b.Categories))
		}
		for i, v := range s.Values {
			if math.IsInf(v, 0) {
				return fmt.Errorf("chart: series %q, value %d: %v is no height of a bar", s.Name, i, v)
			}
		}
	}
	return b.Value.check("value")
}

func (b Bars) height() float64 {
	if !b.Horizontal {
		return 300
	}
	rows := float64(len(b.Categories))
	if !b.Stacked {
		rows *= float64(len(b.Series))
	}
	return 22*rows + 8*float64(len(b.Categories)) + 60
}

// extent is the range of the bars' ends, and zero.
func (b Bars) extent() (low, high float64) {
	for i := range b.Categories {
		for _, bar := range b.bars(i) {
			low, high = min(low, bar.to), max(high, bar.to)
		}
	}
	if low == high {
		return 0, 1
	}
	return low, high
}

// bar is one bar of a category.
type bar struct {
	series   int
	from, to float64
	value    float64 // NaN if unknown
}

// bars returns the bars of a category in the order of the series.
func (b Bars) bars(category int) []bar {
	list := make([]bar, len(b.Series))
	var up, down float64
	for i, s := range b.Series {
		v := s.Values[category]
		from, height := 0.0, v
		if math.IsNaN(v) {
			height = 0
		}
		if b.Stacked && height >= 0 {
			from, up = up, up+height
		} else if b.Stacked {
			from, down = down, down+height
		}
		list[i] = bar{i, from, from + height, v}
	}
	return list
}

// barPlot draws the bars and their numbers.
type barPlot struct{ Bars }

// Plot uses gonum's bar chart for each bar: it puts them into place.
func (b barPlot) Plot(c draw.Canvas, p *plot.Plot) {
	for category := range b.Categories {
		for _, bar := range b.bars(category) {
			if bar.from != bar.to {
				b.draw(c, p, category, bar)
			}
			b.number(c, b.area(c, p, category, bar), bar)
		}
	}
	b.zero(c, p)
}

// zero draws the line from which bars start.
func (b barPlot) zero(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	line := draw.LineStyle{Color: Muted, Width: 1}
	if b.Horizontal {
		c.StrokeLine2(line, toX(0), c.Min.Y, toX(0), c.Max.Y)
	} else {
		c.StrokeLine2(line, c.Min.X, toY(0), c.Max.X, toY(0))
	}
}

func (b barPlot) draw(c draw.Canvas, p *plot.Plot, category int, one bar) {
	at, width, offset := b.place(c, category, one.series)
	chart := &plotter.BarChart{
		Values: plotter.Values{one.to - one.from}, XMin: at, Offset: offset,
		Width: width, Color: Series(one.series), Horizontal: b.Horizontal,
		LineStyle: draw.LineStyle{Color: Paper, Width: 1},
	}
	chart.StackOn(&plotter.BarChart{Values: plotter.Values{one.from}, XMin: at, Offset: offset})
	chart.Plot(c, p)
	hatch(c, b.area(c, p, category, one), one.series)
}

// place returns where on the axis of the names a bar is, its width, and how far
// it is from there.
func (b Bars) place(c draw.Canvas, category, series int) (at float64, width, offset vg.Length) {
	width, offset = b.layout(c, series)
	if b.Horizontal { // from the top
		return float64(len(b.Categories) - 1 - category), width, -offset
	}
	return float64(category), width, offset
}

// layout returns the width of a bar, and how far it is from the middle of its
// category.
func (b Bars) layout(c draw.Canvas, series int) (width, offset vg.Length) {
	size := c.Max.X - c.Min.X
	if b.Horizontal {
		size = c.Max.Y - c.Min.Y
	}
	room := size / vg.Length(len(b.Categories)) * 0.8
	if b.Stacked {
		return min(room, 60), 0
	}
	n := vg.Length(len(b.Series))
	width = min(room/n, 60)
	return width, width * (vg.Length(series) - (n-1)/2)
}

func (b Bars) area(c draw.Canvas, p *plot.Plot, category int, one bar) vg.Rectangle {
	at, width, offset := b.place(c, category, one.series)
	toX, toY := p.Transforms(&c)
	low, high := min(one.from, one.to), max(one.from, one.to)
	if b.Horizontal {
		middle := toY(at) + offset
		return vg.Rectangle{Min: vg.Point{X: toX(low), Y: middle - width/2}, Max: vg.Point{X: toX(high), Y: middle + width/2}}
	}
	middle := toX(at) + offset
	return vg.Rectangle{Min: vg.Point{X: middle - width/2, Y: toY(low)}, Max: vg.Point{X: middle + width/2, Y: toY(high)}}
}

// number writes a value at the end of its bar; in the middle of it if bars are
// stacked, and not at all where it does not fit there.
func (b Bars) number(c draw.Canvas, area vg.Rectangle, one bar) {
	label, negative := "–", one.value < 0
	if !math.IsNaN(one.value) {
		label = clean(b.Value.format(one.value))
	}
	middle := vg.Point{X: (area.Min.X + area.Max.X) / 2, Y: (area.Min.Y + area.Max.Y) / 2}
	sty := styled(Label, sizeText, draw.XCenter, draw.YCenter)
	switch {
	case b.Stacked:
		size := area.Size()
		if size.X < sty.Width(label)+4 || size.Y < sizeText+2 {
			return
		}
	case b.Horizontal && negative:
		sty.XAlign, middle.X = draw.XRight, area.Min.X-4
	case b.Horizontal:
		sty.XAlign, middle.X = draw.XLeft, area.Max.X+4
	case negative:
		sty.YAlign, middle.Y = draw.YTop, area.Min.Y-2
	default:
		sty.YAlign, middle.Y = draw.YBottom, area.Max.Y+2
	}
	c.FillText(sty, middle, label)
}

// GlyphBoxes keeps room for the numbers beyond the bars' ends.
func (b barPlot) GlyphBoxes(p *plot.Plot) []plot.GlyphBox {
	if b.Stacked {
		return nil
	}
	var boxes []plot.GlyphBox
	for category := range b.Categories {
		for _, bar := range b.bars(category) {
			boxes = append(boxes, b.box(p, bar))
		}
	}
	return boxes
}

func (b barPlot) box(p *plot.Plot, one bar) plot.GlyphBox {
	sty := styled(Label, sizeText, draw.XLeft, draw.YBottom)
	size := sty.Rectangle(b.Value.format(one.value)).Size()
	low := vg.Point{}
	if one.value < 0 {
		low = vg.Point{X: -size.X - 4, Y: -size.Y - 2}
	}
	if b.Horizontal {
		return plot.GlyphBox{X: p.X.Norm(one.to), Y: 0.5, Rectangle: vg.Rectangle{
			Min: vg.Point{X: low.X, Y: -1}, Max: vg.Point{X: low.X + size.X + 4, Y: 1},
		}}
	}
	return plot.GlyphBox{X: 0.5, Y: p.Y.Norm(one.to), Rectangle: vg.Rectangle{
		Min: vg.Point{X: -1, Y: low.Y}, Max: vg.Point{X: 1, Y: low.Y + size.Y + 2},
	}}
}
