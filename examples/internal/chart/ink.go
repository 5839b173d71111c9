package chart

import (
	"fmt"
	"image/color"
)

// Ink is a colour by its purpose. The page that shows a chart defines the CSS
// variable of each, as [Ink.Variable] names it.
type Ink uint8

// The inks of a chart.
const (
	Text   Ink = iota + 1 // numbers and names
	Label                 // names on top of a drawing: text with a rim of Paper
	Muted                 // axes and their ticks
	Rule                  // grid lines
	Paper                 // the ground of the chart
	Accent                // what the chart is about
	series                // the first of the inks of bars and curves
	heat   = series + MaxSeries
	onHeat = heat + heatLevels
	inks   = onHeat + heatLevels
)

const (
	// MaxSeries is how many bars or curves a chart tells apart: there are as
	// many patterns and dashes.
	MaxSeries = 6
	// heatLevels is how many shades a heat map has.
	heatLevels = 7
)

// Inks returns all inks.
func Inks() []Ink {
	list := make([]Ink, 0, inks-1)
	for i := Text; i < inks; i++ {
		list = append(list, i)
	}
	return list
}

// Series returns the ink of the i-th series, from 0.
func Series(i int) Ink { return series + Ink(i%MaxSeries) }

// Variable returns the name of the ink's CSS variable, such as "--accent" or
// "--heat-3". Numbers start at 0.
func (i Ink) Variable() string {
	switch {
	case i == Text || i == Label:
		return "--ink"
	case i == Muted:
		return "--muted"
	case i == Rule:
		return "--rule"
	case i == Paper:
		return "--paper"
	case i == Accent:
		return "--accent"
	case i < heat:
		return fmt.Sprintf("--series-%d", i-series)
	case i < onHeat:
		return fmt.Sprintf("--heat-%d", i-heat)
	}
	return fmt.Sprintf("--on-heat-%d", i-onHeat)
}

// The red and green of the colours that stand for inks while gonum draws. The
// blue is the ink.
const sentinelRed, sentinelGreen = 0xF1, 0xD7

// RGBA makes an ink a [image/color.Color] that stands for it in a drawing.
func (i Ink) RGBA() (r, g, b, a uint32) {
	// The middle of the values that have this high byte, since the SVG canvas
	// drops the low one after a division.
	channel := func(high uint32) uint32 { return high<<8 | high&0x7f | 0x80 }
	return channel(sentinelRed), channel(sentinelGreen), channel(uint32(i)), 0xffff
}

// sentinel returns how the SVG canvas writes the colour of an ink.
func (i Ink) sentinel() string {
	return fmt.Sprintf("#%02X%02X%02X", sentinelRed, sentinelGreen, uint8(i))
}

// fill returns the style of an area or a text in this ink.
func (i Ink) fill() string {
	if i == Label {
		return "fill:var(--ink);stroke:var(--paper);stroke-width:3px;stroke-linejoin:round;paint-order:stroke"
	}
	return "fill:var(" + i.Variable() + ")"
}

// shades is the palette of a heat map.
type shades struct{}

// Colors returns the inks from the faintest to the strongest.
func (shades) Colors() []color.Color {
	list := make([]color.Color, heatLevels)
	for i := range list {
		list[i] = heat + Ink(i)
	}
	return list
}
