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

func TestTimesOfPublishedData(t *testing.T) {
	// The remission times of 6-MP (Gehan 1965) as times to convert, in hours;
	// + is censored. R survival says: median 23; after 10 a share of 0.753 is
	// left, from 0.503 to 0.889 on the scale log-log.
	var converted, waiting []time.Duration
	for text := range strings.FieldsSeq("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+") {
		var hours int
		_, _ = fmt.Sscan(strings.TrimSuffix(text, "+"), &hours)
		d := time.Duration(hours) * time.Hour
		if strings.HasSuffix(text, "+") {
			waiting = append(waiting, d)
		} else {
			converted = append(converted, d)
		}
	}
	times := newTimes(converted, waiting)
	if median, ok := times.OfAll(0.5); !ok || median != 23*time.Hour {
		t.Errorf("median of all %v, %v, want 23h", median, ok)
	}
	if median, ok := times.OfConverted(0.5); !ok || median != 10*time.Hour {
		t.Errorf("median of the converted %v, %v, want 10h", median, ok)
	}
	share, ok := times.Within(10 * time.Hour)
	if !ok || math.Abs(share.Value-(1-0.753)) > 0.0005 || math.Abs(share.Low-(1-0.889)) > 0.0005 || math.Abs(share.High-(1-0.503)) > 0.0005 {
		t.Errorf("within 10h: %+v, %v", share, ok)
	}
	// In the end 1 - 0.448 convert; half of these are below 1 - 0.276: the curve
	// gets to 0.753 at 10, 0.690 at 13.
	if median, ok := times.OfEventual(0.5); !ok || median != 13*time.Hour {
		t.Errorf("median of who ever converts %v, %v, want 13h", median, ok)
	}
	if _, ok := times.OfAll(0.6); ok {
		t.Error("60 % never convert")
	}
	if _, ok := times.Within(36 * time.Hour); ok {
		t.Error("nobody was watched for 36h")
	}
	if share, ok := times.Within(time.Hour); !ok || share != (Share{}) {
		t.Errorf("within an hour: %+v, %v", share, ok)
	}
}

func TestTimesOfNobody(t *testing.T) {
	times := newTimes(nil, nil)
	for _, share := range []float64{-1, 0, 0.5, 1, 2, math.NaN()} {
		if _, ok := times.OfConverted(share); ok {
			t.Errorf("OfConverted(%v)", share)
		}
		if _, ok := times.OfAll(share); ok {
			t.Errorf("OfAll(%v)", share)
		}
		if _, ok := times.OfEventual(share); ok {
			t.Errorf("OfEventual(%v)", share)
		}
	}
	if _, ok := times.Within(0); ok {
		t.Error("Within of nobody")
	}
	text, err := json.Marshal(times)
	if want := `{"converted":0,"waiting":0,"p25":null,"median":null,"p75":null,"p90":null,"medianOfAll":null}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		if _, ok := newTimes([]time.Duration{1}, nil).OfConverted(share); ok {
			t.Errorf("OfConverted(%v) of one", share)
		}
	}
}

func TestTimesLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []time.Duration {
			values := rapid.SliceOfN(rapid.Int64Range(0, 50), 0, 30).Draw(t, name)
			var d []time.Duration
			for _, v := range values {
				d = append(d, time.Duration(v)*time.Second)
			}
			return d
		}
		converted, waiting := draw("converted"), draw("waiting")
		sortDurations(converted)
		times := newTimes(converted, waiting)
		// Property: quantiles rise with the share, between the least time and the
		// greatest, and the last converted is the quantile of all of them.
		before := time.Duration(0)
		for i := range 11 {
			d, ok := times.OfConverted(float64(i) / 10)
			if ok != (len(converted) > 0) || ok && (d < before || d < converted[0] || d > converted[len(converted)-1]) {
				t.Fatalf("quantile %d/10: %v, %v after %v", i, d, ok, before)
			}
			before = d
		}
		// Property: without anybody waiting, who ever converts is who did, and the
		// share within a time is the plain share.
		if len(waiting) == 0 && len(converted) > 0 {
			for _, d := range converted {
				share, ok := times.Within(d)
				n := 0
				for _, other := range converted {
					if other <= d {
						n++
					}
				}
				if want := float64(n) / float64(len(converted)); !ok || !(math.Abs(share.Value-want) <= 1e-12) {
					t.Fatalf("within %v: %v, %v, want %v", d, share, ok, want)
				}
			}
		}
		// Property: who waits longer only lowers the share that is estimated.
		if len(converted) > 0 {
			last := converted[len(converted)-1]
			more := newTimes(converted, append(waiting, last+time.Second))
			a, ok1 := times.Within(last)
			b, ok2 := more.Within(last)
			if !ok1 || !ok2 || !(b.Value <= a.Value+1e-12 && b.Low <= b.Value && b.Value <= b.High) {
				t.Fatalf("%v, %v, with one more waiting %v, %v", a, ok1, b, ok2)
			}
		}
	})
}

func sortDurations(d []time.Duration) {
	for i := range d {
		for j := i; j > 0 && d[j] < d[j-1]; j-- {
			d[j], d[j-1] = d[j-1], d[j]
		}
	}
}

func TestTimesOfSteps(t *testing.T) {
	report := reportOf(t, funnelOf("a", "b", "c", "by", "city"), crowd{"city=x", []int64{5, 3, 2}})
	if times := report.TimeToConvert(); times.Converted != 2 || times.Waiting != 3 {
		t.Errorf("%+v", times)
	}
	step, err := report.StepTime(1)
	if err != nil || step.Converted != 3 {
		t.Errorf("%+v, %v", step, err)
	}
	if median, ok := step.OfConverted(0.5); !ok || median != time.Minute {
		t.Errorf("median %v, %v", median, ok)
	}
	for _, step := range []int{-1, 0, 3, 4} {
		if _, err := report.StepTime(step); err == nil {
			t.Errorf("a step follows step %d", step)
		}
	}
	by, err := report.TimeToConvertBy("city")
	if err != nil || len(by) != 1 || by[0].Times.Converted != 2 {
		t.Errorf("%+v, %v", by, err)
	}
	if diff := cmp.Diff([]Label{{"city", "x", true}}, by[0].Labels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if once := reportOf(t, funnelOf("a"), crowd{"", []int64{4}}).TimeToConvert(); once.Converted != 4 {
		t.Errorf("a funnel of one step: %+v", once)
	}
}
