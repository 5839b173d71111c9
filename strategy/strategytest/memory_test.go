package strategytest_test

import (
	"testing"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/strategytest"
)

// sharedExposures is a store in memory that is opened twice.
type sharedExposures struct{ *strategy.MemoryExposures }

func (s sharedExposures) Reopen(testing.TB) strategy.Exposures { return s }

type sharedBudgets struct{ *strategy.MemoryBudgets }

func (s sharedBudgets) Reopen(testing.TB) strategy.Budgets { return s }

func TestMemoryExposures(t *testing.T) {
	strategytest.TestExposures(t, func(testing.TB) strategy.Exposures {
		return sharedExposures{new(strategy.MemoryExposures)}
	})
}

func TestMemoryBudgets(t *testing.T) {
	strategytest.TestBudgets(t, func(testing.TB) strategy.Budgets {
		return sharedBudgets{new(strategy.MemoryBudgets)}
	})
}
