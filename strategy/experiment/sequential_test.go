package experiment_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy/experiment"
)

// P15. Property: the p-value of looks never rises, and what was proven stays
// proven.
func TestLooksNeverTakeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := experiment.Looks{Sequential: experiment.Sequential{Tuned: rapid.SampledFrom([]float64{0, 200}).Draw(t, "tuned")}}
		p, proven := 1.0, false
		for i := range rapid.IntRange(1, 20).Draw(t, "looks") {
			e := experiment.CompareMeans(drawSample(t, "control"), drawSample(t, "treated"), 0.95)
			now := l.Look(e)
			if *l.P > p || proven && !now || l.Count != i+1 || now != (*l.P <= 0.05) {
				t.Fatalf("p %v after %v, proven %v after %v", *l.P, p, now, proven)
			}
			p, proven = *l.P, now
		}
		var back experiment.Looks
		data, err := json.Marshal(l)
		if err != nil || json.Unmarshal(data, &back) != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, back); diff != "" {
			t.Fatalf("read back (-want +got)\n%s", diff)
		}
	})
}

// Of experiments in which nothing changes, looked at twenty times, a test made
// for one look is fooled in about one of five, and looks in at most one of
// twenty.
func TestLooksAreNotFooled(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	fooled, fooledOnce := 0, 0
	const runs = 60
	for range runs {
		var control, treated experiment.Moments
		var l experiment.Looks
		once := false
		for range 20 {
			for range 20 {
				_ = control.Add(rng.NormFloat64())
				_ = treated.Add(rng.NormFloat64())
			}
			e := experiment.CompareMeans(control.Sample(), treated.Sample(), 0.95)
			once = once || e.Proven() != 0
			l.Look(e)
		}
		if once {
			fooledOnce++
		}
		if l.Proven() {
			fooled++
		}
	}
	if fooled > runs/20 || fooledOnce < runs/8 {
		t.Errorf("fooled %d of %d, a test made for one look %d", fooled, runs, fooledOnce)
	}
}

// A look is wider than a test made for one look, and leaves the value alone.
func TestEffectOfALook(t *testing.T) {
	e := experiment.CompareRates(rate(1000, 10_000), rate(1200, 10_000), 0.95)
	got := experiment.Sequential{}.Effect(e)
	if *got.P <= *e.P || got.Difference.Low >= e.Difference.Low || got.Lift.High <= e.Lift.High || got.Difference.Value != e.Difference.Value || got.Lift.Value != e.Lift.Value {
		t.Errorf("%v, as a look %v", e, got)
	}
	if e.Difference.Low == got.Difference.Low {
		t.Error("the effect that was passed in has changed")
	}
	none := experiment.CompareRates(rate(0, 10), rate(0, 10), 0.95)
	if diff := cmp.Diff(none, (experiment.Sequential{}).Effect(none)); diff != "" {
		t.Errorf("without a test (-want +got)\n%s", diff)
	}
	if got := (experiment.Sequential{Level: 2}).Effect(e); got.Reason != experiment.Invalid || got.Difference != nil || got.P != nil {
		t.Errorf("level 2: %+v", got)
	}
}

func TestLooksWithoutAResult(t *testing.T) {
	var l experiment.Looks
	if l.Look(experiment.CompareMeans(experiment.Sample{}, experiment.Sample{}, 0.95)) || l.Count != 0 || l.P != nil {
		t.Errorf("%+v", l)
	}
	for _, s := range []experiment.Sequential{{Level: 1}, {Level: -1}, {Tuned: -1}, {Tuned: math.Inf(1)}, {Tau: -1}, {Tau: math.NaN()}, {Tuned: 9, Tau: 1}} {
		if s.Validate() == nil {
			t.Errorf("%+v is valid", s)
		}
		if _, _, ok := s.Look(1, 1, 10); ok {
			t.Errorf("%+v looks", s)
		}
	}
	var s experiment.Sequential
	for _, args := range [][2]float64{{math.NaN(), 1}, {1, 0}, {1, -1}, {math.Inf(1), 1}, {1, math.NaN()}} {
		if _, _, ok := s.Look(args[0], args[1], 10); ok {
			t.Errorf("a look at %v", args)
		}
	}
	if _, _, ok := s.Look(1, 1, 0); ok {
		t.Error("a look at nobody")
	}
	if _, _, ok := (experiment.Sequential{Tau: 1}).AtLeast(1, 1, 10); ok {
		t.Error("a one-sided bound with tau")
	}
}

func TestDesignRefuses(t *testing.T) {
	size := experiment.Size{Control: 50, Treated: 50}
	for _, d := range []experiment.Design{
		{},
		{Baseline: 0.5},
		{Baseline: 0.9, Effect: 0.2},
		{Baseline: 0.1, Effect: -0.2},
		{Baseline: -0.1, Effect: 0.2},
		{Baseline: math.NaN(), Effect: 1},
		{Baseline: 0.5, Effect: 0.1, Control: 1},
		{Baseline: 0.5, Effect: 0.1, Alpha: 2},
		{Baseline: 0.5, Effect: 0.1, Power: -1},
		{Effect: 1, Deviation: -1},
		{Effect: 1, Deviation: math.Inf(1)},
		{Effect: math.Inf(1), Deviation: 1},
	} {
		if _, err := d.Size(); err == nil {
			t.Errorf("a size of %+v", d)
		}
		if _, err := d.Chance(size); err == nil {
			t.Errorf("a chance of %+v", d)
		}
	}
	good := experiment.Design{Baseline: 0.5, Effect: 0.1}
	for _, size := range []experiment.Size{{}, {Control: 1}, {Treated: 1}, {Control: -1, Treated: 5}} {
		if _, err := good.Chance(size); err == nil {
			t.Errorf("a chance with %+v", size)
		}
		if _, err := good.Detectable(size); err == nil {
			t.Errorf("something detectable with %+v", size)
		}
	}
	if _, err := (experiment.Design{Baseline: 0}).Detectable(size); err == nil {
		t.Error("something detectable without variance")
	}
	if _, err := (experiment.Design{Effect: 1e-9, Deviation: 1}).Size(); err == nil {
		t.Error("more customers than there can be")
	}
}

// What a design can detect takes just so many customers to find.
func TestDetectableTakesItsSize(t *testing.T) {
	size := experiment.Size{Control: 4000, Treated: 12000}
	d := experiment.Design{Deviation: 2, Control: 0.25}
	least, err := d.Detectable(size)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "least", least, (1.959963984540054+0.8416212335729143)*2*math.Sqrt(1.0/4000+1.0/12000), 1e-12)
	d.Effect = least
	if n, err := d.Customers(); err != nil || math.Abs(n/16000-1) > 1e-3 {
		t.Errorf("%v customers, %v", n, err)
	}
}

// Property: the size of a design finds its effect, and one customer fewer on
// each side does not, but for rounding.
func TestDesignFindsWhatItIsFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := experiment.Design{
			Baseline: rapid.Float64Range(0.01, 0.5).Draw(t, "baseline"),
			Effect:   rapid.Float64Range(0.01, 0.4).Draw(t, "effect"),
			Control:  rapid.Float64Range(0.05, 0.5).Draw(t, "control"),
		}
		if rapid.IntRange(0, 5).Draw(t, "a mean") == 3 {
			d.Deviation = rapid.Float64Range(0.1, 3).Draw(t, "deviation")
		}
		size, err := d.Size()
		if err != nil {
			t.Skip("more power than the smallest sizes lack")
		}
		chance, err := d.Chance(size)
		if err != nil || chance < 0.8-1e-9 {
			t.Fatalf("%+v: %v, %v", size, chance, err)
		}
		if size.Control > 20 && size.Treated > 20 {
			less, _ := d.Chance(experiment.Size{Control: size.Control - 1, Treated: size.Treated - 1})
			if less >= 0.8 {
				t.Fatalf("%+v is not the least: %v", size, less)
			}
		}
	})
}
