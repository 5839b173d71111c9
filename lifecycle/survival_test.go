package lifecycle_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/lifecycle"
)

// readWaits reads the times and events of a file's rows whose first column is
// group; an empty group is every row.
func readWaits(t *testing.T, name, group string) *lifecycle.Survival {
	t.Helper()
	rows, err := csv.NewReader(testdata.Open(t, name)).ReadAll()
	checkAdd(t, err)
	waits := lifecycle.Survival{Unit: "days"}
	for _, row := range rows[1:] {
		exit, err := strconv.ParseFloat(row[1], 64)
		checkAdd(t, err)
		if group == "" || row[0] == group {
			checkAdd(t, waits.Add(lifecycle.Spell{Exit: exit, Event: row[2] == "1"}))
		}
	}
	return &waits
}

func curveOf(t *testing.T, s *lifecycle.Survival, o lifecycle.CurveOptions) lifecycle.Curve {
	t.Helper()
	c, err := s.Curve(o)
	checkAdd(t, err)
	return c
}

func TestSurvivalOracle(t *testing.T) {
	// lifelines 0.30.1; see km_oracle.json.
	var oracle map[string]json.RawMessage
	checkAdd(t, json.NewDecoder(testdata.Open(t, "km_oracle.json")).Decode(&oracle))
	var toy struct {
		Input []struct {
			Entry, T float64
			Event    int
		}
	}
	checkAdd(t, json.Unmarshal(oracle["left_truncated_toy"], &toy))
	truncated := &lifecycle.Survival{}
	for _, s := range toy.Input {
		checkAdd(t, truncated.Add(lifecycle.Spell{Entry: s.Entry, Exit: s.T, Event: s.Event == 1}))
	}
	for name, waits := range map[string]*lifecycle.Survival{
		"gehan_6mp":             readWaits(t, "gehan.csv", "6-MP"),
		"gehan_placebo":         readWaits(t, "gehan.csv", "placebo"),
		"left_truncated_toy":    truncated,
		"cdnow_second_purchase": readWaits(t, "cdnow_second_purchase.csv", ""),
	} {
		t.Run(name, func(t *testing.T) {
			var want struct {
				Rows   []struct{ T, S, Lo, Hi float64 }
				Median json.RawMessage
			}
			checkAdd(t, json.Unmarshal(oracle[name], &want))
			curve := curveOf(t, waits, lifecycle.CurveOptions{})
			points := map[float64]lifecycle.CurvePoint{}
			for _, p := range curve.Steps {
				points[p.Time] = p
			}
			for _, row := range want.Rows {
				if got := curve.At(row.T); math.Abs(got-row.S) > 1e-9 {
					t.Errorf("S(%v) = %v, want %v", row.T, got, row.S)
				}
				p, ok := points[row.T]
				if ok && (math.Abs(p.Low-row.Lo) > 1e-9 || math.Abs(p.High-row.Hi) > 1e-9) {
					t.Errorf("bounds at %v: %v, %v, want %v, %v", row.T, p.Low, p.High, row.Lo, row.Hi)
				}
			}
			median := curve.Median()
			var text string
			if json.Unmarshal(want.Median, &text) == nil { // "Infinity"
				if median.Reached {
					t.Errorf("median %+v, want not reached", median)
				}
			} else if number, err := strconv.ParseFloat(string(want.Median), 64); err != nil || median.Time != number || !median.Reached {
				t.Errorf("median %+v, want %s", median, want.Median)
			}
		})
	}
}

func TestRestrictedMeanSaysItsLimit(t *testing.T) {
	curve := curveOf(t, readWaits(t, "gehan.csv", "6-MP"), lifecycle.CurveOptions{})
	tests := []struct {
		name     string
		tau      float64
		want     float64 // lifelines and R survival, where known
		limit    float64
		cut      bool
		standard float64
	}{
		{"within", 20, 16.11652661064, 20, false, 1.25156019601},
		{"none", 0, 0, 0, false, 0},
		{"negative", -1, 0, 0, false, 0},
		{"not a number", math.NaN(), 0, 0, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := curve.RestrictedMean(test.tau)
			if math.Abs(m.Mean-test.want) > 1e-9 || math.Abs(m.StandardError-test.standard) > 1e-9 || m.Tau != test.limit || m.Cut != test.cut {
				t.Errorf("RestrictedMean = %+v, want %v ± %v within %v", m, test.want, test.standard, test.limit)
			}
		})
	}
	// The last patient was watched for 35 weeks.
	end, beyond := curve.RestrictedMean(35), curve.RestrictedMean(math.Inf(1))
	if end.Cut || !beyond.Cut || beyond.Tau != 35 || beyond.Mean != end.Mean {
		t.Errorf("up to the end %+v, beyond %+v", end, beyond)
	}
	second := curveOf(t, readWaits(t, "cdnow_second_purchase.csv", ""), lifecycle.CurveOptions{})
	if got := second.RestrictedMean(365).Mean; math.Abs(got-239.10436996181593) > 1e-9 {
		t.Errorf("second purchase: %v, want 239.10436996", got)
	}
}

func TestLogRankOracle(t *testing.T) {
	// R survdiff: chi-square 16.792941 on 1 degree of freedom, P 4.16881e-05.
	c, err := lifecycle.LogRank(readWaits(t, "gehan.csv", "6-MP"), readWaits(t, "gehan.csv", "placebo"))
	checkAdd(t, err)
	if math.Abs(c.ChiSquare-16.792941) > 5e-7 || c.DF != 1 || math.Abs(c.P-4.16881e-05) > 5e-11 {
		t.Errorf("%+v", c)
	}
}

func TestSecondPurchasesOfALog(t *testing.T) {
	// The gaps after the first purchase, taken from the raw orders, are the
	// published waits for the second.
	log, now := sampleLog(t)
	f, err := log.Fit(now, lifecycle.FitOptions[string]{After: []int{1, 2}})
	checkAdd(t, err)
	want := curveOf(t, readWaits(t, "cdnow_second_purchase.csv", ""), lifecycle.CurveOptions{})
	if diff := cmp.Diff(want.Steps, f.Classes[0].Curve.Steps); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBadSpells(t *testing.T) {
	var s lifecycle.Survival
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name   string
		spell  lifecycle.Spell
		weight float64
		want   string
	}{
		{"no time at all", lifecycle.Spell{}, 1, "lifecycle: spell from 0 to 0: want the entry before the exit"},
		{"entry at the exit", lifecycle.Spell{Entry: 3, Exit: 3}, 1, "lifecycle: spell from 3 to 3: want the entry before the exit"},
		{"entry after the exit", lifecycle.Spell{Entry: 4, Exit: 3}, 1, "lifecycle: spell from 4 to 3: want the entry before the exit"},
		{"negative entry", lifecycle.Spell{Entry: -1, Exit: 3}, 1, "lifecycle: spell from -1 to 3: want times from 0"},
		{"entry not a number", lifecycle.Spell{Entry: nan, Exit: 3}, 1, "lifecycle: spell from NaN to 3: want times from 0"},
		{"exit not a number", lifecycle.Spell{Exit: nan}, 1, "lifecycle: spell from 0 to NaN: want times from 0"},
		{"infinite exit", lifecycle.Spell{Exit: inf}, 1, "lifecycle: spell from 0 to +Inf: want times from 0"},
		{"weight of nothing", lifecycle.Spell{Exit: 1}, 0, "lifecycle: spell of weight 0: want a positive number"},
		{"negative weight", lifecycle.Spell{Exit: 1}, -1, "lifecycle: spell of weight -1: want a positive number"},
		{"infinite weight", lifecycle.Spell{Exit: 1}, inf, "lifecycle: spell of weight +Inf: want a positive number"},
		{"weight not a number", lifecycle.Spell{Exit: 1}, nan, "lifecycle: spell of weight NaN: want a positive number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := s.AddWeighted(test.spell, test.weight); errorText(err) != test.want {
				t.Errorf("AddWeighted = %v, want %q", err, test.want)
			}
		})
	}
	if s.Len() != 0 {
		t.Errorf("%d spells were added", s.Len())
	}
}

func TestNegativeZeroIsZero(t *testing.T) {
	var zero, negative lifecycle.Survival
	checkAdd(t, zero.AddWeighted(lifecycle.Spell{Entry: 0, Exit: 3, Event: true}, 2))
	checkAdd(t, negative.AddWeighted(lifecycle.Spell{Entry: math.Copysign(0, -1), Exit: 3, Event: true}, 2))
	if diff := cmp.Diff(mustMarshal(t, &zero), mustMarshal(t, &negative)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCurveOfFew(t *testing.T) {
	nobody := curveOf(t, &lifecycle.Survival{}, lifecycle.CurveOptions{})
	if nobody.At(10) != 1 || nobody.Median().Reached || len(nobody.Steps) != 0 || nobody.RestrictedMean(5).Tau != 0 {
		t.Errorf("nobody: %+v", nobody)
	}
	var waiting lifecycle.Survival
	checkAdd(t, waiting.Add(lifecycle.Spell{Exit: 5}))
	if c := curveOf(t, &waiting, lifecycle.CurveOptions{}); c.At(9) != 1 || c.Median().Reached || c.Steps[0].Low != 1 {
		t.Errorf("all censored: %+v", c)
	}
	// Events come before censorings at the same time: both are at risk.
	checkAdd(t, waiting.Add(lifecycle.Spell{Exit: 5, Event: true}))
	if c := curveOf(t, &waiting, lifecycle.CurveOptions{}); c.At(5) != 0.5 || c.Median().Time != 5 {
		t.Errorf("a tie: %+v", c)
	}
	for _, o := range []lifecycle.CurveOptions{{Level: 1}, {Level: -0.5}, {Level: 95}, {Level: math.NaN()}, {Interval: 2}} {
		if _, err := waiting.Curve(o); err == nil {
			t.Errorf("no error for %+v", o)
		}
	}
	for _, share := range []float64{0, 1, -1, math.NaN()} {
		if q := curveOf(t, &waiting, lifecycle.CurveOptions{}).Quantile(share); q != (lifecycle.Quantile{}) {
			t.Errorf("quantile %v: %+v", share, q)
		}
	}
}

func TestNoComparison(t *testing.T) {
	var a, b lifecycle.Survival
	checkAdd(t, a.Add(lifecycle.Spell{Exit: 1, Event: true}))
	for name, groups := range map[string][]*lifecycle.Survival{"none": nil, "one": {&a}, "an empty one": {&a, &b}} {
		if _, err := lifecycle.LogRank(groups...); !errors.Is(err, lifecycle.ErrNoComparison) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWiderLevelsGiveWiderIntervals(t *testing.T) {
	waits := readWaits(t, "gehan.csv", "6-MP")
	for _, kind := range []lifecycle.IntervalKind{lifecycle.LogLog, lifecycle.Plain} {
		narrow := curveOf(t, waits, lifecycle.CurveOptions{Level: 0.5, Interval: kind})
		wide := curveOf(t, waits, lifecycle.CurveOptions{Level: 0.99, Interval: kind})
		for i, n := range narrow.Steps {
			if w := wide.Steps[i]; n.Survival < 1 && (w.Low >= n.Low || w.High <= n.High && n.High < 1) {
				t.Errorf("at %v: 50 %% from %v to %v, 99 %% from %v to %v", n.Time, n.Low, n.High, w.Low, w.High)
			}
		}
	}
}
