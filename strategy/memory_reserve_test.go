package strategy_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// Property: with many who decide for the same customers at once, no cap and no
// budget is ever exceeded, all that was committed has been paid for, and each
// decision has its reasons.
func TestReserveAtOnce(t *testing.T) {
	book := twoOffers()
	book.Budgets[1].Limit = 500_000 // ten messages
	policy, ctx := compile(t, book), t.Context()
	exposures, budgets := new(strategy.MemoryExposures), new(strategy.MemoryBudgets)
	stores := strategy.Stores{Exposures: exposures, Budgets: budgets}
	now := at("2026-11-22T12:00:00Z")
	const deciders, customers, each = 8, 10, 6
	var mu sync.Mutex
	paid := map[string]strategy.Micros{}
	decide := func(key, customer string, minute int) error {
		when := now.Add(time.Duration(minute) * time.Minute)
		known, err := exposures.Load(ctx, customer, policy.Since(when)) // may be out of date at once
		if err != nil {
			return err
		}
		c := strategy.Case{Customer: strategy.Customer{ID: customer, Exposures: known}, Now: when, Key: key}
		r, err := policy.Reserve(ctx, stores, c, time.Hour)
		switch {
		case err != nil || r.Decision.Chosen == "":
			return err
		case minute%3 == 0:
			return stores.Release(ctx, key) // it could not be sent
		}
		if err := stores.Commit(ctx, key, when); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, spend := range policy.Costs(r.Decision.Chosen, r.Decision.Channel) {
			paid[spend.Budget] += spend.Amount
		}
		return nil
	}
	var group sync.WaitGroup
	for i := range deciders {
		group.Go(func() {
			for n := range customers * each {
				if err := decide(fmt.Sprint(i, "/", n), fmt.Sprint("u", n%customers), n/customers*5+i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	for _, b := range book.Budgets {
		held, spent, err := budgets.Balance(ctx, b.Name)
		if err != nil || held != 0 || spent != paid[b.Name] || spent > b.Limit || spent == 0 {
			t.Errorf("%s: %v held and %v spent of %v, error %v, want %v spent", b.Name, held, spent, b.Limit, err, paid[b.Name])
		}
	}
	for n := range customers {
		checkCaps(t, exposures, fmt.Sprint("u", n))
	}
}

// checkCaps holds what a customer was sent against the caps of twoOffers.
func checkCaps(t *testing.T, exposures *strategy.MemoryExposures, customer string) {
	t.Helper()
	all, err := exposures.Load(t.Context(), customer, time.Time{})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s was sent %v, error %v", customer, all, err)
	}
	messages, coupons := 0, 0
	for i, e := range all {
		if e.State != strategy.Sent {
			t.Errorf("%s: %v is left over", customer, e)
		}
		if e.Channel == "sms" {
			messages++
		}
		if e.Operation == "coupon" {
			coupons++
		}
		if i >= 2 && e.At.Sub(all[i-2].At) < time.Hour {
			t.Errorf("%s is sent three from %v to %v", customer, all[i-2].At, e.At)
		}
	}
	if messages > 1 || coupons > 1 {
		t.Errorf("%s is sent %d by sms and %d coupons on one day", customer, messages, coupons)
	}
}
