package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// TestEngine runs the points engine on a store, with all that goes wrong in the
// field: other writers, lost replies, crashes between any two steps, clocks that
// differ, an engine that is a version behind. It compares what comes of it with
// what the same commands come to in memory with nothing going wrong, down to the
// bytes of journals and accounts. newStore returns an empty store for each
// subtest.
//
// Run [TestStore] first: it says what is broken, where this one shows what
// comes of it.
func TestEngine(t *testing.T, newStore func(t testing.TB) loyalty.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, store loyalty.Store)
	}{
		{"as in memory", testAsInMemory},
		{"serial order", testSerialOrder},
		{"cut at each step", testCuts},
		{"two engines", testTwoEngines},
		{"shared limits", testSharedLimits},
		{"batches", testBatches},
		{"sweeps", testSweeps},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, newStore(t)) })
	}
}

// noon is when most of what the suite does happens: a Wednesday.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// suiteProgram has something of each kind, with small numbers.
func suiteProgram(name string) loyalty.Program {
	return loyalty.Program{
		Name: name, Version: 1,
		Wallets: []loyalty.Wallet{
			{ID: 1, Name: "points", Expiry: loyalty.Expiry{After: regulars.Days(30)}, Shortfall: loyalty.ShortfallDebt, DebtLimit: 1000},
			{ID: 2, Name: "growth", Qualifying: true},
		},
		Rules: []loyalty.Rule{
			{ID: 1, Name: "spend", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "grow", Layer: loyalty.LayerRoutine, On: []string{"order"}, PerAmount: &loyalty.PerAmount{Points: 1, Per: decimal.New(1, 0)}, Wallet: "growth"},
			{ID: 3, Name: "quiz", Layer: loyalty.LayerZeroCost, On: []string{"quiz"}, Points: 5, Caps: []loyalty.Cap{{Per: "day", Times: 2}}},
			{ID: 4, Name: "flash", Layer: loyalty.LayerUpgrade, On: []string{"flash"}, Points: 10, Caps: []loyalty.Cap{{Per: "life", Points: 35, By: "program"}}},
			{ID: 5, Name: "daily", Layer: loyalty.LayerZeroCost, On: []string{"check-in"}, Streak: &loyalty.Streak{Steps: []loyalty.Step{{Day: 1, Points: 1}}}},
			{ID: 6, Name: "friend", Layer: loyalty.LayerUpgrade, On: []string{"order"}, Referral: &loyalty.Referral{Points: 20}},
			{ID: 7, Name: "review", Layer: loyalty.LayerUpgrade, On: []string{"booking"}, Points: 8, Pending: &loyalty.Pending{Until: "visit"}},
		},
		Rewards: []loyalty.Reward{
			{ID: 1, Name: "cup", Cost: 20, Stock: new(int64(3))},
			{ID: 2, Name: "pin", Cost: 5, PerMember: 1},
		},
		Tiers:  &loyalty.Tiers{Wallet: "growth", Window: "year", Levels: []loyalty.Level{{ID: 1, Name: "silver", Min: 50}, {ID: 2, Name: "gold", Min: 200}}},
		Limits: loyalty.Limits{Transfers: &loyalty.Transfers{}},
	}
}

// rig is an engine with a program of its own on a store.
type rig struct {
	t       testing.TB
	ctx     context.Context
	store   loyalty.Store
	program loyalty.Program
	// versions are those after program, if there are any.
	versions []loyalty.Program
	engine   *loyalty.Engine
	now      time.Time
}

func newRig(t testing.TB, store loyalty.Store, p loyalty.Program) *rig {
	r := &rig{t: t, ctx: t.Context(), store: store, program: p, now: noon}
	r.engine = r.on(store)
	return r
}

// on returns an engine of the rig's program on another way to its store.
func (r *rig) on(store loyalty.Store) *loyalty.Engine {
	r.t.Helper()
	engine, err := loyalty.NewEngine(store, append(r.versions[:len(r.versions):len(r.versions)], r.program)...)
	if err != nil {
		r.t.Fatal(err)
	}
	return engine
}

// command completes one: what is not said is this key, this member, noon.
func command(key, member string, c loyalty.Command) loyalty.Command {
	c.Key, c.Member = key, member
	if c.OccurredAt.IsZero() {
		c.OccurredAt = noon
	}
	return c
}

func earn(key, member, kind, order string, amount int64) loyalty.Command {
	return command(key, member, loyalty.Command{Earn: &loyalty.Earn{Kind: kind, Order: order, Amount: decimal.New(amount, 0)}})
}

func grant(key, member string, points int64) loyalty.Command {
	return command(key, member, loyalty.Command{Grant: &loyalty.Grant{Points: points, Reason: "start"}})
}

func redeem(key, member string, points int64) loyalty.Command {
	return command(key, member, loyalty.Command{Redeem: &loyalty.Redeem{Points: points}})
}

func claim(key, member, reward string) loyalty.Command {
	return command(key, member, loyalty.Command{Redeem: &loyalty.Redeem{Reward: reward}})
}

func keepAmount(key, member, order string, amount int64) loyalty.Command {
	return command(key, member, loyalty.Command{Keep: &loyalty.Keep{Order: order, Amount: decimal.New(amount, 0)}})
}

// answer is what a command came to, as far as it must be the same however it
// came about: a receipt that is replayed says the same as the first.
func answer(receipt loyalty.Receipt, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	receipt.Replayed = false
	return fmt.Sprintf("%+v", receipt)
}

// injected reports whether an error is that of a FaultyStore, after which it is
// unknown what happened.
func injected(err error) bool { return errors.Is(err, ErrInjected) || errors.Is(err, ErrCrashed) }

// retries bounds how often a command is done again.
const retries = 1000

// stubborn does a command until the answer is known, as a caller should: the
// same command with the same key. A crashed process is started again.
func (r *rig) stubborn(faulty *FaultyStore, c loyalty.Command) (receipt loyalty.Receipt, err error) {
	engine := r.on(faulty)
	for range retries {
		receipt, err = engine.Do(r.ctx, r.now, c)
		if !injected(err) {
			return receipt, err
		}
		if faulty.Crashed() {
			faulty.Restart()
			engine = r.on(faulty)
		}
	}
	return receipt, fmt.Errorf("no answer after %d tries: %w", retries, err)
}

// inMemory returns the same rig in memory, on which nothing goes wrong.
func (r *rig) inMemory() *rig {
	twin := newRig(r.t, loyalty.NewMemory(), r.program)
	twin.ctx, twin.now = r.ctx, r.now
	return twin
}
