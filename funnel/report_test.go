package funnel

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// crowd is so many users with the same labels, by how many of them made each
// step. They take a minute from step to step.
type crowd struct {
	labels  string // "city=berlin platform=web"
	reached []int64
}

// reportOf makes a report of users who are counted one by one.
func reportOf(t rapid.TB, funnel Funnel, of ...crowd) *Report {
	t.Helper()
	var events []shopEvent
	user := 0
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, g := range of {
		labels := map[string]string{}
		for label := range strings.FieldsSeq(g.labels) {
			name, value, _ := strings.Cut(label, "=")
			labels[name] = value
		}
		for n := range g.reached[0] {
			user++
			for k, reached := range g.reached {
				if n < reached {
					at := start.Add(time.Duration(k) * time.Minute)
					events = append(events, shopEvent{fmt.Sprint("u", user), "", funnel.Steps[k].Name, at, labels})
				}
			}
		}
	}
	report, err := Count(funnel, shopLog, events)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// funnelOf is a funnel of the given steps, broken down by names that follow "by".
func funnelOf(names ...string) Funnel {
	var f Funnel
	by := false
	for _, name := range names {
		switch {
		case name == "by":
			by = true
		case by:
			f.Breakdowns = append(f.Breakdowns, Breakdown{Name: name})
		default:
			f.Steps = append(f.Steps, Step{Name: name})
		}
	}
	return f
}

func TestStepsHaveRates(t *testing.T) {
	report := reportOf(t, funnelOf("see", "want", "pay"), crowd{"", []int64{263, 81, 0}})
	// Newcombe (1998): 81 of 263 is 25.53 to 36.62 %.
	got := report.Steps()
	if len(got) != 3 || got[0].Reached != 263 || got[1].Reached != 81 || got[2].Reached != 0 {
		t.Fatalf("%+v", got)
	}
	if got[0].Rate != nil || got[0].Overall.Value != 1 {
		t.Errorf("first step: %+v", got[0])
	}
	for name, rate := range map[string]*Rate{"rate": got[1].Rate, "overall": got[1].Overall} {
		if fmt.Sprint(rate) != "81 of 263 (30.8 %, 25.5 to 36.6)" {
			t.Errorf("%s of the second step: %v", name, rate)
		}
	}
	if r := got[2].Rate; r.Value != 0 || r.Low != 0 || math.Abs(r.High-0.0453) > 5e-5 || r.Of != 81 {
		t.Errorf("nobody of 81: %v", r)
	}
	if got[0].Left != (Endings{NoEvent: 182}) || got[1].Left != (Endings{NoEvent: 81}) {
		t.Errorf("left: %+v, %+v", got[0].Left, got[1].Left)
	}
}

func TestRatesOfNobodyAreUndefined(t *testing.T) {
	report, err := Count(funnelOf("see", "want", "pay", "by", "city"), shopLog, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Steps() {
		if s.Rate != nil || s.Overall != nil || s.Reached != 0 {
			t.Errorf("%+v", s)
		}
	}
	segments, err := report.By("city")
	if err != nil || len(segments) != 0 {
		t.Errorf("segments %v, %v", segments, err)
	}
	// Undefined is null, and not 0.
	text, err := json.Marshal(reportOf(t, funnelOf("see", "want", "pay"), crowd{"", []int64{2, 0, 0}}).Steps()[2])
	if want := `{"step":3,"name":"pay","reached":0,"rate":null,"overall":{"value":0,"low":0,"high":0.657`; err != nil || !strings.HasPrefix(string(text), want) {
		t.Errorf("%s, %v, want %s…", text, err, want)
	}
	if _, err := report.By("country"); err == nil {
		t.Error("an unknown breakdown")
	}
	if _, err := report.TimeToConvertBy("country"); err == nil {
		t.Error("times by an unknown breakdown")
	}
}

func TestRateInterval(t *testing.T) {
	rate := NewRate(81, 263)
	low, high, err := rate.Interval(IntervalLevel)
	if err != nil || low != rate.Low || high != rate.High {
		t.Errorf("%v to %v, %v, want %v to %v", low, high, err, rate.Low, rate.High)
	}
	if wideLow, wideHigh, err := rate.Interval(0.99); err != nil || wideLow >= low || wideHigh <= high {
		t.Errorf("at 99 %%: %v to %v, %v", wideLow, wideHigh, err)
	}
	for _, level := range []float64{0, 1, -1, math.NaN(), math.Inf(1)} {
		if _, _, err := rate.Interval(level); err == nil {
			t.Errorf("level %v", level)
		}
	}
}

// A share of nothing, and what is no share, is undefined and never 0; so is a
// difference to it.
func TestNewRate(t *testing.T) {
	for _, c := range []struct {
		name     string
		hits, of int64
		defined  bool
	}{
		{"of nothing", 0, 0, false},
		{"none of some", 0, 3, true},
		{"all", 3, 3, true},
		{"more than all", 4, 3, false},
		{"fewer than none", -1, 3, false},
		{"of fewer than none", 0, -3, false},
	} {
		rate, half := NewRate(c.hits, c.of), NewRate(1, 2)
		if (rate != nil) != c.defined || (rate.Minus(half) != nil) != c.defined || (half.Minus(rate) != nil) != c.defined {
			t.Errorf("%s: %v, and less a half %v", c.name, rate, rate.Minus(half))
		}
	}
	// Newcombe 1998, Statistics in Medicine 17:873, table II, case (a), method 10.
	got := NewRate(56, 70).Minus(NewRate(48, 80))
	want := &Difference{Value: 0.2, Low: 0.0524, High: 0.3339}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 0.00005)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// drawCrowds draws users in up to four cities on up to three platforms.
func drawCrowds(t *rapid.T, name string, steps int) []crowd {
	var drawn []crowd
	for _, city := range []string{"city=berlin ", "city=paris ", ""} {
		for _, platform := range []string{"platform=app", "platform=web", ""} {
			if rapid.Bool().Draw(t, name+" has "+city+platform) {
				g := crowd{city + platform, nil}
				n := rapid.Int64Range(0, 30).Draw(t, "reached")
				for range steps {
					g.reached = append(g.reached, n)
					n = rapid.Int64Range(0, n).Draw(t, "reached")
				}
				drawn = append(drawn, g)
			}
		}
	}
	return drawn
}

func TestSegmentsSumToAll(t *testing.T) {
	// Property: the counts of the segments of one breakdown, and of several,
	// sum to those of all; what is reached never rises; rates lie within their
	// bounds; who made a step and not the next ended somehow.
	rapid.Check(t, func(t *rapid.T) {
		report := reportOf(t, funnelOf("a", "b", "c", "by", "city", "platform"), drawCrowds(t, "report", 3)...)
		whole := report.Steps()
		for _, names := range [][]string{{"city"}, {"platform"}, {"platform", "city"}} {
			segments, err := report.By(names...)
			if err != nil {
				t.Fatal(err)
			}
			sums := make([]int64, len(whole))
			for _, s := range segments {
				for k, step := range s.Steps {
					sums[k] += step.Reached
				}
			}
			for k, step := range whole {
				if sums[k] != step.Reached {
					t.Fatalf("by %v: %d made step %d, want %d", names, sums[k], k+1, step.Reached)
				}
			}
		}
		for k, step := range whole {
			if r := step.Overall; r != nil && !(0 <= r.Low && r.Low <= r.Value && r.Value <= r.High && r.High <= 1) {
				t.Fatalf("%v", r)
			}
			next := int64(0)
			if k+1 < len(whole) {
				next = whole[k+1].Reached
			}
			left := step.Left.Completed + step.Left.StillOpen + step.Left.TimedOut + step.Left.Broken + step.Left.NoEvent
			if next > step.Reached || left != step.Reached-next {
				t.Fatalf("%d made step %d, then %d; %d left", step.Reached, k+1, next, left)
			}
		}
	})
}

func TestOpenUnitsAreLeftOutOnRequest(t *testing.T) {
	f := funnelOf("see", "pay")
	f.Match.Window = Within(24 * time.Hour)
	day := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	source := shopLog
	source.AsOf = day(3)
	report, err := Count(f, source, []shopEvent{
		{user: "bought at once", name: "see", at: day(1)},
		{user: "bought at once", name: "pay", at: day(1).Add(time.Hour)},
		{user: "did not", name: "see", at: day(1)},
		{user: "bought, but still open", name: "see", at: day(3).Add(-2 * time.Hour)},
		{user: "bought, but still open", name: "pay", at: day(3).Add(-time.Hour)},
		{user: "may yet", name: "see", at: day(3).Add(-time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		maturity Maturity
		rate     string
		left     Endings
	}{
		{Everybody, "2 of 4", Endings{NoEvent: 1, StillOpen: 1}},
		{Mature, "1 of 2", Endings{NoEvent: 1}},
		{Immature, "1 of 2", Endings{StillOpen: 1}},
	}
	for _, test := range tests {
		report.Maturity = test.maturity
		steps := report.Steps()
		if got := fmt.Sprintf("%d of %d", steps[1].Rate.Hits, steps[1].Rate.Of); got != test.rate || steps[0].Left != test.left {
			t.Errorf("%v: %s, left %+v, want %s, %+v", test.maturity, got, steps[0].Left, test.rate, test.left)
		}
	}
	if report.Open() != 2 {
		t.Errorf("%d open, want 2", report.Open())
	}
}
