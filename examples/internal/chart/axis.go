package chart

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Axis is a scale of numbers.
type Axis struct {
	// Label says what is measured, and in which unit.
	Label string
	// Min and Max bound the scale. If both are zero they come from the data.
	Min, Max float64
	// Ticks are where numbers stand. Nil means round numbers.
	Ticks []float64
	// Whole leaves out ticks that are no whole numbers: there is no half
	// customer.
	Whole bool
	// Format writes a number. Nil means as short as it gets, with a comma
	// between thousands.
	Format func(float64) string
}

// Percent writes a share as a percentage, such as 20 % for 0.2.
func Percent(share float64) string {
	return strconv.FormatFloat(math.Round(1000*share)/10, 'f', -1, 64) + "\u00a0%"
}

// Number writes a number with at most three places, and a comma between
// thousands.
func Number(v float64) string {
	digits := strconv.FormatFloat(math.Round(math.Abs(v)*1000)/1000, 'f', -1, 64)
	end := len(digits)
	for i, r := range digits {
		if r == '.' {
			end = i
		}
	}
	for i := end - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if v < 0 && digits != "0" {
		return "−" + digits
	}
	return digits
}

func (a Axis) format(v float64) string {
	if a.Format != nil {
		return a.Format(v)
	}
	return Number(v)
}

func (a Axis) check(name string) error {
	for _, v := range append([]float64{a.Min, a.Max}, a.Ticks...) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("chart: %s axis: %v is no place on it", name, v)
		}
	}
	if a.Min > a.Max {
		return fmt.Errorf("chart: %s axis: from %v to %v: want the smaller first", name, a.Min, a.Max)
	}
	return nil
}

// apply puts the axis in the place of one of the plot's, which has the range of
// the data. The label is not part of it: see [sheet].
func (a Axis) apply(to *plot.Axis) {
	if a.Min != 0 || a.Max != 0 {
		to.Min, to.Max = a.Min, a.Max
	}
	to.Tick.Marker = ticker{a}
}

// ticker has no ticks but those with a label.
type ticker struct{ Axis }

func (t ticker) Ticks(from, to float64) []plot.Tick {
	var ticks []plot.Tick
	if t.Axis.Ticks != nil {
		for _, v := range t.Axis.Ticks {
			ticks = append(ticks, plot.Tick{Value: v, Label: t.format(v)})
		}
		return ticks
	}
	for _, tick := range (plot.DefaultTicks{}).Ticks(from, to) {
		if !tick.IsMinor() && (!t.Whole || tick.Value == math.Trunc(tick.Value)) {
			ticks = append(ticks, plot.Tick{Value: tick.Value, Label: t.format(tick.Value)})
		}
	}
	return ticks
}

// newPlot returns a plot in the house's style: no box, no ticks, quiet axes.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Tick.Label = styled(Muted, sizeText, draw.XCenter, draw.YTop)
	p.Y.Tick.Label = styled(Muted, sizeText, draw.XRight, draw.YCenter)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle = styled(Text, sizeText, draw.XCenter, draw.YBottom)
		axis.Label.Padding = 6
		axis.Padding = 0
		axis.LineStyle = draw.LineStyle{Color: Muted, Width: 1}
		axis.Tick.LineStyle = draw.LineStyle{Color: Muted}
		axis.Tick.Length = 5
	}
	return p
}

// ticked draws a mark at each number of an axis.
func ticked(axis *plot.Axis) { axis.Tick.LineStyle.Width = 1 }

// bare takes the line off an axis, and leaves some room in its place.
func bare(axis *plot.Axis) {
	axis.LineStyle.Width = 0
	axis.LineStyle.Color = Rule
	axis.Padding = 4
}

// grid returns lines to read values by.
func grid(vertical, horizontal bool) *plotter.Grid {
	line := draw.LineStyle{Color: Rule, Width: 1}
	none := draw.LineStyle{Color: nil}
	g := &plotter.Grid{Vertical: none, Horizontal: none}
	if vertical {
		g.Vertical = line
	}
	if horizontal {
		g.Horizontal = line
	}
	return g
}

// named puts names in the place of numbers at 0, 1, 2 and so on.
func named(axis *plot.Axis, names []string) {
	ticks := make([]plot.Tick, len(names))
	for i, name := range names {
		ticks[i] = plot.Tick{Value: float64(i), Label: clean(name)}
	}
	axis.Tick.Marker = plot.ConstantTicks(ticks)
	axis.Tick.Length = 0
}

// rectangle returns the corners of an area.
func rectangle(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}}
}
