package loyalty_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// monday is when the tests begin.
var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// cafe is a small program of which the tests change what they are about.
func cafe() loyalty.Program {
	return loyalty.Program{
		Name: "cafe", Version: 1,
		Wallets: []loyalty.Wallet{{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Days(30)}}},
		Rules: []loyalty.Rule{
			{ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "quiz", Layer: loyalty.LayerZeroCost, On: []string{"quiz"}, Points: 5, Caps: []loyalty.Cap{{Per: "day", Times: 1}}},
		},
		Rewards: []loyalty.Reward{{ID: 1, Name: "coffee", Cost: 30}, {ID: 2, Name: "cake", Cost: 80}},
	}
}

// desk runs commands of one member at a time, and checks the journal after each.
type desk struct {
	t      testing.TB
	engine *loyalty.Engine
	store  loyalty.Store
	now    time.Time
	keys   int
}

func newDesk(t testing.TB, versions ...loyalty.Program) *desk {
	t.Helper()
	store := loyalty.NewMemory()
	engine, err := loyalty.NewEngine(store, versions...)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t: t, engine: engine, store: store, now: monday}
}

// try runs a command now, under a new key if it has none.
func (d *desk) try(member string, c loyalty.Command) (loyalty.Receipt, error) {
	d.t.Helper()
	if c.Key == "" {
		d.keys++
		c.Key = "key " + string(rune('a'+d.keys/26)) + string(rune('a'+d.keys%26))
	}
	c.Member = member
	if c.OccurredAt.IsZero() {
		c.OccurredAt = d.now
	}
	receipt, err := d.engine.Do(context.Background(), d.now, c)
	if failed := d.engine.Verify(context.Background(), member); failed != nil {
		d.t.Fatal(failed)
	}
	return receipt, err
}

// do is try for commands that must be taken.
func (d *desk) do(member string, c loyalty.Command) loyalty.Receipt {
	d.t.Helper()
	receipt, err := d.try(member, c)
	if err != nil {
		d.t.Fatalf("%s: %v", member, err)
	}
	return receipt
}

func (d *desk) statement(member string) loyalty.Statement {
	d.t.Helper()
	st, err := d.engine.Balance(context.Background(), d.now, member)
	if err != nil {
		d.t.Fatal(err)
	}
	return st
}

func (d *desk) available(member string) int64 {
	d.t.Helper()
	return d.statement(member).Balances[0].Available
}

func (d *desk) later(days int) { d.now = d.now.AddDate(0, 0, days) }

func order(name string, amount int64) loyalty.Command {
	return loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Order: name, Amount: decimal.New(amount, 0)}}
}

func event(kind string) loyalty.Command { return loyalty.Command{Earn: &loyalty.Earn{Kind: kind}} }

func keep(name string, amount int64) loyalty.Command {
	return loyalty.Command{Keep: &loyalty.Keep{Order: name, Amount: decimal.New(amount, 0)}}
}

func grant(points int64) loyalty.Command {
	return loyalty.Command{Grant: &loyalty.Grant{Points: points, Reason: "test"}}
}

func redeem(points int64) loyalty.Command {
	return loyalty.Command{Redeem: &loyalty.Redeem{Points: points}}
}

func reward(name string) loyalty.Command {
	return loyalty.Command{Redeem: &loyalty.Redeem{Reward: name}}
}

func keyed(key string, c loyalty.Command) loyalty.Command {
	c.Key = key
	return c
}
