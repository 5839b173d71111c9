package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle"
)

func TestPhases(t *testing.T) {
	tests := []struct {
		name   string
		policy lifecycle.PhasePolicy
		series []float64
		want   lifecycle.Phase
		reason string
	}{
		{"nothing", lifecycle.PhasePolicy{}, nil, lifecycle.TooFewPeriods, "periods < 6"},
		{"only zeros", lifecycle.PhasePolicy{}, make([]float64, 20), lifecycle.TooFewPeriods, "periods < 6"},
		{"one too few", lifecycle.PhasePolicy{}, []float64{1, 2, 3, 4, 5}, lifecycle.TooFewPeriods, "periods < 6"},
		{"zeros before do not count", lifecycle.PhasePolicy{}, []float64{0, 1, 2, 3, 4, 5}, lifecycle.TooFewPeriods, "periods < 6"},
		{"one more", lifecycle.PhasePolicy{}, []float64{1, 2, 3, 4, 5, 6}, lifecycle.Growing, "change > steady"},
		{"never took off", lifecycle.PhasePolicy{}, []float64{10, 10, 10, 10, 10, 11}, lifecycle.Introduction, "steady, and never grown"},
		{"steady at the bound above", lifecycle.PhasePolicy{}, []float64{10, 10, 10, 11, 11, 11}, lifecycle.Introduction, "steady, and never grown"},
		{"and past it", lifecycle.PhasePolicy{}, []float64{10, 10, 10, 11, 11, 11.5}, lifecycle.Growing, "change > steady"},
		{"steady at the bound below", lifecycle.PhasePolicy{}, []float64{10, 10, 10, 9, 9, 9}, lifecycle.Introduction, "steady, and never grown"},
		{"and past it", lifecycle.PhasePolicy{}, []float64{10, 10, 10, 9, 9, 8.5}, lifecycle.Declining, "change < -steady"},
		{"took off and levelled", lifecycle.PhasePolicy{}, []float64{1, 1, 1, 5, 9, 10, 10, 10, 10}, lifecycle.Growing, "change > steady"},
		{"and stays", lifecycle.PhasePolicy{}, []float64{1, 1, 1, 5, 9, 10, 10, 10, 10, 10}, lifecycle.Mature, "steady, and has grown"},
		{"and falls", lifecycle.PhasePolicy{}, []float64{1, 1, 1, 5, 9, 10, 10, 10, 6, 5}, lifecycle.Declining, "change < -steady"},
		{"and is gone", lifecycle.PhasePolicy{}, []float64{1, 1, 1, 5, 0, 0, 0, 0, 0, 0}, lifecycle.Declining, "recent is 0"},
		{"from nothing", lifecycle.PhasePolicy{}, []float64{1, 0, 0, 0, 0, 0, 1}, lifecycle.Growing, "change > steady"},
		{"old data only", lifecycle.PhasePolicy{Established: true}, []float64{10, 10, 10, 10, 10, 11}, lifecycle.Mature, "steady, and established"},
		{"too small to tell", lifecycle.PhasePolicy{Least: 22}, []float64{1, 2, 3, 6, 7, 8}, lifecycle.Introduction, "recent < least, and so ever since"},
		{"large enough", lifecycle.PhasePolicy{Least: 21}, []float64{1, 2, 3, 6, 7, 8}, lifecycle.Growing, "change > steady"},
		{"was large once", lifecycle.PhasePolicy{Least: 30}, []float64{10, 10, 10, 1, 1, 1}, lifecycle.Declining, "change < -steady"},
		{"a wider bound", lifecycle.PhasePolicy{Steady: 0.5}, []float64{10, 10, 10, 13, 13, 13}, lifecycle.Introduction, "steady, and never grown"},
		{"15 % is 15 %", lifecycle.PhasePolicy{Window: 1, Steady: 0.15}, []float64{50, 57.5}, lifecycle.Introduction, "steady, and never grown"},
		{"and above it", lifecycle.PhasePolicy{Window: 1, Steady: 0.15}, []float64{50, 57.75}, lifecycle.Growing, "change > steady"},
		{"and below", lifecycle.PhasePolicy{Window: 1, Steady: 0.35}, []float64{20, 13}, lifecycle.Introduction, "steady, and never grown"},
		{"one period", lifecycle.PhasePolicy{Window: 1}, []float64{10, 20}, lifecycle.Growing, "change > steady"},
		{"winter", lifecycle.PhasePolicy{Window: 1}, []float64{20, 10, 20, 10}, lifecycle.Declining, "change < -steady"},
		{"against last winter", lifecycle.PhasePolicy{Window: 1, Season: 2}, []float64{20, 10, 20, 10}, lifecycle.Introduction, "steady, and never grown"},
		{"no winter before", lifecycle.PhasePolicy{Window: 1, Season: 4}, []float64{20, 10, 20, 10}, lifecycle.TooFewPeriods, "periods < 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.policy.Of(tt.series)
			if err != nil || got.Phase != tt.want || got.Because != tt.reason {
				t.Errorf("%v because %s, %v; want %v because %s", got.Phase, got.Because, err, tt.want, tt.reason)
			}
		})
	}
}

func TestParsePhasePolicy(t *testing.T) {
	got, err := lifecycle.ParsePhasePolicy([]byte(`{"window": 2, "season": 12, "steady": 0.2, "least": 30, "established": true}`))
	if want := (lifecycle.PhasePolicy{Window: 2, Season: 12, Steady: 0.2, Least: 30, Established: true}); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	tests := []struct{ name, text, want string }{
		{"all faults", `{"window": 4, "season": 3, "steady": -0.1, "least": -1}`, `season: 3 periods: want 4, the window, to 36600
steady: -0.1: want a share above 0, or 0 for 0.1
least: -1: want a number from 0`},
		{"window", `{"window": -1, "season": 3}`, "window: -1 periods: want 1 to 36600, or 0 for 3"},
		{"unknown key", `{"Window": 3}`, "Window"},
		{"repeated key", `{"window": 3, "window": 3}`, "window"},
		{"trailing data", `{} {}`, ""},
		{"a text", `{"steady": "0.1"}`, "steady"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := lifecycle.ParsePhasePolicy([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%+v, %v; want an error with %q", got, err, tt.want)
			}
		})
	}
}

func FuzzParsePhasePolicy(f *testing.F) {
	f.Add([]byte(`{"window": 2, "season": 12, "steady": 0.2, "least": 30, "established": true}`))
	f.Add([]byte(`{"window": 6, "season": 3}`))
	// Property: a policy that reads without an error writes back as one that
	// reads the same, and judges any series.
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := lifecycle.ParsePhasePolicy(data)
		if err != nil {
			return
		}
		text, err := json.Marshal(p)
		checkAdd(t, err)
		again, err := lifecycle.ParsePhasePolicy(text)
		if err != nil || again != p {
			t.Fatalf("%s came back as %+v, %v", text, again, err)
		}
		_, err = p.Of([]float64{0, 1, 2, 3, 5, 8, 13})
		checkAdd(t, err)
	})
}

func ExampleParsePhasePolicy() {
	policy, err := lifecycle.ParsePhasePolicy([]byte(`{"window": 2, "season": 4}`))
	check(err)
	// Quarters: winter is low each year. Beside that of the year before it grew.
	at, err := policy.Of([]float64{40, 60, 70, 30, 50, 75, 90, 40})
	check(err)
	fmt.Println(at.Phase, at.Before, "then", at.Recent)
	// Output:
	// growth 100 then 130
}

func TestPhaseRefuses(t *testing.T) {
	for _, series := range [][]float64{{1, math.NaN()}, {math.Inf(1)}, {-1}, {2e12}} {
		if got, err := (lifecycle.PhasePolicy{}).Of(series); err == nil {
			t.Errorf("%v: %+v", series, got)
		}
	}
	for _, p := range []lifecycle.PhasePolicy{
		{Window: -1},
		{Window: 1e9},
		{Season: -1},
		{Season: 2},
		{Window: 4, Season: 3},
		{Season: 1e9},
		{Steady: -0.1},
		{Steady: math.NaN()},
		{Steady: math.Inf(1)},
		{Least: -1},
		{Least: math.NaN()},
		{Least: math.Inf(1)},
	} {
		if got, err := p.Of([]float64{1, 2, 3, 4, 5, 6}); err == nil {
			t.Errorf("%+v: %+v", p, got)
		}
	}
}

// Property: a phase depends neither on the unit of the series nor on periods
// before it begins, and there is always one.
func TestPhaseLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 64), func(n int) float64 { return float64(n) }), 0, 30).Draw(t, "series")
		p := lifecycle.PhasePolicy{Window: rapid.IntRange(0, 4).Draw(t, "window"), Steady: 0.25}
		want, err := p.Of(series)
		if err != nil {
			t.Fatal(err)
		}
		scaled := make([]float64, 3)
		for _, v := range series {
			scaled = append(scaled, 8*v)
		}
		got, err := p.Of(scaled)
		if err != nil || got.Phase != want.Phase || got.Because != want.Because || got.Recent != 8*want.Recent {
			t.Fatalf("%+v, %v; want %+v times 8", got, err, want)
		}
		// A series that repeats its last window grows or declines no more.
		window := max(p.Window, 1)
		if p.Window == 0 {
			window = 3
		}
		if len(series) < window {
			return
		}
		again, err := p.Of(append(series, series[len(series)-window:]...))
		if err != nil || again.Phase == lifecycle.Growing || again.Phase == lifecycle.Declining && again.Recent > 0 {
			t.Fatalf("repeated: %+v, %v", again, err)
		}
	})
}

func TestPhaseOfReports(t *testing.T) {
	var revenue lifecycle.Revenue[int64]
	var activity lifecycle.Activity[int64]
	start := time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC)
	for month := range 8 {
		for id := range int64(1 + month) {
			at := start.AddDate(0, month, 0)
			checkAdd(t, activity.Add(id, at))
			checkAdd(t, revenue.AddColumns(lifecycle.Columns[int64]{Customer: []int64{id}, At: []int64{at.Unix()}, Amount: []int64{250}, Places: 2}))
		}
	}
	now := start.AddDate(0, 7, 0) // within the last month
	growth, err := activity.Growth(now, lifecycle.GrowthOptions[int64]{})
	checkAdd(t, err)
	money, err := revenue.Growth(now, lifecycle.GrowthOptions[int64]{})
	checkAdd(t, err)
	byHeads, err := lifecycle.PhasePolicy{}.Growth(growth)
	checkAdd(t, err)
	byMoney, err := lifecycle.PhasePolicy{}.Revenue(money)
	checkAdd(t, err)
	want := lifecycle.PhaseAt{Phase: lifecycle.Growing, Periods: 7, Recent: 18, Before: 9, Because: "change > steady"}
	if diff := cmp.Diff(want, byHeads); diff != "" {
		t.Errorf("by customers (-want +got):\n%s", diff)
	}
	want.Recent, want.Before = 45, 22.5
	if diff := cmp.Diff(want, byMoney); diff != "" {
		t.Errorf("by revenue (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(byHeads)
	if err != nil || string(text) != `{"phase":"growth","periods":7,"recent":18,"before":9,"because":"change \u003e steady"}` {
		t.Errorf("%s, %v", text, err)
	}
	if _, ok := (lifecycle.PhaseAt{Recent: 3}).Change(); ok {
		t.Error("a change from 0 has a ratio")
	}
}

func TestPhaseTexts(t *testing.T) {
	for p := lifecycle.TooFewPeriods; p <= lifecycle.Declining; p++ {
		text, err := p.MarshalText()
		var back lifecycle.Phase
		if err != nil || back.UnmarshalText(text) != nil || back != p || !strings.HasSuffix(p.Label(), "="+string(text)) {
			t.Errorf("%v: %s, %v, back %v", p, text, err, back)
		}
	}
	if _, err := lifecycle.Phase(9).MarshalText(); err == nil || lifecycle.Phase(9).String() != "Phase(9)" {
		t.Error("Phase(9) has a text")
	}
}

func ExamplePhasePolicy_Of() {
	perMonth := []float64{40, 44, 41, 60, 95, 140, 170, 182, 180, 178, 185, 181}
	at, err := lifecycle.PhasePolicy{}.Of(perMonth)
	check(err)
	change, _ := at.Change()
	fmt.Printf("%s: %+.1f %%, %s\n", at.Phase.Label(), 100*change, at.Because)
	earlier, err := lifecycle.PhasePolicy{}.Of(perMonth[:7])
	check(err)
	fmt.Println("by July:", earlier.Phase)
	fmt.Println(lifecycle.PhasePolicy{}.Of(perMonth[:2]))
	// Output:
	// phase=maturity: +2.3 %, steady, and has grown
	// by July: growth
	// {too few periods 2 0 0 periods < 6} <nil>
}

func ExamplePhasePolicy_Growth() {
	var activity lifecycle.Activity[int]
	for month := range 8 {
		for customer := range 100 * (1 + month) {
			check(activity.Add(customer, time.Date(2024, time.Month(1+month), 15, 0, 0, 0, 0, time.UTC)))
		}
	}
	growth, err := activity.Growth(on("2024-09-02"), lifecycle.GrowthOptions[int]{})
	check(err)
	at, err := lifecycle.PhasePolicy{}.Growth(growth) // September is not over, and left out
	check(err)
	fmt.Println(at.Phase, "after", at.Periods, "months:", at.Before, "then", at.Recent)
	// Output:
	// growth after 8 months: 1200 then 2100
}
