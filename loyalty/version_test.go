package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// twoVersions gives double points from the second day on, which end sooner.
func twoVersions() []loyalty.Program {
	first, second := cafe(), cafe()
	second.Version, second.Published, second.Effective = 2, monday, monday.Add(24*time.Hour)
	second.Rules = []loyalty.Rule{first.Rules[0], first.Rules[1]}
	second.Rules[0].PerAmount = &loyalty.PerAmount{Points: 2, Per: decimal.New(1, 0)}
	second.Wallets = []loyalty.Wallet{first.Wallets[0]}
	second.Wallets[0].Expiry.After = regulars.Days(5)
	return []loyalty.Program{first, second}
}

// An event is judged by the version in force when it occurred, a return by
// that of its order, and lots keep the end that they were given.
func TestVersionInForce(t *testing.T) {
	d := newDesk(t, twoVersions()...)
	d.do("ada", order("o1", 100))
	d.now = d.now.Add(24*time.Hour - time.Microsecond)
	d.do("ada", order("o2", 10))
	d.now = d.now.Add(time.Microsecond)
	late := order("o3", 1000)
	late.OccurredAt = d.now.Add(-time.Microsecond)
	d.do("ada", late)
	d.do("ada", order("o4", 10_000))
	if got := d.available("ada"); got != 100+10+1000+20_000 {
		t.Errorf("%d points", got)
	}
	d.do("ada", keep("o1", 50))
	d.do("ada", keep("o4", 5_000))
	if got := d.available("ada"); got != 50+10+1000+10_000 {
		t.Errorf("%d points after the returns", got)
	}
	var ends []string
	for _, l := range d.statement("ada").Lots {
		ends = append(ends, l.Expires.Format("01-02"))
	}
	if diff := cmp.Diff([]string{"03-09", "04-02", "04-03"}, ends); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two accounts with all that an account can have become one.
func TestMergeJoinsEverything(t *testing.T) {
	p := everyFeature()
	p.Wallets[0].Shortfall, p.Wallets[0].DebtLimit = loyalty.ShortfallDebt, 100
	p.Rules = append(p.Rules, loyalty.Rule{
		ID: 8, Name: "three orders", Layer: loyalty.LayerUpgrade, On: []string{"order"}, Task: &loyalty.Task{Goal: 3, Points: 40},
	})
	d := newDesk(t, p)
	in := func(member string) int32 {
		r := d.do(member, loyalty.Command{CheckIn: &loyalty.CheckIn{}}).Rules[0]
		return r.Progress
	}
	in("ada")
	d.later(1)
	in("bo")
	in("cy")
	d.later(1)
	in("ada")
	d.do("ada", order("a1", 0))
	d.do("ada", order("a2", 0))
	d.do("bo", order("b1", 0))
	d.do("ada", loyalty.Command{Deduct: &loyalty.Deduct{Points: 52, Reason: "r"}}) // 2 there, 50 owed
	d.do("bo", grant(29))
	d.do("ada", event("quiz")) // pays 5
	d.do("ada", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}})
	if b := d.statement("bo").Balances[0]; b.Available != 0 || b.Debt != 15 {
		t.Errorf("45 owed and 30 there: %+v", b)
	}
	if r := d.do("bo", event("quiz")); r.Rules[0].Reason != loyalty.ReasonCapped {
		t.Errorf("ada's quiz of today does not count: %+v", r.Rules[0])
	}
	if _, err := d.try("bo", loyalty.Command{MakeUp: &loyalty.MakeUp{Day: "2026-03-02"}}); !sameError(err, &loyalty.StateError{What: "day 2026-03-02", State: "checked in already"}) {
		t.Errorf("ada's check-in is lost: %v", err)
	}
	if r := d.do("bo", order("b2", 0)); r.Rules[1].Points != 40 {
		t.Errorf("ada's two orders and bo's: %+v", r.Rules[1])
	}
	d.do("cy", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}})
	d.later(1)
	if got := d.available("bo"); got != 26 { // 40 and cy's 1, less 15 owed
		t.Errorf("%d points", got)
	}
}

// What a later version no longer has still counts where it was given.
func TestVersionsMayDropThings(t *testing.T) {
	first := tiered(loyalty.Tiers{Window: "year"}, nil)
	first.Rewards = append(first.Rewards, loyalty.Reward{ID: 3, Name: "mug", Cost: 10, Stock: new(int64(1))})
	second := cafe()
	second.Version, second.Published, second.Effective = 2, monday, monday.AddDate(0, 0, 1)
	second.Wallets = append(second.Wallets, first.Wallets[1])
	second.Rules = second.Rules[1:]
	d := newDesk(t, first, second)
	d.do("ada", growth(500))
	d.do("ada", order("o1", 50))
	d.do("ada", keyed("r", reward("mug")))
	if st := d.statement("ada"); st.Tier.Level != "gold" {
		t.Errorf("level %q", st.Tier.Level)
	}
	d.later(1)
	if st := d.statement("ada"); st.Tier != nil || st.Balances[1].Available != 500 {
		t.Errorf("%+v", st)
	}
	d.do("ada", keep("o1", 40))
	d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r"}})
	if _, err := d.try("ada", reward("mug")); err == nil {
		t.Error("a reward that is gone was redeemed")
	}
	if r, err := d.try("ada", order("o2", 10)); err != nil || len(r.Rules) != 0 || r.Seq == 0 {
		t.Errorf("an event that no rule is for: %+v, %v", r, err)
	}
	if got := d.available("ada"); got != 40 {
		t.Errorf("%d points", got)
	}
	d.later(400) // past the review
	if _, err := d.engine.Sweep(t.Context(), d.now, 10); err != nil {
		t.Error(err)
	}
	if err := d.engine.Verify(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
}
