package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/lifecycle"
)

// ordered analyses one order of 10 on each of some dates a customer.
func ordered(t *testing.T, asOf string, customers ...[]string) *analysis {
	t.Helper()
	at := func(date string) time.Time {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	in := &input{source: "few", zone: time.UTC, asOf: at(asOf).Add(24*time.Hour - time.Microsecond)}
	for i, dates := range customers {
		for _, date := range dates {
			in.orders = append(in.orders, table.Order{Customer: fmt.Sprint(i), At: at(date).Add(time.Hour), Amount: decimal.NewFromInt(10)})
		}
	}
	return analysisOf(t, in)
}

func TestStagesAgreeWithTheDocument(t *testing.T) {
	doc := shopAnalysis(t).lifecycleSection()
	f, err := stagesFigure(doc.Stages)
	if err != nil {
		t.Fatal(err)
	}
	all := doc.Stages["new"] + doc.Stages["active"] + doc.Stages["silent"] + doc.Stages["churned"] + doc.Stages["returned"]
	if first := lifecycleFindings(doc)[0]; !strings.Contains(first, "Of the "+count(all)+" customers") || !strings.Contains(first, "("+count(doc.Stages["churned"])+")") {
		t.Errorf("%q: want %d customers", first, all)
	}
	var want [][]string
	for i, stage := range lifecycle.Stages() {
		n := doc.Stages[stage.String()]
		want = append(want, []string{count(n)})
		if row := f.Numbers.Rows[i]; row[0] != stage.String() || row[1] != count(n) {
			t.Errorf("row %v: want %s %d", row, stage, n)
		}
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
		t.Errorf("bars (-document +drawing):\n%s", diff)
	}
}

// The page says in words where stages begin; the policy decides.
func TestStagesAreAsThePageSays(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	a := shopAnalysis(t)
	policy := a.life.policy
	for _, tc := range []struct {
		name string
		ago  []time.Duration // of orders, the first one first
		want lifecycle.Stage
	}{
		{"no order", nil, lifecycle.Follower},
		{"first order just less than 30 days ago", []time.Duration{30*day - 1000}, lifecycle.New},
		{"first order 30 days ago", []time.Duration{30 * day}, lifecycle.Active},
		{"just less than 60 days", []time.Duration{100 * day, 60*day - 1000}, lifecycle.Active},
		{"60 days", []time.Duration{60 * day}, lifecycle.Silent},
		{"180 days", []time.Duration{180 * day}, lifecycle.Churned},
		{"back after 180 days", []time.Duration{200 * day, 20 * day}, lifecycle.Returned},
		{"back for 30 days", []time.Duration{210 * day, 30 * day}, lifecycle.Active},
	} {
		l := lifecycle.Log[string]{Until: now}
		if err := l.Know("x", now.Add(-300*day)); err != nil {
			t.Fatal(err)
		}
		for _, ago := range tc.ago {
			if err := l.Add("x", now.Add(-ago)); err != nil {
				t.Fatal(err)
			}
		}
		history, _ := l.History("x", policy, now)
		if got := policy.At(history, now).Stage; got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
	html := report(t, a)
	for _, want := range []string{"less than 30 days ago", "less than 60 days ago", "60 days or more", "180 days or more"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

func TestGrowthAgreesWithTheDocument(t *testing.T) {
	months := shopAnalysis(t).lifecycleSection().Growth
	f, err := growthFigure(months)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range months {
		want := []string{monthOf(g.Name, "January 2006"), count(g.Active), count(g.New), count(g.Retained), count(g.Resurrected), count(g.Churned)}
		if diff := cmp.Diff(want, f.Numbers.Rows[i]); diff != "" {
			t.Errorf("%s (-document +table):\n%s", g.Name, diff)
		}
	}
	if g := months[len(months)-1]; !strings.Contains(growthInWords(months), fmt.Sprintf("In December 2025, %s customers ordered: %s for the first time", count(g.Active), count(g.New))) {
		t.Errorf("%q is not about the last month", growthInWords(months))
	}
}

// Few months have room for numbers: new, retained and resurrected above the
// line, churned below it.
func TestGrowthIsDrawnAboveAndBelow(t *testing.T) {
	a := ordered(t, "2026-03-15",
		[]string{"2026-01-05", "2026-02-05"}, []string{"2026-01-05", "2026-02-05"}, []string{"2026-01-05", "2026-03-05"}, []string{"2026-02-01"})
	f, err := growthFigure(a.lifecycleSection().Growth)
	if err != nil {
		t.Fatal(err)
	}
	// January: 3 new. February: 2 retained, 1 new; 1 churned. March, not over: 1
	// resurrected; 3 churned.
	columns := map[float64][]string{}
	var at []float64
	for _, e := range textsOf(t, *f, atBars) {
		if e.text != "0" {
			columns[e.x] = append(columns[e.x], e.text)
			at = append(at, e.x)
		}
	}
	slices.Sort(at)
	var got []string
	for _, x := range slices.Compact(at) {
		got = append(got, strings.Join(columns[x], " "))
	}
	if diff := cmp.Diff([]string{"3", "2 1 −1", "1 −3"}, got); diff != "" {
		t.Errorf("bars from above (-want +got):\n%s", diff)
	}
	if last := f.Numbers.Rows[2][0]; last != "March 2026, not over" || !strings.Contains(string(f.SVG), ">3*<") || !strings.Contains(f.Note, "star") {
		t.Errorf("%q with note %q: want March flagged", last, f.Note)
	}
	if words := growthInWords(a.life.growth); !strings.HasPrefix(words, "In February 2026, 3 customers ordered") {
		t.Errorf("%q: want the last month that is over", words)
	}
}

func TestManyMonths(t *testing.T) {
	a := ordered(t, "2027-12-31", []string{"2025-01-05", "2027-12-05"})
	f, err := growthFigure(a.life.growth)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Numbers.Rows) != 36 || !strings.Contains(f.Note, "18 earlier months are only in the table on a screen.") {
		t.Errorf("%d rows, note %q", len(f.Numbers.Rows), f.Note)
	}
	r, err := retentionFigure(a.lifecycleSection().Retention)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Numbers.Head) != 2+35 || !strings.HasSuffix(r.Note, "Not drawn: 23 later months, which the table on a screen has.") {
		t.Errorf("%d columns, note %q", len(r.Numbers.Head), r.Note)
	}
}

// The triangle as drawn is that of the document: rates in percent, and blanks
// where a month is not over.
func TestRetentionAgreesWithTheDocument(t *testing.T) {
	doc := shopAnalysis(t).lifecycleSection().Retention
	f, err := retentionFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	var cells [][]string
	var cohorts []lifecycle.Cohort
	for _, c := range doc.Cohorts {
		if len(c.Cells) > 1 && c.Cells[1].Of > 0 {
			cohorts = append(cohorts, c)
		}
	}
	for i, c := range append(slices.Clone(cohorts), doc.All) {
		line, row := []string{}, f.Numbers.Rows[i]
		if row[1] != count(c.Size) {
			t.Errorf("row %v: want %d customers", row, c.Size)
		}
		for k := 1; k < len(row)-1; k++ {
			percent, text := "", ""
			if k < len(c.Cells) && c.Cells[k].Of > 0 {
				rate := float64(c.Cells[k].Active) / float64(c.Cells[k].Of)
				percent, text = fmt.Sprint(math.Round(100*rate)), unbroken(&rate)
			}
			if k <= columnsDrawn {
				line = append(line, percent)
			}
			if row[k+1] != text {
				t.Errorf("%s, month %d: %q in the table, want %q", row[0], k, row[k+1], text)
			}
		}
		cells = append(cells, line)
	}
	cells = cells[len(cohorts)-cohortsDrawn:]
	if diff := cmp.Diff(cells, inColumns(t, *f, inCells)); diff != "" {
		t.Errorf("cells (-document +drawing):\n%s", diff)
	}
}

func TestRetentionOfZeroIsNotBlank(t *testing.T) {
	a := ordered(t, "2026-03-31", []string{"2026-01-05"}, []string{"2026-01-06"}, []string{"2026-02-05", "2026-03-05"})
	f, err := retentionFigure(a.lifecycleSection().Retention)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"0", "0"}, {"100", ""}, {"33", "0"}}
	if diff := cmp.Diff(want, inColumns(t, *f, inCells)); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}

// By hand: of the four gaps after a first order two end, after 10 and 20 days;
// two go on, for 20 and 30 days. The curve is 3/4, then 3/4·2/3 = 1/2.
func TestGapsByHand(t *testing.T) {
	a := ordered(t, "2026-01-31", []string{"2026-01-01", "2026-01-11"}, []string{"2026-01-01", "2026-01-21"}, []string{"2026-01-11"}, []string{"2026-01-01"})
	f, err := gapsFigure(a.life.fitted)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"7", "100.0\u00a0%", "100.0\u00a0%"},
		{"14", "75.0\u00a0%", "100.0\u00a0%"},
		{"30", "50.0\u00a0%", "not known"},
		{"half are back after", "20\u00a0days", "not reached"},
	}
	if diff := cmp.Diff(want, f.Numbers.Rows); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	points := survivalPoints(a.life.fitted.Classes[0].Curve.Steps)
	for i, p := range points {
		points[i].Y = math.Round(p.Y*1e9) / 1e9
	}
	if diff := cmp.Diff([]chart.Point{{X: 0, Y: 1}, {X: 10, Y: 0.75}, {X: 20, Y: 0.5}, {X: 30, Y: 0.5}}, points); diff != "" {
		t.Errorf("curve (-want +got):\n%s", diff)
	}
	words := gapsInWords(a.life.fitted)
	if want := "After a first order, half are back within 20\u00a0days. After a later one, fewer than half have been seen to come back: the median is not reached."; words != want {
		t.Errorf("%q, want %q", words, want)
	}
}

func TestDayTicks(t *testing.T) {
	for _, tc := range []struct {
		last  float64
		ticks []float64
	}{
		{1, []float64{0, 1}},
		{7, []float64{0, 1, 2, 3, 4, 5, 6, 7}},
		{8, []float64{0, 7}},
		{365, []float64{0, 90, 180, 270, 360}},
		{3652, []float64{0, 1800, 3600}},
	} {
		if diff := cmp.Diff(tc.ticks, dayTicks(tc.last)); diff != "" {
			t.Errorf("%v days (-want +got):\n%s", tc.last, diff)
		}
	}
	if n := len(dayTicks(250 * 366)); n > 9 {
		t.Errorf("%d ticks", n)
	}
}

// What can't be told is said, not drawn.
func TestLifeOfLittle(t *testing.T) {
	var nobodyBack [][]string
	for i := range 30 {
		nobodyBack = append(nobodyBack, []string{time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)})
	}
	for _, tc := range []struct {
		name     string
		analysis *analysis
		want     []string
	}{
		{"one order today", ordered(t, "2026-01-01", []string{"2026-01-01"}), []string{
			"Of the 1 customer with an order, 100.0\u00a0% (1) ordered", "In January 2026 so far, 1 customer ordered", "No month is over yet",
			"Nobody has been watched", "can’t be told: nobody has come back and paid.", "The orders span less than 60 days",
		}},
		{"nobody came back", ordered(t, "2026-06-30", nobodyBack...), []string{
			"After a first order, fewer than half have been seen to come back", "0.0\u00a0% of the customers ordered again",
			"since nobody has come back and paid", "There were 0.", "a rough guide", ">first order<",
		}},
		{"one customer who came back", ordered(t, "2026-06-30", []string{"2026-01-01", "2026-02-01", "2026-03-01"}), []string{"rough guide"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			html := report(t, tc.analysis)
			wellFormed(t, html)
			for _, want := range tc.want {
				if !strings.Contains(html, want) {
					t.Errorf("no %q in the page", want)
				}
			}
			for _, wrong := range []string{"NaN", "Inf", "%!", "&lt;nil&gt;"} {
				if strings.Contains(html, wrong) {
					t.Errorf("%s in the page", wrong)
				}
			}
		})
	}
}
