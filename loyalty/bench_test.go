package loyalty

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// The speed is measured with ten rules of all kinds, tiers, caps, multipliers
// and rewards, over 100,000 members: two events that earn for each redemption.
func tenRules(tb testing.TB) Program {
	p := Program{
		Name: "bench", Version: 1,
		Wallets: []Wallet{
			{ID: 1, Name: "points", Expiry: Expiry{After: regulars.Years(1), RoundUp: "month"}},
			{ID: 2, Name: "growth", Qualifying: true},
		},
		Rules: []Rule{
			{ID: 1, Name: "check-in", Layer: LayerZeroCost, On: []string{"check-in"}, Streak: &Streak{Steps: []Step{{1, 1}, {7, 2}}, Goals: []Step{{30, 50}}}},
			{ID: 2, Name: "quiz", Layer: LayerZeroCost, On: []string{"quiz"}, Points: 2, Caps: []Cap{{Per: "day", Times: 1}}},
			{ID: 3, Name: "spend", Layer: LayerRoutine, On: []string{"order"}, PerAmount: &PerAmount{Points: 1, Per: decimal.New(1, 0)}, Caps: []Cap{{Per: "day", Points: 100_000}}},
			{ID: 4, Name: "growth", Layer: LayerRoutine, On: []string{"order"}, Wallet: "growth", PerAmount: &PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 5, Name: "coffee day", Layer: LayerRoutine, On: []string{"order"}, Points: 5, When: Condition{Weekdays: []string{"tue"}, MinAmount: decimal.New(20, 0)}},
			{ID: 6, Name: "first order", Layer: LayerUpgrade, On: []string{"order"}, Points: 100, Caps: []Cap{{Per: "life", Times: 1}}},
			{ID: 7, Name: "app order", Layer: LayerUpgrade, On: []string{"order"}, Points: 10, When: Condition{Attributes: []AttributeIn{{"channel", []string{"app"}}}}, Caps: []Cap{{Per: "month", Times: 4}}},
			{ID: 8, Name: "wealth product", Layer: LayerUpgrade, On: []string{"wealth-product"}, Points: 500},
			{ID: 9, Name: "referral", Layer: LayerUpgrade, On: []string{"order"}, Referral: &Referral{Points: 200}},
			{ID: 10, Name: "ten orders", Layer: LayerUpgrade, On: []string{"order"}, Task: &Task{Goal: 10, Points: 50, Repeat: true}},
		},
		Multipliers: []Multiplier{{ID: 1, Name: "gold", Group: "tier", Factor: decimal.New(15, -1), Rules: []uint32{3}, When: Condition{Tiers: []string{"gold"}}}},
		Rewards: []Reward{
			{ID: 1, Name: "coffee", Cost: 300}, {ID: 2, Name: "bag", Cost: 2000}, {ID: 3, Name: "trip", Cost: 90_000},
		},
		Tiers: &Tiers{Wallet: "growth", Window: "rolling", Months: 12, Levels: []Level{{1, "silver", 500}, {2, "gold", 5000}}},
	}
	if err := p.Validate(); err != nil {
		tb.Fatal(err)
	}
	return p
}

const benchMembers = 100_000

// traffic is what members do: commands in an order that caches don't like. They
// are made some hundreds at a time, outside of what is measured, as requests have
// been read before they are decided.
type traffic struct {
	size    int // of a batch
	events  []Earn
	redeem  Redeem
	order   []int // of members
	now     time.Time
	made    int
	ready   []Command
	members []int // of those ready
	handed  int   // of those ready
}

func newTraffic(size int) *traffic {
	const ready = 300
	tr := &traffic{
		size: size, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), redeem: Redeem{Points: 3},
		ready: make([]Command, ready), members: make([]int, ready), handed: ready,
	}
	r := rand.New(rand.NewPCG(1, 2))
	tr.order = r.Perm(benchMembers)
	app := []Attribute{{"channel", "app"}}
	for i := range 1000 {
		e := Earn{Kind: "order", Amount: decimal.New(2000+r.Int64N(20000), -2)}
		if i%4 == 0 {
			e.Attributes = app
		}
		tr.events = append(tr.events, e)
	}
	return tr
}

// make makes the next commands; two thirds of them earn.
func (tr *traffic) make() {
	for i := range tr.ready {
		if tr.made%benchMembers == 0 {
			tr.now = tr.now.Add(9 * time.Hour)
		}
		member := tr.order[tr.made%benchMembers]
		c := Command{Key: fmt.Sprintf("key-%09d", tr.made), Member: fmt.Sprintf("member-%06d", member), OccurredAt: tr.now}
		if tr.made/benchMembers%3 == 2 {
			c.Redeem = &tr.redeem
		} else {
			c.Earn = &tr.events[tr.made%len(tr.events)]
		}
		tr.ready[i], tr.members[i] = c, member
		tr.made++
	}
	tr.handed = 0
}

// each hands out batches of commands with the numbers of their members: first
// some that are not measured, then b.N.
func (tr *traffic) each(b *testing.B, before int, do func(made []Command, members []int)) {
	b.Helper()
	next := func() {
		from := tr.handed
		tr.handed += tr.size
		do(tr.ready[from:tr.handed], tr.members[from:tr.handed])
	}
	for ; before > 0; before -= tr.size {
		if tr.handed == len(tr.ready) {
			tr.make()
		}
		next()
	}
	b.ReportAllocs()
	for b.Loop() {
		if tr.handed == len(tr.ready) {
			b.StopTimer()
			tr.make()
			b.StartTimer()
		}
		next()
	}
	b.ReportMetric(float64(b.N*tr.size)/b.Elapsed().Seconds(), "commands/s")
}

// BenchmarkDecideApply measures the pure core: a decision, and what it comes to
// applied to the account: as it was decided, after it was asked what it needs,
// and folded from its entries as any other account would be.
func BenchmarkDecideApply(b *testing.B) {
	b.Run("decided", func(b *testing.B) { decideApply(b, false, (*Decision).Apply) })
	b.Run("needed", func(b *testing.B) { decideApply(b, true, (*Decision).Apply) })
	b.Run("folded", func(b *testing.B) {
		decideApply(b, false, func(d *Decision, _ AccountID, a *Account) error {
			for i := range d.Entries {
				if err := a.Apply(&d.Entries[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func decideApply(b *testing.B, ask bool, apply func(*Decision, AccountID, *Account) error) {
	b.Helper()
	rules, err := Compile(tenRules(b))
	if err != nil {
		b.Fatal(err)
	}
	accounts := make([]Account, benchMembers)
	var v View
	v.records = []loaded{{id: RecordID{"bench", KindKey, ""}}, {id: RecordID{"bench", KindRedemption, ""}}, {id: RecordID{"bench", KindAccount, ""}, lent: true}}
	newTraffic(1).each(b, 3*benchMembers, func(made []Command, members []int) {
		c, a := &made[0], &accounts[members[0]]
		v.records[0].id.Name, v.records[1].id.Name = c.Key, c.Key
		v.records[2].id.Name, v.records[2].version, v.records[2].account = c.Member, a.seq, a
		if ask {
			if ids, _, err := rules.Needs(&v, c); err != nil || len(ids) > 0 {
				b.Fatal(ids, err)
			}
		}
		d, err := rules.Decide(&v, c, c.OccurredAt)
		if err != nil {
			b.Fatal(err)
		}
		if err := apply(d, AccountID{"bench", c.Member}, a); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkDo measures the whole engine on the store in memory.
func BenchmarkDo(b *testing.B) {
	e := benchEngine(b)
	ctx := context.Background()
	newTraffic(1).each(b, 2*benchMembers, func(made []Command, _ []int) {
		if _, err := e.Do(ctx, made[0].OccurredAt, made[0]); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkDoBatch measures the engine with commands by the hundred.
func BenchmarkDoBatch(b *testing.B) {
	e := benchEngine(b)
	ctx := context.Background()
	newTraffic(100).each(b, 2*benchMembers, func(made []Command, _ []int) {
		for _, r := range e.DoBatch(ctx, made[0].OccurredAt, made) {
			if r.Err != nil {
				b.Fatal(r.Err)
			}
		}
	})
}

func benchEngine(b *testing.B) *Engine {
	b.Helper()
	e, err := NewEngine(NewMemory(), tenRules(b))
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkReference is what any engine is up against: a map of balances with
// a mutex, and a set of keys.
func BenchmarkReference(b *testing.B) {
	var mu sync.Mutex
	balances, keys := map[string]int64{}, map[string]bool{}
	newTraffic(1).each(b, 2*benchMembers, func(made []Command, _ []int) {
		c := &made[0]
		mu.Lock()
		defer mu.Unlock()
		if keys[c.Key] {
			return
		}
		keys[c.Key] = true
		if c.Earn != nil {
			balances[c.Member] += c.Earn.Amount.IntPart()
		} else if balances[c.Member] >= c.Redeem.Points {
			balances[c.Member] -= c.Redeem.Points
		}
	})
}
