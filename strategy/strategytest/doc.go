// Package strategytest shows a host that its own stores keep caps and budgets:
// customers are never sent more than they may be, and nothing is spent that is
// not there, whoever runs at once. Each suite names the promise that it finds
// broken.
//
//   - [TestExposures] checks a [strategy.Exposures], and [strategy.History] if the
//     store has it.
//   - [TestBudgets] checks a [strategy.Budgets], and [strategy.Balances] if the
//     store has it.
//   - [Reopener] lets a suite see the same data from a second connection. What
//     is missing is reported as not measured, never as passed.
//
// It is for tests. Nothing in it reads a clock, a file or the environment; what a
// check does is the same each time. Only who wins a race is up to the scheduler.
package strategytest
