package chart

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

// Bands and stubs are as high as their numbers on both sides, and share the
// sides of a node without gap or overlap.
func TestFlowIsInProportion(t *testing.T) {
	all := parse(t, Flow{
		Alt: "a", Columns: []string{"1st", "2nd"},
		Nodes: []FlowNode{{0, "a", 70, 20}, {0, "b", 30, 0}, {1, "c", 50, 50}, {1, "d", 30, 0}},
		Links: []FlowLink{{0, 2, 30}, {0, 3, 20}, {1, 2, 20}, {1, 3, 10}},
	})
	nodes := sidesOf(t, all, Accent)
	bands := sidesOf(t, all, heat+1)
	stubs := sidesOf(t, all, Series(endSeries))
	if len(nodes) != 4 || len(bands) != 4 || len(stubs) != 2 {
		t.Fatalf("%d nodes, %d bands and %d stubs: want 4, 4 and 2", len(nodes), len(bands), len(stubs))
	}
	unit := nodes[0].left.height() / 70
	a, c := nodes[0].right, nodes[2].left
	for _, tc := range []struct {
		name string
		got  span
		from float64 // the node's top
		want span
	}{
		{"a to c, at a", bands[0].left, a.top, span{0, 30}},
		{"a to d, at a", bands[1].left, a.top, span{30, 50}},
		{"what ends at a", stubs[0].left, a.top, span{50, 70}},
		{"a to c, at c", bands[0].right, c.top, span{0, 30}},
		{"b to c, at c", bands[2].right, c.top, span{30, 50}},
		{"b to d, at d", bands[3].right, nodes[3].left.top, span{20, 30}},
		{"what ends at c", stubs[1].left, c.top, span{0, 50}},
	} {
		top, bottom := (tc.got.top-tc.from)/unit, (tc.got.bottom-tc.from)/unit
		if math.Abs(top-tc.want.top) > 0.1 || math.Abs(bottom-tc.want.bottom) > 0.1 {
			t.Errorf("%s: from %.1f to %.1f, want %v", tc.name, top, bottom, tc.want)
		}
	}
}

// span is a side of a shape; y grows downwards, as in SVG.
type span struct{ top, bottom float64 }

func (s span) height() float64 { return s.bottom - s.top }

type sides struct{ left, right span }

// sidesOf returns the sides of all shapes that are filled with an ink.
func sidesOf(t *testing.T, all []element, ink Ink) []sides {
	t.Helper()
	var list []sides
	for _, e := range all {
		if e.name == "path" && strings.Contains(e.attr["style"], "fill:var("+ink.Variable()+")") {
			points := pointsOf(t, e.attr["d"])
			list = append(list, sides{sideOf(points, slices.MinFunc[[][2]float64]), sideOf(points, slices.MaxFunc[[][2]float64])})
		}
	}
	return list
}

func pointsOf(t *testing.T, d string) (points [][2]float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(-?[0-9.]+),(-?[0-9.]+)`).FindAllStringSubmatch(d, -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if errX != nil || errY != nil {
			t.Fatal(d)
		}
		points = append(points, [2]float64{x, -y}) // the drawing is turned over
	}
	return points
}

func sideOf(points [][2]float64, outermost func([][2]float64, func(a, b [2]float64) int) [2]float64) span {
	edge := outermost(points, func(a, b [2]float64) int { return cmp.Compare(a[0], b[0]) })[0]
	s := span{math.Inf(1), math.Inf(-1)}
	for _, p := range points {
		if p[0] == edge {
			s.top, s.bottom = min(s.top, p[1]), max(s.bottom, p[1])
		}
	}
	return s
}

func TestFlowNamesEachNode(t *testing.T) {
	got := texts(parse(t, Flow{
		Alt: "a", Columns: []string{"1st", "2nd"},
		Nodes: []FlowNode{{0, "a name that is far too long for its column", 1200, 0}, {1, "short", 3, 0}},
	}))
	var names []string
	for _, text := range got {
		if strings.ContainsAny(text, "…") || text == "short" || text == "1,200" || text == "3" {
			names = append(names, text)
		}
	}
	if len(names) != 4 || !strings.HasSuffix(names[0], "…") || !strings.HasPrefix(names[0], "a name that") {
		t.Errorf("names %q: want both, the first cut off, each with its number", names)
	}
	if d := diff.Diff([]string{"1st", "2nd"}, got[:2]); d != "" {
		t.Errorf("columns (-want +got):\n%s", d)
	}
}

// However small the chart, nothing is drawn below it.
func TestFlowFitsItsHeight(t *testing.T) {
	f := gallery()["flow"].(Flow)
	f.Height = 150
	shapes := parse(t, f)
	for _, s := range append(sidesOf(t, shapes, Accent), sidesOf(t, shapes, heat+1)...) {
		if s.left.bottom > 0 || s.right.bottom > 0 || s.left.top < -150 {
			t.Errorf("a shape from %v to %v: want it within the chart", s.left, s.right)
		}
	}
}
