package funnel

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/stats"
)

// find looks for leaks and returns the cell of a segment at a step.
func find(t *testing.T, search LeakSearch, report *Report, breakdown, label string, step int) (Cell, *LeakReport) {
	t.Helper()
	found, err := search.Find(report, breakdown)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Cells {
		if cmp.Equal(c.Labels, []string{label}) && c.Step == step {
			return c, found
		}
	}
	t.Fatalf("no cell of %s at step %d in %v", label, step, found.Cells)
	return Cell{}, nil
}

func TestLeakByHand(t *testing.T) {
	// Of 1,000 in each of two cities half want, but in Berlin a quarter of these
	// pay, and in Paris half; the others would have thanked as they do in Paris.
	f := funnelOf("see", "want", "pay", "thank", "by", "city")
	report := reportOf(t, f, crowd{"city=berlin", []int64{1000, 500, 125, 90}}, crowd{"city=paris", []int64{1000, 500, 250, 200}})
	cell, found := find(t, LeakSearch{}, report, "city", "city=berlin", 3)
	if cell.Verdict != Leak || cell.From != "want" || cell.Name != "pay" {
		t.Errorf("%+v", cell)
	}
	near(t, "drop", cell.Drop.Value, 0.25, 1e-15)
	reference, rate := stats.Proportion{Hits: 250, Of: 500}, stats.Proportion{Hits: 125, Of: 500}
	d, _ := stats.Difference(reference, rate, stats.NormalZ(0.95))
	exact, _ := stats.Fisher(reference, rate)
	near(t, "lower bound", cell.Drop.Low, d.Low, 0)
	near(t, "P", *cell.P, exact.TwoSided, 0)
	near(t, "lost, at least", cell.Lost, 500*d.Low, 1e-12)
	near(t, "conversions lost, at least", *cell.LostConversions, 500*d.Low*0.8, 1e-12) // 200 of 250 thank
	// Six tests, of which two say the same, the other way round.
	near(t, "adjusted", *cell.Adjusted, *cell.P*3, 1e-18)
	if found.Tests != 6 || len(found.Anomalous) != 1 {
		t.Errorf("%d tests, %d leaks", found.Tests, len(found.Anomalous))
	}
	if other, _ := find(t, LeakSearch{}, report, "city", "city=paris", 3); other.Verdict != Better {
		t.Errorf("%v", other)
	}
	if other, _ := find(t, LeakSearch{}, report, "city", "city=berlin", 2); other.Verdict != Unproven || other.Lost != 0 {
		t.Errorf("%v", other)
	}
	want := "city=berlin, want → pay: 125 of 500 (25.0 %) against 250 of 500 (50.0 %): leak, since adjusted P is 1e-15 and the drop is at least 19.1 points"
	if diff := cmp.Diff(want, found.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStructuralLeaksAreAnotherList(t *testing.T) {
	f := funnelOf("see", "want", "pay", "by", "city")
	report := reportOf(t, f, crowd{"city=berlin", []int64{100, 10, 5}}, crowd{"city=paris", []int64{100, 10, 5}})
	found, err := Leaks(report, "city")
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Anomalous) != 0 {
		t.Errorf("cities that are alike leak: %v", found.Anomalous)
	}
	want := []StructuralLeak{
		{2, "see", "want", NewRate(20, 200), 180, new(90.0)},
		{3, "want", "pay", NewRate(10, 20), 10, new(10.0)},
	}
	if diff := cmp.Diff(want, found.Structural); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	nobody, err := Leaks(reportOf(t, f, crowd{"city=x", []int64{30, 0, 0}}), "city")
	if err != nil || nobody.Structural[0].Step != 2 || nobody.Structural[1].Rate != nil || nobody.Structural[0].LostConversions != nil {
		t.Errorf("%+v, %v", nobody.Structural, err)
	}
}

func TestNoneProvenSaysWhatCouldHaveBeenSeen(t *testing.T) {
	f := funnelOf("see", "pay", "by", "city")
	report := reportOf(t, f, crowd{"city=berlin", []int64{100, 45}}, crowd{"city=paris", []int64{100, 50}})
	cell, found := find(t, LeakSearch{}, report, "city", "city=berlin", 2)
	// Two tests: a lone leak has to get below 0.025.
	smallest, ok := stats.SmallestDrop(0.5, 100, 100, 0.025, 0.8)
	if !ok || cell.Smallest == nil || *cell.Smallest != smallest || cell.Verdict != Unproven {
		t.Errorf("%+v, want a smallest drop of %v", cell, smallest)
	}
	want := "none proven: 2 cells tested; the smallest drop that would have been seen is 20.6 points in the largest of them, 21.2 in the smallest"
	if diff := cmp.Diff(want, found.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	few, err := Leaks(reportOf(t, f, crowd{"city=berlin", []int64{9, 5}}, crowd{"city=paris", []int64{100, 50}}), "city")
	if err != nil || few.Tests != 0 || few.Cells[0].Verdict != Insufficient || few.Cells[1].Verdict != Insufficient || few.Cells[0].P != nil {
		t.Errorf("%+v, %v", few, err)
	}
	if few.String() != "none proven: too few units to test any step" {
		t.Error(few)
	}
	tiny, err := LeakSearch{MinUnits: 1}.Find(reportOf(t, f, crowd{"city=berlin", []int64{1, 0}}, crowd{"city=paris", []int64{2, 1}}), "city")
	if err != nil || tiny.String() != "none proven: 2 cells tested; not even a drop to 0 would have been seen" {
		t.Errorf("%v, %v", tiny, err)
	}
	same, err := Leaks(reportOf(t, f, crowd{"city=berlin", []int64{20, 20}}, crowd{"city=paris", []int64{30, 30}}), "city")
	if err != nil || same.Tests != 0 || same.Cells[0].Verdict != Unproven || !strings.Contains(same.Cells[0].Because, "nothing varies") {
		t.Errorf("%+v, %v", same, err)
	}
}

func TestReferences(t *testing.T) {
	f := funnelOf("see", "pay", "by", "city", "period")
	now := []crowd{
		{"city=berlin period=now", []int64{200, 40}},
		{"city=paris period=now", []int64{200, 160}},
	}
	then := []crowd{
		{"city=berlin period=then", []int64{200, 120}},
		{"city=paris period=then", []int64{200, 164}},
		{"period=then", []int64{200, 0}},
	}
	tests := []struct {
		name      string
		search    LeakSearch
		crowds    []crowd
		breakdown string
		reference string
	}{
		{"the rest", LeakSearch{Guards: []string{}}, now, "city", "160 of 200 (80.0 %)"},
		{"the rest, with what is unknown", LeakSearch{Guards: []string{}}, append(now, crowd{"", []int64{100, 0}}), "city", "160 of 300 (53.3 %)"},
		{"a label", LeakSearch{Against: "period=then"}, append(now, then...), "city", "120 of 200 (60.0 %)"},
		{"another report", LeakSearch{Before: reportOf(t, f, then...)}, now, "city", "120 of 200 (60.0 %)"},
		{"a target", LeakSearch{Targets: map[string]float64{"pay": 0.5}}, now, "city", "a target of 50.0 %"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := reportOf(t, f, test.crowds...)
			found, err := test.search.Find(report, test.breakdown)
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Cells) != 2 || len(found.Anomalous) != 1 {
				t.Fatalf("%d leaks in %v", len(found.Anomalous), found.Cells)
			}
			leak := found.Anomalous[0]
			if leak.Labels[0] != "city=berlin" || short(leak.Reference) != test.reference {
				t.Errorf("%v", leak)
			}
		})
	}
}

func TestAllAgainstAnotherPeriod(t *testing.T) {
	f := funnelOf("see", "pay")
	before, after := reportOf(t, f, crowd{"", []int64{300, 200}}), reportOf(t, f, crowd{"", []int64{300, 100}})
	found, err := LeakSearch{Before: before}.Find(after)
	if err != nil || len(found.Anomalous) != 1 || len(found.Anomalous[0].Labels) != 0 {
		t.Fatalf("%v, %v", found, err)
	}
	if want := "all, see → pay: 100 of 300 (33.3 %) against 200 of 300 (66.7 %): leak"; found.Anomalous[0].String() != want {
		t.Errorf("%v, want %s", found.Anomalous[0], want)
	}
}

func TestTargets(t *testing.T) {
	report := reportOf(t, funnelOf("see", "want", "pay", "by", "city"), crowd{"city=x", []int64{400, 300, 90}})
	found, err := LeakSearch{Targets: map[string]float64{"pay": 0.4}}.Find(report)
	if err != nil || found.Tests != 1 || len(found.Anomalous) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	// Twice the probability of 90 or fewer of 300 at 0.4.
	tail, _ := stats.BinomialAtMost(90, 300, 0.4)
	cell := found.Anomalous[0]
	near(t, "P", *cell.P, 2*tail, 1e-18)
	low, high := stats.Proportion{Hits: 90, Of: 300}.Wilson(stats.NormalZ(0.95))
	near(t, "lower bound", cell.Drop.Low, 0.4-high, 1e-15)
	near(t, "upper bound", cell.Drop.High, 0.4-low, 1e-15)
	near(t, "lost", cell.Lost, 300*(0.4-high), 1e-12)
	all, err := LeakSearch{Targets: map[string]float64{"want": 1}}.Find(reportOf(t, funnelOf("see", "want"), crowd{"", []int64{40, 39}}))
	if err != nil || *all.Cells[0].P != 0 {
		t.Errorf("one miss disproves a target of 1: %v, %v", all, err)
	}
}

func TestMinDrop(t *testing.T) {
	report := reportOf(t, funnelOf("see", "pay", "by", "city"), crowd{"city=berlin", []int64{10_000, 4_700}}, crowd{"city=paris", []int64{10_000, 5_000}})
	cell, _ := find(t, LeakSearch{}, report, "city", "city=berlin", 2)
	if cell.Verdict != Leak {
		t.Errorf("%v", cell)
	}
	cell, found := find(t, LeakSearch{MinDrop: 0.02}, report, "city", "city=berlin", 2)
	if cell.Verdict != Small || len(found.Anomalous) != 0 {
		t.Errorf("%v", cell)
	}
}

func TestTestsAndCorrections(t *testing.T) {
	report := reportOf(t, funnelOf("see", "pay", "by", "city"),
		crowd{"city=a", []int64{60, 22}}, crowd{"city=b", []int64{52, 43}}, crowd{"city=c", []int64{70, 50}})
	rest := stats.Proportion{Hits: 93, Of: 122}
	exact, _ := stats.Fisher(stats.Proportion{Hits: 22, Of: 60}, rest)
	_, z, _ := stats.ZTest(stats.Proportion{Hits: 22, Of: 60}, rest)
	for test, want := range map[Test]float64{Exact: exact.TwoSided, MidP: exact.MidP, Score: z} {
		cell, _ := find(t, LeakSearch{Test: test}, report, "city", "city=a", 2)
		near(t, test.String(), *cell.P, want, 0)
		holm, _ := find(t, LeakSearch{Test: test, Correction: Holm}, report, "city", "city=a", 2)
		near(t, "Holm", *holm.Adjusted, 3*want, 1e-18)
		by, _ := find(t, LeakSearch{Test: test, Correction: BenjaminiYekutieli}, report, "city", "city=a", 2)
		near(t, "Benjamini-Yekutieli", *by.Adjusted, 3*want*(1+1./2+1./3), 1e-17)
	}
	// Where few are expected the score test is exact.
	few := reportOf(t, funnelOf("see", "pay", "by", "city"), crowd{"city=a", []int64{12, 1}}, crowd{"city=b", []int64{14, 5}})
	score, _ := find(t, LeakSearch{Test: Score}, few, "city", "city=a", 2)
	want, _ := find(t, LeakSearch{}, few, "city", "city=a", 2)
	near(t, "score test of few", *score.P, *want.P, 0)
}

func TestLeaksRefuse(t *testing.T) {
	f := funnelOf("see", "pay", "by", "city", "platform")
	report := reportOf(t, f, crowd{"city=x platform=y", []int64{20, 10}})
	other := reportOf(t, funnelOf("see", "buy", "by", "city"), crowd{"city=x", []int64{20, 10}})
	bare := reportOf(t, funnelOf("see", "pay"), crowd{"", []int64{20, 10}})
	tests := []struct {
		name   string
		search LeakSearch
		by     []string
	}{
		{"unknown label", LeakSearch{}, []string{"country"}},
		{"twice the same", LeakSearch{}, []string{"city", "city"}},
		{"no breakdown", LeakSearch{}, nil},
		{"against what is no label", LeakSearch{Against: "city"}, []string{"platform"}},
		{"against no name", LeakSearch{Against: "=x"}, []string{"platform"}},
		{"against an unknown label", LeakSearch{Against: "country=de"}, []string{"platform"}},
		{"two references", LeakSearch{Against: "city=x", Before: report}, []string{"platform"}},
		{"a report of other steps", LeakSearch{Before: other}, []string{"city"}},
		{"a report without the breakdown", LeakSearch{Before: bare}, []string{"city"}},
		{"guard of itself", LeakSearch{Guards: []string{"city"}}, []string{"city"}},
		{"unknown guard", LeakSearch{Guards: []string{"country"}}, []string{"city"}},
		{"alpha of 1", LeakSearch{Alpha: 1}, []string{"city"}},
		{"alpha not a number", LeakSearch{Alpha: math.NaN()}, []string{"city"}},
		{"negative alpha", LeakSearch{Alpha: -0.1}, []string{"city"}},
		{"power of 1", LeakSearch{Power: 1}, []string{"city"}},
		{"negative drop", LeakSearch{MinDrop: -0.1}, []string{"city"}},
		{"drop not a number", LeakSearch{MinDrop: math.NaN()}, []string{"city"}},
		{"negative units", LeakSearch{MinUnits: -1}, []string{"city"}},
		{"no such correction", LeakSearch{Correction: 9}, []string{"city"}},
		{"no such test", LeakSearch{Test: 9}, []string{"city"}},
		{"target of 0", LeakSearch{Targets: map[string]float64{"pay": 0}}, []string{"city"}},
		{"target for no step", LeakSearch{Targets: map[string]float64{"buy": 0.5}}, []string{"city"}},
		{"target for the first step", LeakSearch{Targets: map[string]float64{"see": 0.5}}, []string{"city"}},
		{"target above 1", LeakSearch{Targets: map[string]float64{"pay": 1.5}}, []string{"city"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if found, err := test.search.Find(report, test.by...); err == nil {
				t.Errorf("%v", found)
			}
		})
	}
}

func TestLeakSearchAsText(t *testing.T) {
	search := LeakSearch{Against: "period=then", Alpha: 0.01, Correction: Holm, Test: Score, Guards: []string{"city"}}
	text, err := json.Marshal(search)
	want := `{"against":"period=then","alpha":0.01,"correction":"holm","test":"score","guards":["city"]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	back, err := ParseLeakSearch(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(search, back); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// No guards is not the same as the usual ones.
	text, err = json.Marshal(LeakSearch{Guards: []string{}})
	if back, err2 := ParseLeakSearch(text); err != nil || err2 != nil || back.Guards == nil {
		t.Errorf("%s, %v, %v", text, err, err2)
	}
	for _, bad := range []string{"", "[]", `{"Alpha":0.1}`, `{"alpha":2}`, `{"alpha":0.1}}`, `{"alpha":0.1,"alpha":0.2}`, `{"test":"t"}`, `{"before":{}}`} {
		if search, err := ParseLeakSearch([]byte(bad)); err == nil {
			t.Errorf("%s is %+v", bad, search)
		}
	}
	err = LeakSearch{Alpha: 2, Power: -1}.Validate()
	if faults, ok := errors.AsType[regulars.Faults](err); !ok || len(faults) != 2 {
		t.Errorf("%v", err)
	}
	for i := range verdicts.List {
		var v Verdict
		if text, err := Verdict(i).MarshalText(); err != nil || v.UnmarshalText(text) != nil || int(v) != i {
			t.Errorf("verdict %d is %s, %v, and back %v", i, text, err, v)
		}
	}
	for i := range maturities.List {
		var m Maturity
		if text, err := Maturity(i).MarshalText(); err != nil || m.UnmarshalText(text) != nil || int(m) != i {
			t.Errorf("maturity %d is %s, %v, and back %v", i, text, err, m)
		}
	}
	for i := range findings.List {
		var f Finding
		if text, err := Finding(i).MarshalText(); err != nil || f.UnmarshalText(text) != nil || int(f) != i {
			t.Errorf("finding %d is %s, %v, and back %v", i, text, err, f)
		}
	}
}
