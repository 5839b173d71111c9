package experiment_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// heldOut is the spring playbook with a fifth of the customers held out of all
// marketing, and a tenth of the gift.
func heldOut() strategy.Playbook {
	p := spring()
	p.Operations[0].Priority = 9
	p.Holdouts = []strategy.Holdout{
		{Name: "all", Salt: "all 2026", Share: strategy.One / 5},
		{Name: "gifts", Salt: "gifts 2026", Share: strategy.One / 10, Operation: "gift"},
	}
	return p
}

func assigner(t *testing.T, p strategy.Playbook) (*strategy.Policy, *experiment.Assigner) {
	t.Helper()
	policy, err := strategy.NewPolicy(p)
	if err != nil {
		t.Fatal(err)
	}
	a, err := experiment.NewAssigner(strategy.Host{}, p)
	if err != nil {
		t.Fatal(err)
	}
	return policy, a
}

func record(t *testing.T, policy *strategy.Policy, id string, labels ...string) strategy.Record {
	t.Helper()
	r, err := policy.Record(strategy.Case{Customer: strategy.Customer{ID: id, Labels: labels}, Now: day(0)})
	if err != nil {
		t.Fatal(err)
	}
	r.Phase = 3
	return r
}

// Whoever is held out has the assignment that they would have had.
func TestAssign(t *testing.T) {
	policy, assign := assigner(t, heldOut())
	all := heldOut().Holdouts[0]
	counts := map[string]int{}
	for i := range 1000 {
		id := fmt.Sprint("customer ", i)
		r := record(t, policy, id, "stage=silent")
		x, ok, err := assign.Assign(r)
		if err != nil || !ok {
			t.Fatalf("%v, %v", ok, err)
		}
		want := experiment.Assignment{
			Decision: experiment.DecisionName(r), Customer: id, At: day(0), Operation: "gift", Objective: "order",
			Withheld: policy.Withheld(id, "gift"), Share: x.Share, Chance: 1, Phase: 3, Labels: []string{"stage=silent"},
		}
		if diff := cmp.Diff(want, x); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		near(t, "share withheld", x.Share, 1-0.8*0.9, 1e-15)
		switch {
		case !x.Withheld:
			counts["gift"]++
		case all.In(id):
			counts["nothing"]++
		default:
			counts["survey instead"]++
		}
		if x.Withheld == (r.Decision.Chosen == "gift") {
			t.Fatalf("%+v of %v", x, r.Decision)
		}
	}
	for what, share := range map[string]float64{"gift": 0.72, "nothing": 0.2, "survey instead": 0.08} {
		if got := float64(counts[what]) / 1000; math.Abs(got-share) > 0.04 {
			t.Errorf("%s: %v of the customers, want about %v", what, got, share)
		}
	}

	if x, ok, err := assign.Assign(record(t, policy, "somebody new")); err != nil || !ok || x.Operation != "survey" || x.Share != 0.2 {
		t.Errorf("%+v, %v, %v", x, ok, err)
	}
	other, _ := assigner(t, spring())
	if _, _, err := assign.Assign(record(t, other, "ann")); !errors.Is(err, strategy.ErrOtherPolicy) {
		t.Errorf("a record of another policy: %v", err)
	}
	if _, err := experiment.NewAssigner(strategy.Host{}, strategy.Playbook{}); err == nil {
		t.Error("a playbook that is not valid")
	}
}

// Where exploration draws from what is left by a holdout of one operation, what it
// draws may be another: then nothing can be compared.
func TestAssignOtherDraw(t *testing.T) {
	p := explores(strategy.One, strategy.One)
	p.Operations = append(p.Operations, strategy.Operation{Name: "third", Objective: "order", Channel: "sms", Value: strategy.One})
	p.Holdouts = []strategy.Holdout{{Name: "h", Salt: "h", Share: strategy.One / 2, Operation: "third"}}
	policy, assign := assigner(t, p)
	left := 0
	for i := range 300 {
		r := record(t, policy, fmt.Sprint(i))
		x, ok, err := assign.Assign(r)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case !ok:
			left++
		case x.Withheld != (x.Operation == "third" && policy.Withheld(x.Customer, "third")), !x.Withheld && r.Decision.Chosen != x.Operation:
			t.Errorf("%+v of %v", x, r.Decision)
		case math.Abs(x.Chance-1.0/3) > 1e-6 && math.Abs(x.Chance-1.0/2) > 1e-6:
			t.Errorf("a chance of %v", x.Chance)
		}
	}
	if left == 0 || left > 100 {
		t.Errorf("%d can't be compared", left)
	}
}

// Nothing is at stake for whom nothing is there, and what is not marketing is
// never withheld.
func TestNothingAtStake(t *testing.T) {
	p := heldOut()
	p.Fallback = nil
	p.Operations = p.Operations[:1]
	p.Operations = append(p.Operations, strategy.Operation{Name: "receipt", Objective: "know", Channel: "email", Class: strategy.Transactional, Audience: strategy.Audience{AllOf: []string{"order=new"}}})
	policy, assign := assigner(t, p)
	for i := range 50 {
		id := fmt.Sprint(i)
		if x, ok, err := assign.Assign(record(t, policy, id)); ok || err != nil {
			t.Errorf("%+v, %v", x, err)
		}
		x, ok, err := assign.Assign(record(t, policy, id, "order=new"))
		if !ok || err != nil || x.Operation != "receipt" || x.Share != 0 || x.Withheld {
			t.Errorf("%+v, %v, %v", x, ok, err)
		}
	}
}

// The names of decisions: the key, or who, when and which slot.
func TestDecisionName(t *testing.T) {
	policy, _ := assigner(t, heldOut())
	r := record(t, policy, "ann")
	if got := experiment.DecisionName(r); got != "ann\x002026-03-01T12:00:00Z\x00" {
		t.Errorf("%q", got)
	}
	r.Case.Key = "k1"
	if got := experiment.DecisionName(r); got != "k1" {
		t.Errorf("%q", got)
	}
}

// explores draws one of two gifts, mostly the first.
func explores(epsilon, value strategy.Micros) strategy.Playbook {
	return strategy.Playbook{
		Operations: []strategy.Operation{
			{Name: "big", Objective: "order", Channel: "sms", Value: 2 * strategy.One},
			{Name: "small", Objective: "order", Channel: "sms", Value: value},
		},
		Exploration: &strategy.Exploration{Salt: "x", Epsilon: epsilon},
	}
}

// A log of a policy that explores says what another would have brought: big
// brings 0.3 and small 0.6, so that the candidate, which takes small nine times
// in ten and big once, brings 0.57.
func TestLogRecord(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	policy, _ := assigner(t, explores(strategy.One/2, strategy.One))
	candidate, _ := assigner(t, explores(strategy.One/5, 3*strategy.One))
	var own, other experiment.OffPolicy
	sum := 0.0
	const n = 2000
	for i := range n {
		r := record(t, policy, fmt.Sprint(i))
		chance := map[string]float64{"big": 0.3, "small": 0.6}[r.Decision.Chosen]
		reward := 0.0
		if rng.Float64() < chance {
			reward = 1
		}
		sum += reward
		if own.Add(experiment.LogRecord(r, policy, reward)) != nil || other.Add(experiment.LogRecord(r, candidate, reward)) != nil {
			t.Fatal("refused")
		}
	}
	r := own.Report(0.95, experiment.Support{})
	if r.Reason != 0 || math.Abs(r.IPS.Value-sum/n) > 1e-9 || math.Abs(r.Effective-n) > 1e-6 {
		t.Errorf("the same policy: %+v, mean %v", r, sum/n)
	}
	r = other.Report(0.999, experiment.Support{})
	if r.Reason != 0 || !r.IPS.Holds(0.57) || !r.SNIPS.Holds(0.57) || math.Abs(r.MeanWeight-1) > 0.1 {
		t.Errorf("the candidate: %+v", r)
	}
}

// What a policy never did, it says nothing of: neither another operation, nor
// nothing at all.
func TestLogRecordWithoutSupport(t *testing.T) {
	first := explores(strategy.One/2, strategy.One)
	first.Exploration = nil
	second := first
	second.Operations = []strategy.Operation{first.Operations[1], first.Operations[0]}
	second.Operations[0].Value = 9 * strategy.One
	none := first
	none.Operations = []strategy.Operation{first.Operations[0]}
	none.Operations[0].Stopped = true
	policy, _ := assigner(t, explores(strategy.One/2, strategy.One))
	sure, _ := assigner(t, strategy.Playbook{Operations: explores(1, strategy.One).Operations})
	swapped, _ := assigner(t, second)
	nothing, _ := assigner(t, none)
	tests := []struct {
		name            string
		from, candidate *strategy.Policy
		want            experiment.Logged
	}{
		{"itself", sure, sure, experiment.Logged{Propensity: 1, Target: 1}},
		{"the other", sure, swapped, experiment.Logged{Propensity: 1, Unseen: 1}},
		{"nothing", sure, nothing, experiment.Logged{Propensity: 1, Unseen: 1}},
		{"from nothing to nothing", nothing, nothing, experiment.Logged{Propensity: 1, Target: 1}},
		{"from nothing to something", nothing, sure, experiment.Logged{Propensity: 1, Unseen: 1}},
		{"explored, nothing", policy, nothing, experiment.Logged{Propensity: 0.75, Unseen: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := record(t, test.from, "ann")
			if r.Decision.Chosen == "small" {
				test.want.Propensity = 0.25
			}
			got := experiment.LogRecord(r, test.candidate, 0)
			if math.Abs(got.Propensity-test.want.Propensity) > 1e-6 || math.Abs(got.Target-test.want.Target) > 1e-6 || math.Abs(got.Unseen-test.want.Unseen) > 1e-6 {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

// P16. Property: a log that is decided anew by the same policy differs in nothing,
// and the assignments are the same.
func TestReplayIsTheSame(t *testing.T) {
	p := heldOut()
	p.Exploration = &strategy.Exploration{Salt: "x", Epsilon: strategy.One / 3}
	policy, assign := assigner(t, p)
	rapid.Check(t, func(t *rapid.T) {
		var log []strategy.Record
		for range rapid.IntRange(0, 20).Draw(t, "records") {
			r, err := policy.Record(strategy.Case{
				Customer: strategy.Customer{
					ID:     fmt.Sprint(rapid.IntRange(0, 1000).Draw(t, "customer")),
					Labels: rapid.SliceOfN(rapid.SampledFrom([]string{"stage=silent", "stage=new"}), 0, 1).Draw(t, "labels"),
				},
				Now: day(rapid.Float64Range(0, 50).Draw(t, "day")), Slot: rapid.SampledFrom([]string{"", "evening"}).Draw(t, "slot"),
			})
			if err != nil {
				t.Fatal(err)
			}
			log = append(log, r)
		}
		diff, err := policy.Backtest(policy, slices.Values(log))
		if err != nil || diff.Changed != 0 || diff.Unfaithful != 0 || diff.Records != int64(len(log)) {
			t.Fatalf("%+v, %v", diff, err)
		}
		for _, r := range log {
			again, err := policy.Replay(r)
			if err != nil {
				t.Fatal(err)
			}
			a, okA, errA := assign.Assign(r)
			b, okB, errB := assign.Assign(again)
			if diff := cmp.Diff(a, b); diff != "" || okA != okB || errA != nil || errB != nil {
				t.Fatalf("%v %v (-record +replay)\n%s", errA, errB, diff)
			}
		}
	})
}

func TestMetricOf(t *testing.T) {
	p := strategy.Playbook{
		Metrics: []strategy.Metric{{Name: "rate", Rate: true}, {Name: "spend"}},
		Objectives: []strategy.Objective{
			{Name: "a", Metric: "rate"}, {Name: "b", Metric: "spend"}, {Name: "c", Migration: &strategy.Migration{From: "layer=waist", To: "layer=core"}},
		},
	}
	for name, want := range map[string]experiment.Metric{"a": experiment.Share, "b": experiment.Mean, "c": experiment.Share, "words": experiment.Mean} {
		if got := experiment.MetricOf(p, name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// The loop closes: decisions by a policy, a response of which the truth is known,
// the lift that holds it, proposals, and the playbook of the next period.
func TestLoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	playbook := heldOut()
	policy, assign := assigner(t, playbook)
	log := new(experiment.Log)
	for i := range 3000 {
		id := fmt.Sprint(i)
		r := record(t, policy, id, []string{"stage=silent", "stage=active"}[i%2])
		x, ok, err := assign.Assign(r)
		if err != nil || !ok || log.AddAssignment(x) != nil {
			t.Fatalf("%v, %v", ok, err)
		}
		chance := 0.1
		if r.Decision.Chosen == "gift" {
			chance = 0.2
		}
		if rng.Float64() < chance {
			if err := log.AddOutcome(experiment.Outcome{ID: id, Customer: id, Objective: x.Objective, At: day(1), Value: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := attribute(t, log, rules)
	evidence := a.Evidence(playbook, map[string]strategy.Micros{"gift": 100 * strategy.One}, 0.95)
	if len(evidence) != 2 || evidence[0].Operation != "gift" || evidence[1].Operation != "survey" {
		t.Fatalf("%+v", evidence)
	}
	gift, survey := evidence[0], evidence[1]
	if !gift.Effect.Difference.Holds(0.1) || gift.Effect.Proven() != 1 || !gift.SRM.OK || gift.Worth != 20*strategy.One {
		t.Errorf("%v; %v", gift.Effect, gift.SRM)
	}
	if !survey.Effect.Difference.Holds(0) || survey.Effect.Proven() != 0 {
		t.Errorf("%v", survey.Effect)
	}
	proposals, _, err := experiment.Reviewer{Reviews: 1}.Review(playbook, evidence, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range proposals {
		proposals[i].Approved = true
	}
	next, applied, err := experiment.Apply(strategy.Host{}, playbook, proposals)
	if err != nil || len(applied) != 1 || next.Operations[0].Lever != strategy.One*5/4 {
		t.Errorf("%v, %v, %+v", applied, err, next.Operations[0])
	}
	effects, err := a.Effects(experiment.EffectRules{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range effects.Rows {
		if row.Operation == "gift" && row.Label == "stage=active" {
			t.Errorf("a gift for the active: %+v", row)
		}
	}
	read := effects.Strategy()
	next.Effects = &read
	if _, err := strategy.NewPolicy(next); err != nil {
		t.Errorf("the next policy: %v", err)
	}
}
