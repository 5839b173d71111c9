package strategy_test

import (
	"context"
	"fmt"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// Of three messages one went out, one failed, and of one nothing was heard.
func ExampleMemoryExposures_Release() {
	ctx, store := context.Background(), new(strategy.MemoryExposures)
	for _, key := range []string{"gift/ann", "gift/bob", "gift/cai"} {
		_, err := store.Reserve(ctx, strategy.Reservation{
			Key: key, Customer: key[len("gift/"):], Expires: now.Add(10 * time.Minute),
			Exposure: strategy.Exposure{Operation: "gift", Channel: "sms", At: now},
		})
		check(err)
	}
	check(store.Commit(ctx, "gift/ann", now.Add(time.Minute)))
	check(store.Release(ctx, "gift/bob")) // the number is dead
	expired, err := store.Expire(ctx, now.Add(time.Hour))
	check(err)
	fmt.Println("of nothing was heard:", expired)
	for _, customer := range []string{"ann", "bob", "cai"} {
		counted, err := store.Load(ctx, customer, now.AddDate(0, 0, -7))
		check(err)
		fmt.Println(customer, "has had", len(counted), "this week")
	}
	// Output:
	// of nothing was heard: 1
	// ann has had 1 this week
	// bob has had 0 this week
	// cai has had 0 this week
}

// A nightly clean-up keeps what caps and cool-downs still look at.
func ExampleMemoryExposures_Forget() {
	ctx, store, policy := context.Background(), new(strategy.MemoryExposures), ruled()
	for _, days := range []int{90, 40, 3} {
		at := now.AddDate(0, 0, -days)
		key := fmt.Sprint("survey/ann/", days)
		_, err := store.Reserve(ctx, strategy.Reservation{
			Key: key, Customer: "ann", Expires: at.Add(time.Minute), Exposure: strategy.Exposure{Operation: "annual survey", Channel: "email", At: at},
		})
		check(err)
		check(store.Commit(ctx, key, at))
	}
	fmt.Println("forgotten:", store.Forget(policy.Since(now)))
	kept, err := store.Load(ctx, "ann", time.Time{})
	check(err)
	fmt.Println("kept:", len(kept), "of", kept[0].At.Format(time.DateOnly))
	// Output:
	// forgotten: 2
	// kept: 1 of 2026-11-19
}

// Coupons are held while they are sent. What was spent stays spent when its key
// is forgotten.
func ExampleMemoryBudgets_Forget() {
	ctx, store := context.Background(), new(strategy.MemoryBudgets)
	for _, key := range []string{"coupon/ann", "coupon/bob"} {
		_, err := store.Reserve(ctx, strategy.Spending{
			Key: key, Expires: now.Add(time.Hour), Spends: []strategy.Spend{{Budget: "coupons", Amount: 5 * strategy.One, Limit: 100 * strategy.One}},
		})
		check(err)
	}
	check(store.Commit(ctx, "coupon/ann", now))
	balance := func(when string) {
		held, spent, err := store.Balance(ctx, "coupons")
		check(err)
		fmt.Println(when, held, "held,", spent, "spent")
	}
	balance("at once:")
	expired, err := store.Expire(ctx, now.Add(time.Hour)) // nothing was heard of Bob's
	check(err)
	fmt.Println(expired, "expired,", store.Forget(now.AddDate(0, 0, 1)), "forgotten")
	balance("a day later:")
	// Output:
	// at once: 5 held, 5 spent
	// 1 expired, 1 forgotten
	// a day later: 0 held, 5 spent
}
