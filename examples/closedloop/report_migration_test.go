package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
)

func TestMatrixAgreesWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.migrationSection()
	f, err := newMatrix(doc, a.grid.Segments()).figure()
	if err != nil {
		t.Fatal(err)
	}
	counts, totals := map[[2]string]int{}, map[string]int{}
	for _, c := range doc.Cells {
		from, to := strings.TrimPrefix(c.From, "segment="), strings.TrimPrefix(c.To, "segment=")
		counts[[2]string{from, to}] = c.Customers
		totals[from] += c.Customers
	}
	var table, cells [][]string
	for i, from := range append(a.grid.Segments(), "") {
		row := []string{"joined since"}
		if from != "" {
			row[0] = fmt.Sprintf("%d %s", i+1, from)
		}
		var line []string
		for _, to := range append(a.grid.Segments(), "") {
			n := counts[[2]string{from, to}]
			row = append(row, count(n))
			switch percent := 100 * float64(n) / float64(totals[from]); {
			case percent >= 0.5:
				line = append(line, fmt.Sprint(math.Round(percent)))
			case percent > 0:
				line = append(line, "<1")
			default:
				line = append(line, "")
			}
		}
		table, cells = append(table, row), append(cells, line)
	}
	if diff := cmp.Diff(table, f.Numbers.Rows); diff != "" {
		t.Errorf("table (-document +figure):\n%s", diff)
	}
	if diff := cmp.Diff(cells, inColumns(t, f, inCells)); diff != "" {
		t.Errorf("cells (-document +drawing):\n%s", diff)
	}
	if s := doc.Summary; s.New == 0 || s.Gone == 0 {
		t.Errorf("%d new, %d gone: a matrix without them shows less", s.New, s.Gone)
	}
}

func TestCausesAgreeWithTheDocument(t *testing.T) {
	s := shopSince(t).migrationSection().Summary
	acted, aged, recut, several := s.By.Only(rfm.ByBehaviour), s.By.Only(rfm.ByTime), s.By.Only(rfm.ByRecut), severalCauses(s.By)
	if acted+aged+recut+several != s.Moved || acted == 0 || aged == 0 || recut == 0 || several == 0 {
		t.Errorf("%d, %d, %d and %d: want %d in all, and some of each", acted, aged, recut, several, s.Moved)
	}
	f, err := causesFigure(s)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range column(t, f.Numbers, 1) {
		total += n
	}
	if total != s.Moved {
		t.Errorf("the table has %d customers: want %d", total, s.Moved)
	}
	with := func(cause rfm.Cause) (n int) {
		for c, customers := range s.By {
			if rfm.Cause(c)&cause != 0 {
				n += customers
			}
		}
		return n - s.By.Only(cause)
	}
	want := [][]string{
		{count(s.By.Only(rfm.ByBehaviour)), count(with(rfm.ByBehaviour))},
		{count(s.By.Only(rfm.ByTime)), count(with(rfm.ByTime))},
		{count(with(rfm.ByRecut))}, // the other bar is too narrow for a number
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
		t.Errorf("bars (-document +drawing):\n%s", diff)
	}
}

func TestCausesInWords(t *testing.T) {
	var single, mixed rfm.Causes
	single[rfm.ByBehaviour], single[rfm.ByTime], single[rfm.ByRecut] = 1000, 20, 3
	mixed = single
	mixed[rfm.ByBehaviour|rfm.ByTime], mixed[rfm.ByTime|rfm.ByRecut], mixed[rfm.ByBehaviour|rfm.ByTime|rfm.ByRecut] = 400, 50, 6
	apart := "Of those who moved, 1,000 did so only by what they did, 20 only by time passing, and 3 only because the scores are cut anew"
	for _, tc := range []struct {
		name string
		by   rfm.Causes
		want string
	}{
		{"one reason each", single, apart + "."},
		{"several reasons", mixed, apart + "; 456 had several of these reasons."},
	} {
		if got := causesInWords(tc.by); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Property: before, and what each reason changed, is after; and all of it is in
// the document.
func TestFlowsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.migrationSection()
	f, err := newMatrix(doc, a.grid.Segments()).netFigure(doc.Flows)
	if err != nil {
		t.Fatal(err)
	}
	table := [][]int{column(t, f.Numbers, 1), column(t, f.Numbers, 2), column(t, f.Numbers, 3), column(t, f.Numbers, 4), column(t, f.Numbers, 5)}
	drawings := drawn(t, f, atBars)
	for i, segment := range a.grid.Segments() {
		at := slices.IndexFunc(doc.Flows, func(f rfm.Flow) bool { return f.Label == "segment="+segment })
		flow := doc.Flows[at]
		got := []int{table[0][i], table[1][i], table[2][i], table[3][i], table[4][i]}
		if diff := cmp.Diff([]int{flow.Before, flow.Behaviour, flow.Time, flow.Recut, flow.After}, got); diff != "" {
			t.Errorf("%s (-document +table):\n%s", segment, diff)
		}
		if got[0]+got[1]+got[2]+got[3] != got[4] {
			t.Errorf("%s: %v don't add up", segment, got)
		}
		// Narrow bars have no numbers; those that are there are the document's.
		changes := []string{chart.Number(float64(flow.Behaviour)), chart.Number(float64(flow.Time)), chart.Number(float64(flow.Recut))}
		for _, n := range drawings[i] {
			if !slices.Contains(changes, n) {
				t.Errorf("%s: %s is drawn, want one of %v", segment, n, changes)
			}
		}
	}
}
