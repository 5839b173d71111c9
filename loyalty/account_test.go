package loyalty_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// line is one move of a journal as a bookkeeper would write it.
type line struct {
	Day    string // when it was recorded, in UTC
	From   string
	To     string
	Points int64
}

func (d *desk) journal(member string) (lines []line) {
	d.t.Helper()
	if _, err := d.engine.Sweep(d.t.Context(), d.now, 100); err != nil {
		d.t.Fatal(err)
	}
	events, err := d.engine.History(d.t.Context(), member, 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range events {
		for _, m := range e.Moves {
			lines = append(lines, line{e.RecordedAt.UTC().Format("01-02 15:04"), m.From.String(), m.To.String(), m.Points})
		}
	}
	return lines
}

// The journals below were written by hand from the documentation, not by the
// engine. A balance is what they add up to.
func TestJournalsByHand(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	frozen := func() loyalty.Program { // points wait 15 days, and end with the year
		p := cafe()
		p.Zone = shanghai
		p.Wallets[0].Pending = loyalty.Pending{For: regulars.Days(15)}
		p.Wallets[0].Expiry = loyalty.Expiry{Dates: []string{"12-31"}}
		return p
	}
	owing := func() loyalty.Program {
		p := cafe()
		p.Wallets[0].Shortfall, p.Wallets[0].DebtLimit = loyalty.ShortfallDebt, 25
		return p
	}
	awaited := func() loyalty.Program {
		p := cafe()
		p.Wallets[0].Pending = loyalty.Pending{Until: "delivered", Within: regulars.Days(10)}
		return p
	}
	idle := func() loyalty.Program {
		p := cafe()
		p.Wallets[0].Expiry = loyalty.Expiry{Idle: regulars.Days(10)}
		p.Limits.Transfers = &loyalty.Transfers{}
		return p
	}
	graceful := func() loyalty.Program {
		p := cafe()
		p.Wallets[0].Restore = regulars.Days(5)
		return p
	}
	tests := []struct {
		name    string
		program loyalty.Program
		steps   func(d *desk)
		want    []line
		balance loyalty.Balance
	}{
		{
			// Monday 2 March, 30 days: the last one is 1 April, at whose end they go.
			"rolling expiry", cafe(), func(d *desk) {
				d.do("ada", order("o", 40))
				d.later(1)
				d.do("ada", order("p", 10))
				d.do("ada", redeem(15)) // of the older lot
				d.later(30)
			},
			[]line{
				{"03-02 10:00", "issued", "available", 40},
				{"03-03 10:00", "issued", "available", 10},
				{"03-03 10:00", "available", "redeemed", 15},
				{"04-02 00:00", "available", "expired", 25},
			},
			loyalty.Balance{Wallet: "points", Available: 10},
		},
		{
			// In Shanghai it is 18:00. Day 15 is 17 March, at whose end, 16:00 UTC,
			// they activate. The year ends at 16:00 UTC of its last day.
			"frozen, and cleared at the end of the year", frozen(), func(d *desk) {
				d.do("ada", order("o", 40))
				d.later(10)
				d.do("ada", keep("o", 30)) // while they wait
				d.later(10)
				d.do("ada", keep("o", 20))
				d.later(300)
			},
			[]line{
				{"03-02 10:00", "issued", "pending", 40},
				{"03-12 10:00", "pending", "revoked", 10},
				{"03-17 16:00", "pending", "available", 30},
				{"03-22 10:00", "available", "revoked", 10},
				{"12-31 16:00", "available", "expired", 20},
			},
			loyalty.Balance{Wallet: "points"},
		},
		{
			// 50 earned, 45 spent, 40 to be taken back: 5 are there, 25 may be owed,
			// 10 are waived. What comes next pays the debt first.
			"debt", owing(), func(d *desk) {
				d.do("ada", order("o", 50))
				d.do("ada", redeem(45))
				r := d.do("ada", keep("o", 10))
				if r.Taken != 30 || r.Owed != 25 || r.Waived != 10 {
					d.t.Errorf("taken %d, owed %d, waived %d", r.Taken, r.Owed, r.Waived)
				}
				d.do("ada", order("p", 20))
				d.do("ada", order("q", 20))
				d.do("ada", keep("o", 0)) // 10 more: they are there
			},
			[]line{
				{"03-02 10:00", "issued", "available", 50},
				{"03-02 10:00", "available", "redeemed", 45},
				{"03-02 10:00", "available", "revoked", 5},
				{"03-02 10:00", "debt", "revoked", 25},
				{"03-02 10:00", "issued", "debt", 20},
				{"03-02 10:00", "issued", "debt", 5},
				{"03-02 10:00", "issued", "available", 15},
				{"03-02 10:00", "available", "revoked", 10},
			},
			loyalty.Balance{Wallet: "points", Available: 5},
		},
		{
			// One order is delivered in time, one is not: 10 days are over at the
			// end of 12 March. What did not come can't be taken back.
			"until delivery", awaited(), func(d *desk) {
				d.do("ada", order("o", 40))
				d.do("ada", order("p", 7))
				d.later(3)
				d.do("ada", keep("o", 30))
				d.do("ada", loyalty.Command{Earn: &loyalty.Earn{Kind: "delivered", Order: "o"}})
				d.later(10)
				d.do("ada", loyalty.Command{Earn: &loyalty.Earn{Kind: "delivered", Order: "p"}})
				if r := d.do("ada", keep("p", 0)); r.Waived != 7 {
					d.t.Errorf("waived %d", r.Waived)
				}
				d.later(30)
			},
			[]line{
				{"03-02 10:00", "issued", "pending", 40},
				{"03-02 10:00", "issued", "pending", 7},
				{"03-05 10:00", "pending", "revoked", 10},
				{"03-05 10:00", "pending", "available", 30},
				{"03-13 00:00", "pending", "forfeited", 7},
				{"04-05 00:00", "available", "expired", 30},
			},
			loyalty.Balance{Wallet: "points"},
		},
		{
			// Each activity puts the end off; a refund does not; what is given away
			// keeps the end that it had.
			"inactivity", idle(), func(d *desk) {
				d.do("bo", grant(1))
				d.do("ada", order("o", 40))
				d.later(9)
				d.do("bo", redeem(1))
				d.do("ada", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 5}}) // ends 13 March, as ada's did
				d.later(9)
				d.do("ada", keep("o", 30))
				d.later(10)
			},
			[]line{
				{"03-02 10:00", "issued", "available", 40},
				{"03-11 10:00", "available", "sent", 5},
				{"03-20 10:00", "available", "revoked", 10},
				{"03-22 00:00", "available", "expired", 25},
			},
			loyalty.Balance{Wallet: "points"},
		},
		{
			// A redemption of two lots is reversed when one of them has ended: five
			// days more, to the end of 8 April.
			"restored", graceful(), func(d *desk) {
				d.do("ada", order("o", 10))
				d.later(5)
				d.do("ada", order("p", 10))
				d.do("ada", keyed("r", redeem(15)))
				d.later(27)
				d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r"}})
				d.later(10)
			},
			[]line{
				{"03-02 10:00", "issued", "available", 10},
				{"03-07 10:00", "issued", "available", 10},
				{"03-07 10:00", "available", "redeemed", 10},
				{"03-07 10:00", "available", "redeemed", 5},
				{"04-03 10:00", "redeemed", "available", 10},
				{"04-03 10:00", "redeemed", "available", 5},
				{"04-07 00:00", "available", "expired", 10},
				{"04-09 00:00", "available", "expired", 10},
			},
			loyalty.Balance{Wallet: "points"},
		},
		{
			// A hold outlives the lot that it is of; what it gives back has ended.
			"held past the end", cafe(), func(d *desk) {
				d.do("ada", grant(10))
				d.later(30)
				d.do("ada", keyed("h", loyalty.Command{Hold: &loyalty.Hold{Points: 8}}))
				d.now = d.now.Add(20 * time.Hour)
				if r := d.do("ada", loyalty.Command{Capture: &loyalty.Capture{Hold: "h", Points: 5}}); r.Lost != 3 {
					d.t.Errorf("lost %d", r.Lost)
				}
			},
			[]line{
				{"03-02 10:00", "issued", "available", 10},
				{"04-01 10:00", "available", "held", 8},
				{"04-02 00:00", "available", "expired", 2},
				{"04-02 06:00", "held", "redeemed", 5},
				{"04-02 06:00", "held", "expired", 3},
			},
			loyalty.Balance{Wallet: "points"},
		},
		{
			// A hold lasts 24 hours, and then gives everything back.
			"timed out", cafe(), func(d *desk) {
				d.do("ada", grant(10))
				d.do("ada", keyed("h", loyalty.Command{Hold: &loyalty.Hold{Points: 8}}))
				d.later(1)
				_, err := d.try("ada", loyalty.Command{Capture: &loyalty.Capture{Hold: "h"}})
				if !sameError(err, &loyalty.StateError{What: `hold "h"`, State: "timed out"}) {
					d.t.Error(err)
				}
			},
			[]line{
				{"03-02 10:00", "issued", "available", 10},
				{"03-02 10:00", "available", "held", 8},
				{"03-03 10:00", "held", "available", 8},
			},
			loyalty.Balance{Wallet: "points", Available: 10},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, tt.program)
			tt.steps(d)
			if diff := cmp.Diff(tt.want, d.journal("ada")); diff != "" {
				t.Errorf("(-by hand +engine):\n%s", diff)
			}
			if got := d.statement("ada").Balances[0]; got != tt.balance {
				t.Errorf("balance %+v, want %+v", got, tt.balance)
			}
			// Issued and received is what is left, spent and gone, less what is owed.
			sum := int64(0)
			for _, l := range tt.want {
				if l.From == "issued" || l.From == "received" {
					sum += l.Points
				}
				switch l.To {
				case "redeemed", "expired", "revoked", "forfeited", "sent":
					sum -= l.Points
				}
				if l.From == "redeemed" {
					sum += l.Points
				}
			}
			if b := tt.balance; sum != b.Available+b.Pending+b.Held-b.Debt {
				t.Errorf("the journal by hand does not add up: %d", sum)
			}
		})
	}
}

// A referrer is paid once, for life, only if enrolled strictly earlier, and
// loses the points with the order.
func TestReferral(t *testing.T) {
	p := cafe()
	p.Rules = append(p.Rules, loyalty.Rule{
		ID: 3, Name: "referral", Layer: loyalty.LayerUpgrade, On: []string{"order"}, Referral: &loyalty.Referral{Points: 50},
		When: loyalty.Condition{MinAmount: decimal.New(20, 0)},
	})
	d := newDesk(t, p)
	d.do("ada", grant(1))
	d.later(1)
	join := func(member, referrer string) {
		d.do(member, loyalty.Command{Earn: &loyalty.Earn{Kind: "join", Referrer: referrer}})
	}
	join("bo", "ada")
	join("cy", "nobody")
	want := func(member string, points int64) {
		t.Helper()
		if got := d.available(member); got != points {
			t.Errorf("%s has %d points, want %d", member, got, points)
		}
	}
	d.do("bo", order("small", 19))
	want("ada", 1)
	d.do("bo", order("o1", 30))
	want("ada", 51)
	d.do("bo", order("o2", 30))
	want("ada", 51)
	d.do("cy", order("o3", 30))
	join("bo", "cy") // for life: it stays ada
	d.do("bo", keep("o2", 0))
	want("ada", 51)
	d.do("bo", keep("o1", 20))
	want("ada", 51)
	d.do("bo", keep("o1", 19)) // no longer what qualifies
	want("ada", 1)
	d.do("bo", order("o4", 100))
	want("ada", 1) // paid once, even if it was taken back
	want("bo", 19+19+100)
	if err := d.engine.Verify(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
	join("cy", "ada") // nobody was no referrer
	d.do("cy", order("o6", 30))
	want("ada", 51)
	d.later(1)
	join("dee", "bo")
	d.do("bo", loyalty.Command{Close: &loyalty.Close{Reason: "asked"}})
	if r := d.do("dee", order("o5", 30)); r.Rules[1].Reason != loyalty.ReasonReferrer {
		t.Errorf("a closed referrer: %+v", r.Rules[1])
	}
}

// A referrer whose wallet is full, or more than that, gets what it takes; the
// receipt says so, and a return takes back no more.
func TestFullReferrer(t *testing.T) {
	p := cafe()
	p.Rules = append(p.Rules, loyalty.Rule{ID: 3, Name: "referral", Layer: loyalty.LayerUpgrade, On: []string{"order"}, Referral: &loyalty.Referral{Points: 50}})
	for _, c := range []struct {
		name     string
		spend    int64 // of a full wallet
		reversed bool  // after it was filled again
		want     int64 // for the referral
	}{{"nearly full", 20, false, 20}, {"full", 0, false, 0}, {"more than full", 20, true, 0}} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, p)
			d.do("ada", grant(loyalty.MaxPoints))
			if c.spend > 0 {
				d.do("ada", keyed("spent", redeem(c.spend)))
			}
			if c.reversed {
				d.do("ada", grant(c.spend))
				d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "spent"}})
			}
			before := d.available("ada")
			d.later(1)
			first := order("o", 5)
			first.Earn.Referrer = "ada"
			r := d.do("bo", first).Rules[1]
			if r.Points != c.want || r.Reason != loyalty.ReasonFull || d.available("ada") != before+c.want {
				t.Errorf("%+v, and the referrer has %d more", r, d.available("ada")-before)
			}
			d.do("bo", keep("o", 0))
			if got := d.available("ada"); got != before {
				t.Errorf("the referrer has %d after the return, had %d", got, before)
			}
		})
	}
}

// Without multipliers, too, a rule for categories counts their lines alone.
func TestCategoriesAlone(t *testing.T) {
	for _, rounding := range []loyalty.Rounding{"", loyalty.RoundHalfEven, loyalty.RoundLines} {
		p := cafe()
		p.Rules[0].PerAmount.Categories, p.Rules[0].Rounding = []string{"tea"}, rounding
		d := newDesk(t, p)
		c := order("o", 30)
		c.Earn.Lines = []loyalty.Line{{ID: "1", Category: "tea", Amount: decimal.New(10, 0)}, {ID: "2", Category: "cake", Amount: decimal.New(20, 0)}}
		if r := d.do("ada", c).Rules[0]; r.Points != 10 {
			t.Errorf("rounding %q: %d points, want those of the tea, 10", rounding, r.Points)
		}
	}
}

// A merged account's orders, holds and redemptions are the other's, whichever
// of the two the command names, as far as closed accounts accept it.
func TestMergeTakesOrdersAlong(t *testing.T) {
	p := cafe()
	p.Limits.Transfers = &loyalty.Transfers{}
	d := newDesk(t, p)
	d.do("ada", order("o1", 100))
	d.do("ada", keyed("h1", loyalty.Command{Hold: &loyalty.Hold{Points: 30}}))
	d.do("ada", keyed("h2", loyalty.Command{Hold: &loyalty.Hold{Points: 10}}))
	d.do("ada", keyed("r1", redeem(20)))
	d.do("bo", grant(5))
	d.do("cy", grant(5))
	d.do("ada", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}})
	want := func(available, held int64) {
		t.Helper()
		if b := d.statement("bo").Balances[0]; b.Available != available || b.Held != held {
			t.Errorf("bo has %d and %d held, want %d and %d", b.Available, b.Held, available, held)
		}
	}
	want(45, 40)
	d.do("ada", keep("o1", 90))
	d.do("bo", keep("o1", 80))
	want(25, 40)
	d.do("ada", loyalty.Command{Release: &loyalty.Release{Hold: "h1"}})
	want(55, 10)
	_, err := d.try("ada", loyalty.Command{Capture: &loyalty.Capture{Hold: "h2"}})
	if !sameError(err, &loyalty.ClosedError{Member: "ada", Into: "bo"}) {
		t.Error(err)
	}
	d.do("bo", loyalty.Command{Capture: &loyalty.Capture{Hold: "h2"}})
	d.do("bo", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "r1"}})
	want(75, 0)
	d.do("bo", loyalty.Command{Merge: &loyalty.Merge{Into: "cy"}}) // and on
	d.do("ada", keep("o1", 70))
	d.do("bo", keep("o1", 60))
	d.do("cy", keep("o1", 50))
	if got := d.available("cy"); got != 50 {
		t.Errorf("cy has %d points, want 50", got)
	}
	if _, err := d.try("dee", keep("o1", 0)); err == nil {
		t.Error("another member's keep was taken")
	}
}

// Points that wait until the very moment of recording don't wait.
func TestWaitIsOver(t *testing.T) {
	p := cafe()
	p.Wallets[0].Pending = loyalty.Pending{For: regulars.Days(1)}
	d := newDesk(t, p)
	done := order("", 10)
	done.OccurredAt = monday
	d.now = time.Date(2026, 3, 3, 23, 59, 59, 0, time.UTC)
	early := d.do("ada", done)
	d.now = d.now.Add(time.Second)
	late := d.do("bob", done)
	if early.Balances[0].Pending != 10 || late.Balances[0].Available != 10 {
		t.Errorf("a second before: %+v; in time: %+v", early.Balances, late.Balances)
	}
}

// What a rule says of its points' end goes before what the wallet does, also in
// a wallet whose points end when a member is idle.
func TestRuleEndsInIdleWallet(t *testing.T) {
	p := cafe()
	p.Wallets[0].Expiry = loyalty.Expiry{Idle: regulars.Days(90)}
	p.Rules[0].Expiry = &loyalty.Expiry{After: regulars.Days(10)}
	d := newDesk(t, p)
	got := d.do("ada", order("", 10)).Rules[0].Expires
	if want := time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("ends at %s, want %s", got, want)
	}
}

// A missed check-in can be paid for, once, and the streak goes on.
func TestMakeUp(t *testing.T) {
	p := cafe()
	p.Rules = append(p.Rules, loyalty.Rule{
		ID: 7, Name: "sign in", Layer: loyalty.LayerZeroCost, On: []string{"check-in"},
		Streak: &loyalty.Streak{
			Steps: []loyalty.Step{{Day: 1, Points: 1}, {Day: 3, Points: 5}}, MakeUp: &loyalty.MakeUpPrice{Points: 4, Days: 3, PerMonth: 1},
		},
	})
	d := newDesk(t, p)
	d.do("ada", grant(10))
	in := func() int64 { return d.do("ada", loyalty.Command{CheckIn: &loyalty.CheckIn{}}).Rules[0].Points }
	makeUp := func(day string) error {
		_, err := d.try("ada", loyalty.Command{MakeUp: &loyalty.MakeUp{Day: day}})
		return err
	}
	if got := []int64{in(), in()}; got[0] != 1 || got[1] != 0 {
		t.Errorf("two check-ins of one day gave %d", got)
	}
	d.later(2) // Wednesday; Tuesday is missing
	if err := makeUp("2026-03-04"); err == nil {
		t.Error("today was made up for")
	}
	if err := makeUp("2026-03-02"); !sameError(err, &loyalty.StateError{What: "day 2026-03-02", State: "checked in already"}) {
		t.Error(err)
	}
	if err := makeUp("2026-02-28"); err == nil {
		t.Error("a day four days ago was made up for")
	}
	if err := makeUp("2026-03-03"); err != nil {
		t.Error(err)
	}
	if got := in(); got != 5 {
		t.Errorf("the third day gave %d points, want 5", got)
	}
	if got := d.available("ada"); got != 10+1-4+5 {
		t.Errorf("%d points left", got)
	}
	d.later(2)
	if err := makeUp("2026-03-05"); !sameError(err, &loyalty.LimitError{Limit: "1 days made up a month", Max: 1, Used: 1, RetryAt: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}) {
		t.Error(err)
	}
}

// Numbers at the edge are refused, and never wrap.
func TestPointsNeverWrap(t *testing.T) {
	d := newDesk(t, cafe())
	d.do("ada", grant(loyalty.MaxPoints))
	if _, err := d.try("ada", grant(1)); !sameError(err, loyalty.ErrOverflow) {
		t.Error(err)
	}
	if r := d.do("ada", order("o", 5)); r.Rules[0].Points != 0 || r.Rules[0].Reason != loyalty.ReasonFull {
		t.Errorf("a full wallet: %+v", r.Rules[0])
	}
	d.do("ada", redeem(3))
	if r := d.do("ada", order("p", 5)); r.Rules[0].Points != 3 || r.Rules[0].Reason != loyalty.ReasonFull {
		t.Errorf("a nearly full wallet: %+v", r.Rules[0])
	}
	// What comes back is not refused, so that the wallet holds more than the most.
	d.do("ada", keyed("spent", redeem(3)))
	d.do("ada", grant(3))
	d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "spent"}})
	if r := d.do("ada", order("q", 5)); r.Rules[0].Points != 0 || r.Rules[0].Reason != loyalty.ReasonFull || r.Balances[0].Available != loyalty.MaxPoints+3 {
		t.Errorf("more than a full wallet: %+v", r)
	}
	huge := loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(loyalty.MaxAmount, 0)}}
	d.do("bo", huge)
	if got := d.available("bo"); got != loyalty.MaxPoints {
		t.Errorf("%d points", got)
	}
	if _, err := d.try("cy", loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(loyalty.MaxAmount, 0).Add(decimal.New(1, -4))}}); err == nil {
		t.Error("more than MaxAmount was taken")
	}
}
