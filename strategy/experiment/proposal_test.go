package experiment_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// spring is a playbook of a gift that has a value, a survey that has none, and a
// fallback.
func spring() strategy.Playbook {
	return strategy.Playbook{
		Operations: []strategy.Operation{
			{Name: "gift", Objective: "order", Channel: "sms", Value: 20 * strategy.One, Audience: strategy.Audience{AnyOf: []string{"stage=silent"}}},
			{Name: "survey", Objective: "answer", Channel: "email", Priority: 5},
		},
		Fallback: &strategy.Operation{Name: "news", Objective: "visit", Channel: "site"},
	}
}

// said is evidence of an effect in a shop where a tenth order anyway, of a
// thousand customers a group.
func said(operation string, treatedHits int64) experiment.Evidence {
	return experiment.Evidence{
		Operation: operation, Effect: experiment.CompareRates(rate(100, 1000), rate(treatedHits, 1000), 0.95),
		SRM: experiment.CheckSRM(experiment.ArmSize{N: 1000, Weight: 1}, experiment.ArmSize{N: 1000, Weight: 1}),
	}
}

const (
	gain = 160
	open = 105
	harm = 60
)

// The steps of one operation, review by review.
func TestReview(t *testing.T) {
	costly := said("gift", gain)
	costly.Worth, costly.Spend = 20*strategy.One, 3000*strategy.One // 1.2 a customer for 3
	mismatch := said("gift", gain)
	mismatch.SRM = experiment.CheckSRM(experiment.ArmSize{N: 1000, Weight: 1}, experiment.ArmSize{N: 1300, Weight: 1})
	few := experiment.Evidence{Operation: "gift", Effect: experiment.CompareRates(rate(10, 99), rate(90, 1000), 0.95)}
	enough := experiment.Evidence{Operation: "gift", Effect: experiment.CompareRates(rate(10, 100), rate(900, 1000), 0.95)}
	none := experiment.Evidence{Operation: "gift", Effect: experiment.CompareRates(rate(0, 1000), rate(0, 1000), 0.95)}
	roll := experiment.Reviewer{RollOut: map[string][]string{"gift": {"stage=silent", "stage=churned", "stage=new"}, "survey": {"stage=new"}}}
	lowest := func(p *strategy.Playbook) { p.Operations[0].Lever = strategy.One / 4 }
	tests := []struct {
		name     string
		reviewer experiment.Reviewer
		change   func(*strategy.Playbook)
		reviews  []experiment.Evidence
		want     []string // of each review
	}{
		{"a gain is raised at the second", experiment.Reviewer{}, nil, []experiment.Evidence{said("gift", gain), said("gift", gain)}, []string{
			"gift: keep: net above 0 in 1 of 2 reviews",
			"gift: raise lever from 1 to 1.25: net above 0 in 2 reviews",
		}},
		{"and again two reviews later", experiment.Reviewer{}, nil, []experiment.Evidence{said("gift", gain), said("gift", gain), said("gift", gain), said("gift", gain)}, []string{
			"gift: keep: net above 0 in 1 of 2 reviews",
			"gift: raise lever from 1 to 1.25: net above 0 in 2 reviews",
			"gift: keep: net above 0 in 1 of 2 reviews",
			"gift: raise lever from 1.25 to 1.5625: net above 0 in 2 reviews",
		}},
		{"what is open begins anew", experiment.Reviewer{}, nil, []experiment.Evidence{said("gift", gain), said("gift", open), said("gift", gain)}, []string{
			"gift: keep: net above 0 in 1 of 2 reviews",
			"gift: keep: net may be above 0 or below",
			"gift: keep: net above 0 in 1 of 2 reviews",
		}},
		{"a turn back takes one more", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{said("gift", gain), costly, costly}, []string{
			"gift: raise lever from 1 to 1.25: net above 0 in 1 review",
			"gift: keep: net below 0 in 1 of 2 reviews",
			"gift: lower lever from 1.25 to 1: net below 0 in 2 reviews",
		}},
		{"harm pauses", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{said("gift", harm), said("gift", harm)}, []string{
			"gift: pause: it does harm in 1 review",
			"gift: keep: stopped",
		}},
		{"a loss is lowered", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{costly, costly}, []string{
			"gift: lower lever from 1 to 0.8: net below 0 in 1 review",
			"gift: lower lever from 0.8 to 0.64: net below 0 in 1 review",
		}},
		{"a loss at the lowest is paused", experiment.Reviewer{Reviews: 1}, lowest, []experiment.Evidence{costly}, []string{
			"gift: pause: net below 0 in 1 review, at the lowest lever",
		}},
		{"at the highest there is nothing to raise", experiment.Reviewer{Reviews: 1, Highest: strategy.One}, nil, []experiment.Evidence{said("gift", gain)}, []string{
			"gift: keep: net above 0 in 1 review, at the highest lever",
		}},
		{"widened before it is raised", func() experiment.Reviewer { r := roll; r.Reviews = 1; return r }(), nil, []experiment.Evidence{said("gift", gain), said("gift", gain), said("gift", gain)}, []string{
			"gift: widen to stage=churned: net above 0 in 1 review",
			"gift: widen to stage=new: net above 0 in 1 review",
			"gift: raise lever from 1 to 1.25: net above 0 in 1 review",
		}},
		{"what is for everybody is not widened", func() experiment.Reviewer { r := roll; r.Reviews = 1; return r }(), nil, []experiment.Evidence{said("survey", gain), said("survey", open), said("survey", harm)}, []string{
			"survey: raise priority from 5 to 15: net above 0 in 1 review",
			"survey: keep: net may be above 0 or below",
			"survey: keep: it does harm in 1 of 2 reviews",
		}},
		{"a fallback stays the last", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{said("news", gain), said("news", harm), said("news", harm)}, []string{
			"news: keep: net above 0 in 1 review, at the highest priority",
			"news: pause: it does harm in 1 review",
			"news: keep: stopped",
		}},
		{"groups of the wrong sizes", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{mismatch}, []string{
			"gift: keep: the groups are not of the sizes that they should have",
		}},
		{"too few", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{few}, []string{
			"gift: keep: 99 customers in the smaller group: want 100",
		}},
		{"just enough", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{enough}, []string{
			"gift: raise lever from 1 to 1.25: net above 0 in 1 review",
		}},
		{"nobody orders", experiment.Reviewer{Reviews: 1}, nil, []experiment.Evidence{none}, []string{
			"gift: keep: nothing to say: no variance",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			playbook, standings := spring(), []experiment.Standing(nil)
			if test.change != nil {
				test.change(&playbook)
			}
			var got []string
			for i, e := range test.reviews {
				e.Effect.Control.N += int64(i) // one more customer each time
				proposals, after, err := test.reviewer.Review(playbook, []experiment.Evidence{e}, standings)
				if err != nil {
					t.Fatal(err)
				}
				standings = after
				for i := range proposals {
					got = append(got, proposals[i].String())
					proposals[i].Approved = true
				}
				if playbook, _, err = experiment.Apply(strategy.Host{}, playbook, proposals); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Evidence that is reviewed again, as by a program that runs more often than data
// come, changes nothing; a new cost of the same customers counts as a review.
func TestReviewOfTheSame(t *testing.T) {
	more, costly := said("gift", gain), said("gift", gain)
	more.Effect.Treated.Mean += 0.001 // other customers, as many
	costly.Worth, costly.Spend = 20*strategy.One, 3000*strategy.One
	reviewer, standings := experiment.Reviewer{}, []experiment.Standing(nil)
	for i, review := range []struct {
		evidence experiment.Evidence
		want     string
		reviews  int
	}{
		{said("gift", gain), "gift: keep: net above 0 in 1 of 2 reviews", 1},
		{said("gift", gain), "gift: keep: net above 0, and nothing new since the last review", 1},
		{said("gift", gain), "gift: keep: net above 0, and nothing new since the last review", 1},
		{more, "gift: raise lever from 1 to 1.25: net above 0 in 2 reviews", 0},
		{more, "gift: keep: net above 0, and nothing new since the last review", 0},
		{costly, "gift: keep: net below 0 in 1 of 3 reviews", 1},
		{costly, "gift: keep: net below 0, and nothing new since the last review", 1},
		{said("gift", open), "gift: keep: net may be above 0 or below", 1},
	} {
		proposals, after, err := reviewer.Review(spring(), []experiment.Evidence{review.evidence}, standings)
		if err != nil {
			t.Fatal(err)
		}
		if got := proposals[0].String(); got != review.want || after[0].Reviews != review.reviews {
			t.Errorf("review %d: %s, %d counted; want %s, %d", i+1, got, after[0].Reviews, review.want, review.reviews)
		}
		data, err := json.Marshal(after) // kept between reviews
		if err != nil {
			t.Fatal(err)
		}
		standings = nil
		if err := json.Unmarshal(data, &standings); err != nil {
			t.Fatal(err)
		}
	}
}

// Nothing is applied but what is approved, or automatic by the reviewer's word.
func TestNothingIsAppliedByItself(t *testing.T) {
	evidence := []experiment.Evidence{said("survey", harm), said("gift", gain), said("gone", gain), said("news", harm)}
	before, _ := json.Marshal(spring())
	for _, test := range []struct {
		automatic []experiment.Action
		approve   bool
		want      []string
	}{
		{nil, false, nil},
		{[]experiment.Action{experiment.Pause}, false, []string{"news", "survey"}},
		{nil, true, []string{"gift", "news", "survey"}},
	} {
		playbook := spring()
		r := experiment.Reviewer{Reviews: 1, Automatic: test.automatic}
		proposals, _, err := r.Review(playbook, evidence, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range proposals {
			proposals[i].Approved = test.approve
		}
		next, applied, err := experiment.Apply(strategy.Host{}, playbook, proposals)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range applied {
			names = append(names, p.Operation)
		}
		if diff := cmp.Diff(test.want, names); diff != "" {
			t.Errorf("%v (-want +got)\n%s", test.automatic, diff)
		}
		if after, _ := json.Marshal(playbook); string(after) != string(before) {
			t.Errorf("the playbook of this period was changed: %s", after)
		}
		if same := len(applied) == 0; same != cmp.Equal(spring(), next) {
			t.Errorf("%d applied: %+v", len(applied), next)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	good := experiment.Proposal{Operation: "gift", Action: experiment.Raise, Dial: experiment.Lever, From: strategy.One, To: 2 * strategy.One, Approved: true}
	tests := []struct {
		name   string
		change func(*experiment.Proposal)
		stale  bool
	}{
		{"another lever", func(p *experiment.Proposal) { p.From = 3 * strategy.One }, true},
		{"another priority", func(p *experiment.Proposal) { p.Dial = experiment.Priority }, true},
		{"a lever of 0", func(p *experiment.Proposal) { p.To = 0 }, false},
		{"no dial", func(p *experiment.Proposal) { p.Dial = "" }, false},
		{"no action", func(p *experiment.Proposal) { p.Action = "" }, false},
		{"no such operation", func(p *experiment.Proposal) { p.Operation = "call" }, false},
		{"a label that is there", func(p *experiment.Proposal) { p.Action, p.Label = experiment.Widen, "stage=silent" }, true},
		{"a label that is none", func(p *experiment.Proposal) { p.Action, p.Label = experiment.Widen, "silent" }, false},
		{"a priority out of range", func(p *experiment.Proposal) {
			p.Operation, p.Dial, p.From, p.To = "survey", experiment.Priority, 5*strategy.One, -strategy.One
		}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := good
			test.change(&p)
			_, _, err := experiment.Apply(strategy.Host{}, spring(), []experiment.Proposal{good, p}[1:])
			if err == nil || errors.Is(err, experiment.ErrStale) != test.stale {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReviewerFaults(t *testing.T) {
	r := experiment.Reviewer{Least: 1, Reviews: -1, Step: strategy.One, Lowest: 2 * strategy.One, Places: -1, Automatic: []experiment.Action{"keep"}}
	_, _, err := r.Review(spring(), nil, nil)
	const want = `experiment: reviewer: least: 1: want 2 or more
reviews: -1: want 1 or more
step: 1: want above 1 to 1000
lowest: levers from 2 to 4: want above 0 to 1, and 1 or more
places: -1: want 1 to 1000000
automatic[0]: "keep": want raise, lower, pause or widen`
	if err == nil {
		t.Fatal("no fault")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, _, err := (experiment.Reviewer{}).Review(spring(), []experiment.Evidence{said("gift", 1), said("gift", 2)}, nil); err == nil {
		t.Error("two pieces of evidence of one operation")
	}
}

// Property: however evidence goes to and fro, no operation is changed in two
// reviews in a row, nor turned back in fewer than three.
func TestHysteresis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		playbook, standings := spring(), []experiment.Standing(nil)
		since, last := 99, experiment.Action("")
		for i := range rapid.IntRange(1, 30).Draw(t, "reviews") {
			hits := rapid.SampledFrom([]int64{gain, gain, open, harm}).Draw(t, "hits")
			e := said("gift", hits)
			if hits == harm { // a loss rather than harm, so that it is not paused
				e = said("gift", gain)
				e.Worth, e.Spend = strategy.One, 10_000*strategy.One
			}
			e.Effect.Control.N += int64(i) // one more customer each time
			proposals, after, err := experiment.Reviewer{}.Review(playbook, []experiment.Evidence{e}, standings)
			if err != nil {
				t.Fatal(err)
			}
			standings = after
			p := proposals[0]
			since++
			if p.Action == experiment.Keep {
				continue
			}
			needed := 2
			if last != "" && p.Action != last {
				needed = 3
			}
			if since < needed {
				t.Fatalf("%v %d reviews after %v", p, since, last)
			}
			since, last = 0, p.Action
			p.Approved = true
			if playbook, _, err = experiment.Apply(strategy.Host{}, playbook, []experiment.Proposal{p}); err != nil {
				t.Fatal(err)
			}
			if playbook.Operations[0].Stopped {
				return
			}
		}
	})
}
