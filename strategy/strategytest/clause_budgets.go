package strategytest

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/strategy"
)

// spend reserves amounts of budgets, each given as budget, amount and limit.
func (l *lab) spend(key string, spends ...strategy.Spend) *strategy.Spend {
	refused, err := l.budgets.Reserve(l.ctx, strategy.Spending{Key: key, Spends: spends, Expires: late})
	if err != nil {
		l.fatalf("spending %v: %v", spends, err)
	}
	return refused
}

// spends reports an answer that is not the one wanted: nil, or what refuses.
func (l *lab) spends(key string, refuses *strategy.Spend, spends ...strategy.Spend) {
	refused := l.spend(key, spends...)
	if (refused == nil) != (refuses == nil) || refused != nil && *refused != *refuses {
		l.problemf("spending %v: %v refused, want %v", spends, refused, refuses)
	}
}

func checkSeveral(l *lab) {
	money := strategy.Spend{Budget: "money", Amount: 5, Limit: 10}
	calls := strategy.Spend{Budget: "calls", Amount: 2, Limit: 3}
	l.spends("k1", nil, calls, money)
	l.spends("k2", &calls, calls, money)
	more := calls
	more.Amount = 1
	l.spends("k3", nil, more, money) // a refusal held no money
	l.spends("k4", &money, strategy.Spend{Budget: "hours", Amount: 1, Limit: 1}, money)
	l.spends("k5", nil, strategy.Spend{Budget: "hours", Amount: 1, Limit: 1}) // nor hours
	l.spends("k6", &calls, calls, money)                                      // the first of two that refuse
	l.must("releasing", l.release("k1"))
	l.spends("k7", nil, calls, money) // both were given back
	l.spends("nothing to spend", nil)
	l.must("committing nothing", l.commit("nothing to spend"))
}

func checkAmounts(l *lab) {
	const largest = strategy.Micros(math.MaxInt64)
	spend := func(amount, limit strategy.Micros) strategy.Spend {
		return strategy.Spend{Budget: "large", Amount: amount, Limit: limit}
	}
	over := spend(2, largest)
	l.spends("nearly all", nil, spend(largest-1, largest))
	l.spends("would wrap", &over, over)
	most := spend(largest, largest)
	l.spends("would wrap more", &most, most)
	l.spends("a millionth", nil, spend(1, largest))
	one := spend(1, largest)
	l.spends("a millionth more", &one, one)
	l.must("committing", l.commit("nearly all"))
	l.spends("when it is spent", &one, one)
	small := func(amount, limit strategy.Micros) strategy.Spend {
		return strategy.Spend{Budget: "small", Amount: amount, Limit: limit}
	}
	l.spends("exactly", nil, small(123_456_789_012_345_678, 123_456_789_012_345_678))
	lowered := small(1, 5)
	l.spends("lowered", &lowered, lowered)
	l.must("committing what is above a lowered limit", l.commit("exactly"))
	l.spends("raised", nil, small(1, 123_456_789_012_345_679))
	zero := strategy.Spend{Budget: "empty", Amount: 1, Limit: 0}
	l.spends("of nothing", &zero, zero)
}

func checkSpendOwnership(l *lab) {
	spends := []strategy.Spend{{Budget: "money", Amount: 5, Limit: 10}}
	if refused := l.spend("k", spends...); refused != nil {
		l.fatalf("%v refused", refused)
	}
	kept := spends[0]
	spends[0] = strategy.Spend{Budget: "changed", Amount: 1, Limit: 1}
	l.spends("k", nil, kept) // the same still
	l.must("releasing", l.release("k"))
	all := strategy.Spend{Budget: "money", Amount: 10, Limit: 10}
	l.spends("all", nil, all) // all of it was given back
	again := []strategy.Spend{{Budget: "money", Amount: 1, Limit: 10}}
	refused := l.spend("more", again...)
	if refused == nil {
		l.fatalf("spending more than there is was not refused")
	}
	refused.Limit = 99 // the caller's to change
	if again[0].Limit != 10 {
		l.problemf("the refusal that was returned is a part of what was given")
	}
}

func checkBalances(l *lab) {
	balances, ok := l.budgets.(strategy.Balances)
	if !ok {
		l.skip("the store is no strategy.Balances")
	}
	is := func(what string, held, spent strategy.Micros) {
		gotHeld, gotSpent, err := balances.Balance(l.ctx, "money")
		if err != nil || gotHeld != held || gotSpent != spent {
			l.problemf("%s: %v held and %v spent, error %v, want %v and %v", what, gotHeld, gotSpent, err, held, spent)
		}
	}
	is("at first", 0, 0)
	for i := range 4 {
		l.spends(fmt.Sprint("k", i), nil, strategy.Spend{Budget: "money", Amount: strategy.Micros(i + 1), Limit: 10})
	}
	is("held", 10, 0)
	for range 2 {
		l.must("committing", l.commit("k3"))
		is("of which 4 are committed", 6, 4)
	}
	l.must("releasing", l.release("k0"))
	is("of which 1 is released", 5, 4)
	if _, err := l.store.Expire(l.ctx, late); err != nil {
		l.problemf("expiring: %v", err)
	}
	is("of which all have expired that are not committed", 0, 4)
}
