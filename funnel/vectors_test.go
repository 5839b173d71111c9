package funnel

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/testdata"
)

// row is an event as the tests write it.
type row struct {
	User  string `json:"user"`
	T     int64  `json:"t"` // seconds
	Event string `json:"event"`
}

var rows = Source[row, string]{
	User: func(r row) string { return r.User },
	At:   func(r row) time.Time { return time.Unix(r.T, 0) },
	Name: func(r row) string { return r.Event },
}

// vector is a case of another system's tests or documentation.
type vector struct {
	ID         string     `json:"id"`
	Mode       string     `json:"mode"`
	Window     *int64     `json:"window"`
	Steps      [][]string `json:"steps"`
	Events     []row      `json:"events"`
	Exclusions []struct {
		Event  string `json:"event"`
		After  int    `json:"after_step"`
		Before int    `json:"before_step"`
	} `json:"exclusions"`
	Expected struct {
		Levels      map[string]int `json:"levels"`
		Counts      []int64        `json:"counts"`
		Average     []*float64     `json:"step_avg_seconds"`
		Median      []*float64     `json:"step_median_seconds"`
		Conversions *int64         `json:"conversions"`
	} `json:"expected"`
	Oracle  map[string]map[string]int `json:"oracle_one_event_one_step"`
	Optimal map[string]int            `json:"optimal"`
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile(testdata.Path(t, "funnel_vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		shift(v.Events)
	}
	return vectors
}

// shift moves events beyond the year 9999, which some systems don't mind, to
// 1970; only the time between events counts.
func shift(events []row) {
	var first int64 = math.MaxInt64
	for _, e := range events {
		first = min(first, e.T)
	}
	for i := range events {
		if first > calendar.MaxUnix {
			events[i].T -= first
		}
	}
}

// window returns the window of v. One that no Duration holds, millions of
// years, is none.
func (v vector) window() Window {
	if v.Window == nil || *v.Window > math.MaxInt64/int64(time.Second) {
		return Window{}
	}
	return Within(time.Duration(*v.Window) * time.Second)
}

func (v vector) funnel(m Match) Funnel {
	f := Funnel{Match: m}
	for i, events := range v.Steps {
		f.Steps = append(f.Steps, Step{Name: fmt.Sprint("step ", i+1), Events: events})
	}
	for _, x := range v.Exclusions {
		f.Match.Exclusions = append(f.Match.Exclusions, Exclusion{Events: []string{x.Event}, After: x.After, Before: x.Before})
	}
	return f
}

// levels returns the level of each user, -1 for who is left out.
func levels(t *testing.T, f Funnel, events []row) map[string]int {
	t.Helper()
	outcomes, err := Outcomes(f, rows, events)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, o := range outcomes {
		got[o.User] = o.Level
		if o.Excluded {
			got[o.User] = -1
		}
	}
	return got
}

func TestVectorsDefault(t *testing.T) {
	checked := 0
	for _, v := range readVectors(t) {
		if v.Oracle == nil {
			continue
		}
		checked++
		for name, policy := range map[string]Ties{"given": TiesGiven, "optimistic": TiesAnyOrder, "strict": TiesStrict} {
			got := levels(t, v.funnel(Match{Window: v.window(), Ties: policy}), v.Events)
			if diff := cmp.Diff(v.Oracle[name], got); diff != "" {
				t.Errorf("%s, ties %s (-want +got):\n%s", v.ID, name, diff)
			}
		}
	}
	if checked < 100 {
		t.Errorf("%d cases have an oracle: want the whole set", checked)
	}
}

// modes say which of our options reproduce which mode.
var modes = map[string]func(Window) Match{
	"ch:default":                       LikeClickHouse,
	"ch:strict_once":                   LikeClickHouseOnce,
	"ch:strict_increase":               LikeClickHouseIncrease,
	"ordered":                          LikeClickHouseOnce,
	"doris:default":                    LikeDoris,
	"doris:increase":                   LikeDorisIncrease,
	"doris:fixed":                      LikeDorisFixed,
	"starrocks:0":                      LikeDoris,
	"starrocks:2":                      LikeDorisFixed,
	"starrocks:4":                      LikeDorisIncrease,
	"posthog:ordered":                  LikePostHog,
	"posthog:ordered+exclusion":        LikePostHog,
	"posthog:strict":                   LikePostHogStrict,
	"posthog:unordered":                LikePostHogUnordered,
	"posthog:unordered+exclusion":      LikePostHogUnordered,
	"mixpanel:uniques first-entry":     LikeMixpanel,
	"mixpanel:optimized-reentry":       LikeMixpanelReentry,
	"rete:closed (ordered, no window)": func(Window) Match { return LikeRetentioneering() },
	"duckdb:default":                   LikeDoris,
	"duckdb:strict_increase":           LikeClickHouseIncrease,
	"duckdb:strict_once":               LikeDoris,
}

// differs are the cases of a mode that our options leave as they are. In F161
// one event makes steps 2 and 3: the extension lets any event but the first
// make several steps, but not the first.
var differs = map[string]bool{"F161": true}

func TestVectorsModes(t *testing.T) {
	for _, v := range readVectors(t) {
		like := modes[v.Mode]
		if like == nil || v.Expected.Levels == nil {
			continue
		}
		want := v.Expected.Levels
		if v.Optimal != nil {
			want = v.Optimal
		}
		got := levels(t, v.funnel(like(v.window())), v.Events)
		if differs[v.ID] {
			if cmp.Equal(want, got) {
				t.Errorf("%s agrees: it need not be listed", v.ID)
			}
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", v.ID, v.Mode, diff)
		}
	}
}

// The counts per step that a source gives, its average times from step to step,
// and its totals. Who an exclusion drops is in no count.
func TestVectorsCounts(t *testing.T) {
	totals := map[string]bool{"mixpanel:totals": true, "mixpanel:totals+exclusion": true, "amplitude:totals": true}
	counted, timed := 0, 0
	for _, v := range readVectors(t) {
		like := modes[v.Mode]
		if totals[v.Mode] {
			like = LikeClickHouseOnce
		}
		if like == nil || v.Expected.Counts == nil && v.Expected.Conversions == nil {
			continue
		}
		f := v.funnel(like(v.window()))
		if totals[v.Mode] {
			f.By = ByTotal
		}
		report, err := Count(f, rows, v.Events)
		if err != nil {
			t.Fatal(err)
		}
		total := report.Counts.Total(Everybody)
		if want := v.Expected.Conversions; want != nil && total.Reached[len(f.Steps)-1] != *want {
			t.Errorf("%s: %d conversions, want %d", v.ID, total.Reached[len(f.Steps)-1], *want)
		}
		if want := v.Expected.Counts; want != nil {
			counted++
			if diff := cmp.Diff(want, total.Reached); diff != "" {
				t.Errorf("%s (-want +got):\n%s", v.ID, diff)
			}
		}
		for k, want := range v.Expected.Average {
			if want == nil {
				continue
			}
			timed++
			if got := mean(total.StepTimes(k)); got != *want {
				t.Errorf("%s: %v seconds to step %d, want %v", v.ID, got, k+1, *want)
			}
		}
	}
	if counted < 25 || timed < 5 {
		t.Errorf("%d cases have counts and %d times: want the whole set", counted, timed)
	}
}

func mean(times []time.Duration) float64 {
	var sum time.Duration
	for _, d := range times {
		sum += d
	}
	return sum.Seconds() / float64(len(times))
}
