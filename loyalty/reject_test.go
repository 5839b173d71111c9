package loyalty_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// strict is a program in which every command can be refused.
func strict() loyalty.Program {
	p := cafe()
	p.Wallets[0].Shortfall = loyalty.ShortfallRefuse
	p.Wallets = append(p.Wallets, loyalty.Wallet{ID: 2, Name: "growth", Qualifying: true})
	p.Rewards = append(p.Rewards,
		loyalty.Reward{ID: 3, Name: "last one", Cost: 1, Stock: new(int64(1))},
		loyalty.Reward{ID: 4, Name: "gone", Cost: 1, Disabled: true},
		loyalty.Reward{ID: 5, Name: "soon", Cost: 1, From: monday.AddDate(0, 1, 0)},
		loyalty.Reward{ID: 6, Name: "one a week", Cost: 1, PerMember: 1, Per: "week"},
	)
	p.Limits = loyalty.Limits{MinRedeem: 1, Transfers: &loyalty.Transfers{Min: 5, PerDay: 50}}
	return p
}

func TestRejections(t *testing.T) {
	tests := []struct {
		name    string
		command loyalty.Command
		want    error
	}{
		{"too few points", redeem(101), &loyalty.InsufficientError{Wallet: "points", Available: 100, Wanted: 101}},
		{"too few to hold", loyalty.Command{Hold: &loyalty.Hold{Points: 101}}, &loyalty.InsufficientError{Wallet: "points", Available: 100, Wanted: 101}},
		{"too few to send", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 40}}, nil},
		{"sent too much a day", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 51}}, &loyalty.LimitError{Limit: "50 points transferred a day", Max: 50, RetryAt: monday.Truncate(24*time.Hour).AddDate(0, 0, 1)}},
		{"sent too little", loyalty.Command{Transfer: &loyalty.Transfer{To: "bo", Points: 4}}, &loyalty.LimitError{Limit: "at least 5 points a transfer", Max: 5, Used: 4}},
		{"refuses a shortfall", loyalty.Command{Deduct: &loyalty.Deduct{Points: 101, Reason: "r"}}, &loyalty.InsufficientError{Wallet: "points", Available: 100, Wanted: 101}},
		{"stock gone", loyalty.Command{Redeem: &loyalty.Redeem{Reward: "last one", Quantity: 2}}, &loyalty.StockError{Reward: "last one", Left: 1, Wanted: 2}},
		{"disabled reward", reward("gone"), &loyalty.DisabledError{What: `reward "gone"`, Why: loyalty.ReasonDisabled}},
		{"reward not yet", reward("soon"), &loyalty.DisabledError{What: `reward "soon"`, Why: loyalty.ReasonDates, From: monday.AddDate(0, 1, 0)}},
		{"reward limit", loyalty.Command{Redeem: &loyalty.Redeem{Reward: "one a week", Quantity: 2}}, &loyalty.LimitError{Limit: `reward "one a week": 1 per member`, Max: 1, RetryAt: monday.Truncate(24*time.Hour).AddDate(0, 0, 7)}},
		{"unknown reward", reward("tea"), &loyalty.CommandError{Field: "redeem.reward", Problem: `"tea": the program has no such reward`}},
		{"not spendable", loyalty.Command{Redeem: &loyalty.Redeem{Points: 1, Wallet: "growth"}}, &loyalty.DisabledError{What: `spending from wallet "growth"`, Why: loyalty.ReasonDisabled}},
		{"unknown order", keep("none", 0), loyalty.ErrUnknownOrder},
		{"unknown hold", loyalty.Command{Capture: &loyalty.Capture{Hold: "none"}}, loyalty.ErrUnknownRedemption},
		{"another's hold", loyalty.Command{Release: &loyalty.Release{Hold: "bo's hold"}}, loyalty.ErrUnknownRedemption},
		{"unknown recipient", loyalty.Command{Transfer: &loyalty.Transfer{To: "nobody", Points: 5}}, loyalty.ErrUnknownAccount},
		{"closed recipient", loyalty.Command{Transfer: &loyalty.Transfer{To: "gone", Points: 5}}, &loyalty.ClosedError{Member: "gone"}},
		{"merged recipient", loyalty.Command{Transfer: &loyalty.Transfer{To: "twin", Points: 5}}, &loyalty.ClosedError{Member: "twin"}},
		{"order earned before", order("o1", 7), &loyalty.StateError{What: `order "o1"`, State: "known: it has earned"}},
		{"another's order", order("bo's order", 7), &loyalty.StateError{What: `order "bo's order"`, State: "another member's"}},
		{"captured before", loyalty.Command{Capture: &loyalty.Capture{Hold: "captured"}}, &loyalty.StateError{What: `hold "captured"`, State: "captured"}},
		{"released before", loyalty.Command{Release: &loyalty.Release{Hold: "released"}}, &loyalty.StateError{What: `hold "released"`, State: "released"}},
		{"reversed before", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "reversed"}}, &loyalty.StateError{What: `redemption "reversed"`, State: "reversed"}},
		{"too much", grant(loyalty.MaxPoints), loyalty.ErrOverflow},
		{"key reused", keyed("first", grant(99)), &loyalty.KeyReusedError{Key: "first", Field: "grant.points", Was: "100", Is: "99"}},
		{"key reused for another payload", keyed("first", redeem(1)), &loyalty.KeyReusedError{Key: "first", Field: "payload", Was: "grant.points", Is: "redeem.reward"}},
		{"too late", loyalty.Command{OccurredAt: monday.AddDate(0, 0, -31), Earn: &loyalty.Earn{Kind: "quiz"}}, &loyalty.TimeError{OccurredAt: monday.AddDate(0, 0, -31), Bound: monday.AddDate(0, 0, -30)}},
		{"just in time", loyalty.Command{OccurredAt: monday.AddDate(0, 0, -30), Earn: &loyalty.Earn{Kind: "quiz"}}, nil},
		{"in the future", loyalty.Command{OccurredAt: monday.Add(5*time.Minute + 1000), Earn: &loyalty.Earn{Kind: "quiz"}}, &loyalty.TimeError{OccurredAt: monday.Add(5*time.Minute + 1000), Bound: monday.Add(5 * time.Minute)}},
		{"a little ahead", loyalty.Command{OccurredAt: monday.Add(5 * time.Minute), Earn: &loyalty.Earn{Kind: "quiz"}}, nil},
		{"no payload", loyalty.Command{}, &loyalty.CommandError{Field: "payload", Problem: "want exactly one"}},
		{"two payloads", loyalty.Command{Redeem: &loyalty.Redeem{Points: 1}, Hold: &loyalty.Hold{Points: 1}}, &loyalty.CommandError{Field: "payload", Problem: "want exactly one"}},
		{"negative amount", order("o9", -1), &loyalty.CommandError{Field: "earn.amount", Problem: "is negative"}},
		{"no points", redeem(0), &loyalty.CommandError{Field: "redeem.points", Problem: "0: want 1 to 1000000000000"}},
		{"hostile exponent", loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(1, 1<<30)}}, &loyalty.CommandError{Field: "earn.amount", Problem: "amount has exponent 1073741824: want -18 to 18"}},
		{"referred by oneself", loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Referrer: "ada"}}, &loyalty.CommandError{Field: "earn.referrer", Problem: "is the member"}},
		{"more than ordered is what was ordered", keep("o1", 999), nil},
		{"making up without a streak", loyalty.Command{MakeUp: &loyalty.MakeUp{Day: "2026-03-01"}}, &loyalty.CommandError{Field: "makeUp.rule", Problem: `"": the program has no such streak`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t, strict())
			for _, name := range []string{"bo", "gone", "twin"} {
				d.do(name, grant(100))
			}
			d.do("ada", keyed("first", grant(100)))
			d.do("bo", order("bo's order", 10))
			d.do("bo", keyed("bo's hold", loyalty.Command{Hold: &loyalty.Hold{Points: 5}}))
			d.do("gone", loyalty.Command{Close: &loyalty.Close{Reason: "asked"}})
			d.do("twin", loyalty.Command{Merge: &loyalty.Merge{Into: "bo"}})
			d.do("ada", order("o1", 6))
			for _, name := range []string{"captured", "released"} {
				d.do("ada", keyed(name, loyalty.Command{Hold: &loyalty.Hold{Points: 3}}))
			}
			d.do("ada", loyalty.Command{Capture: &loyalty.Capture{Hold: "captured"}})
			d.do("ada", loyalty.Command{Release: &loyalty.Release{Hold: "released"}})
			d.do("ada", keyed("reversed", redeem(2)))
			d.do("ada", loyalty.Command{Reverse: &loyalty.Reverse{Redemption: "reversed"}})
			d.do("ada", redeem(3)) // 100 left
			before := d.dump("ada", "bo", "gone", "twin")
			_, err := d.try("ada", tt.command)
			if !sameError(err, tt.want) {
				t.Fatalf("err = %v, want %v", err, tt.want)
			}
			if after := d.dump("ada", "bo", "gone", "twin"); tt.want != nil && !bytes.Equal(before, after) {
				t.Error("a rejected command changed an account")
			}
		})
	}
}

// sameError compares typed errors by what they hold.
func sameError(got, want error) bool {
	if want == nil || got == nil {
		return want == nil && got == nil
	}
	return errors.Is(got, want) || cmp.Equal(fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want)) || got.Error() == want.Error() && fmt.Sprintf("%T", got) == fmt.Sprintf("%T", want)
}

// dump returns the bytes of accounts and their journals.
func (d *desk) dump(members ...string) (all []byte) {
	d.t.Helper()
	ctx := context.Background()
	for _, m := range members {
		id := loyalty.AccountID{Program: "cafe", Member: m}
		records, _, err := d.store.Load(ctx, []loyalty.RecordID{id.Record()}, nil)
		if err != nil {
			d.t.Fatal(err)
		}
		entries, err := d.store.Entries(ctx, id, 0, 1000)
		if err != nil {
			d.t.Fatal(err)
		}
		all = fmt.Appendf(all, "%s %x %d\n", m, records[0].Body, records[0].Version)
		for _, e := range entries {
			all = fmt.Appendf(all, "%+v\n", e)
		}
	}
	return all
}

func TestClosedAccountsAcceptKeepAndReleaseOnly(t *testing.T) {
	setUp := func(t *testing.T) *desk {
		d := newDesk(t, strict())
		d.do("ada", order("o1", 100))
		d.do("ada", keyed("h1", loyalty.Command{Hold: &loyalty.Hold{Points: 40}}))
		d.do("ada", keyed("r1", redeem(10)))
		d.do("ada", loyalty.Command{Close: &loyalty.Close{Reason: "asked"}})
		return d
	}
	d := setUp(t)
	for name, c := range map[string]loyalty.Command{
		"order": order("o2", 5), "quiz": event("quiz"), "grant": grant(1), "redeem": redeem(1), "hold": {Hold: &loyalty.Hold{Points: 1}},
		"capture": {Capture: &loyalty.Capture{Hold: "h1"}}, "reverse": {Reverse: &loyalty.Reverse{Redemption: "r1"}},
		"close": {Close: &loyalty.Close{Reason: "again"}}, "reminded": {Reminded: &loyalty.Reminded{Reminder: "r"}},
	} {
		if _, err := d.try("ada", c); !sameError(err, &loyalty.ClosedError{Member: "ada"}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.do("ada", keep("o1", 50))
	if st := d.statement("ada"); st.Balances[0].Held != 40 {
		t.Errorf("held %d, want 40", st.Balances[0].Held)
	}
	d.do("ada", loyalty.Command{Release: &loyalty.Release{Hold: "h1"}})
	d = setUp(t)
	d.later(2) // the hold times out
	for _, d := range []*desk{d} {
		if b := d.statement("ada").Balances[0]; b != (loyalty.Balance{Wallet: "points"}) {
			t.Errorf("a closed account holds %+v", b)
		}
	}
}

// A rejection of a redeem or a hold is bound to its key, that of an earn is
// not.
func TestRejectionsBoundToTheirKey(t *testing.T) {
	p := cafe()
	p.MaxLate = regulars.Days(3)
	d := newDesk(t, p)
	d.do("ada", grant(10))
	for _, c := range []loyalty.Command{keyed("r", redeem(20)), keyed("h", loyalty.Command{Hold: &loyalty.Hold{Points: 20}})} {
		c.OccurredAt = d.now
		_, first := d.try("ada", c)
		d.do("ada", grant(50))
		_, again := d.try("ada", c)
		if first == nil || fmt.Sprint(first) != fmt.Sprint(again) {
			t.Errorf("%v, then %v", first, again)
		}
		d.do("ada", redeem(50))
	}
	late := keyed("e", event("quiz"))
	late.OccurredAt = d.now.AddDate(0, 0, -3).Add(-time.Second)
	if _, err := d.try("ada", late); err == nil {
		t.Fatal("a late event was taken")
	}
	d.now = d.now.Add(-time.Second)
	if _, err := d.try("bo", late); err != nil { // bo's account has no later time of its own
		t.Errorf("the key of a rejected event was kept: %v", err)
	}
}
