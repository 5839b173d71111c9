package strategytest_test

import (
	"testing"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/strategytest"
)

// A host's own test of its stores is this, with its own stores in place of those
// in memory.
func ExampleTestExposures() {
	_ = func(t *testing.T) {
		strategytest.TestExposures(t, func(t testing.TB) strategy.Exposures {
			return new(strategy.MemoryExposures)
		})
	}
	// Output:
}

func ExampleTestBudgets() {
	_ = func(t *testing.T) {
		strategytest.TestBudgets(t, func(t testing.TB) strategy.Budgets {
			return new(strategy.MemoryBudgets)
		})
	}
	// Output:
}
