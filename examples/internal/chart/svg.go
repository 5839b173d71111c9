package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// ErrEmpty is returned for a chart that has nothing to draw.
var ErrEmpty = errors.New("chart: nothing to draw")

// sheet is what one chart is drawn on.
type sheet struct {
	width, height vg.Length
	alt           string
	// heading is the title of the vertical axis: level, and so easier to read
	// than along the axis.
	heading string
	key     []keyEntry
}

// render draws a plot, with its heading and key above it, and gives it the page's colours.
func (s sheet) render(p *plot.Plot) (template.HTML, error) {
	canvas := vgsvg.New(s.width, s.height)
	area := draw.New(canvas)
	area = draw.Crop(area, 0, -1, 1, -drawHeading(area, s.heading))
	area = draw.Crop(area, 0, 0, 0, -drawKey(area, s.key))
	p.Draw(area)
	var raw, out bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	t := theme{out: &out, alt: s.alt}
	if err := t.rewrite(&raw); err != nil {
		return "", fmt.Errorf("chart: %w", err)
	}
	return template.HTML(out.String()), nil
}

// theme turns the SVG that gonum writes into one for a page: colours become
// variables, fonts the page's own, and sizes are left to the page.
type theme struct {
	out *bytes.Buffer
	alt string
	// open is whether the last start tag still lacks its ">".
	open bool
	// text is the element of a text, which waits for its characters: they say
	// how it is anchored.
	text *xml.StartElement
}

func (t *theme) rewrite(r io.Reader) error {
	in := xml.NewDecoder(r)
	for {
		token, err := in.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			err = t.start(token.Copy())
		case xml.CharData:
			err = t.characters(string(token))
		case xml.EndElement:
			t.end(token.Name.Local)
		}
		if err != nil {
			return err
		}
	}
}

func (t *theme) start(e xml.StartElement) error {
	if e.Name.Local == "text" {
		t.text = &e
		return nil
	}
	attrs := e.Attr
	if e.Name.Local == "svg" {
		attrs = []xml.Attr{
			{Name: xml.Name{Local: "class"}, Value: "chart"},
			{Name: xml.Name{Local: "role"}, Value: "img"},
			{Name: xml.Name{Local: "aria-label"}, Value: t.alt},
		}
		for _, a := range e.Attr {
			if a.Name.Local == "viewBox" {
				attrs = append(attrs, a)
			}
		}
	}
	return t.tag(e.Name.Local, attrs)
}

// tag writes a start tag up to its ">".
func (t *theme) tag(name string, attrs []xml.Attr) error {
	t.close()
	t.out.WriteString("<" + name)
	for _, a := range attrs {
		if a.Name.Local == "style" {
			style, err := restyle(a.Value)
			if err != nil {
				return err
			}
			a.Value = style
		}
		t.out.WriteString(" " + a.Name.Local + `="`)
		if err := xml.EscapeText(t.out, []byte(a.Value)); err != nil {
			return err
		}
		t.out.WriteByte('"')
	}
	t.open = true
	return nil
}

func (t *theme) close() {
	if t.open {
		t.out.WriteByte('>')
		t.open = false
	}
}

func (t *theme) characters(text string) error {
	if t.text == nil {
		return nil // line ends between elements
	}
	anchor, text := cutAnchor(text)
	if text == "" {
		return nil
	}
	attrs := t.text.Attr
	if anchor != "" {
		attrs = append(attrs, xml.Attr{Name: xml.Name{Local: "text-anchor"}, Value: anchor})
	}
	t.text = nil
	if err := t.tag("text", attrs); err != nil {
		return err
	}
	t.close()
	return xml.EscapeText(t.out, []byte(text))
}

func (t *theme) end(name string) {
	if t.text != nil { // without characters there is nothing to see
		t.text = nil
		return
	}
	if t.open {
		t.out.WriteString("/>")
		t.open = false
	} else {
		t.out.WriteString("</" + name + ">")
	}
	if name != "text" {
		t.out.WriteByte('\n')
	}
}

// restyle puts variables in the place of colours, and leaves the font to the
// page. A colour that is no ink is an error: it would not follow the page.
func restyle(style string) (string, error) {
	var kept []string
	for property := range strings.SplitSeq(style, ";") {
		name, value, _ := strings.Cut(property, ":")
		switch {
		case name == "font-family" || name == "font-variant" || name == "font-style",
			name == "font-weight" && value == "normal":
			continue
		case strings.HasPrefix(value, "#"):
			ink, ok := inkOf(value)
			if !ok {
				return "", fmt.Errorf("colour %s is no ink", value)
			}
			if name == "fill" {
				property = ink.fill()
			} else {
				property = name + ":var(" + ink.Variable() + ")"
			}
		}
		kept = append(kept, property)
	}
	return strings.Join(kept, ";"), nil
}

func inkOf(colour string) (Ink, bool) {
	for _, ink := range Inks() {
		if ink.sentinel() == colour {
			return ink, true
		}
	}
	return 0, false
}
