package experiment_test

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy/experiment"
)

func drawLog(t *rapid.T) []experiment.Logged {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) experiment.Logged {
		l := experiment.Logged{
			Reward:     rapid.Float64Range(-10, 10).Draw(t, "reward"),
			Propensity: rapid.Float64Range(0.05, 0.95).Draw(t, "propensity"),
			Predicted:  rapid.Float64Range(-10, 10).Draw(t, "predicted"),
			Expected:   rapid.Float64Range(-10, 10).Draw(t, "expected"),
		}
		l.Target = rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0.001, 1)).Draw(t, "target")
		return l
	}), 1, 30).Draw(t, "log")
}

func judge(t interface{ Fatal(...any) }, log []experiment.Logged) *experiment.OffPolicy {
	o := new(experiment.OffPolicy)
	for _, l := range log {
		if err := o.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

// P14. Property: of the policy that made the log, IPS and SNIPS are the mean of
// its rewards, and every decision counts as one.
func TestOwnPolicyIsTheMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log, sum := drawLog(t), 0.0
		for i := range log {
			log[i].Target = log[i].Propensity
			sum += log[i].Reward
		}
		n := float64(len(log))
		r := judge(t, log).Report(0.95, experiment.Support{})
		if r.Reason != 0 || !close(r.IPS.Value, sum/n) || !close(r.SNIPS.Value, sum/n) || !close(r.Effective, n) || !close(r.MeanWeight, 1) {
			t.Fatalf("%+v, mean %v", r, sum/n)
		}
	})
}

// P14. Property: SNIPS lies within the rewards that the candidate supports, moves
// with all rewards, and does not know a factor of all propensities. Without a
// model DR is IPS.
func TestSNIPSLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		r := judge(t, log).Report(0.95, experiment.Support{})
		lo, hi := math.Inf(1), math.Inf(-1)
		shift := rapid.Float64Range(-5, 5).Draw(t, "shift")
		moved, scaled := []experiment.Logged{}, []experiment.Logged{}
		for _, l := range log {
			if l.Target > 0 {
				lo, hi = min(lo, l.Reward), max(hi, l.Reward)
			}
			l.Predicted, l.Expected = 0, 0
			half := l
			half.Propensity /= 2
			scaled = append(scaled, half)
			l.Reward += shift
			moved = append(moved, l)
		}
		if lo > hi {
			if r.Reason != experiment.NoSupport || r.IPS != nil || r.SNIPS != nil || r.DR != nil {
				t.Fatalf("%+v without support", r)
			}
			return
		}
		if s := r.SNIPS.Value; s < lo-1e-9 || s > hi+1e-9 {
			t.Fatalf("%v outside %v to %v", s, lo, hi)
		}
		m := judge(t, moved).Report(0.95, experiment.Support{})
		if !close(m.SNIPS.Value, r.SNIPS.Value+shift) {
			t.Fatalf("%v, moved by %v %v", r.SNIPS.Value, shift, m.SNIPS.Value)
		}
		h := judge(t, scaled).Report(0.95, experiment.Support{})
		if !close(h.SNIPS.Value, r.SNIPS.Value) || h.DR.Value != h.IPS.Value {
			t.Fatalf("%v, of half the propensities %v; DR %v, IPS %v", r.SNIPS.Value, h.SNIPS.Value, h.DR.Value, h.IPS.Value)
		}
		if r.Effective > float64(len(log))+1e-9 || r.Effective < 1-1e-9 {
			t.Fatalf("%v effective of %d", r.Effective, len(log))
		}
	})
}

// Property: a log in parts, in any order, gives the bytes of one pass.
func TestOffPolicyInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := drawLog(t)
		whole := marshal(t, judge(t, log))
		mixed := rapid.Permutation(log).Draw(t, "mixed")
		cut := rapid.IntRange(0, len(log)).Draw(t, "cut")
		parts := judge(t, mixed[:cut])
		if err := parts.Merge(judge(t, mixed[cut:])); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, parts), whole) {
			t.Fatal("parts differ from one pass")
		}
		var back experiment.OffPolicy
		if err := back.UnmarshalBinary(whole); err != nil || !bytes.Equal(marshal(t, &back), whole) {
			t.Fatalf("read back: %v", err)
		}
	})
}

// A policy that does not explore says nothing of another, but of itself.
func TestNoSupport(t *testing.T) {
	sure := func(target float64) *experiment.OffPolicy {
		return judge(t, []experiment.Logged{{Reward: 1, Propensity: 1, Target: 1}, {Reward: 0, Propensity: 1, Target: target}})
	}
	if r := sure(1).Report(0.95, experiment.Support{}); r.Reason != 0 || r.IPS.Value != 0.5 {
		t.Errorf("the same policy: %+v", r)
	}
	r := sure(0).Report(0.95, experiment.Support{})
	if r.Reason != experiment.NoSupport || r.IPS != nil || r.Unseen != 0.5 {
		t.Errorf("another policy: %+v", r)
	}
	// Unless the host says that half unseen will do.
	if r := sure(0).Report(0.95, experiment.Support{Unseen: 0.5}); r.Reason != 0 || r.SNIPS.Value != 1 {
		t.Errorf("with half unseen: %+v", r)
	}
	if r := sure(1).Report(0.95, experiment.Support{Effective: 3}); r.Reason != experiment.NotEnough || r.IPS != nil || r.Effective != 2 {
		t.Errorf("with three effective: %+v", r)
	}
	if r := sure(1).Report(0.95, experiment.Support{Effective: 2}); r.Reason != 0 || r.Effective != 2 {
		t.Errorf("with two effective: %+v", r)
	}
	var none experiment.OffPolicy
	if r := none.Report(0.95, experiment.Support{}); r.Reason != experiment.NoSupport || r.SNIPS != nil {
		t.Errorf("an empty log: %+v", r)
	}
	if r := sure(1).Report(0, experiment.Support{}); r.Reason != experiment.Invalid {
		t.Errorf("level 0: %+v", r)
	}
}

func TestLoggedIsRefused(t *testing.T) {
	good := experiment.Logged{Reward: 1, Propensity: 0.5, Target: 0.5}
	var o experiment.OffPolicy
	if err := o.Add(good); err != nil {
		t.Fatal(err)
	}
	before := marshal(t, &o)
	for name, change := range map[string]func(*experiment.Logged){
		"propensity 0":      func(l *experiment.Logged) { l.Propensity = 0 },
		"propensity 1.1":    func(l *experiment.Logged) { l.Propensity = 1.1 },
		"propensity NaN":    func(l *experiment.Logged) { l.Propensity = math.NaN() },
		"target below 0":    func(l *experiment.Logged) { l.Target = -0.1 },
		"target NaN":        func(l *experiment.Logged) { l.Target = math.NaN() },
		"target and unseen": func(l *experiment.Logged) { l.Unseen = 0.6 },
		"reward NaN":        func(l *experiment.Logged) { l.Reward = math.NaN() },
		"predicted Inf":     func(l *experiment.Logged) { l.Predicted = math.Inf(1) },
		"expected Inf":      func(l *experiment.Logged) { l.Expected = math.Inf(-1) },
	} {
		l := good
		change(&l)
		if o.Add(l) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if !bytes.Equal(before, marshal(t, &o)) {
		t.Error("what was refused changed something")
	}
	clipped := experiment.OffPolicy{Clip: 2}
	if o.Merge(&clipped) == nil || clipped.UnmarshalBinary(before) == nil {
		t.Error("another clip is taken")
	}
}
