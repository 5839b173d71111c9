package strategy_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

// twoCustomers returns the records of a policy on somebody who may get a coupon,
// and somebody who had one today.
func twoCustomers(t *testing.T, policy *strategy.Policy) []strategy.Record {
	t.Helper()
	now := at("2026-11-22T12:00:00Z")
	var records []strategy.Record
	for _, c := range []strategy.Customer{
		{ID: "ann"}, {ID: "bob", Exposures: []strategy.Exposure{{Operation: "other", Channel: "sms", At: now}, {Operation: "other", Channel: "email", At: now}}},
	} {
		r, err := policy.Record(strategy.Case{Customer: c, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

func TestBacktest(t *testing.T) {
	was := compile(t, twoOffers())
	p := twoOffers()
	p.Caps = p.Caps[:1]                    // no more "two an hour"
	p.Operations[0].Costs["coupons"] *= 2  // dearer coupons
	p.Operations[1].Stopped = true         // no news
	p.Operations[0].Or = []string{"email"} // and no push
	is := compile(t, p)
	got, err := was.Backtest(is, slices.Values(twoCustomers(t, was)))
	if err != nil {
		t.Fatal(err)
	}
	now := at("2026-11-22T12:00:00Z")
	want := strategy.Comparison{
		From: was.ID(), To: is.ID(), Records: 2, Changed: 1,
		Stages:      []strategy.StageCount{{Stage: strategy.StageDates, Cases: 1}}, // of news, which is stopped
		Operations:  []strategy.Shift{{Name: "coupon", Before: 1, After: 2}, {Name: "news"}},
		Caps:        []strategy.Shift{{Name: "sms a day"}, {Name: "two an hour", Before: 2}},
		Budgets:     []strategy.Cost{{Budget: "coupons", Before: 5e6, After: 20e6, Limit: 100e6}, {Budget: "messages", Before: 50_000, After: 50_000, Limit: 1e6}},
		Differences: []strategy.Difference{{Customer: "bob", At: now, To: "coupon", ToChannel: "email", Stage: strategy.StageDates, Operation: "news"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBacktestRefuses(t *testing.T) {
	was := compile(t, twoOffers())
	records := twoCustomers(t, was)
	other := compile(t, strategy.Starter())
	if _, err := other.Backtest(was, slices.Values(records)); !errors.Is(err, strategy.ErrOtherPolicy) {
		t.Errorf("got %v", err)
	}
	old := slices.Clone(records)
	old[0].Engine = 1
	if _, err := was.Backtest(other, slices.Values(old)); !errors.Is(err, strategy.ErrOtherEngine) {
		t.Errorf("got %v", err)
	}
	forged := slices.Clone(records)
	forged[0].Decision.Chosen = "news"
	got, err := was.Backtest(was, slices.Values(forged))
	if err != nil || got.Unfaithful != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	dear := twoOffers()
	dear.Operations[0].Costs["coupons"] = 5e18
	dear.Budgets[0].Limit = 9e18
	many := func(yield func(strategy.Record) bool) {
		for range 2 {
			if !yield(records[0]) {
				return
			}
		}
	}
	if _, err := was.Backtest(compile(t, dear), many); err == nil {
		t.Error("no error for spending out of range")
	}
}

func TestCompare(t *testing.T) {
	decision := func(chosen string, verdicts ...strategy.Verdict) strategy.Decision {
		return strategy.Decision{Customer: "u1", Chosen: chosen, Channel: "sms", Verdicts: verdicts}
	}
	v := func(operation string, stage strategy.Stage, code strategy.Code) strategy.Verdict {
		return strategy.Verdict{Operation: operation, Stage: stage, Code: code}
	}
	a, b := v("a", strategy.StageRank, strategy.Chosen), v("b", strategy.StageRank, strategy.Outranked)
	tests := []struct {
		name  string
		to    strategy.Decision
		stage strategy.Stage
		whose string
		same  bool
	}{
		{"the same", decision("a", a, b), 0, "", true},
		{"capped", decision("b", v("a", strategy.StageCaps, strategy.Capped), v("b", strategy.StageRank, strategy.Chosen)), strategy.StageCaps, "a", false},
		{"the first of two stages", decision("", v("a", strategy.StageCaps, strategy.Capped), v("b", strategy.StageConsent, strategy.NoConsent)), strategy.StageConsent, "b", false},
		{"one is gone", decision("b", v("b", strategy.StageRank, strategy.Chosen)), 0, "a", false},
		{"one is new", decision("c", v("c", strategy.StageRank, strategy.Chosen), v("a", strategy.StageRank, strategy.Outranked), b), 0, "c", false},
		{"one is new and not chosen", decision("a", a, b, v("c", strategy.StageRank, strategy.Outranked)), 0, "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, differs := strategy.Compare(decision("a", a, b), test.to)
			if differs == test.same || d.Stage != test.stage || d.Operation != test.whose {
				t.Errorf("%+v, %v", d, differs)
			}
		})
	}
}

// Differences are counted on beyond those that are listed.
func TestBacktestListsSome(t *testing.T) {
	was := compile(t, twoOffers())
	p := twoOffers()
	p.Operations[0].Stopped = true
	record := twoCustomers(t, was)[0]
	many := func(yield func(strategy.Record) bool) {
		for i := range strategy.MaxDifferences + 5 {
			record.Case.Customer.ID = fmt.Sprint(i)
			if !yield(record) {
				return
			}
		}
	}
	got, err := was.Backtest(compile(t, p), many)
	if err != nil || len(got.Differences) != strategy.MaxDifferences || got.Changed != strategy.MaxDifferences+5 {
		t.Errorf("%d of %d listed, %v", len(got.Differences), got.Changed, err)
	}
}
