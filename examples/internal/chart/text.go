package chart

import (
	"strings"
	"unicode"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of text in a chart of 400 units. On the narrowest phones a unit is
// four fifths of a pixel.
const (
	sizeValue = 13.0 // numbers in cells
	sizeText  = 12.0 // axes and names
	sizeSmall = 10.5 // names within cells
	sizeLeast = 9.0  // numbers in the narrowest cells
)

// styled returns the style of a text.
func styled(ink Ink, size vg.Length, x draw.XAlignment, y draw.YAlignment) text.Style {
	return text.Style{
		Color:   ink,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		XAlign:  x,
		YAlign:  y,
		Handler: anchored{text.Plain{Fonts: font.DefaultCache}},
	}
}

// The marks in front of a text that is not anchored at its start. They are for
// private use in Unicode, and never reach the page.
const (
	anchorMiddle = '\uE0A1'
	anchorEnd    = '\uE0A2'
)

// wider is how much wider than gonum's font the page's may be: room is kept for
// it.
const wider = 1.12

// anchored leaves it to the browser to centre a text and to end it at a point,
// since only that knows how wide it is in the page's font.
type anchored struct{ text.Plain }

// Box returns the size of a text, with room for a wider font.
func (a anchored) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	width, height, depth = a.Plain.Box(txt, f)
	return width * wider, height, depth
}

// Draw writes a text with a mark of its alignment.
func (a anchored) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	mark := ""
	switch sty.XAlign {
	case draw.XCenter:
		mark = string(anchorMiddle)
	case draw.XRight:
		mark = string(anchorEnd)
	}
	sty.XAlign = draw.XLeft
	lines := strings.Split(clean(txt), "\n")
	others := vg.Length(len(lines) - 1)
	// Aligned as a whole, the text is higher by the leading than gonum has it.
	pt.Y += (sty.Height(txt)-sty.Height("x"))*vg.Length(sty.YAlign) + others*sty.Font.Size
	pt.Y += leading * sty.Font.Size * others * vg.Length(1+sty.YAlign)
	for i, line := range lines {
		below := vg.Length(i) * (1 + leading) * sty.Font.Size
		a.Plain.Draw(c, mark+line, sty, pt.Sub(vg.Point{Y: below}))
	}
}

// leading is the room between lines, as a part of the size of the font: gonum
// leaves none, and Chinese fills its line.
const leading = 0.15

// clean removes what could be taken for a mark, and what no document may hold.
func clean(txt string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == anchorMiddle || r == anchorEnd:
			return -1
		case r != '\n' && (unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF'):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(txt, string(unicode.ReplacementChar)))
}

// cutAnchor takes the mark off a text, and returns SVG's word for it.
func cutAnchor(txt string) (anchor, rest string) {
	if rest, ok := strings.CutPrefix(txt, string(anchorMiddle)); ok {
		return "middle", rest
	}
	if rest, ok := strings.CutPrefix(txt, string(anchorEnd)); ok {
		return "end", rest
	}
	return "", txt
}

// wrap breaks a text between words, so that no line that can be broken is wider
// than a width.
func wrap(txt string, sty text.Style, width vg.Length) string {
	lines := []string{""}
	for word := range strings.FieldsSeq(txt) {
		last := &lines[len(lines)-1]
		switch longer := *last + " " + word; {
		case *last == "":
			*last = word
		case sty.Width(longer) <= width:
			*last = longer
		default:
			lines = append(lines, word)
		}
	}
	return strings.Join(lines, "\n")
}
