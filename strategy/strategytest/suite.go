package strategytest

import (
	"strings"
	"testing"

	"github.com/regulars-go/regulars/strategy"
)

// TestExposures checks that a store keeps what [strategy.Exposures] promises,
// clause by clause, each in a subtest that prints the clause it found broken.
// newStore returns an empty store for each; what must be closed is closed by
// t.Cleanup.
//
// A store in a database is tested with what it is used with: the same pool, the
// same isolation. The suite makes a few thousand calls, a few hundred of them at
// once.
func TestExposures(t *testing.T, newStore func(t testing.TB) strategy.Exposures) {
	t.Helper()
	for i := range exposureClauses {
		c := &exposureClauses[i]
		t.Run(c.name, func(t *testing.T) { c.report(t, c.run(t, exposuresLab(newStore(t)))) })
	}
}

// TestBudgets checks that a store keeps what [strategy.Budgets] promises, as
// [TestExposures] does.
func TestBudgets(t *testing.T, newStore func(t testing.TB) strategy.Budgets) {
	t.Helper()
	for i := range budgetClauses {
		c := &budgetClauses[i]
		t.Run(c.name, func(t *testing.T) { c.report(t, c.run(t, budgetsLab(newStore(t)))) })
	}
}

// Reopener is a store that can be opened again beside itself: another connection
// or pool to the same data, such as another replica of the service would have.
// S is [strategy.Exposures] or [strategy.Budgets]. Without it a suite sees one
// connection only. A test's own type that embeds the store may add it.
type Reopener[S any] interface{ Reopen(t testing.TB) S }

// clause is one promise of a store.
type clause struct {
	name string
	says string // what is promised, printed if it is not kept
	do   func(l *lab)
}

// report tells a test what was found.
func (c *clause) report(t *testing.T, l *lab) {
	t.Helper()
	if len(l.problems) > 0 {
		t.Errorf("broken: %s\n\t%s", c.says, strings.Join(l.problems, "\n\t"))
	}
	if l.unmeasured != "" {
		t.Skipf("not measured: %s\n\t%s", l.unmeasured, c.says)
	}
}

// The clauses are in the order in which a store is best mended. Those that both
// stores have are checked by the same code.
var exposureClauses = []clause{
	{"E1 limit", "a reservation is kept if all its bounds hold with it, and else refused: nothing is kept then, and the first bound that refuses is returned", checkLimit},
	{"E2 matching", "a bound counts the exposures that it matches: by channel, tag, operation and objective as they were reserved, counted or not, after its instant and however far ahead", checkMatching},
	{"E3 customers", "the exposures of other customers count for nothing, and texts are told apart by their bytes", checkScopes},
	{"E4 held", "a reservation counts until it is released, and once committed for good", checkHeld},
	{"E5 key again", "reserving again what the key has is no error and keeps nothing more, whatever bounds say now", checkAgain},
	{"E6 key reused", "reserving something else under a key is ErrKeyReused and changes nothing; At, Expires and Bounds may differ", checkReused},
	{"E7 commit", "committing twice is no error; what was never held, or was released, is ErrNoReservation", checkCommit},
	{"E8 release", "releasing what is not held is no error, and changes nothing of what was committed; a released key is free", checkRelease},
	{"E9 expiry", "a reservation can be committed up to its expiry, to the microsecond, and not at it", checkExpiry},
	{"E10 expire", "Expire releases what is held and has expired, that of the instant itself included, and says how many; what was committed stays", checkExpire},
	{"E11 race for the last", "of reservations at once exactly as many are kept as the bounds allow, and the others are refused", checkRace},
	{"E12 race for a key", "of reservations at once under one key one is kept, and all the same succeed", checkKeyRace},
	{"E13 race to end", "a commit at the same time as a release or an expiry either wins, and the exposure counts for good, or is ErrNoReservation, and it is gone", checkEndRace},
	{"E14 canceled", "a canceled context leaves all of a call or nothing, and calling again with the same arguments is safe", checkCanceled},
	{"E15 ownership", "a store keeps none of the slices it was given, and what it returns is the caller's", checkExposureOwnership},
	{"E16 history", "Load returns the exposures of a customer after an instant, with all that was reserved, ordered by At and then as they were reserved", checkHistory},
	{"E17 second connection", "all of this holds between connections, and each shows what another has done", checkSecond},
}

var budgetClauses = []clause{
	{"B1 limit", "a spending is held if no budget exceeds its limit with it, to the millionth, and else refused: nothing is held then", checkLimit},
	{"B2 all or nothing", "of several budgets all are held or none, and the first that refuses is returned", checkSeveral},
	{"B3 budgets", "budgets are told apart by the bytes of their names", checkScopes},
	{"B4 held", "what is held counts until it is released, and once committed for good", checkHeld},
	{"B5 key again", "reserving again what the key has is no error and holds nothing more, whatever the limit is now", checkAgain},
	{"B6 key reused", "reserving something else under a key is ErrKeyReused and changes nothing; limits and Expires may differ", checkReused},
	{"B7 commit", "committing twice is no error and spends once; what was never held, or was released, is ErrNoReservation", checkCommit},
	{"B8 release", "releasing what is not held is no error, and changes nothing of what was committed; a released key is free", checkRelease},
	{"B9 expiry", "a spending can be committed up to its expiry, to the microsecond, and not at it", checkExpiry},
	{"B10 expire", "Expire releases what is held and has expired, that of the instant itself included, and says how many; what was committed stays", checkExpire},
	{"B11 race for the last", "of spendings at once exactly as many are held as the limit allows, and the others are refused", checkRace},
	{"B12 race for a key", "of spendings at once under one key one is held, and all the same succeed", checkKeyRace},
	{"B13 race to end", "a commit at the same time as a release or an expiry either wins, and the amount is spent for good, or is ErrNoReservation, and it is free", checkEndRace},
	{"B14 canceled", "a canceled context leaves all of a call or nothing, and calling again with the same arguments is safe", checkCanceled},
	{"B15 ownership", "a store keeps none of the slices it was given, and what it returns is the caller's", checkSpendOwnership},
	{"B16 amounts", "amounts are exact from a millionth up to the largest, and nothing wraps; a limit that was lowered refuses what is new and keeps what is there", checkAmounts},
	{"B17 balances", "Balance is what is held and what is spent, each as of the calls that returned before", checkBalances},
	{"B18 second connection", "all of this holds between connections, and each shows what another has done", checkSecond},
}
