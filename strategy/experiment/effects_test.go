package experiment_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

func TestEffectRows(t *testing.T) {
	l := new(experiment.Log)
	crowd(t, l, 0, 200, 60, 40)
	alone := touched("lonely", "zoe", day(0))
	alone.Labels = []string{"parity=none"}
	if err := l.AddAssignment(alone); err != nil {
		t.Fatal(err)
	}
	a := attribute(t, l, rules)
	shares := map[string]experiment.Metric{"order": experiment.Share}
	table, err := a.Effects(experiment.EffectRules{Metrics: shares})
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		label            string
		treated, control experiment.Rate
	}{
		{"", rate(60, 201), rate(40, 200)},
		{"everybody=yes", rate(60, 200), rate(40, 200)},
		{"parity=0", rate(30, 100), rate(20, 100)},
		{"parity=1", rate(30, 100), rate(20, 100)},
		{"parity=none", rate(0, 1), rate(0, 0)},
	}
	if len(table.Rows) != len(want) {
		t.Fatalf("%d rows", len(table.Rows))
	}
	for i, w := range want {
		got := table.Rows[i]
		if got.Operation != "gift" || got.Label != w.label {
			t.Errorf("row %d is %q, %q", i, got.Operation, got.Label)
		}
		if diff := cmp.Diff(experiment.CompareRates(w.control, w.treated, 0.95), got.Effect); diff != "" {
			t.Errorf("%q (-want +got)\n%s", w.label, diff)
		}
	}
	if last := table.Rows[4]; last.Effect.Reason != experiment.NoSupport || last.Shrunk != nil {
		t.Errorf("%+v", last)
	}
	// The same in all labels of a key: nothing tells them apart.
	for _, row := range table.Rows[2:4] {
		near(t, "shrunk", row.Shrunk.Value, 0.1, 1e-12)
		if row.Shrunk.SE >= row.Effect.Difference.SE {
			t.Errorf("%v is no surer than %v", row.Shrunk, row.Effect)
		}
	}

	effects := table.Strategy()
	if last := effects.Rows[4]; !last.NoSupport || last.Estimate != 0 || last.Treated != 1 || last.Control != 0 {
		t.Errorf("%+v", last)
	}
	first, err := json.Marshal(effects.Rows[1])
	if err != nil {
		t.Fatal(err)
	}
	const bytes = `{"operation":"gift","label":"everybody=yes","estimate":0.09999999999999998,`
	if string(first[:len(bytes)]) != bytes {
		t.Errorf("got %s", first)
	}

	only, err := a.Effects(experiment.EffectRules{Metrics: shares, Keys: []string{"everybody"}, Least: 201})
	if err != nil {
		t.Fatal(err)
	}
	if len(only.Rows) != 2 || only.Rows[1].Effect.Reason != experiment.NotEnough || only.Rows[1].Shrunk != nil {
		t.Errorf("%+v", only.Rows)
	}
	if _, err := a.Effects(experiment.EffectRules{Level: 1}); err == nil {
		t.Error("a level of 1")
	}
}

// Where everybody comes once and weighs the same, a row is [CompareMeans].
func TestEffectOfMeans(t *testing.T) {
	l := new(experiment.Log)
	var control, treated experiment.Moments
	for i, value := range []float64{3, 0, 7, 5, 4, 8, 1, 9, 2} {
		customer := fmt.Sprint(i)
		a, of := touched("d"+customer, customer, day(0)), &treated
		if i%2 == 0 {
			a.Withheld, of = true, &control
		}
		o := order("o"+customer, customer, day(1))
		o.Value = value
		if l.AddAssignment(a) != nil || l.AddOutcome(o) != nil || of.Add(value) != nil {
			t.Fatal("refused")
		}
	}
	table, err := attribute(t, l, rules).Effects(experiment.EffectRules{})
	if err != nil {
		t.Fatal(err)
	}
	want, got := experiment.CompareMeans(control.Sample(), treated.Sample(), 0.95), table.Rows[0].Effect
	near(t, "difference", got.Difference.Value, want.Difference.Value, 1e-13)
	near(t, "standard error", got.Difference.SE, want.Difference.SE, 1e-13)
	near(t, "low", got.Difference.Low, want.Difference.Low, 1e-12)
	near(t, "p", *got.P, *want.P, 1e-12)
}

// Of two thirds of the customers an operation was drawn with chance 0.9, of the
// others, who buy more, with 0.1. Weights undo the draw: the effect is that over
// all customers, 2/3·1 + 1/3·4.
func TestEffectsOfExploration(t *testing.T) {
	l := new(experiment.Log)
	add := func(kind string, chance, base, effect float64, drawn int) {
		for i := range 2 * drawn {
			customer := fmt.Sprint(kind, i)
			a := touched("d"+customer, customer, day(0))
			a.Withheld, a.Chance = i%2 == 1, chance
			o := order("o"+customer, customer, day(1))
			o.Value = base
			if !a.Withheld {
				o.Value += effect
			}
			if err := l.AddAssignment(a); err != nil {
				t.Fatal(err)
			}
			if err := l.AddOutcome(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("many", 0.9, 1, 1, 180)
	add("rich", 0.1, 50, 4, 10)
	table, err := attribute(t, l, rules).Effects(experiment.EffectRules{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "effect", table.Rows[0].Effect.Difference.Value, 2, 1e-12)
}

// Whoever comes in several phases counts as one person: twice the same says
// nothing new.
func TestEffectsCountPeople(t *testing.T) {
	one, two := new(experiment.Log), new(experiment.Log)
	crowd(t, one, 0, 100, 30, 20)
	crowd(t, two, 0, 100, 30, 20)
	for i := range 100 {
		for _, group := range []string{"t", "w"} {
			customer := fmt.Sprintf("%s0.%d", group, i)
			a := touched("again"+customer, customer, day(20))
			a.Withheld, a.Phase = group == "w", 1
			if err := two.AddAssignment(a); err != nil {
				t.Fatal(err)
			}
			if i < 30 && group == "t" || i < 20 {
				_ = two.AddOutcome(order("again"+customer, customer, day(21)))
			}
		}
	}
	measure := func(l *experiment.Log) experiment.Effect {
		table, err := attribute(t, l, rules).Effects(experiment.EffectRules{})
		if err != nil {
			t.Fatal(err)
		}
		return table.Rows[0].Effect
	}
	if diff := cmp.Diff(measure(one), measure(two)); diff != "" {
		t.Errorf("(-once +twice)\n%s", diff)
	}
}

// shop is a shop in which the effects of operations on stages are known, and most
// orders are of customers who would order anyway.
type shop struct {
	operations []string
	stages     []string
	base       []float64   // by stage
	effect     [][]float64 // by operation, stage
}

func newShop(rng *rand.Rand) shop {
	s := shop{operations: []string{"coupon", "gift"}, stages: []string{"active", "churned", "new", "returned", "silent"}, base: []float64{0.5, 0.05, 0.2, 0.35, 0.1}}
	for range s.operations {
		mean := 0.08 + 0.04*rng.Float64()
		var row []float64
		for _, base := range s.base {
			row = append(row, min(0.3, max(0, mean-0.15*(base-0.2)+0.03*rng.NormFloat64())))
		}
		s.effect = append(s.effect, row)
	}
	return s
}

// run gives every operation to half of n customers of each stage, and returns
// what the log says of it.
func (s shop) run(t *testing.T, rng *rand.Rand, n int) map[[2]string]experiment.EffectRow {
	t.Helper()
	l := new(experiment.Log)
	for i, operation := range s.operations {
		for j, stage := range s.stages {
			for k := range n {
				customer := fmt.Sprint(i, ".", j, ".", k)
				a := touched(customer, customer, day(0))
				a.Operation, a.Labels, a.Withheld = operation, []string{"stage=" + stage}, rng.IntN(2) == 0
				if err := l.AddAssignment(a); err != nil {
					t.Fatal(err)
				}
				p := s.base[j]
				if !a.Withheld {
					p += s.effect[i][j]
				}
				if rng.Float64() < p {
					if err := l.AddOutcome(order(customer, customer, day(1))); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	table, err := attribute(t, l, rules).Effects(experiment.EffectRules{Metrics: map[string]experiment.Metric{"order": experiment.Share}})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[[2]string]experiment.EffectRow{}
	for _, row := range table.Rows {
		rows[[2]string{row.Operation, row.Label}] = row
	}
	return rows
}

// spend allocates a budget over forty customers of each stage by what value says
// of an operation for a stage, and returns the effect that this truly has.
func (s shop) spend(t *testing.T, value func(operation, stage int) float64) float64 {
	t.Helper()
	const each = 40
	costs := []strategy.Micros{2 * strategy.One, strategy.One}
	allocation, err := strategy.Allocate(strategy.Market{
		Customers: each * len(s.stages),
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			for i := range s.operations {
				micros, _ := strategy.MicrosOf(value(i, customer/each))
				buffer = append(buffer, strategy.Offer{Value: micros, Cost: strategy.Costs{costs[i]}})
			}
			return buffer
		},
		Budgets: []strategy.Micros{120 * strategy.One},
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for customer := range each * len(s.stages) {
		if i, ok := allocation.Offer(customer); ok {
			sum += s.effect[i][customer/each]
		}
	}
	return sum
}

// Over 200 seeds: 95 of 100 intervals hold what is true, what is shrunk is closer
// to it, and a budget that goes by effects changes more than one that goes by how
// many respond, which buys what would have come anyway.
func TestEffectsOverSeeds(t *testing.T) {
	held, cells := 0, 0
	errorRaw, errorShrunk := 0.0, 0.0
	byRaw, byShrunk, byResponse, byTruth := 0.0, 0.0, 0.0, 0.0
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 9))
		s := newShop(rng)
		rows := s.run(t, rng, 90)
		row := func(i, j int) experiment.EffectRow { return rows[[2]string{s.operations[i], "stage=" + s.stages[j]}] }
		for i := range s.operations {
			for j := range s.stages {
				r, truth := row(i, j), s.effect[i][j]
				if r.Effect.Difference.Holds(truth) {
					held++
				}
				cells++
				errorRaw += math.Pow(r.Effect.Difference.Value-truth, 2)
				errorShrunk += math.Pow(r.Shrunk.Value-truth, 2)
			}
		}
		byRaw += s.spend(t, func(i, j int) float64 { return row(i, j).Effect.Difference.Value })
		byShrunk += s.spend(t, func(i, j int) float64 { return row(i, j).Shrunk.Value })
		byResponse += s.spend(t, func(i, j int) float64 { return row(i, j).Effect.Treated.Mean })
		byTruth += s.spend(t, func(i, j int) float64 { return s.effect[i][j] })
	}
	coverage := float64(held) / float64(cells)
	errorRaw, errorShrunk = math.Sqrt(errorRaw/float64(cells)), math.Sqrt(errorShrunk/float64(cells))
	t.Logf("coverage %.4f of %d; error %.4f, shrunk %.4f; true value by response %.0f, by effect %.0f, shrunk %.0f, by the truth %.0f",
		coverage, cells, errorRaw, errorShrunk, byResponse, byRaw, byShrunk, byTruth)
	if math.Abs(coverage-0.95) > 0.012 { // three standard deviations of 3000 cells
		t.Errorf("%v of the intervals hold", coverage)
	}
	if errorShrunk > 0.8*errorRaw {
		t.Errorf("an error of %v, shrunk %v", errorRaw, errorShrunk)
	}
	if byShrunk < 1.1*byResponse || byShrunk < byRaw {
		t.Errorf("true value by response %v, by effect %v, shrunk %v", byResponse, byRaw, byShrunk)
	}
}
