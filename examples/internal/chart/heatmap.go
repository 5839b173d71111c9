package chart

import (
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// HeatMap is a table whose cells are shaded by their value: scores against
// scores, a migration matrix, a retention triangle.
type HeatMap struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt string
	// X and Y say what the columns and the rows are.
	X, Y string
	// Columns and Rows name them, from the left and from the top. A name may
	// have several lines.
	Columns, Rows []string
	// Values are the cells row by row, none below zero. NaN is a cell that there
	// is not: it stays blank.
	Values [][]float64
	// Groups gives cells that belong together a common name, which is written
	// into the first of them; a line divides neighbours of unlike name. Nil means
	// no groups.
	Groups [][]string
	// Format writes a value. Nil means [Number]. More than ten columns need it to
	// be short.
	Format func(float64) string
	// Max is the value of the darkest shade. Zero means the largest of all.
	Max float64
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// wide, and as high as suits the rows.
	Width, Height float64
}

// SVG draws the chart. It is an error if a row has not a cell for each column,
// or if a value is negative or infinite, and [ErrEmpty] without cells.
func (h HeatMap) SVG() (template.HTML, error) {
	if err := h.check(); err != nil {
		return "", err
	}
	p := newPlot()
	p.X.Label.Text = clean(h.X)
	named(&p.X, h.Columns)
	named(&p.Y, reversed(h.Rows))
	bare(&p.X)
	bare(&p.Y)
	cells := plotter.NewHeatMap(h.grid(), shades{})
	cells.Min, cells.Max = 0, h.max()
	p.Add(cells, h.borders(), heatLabels{h})
	width, height := vg.Length(h.Width), vg.Length(h.Height)
	if width == 0 {
		width = 400
	}
	if height == 0 {
		row := vg.Length(34)
		if h.Groups != nil {
			row = 58
		}
		height = row*vg.Length(len(h.Rows)) + 78
	}
	return sheet{width: width, height: height, alt: h.Alt, heading: h.Y}.render(p)
}

func (h HeatMap) check() error {
	if len(h.Rows) == 0 || len(h.Columns) == 0 {
		return ErrEmpty
	}
	if len(h.Values) != len(h.Rows) {
		return fmt.Errorf("chart: %d rows of values for %d names", len(h.Values), len(h.Rows))
	}
	if h.Groups != nil && len(h.Groups) != len(h.Rows) {
		return fmt.Errorf("chart: %d rows of groups for %d names", len(h.Groups), len(h.Rows))
	}
	for i, row := range h.Values {
		if len(row) != len(h.Columns) {
			return fmt.Errorf("chart: row %d: %d values for %d columns", i, len(row), len(h.Columns))
		}
		if h.Groups != nil && len(h.Groups[i]) != len(h.Columns) {
			return fmt.Errorf("chart: row %d: %d groups for %d columns", i, len(h.Groups[i]), len(h.Columns))
		}
		for j, v := range row {
			if v < 0 || math.IsInf(v, 0) {
				return fmt.Errorf("chart: row %d, column %d: %v: want a number of at least 0", i, j, v)
			}
		}
	}
	if !(h.Max >= 0) || math.IsInf(h.Max, 0) {
		return fmt.Errorf("chart: largest value %v: want a number of at least 0", h.Max)
	}
	return nil
}

// max is never zero: it divides.
func (h HeatMap) max() float64 {
	if h.Max > 0 {
		return h.Max
	}
	largest := 0.0
	for _, row := range h.Values {
		for _, v := range row {
			if v > largest {
				largest = v
			}
		}
	}
	if largest == 0 {
		return 1
	}
	return largest
}

// level is the shade of a value, from 0.
func (h HeatMap) level(v float64) int {
	return int(float64(min(v/h.max(), 1)*(heatLevels-1)) + 0.5)
}

// y is where a row is drawn: gonum counts from below.
func (h HeatMap) y(row int) int { return len(h.Rows) - 1 - row }

// grid holds levels rather than values, so that a cell's shade and the ink on
// it never disagree.
func (h HeatMap) grid() cellGrid {
	g := cellGrid{columns: len(h.Columns), rows: len(h.Rows)}
	for y := range h.Rows {
		for _, v := range h.Values[h.y(y)] {
			level := math.NaN()
			if !math.IsNaN(v) {
				level = float64(h.level(v)) / (heatLevels - 1) * h.max()
			}
			g.z = append(g.z, level)
		}
	}
	return g
}

// cellGrid is a [plotter.GridXYZ] whose cells are one apart.
type cellGrid struct {
	columns, rows int
	z             []float64
}

func (g cellGrid) Dims() (c, r int)   { return g.columns, g.rows }
func (g cellGrid) Z(c, r int) float64 { return g.z[r*g.columns+c] }
func (g cellGrid) X(c int) float64    { return float64(c) }
func (g cellGrid) Y(r int) float64    { return float64(r) }

// borders returns thin gaps between cells, and lines between groups.
func (h HeatMap) borders() borders {
	b := borders{}
	for row := range h.Rows {
		for column := range h.Columns {
			x, y := float64(column), float64(h.y(row))
			if column > 0 {
				b.add(h.sameGroup(row, column, row, column-1), x-0.5, y-0.5, x-0.5, y+0.5)
			}
			if row > 0 {
				b.add(h.sameGroup(row, column, row-1, column), x-0.5, y+0.5, x+0.5, y+0.5)
			}
		}
	}
	return b
}

func (h HeatMap) sameGroup(row, column, row2, column2 int) bool {
	return h.Groups == nil || h.Groups[row][column] == h.Groups[row2][column2]
}

// borders are lines between cells, in the plot's coordinates.
type borders struct{ gaps, lines [][4]float64 }

func (b *borders) add(gap bool, x0, y0, x1, y1 float64) {
	line := [4]float64{x0, y0, x1, y1}
	if gap {
		b.gaps = append(b.gaps, line)
	} else {
		b.lines = append(b.lines, line)
	}
}

// Plot draws the gaps first, so that they don't cut the lines.
func (b borders) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	stroke := func(style draw.LineStyle, lines [][4]float64) {
		for _, l := range lines {
			c.StrokeLine2(style, toX(l[0]), toY(l[1]), toX(l[2]), toY(l[3]))
		}
	}
	stroke(draw.LineStyle{Color: Paper, Width: 1.5}, b.gaps)
	stroke(draw.LineStyle{Color: Paper, Width: 3.5}, b.lines)
	stroke(draw.LineStyle{Color: Text, Width: 1.25}, b.lines)
}

// heatLabels writes values and group names into the cells.
type heatLabels struct{ HeatMap }

// Plot writes numbers in the middle of their cells; below it where there are
// groups, so that their names have room.
func (h heatLabels) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	down := vg.Length(0)
	if h.Groups != nil {
		down = (toY(1) - toY(0)) * 0.2
	}
	size := h.valueSize(toX(1) - toX(0))
	for row, values := range h.Values {
		y := h.y(row)
		for column, v := range values {
			if math.IsNaN(v) {
				continue
			}
			ink := onHeat + Ink(h.level(v))
			sty := styled(ink, size, draw.XCenter, draw.YCenter)
			at := vg.Point{X: toX(float64(column)), Y: toY(float64(y)) - down}
			c.FillText(sty, at, h.format(v))
			if name := h.groupStart(row, column); name != "" {
				sty := styled(ink, sizeSmall, draw.XLeft, draw.YTop)
				width := toX(1) - toX(0) - 8 // within the cell: its neighbour has another ink
				corner := vg.Point{X: toX(float64(column)-0.5) + 5, Y: toY(float64(y)+0.5) - 4}
				c.FillText(sty, corner, wrap(clean(name), sty, width))
			}
		}
	}
}

// valueSize is the size at which all numbers fit into their cells, or the
// smallest that can be read.
func (h HeatMap) valueSize(cell vg.Length) vg.Length {
	widest := vg.Length(0)
	sty := styled(Text, sizeValue, draw.XLeft, draw.YTop)
	for _, row := range h.Values {
		for _, v := range row {
			if !math.IsNaN(v) {
				widest = max(widest, sty.Width(h.format(v)))
			}
		}
	}
	if widest <= cell-4 {
		return sizeValue
	}
	return max(sizeValue*(cell-4)/widest, sizeLeast)
}

func (h HeatMap) format(v float64) string {
	if h.Format != nil {
		return clean(h.Format(v))
	}
	return Number(v)
}

// groupStart returns the name of a group at its first cell, "" elsewhere.
func (h HeatMap) groupStart(row, column int) string {
	if h.Groups == nil {
		return ""
	}
	name := h.Groups[row][column]
	for i := range row + 1 {
		for j, other := range h.Groups[i] {
			if (i < row || j < column) && other == name && !math.IsNaN(h.Values[i][j]) {
				return ""
			}
		}
	}
	return name
}

func reversed(names []string) []string {
	list := make([]string, 0, len(names))
	for i := range names {
		list = append(list, names[len(names)-1-i])
	}
	return list
}
