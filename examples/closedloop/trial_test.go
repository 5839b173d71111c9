package main

import (
	"math"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
)

// The loop finds the effects out again that the response is simulated with: of
// all operations together in each shop, and of single ones in about 95 of 100
// intervals. Money goes further by the effects that were found than by rank, by
// the true effects too.
func TestLoopFindsTheTruth(t *testing.T) {
	covered, intervals := 0, 0
	for _, seed := range []string{"1", "2", "3"} {
		_, d := call(t, "-seed", seed)
		s := d.Strategy
		if o := s.Overall; !covers(o) {
			t.Errorf("seed %s: all operations: %v to %v, truth %v", seed, *o.Low, *o.High, o.Truth)
		}
		for _, l := range s.Lift {
			if l.Estimate != nil {
				intervals++
				if covers(l) {
					covered++
				}
			}
		}
		b := s.Budget
		if dec(t, b.Allocated.Found).GreaterThan(dec(t, b.Bound)) || dec(t, b.Spent).GreaterThan(dec(t, b.Limit)) || dec(t, s.Next.Spent).GreaterThan(dec(t, b.Limit)) {
			t.Errorf("seed %s: budget %+v, next %+v: beyond a bound", seed, b, s.Next)
		}
		if !dec(t, b.Allocated.Found).GreaterThan(dec(t, b.FirstCome.Found)) || !dec(t, b.Allocated.Truth).GreaterThan(dec(t, b.FirstCome.Truth)) {
			t.Errorf("seed %s: budget %+v: want more where it brings most", seed, b)
		}
	}
	if share := float64(covered) / float64(intervals); intervals < 40 || share < 0.9 {
		t.Errorf("%d of %d intervals hold the truth: want about 95 of 100", covered, intervals)
	}
}

func covers(l liftSection) bool { return *l.Low <= l.Truth && l.Truth <= *l.High }

func dec(t *testing.T, text string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Everybody is decided for once, a fifth is held out, and each verdict is
// counted. An operation that costs nothing spends nothing.
func TestLoopAddsUp(t *testing.T) {
	_, d := call(t)
	s := d.Strategy
	served, verdicts := s.Unserved, int64(0)
	for _, o := range s.Decisions {
		served += o.Customers
	}
	for _, n := range s.Verdicts {
		verdicts += n
	}
	if served != s.Customers || verdicts != s.Customers*int64(len(s.Decisions)) {
		t.Errorf("%d served or not and %d verdicts, of %d customers and %d operations", served, verdicts, s.Customers, len(s.Decisions))
	}
	if share := float64(s.Holdout.Customers) / float64(s.Customers); math.Abs(share-s.Holdout.Share) > 0.03 {
		t.Errorf("%v held out, want about %v", share, s.Holdout.Share)
	}
	spent := decimal.Zero
	for _, l := range s.Lift {
		spent = spent.Add(dec(t, l.Cost))
		if free := assumptions[l.Operation].cost == 0; free != dec(t, l.Cost).IsZero() {
			t.Errorf("%s costs %s", l.Operation, l.Cost)
		}
	}
	if want := dec(t, s.Budget.Spent); !spent.Equal(want) {
		t.Errorf("operations cost %v, and the budget spent %v", spent, want)
	}
	names := make([]string, len(s.Proposals))
	for i, p := range s.Proposals {
		names[i] = p.Operation
		if p.Applied == (p.Action == "keep") || p.Because == "" {
			t.Errorf("%+v", p)
		}
	}
	if !slices.IsSorted(names) || len(names) != len(s.Lift) {
		t.Errorf("proposals for %q, and %d operations at stake", names, len(s.Lift))
	}
}

// Where a change is proposed, the next playbook has it.
func TestLoopAdjusts(t *testing.T) {
	a := shopAnalysis(t)
	p, err := a.trial.adjusted()
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range p.Operations {
		was := a.trial.playbook.Operations[i]
		changed := o.Lever != was.Lever || o.Stopped != was.Stopped
		want := false
		for _, proposal := range a.trial.proposals {
			want = want || proposal.Operation == o.Name && proposal.Action != "keep"
		}
		if changed != want {
			t.Errorf("%s: changed %v, want %v", o.Name, changed, want)
		}
	}
	if p.Effects == nil || len(p.Effects.Rows) == 0 {
		t.Error("no effects in the next playbook")
	}
}
