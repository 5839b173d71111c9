package experiment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// crowd adds n customers a group; the first hits of each order on day 1.
func crowd(t *testing.T, l *experiment.Log, phase int, n, treatedHits, withheldHits int) {
	t.Helper()
	for i := range n {
		for _, group := range []struct {
			name     string
			withheld bool
			hits     int
		}{{"t", false, treatedHits}, {"w", true, withheldHits}} {
			customer := fmt.Sprintf("%s%d.%d", group.name, phase, i)
			a := touched("d"+customer, customer, day(0))
			a.Withheld, a.Phase = group.withheld, phase
			a.Labels = []string{fmt.Sprintf("parity=%d", i%2), "everybody=yes"}
			if err := l.AddAssignment(a); err != nil {
				t.Fatal(err)
			}
			if i < group.hits {
				if err := l.AddOutcome(order("o"+customer, customer, day(1))); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

var orders = experiment.Question{Objective: "order", Metric: experiment.Share}

func TestLift(t *testing.T) {
	l := new(experiment.Log)
	crowd(t, l, 0, 200, 60, 40)
	a := attribute(t, l, rules)
	lift := a.Lift(orders, 0.95)
	if diff := cmp.Diff(experiment.CompareRates(rate(40, 200), rate(60, 200), 0.95), lift.Effect); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !lift.SRM.OK || *lift.SRM.P != 1 || len(lift.Phases) != 1 || lift.Phases[0].Phase != "0" {
		t.Errorf("%+v", lift)
	}
	money := a.Lift(experiment.Question{Objective: "order", Operations: []string{"gift"}}, 0.95)
	near(t, "mean", money.Effect.Difference.Value, 10*0.1, 1e-12)
	for _, q := range []experiment.Question{{Objective: "answer"}, {Objective: "order", Operations: []string{"survey"}}, {}} {
		if got := a.Lift(q, 0.95); got.Effect.Reason != experiment.NoSupport || got.SRM.Reason != experiment.NoSupport || got.SRM.OK {
			t.Errorf("%+v: %+v", q, got)
		}
	}
	if got := a.Lift(orders, 2); got.Effect.Difference != nil {
		t.Errorf("level 2: %+v", got)
	}
}

// Who was treated is capped and gets one gift; from who was not, it is withheld
// every week. If each week counted, the control group would have more time to
// order in.
func TestOnlyTheFirstCounts(t *testing.T) {
	l := new(experiment.Log)
	crowd(t, l, 0, 100, 20, 20)
	for i := range 100 {
		customer := fmt.Sprintf("w0.%d", i)
		if err := l.AddAssignment(withheld("later"+customer, customer, day(10))); err != nil {
			t.Fatal(err)
		}
		if i >= 20 && i < 60 {
			if err := l.AddOutcome(order("later"+customer, customer, day(11))); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := attribute(t, l, rules)
	if d := a.Lift(orders, 0.95).Effect.Difference.Value; d != 0 {
		t.Errorf("a difference of %v, want 0", d)
	}
	if c := a.Counts(); c.Credited != 80 {
		t.Errorf("%d credited, want all 80", c.Credited)
	}
}

// The window of a lift ends as that of a credit does.
func TestLiftWindow(t *testing.T) {
	for _, test := range []struct {
		at   time.Time
		want float64
	}{{day(0).Add(-time.Microsecond), 0}, {day(0), 10}, {day(7).Add(-time.Microsecond), 10}, {day(7), 0}} {
		l := logOf(t, touched("d1", "ann", day(0)), withheld("d2", "bob", day(0)), order("o1", "ann", test.at))
		if got := attribute(t, l, rules).Lift(experiment.Question{Objective: "order"}, 0.95).Phases[0].Arms[0].Effect.Treated.Mean; got != test.want {
			t.Errorf("at %v: %v, want %v", test.at, got, test.want)
		}
	}
}

// An outcome in the windows of two phases is of the later.
func TestOneOutcomeOnePhase(t *testing.T) {
	second := touched("d2", "ann", day(2))
	second.Phase = 1
	l := logOf(t, touched("d1", "ann", day(0)), second, order("o1", "ann", day(3)), withheld("d3", "bob", day(0)))
	lift := attribute(t, l, rules).Lift(experiment.Question{Objective: "order"}, 0.95)
	var means []float64
	for _, p := range lift.Phases {
		means = append(means, p.Arms[0].Effect.Treated.Mean)
	}
	if diff := cmp.Diff([]float64{0, 10}, means); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLiftLeavesOut(t *testing.T) {
	always := touched("d4", "dan", day(0))
	always.Share = 0
	l := logOf(t,
		touched("d1", "ann", day(0)), withheld("d2", "bob", day(0)), touched("d3", "cat", day(95)), always,
		touched("d5", "eve", day(0)), withheld("d6", "eva", day(0)), [2]string{"eva", "eve"},
	)
	got := attribute(t, l, rules).Lift(orders, 0.95)
	if got.Unripe != 1 || got.NoControl != 1 || got.Effect.Control.N != 1 || got.Effect.Treated.N != 1 {
		t.Errorf("%+v", got)
	}
	// At the last microsecond of the window it is ripe, and not before.
	ripe := logOf(t, touched("d1", "ann", day(0)), withheld("d2", "bob", day(0)))
	for _, test := range []struct {
		asOf time.Time
		want int64
	}{{day(7), 0}, {day(7).Add(-time.Microsecond), 2}} {
		r := experiment.Rules{Window: regulars.Days(7), AsOf: test.asOf}
		if got := attribute(t, ripe, r).Lift(orders, 0.95).Unripe; got != test.want {
			t.Errorf("as of %v: %d unripe, want %d", test.asOf, got, test.want)
		}
	}
}

// Half of the early and a tenth of the late customers are held out, in one phase;
// the late buy less.
func TestSharesOfOnePhaseAreStrata(t *testing.T) {
	l := new(experiment.Log)
	add := func(kind string, held bool, share float64, hits, of int) {
		for i := range of {
			customer := fmt.Sprint(kind, held, i)
			a := touched("d"+customer, customer, day(0))
			a.Withheld, a.Share = held, share
			if err := l.AddAssignment(a); err != nil {
				t.Fatal(err)
			}
			if i < hits {
				_ = l.AddOutcome(order("o"+customer, customer, day(1)))
			}
		}
	}
	add("early", true, 0.5, 50, 100)
	add("early", false, 0.5, 50, 100)
	add("late", true, 0.1, 2, 20)
	add("late", false, 0.1, 18, 180)
	a := attribute(t, l, rules)
	got := a.Lift(orders, 0.95)
	if d := got.Effect.Difference; d.Value > 1e-12 || d.Value < -1e-12 || !got.SRM.OK || len(got.Phases) != 2 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"0, 0.1 withheld", "0, 0.5 withheld"}, []string{got.Phases[0].Phase, got.Phases[1].Phase}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// The weights of Effects put them together as well.
	effects, err := a.Effects(experiment.EffectRules{})
	if err != nil {
		t.Fatal(err)
	}
	if d := effects.Rows[0].Effect.Difference; d.Value > 1e-12 || d.Value < -1e-12 {
		t.Errorf("%v", d)
	}
}
