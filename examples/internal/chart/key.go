package chart

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// keyEntry says what a series looks like.
type keyEntry struct {
	name   string
	series int
}

const (
	keySwatch = 16
	keyRow    = 20
	keyGap    = 18 // between two entries of a row
)

// drawHeading writes the heading at the top of an area, and returns its height.
func drawHeading(c draw.Canvas, heading string) vg.Length {
	if heading == "" {
		return 0
	}
	sty := styled(Text, sizeText, draw.XLeft, draw.YTop)
	heading = wrap(clean(heading), sty, c.Max.X-c.Min.X)
	c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Max.Y}, heading)
	return sty.Height(heading) + 8
}

// drawKey draws the key at the top of an area, and returns its height.
func drawKey(c draw.Canvas, entries []keyEntry) vg.Length {
	if len(entries) == 0 {
		return 0
	}
	sty := styled(Text, sizeText, draw.XLeft, draw.YCenter)
	x, y := c.Min.X, c.Max.Y-keyRow/2
	for _, e := range entries {
		width := keySwatch + 6 + sty.Width(e.name)
		if x > c.Min.X && x+width > c.Max.X {
			x, y = c.Min.X, y-keyRow
		}
		box := vg.Rectangle{Min: vg.Point{X: x, Y: y - 6}, Max: vg.Point{X: x + keySwatch, Y: y + 6}}
		c.FillPolygon(Series(e.series), rectangle(box))
		hatch(c, box, e.series)
		c.FillText(sty, vg.Point{X: x + keySwatch + 6, Y: y}, e.name)
		x += width + keyGap
	}
	return c.Max.Y - y + keyRow/2 + 6
}

// hatch draws the pattern of a series over an area: none for the first, then
// lines in other directions.
func hatch(c draw.Canvas, area vg.Rectangle, series int) {
	inner := draw.Canvas{Canvas: c.Canvas, Rectangle: area}
	style := draw.LineStyle{Color: Paper, Width: 1}
	size := area.Size()
	if size.X <= 0 || size.Y <= 0 {
		return
	}
	const step = 6
	slanted := func(up bool) {
		for x := area.Min.X - size.Y; x < area.Max.X; x += step {
			from, to := vg.Point{X: x, Y: area.Min.Y}, vg.Point{X: x + size.Y, Y: area.Max.Y}
			if !up {
				from.Y, to.Y = to.Y, from.Y
			}
			c.StrokeLines(style, inner.ClipLinesXY([]vg.Point{from, to})...)
		}
	}
	switch series {
	case 1:
		slanted(true)
	case 2:
		slanted(false)
	case 3:
		for y := area.Min.Y + step/2; y < area.Max.Y; y += step {
			c.StrokeLine2(style, area.Min.X, y, area.Max.X, y)
		}
	case 4:
		for x := area.Min.X + step/2; x < area.Max.X; x += step {
			c.StrokeLine2(style, x, area.Min.Y, x, area.Max.Y)
		}
	case 5:
		slanted(true)
		slanted(false)
	}
}
