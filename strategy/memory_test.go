package strategy_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/strategy"
	"pgregory.net/rapid"
)

var memoryNoon = time.Date(2026, 11, 11, 12, 0, 0, 0, time.UTC)

// fundsModel is what budgets should be: every spending by its key.
type fundsModel map[string]*modelSpending

type modelSpending struct {
	strategy.Spending
	committed bool
}

func (m fundsModel) total(budget string, committed bool) (sum strategy.Micros) {
	for _, s := range m {
		for _, spend := range s.Spends {
			if spend.Budget == budget && s.committed == committed {
				sum += spend.Amount
			}
		}
	}
	return sum
}

// P11. Property: through any reserves, commits, releases and expiries a budget
// never has more held and spent than its limit, keys are idempotent, and what is
// spent is the sum of what was committed.
func TestMemoryBudgetsAsAModel(t *testing.T) {
	limits := map[string]strategy.Micros{"money": 20, "calls": 5}
	rapid.Check(t, func(t *rapid.T) {
		store, model, ctx := new(strategy.MemoryBudgets), fundsModel{}, context.Background()
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
		minute := rapid.IntRange(0, 9)
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				s := strategy.Spending{Key: keys.Draw(t, "key"), Expires: memoryNoon.Add(time.Duration(minute.Draw(t, "expires")) * time.Minute)}
				for _, budget := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"calls", "money"}), 1, 2, rapid.ID).Draw(t, "budgets") {
					s.Spends = append(s.Spends, strategy.Spend{Budget: budget, Amount: strategy.Micros(rapid.IntRange(1, 7).Draw(t, "amount")), Limit: limits[budget]})
				}
				refused, err := store.Reserve(ctx, s)
				if kept := model[s.Key]; kept != nil {
					same := slices.Equal(kept.Spends, s.Spends)
					if refused != nil || (err == nil) != same || !same && !errors.Is(err, strategy.ErrKeyReused) {
						t.Fatalf("the key again, the same %v: %v refused, error %v", same, refused, err)
					}
					return
				}
				var want *strategy.Spend
				for i, spend := range s.Spends {
					if want == nil && model.total(spend.Budget, false)+model.total(spend.Budget, true)+spend.Amount > spend.Limit {
						want = &s.Spends[i]
					}
				}
				if diff := cmp.Diff(want, refused); diff != "" || err != nil {
					t.Fatalf("refused (-want +got):\n%s, error %v", diff, err)
				}
				if want == nil {
					model[s.Key] = &modelSpending{s, false}
				}
			},
			"commit": func(t *rapid.T) {
				key, now := keys.Draw(t, "key"), memoryNoon.Add(time.Duration(minute.Draw(t, "now"))*time.Minute)
				err := store.Commit(ctx, key, now)
				s := model[key]
				if fits := s != nil && (s.committed || now.Before(s.Expires)); fits != (err == nil) {
					t.Fatalf("commit: %v", err)
				} else if fits {
					s.committed = true
				}
			},
			"release": func(t *rapid.T) {
				key := keys.Draw(t, "key")
				if err := store.Release(ctx, key); err != nil {
					t.Fatal(err)
				}
				if s := model[key]; s != nil && !s.committed {
					delete(model, key)
				}
			},
			"expire": func(t *rapid.T) {
				now := memoryNoon.Add(time.Duration(minute.Draw(t, "now")) * time.Minute)
				before := len(model)
				maps.DeleteFunc(model, func(_ string, s *modelSpending) bool { return !s.committed && !s.Expires.After(now) })
				if n, err := store.Expire(ctx, now); n != before-len(model) || err != nil {
					t.Fatalf("expired %d, error %v, want %d", n, err, before-len(model))
				}
			},
			"": func(t *rapid.T) {
				for budget, limit := range limits {
					held, spent, err := store.Balance(ctx, budget)
					if err != nil || held != model.total(budget, false) || spent != model.total(budget, true) || held+spent > limit {
						t.Fatalf("%s: %v held, %v spent, error %v", budget, held, spent, err)
					}
				}
			},
		})
	})
}

// Property: with a bound over any rolling window, there is no window of that
// length with more than its limit, whatever the order in which exposures are
// reserved, committed and released, and however clocks are set.
func TestMemoryExposuresKeepToWindows(t *testing.T) {
	const window = 10 * time.Minute
	rapid.Check(t, func(t *rapid.T) {
		store, ctx := new(strategy.MemoryExposures), context.Background()
		limit, calls := rapid.IntRange(1, 3).Draw(t, "limit"), 0
		minute := rapid.IntRange(0, 60)
		t.Repeat(map[string]func(*rapid.T){
			"reserve": func(t *rapid.T) {
				calls++
				at := memoryNoon.Add(time.Duration(minute.Draw(t, "at")) * time.Minute)
				refused, err := store.Reserve(ctx, strategy.Reservation{
					Key: fmt.Sprint(calls), Customer: "u1", Expires: at.Add(time.Hour),
					Exposure: strategy.Exposure{Operation: "gift", Channel: "push", At: at},
					Bounds:   []strategy.Bound{{Name: "rolling", Limit: limit, After: at.Add(-window), Channel: "push"}},
				})
				all, _ := store.Load(ctx, "u1", at.Add(-window))
				if err != nil || refused == nil && len(all) > limit || refused != nil && len(all) < limit {
					t.Fatalf("refused %v, error %v, with %d after the window's start", refused, err, len(all))
				}
			},
			"end": func(t *rapid.T) {
				key := fmt.Sprint(rapid.IntRange(1, max(1, calls)).Draw(t, "key"))
				if rapid.Bool().Draw(t, "commit") {
					if err := store.Commit(ctx, key, memoryNoon); err != nil && !errors.Is(err, strategy.ErrNoReservation) {
						t.Fatal(err)
					}
				} else if err := store.Release(ctx, key); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				all, err := store.Load(ctx, "u1", time.Time{})
				if err != nil || !slices.IsSortedFunc(all, func(a, b strategy.Exposure) int { return a.At.Compare(b.At) }) {
					t.Fatalf("%v, error %v", all, err)
				}
				for i := limit; i < len(all); i++ {
					if all[i].At.Sub(all[i-limit].At) < window {
						t.Fatalf("more than %d from %v to %v", limit, all[i-limit].At, all[i].At)
					}
				}
			},
		})
	})
}

// Property: however many spend at once, no look ever finds more than the limit
// held and spent, and in the end what is spent is the sum of what was committed.
func TestMemoryBudgetsAtOnce(t *testing.T) {
	store, ctx := new(strategy.MemoryBudgets), t.Context()
	const limit, spenders, each = 50, 8, 40
	committed := make([]strategy.Micros, spenders)
	var group sync.WaitGroup
	for i := range spenders {
		group.Go(func() {
			for n := range each {
				key, amount := fmt.Sprint(i, "/", n), strategy.Micros(1+(i+n)%3)
				refused, err := store.Reserve(ctx, strategy.Spending{
					Key: key, Spends: []strategy.Spend{{Budget: "money", Amount: amount, Limit: limit}}, Expires: memoryNoon.Add(time.Hour),
				})
				if err != nil {
					t.Error(err)
				}
				if held, spent, err := store.Balance(ctx, "money"); err != nil || held+spent > limit {
					t.Errorf("%v held and %v spent of %d, error %v", held, spent, limit, err)
				}
				switch {
				case refused != nil:
				case n%2 == 0:
					if err := store.Commit(ctx, key, memoryNoon); err != nil {
						t.Error(err)
					}
					committed[i] += amount
				default:
					if err := store.Release(ctx, key); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	sum := strategy.Micros(0)
	for _, amount := range committed {
		sum += amount
	}
	if held, spent, _ := store.Balance(ctx, "money"); held != 0 || spent != sum || sum > limit || sum < limit-3 {
		t.Errorf("%v held and %v spent of %d, want %v spent", held, spent, limit, sum)
	}
}

func TestMemoryRefusesNonsense(t *testing.T) {
	ctx := t.Context()
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	exposures, budgets := new(strategy.MemoryExposures), new(strategy.MemoryBudgets)
	spend := strategy.Spend{Budget: "money", Amount: 1, Limit: 9}
	for _, s := range []strategy.Spending{
		{Spends: []strategy.Spend{spend}},
		{Key: "k", Spends: []strategy.Spend{{Budget: "money", Limit: 9}}},
		{Key: "k", Spends: []strategy.Spend{{Budget: "money", Amount: -1, Limit: 9}}},
		{Key: "k", Spends: []strategy.Spend{spend, spend}},
	} {
		if refused, err := budgets.Reserve(ctx, s); err == nil {
			t.Errorf("%v: no error, %v refused", s, refused)
		}
	}
	for _, r := range []strategy.Reservation{{Key: "k"}, {Customer: "u1"}} {
		if refused, err := exposures.Reserve(ctx, r); err == nil {
			t.Errorf("%v: no error, %v refused", r, refused)
		}
	}
	_, errReserve := exposures.Reserve(canceled, strategy.Reservation{Key: "k", Customer: "u1"})
	_, errSpend := budgets.Reserve(canceled, strategy.Spending{Key: "k"})
	_, errExpire := exposures.Expire(canceled, memoryNoon)
	_, errExpireToo := budgets.Expire(canceled, memoryNoon)
	_, errLoad := exposures.Load(canceled, "u1", memoryNoon)
	_, _, errBalance := budgets.Balance(canceled, "money")
	for i, err := range []error{
		errReserve, errSpend, errExpire, errExpireToo, errLoad, errBalance,
		exposures.Commit(canceled, "k", memoryNoon), budgets.Commit(canceled, "k", memoryNoon),
		exposures.Release(canceled, "k"), budgets.Release(canceled, "k"), exposures.Note(canceled, "k", "opened", memoryNoon),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d with a canceled context: %v", i, err)
		}
	}
}

func TestMemoryForgets(t *testing.T) {
	ctx, exposures, budgets := t.Context(), new(strategy.MemoryExposures), new(strategy.MemoryBudgets)
	for i := range 4 {
		key, at := fmt.Sprint("k", i), memoryNoon.Add(time.Duration(i)*time.Minute)
		_, err := exposures.Reserve(ctx, strategy.Reservation{Key: key, Customer: "u1", Exposure: strategy.Exposure{At: at}, Expires: at.Add(time.Hour)})
		_, errSpend := budgets.Reserve(ctx, strategy.Spending{Key: key, Spends: []strategy.Spend{{Budget: "money", Amount: 1, Limit: 9}}, Expires: at})
		if i != 1 { // which stays held
			err = errors.Join(err, exposures.Commit(ctx, key, memoryNoon), budgets.Commit(ctx, key, memoryNoon.Add(-time.Hour)))
		}
		if err := errors.Join(err, errSpend); err != nil {
			t.Fatal(err)
		}
	}
	if n := exposures.Forget(memoryNoon.Add(2 * time.Minute)); n != 2 {
		t.Errorf("forgot %d exposures, want 2", n)
	}
	var left []string
	loaded, err := exposures.Load(ctx, "u1", time.Time{})
	for _, e := range loaded {
		left = append(left, e.Key)
	}
	if diff := cmp.Diff([]string{"k1", "k3"}, left); diff != "" || err != nil {
		t.Errorf("exposures (-want +got):\n%s, error %v", diff, err)
	}
	if n := budgets.Forget(memoryNoon.Add(2 * time.Minute)); n != 2 {
		t.Errorf("forgot %d spendings, want 2", n)
	}
	if held, spent, _ := budgets.Balance(ctx, "money"); held != 1 || spent != 3 {
		t.Errorf("%v held and %v spent, want 1 and 3", held, spent)
	}
	if err := budgets.Commit(ctx, "k0", memoryNoon); !errors.Is(err, strategy.ErrNoReservation) {
		t.Errorf("committing what was forgotten: %v", err)
	}
}

func ExampleMemoryExposures() {
	ctx := context.Background()
	store := new(strategy.MemoryExposures)
	now := time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)
	push := func(key string) strategy.Reservation {
		return strategy.Reservation{
			Key: key, Customer: "u1", Expires: now.Add(time.Minute),
			Exposure: strategy.Exposure{Operation: "gift", Channel: "push", At: now},
			Bounds:   []strategy.Bound{{Name: "one push a day", Limit: 1, After: now.Add(-24 * time.Hour), Channel: "push"}},
		}
	}
	for _, key := range []string{"gift-1", "gift-1", "gift-2"} {
		refused, err := store.Reserve(ctx, push(key))
		fmt.Println(key, "refused:", refused != nil, err)
	}
	fmt.Println(store.Commit(ctx, "gift-1", now)) // it went out
	fmt.Println(store.Note(ctx, "gift-1", "opened", now.Add(time.Hour)))
	sent, err := store.Load(ctx, "u1", now.Add(-24*time.Hour))
	fmt.Println(len(sent), sent[0].Outcome, err)
	// Output:
	// gift-1 refused: false <nil>
	// gift-1 refused: false <nil>
	// gift-2 refused: true <nil>
	// <nil>
	// <nil>
	// 1 opened <nil>
}

func ExampleMemoryBudgets() {
	ctx := context.Background()
	store := new(strategy.MemoryBudgets)
	now := time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)
	for _, key := range []string{"call-1", "call-2", "call-3"} {
		refused, err := store.Reserve(ctx, strategy.Spending{
			Key: key, Expires: now.Add(time.Minute),
			Spends: []strategy.Spend{{Budget: "calls", Amount: strategy.One, Limit: 2 * strategy.One}},
		})
		fmt.Println(key, refused, err)
	}
	fmt.Println(store.Commit(ctx, "call-1", now), store.Release(ctx, "call-2"))
	fmt.Println(store.Balance(ctx, "calls"))
	// Output:
	// call-1 <nil> <nil>
	// call-2 <nil> <nil>
	// call-3 &{calls 1 2} <nil>
	// <nil> <nil>
	// 0 1 <nil>
}
