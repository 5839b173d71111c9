package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Flow is a Sankey diagram: how many go from one thing to the next, from the
// left to the right. Widths are in proportion, and each node carries its name
// and number.
type Flow struct {
	// Alt says in a sentence what is to be seen, for those who can't.
	Alt string
	// Columns say what stands where, from the left.
	Columns []string
	Nodes   []FlowNode
	Links   []FlowLink
	// Ends says what the hatched stubs are that leave a node and lead nowhere.
	Ends string
	// Width and Height are the size in units, each about a pixel. Zero means 400
	// wide, and as high as suits the nodes.
	Width, Height float64
}

// FlowNode is one thing in a column; nodes of a column stand below each other in
// their order.
type FlowNode struct {
	Column int // from 0
	Name   string
	// Value is how many come by, and Ends how many of them go no further.
	Value, Ends float64
}

// FlowLink is how many go from one node to another in the next column, by their
// indexes.
type FlowLink struct {
	From, To int
	Value    float64
}

// SVG draws the diagram. It is an error if a node or a link is in no column or
// leads elsewhere than to the next, if a number is negative, NaN or infinite, and
// if more leaves a node, or comes to it, than its value; [ErrEmpty] without a
// node of any size.
func (f Flow) SVG() (template.HTML, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	p := newPlot()
	p.HideAxes()
	p.Add(flowPlot{f})
	s := sheet{width: vg.Length(cmp.Or(f.Width, 400)), height: vg.Length(cmp.Or(f.Height, f.height())), alt: f.Alt}
	if f.Ends != "" {
		s.key = []keyEntry{{clean(f.Ends), endSeries}}
	}
	return s.render(p)
}

func (f Flow) check() error {
	largest := 0.0
	for i, n := range f.Nodes {
		if n.Column < 0 || n.Column >= len(f.Columns) {
			return fmt.Errorf("chart: node %d (%q): column %d of %d", i, n.Name, n.Column, len(f.Columns))
		}
		if !sound(n.Value) || !sound(n.Ends) {
			return fmt.Errorf("chart: node %d (%q): %v with %v that end: want numbers of at least 0", i, n.Name, n.Value, n.Ends)
		}
		largest = max(largest, n.Value)
	}
	if largest == 0 {
		return ErrEmpty
	}
	in, out := make([]float64, len(f.Nodes)), make([]float64, len(f.Nodes))
	for i, n := range f.Nodes {
		out[i] = n.Ends
	}
	for i, l := range f.Links {
		if l.From < 0 || l.From >= len(f.Nodes) || l.To < 0 || l.To >= len(f.Nodes) || f.Nodes[l.To].Column != f.Nodes[l.From].Column+1 {
			return fmt.Errorf("chart: link %d: from node %d to %d: want nodes of columns beside each other", i, l.From, l.To)
		}
		if !sound(l.Value) {
			return fmt.Errorf("chart: link %d: %v: want a number of at least 0", i, l.Value)
		}
		out[l.From] += l.Value
		in[l.To] += l.Value
	}
	for i, n := range f.Nodes {
		if limit := n.Value * (1 + 1e-9); in[i] > limit || out[i] > limit {
			return fmt.Errorf("chart: node %d (%q): %v come and %v go or end: it has %v", i, n.Name, in[i], out[i], n.Value)
		}
	}
	return nil
}

func sound(v float64) bool { return v >= 0 && !math.IsInf(v, 0) }

// Sizes of a flow, in units.
const (
	flowNode   = 7   // the width of a node
	flowStub   = 14  // how far a stub of those that end leads
	flowLabel  = 30  // the least room of a node: two lines of text
	flowGap    = 12  // between nodes
	flowTall   = 260 // the height of all that enter the diagram
	flowHead   = 24  // the names of the columns
	endSeries  = 1   // the pattern of what ends
	flowMargin = 6   // between a node and its name
)

// height is that of the fullest column.
func (f Flow) height() float64 {
	tallest := 0.0
	for column := range f.Columns {
		tallest = max(tallest, float64(f.columnHeight(column, f.scale(flowTall))))
	}
	return tallest + flowHead + keyRow
}

// scale is how high one of what flows is, if the largest column may be so high.
func (f Flow) scale(height vg.Length) vg.Length {
	largest := 0.0
	for column := range f.Columns {
		sum := 0.0
		for _, n := range f.Nodes {
			if n.Column == column {
				sum += n.Value
			}
		}
		largest = max(largest, sum)
	}
	return height / vg.Length(largest)
}

func (f Flow) columnHeight(column int, scale vg.Length) (height vg.Length) {
	for _, n := range f.Nodes {
		if n.Column == column {
			height += room(n, scale) + flowGap
		}
	}
	return height
}

// room is the height that a node takes, with its name.
func room(n FlowNode, scale vg.Length) vg.Length {
	return max(scale*vg.Length(n.Value), flowLabel)
}

// flowPlot draws a flow.
type flowPlot struct{ Flow }

// placed is where a node is drawn, and how much of its sides is taken.
type placed struct {
	box     vg.Rectangle
	in, out vg.Length
}

// Plot draws bands, then nodes, then names, so that each can be read.
func (f flowPlot) Plot(c draw.Canvas, _ *plot.Plot) {
	scale := f.fit(c)
	nodes := f.place(c, scale)
	for _, l := range f.Links {
		if l.Value > 0 {
			f.band(c, &nodes[l.From], &nodes[l.To], scale*vg.Length(l.Value))
		}
	}
	for i, n := range f.Nodes {
		f.stub(c, nodes[i], scale*vg.Length(n.Ends))
		c.FillPolygon(Accent, rectangle(nodes[i].box))
	}
	f.names(c, nodes, scale)
}

// fit is the scale at which the fullest column just fits.
func (f flowPlot) fit(c draw.Canvas) vg.Length {
	size := c.Max.Y - c.Min.Y - flowHead
	scale := f.scale(size)
	for column := range f.Columns {
		for range 20 { // names need room that does not shrink with the scale
			if f.columnHeight(column, scale) <= size {
				break
			}
			scale *= 0.9
		}
	}
	return scale
}

func (f flowPlot) step(c draw.Canvas) vg.Length {
	return (c.Max.X - c.Min.X) / vg.Length(len(f.Columns))
}

func (f flowPlot) place(c draw.Canvas, scale vg.Length) []placed {
	tops := make([]vg.Length, len(f.Columns))
	for column := range tops {
		tops[column] = c.Max.Y - flowHead
	}
	nodes := make([]placed, len(f.Nodes))
	for i, n := range f.Nodes {
		x, top := c.Min.X+f.step(c)*vg.Length(n.Column), tops[n.Column]
		height := max(scale*vg.Length(n.Value), 1)
		nodes[i].box = vg.Rectangle{Min: vg.Point{X: x, Y: top - height}, Max: vg.Point{X: x + flowNode, Y: top}}
		tops[n.Column] = top - room(n, scale) - flowGap
	}
	return nodes
}

// band draws what goes from one node to another, below what was drawn before.
func (f flowPlot) band(c draw.Canvas, from, to *placed, width vg.Length) {
	a := vg.Point{X: from.box.Max.X, Y: from.box.Max.Y - from.out}
	b := vg.Point{X: to.box.Min.X, Y: to.box.Max.Y - to.in}
	from.out += width
	to.in += width
	middle := (a.X + b.X) / 2
	var path vg.Path
	path.Move(a)
	path.CubeTo(vg.Point{X: middle, Y: a.Y}, vg.Point{X: middle, Y: b.Y}, b)
	path.Line(vg.Point{X: b.X, Y: b.Y - width})
	path.CubeTo(vg.Point{X: middle, Y: b.Y - width}, vg.Point{X: middle, Y: a.Y - width}, vg.Point{X: a.X, Y: a.Y - width})
	path.Close()
	c.SetColor(heat + 1)
	c.Fill(path)
	// The rim tells bands apart that cross.
	c.SetColor(Paper)
	c.SetLineWidth(1)
	c.SetLineDash(nil, 0)
	c.Stroke(path)
}

// stub draws what ends at a node, at its foot.
func (f flowPlot) stub(c draw.Canvas, at placed, width vg.Length) {
	if width <= 0 {
		return
	}
	area := vg.Rectangle{Min: vg.Point{X: at.box.Max.X, Y: at.box.Min.Y}, Max: vg.Point{X: at.box.Max.X + flowStub, Y: at.box.Min.Y + width}}
	c.FillPolygon(Series(endSeries), rectangle(area))
	hatch(c, area, endSeries)
}

// names writes the name and number of each node at its top, and those of the
// columns above.
func (f flowPlot) names(c draw.Canvas, nodes []placed, scale vg.Length) {
	head := styled(Muted, sizeText, draw.XLeft, draw.YTop)
	for column, name := range f.Columns {
		c.FillText(head, vg.Point{X: c.Min.X + f.step(c)*vg.Length(column), Y: c.Max.Y}, clean(name))
	}
	sty := styled(Label, sizeText, draw.XLeft, draw.YTop)
	for i, n := range f.Nodes {
		at := vg.Point{X: nodes[i].box.Max.X + flowMargin, Y: nodes[i].box.Max.Y - 1}
		if stub := scale * vg.Length(n.Ends); stub > flowLabel/3 && nodes[i].box.Size().Y-stub < flowLabel {
			at.X += flowStub // which reaches up to the name
		}
		right := c.Min.X + f.step(c)*vg.Length(n.Column+1)
		c.FillText(sty, at, shortened(clean(n.Name), sty, right-at.X)+"\n"+Number(n.Value))
	}
}

// shortened cuts a name off that is wider than its place.
func shortened(name string, sty text.Style, width vg.Length) string {
	if sty.Width(name) <= width {
		return name
	}
	runes := []rune(name)
	for len(runes) > 1 && sty.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
