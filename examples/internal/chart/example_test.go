package chart_test

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

func ExampleHeatMap_SVG() {
	svg, err := chart.HeatMap{
		Alt:     "Half of May's customers came back in the next month.",
		X:       "months later",
		Y:       "first order in",
		Columns: []string{"0", "1"},
		Rows:    []string{"May"},
		Values:  [][]float64{{1, 0.5}},
		Format:  chart.Percent,
	}.SVG()
	fmt.Println(err, strings.HasPrefix(string(svg), `<svg class="chart" role="img"`), strings.Contains(string(svg), "50\u00a0%"))
	// Output: <nil> true true
}

func ExampleLines_SVG() {
	_, err := chart.Lines{Curves: []chart.Curve{{Name: "nobody"}}}.SVG()
	fmt.Println(err)
	// Output: chart: nothing to draw
}

func ExampleBars_SVG() {
	svg, err := chart.Bars{
		Alt:        "More are active than silent.",
		Categories: []string{"active", "silent"},
		Series:     []chart.BarSeries{{Name: "customers", Values: []float64{1200, 300}}},
	}.SVG()
	fmt.Println(err, strings.Contains(string(svg), ">1,200<"))
	// Output: <nil> true
}

func ExampleHistogram_SVG() {
	_, err := chart.Histogram{Edges: []float64{0, 7, 14}, Counts: []float64{3}}.SVG()
	fmt.Println(err)
	// Output: chart: 3 edges for 1 counts: want one more
}

func ExampleFlow_SVG() {
	svg, err := chart.Flow{
		Alt:     "Of 100 visits 60 go on to a product.",
		Columns: []string{"1st", "2nd"},
		Nodes:   []chart.FlowNode{{Column: 0, Name: "search", Value: 100, Ends: 40}, {Column: 1, Name: "product", Value: 60}},
		Links:   []chart.FlowLink{{From: 0, To: 1, Value: 60}},
		Ends:    "ends here",
	}.SVG()
	fmt.Println(err, strings.Contains(string(svg), ">product<"))
	// Output: <nil> true
}
