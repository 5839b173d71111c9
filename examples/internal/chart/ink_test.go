package chart

import (
	"bytes"
	"regexp"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// canvasColour returns how the SVG canvas writes an ink.
func canvasColour(ink Ink) string {
	canvas := vgsvg.New(10, 10)
	canvas.SetColor(ink)
	canvas.Fill(vg.Rectangle{Max: vg.Point{X: 1, Y: 1}}.Path())
	var out bytes.Buffer
	if _, err := canvas.WriteTo(&out); err != nil {
		return err.Error()
	}
	return regexp.MustCompile(`#[0-9A-F]{6}`).FindString(out.String())
}
