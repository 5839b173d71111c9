package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/lifecycle/clv"
)

func TestClvAgreesWithTheDocument(t *testing.T) {
	a := shopAnalysis(t)
	doc, view := a.clvSection(), clvViewOf(t, a)
	total, customers := 0.0, 0
	for i, s := range doc.Residual {
		total, customers = total+s.Value, customers+s.Customers
		row := []string{s.Name, count(s.Customers), rounded(s.Value), rounded(*s.PerCustomer)}
		if diff := cmp.Diff(row, view.Money.Rows[i]); diff != "" {
			t.Errorf("%s (-document +table):\n%s", s.Name, diff)
		}
	}
	var bars [][]string
	for _, s := range doc.Residual {
		bars = append(bars, []string{chart.Percent(float64(s.Customers) / float64(customers))}, []string{chart.Percent(s.Value / total)})
	}
	if diff := cmp.Diff(bars, drawn(t, *view.Segments, atBars)); diff != "" {
		t.Errorf("segments (-document +drawing):\n%s", diff)
	}
	if view.Facts[0].Value != rounded(total) || !strings.Contains(view.Facts[0].Note, count(customers)) {
		t.Errorf("%v: want %v of %d customers", view.Facts[0], total, customers)
	}
	findings := strings.Join(a.clvFindings(doc), " ")
	for _, want := range []string{rounded(total), "15\u00a0% a year", longDate(doc.HoldOut.Until), rounded(doc.HoldOut.Predicted), rounded(doc.HoldOut.Actual), "too many"} {
		if !strings.Contains(findings, want) {
			t.Errorf("no %s in %q", want, findings)
		}
	}
	shown := 0
	for name, value := range doc.Params {
		for _, row := range view.Params.Rows {
			if row[0] == name && row[1] == figures(value) && row[2] == figures(*doc.StandardErrors[name]) {
				shown++
			}
		}
	}
	if shown != 4 || !strings.Contains(view.Model, doc.Verdict) || !strings.Contains(view.Model, doc.Model) {
		t.Errorf("%d parameters of 4 in %v, with %q", shown, view.Params.Rows, view.Model)
	}
	for i, row := range view.Params.Rows {
		if view.Params.Note(i) == "" {
			t.Errorf("nothing said of %s", row[0])
		}
	}
}

func clvViewOf(t *testing.T, a *analysis) clvView {
	t.Helper()
	s, err := a.clvReport()
	if err != nil {
		t.Fatal(err)
	}
	return s.Data.(clvView)
}

func TestWeeksAreThoseOfTheCheck(t *testing.T) {
	a := shopAnalysis(t)
	weeks := a.worth.holdOut.Weeks
	f := *clvViewOf(t, a).Weeks
	for _, row := range f.Numbers.Rows {
		n, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		if w := weeks[n-1]; row[1] != rounded(w.Actual) || row[2] != rounded(w.Predicted) {
			t.Errorf("%v: want %v", row, w)
		}
	}
	if n := len(f.Numbers.Rows); n != len(weeks)/4+1 || f.Numbers.Rows[n-1][0] != fmt.Sprint(len(weeks)) {
		t.Errorf("%d rows of %d weeks: want each fourth and the last", n, len(weeks))
	}
	// The first order is of 2 July 2024, the model's last day 2 April 2025, and
	// the last one 31 December: 275 and 548 days.
	seen, all := a.weeksSeen()
	if math.Abs(seen-275.0/7) > 1e-9 || math.Abs(all-548.0/7) > 1e-9 {
		t.Errorf("%v of %v weeks: want %v of %v", seen, all, 275.0/7, 548.0/7)
	}
}

func TestWeekCurves(t *testing.T) {
	got := weekCurves([]clv.WeekCheck{{Week: 1, Actual: 3, Predicted: 2.5}, {Week: 2, Actual: 4, Predicted: 4.5}}, 1.5)
	want := []chart.Curve{
		{Name: "actual", Points: []chart.Point{{}, {X: 1, Y: 3}, {X: 1.5, Y: 4}}},
		{Name: "expected", Points: []chart.Point{{}, {X: 1, Y: 2.5}, {X: 1.5, Y: 4.5}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("curves (-want +got):\n%s", diff)
	}
	for x, y := range map[float64]float64{0: 0, 0.5: 1.25, 1: 2.5, 1.25: 3.5, 9: 4.5} {
		if got := heightAt(want[1].Points, x); got != y {
			t.Errorf("height at %v: %v, want %v", x, got, y)
		}
	}
}

// By hand: of 200 customers one has 1, one 5000, and the others 15.
func TestSpreadByHand(t *testing.T) {
	v := toCome{1}
	for range 198 {
		v = append(v, 15)
	}
	v = append(v, 5000)
	f, err := v.figure()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"below 10", "1", "0.5\u00a0%"}, {"10 to below 20", "198", "99.0\u00a0%"}, {"20 or more", "1", "0.5\u00a0%"}}
	if diff := cmp.Diff(want, f.Numbers.Rows); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if want := "Each bar is for twice as much as the one before. Not drawn: 1 customer below 10, and 1 with 20 or more. The most is 5,000."; f.Note != want {
		t.Errorf("%q, want %q", f.Note, want)
	}
	for share, want := range map[float64]float64{0: 1, 0.25: 1, 0.26: 2, 0.5: 2, 0.75: 3, 1: 4} {
		if got := (toCome{1, 2, 3, 4}).quantile(share); got != want {
			t.Errorf("quantile %v: %v, want %v", share, got, want)
		}
	}
	facts := toCome{1, 2, 3, 6}.facts()
	if got := facts[0].Value + " " + facts[1].Value + " " + facts[2].Value; got != "12.00 3.00 2.00" {
		t.Errorf("total, mean and median %s, want 12.00 3.00 2.00", got)
	}
}

// Property: every customer is in one row of the table, and the bins hold the
// middle 98 % unless that is more than there is room for.
func TestSpreadHoldsEverybody(t *testing.T) {
	values := shopAnalysis(t).valueToCome()
	many := toCome{}
	for i := range 1000 {
		many = append(many, math.Exp(float64(i)/20))
	}
	for name, v := range map[string]toCome{"shop": values, "one": {3}, "equal": {20, 20, 20}, "on an edge": {10, 20, 40}, "wide": many, "zero and more": {0, 0, 5}} {
		f, err := v.figure()
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, n := range column(t, f.Numbers, 1) {
			total += n
		}
		b, ok := v.bins()
		if total != len(v) || !ok || len(b.counts) > binsDrawn {
			t.Errorf("%s: %d customers of %d in %d bins", name, total, len(v), len(b.counts))
		}
		if out := b.below + b.above; name != "wide" && name != "zero and more" && float64(out) > 0.02*float64(len(v)) {
			t.Errorf("%s: %d of %d are not drawn", name, out, len(v))
		}
		for i, n := range b.counts { // by another way
			in := 0
			for _, x := range v {
				if x >= 10*math.Pow(2, float64(b.first+i)) && x < 10*math.Pow(2, float64(b.first+i+1)) {
					in++
				}
			}
			if float64(in) != n {
				t.Errorf("%s: bin %d has %v, want %d", name, i, n, in)
			}
		}
	}
	for name, v := range map[string]toCome{"nobody": {}, "nothing": {0, 0}} {
		if f, err := v.figure(); f != nil || err != nil {
			t.Errorf("%s: figure %v, error %v: want neither", name, f, err)
		}
	}
}

// Where nothing is expected, and nothing happens, both curves are at the bottom.
func TestWeeksOfNothing(t *testing.T) {
	a := ordered(t, "2026-06-30", []string{"2026-01-01"}, []string{"2026-02-01"})
	f, err := a.weeksFigure()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(f.SVG), ">1<") {
		t.Error("the axis does not go up to 1")
	}
}

func TestHoldOutInWords(t *testing.T) {
	for _, tc := range []struct {
		actual, predicted float64
		want              string
	}{
		{0, 3, "There were 0."},
		{100, 100.02, "There were 100."},
		{100, 110, "so it expected 10.0\u00a0% too many."},
		{100, 75, "so it expected 25.0\u00a0% too few."},
	} {
		if got := holdOutInWords(&holdOutSection{Until: "2026-01-01", Actual: tc.actual, Predicted: tc.predicted}); !strings.HasSuffix(got, tc.want) {
			t.Errorf("%v of %v: %q, want %q", tc.predicted, tc.actual, got, tc.want)
		}
	}
}

// A mean that does not exist is another reason than nobody having paid.
func TestNoValueSaysWhy(t *testing.T) {
	changed := *shopAnalysis(t)
	a, spend, fit := &changed, *changed.worth.spend, *changed.worth.fit
	a.worth.value, a.worth.spend, a.worth.fit = nil, &spend, &fit
	if doc := a.clvSection(); doc.Residual != nil || !strings.Contains(a.clvFindings(doc)[0], "does not exist") {
		t.Errorf("findings %q", a.clvFindings(doc))
	}
	if v := clvViewOf(t, a); v.Spread != nil || v.Segments != nil || v.NoValue == "" || v.Weeks == nil {
		t.Error("a value is drawn that there is not, or no check")
	}
	a.worth.spend.Correlation = new(-0.4)
	if !strings.Contains(a.caveat(), "-0.40") {
		t.Errorf("caveat %q", a.caveat())
	}
	if a.worth.spend.Correlation = new(0.29); a.caveat() != "" {
		t.Errorf("caveat %q", a.caveat())
	}
	a.worth.fit.Verdict = clv.Verdict{Kind: clv.Flat}
	if !strings.Contains(a.modelInWords(a.clvSection()), "too few orders") {
		t.Errorf("%q", a.modelInWords(a.clvSection()))
	}
}
