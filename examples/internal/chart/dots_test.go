package chart_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

func ExampleDots_SVG() {
	svg, err := chart.Dots{
		Alt:   "Students are more than usual.",
		Usual: 100,
		Rows: []chart.DotRow{
			{Name: "occupation", Heading: true},
			{Name: "student", Value: 334, Low: 280, High: 380},
			{Name: "retired", Value: math.NaN(), Low: math.NaN(), High: math.NaN(), Missing: "hidden"},
		},
	}.SVG()
	fmt.Println(err, strings.Contains(string(svg), ">334<"), strings.Contains(string(svg), ">hidden<"))
	// Output: <nil> true true
}

func TestDots(t *testing.T) {
	nan := math.NaN()
	row := func(value, low, high float64) []chart.DotRow {
		return []chart.DotRow{{Name: "a", Value: value, Low: low, High: high}}
	}
	for _, tc := range []struct {
		name string
		dots chart.Dots
		want string // of the error, "" for none
	}{
		{"a value", chart.Dots{Rows: row(3, 1, 4), Usual: nan}, ""},
		{"without an interval", chart.Dots{Rows: row(3, nan, nan), Usual: 1}, ""},
		{"beyond the axis", chart.Dots{Rows: row(30, 1, 40), Value: chart.Axis{Max: 10}, Usual: 5}, ""},
		{"outside its interval", chart.Dots{Rows: row(5, 1, 4)}, `row "a": 5 is not between 1 and 4`},
		{"infinite", chart.Dots{Rows: row(5, 1, math.Inf(1))}, "no place"},
		{"usually infinite", chart.Dots{Rows: row(5, 1, 6), Usual: math.Inf(1)}, "no place"},
		{"an axis that is none", chart.Dots{Rows: row(3, 1, 4), Value: chart.Axis{Min: nan}}, "no place"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := tc.dots.SVG()
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
	for name, rows := range map[string][]chart.DotRow{"no rows": nil, "a heading only": {{Name: "a", Heading: true}}, "nothing known": row(nan, nan, nan)} {
		if _, err := (chart.Dots{Rows: rows}).SVG(); !errors.Is(err, chart.ErrEmpty) {
			t.Errorf("%s: %v, want ErrEmpty", name, err)
		}
	}
}

// A ring is told from a dot by its form, and what goes on beyond the axis by an
// arrow: a drawing without either has fewer shapes.
func TestDotsTellByForm(t *testing.T) {
	shapes := func(d chart.Dots) int {
		svg, err := d.SVG()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(svg), "<path")
	}
	plain := chart.Dots{Rows: []chart.DotRow{{Name: "a", Value: 3, Low: 1, High: 4}}, Usual: math.NaN(), Value: chart.Axis{Max: 10}}
	hollow := plain
	hollow.Rows = []chart.DotRow{{Name: "a", Value: 3, Low: 1, High: 4, Hollow: true}}
	cut := plain
	cut.Rows = []chart.DotRow{{Name: "a", Value: 3, Low: 1, High: 40}}
	key := plain
	key.Full, key.Hollow = "proven", "perhaps"
	if n := shapes(plain); shapes(hollow) != n+1 || shapes(cut) != n+1 || shapes(key) != n+3 {
		t.Errorf("%d shapes, %d with a ring, %d with an arrow, %d with a key; want one more each and three for the key", n, shapes(hollow), shapes(cut), shapes(key))
	}
}
