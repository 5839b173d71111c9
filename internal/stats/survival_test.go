package stats

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/testdata"
)

// oracle is what lifelines 0.30.1 and R survival 3.5-3 say.
type oracle struct {
	Median json.RawMessage
	Rows   []struct {
		T, Observed, Censored, S, Lo, Hi float64
		AtRisk                           float64 `json:"at_risk"`
	}
	RMST20  float64 `json:"rmst_at_20"`
	RMST365 float64 `json:"rmst_at_365"`
	R       *struct {
		SE      []float64
		Times   []float64    `json:"event_times"`
		CIPlain [][2]float64 `json:"ci_plain"`
		RMSTSE  float64      `json:"rmst20_se"`
	} `json:"R_survival"`
	Input []struct {
		Entry, T float64
		Event    int
	}
}

func readOracle(t *testing.T) (sets map[string]oracle, logRank struct{ ChiSq, P float64 }) {
	t.Helper()
	var raw map[string]json.RawMessage
	if err := json.NewDecoder(testdata.Open(t, "km_oracle.json")).Decode(&raw); err != nil {
		t.Fatal(err)
	}
	sets = map[string]oracle{}
	for _, name := range []string{"gehan_6mp", "gehan_placebo", "left_truncated_toy", "cdnow_second_purchase"} {
		var o oracle
		if err := json.Unmarshal(raw[name], &o); err != nil {
			t.Fatal(err)
		}
		sets[name] = o
	}
	var tests struct{ Gehan struct{ ChiSq, P float64 } }
	if err := json.Unmarshal(raw["logrank"], &tests); err != nil {
		t.Fatal(err)
	}
	return sets, tests.Gehan
}

// readSpells reads the times and events of a file's rows whose first column
// is group; an empty group is every row.
func readSpells(t *testing.T, name, group string) []Spell {
	t.Helper()
	rows, err := csv.NewReader(testdata.Open(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var spells []Spell
	for _, row := range rows[1:] {
		exit, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		if group == "" || row[0] == group {
			spells = append(spells, Spell{Exit: exit, Event: row[2] == "1", Weight: 1})
		}
	}
	return spells
}

const tolerance = 1e-9

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s = %.12g, want %.12g", what, got, want)
	}
}

func TestSurvivalOfPublishedData(t *testing.T) {
	sets, _ := readOracle(t)
	toy := []Spell{}
	for _, s := range sets["left_truncated_toy"].Input {
		toy = append(toy, Spell{s.Entry, s.T, s.Event == 1, 1})
	}
	spells := map[string][]Spell{
		"gehan_6mp":             readSpells(t, "gehan.csv", "6-MP"),
		"gehan_placebo":         readSpells(t, "gehan.csv", "placebo"),
		"left_truncated_toy":    toy,
		"cdnow_second_purchase": readSpells(t, "cdnow_second_purchase.csv", ""),
	}
	for name, want := range sets {
		t.Run(name, func(t *testing.T) {
			curve := NewSurvival(spells[name])
			for _, row := range want.Rows {
				near(t, "S", curve.At(row.T), row.S)
				i := curve.step(row.T)
				if i < 0 || curve.Steps[i].Time != row.T {
					continue // an entry alone, which makes no step
				}
				lo, hi := curve.Interval(i, LogLog, NormalZ(0.95))
				near(t, "lower bound", lo, row.Lo)
				near(t, "upper bound", hi, row.Hi)
				near(t, "events", curve.Steps[i].Events, row.Observed)
				near(t, "censored", curve.Steps[i].Censored, row.Censored)
				if name != "left_truncated_toy" { // whose at_risk counts those who enter at the time
					near(t, "at risk", curve.Steps[i].AtRisk, row.AtRisk)
				}
			}
			median, ok := curve.Quantile(0.5)
			if string(want.Median) == `"Infinity"` || string(want.Median) == "Infinity" {
				if ok {
					t.Errorf("median = %v, want not reached", median)
				}
			} else if got := strconv.FormatFloat(median, 'f', 1, 64); !ok || got != string(want.Median) {
				t.Errorf("median = %v, %v, want %s", got, ok, want.Median)
			}
		})
	}
}

func TestRestrictedMeanOfPublishedData(t *testing.T) {
	sets, _ := readOracle(t)
	mean, se := NewSurvival(readSpells(t, "gehan.csv", "6-MP")).RestrictedMean(20)
	near(t, "6-MP", mean, sets["gehan_6mp"].RMST20)
	near(t, "6-MP, standard error", se, sets["gehan_6mp"].R.RMSTSE)
	mean, _ = NewSurvival(readSpells(t, "gehan.csv", "placebo")).RestrictedMean(20)
	near(t, "placebo", mean, sets["gehan_placebo"].RMST20)
	mean, _ = NewSurvival(readSpells(t, "cdnow_second_purchase.csv", "")).RestrictedMean(365)
	near(t, "second purchase", mean, sets["cdnow_second_purchase"].RMST365)
}

func TestPlainIntervalsOfPublishedData(t *testing.T) {
	sets, _ := readOracle(t)
	r := sets["gehan_6mp"].R
	curve := NewSurvival(readSpells(t, "gehan.csv", "6-MP"))
	for k, at := range r.Times {
		i := curve.step(at)
		near(t, "standard error", curve.StandardError(i), r.SE[k])
		lo, hi := curve.Interval(i, Plain, NormalZ(0.95))
		near(t, "lower bound", lo, r.CIPlain[k][0])
		near(t, "upper bound", hi, r.CIPlain[k][1])
	}
	// R: the median's interval is 13 to not reached.
	lo, _, loOK, hiOK := curve.QuantileInterval(0.5, LogLog, NormalZ(0.95))
	if lo != 13 || !loOK || hiOK {
		t.Errorf("median's interval from %v, %v, to reached %v; want from 13 to not reached", lo, loOK, hiOK)
	}
}

func TestLogRankOfPublishedData(t *testing.T) {
	_, want := readOracle(t)
	got, ok := LogRank([][]Spell{readSpells(t, "gehan.csv", "6-MP"), readSpells(t, "gehan.csv", "placebo")})
	if !ok || got.DF != 1 {
		t.Fatalf("LogRank = %+v, %v", got, ok)
	}
	// Published to six places and six digits.
	if math.Abs(got.ChiSquare-want.ChiSq) > 5e-7 || math.Abs(got.P-want.P) > 5e-11 {
		t.Errorf("chi-square %.9g, P %.9g, want %v, %v", got.ChiSquare, got.P, want.ChiSq, want.P)
	}
	near(t, "expected sum", got.Expected[0]+got.Expected[1], got.Observed[0]+got.Observed[1])
}

func TestChiSquareTail(t *testing.T) {
	// Pearson and Hartley, table 8: upper 5 % points.
	for df, x := range map[int]float64{1: 3.841459, 2: 5.991465, 3: 7.814728, 4: 9.487729, 7: 14.06714, 10: 18.30704} {
		if got := ChiSquareTail(x, df); math.Abs(got-0.05) > 1e-7 {
			t.Errorf("ChiSquareTail(%v, %d) = %v, want 0.05", x, df, got)
		}
	}
	if got := ChiSquareTail(0, 1); got != 1 {
		t.Errorf("ChiSquareTail(0, 1) = %v, want 1", got)
	}
}

func TestLogRankHasNoAnswer(t *testing.T) {
	tests := []struct {
		name   string
		groups [][]Spell
	}{
		{"no groups", nil},
		{"one group", [][]Spell{{{Exit: 1, Event: true, Weight: 1}}}},
		{"an empty group", [][]Spell{{{Exit: 1, Event: true, Weight: 1}}, {}}},
		{"no events", [][]Spell{{{Exit: 1, Weight: 1}}, {{Exit: 2, Weight: 1}}}},
		{"never at risk together", [][]Spell{{{0, 1, true, 1}}, {{1, 2, true, 1}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := LogRank(test.groups); ok {
				t.Errorf("LogRank = %+v, want none", got)
			}
		})
	}
}

func drawSpells(t *rapid.T, name string) []Spell {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Spell {
		entry := rapid.IntRange(0, 5).Draw(t, "entry")
		exit := entry + rapid.IntRange(1, 8).Draw(t, "length")
		return Spell{float64(entry), float64(exit), rapid.Bool().Draw(t, "event"), float64(rapid.IntRange(1, 3).Draw(t, "weight"))}
	}), 1, 30).Draw(t, name)
}

func TestSurvivalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spells := drawSpells(t, "spells")
		curve := NewSurvival(slices.Clone(spells))
		// Property: a curve falls from 1 towards 0, and only where events are;
		// its bounds enclose it.
		before := 1.0
		for i, s := range curve.Steps {
			lo, hi := curve.Interval(i, LogLog, 2)
			plainLo, plainHi := curve.Interval(i, Plain, 2)
			if s.Survival > before || s.Survival < 0 || (s.Events == 0 && s.Survival != before) ||
				lo > s.Survival || hi < s.Survival || plainLo > s.Survival || plainHi < s.Survival {
				t.Fatalf("step %d: %+v after %v, bounds %v %v, plain %v %v", i, s, before, lo, hi, plainLo, plainHi)
			}
			before = s.Survival
		}
		// Property: a weight is a repetition.
		var repeated []Spell
		for _, s := range spells {
			for range int(s.Weight) {
				repeated = append(repeated, Spell{s.Entry, s.Exit, s.Event, 1})
			}
		}
		// Property: watching one lifetime in two parts changes nothing.
		var split []Spell
		for _, s := range spells {
			if cut := s.Entry + 0.5; cut < s.Exit {
				split = append(split, Spell{s.Entry, cut, false, s.Weight})
				s.Entry = cut
			}
			split = append(split, s)
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(split), func(i, j int) { split[i], split[j] = split[j], split[i] })
		for what, other := range map[string]Survival{"repeated": NewSurvival(repeated), "split": NewSurvival(split)} {
			for x := 0.0; x < 15; x++ {
				if math.Abs(curve.At(x)-other.At(x)) > 1e-12 {
					t.Fatalf("%s: S(%v) = %v, want %v", what, x, other.At(x), curve.At(x))
				}
			}
		}
	})
}

func TestSurvivalWithoutCensoringIsTheShareLeft(t *testing.T) {
	// Property: without censoring or late entry, the survival at t is the
	// share of spells longer than t, and the mean up to the end is the mean.
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.IntRange(1, 20), 1, 40).Draw(t, "lengths")
		var spells []Spell
		total := 0
		for _, n := range lengths {
			spells = append(spells, Spell{0, float64(n), true, 1})
			total += n
		}
		curve := NewSurvival(spells)
		for x := range 21 {
			longer := 0
			for _, n := range lengths {
				if n > x {
					longer++
				}
			}
			if want := float64(longer) / float64(len(lengths)); math.Abs(curve.At(float64(x))-want) > 1e-12 {
				t.Fatalf("S(%d) = %v, want %v", x, curve.At(float64(x)), want)
			}
		}
		mean, _ := curve.RestrictedMean(curve.Last)
		if want := float64(total) / float64(len(lengths)); math.Abs(mean-want) > 1e-9 {
			t.Fatalf("mean = %v, want %v", mean, want)
		}
	})
}

func TestLogRankIsOneTestWhateverTheOrderOfGroups(t *testing.T) {
	// Property: the chi-square does not depend on the order of groups, and is
	// 0 for copies of one group.
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawSpells(t, "a"), drawSpells(t, "b"), drawSpells(t, "c")
		one, ok1 := LogRank([][]Spell{a, b, c})
		two, ok2 := LogRank([][]Spell{c, a, b})
		if ok1 != ok2 || one.DF != two.DF || math.Abs(one.ChiSquare-two.ChiSquare) > 1e-7*(1+one.ChiSquare) {
			t.Fatalf("%+v %v, want %+v %v", two, ok2, one, ok1)
		}
		same, ok := LogRank([][]Spell{a, slices.Clone(a)})
		if ok && same.ChiSquare > 1e-12 {
			t.Fatalf("copies differ: %+v", same)
		}
	})
}

func TestSurvivalOfNobody(t *testing.T) {
	curve := NewSurvival(nil)
	if diff := cmp.Diff(1.0, curve.At(5)); diff != "" {
		t.Error(diff)
	}
	if _, ok := curve.Quantile(0.5); ok {
		t.Error("a median of nobody")
	}
	if mean, se := curve.RestrictedMean(0); mean != 0 || se != 0 {
		t.Errorf("RestrictedMean(0) = %v, %v", mean, se)
	}
}

func TestSurvivalEndsAtZeroInSpiteOfRounding(t *testing.T) {
	// 0.1+0.2+0.3 is not 0.6 in binary, yet nobody is left at 3.
	curve := NewSurvival([]Spell{{0, 3, true, 0.1}, {0.5, 3, true, 0.2}, {0.7, 3, true, 0.3}, {0, 1, false, 0.7}})
	if got := curve.At(3); got != 0 {
		t.Errorf("S(3) = %v, want 0", got)
	}
}
