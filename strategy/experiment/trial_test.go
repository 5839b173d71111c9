package experiment_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy/experiment"
)

func phase(name string, control, treated float64) experiment.Phase {
	return experiment.Phase{Name: name, Arms: []experiment.Weight{{Arm: "control", Weight: control}, {Arm: "treated", Weight: treated}}}
}

func trial(t interface{ Fatal(...any) }, p experiment.Plan) *experiment.Trial {
	got, err := experiment.NewTrial(p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// fill adds customers of an arm, the first hits of whom did it.
func fill(t *testing.T, to *experiment.Trial, phase, arm string, hits, of int) {
	t.Helper()
	for i := range of {
		value := 0.0
		if i < hits {
			value = 1
		}
		if err := to.Add(phase, arm, value); err != nil {
			t.Fatal(err)
		}
	}
}

// Half of all, then nine of ten are treated, and the later customers buy less.
// Put in one pot, treatment looks harmful; phase by phase it changes nothing.
// Sizes that are right in each phase look wrong in the pot.
func TestChangedWeights(t *testing.T) {
	plan := experiment.Plan{Control: "control", Metric: experiment.Share, Phases: []experiment.Phase{phase("spring", 1, 1), phase("summer", 1, 9)}}
	x := trial(t, plan)
	fill(t, x, "spring", "control", 400, 1000)
	fill(t, x, "spring", "treated", 400, 1000)
	fill(t, x, "summer", "control", 40, 200)
	fill(t, x, "summer", "treated", 360, 1800)
	r := x.Report(0.95)
	for _, p := range r.Phases {
		if !p.SRM.OK || p.Arms[0].Effect.Difference.Value != 0 {
			t.Errorf("%+v", p)
		}
	}
	all := r.Arms[0].Effect
	if math.Abs(all.Difference.Value) > 1e-15 || all.Proven() != 0 || all.Control.N != 1200 || all.Treated.N != 2800 {
		t.Errorf("%v", all)
	}
	if diff := cmp.Diff([]string{"spring", "summer"}, r.Arms[0].Phases); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	pot := experiment.CompareRates(rate(440, 1200), rate(760, 2800), 0.95)
	if pot.Proven() != -1 {
		t.Errorf("the pot should mislead: %v", pot)
	}
	if s := experiment.CheckSRM(experiment.ArmSize{N: 1200, Weight: 1}, experiment.ArmSize{N: 2800, Weight: 1}); s.OK {
		t.Errorf("the pot should look wrong: %v", s)
	}
}

func TestPhasesThatDoNotCount(t *testing.T) {
	plan := experiment.Plan{Control: "control", Metric: experiment.Share, Phases: []experiment.Phase{
		phase("lost", 1, 1), phase("good", 1, 1), phase("closed", 0, 1), phase("empty", 1, 1),
	}}
	x := trial(t, plan)
	fill(t, x, "lost", "control", 500, 1000)
	fill(t, x, "lost", "treated", 100, 200)
	fill(t, x, "good", "control", 10, 100)
	fill(t, x, "good", "treated", 20, 100)
	fill(t, x, "closed", "treated", 20, 100)
	fill(t, x, "closed", "control", 5, 100) // who should not be there
	r := x.Report(0.95)
	if diff := cmp.Diff([]string{"good"}, r.Arms[0].Phases); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(experiment.CompareRates(rate(10, 100), rate(20, 100), 0.95), r.Arms[0].Effect); diff != "" {
		t.Errorf("of one phase (-want +got)\n%s", diff)
	}
	if got := r.Phases[2].Arms[0].Effect.Reason; got != experiment.NoSupport {
		t.Errorf("without control: %v", got)
	}
	if got := r.Phases[2].SRM; got.OK || got.Stray != 100 {
		t.Errorf("strays in control: %+v", got)
	}

	plan.Phases = plan.Phases[:1]
	x = trial(t, plan)
	fill(t, x, "lost", "control", 500, 1000)
	fill(t, x, "lost", "treated", 100, 200)
	if r := x.Report(0.95); r.Arms[0].Effect.Reason != experiment.Mismatched || r.Arms[0].Effect.Difference != nil {
		t.Errorf("%+v", r.Arms[0])
	}
}

// Over phases the result is that of Mantel and Haenszel's weights, worked out
// here by hand: 100·100/200 = 50 and 100·300/400 = 75 for differences of 1 and 2.
func TestPhasesTogether(t *testing.T) {
	plan := experiment.Plan{Control: "control", Phases: []experiment.Phase{phase("a", 1, 1), phase("b", 1, 3)}}
	x := trial(t, plan)
	add := func(phase, arm string, n int, mean float64) {
		for i := range n {
			if err := x.Add(phase, arm, mean+float64(i%2*2-1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	add("a", "control", 100, 10)
	add("a", "treated", 100, 11)
	add("b", "control", 100, 20)
	add("b", "treated", 300, 22)
	e := x.Report(0.95).Arms[0].Effect
	near(t, "difference", e.Difference.Value, (50*1+75*2)/125.0, 1e-12)
	v := func(n float64) float64 { return n / (n - 1) / n } // the variance of a mean of values ±1
	near(t, "standard error", e.Difference.SE, math.Sqrt(0.16*(v(100)+v(100))+0.36*(v(100)+v(300))), 1e-12)
	near(t, "control", e.Control.Mean, 0.4*10+0.6*20, 1e-12)
	near(t, "lift", e.Lift.Value, e.Difference.Value/16, 1e-12)
}

// Property: a trial in parts, in any order, gives the bytes of one pass.
func TestTrialInAnyOrderAndSplit(t *testing.T) {
	plan := experiment.Plan{Control: "control", Phases: []experiment.Phase{phase("a", 1, 1), phase("b", 1, 3)}}
	type row struct {
		Phase, Arm string
		Value      float64
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) row {
			return row{
				rapid.SampledFrom([]string{"a", "b"}).Draw(t, "phase"), rapid.SampledFrom([]string{"control", "treated"}).Draw(t, "arm"),
				rapid.Float64Range(-9, 9).Draw(t, "value"),
			}
		})).Draw(t, "rows")
		add := func(rows []row) *experiment.Trial {
			x := trial(t, plan)
			for _, r := range rows {
				if err := x.Add(r.Phase, r.Arm, r.Value); err != nil {
					t.Fatal(err)
				}
			}
			return x
		}
		whole := add(rows)
		mixed := rapid.Permutation(rows).Draw(t, "mixed")
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		parts := add(mixed[:cut])
		if err := parts.Merge(add(mixed[cut:])); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, parts), marshal(t, whole)) {
			t.Fatal("parts differ from one pass")
		}
		back := trial(t, plan)
		if err := back.UnmarshalBinary(marshal(t, whole)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole.Report(0.95), back.Report(0.95)); diff != "" {
			t.Fatalf("read back (-want +got)\n%s", diff)
		}
	})
}

func TestPlanFaults(t *testing.T) {
	_, err := experiment.NewTrial(experiment.Plan{Control: "nobody", Metric: 7, Phases: []experiment.Phase{
		phase("a", 1, math.NaN()), phase("a", -1, 1), {Name: "b", Arms: []experiment.Weight{{Arm: "x", Weight: 1}, {Arm: "x", Weight: 1}, {Weight: 1}}},
	}})
	const want = `experiment: plan: metric: Metric(7): want mean or share
phases[0].arms[1].weight: NaN: want 0 or more
phases[1].name: "a" is the name of another phase
phases[1].arms[0].weight: -1: want 0 or more
phases[2].arms[1].arm: "x" stands here already
phases[2].arms[2].arm: missing
control: "nobody" is an arm of no phase`
	if err == nil {
		t.Fatal("no fault")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := experiment.NewTrial(experiment.Plan{}); err == nil {
		t.Error("a plan without phases")
	}
}

func TestTrialRefuses(t *testing.T) {
	plan := experiment.Plan{Control: "control", Metric: experiment.Share, Phases: []experiment.Phase{phase("a", 1, 1)}}
	x := trial(t, plan)
	fill(t, x, "a", "control", 1, 2)
	before := marshal(t, x)
	for _, row := range []struct {
		phase, arm string
		value      float64
	}{{"b", "control", 1}, {"a", "nobody", 1}, {"a", "control", 2}, {"a", "control", math.NaN()}} {
		if x.Add(row.phase, row.arm, row.value) == nil {
			t.Errorf("%v is taken", row)
		}
	}
	other := plan
	other.Phases = []experiment.Phase{phase("a", 1, 2)}
	if x.Merge(trial(t, other)) == nil || trial(t, other).UnmarshalBinary(before) == nil {
		t.Error("another plan is taken")
	}
	other = plan
	other.Metric = experiment.Mean
	if trial(t, other).UnmarshalBinary(before) == nil {
		t.Error("another metric is taken")
	}
	if !bytes.Equal(before, marshal(t, x)) {
		t.Error("what was refused changed something")
	}
	if e := x.Report(7).Arms[0].Effect; e.Difference != nil {
		t.Errorf("a level of 7: %v", e)
	}
}

// Intervals over three phases hold in 95 of 100, within chance.
func TestCoverageOverPhases(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	plan := experiment.Plan{Control: "control", Phases: []experiment.Phase{phase("a", 1, 1), phase("b", 1, 4), phase("c", 1, 2)}}
	held := 0
	const runs = 200
	for range runs {
		x := trial(t, plan)
		for i, p := range plan.Phases {
			for _, arm := range p.Arms {
				for range int(20 * arm.Weight) {
					value := float64(3*i) + 2*rng.NormFloat64()
					if arm.Arm == "treated" {
						value += 0.5
					}
					_ = x.Add(p.Name, arm.Arm, value)
				}
			}
		}
		if x.Report(0.95).Arms[0].Effect.Difference.Holds(0.5) {
			held++
		}
	}
	if held < 181 || held > 199 { // 190 less and plus three standard deviations
		t.Errorf("%d of %d hold", held, runs)
	}
}
