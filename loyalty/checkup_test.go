package loyalty_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

var checkupDay = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// seedProgram is the example of the seed: 10 points an action and a minimum of
// 500.
func seedProgram() loyalty.Program {
	return loyalty.Program{
		Name: "seed", Version: 1, Wallets: []loyalty.Wallet{{ID: 1, Name: "points"}},
		Rules:  []loyalty.Rule{{ID: 1, Name: "action", Layer: loyalty.LayerRoutine, On: []string{"action"}, Points: 10, Caps: []loyalty.Cap{{Per: "day", Times: 3}}}},
		Limits: loyalty.Limits{MinRedeem: 500},
	}
}

func seedEvidence() loyalty.Evidence {
	return loyalty.Evidence{
		AsOf: checkupDay, Actions: []loyalty.ActionRate{{Name: "action", Points: 10, PerWeek: 3}}, Shape: 1.2,
		Random: rand.New(rand.NewPCG(1, 2)),
	}
}

func finding(t *testing.T, r loyalty.CheckupReport, m loyalty.Metric) loyalty.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Metric == m {
			return f
		}
	}
	t.Fatalf("no finding of %q", m)
	return loyalty.Finding{}
}

// The figures are those of TestWhatIfGivesTheSimulatedFigures: 1.9% in a month
// and 28% in 13 weeks; with 90 days of validity 59% never.
func TestCheckupOfTheSeedExample(t *testing.T) {
	near := func(name string, got, want float64) {
		t.Helper()
		if slack := 0.005 + 3*math.Sqrt(want*(1-want)/20_000) + 0.005; !(math.Abs(got-want) <= slack) {
			t.Errorf("%s: %.4f, want %.3f", name, got, want)
		}
	}
	r, err := loyalty.Checkup(seedProgram(), seedEvidence())
	if err != nil {
		t.Fatal(err)
	}
	near("month", r.Now.Month, 0.019)
	near("13 weeks", r.Now.Quarter, 0.28)
	if f := finding(t, r, loyalty.MetricActions); f.Value != 50 || f.Verdict != loyalty.VerdictBad {
		t.Errorf("actions to the first reward: %v, want 50 and bad", f)
	}
	first := finding(t, r, loyalty.MetricFirstReward)
	if first.Cause != loyalty.CauseHard || first.Verdict != loyalty.VerdictBad {
		t.Errorf("%v: want it hard to earn, and bad", first)
	}
	cheapest := first.Levers[0]
	if want := "a first reward at 100 points, not 500"; cheapest.Change != want {
		t.Errorf("cheapest lever %q, want %q", cheapest.Change, want)
	}
	near("month with the lever", cheapest.After.Month, 0.50)
	near("13 weeks with the lever", cheapest.After.Quarter, 0.81)

	p := seedProgram()
	p.Wallets[0].Expiry = loyalty.Expiry{After: regulars.Days(90)}
	if r, err = loyalty.Checkup(p, seedEvidence()); err != nil {
		t.Fatal(err)
	}
	near("never with 90 days", r.Now.Never, 0.59)
	if f := finding(t, r, loyalty.MetricReach); f.Verdict != loyalty.VerdictBad {
		t.Errorf("%v: want the median member's points to end too soon", f)
	}
}

// Where an input is absent the finding says so, and never that all is well.
func TestCheckupSaysWhatIsNotMeasured(t *testing.T) {
	p := seedProgram()
	p.Wallets[0].Expiry = loyalty.Expiry{After: regulars.Days(90)}
	r, err := loyalty.Checkup(p, loyalty.Evidence{AsOf: checkupDay})
	if err != nil {
		t.Fatal(err)
	}
	fromProgram := map[loyalty.Metric]bool{loyalty.MetricHurdles: true, loyalty.MetricLayers: true, loyalty.MetricUncappedRules: true}
	for _, f := range r.Findings {
		if (f.Verdict == loyalty.VerdictNotMeasured) == fromProgram[f.Metric] {
			t.Errorf("%v", f)
		}
		if f.Verdict == loyalty.VerdictNotMeasured && (f.Missing == "" || f.Value != 0 || f.Levers != nil) {
			t.Errorf("not measured, and yet %+v", f)
		}
		if f.Formula == "" || f.Benchmark.Source == "" {
			t.Errorf("%s: no formula or no source", f.Metric)
		}
	}
	for _, c := range []loyalty.Cause{
		loyalty.CauseWeak, loyalty.CauseHard, loyalty.CauseComplex, loyalty.CauseEntrance, loyalty.CauseReminder, loyalty.CauseHabit, loyalty.CauseLayer, loyalty.CauseCost,
	} {
		if len(r.Of(c)) == 0 {
			t.Errorf("no finding of cause %q", c)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestBenchmarksAreTheHosts(t *testing.T) {
	ev := seedEvidence()
	ev.Benchmarks = []loyalty.Benchmark{{Metric: loyalty.MetricActions, Good: 60, Bad: 80, Source: "our own"}}
	r, err := loyalty.Checkup(seedProgram(), ev)
	if err != nil {
		t.Fatal(err)
	}
	if f := finding(t, r, loyalty.MetricActions); f.Verdict != loyalty.VerdictGood || f.Benchmark.Source != "our own" {
		t.Errorf("%v by %+v", f, f.Benchmark)
	}
	for name, bad := range map[string]loyalty.Benchmark{"unknown": {Metric: "luck"}, "NaN": {Metric: loyalty.MetricActions, Good: math.NaN()}} {
		ev.Benchmarks = []loyalty.Benchmark{bad}
		if _, err := loyalty.Checkup(seedProgram(), ev); err == nil {
			t.Errorf("%s benchmark: no error", name)
		}
	}
}

func TestPresetsPassTheirCheckup(t *testing.T) {
	for _, p := range []loyalty.Program{loyalty.BankCard(), loyalty.Retailer(), loyalty.ApplianceService(), loyalty.VocationalSchool()} {
		r, err := loyalty.Checkup(p, loyalty.Evidence{AsOf: checkupDay})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Verdict == loyalty.VerdictBad {
				t.Errorf("%s: %v %+v", p.Name, f, f.Inputs)
			}
		}
	}
}

func ExampleCheckup() {
	program := loyalty.Program{
		Name: "app", Version: 1, Wallets: []loyalty.Wallet{{ID: 1, Name: "points"}},
		Rules:  []loyalty.Rule{{ID: 1, Name: "action", Layer: loyalty.LayerRoutine, On: []string{"action"}, Points: 10}},
		Limits: loyalty.Limits{MinRedeem: 500},
	}
	report, err := loyalty.Checkup(program, loyalty.Evidence{
		AsOf:    time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
		Actions: []loyalty.ActionRate{{Name: "action", Points: 10, PerWeek: 3}},
		Shape:   1.2,
		Random:  rand.New(rand.NewPCG(1, 2)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range report.Findings {
		if f.Verdict == loyalty.VerdictBad {
			fmt.Println(f)
		}
	}
	lever := report.Of(loyalty.CauseHard)[1].Levers[0]
	fmt.Printf("cheapest lever: %s: %.0f%% within 13 weeks, not %.0f%%\n", lever.Change, 100*lever.After.Quarter, 100*report.Now.Quarter)
	// Output:
	// hard to earn: actions to the first reward: bad: 50 actions
	// hard to earn: median time to the first reward: bad: 160 days
	// missing layer: layers without a rule: bad: 2 layers
	// cheapest lever: a first reward at 100 points, not 500: 82% within 13 weeks, not 28%
}
