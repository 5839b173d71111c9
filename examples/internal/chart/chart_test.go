package chart

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// drawing is a chart.
type drawing interface{ SVG() (template.HTML, error) }

// element is an element of an SVG with the text directly in it.
type element struct {
	name, text string
	attr       map[string]string
}

// parse reads an SVG as XML; it fails the test if it is none.
func parse(t *testing.T, d drawing) []element {
	t.Helper()
	svg, err := d.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var all []element
	var open []int
	in := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open = append(open, len(all))
			all = append(all, e)
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

// texts returns what is written in a drawing, in its order.
func texts(all []element) []string {
	var list []string
	for _, e := range all {
		if e.name == "text" {
			list = append(list, e.text)
		}
	}
	return list
}

// styles returns how many elements have a property with a value.
func styles(all []element, property string) int {
	n := 0
	for _, e := range all {
		if slices.Contains(strings.Split(e.attr["style"], ";"), property) {
			n++
		}
	}
	return n
}

// gallery has one chart of each kind and of each of its forms.
func gallery() map[string]drawing {
	two := []BarSeries{{"kept", []float64{30, 20, 5}}, {"lost", []float64{-4, -10, math.NaN()}}}
	stages := []string{"new", "active", "silent"}
	survival := []Point{{0, 1}, {30, 0.7}, {60, 0.5}, {90, 0.45}}
	return map[string]drawing{
		"heat map": HeatMap{Alt: "a", X: "to", Y: "from", Columns: stages, Rows: stages, Values: [][]float64{{3, 0, 1}, {0, 9, 2}, {1, 1, 1}}},
		"groups": HeatMap{
			Alt: "a", Columns: []string{"1", "2"}, Rows: []string{"2", "1"},
			Values: [][]float64{{3, 4}, {0, 1200}}, Groups: [][]string{{"loyal", "loyal"}, {"at risk", "can't lose"}},
		},
		"triangle": HeatMap{
			Alt: "a", Columns: []string{"0", "1"}, Rows: []string{"May", "June"},
			Values: [][]float64{{1, 0.4}, {1, math.NaN()}}, Max: 1, Format: Percent,
		},
		"nothing yet":  HeatMap{Alt: "a", Columns: []string{"0"}, Rows: []string{"May"}, Values: [][]float64{{0}}},
		"curves":       Lines{Alt: "a", X: Axis{Label: "days"}, Y: Axis{Max: 1, Format: Percent}, Curves: []Curve{{Name: "shop", Points: survival, Step: true}, {Name: "web", Points: survival}}},
		"marked":       Lines{Alt: "a", Curves: []Curve{{Name: "sum", Points: survival, NameAt: 1}}, Marks: []Mark{{Point{30, 0.7}, "70 %"}}},
		"bars":         Bars{Alt: "a", Categories: stages, Series: two[:1], Value: Axis{Label: "customers"}},
		"beside":       Bars{Alt: "a", Categories: stages, Series: two, Horizontal: true, Value: Axis{Label: "customers"}},
		"stacked":      Bars{Alt: "a", Categories: stages, Series: two, Stacked: true},
		"stacked rows": Bars{Alt: "a", Categories: stages, Series: two, Stacked: true, Horizontal: true},
		"no height":    Bars{Alt: "a", Categories: stages[:1], Series: []BarSeries{{"x", []float64{0}}}},
		"histogram":    Histogram{Alt: "a", X: Axis{Label: "days"}, Y: Axis{Label: "customers", Whole: true}, Edges: []float64{0, 10, 20, 40}, Counts: []float64{5, 0, 2}},
		"flow": Flow{
			Alt: "a", Columns: []string{"1st", "2nd"}, Ends: "ends here",
			Nodes: []FlowNode{{0, "search", 70, 20}, {0, "banner", 30, 0}, {1, "view", 80, 80}},
			Links: []FlowLink{{0, 2, 50}, {1, 2, 30}},
		},
		"none counted": Histogram{Alt: "a", Edges: []float64{0, 10}, Counts: []float64{0}},
	}
}

func TestDrawingsTakeTheirLookFromThePage(t *testing.T) {
	variables := map[string]bool{}
	for _, ink := range Inks() {
		variables["var("+ink.Variable()+")"] = true
	}
	for name, d := range gallery() {
		t.Run(name, func(t *testing.T) {
			all := parse(t, d)
			root := all[0]
			if root.name != "svg" || root.attr["role"] != "img" || root.attr["aria-label"] != "a" || root.attr["viewBox"] == "" {
				t.Errorf("root is %v: want an svg with role, aria-label and viewBox", root)
			}
			if root.attr["width"] != "" || root.attr["height"] != "" {
				t.Error("the page says how wide a chart is")
			}
			svg, _ := d.SVG()
			for _, unwanted := range []string{":#", "font-family", "http", "NaN", "Inf", string(anchorMiddle), string(anchorEnd)} {
				if strings.Contains(string(svg), unwanted) {
					t.Errorf("%q in %s", unwanted, svg)
				}
			}
			for _, v := range regexp.MustCompile(`var\([^)]*\)`).FindAllString(string(svg), -1) {
				if !variables[v] {
					t.Errorf("%s is no ink", v)
				}
			}
			again, _ := d.SVG()
			if diff := cmp.Diff(svg, again); diff != "" {
				t.Errorf("the second drawing differs (-first +second):\n%s", diff)
			}
		})
	}
}

// An ink that the SVG canvas writes in another way would not be found again.
func TestEveryInkIsFoundAgain(t *testing.T) {
	for _, ink := range Inks() {
		got, err := restyle("fill:" + canvasColour(ink))
		if err != nil || got != ink.fill() {
			t.Errorf("ink %d: %q, %v: want %q", ink, got, err, ink.fill())
		}
	}
	if _, err := restyle("fill:#123456"); err == nil {
		t.Error("a colour that is no ink was taken")
	}
}

func TestHeatMapCells(t *testing.T) {
	all := parse(t, gallery()["groups"])
	want := []string{"2", "1", "3", "4", "0", "1,200"}
	for _, text := range want {
		if !slices.Contains(texts(all), text) {
			t.Errorf("no %q in %q", text, texts(all))
		}
	}
	for _, name := range []string{"loyal", "at risk", "can't lose"} {
		if n := count(texts(all), name); n != 1 {
			t.Errorf("%q is written %d times: want once", name, n)
		}
	}
	shaded := 0
	for i := range heatLevels {
		shaded += styles(all, "fill:var("+(heat+Ink(i)).Variable()+")")
	}
	if shaded != 4 {
		t.Errorf("%d shaded cells: want 4", shaded)
	}
	// The first row is the upper one, and 3 is left of 4.
	place := map[string][2]float64{}
	for _, e := range all {
		if e.name == "text" {
			x, _ := strconv.ParseFloat(e.attr["x"], 64)
			y, _ := strconv.ParseFloat(e.attr["y"], 64)
			place[e.text] = [2]float64{x, y}
		}
	}
	if !(place["3"][1] < place["0"][1] && place["3"][0] < place["4"][0]) {
		t.Errorf("places %v: want the first row on top and the first column at the left", place)
	}
}

func count(list []string, text string) int {
	n := 0
	for _, s := range list {
		if s == text {
			n++
		}
	}
	return n
}

func TestMissingCellsStayBlank(t *testing.T) {
	all := parse(t, gallery()["triangle"])
	if n := count(texts(all), "100\u00a0%"); n != 2 {
		t.Errorf("100 %% is written %d times: want 2", n)
	}
	shaded := 0
	for i := range heatLevels {
		shaded += styles(all, "fill:var("+(heat+Ink(i)).Variable()+")")
	}
	if shaded != 3 {
		t.Errorf("%d shaded cells: want 3 of 4", shaded)
	}
}

// A format that writes nothing leaves no trace of a number.
func TestFormatMayWriteNothing(t *testing.T) {
	h := HeatMap{Columns: []string{"a", "b"}, Rows: []string{"c"}, Values: [][]float64{{0, 1}}, Format: func(v float64) string {
		return strings.Trim(Number(v), "0")
	}}
	if diff := cmp.Diff([]string{"1", "a", "b", "c"}, slices.Sorted(slices.Values(texts(parse(t, h))))); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	for _, e := range parse(t, h) {
		if e.name == "text" && e.text == "" {
			t.Error("there is an element without text")
		}
	}
}

// Lines are apart by more than the size of the font, and a name stays in the
// middle of its row however many it has.
func TestLinesAreApart(t *testing.T) {
	at := map[string]float64{}
	b := Bars{Horizontal: true, Categories: []string{"one", "first\nsecond\nthird"}, Series: []BarSeries{{Values: []float64{1, 1}}}}
	for _, e := range parse(t, b) {
		if e.name == "text" {
			y, err := strconv.ParseFloat(e.attr["y"], 64)
			if err != nil {
				t.Fatal(err)
			}
			at[e.text] = y
		}
	}
	const want = sizeText * 1.15
	if up, down := at["second"]-at["first"], at["third"]-at["second"]; math.Abs(up-want) > 0.01 || math.Abs(down-want) > 0.01 {
		t.Errorf("lines are %v and %v apart: want %v", up, down, want)
	}
	single := Bars{Horizontal: true, Categories: []string{"one", "second"}, Series: b.Series}
	for _, e := range parse(t, single) {
		if e.text == "second" {
			if y, _ := strconv.ParseFloat(e.attr["y"], 64); math.Abs(y-at["second"]) > 3 {
				t.Errorf("the middle line is at %v: want it near %v", at["second"], y)
			}
		}
	}
}

func TestShadesFollowTheValues(t *testing.T) {
	h := HeatMap{Max: 600}
	for _, tc := range []struct {
		value float64
		want  int
	}{{0, 0}, {49, 0}, {51, 1}, {300, 3}, {549, 5}, {551, 6}, {600, 6}, {900, 6}} {
		if got := h.level(tc.value); got != tc.want {
			t.Errorf("%v of 600 has shade %d: want %d", tc.value, got, tc.want)
		}
	}
}

func TestCurvesDifferWithoutColour(t *testing.T) {
	all := parse(t, gallery()["curves"])
	for _, name := range []string{"shop", "web", "days", "100\u00a0%"} {
		if !slices.Contains(texts(all), name) {
			t.Errorf("no %q in %q", name, texts(all))
		}
	}
	dashed := 0
	for _, e := range all {
		if strings.Contains(e.attr["style"], "stroke:var(--series-") && strings.Contains(e.attr["style"], "stroke-dasharray") {
			dashed++
		}
	}
	if dashed != 2 { // the second curve, and the sample beside its name
		t.Errorf("%d dashed lines: want 2", dashed)
	}
	seen := map[string]bool{}
	for _, dash := range dashes {
		key := strings.Trim(strings.Join(strings.Fields(template.HTMLEscaper(dash)), " "), "[]")
		if seen[key] {
			t.Errorf("dash %v is used twice", dash)
		}
		seen[key] = true
	}
}

func TestNamesAtTheRightDoNotOverlap(t *testing.T) {
	points := []Point{{0, 1}, {1, 0.5}}
	all := parse(t, Lines{Curves: []Curve{{Name: "a", Points: points}, {Name: "b", Points: points}, {Name: "c", Points: points}}})
	var heights []float64
	for _, e := range all {
		if e.text == "a" || e.text == "b" || e.text == "c" {
			y, _ := strconv.ParseFloat(e.attr["y"], 64)
			heights = append(heights, y)
		}
	}
	slices.Sort(heights)
	if len(heights) != 3 || heights[1]-heights[0] < sizeText || heights[2]-heights[1] < sizeText {
		t.Errorf("names at %v: want them a line apart", heights)
	}
}

func TestBarsStackAwayFromZero(t *testing.T) {
	nan := math.NaN()
	b := Bars{
		Categories: []string{"x"}, Stacked: true,
		Series: []BarSeries{{"a", []float64{3}}, {"b", []float64{-1}}, {"c", []float64{nan}}, {"d", []float64{2}}, {"e", []float64{-4}}},
	}
	var got [][2]float64
	for _, bar := range b.bars(0) {
		got = append(got, [2]float64{bar.from, bar.to})
	}
	if diff := cmp.Diff([][2]float64{{0, 3}, {0, -1}, {3, 3}, {3, 5}, {-1, -5}}, got); diff != "" {
		t.Errorf("bars (-want +got):\n%s", diff)
	}
	if low, high := b.extent(); low != -5 || high != 5 {
		t.Errorf("extent %v to %v: want -5 to 5", low, high)
	}
}

func TestBarsCarryTheirNumbers(t *testing.T) {
	all := parse(t, gallery()["beside"])
	for _, text := range []string{"30", "20", "5", "−4", "−10", "–", "kept", "lost", "customers", "silent"} {
		if !slices.Contains(texts(all), text) {
			t.Errorf("no %q in %q", text, texts(all))
		}
	}
}

func TestWholeAxisHasNoHalves(t *testing.T) {
	all := parse(t, gallery()["histogram"])
	if slices.Contains(texts(all), "2.5") || !slices.Contains(texts(all), "5") {
		t.Errorf("ticks in %q: want whole ones", texts(all))
	}
}

func TestNumbersFitIntoNarrowCells(t *testing.T) {
	h := HeatMap{Columns: make([]string, 12), Rows: []string{"May"}, Values: [][]float64{make([]float64, 12)}, Format: Percent}
	for i := range h.Values[0] {
		h.Values[0][i] = 1 / float64(i+1)
	}
	for _, e := range parse(t, h) {
		if e.text == "33.3\u00a0%" && !strings.Contains(e.attr["style"], "font-size:9px") {
			t.Errorf("style %q: want the smallest font", e.attr["style"])
		}
	}
	if got := h.valueSize(100); got != sizeValue {
		t.Errorf("size %v in a wide cell: want %v", got, sizeValue)
	}
}

func TestTextsCannotLeaveTheirPlace(t *testing.T) {
	hostile := "</text><script>\"&'\x00\x1b\xff" + string(anchorEnd) + "x"
	all := parse(t, HeatMap{Alt: hostile, X: hostile, Columns: []string{"1"}, Rows: []string{hostile}, Values: [][]float64{{1}}})
	found := 0
	for _, e := range all {
		if e.name == "script" {
			t.Error("a name became an element")
		}
		if strings.HasPrefix(e.text, "</text><script>\"&'") && strings.HasSuffix(e.text, "x") {
			found++
		}
	}
	if found != 2 {
		t.Errorf("found %d texts in %q: want 2", found, texts(all))
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	one := []string{"x"}
	many := make([]BarSeries, MaxSeries+1)
	for name, tc := range map[string]struct {
		drawing
		want string
	}{
		"no cells":          {HeatMap{}, "nothing to draw"},
		"rows missing":      {HeatMap{Columns: one, Rows: one}, "0 rows of values for 1 names"},
		"short row":         {HeatMap{Columns: one, Rows: one, Values: [][]float64{{}}}, "row 0: 0 values for 1 columns"},
		"groups missing":    {HeatMap{Columns: one, Rows: one, Values: [][]float64{{1}}, Groups: [][]string{{}}}, "row 0: 0 groups for 1 columns"},
		"negative cell":     {HeatMap{Columns: one, Rows: one, Values: [][]float64{{-1}}}, "row 0, column 0: -1"},
		"infinite cell":     {HeatMap{Columns: one, Rows: one, Values: [][]float64{{inf}}}, "row 0, column 0: +Inf"},
		"NaN as largest":    {HeatMap{Columns: one, Rows: one, Values: [][]float64{{1}}, Max: nan}, "largest value NaN"},
		"no points":         {Lines{Curves: []Curve{{}}}, "nothing to draw"},
		"NaN point":         {Lines{Curves: []Curve{{Points: []Point{{0, nan}}}}}, "point 0: NaN"},
		"backwards":         {Lines{Curves: []Curve{{Points: []Point{{1, 0}, {0, 0}}}}}, "point 1: 0 comes after 1"},
		"no place for name": {Lines{Curves: []Curve{{NameAt: 1, Points: []Point{{}}}}}, "no point 1"},
		"infinite mark":     {Lines{Curves: []Curve{{Points: []Point{{}}}}, Marks: []Mark{{Point: Point{X: inf}}}}, "+Inf"},
		"axis backwards":    {Lines{X: Axis{Min: 2, Max: 1}, Curves: []Curve{{Points: []Point{{}}}}}, "x axis: from 2 to 1"},
		"no series":         {Bars{Categories: one}, "nothing to draw"},
		"too many series":   {Bars{Categories: one, Series: many}, "7 series: want at most 6"},
		"values missing":    {Bars{Categories: one, Series: []BarSeries{{Name: "a"}}}, `series "a": 0 values for 1 categories`},
		"infinite bar":      {Bars{Categories: one, Series: []BarSeries{{Values: []float64{inf}}}}, "value 0: +Inf"},
		"no counts":         {Histogram{}, "nothing to draw"},
		"edges missing":     {Histogram{Edges: []float64{0}, Counts: []float64{1}}, "1 edges for 1 counts"},
		"equal edges":       {Histogram{Edges: []float64{1, 1}, Counts: []float64{1}}, "edge 1: 1 is not above 1"},
		"NaN edge":          {Histogram{Edges: []float64{0, nan}, Counts: []float64{1}}, "edge 1: NaN"},
		"nothing flows":     {Flow{Columns: one, Nodes: []FlowNode{{}}}, "nothing to draw"},
		"no such column":    {Flow{Columns: one, Nodes: []FlowNode{{1, "a", 1, 0}}}, `node 0 ("a"): column 1 of 1`},
		"infinite node":     {Flow{Columns: one, Nodes: []FlowNode{{0, "a", inf, 0}}}, "+Inf with 0 that end"},
		"NaN ends":          {Flow{Columns: one, Nodes: []FlowNode{{0, "a", 1, nan}}}, "1 with NaN that end"},
		"more end":          {Flow{Columns: one, Nodes: []FlowNode{{0, "a", 1, 2}}}, "0 come and 2 go or end: it has 1"},
		"link to itself":    {Flow{Columns: one, Nodes: []FlowNode{{0, "a", 1, 0}}, Links: []FlowLink{{0, 0, 1}}}, "link 0: from node 0 to 0"},
		"link to nowhere":   {Flow{Columns: one, Nodes: []FlowNode{{0, "a", 1, 0}}, Links: []FlowLink{{0, 1, 1}}}, "link 0: from node 0 to 1"},
		"negative link":     {Flow{Columns: []string{"1", "2"}, Nodes: []FlowNode{{0, "a", 1, 0}, {1, "b", 1, 0}}, Links: []FlowLink{{0, 1, -1}}}, "link 0: -1"},
		"more comes":        {Flow{Columns: []string{"1", "2"}, Nodes: []FlowNode{{0, "a", 2, 0}, {1, "b", 1, 0}}, Links: []FlowLink{{0, 1, 2}}}, `node 1 ("b"): 2 come`},
		"negative count":    {Histogram{Edges: []float64{0, 1}, Counts: []float64{-1}}, "count 0: -1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tc.SVG(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v: want an error with %q", err, tc.want)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	for _, tc := range []struct {
		value float64
		want  string
	}{{0, "0"}, {999, "999"}, {1000, "1,000"}, {-1234567.5, "−1,234,567.5"}, {0.12345, "0.123"}, {-0.0001, "0"}} {
		if got := Number(tc.value); got != tc.want {
			t.Errorf("Number(%v) = %q: want %q", tc.value, got, tc.want)
		}
	}
	if got := Percent(0.1255); got != "12.6\u00a0%" && got != "12.5\u00a0%" {
		t.Errorf("Percent(0.1255) = %q", got)
	}
	if got := Percent(0.2); got != "20\u00a0%" {
		t.Errorf("Percent(0.2) = %q: want 20 %%", got)
	}
}
