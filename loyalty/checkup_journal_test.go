package loyalty_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// fourMembers is a history by hand: a buys twice and redeems, b signs in three
// days in a row and never buys, c and d buy once; of what ended only d was told.
func fourMembers(t *testing.T) (*loyalty.Engine, time.Time) {
	e := engineOf(t, corner())
	mustDo(t, e, "a", "a1", noon(1), spend(60))
	mustDo(t, e, "a", "a2", noon(3), spend(50))
	mustDo(t, e, "a", "a3", noon(4), loyalty.Command{Redeem: &loyalty.Redeem{Reward: "espresso"}})
	for day := 1; day <= 3; day++ {
		mustDo(t, e, "b", "b"+string(rune('0'+day)), noon(day), loyalty.Command{CheckIn: &loyalty.CheckIn{}})
	}
	mustDo(t, e, "c", "c1", noon(5), spend(30))
	mustDo(t, e, "d", "d1", noon(5), spend(40))
	ends := time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC)
	mustDo(t, e, "d", "d2", noon(20), loyalty.Command{Reminded: &loyalty.Reminded{Reminder: "x", Points: 40, Expires: ends}})
	asOf := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	if _, err := e.Sweep(t.Context(), asOf, 10); err != nil {
		t.Fatal(err)
	}
	return e, asOf
}

func TestCheckupOfAHistory(t *testing.T) {
	e, asOf := fourMembers(t)
	r, err := e.Checkup(t.Context(), asOf, loyalty.Evidence{Entrance: &loyalty.Entrance{Active: 200, Opened: 10}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Members != 4 {
		t.Errorf("%d members, want 4", r.Members)
	}
	cases := []struct {
		metric  loyalty.Metric
		verdict loyalty.Verdict
		value   float64
	}{
		{loyalty.MetricFirstReward, loyalty.VerdictNotMeasured, 0}, // a quarter has it, and 61 days are too few to say when half will
		{loyalty.MetricAffordable, loyalty.VerdictBad, 0},
		{loyalty.MetricRedeemers, loyalty.VerdictNotMeasured, 0}, // nobody enrolled a year ago
		{loyalty.MetricBreakage, loyalty.VerdictBad, 95.0 / 195}, // 10 of a, 15 of b, 30 of c, 40 of d; a redeemed 100
		{loyalty.MetricRefused, loyalty.VerdictGood, 0},
		{loyalty.MetricIdleRules, loyalty.VerdictGood, 0},
		{loyalty.MetricOpened, loyalty.VerdictBad, 0.05},
		{loyalty.MetricReminded, loyalty.VerdictBad, 40.0 / 95},
		{loyalty.MetricEarlyDays, loyalty.VerdictFair, 0.25}, // b
		{loyalty.MetricActive, loyalty.VerdictBad, 0},
		{loyalty.MetricFreePoints, loyalty.VerdictGood, 15.0 / 195}, // b's
		{loyalty.MetricLayers, loyalty.VerdictBad, 1},               // no upgrade
		{loyalty.MetricRewardRate, loyalty.VerdictNotMeasured, 0},   // nothing says what a point is worth
		{loyalty.MetricUncappedRules, loyalty.VerdictGood, 0},
		{loyalty.MetricAttainable, loyalty.VerdictNotMeasured, 0},
		{loyalty.MetricSpread, loyalty.VerdictNotMeasured, 0},
		{loyalty.MetricActions, loyalty.VerdictGood, 4}, // 4 orders of 45 and 3 check-ins of 5 by their rates: 27 points or so
		{loyalty.MetricHurdles, loyalty.VerdictGood, 1}, // 30 days are few
		{loyalty.MetricReach, loyalty.VerdictBad, r.Findings[3].Value},
	}
	for _, c := range cases {
		f := finding(t, r, c.metric)
		if f.Verdict != c.verdict || math.Abs(f.Value-c.value) > 1e-12 {
			t.Errorf("%v (%v), want %s, %v", f, f.Value, c.verdict, c.value)
		}
		if f.Verdict == loyalty.VerdictBad && c.metric != loyalty.MetricAffordable && c.metric != loyalty.MetricReach && c.metric != loyalty.MetricBreakage && len(f.Levers) == 0 {
			t.Errorf("%v: no lever", f)
		}
	}
	if levers := finding(t, r, loyalty.MetricLayers).Levers; len(levers) == 0 || levers[0].Effect != "not simulated" {
		t.Errorf("the levers for an upgrade are %v", levers)
	}
	if len(cases) != len(r.Findings) {
		t.Errorf("%d findings, %d were looked at", len(r.Findings), len(cases))
	}
}

// What a member did once, a model does at the same pace.
func TestCheckupLearnsThePaceFromJournals(t *testing.T) {
	e, asOf := fourMembers(t)
	r, err := e.Checkup(t.Context(), asOf, loyalty.Evidence{Random: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Reach.Actions
	// Each member's events over the weeks since they joined: a 2 and b 3 in 60.5
	// days, c and d 1 in 56.5. Rules share them by how often they fired, 4 and 3
	// times of 7.
	mean := (2/(60.5/7) + 3/(60.5/7) + 1/(56.5/7) + 1/(56.5/7)) / 4
	want := []loyalty.ActionRate{{Name: "order", Points: 45, PerWeek: 4.0 / 7 * mean}, {Name: "sign-in", Points: 5, PerWeek: 3.0 / 7 * mean}}
	near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Errorf("actions (-want +got) %s", diff)
	}
	if r.Reach.Validity != 30 || r.Reach.MinCost != 100 || r.Now == nil {
		t.Errorf("reach %+v, now %v", r.Reach, r.Now)
	}
}

// Over a season of a preset program, whoever counts the same thing in another
// way comes to the same number.
func TestCheckupAgainstBalances(t *testing.T) {
	e := engineOf(t, loyalty.Retailer())
	now := community(t, e, 40)
	if _, err := e.Sweep(t.Context(), now, 1000); err != nil {
		t.Fatal(err)
	}
	r, err := e.Checkup(t.Context(), now, loyalty.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	afford := 0.0
	for m := range 40 {
		st, err := e.Balance(t.Context(), now, "m"+string(rune('0'+m/10))+string(rune('0'+m%10)))
		if err != nil {
			t.Fatal(err)
		}
		if st.Balances[0].Available >= 50 { // the shopping bag
			afford++
		}
	}
	if f := finding(t, r, loyalty.MetricAffordable); math.Abs(f.Value-afford/40) > 1e-12 {
		t.Errorf("%v, want %v", f, afford/40)
	}
	if f := finding(t, r, loyalty.MetricFirstReward); f.Verdict == loyalty.VerdictNotMeasured || f.Value <= 0 || f.Value > 91 {
		t.Errorf("%v: most members have had a reward within the season", f)
	}
}

func TestCheckupRefusesWhatCantBe(t *testing.T) {
	e, asOf := fourMembers(t)
	events, err := e.History(t.Context(), "a", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	journal := func(events []loyalty.Event) func(yield func(string, []loyalty.Event) bool) {
		return func(yield func(string, []loyalty.Event) bool) { yield("a", events) }
	}
	gap := append(events[:1:1], events[2:]...)
	for name, ev := range map[string]loyalty.Evidence{
		"no moment":      {},
		"a gap":          {AsOf: asOf, Journals: journal(gap)},
		"opened by more": {AsOf: asOf, Entrance: &loyalty.Entrance{Active: 1, Opened: 2}},
		"NaN rate":       {AsOf: asOf, Actions: []loyalty.ActionRate{{Points: 1, PerWeek: math.NaN()}}},
	} {
		if _, err := loyalty.Checkup(corner(), ev); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := loyalty.Checkup(loyalty.Program{}, loyalty.Evidence{AsOf: asOf}); err == nil {
		t.Error("an empty program: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Checkup(ctx, asOf, loyalty.Evidence{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// Who redeems later than in the first year is no redeemer of it.
func TestCheckupRedeemersOfTheFirstYear(t *testing.T) {
	e := engineOf(t, corner())
	for member, first := range map[string]int{"early": 10, "late": 400} {
		mustDo(t, e, member, member+" joins", noon(1), spend(1))
		mustDo(t, e, member, member+" buys", noon(first), spend(100))
		mustDo(t, e, member, member+" redeems", noon(first), loyalty.Command{Redeem: &loyalty.Redeem{Reward: "espresso"}})
	}
	r, err := e.Checkup(t.Context(), noon(500), loyalty.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	if f := finding(t, r, loyalty.MetricRedeemers); f.Value != 0.5 {
		t.Errorf("%v, want a half", f)
	}
}

// Points that ended before anyone redeemed don't say how many will end.
func TestCheckupRewardRateBeforeARedemption(t *testing.T) {
	p := corner()
	p.Wallets[0].Value = decimal.New(1, -2)
	for _, redeemed := range []bool{false, true} {
		e := engineOf(t, p)
		mustDo(t, e, "a", "a1", noon(1), spend(300))
		if redeemed {
			mustDo(t, e, "a", "a2", noon(2), loyalty.Command{Redeem: &loyalty.Redeem{Points: 100}})
		}
		asOf := noon(60)
		if _, err := e.Sweep(t.Context(), asOf, 10); err != nil {
			t.Fatal(err)
		}
		r, err := e.Checkup(t.Context(), asOf, loyalty.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		want := 0.01 // a point for each unit
		if redeemed {
			want *= 1 - 200.0/300
		}
		if f := finding(t, r, loyalty.MetricRewardRate); math.Abs(f.Value-want) > 1e-12 {
			t.Errorf("redeemed %t: %v, want %v", redeemed, f, want)
		}
	}
}
