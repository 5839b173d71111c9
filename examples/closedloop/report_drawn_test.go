package main

import (
	order "cmp"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

// The styles of the numbers of a chart.
const (
	inCells = `fill:var\(--on-heat`
	atBars  = `paint-order:stroke`
)

// text is what stands in a chart.
type text struct {
	x, y float64
	text string
}

// textsOf returns those of a style line by line, from the left.
func textsOf(t *testing.T, f figure, style string) []text {
	t.Helper()
	var list []text
	for _, m := range regexp.MustCompile(`<text x="([-0-9.]+)" y="([-0-9.]+)"[^>]*`+style+`[^>]*>([^<]*)<`).FindAllStringSubmatch(string(f.SVG), -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(errX, errY); err != nil {
			t.Fatal(err)
		}
		list = append(list, text{x, y, strings.ReplaceAll(m[3], "&lt;", "<")})
	}
	slices.SortFunc(list, func(a, b text) int { return order.Or(order.Compare(a.y, b.y), order.Compare(a.x, b.x)) })
	return list
}

// drawn returns the texts of a style line by line.
func drawn(t *testing.T, f figure, style string) [][]string {
	t.Helper()
	list := textsOf(t, f, style)
	var lines [][]string
	for i, e := range list {
		if i == 0 || e.y != list[i-1].y {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], e.text)
	}
	return lines
}

// inColumns returns the texts of a style line by line, with "" where another
// line has something.
func inColumns(t *testing.T, f figure, style string) [][]string {
	t.Helper()
	list := textsOf(t, f, style)
	var columns []float64
	for _, e := range list {
		columns = append(columns, e.x)
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	var lines [][]string
	for i, e := range list {
		if i == 0 || e.y != list[i-1].y {
			lines = append(lines, make([]string, len(columns)))
		}
		lines[len(lines)-1][slices.Index(columns, e.x)] = e.text
	}
	return lines
}

// column returns a column of a table, without what is only for reading.
func column(t *testing.T, g grid, at int) []int {
	t.Helper()
	var list []int
	for _, row := range g.Rows {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", "−", "-").Replace(row[at]))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func percentOf(share *float64) string { return chart.Percent(known(share)) }
