package loyalty

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// seedReach is the example of the seed: 10 points an action and rewards from
// 500 on. Members act 3 times a week on average, with a gamma distribution of
// shape 1.2.
func seedReach() Reach {
	return Reach{MinCost: 500, Actions: []ActionRate{{"action", 10, 3}}, Shape: 1.2}
}

// The figures were simulated before this code was written, to whole percents
// (tenths below 2 %), with some 10,000 members: their own error is half a percent.
func TestWhatIfGivesTheSimulatedFigures(t *testing.T) {
	type figure struct {
		name string
		of   func(a Attainment) float64
		want float64
	}
	month := func(a Attainment) float64 { return a.Month }
	quarter := func(a Attainment) float64 { return a.Quarter }
	year := func(a Attainment) float64 { return a.Year }
	never := func(a Attainment) float64 { return a.Never }
	cases := []struct {
		name   string
		change func(m *Reach)
		want   []figure
	}{
		{"as it is", func(*Reach) {}, []figure{{"month", month, 0.019}, {"13 weeks", quarter, 0.28}, {"year", year, 0.76}, {"never", never, 0.12}}},
		{"90 days of validity", func(m *Reach) { m.Validity = 90 }, []figure{{"never", never, 0.59}}},
		{"entry at 100", func(m *Reach) { m.MinCost = 100 }, []figure{{"month", month, 0.50}, {"13 weeks", quarter, 0.81}}},
		{"welcome 100", func(m *Reach) { m.Welcome = 100 }, []figure{{"month", month, 0.04}, {"13 weeks", quarter, 0.37}}},
		{"one a week", func(m *Reach) { m.Actions[0].PerWeek = 1 }, []figure{{"year", year, 0.40}}},
		{"seven a week", func(m *Reach) { m.Actions[0].PerWeek = 7 }, []figure{{"13 weeks", quarter, 0.61}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := seedReach()
			m.Members = 40_000
			c.change(&m)
			a, ok := WhatIf(m, rand.New(rand.NewPCG(1, 2)))
			if !ok {
				t.Fatal("not simulated")
			}
			for _, f := range c.want {
				got, printed := f.of(a), 0.005
				if f.want < 0.02 {
					printed = 0.0005
				}
				if !(math.Abs(got-f.want) <= printed+3*a.Error(got)+0.005) {
					t.Errorf("%s: %.4f, want %.3f", f.name, got, f.want)
				}
			}
		})
	}
}

// Without expiry the number of actions in a time is negative binomial, so that
// the shares are known: P(N >= 50) for shape 1.2 and mean 3·days/7, summed from
// its recurrence.
func TestWhatIfAgainstTheNegativeBinomial(t *testing.T) {
	m := seedReach()
	m.Members = 100_000
	a, _ := WhatIf(m, rand.New(rand.NewPCG(3, 4)))
	for _, c := range []struct{ days, got float64 }{{reachMonth, a.Month}, {reachQuarter, a.Quarter}, {reachYear, a.Year}, {reachNever, 1 - a.Never}} {
		mean := 3 * c.days / 7
		p := mean / (mean + 1.2)
		term, below := math.Pow(1-p, 1.2), 0.0
		for n := range 50 {
			below += term
			term *= p * (1.2 + float64(n)) / float64(n+1)
		}
		if want := 1 - below; !(math.Abs(c.got-want) <= 4*a.Error(want)) {
			t.Errorf("%v days: %.4f, want %.4f", c.days, c.got, want)
		}
	}
}

func TestWhatIfRefusesWhatCantBe(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, change := range map[string]func(m *Reach){
		"no cost": func(m *Reach) { m.MinCost = 0 }, "negative welcome": func(m *Reach) { m.Welcome = -1 }, "no action": func(m *Reach) { m.Actions = nil },
		"never done": func(m *Reach) { m.Actions[0].PerWeek = 0 }, "NaN rate": func(m *Reach) { m.Actions[0].PerWeek = math.NaN() },
		"infinite rate": func(m *Reach) { m.Actions[0].PerWeek = math.Inf(1) }, "NaN shape": func(m *Reach) { m.Shape = math.NaN() },
		"infinite validity": func(m *Reach) { m.Validity = math.Inf(1) }, "too many": func(m *Reach) { m.Members = MaxSimulated + 1 },
		"too long": func(m *Reach) { m.Members, m.Actions[0].PerWeek = MaxSimulated, 10 },
	} {
		m := seedReach()
		change(&m)
		if a, ok := WhatIf(m, random); ok {
			t.Errorf("%s: simulated %+v", name, a)
		}
	}
	if _, ok := WhatIf(seedReach(), nil); ok {
		t.Error("simulated without randomness")
	}
}

func ExampleWhatIf() {
	now := Reach{MinCost: 500, Actions: []ActionRate{{"sign-in or order", 10, 3}}, Shape: 1.2}
	for _, entry := range []int64{500, 100} {
		now.MinCost = entry
		a, _ := WhatIf(now, rand.New(rand.NewPCG(1, 2)))
		fmt.Printf("reward at %d: %.0f%% in a month, %.0f%% in 13 weeks\n", entry, 100*a.Month, 100*a.Quarter)
	}
	// Output:
	// reward at 500: 2% in a month, 29% in 13 weeks
	// reward at 100: 50% in a month, 81% in 13 weeks
}
