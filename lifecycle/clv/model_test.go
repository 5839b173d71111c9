package clv

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// draws of what a property needs. Parameters and times are even in their
// logarithm, so that small and large ones meet.
func anyModel(t *rapid.T) Model {
	m := Model{Family: Family(rapid.IntRange(int(BGNBD), int(ParetoNBD)).Draw(t, "family")), Unit: Week}
	for i := range m.Params {
		m.Params[i] = logUniform(t, "parameter", 0.02, 100)
	}
	return m
}

func logUniform(t *rapid.T, name string, low, high float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
}

func anyRow(t *rapid.T) Row {
	r := Row{Age: logUniform(t, "age", 0.5, 500), Unit: Week}
	if r.Repeats = rapid.IntRange(0, 60).Draw(t, "repeats"); r.Repeats > 0 {
		r.Recency = r.Age * rapid.Float64Range(0.001, 1).Draw(t, "recency")
	}
	return r
}

// sure fails the test on an error.
type failer interface{ Fatal(...any) }

func sure(t failer, v float64, err error) float64 {
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func near(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*math.Max(math.Abs(a), math.Abs(b))
}

// Property: P(alive) is a chance; it does not rise as silence goes on, nor
// fall if the last purchase was later.
func TestAliveFallsWithSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		p := sure(t, first(m.Alive(r)), nil)
		if !(p >= 0 && p <= 1) {
			t.Fatalf("P(alive) %v", p)
		}
		older := r
		older.Age += logUniform(t, "older", 0.01, 100)
		if later := sure(t, first(m.Alive(older)), nil); later > p+1e-12 {
			t.Fatalf("%v rises to %v by silence", p, later)
		}
		if r.Repeats > 0 {
			fresher := r
			fresher.Recency = min(r.Age, r.Recency+(r.Age-r.Recency)*rapid.Float64Range(0, 1).Draw(t, "fresher"))
			if q := sure(t, first(m.Alive(fresher)), nil); q < p-1e-12 {
				t.Fatalf("%v falls to %v by a later purchase", p, q)
			}
		}
	})
}

func first(v float64, err error) float64 {
	if err != nil {
		panic(err)
	}
	return v
}

// Who bought at the very end can have left at that purchase only.
func TestAliveAtTheEdges(t *testing.T) {
	const r, alpha, a, b = 0.4, 5.0, 0.7, 2.5
	tests := []struct {
		name   string
		family Family
		row    Row
		want   float64
	}{
		{"BG/NBD, no repeat", BGNBD, Row{Age: 30}, 1},
		{"BG/NBD, bought now", BGNBD, Row{Repeats: 3, Recency: 30, Age: 30}, (b + 2) / (a + b + 2)},
		{"MBG/NBD, new", MBGNBD, Row{}, b / (a + b)},
		{"MBG/NBD, bought now", MBGNBD, Row{Repeats: 3, Recency: 30, Age: 30}, (b + 3) / (a + b + 3)},
		{"Pareto/NBD, new", ParetoNBD, Row{}, 1},
		{"Pareto/NBD, bought now", ParetoNBD, Row{Repeats: 3, Recency: 30, Age: 30}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.row.Unit = Day
			got, err := Model{tt.family, Day, [4]float64{r, alpha, a, b}}.Alive(tt.row)
			if err != nil || !near(got, tt.want, 1e-15) {
				t.Errorf("P(alive) %v, error %v, want %v", got, err, tt.want)
			}
		})
	}
}

// Property: by Bayes, the chance of no purchase within t is the likelihood of
// the same history seen t longer, over that of the history.
func TestNoPurchaseIsRatioOfLikelihoods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		ahead := logUniform(t, "t", 0.01, 200)
		longer := r
		longer.Age += ahead
		before := sure(t, first(m.LogLikelihoodOf([]Row{r})), nil)
		after := sure(t, first(m.LogLikelihoodOf([]Row{longer})), nil)
		got := sure(t, first(m.NoPurchase(r, ahead)), nil)
		if want := math.Exp(after - before); math.Abs(got-want) > 1e-10 {
			t.Fatalf("%v %+v: %v, want %v", m, r, got, want)
		}
	})
}

// Property: expected purchases are none at once, never more than those of
// someone who never leaves, rise with time and slow down.
func TestExpectedRisesAndSlowsDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		ahead := logUniform(t, "t", 0.01, 500)
		once, twice := first(m.Expected(r, ahead)), first(m.Expected(r, 2*ahead))
		alive := first(m.Alive(r))
		forever := alive * (m.Params[0] + float64(r.Repeats)) / (m.Params[1] + r.Age) * ahead
		const slack = 1 + 1e-9 // the tolerance of expectations
		switch {
		case first(m.Expected(r, 0)) != 0:
			t.Fatal("purchases in no time")
		case !(once >= 0) || once > forever*slack:
			t.Fatalf("%v purchases, at most %v", once, forever)
		case twice*slack < once || twice > 2*once*slack:
			t.Fatalf("%v purchases, then %v", once, twice)
		}
		later := first(m.AliveIn(r, ahead))
		if later > alive*(1+1e-12) || first(m.AliveIn(r, 0)) != alive {
			t.Fatalf("P(alive) %v, then %v", alive, later)
		}
	})
}

// Property: no answer depends on the unit of time.
func TestUnitsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		ahead := logUniform(t, "t", 0.01, 200)
		days, r2 := m, r
		days.Unit, r2.Unit = Day, Day
		days.Params[1] *= 7
		if m.Family == ParetoNBD {
			days.Params[3] *= 7
		}
		r2.Recency *= 7
		r2.Age *= 7
		rate := Annual(logUniform(t, "rate", 0.03, 1))
		for name, pair := range map[string][2]float64{
			"alive":      {first(m.Alive(r)), first(days.Alive(r2))},
			"expected":   {first(m.Expected(r, ahead)), first(days.Expected(r2, 7*ahead))},
			"discounted": {first(m.Discounted(r, ahead, rate)), first(days.Discounted(r2, 7*ahead, rate))},
			"residual":   {first(m.Residual(r, rate)), first(days.Residual(r2, rate))},
		} {
			if !near(pair[0], pair[1], 1e-9) {
				t.Fatalf("%s: %v in weeks, %v in days", name, pair[0], pair[1])
			}
		}
	})
}

// Property: the probabilities of all counts sum to 1, and their mean is what
// is expected.
func TestProbabilitiesSumToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		for i := range m.Params {
			m.Params[i] = math.Sqrt(m.Params[i]) // 0.14 to 10: few purchases
		}
		m.Params[1] += 1
		ahead := logUniform(t, "t", 0.1, 20)
		sum, mean := 0.0, 0.0
		for n := 0; n < 4000 && (sum < 1-1e-12 || n < 10); n++ {
			p := sure(t, first(m.Probability(n, ahead)), nil)
			sum += p
			mean += float64(n) * p
		}
		if want := first(m.ExpectedNew(ahead)); math.Abs(sum-1) > 1e-9 || !near(mean, want, 1e-7) {
			t.Fatalf("%v, t %v: sum %v, mean %v, want 1, %v", m, ahead, sum, mean, want)
		}
	})
}

// With r = 1 the distribution is geometric. Far below its mean nearly all is
// in the tail, though the chance of the very number is below the least float.
func TestTail(t *testing.T) {
	tests := []struct {
		name   string
		d      negativeBinomial
		n      int
		want   float64
		within float64
	}{
		{"far out", negativeBinomial{1, 1}, 200, math.Pow(0.5, 200), 1e-12},
		{"near", negativeBinomial{1, 3}, 2, 0.5625, 1e-14},
		{"far below the mean", negativeBinomial{2000, 10}, 5, 1, 0},
		{"all", negativeBinomial{1, 3}, 0, 1, 0},
	}
	for _, tt := range tests {
		if got, err := tt.d.tail(tt.n); err != nil || !near(got, tt.want, tt.within) {
			t.Errorf("%s: %v, error %v, want %v", tt.name, got, err, tt.want)
		}
	}
}

// Property: as nobody leaves, all models become the negative binomial one.
func TestNobodyLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, r := anyModel(t), anyRow(t)
		m.Params[2] = 1e-13
		m.Params[3] = math.Max(m.Params[3], 1)
		ahead := logUniform(t, "t", 0.01, 5)
		want := (m.Params[0] + float64(r.Repeats)) / (m.Params[1] + r.Age) * ahead
		if got := first(m.ifAlive(r, ahead)); !near(got, want, 1e-9) {
			t.Fatalf("%v: %v, want %v", m, got, want)
		}
	})
}

// Worked examples for CDNOW: 1.226 is that of Fader and Hardie's note on
// BG/NBD in a spreadsheet, the Pareto/NBD ones are of the BTYD vignette.
func TestPublishedCustomers(t *testing.T) {
	bg, pareto := cdnowModels[0], cdnowModels[2]
	r := Row{Repeats: 26, Recency: 30.86, Age: 31, Unit: Week}
	tests := []struct {
		name            string
		got, want, unit float64
	}{
		{"BG/NBD expected", first(bg.Expected(Row{Repeats: 2, Recency: 30.43, Age: 38.86, Unit: Week}, 39)), 1.226, 0.001},
		{"Pareto/NBD expected", first(pareto.Expected(r, 52)), 25.46, 0.01},
		{"Pareto/NBD alive", first(pareto.Alive(r)), 0.9979, 0.0001},
		{"BG/NBD new", first(bg.ExpectedNew(39)), 1.1967, 0.0001},
	}
	for _, tt := range tests {
		if math.Abs(tt.got-tt.want) > tt.unit/2 {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}
