package loyaltytest

import (
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// TestStore checks that a store keeps what [loyalty.Store] promises, clause by
// clause, each in a subtest that prints the clause it found broken. newStore
// returns an empty store for each; what must be closed is closed by t.Cleanup.
//
// The capabilities of package loyalty are checked if the store has them. Three
// more, of this package, let the suite reach where a store alone can't: a
// second connection ([Reopener]), a transaction of the host ([Transactor]) and
// another process ([Spawner]). A test's own type that embeds the store may add
// them. What they would have shown is reported as skipped, "not measured", and
// never as passed.
//
// A store in a database is tested with what it is used with: the same pool, the
// same isolation. The suite takes a few thousand commits.
func TestStore(t *testing.T, newStore func(t testing.TB) loyalty.Store) {
	t.Helper()
	for _, c := range clauses {
		t.Run(c.name, func(t *testing.T) {
			l := c.run(t, newStore(t), patience)
			for _, note := range l.notes {
				t.Log(note)
			}
			if len(l.problems) > 0 {
				t.Errorf("broken: %s\n\t%s", c.says, strings.Join(l.problems, "\n\t"))
			}
			if l.unmeasured != "" {
				t.Skipf("not measured: %s\n\t%s", l.unmeasured, c.says)
			}
		})
	}
}

// patience is how long a check waits for what should take milliseconds, on a
// database that other tests use too.
const patience = 30 * time.Second

// clause is one promise of a store.
type clause struct {
	name string
	says string // what is promised, printed if it is not kept
	do   func(l *lab)
}

// clauses are in the order in which a store is best mended.
var clauses = []clause{
	{"C1 absent", "an absent record has version 0 and no body, an absent counter is 0, and answers come in the order asked for", checkAbsent},
	{"C2 swap", "of commits that write one record at the same version exactly one succeeds; the others fail with a ConflictError that names it", checkSwap},
	{"C3 cold start", "so it is for a record that is not there yet: the losers get a ConflictError, too", checkColdStart},
	{"C4 atomic", "a batch that fails on a counter's bound fails with a BoundError and writes nothing", checkAtomic},
	{"C5 stale record", "a batch with one stale record writes nothing; the ConflictError names only records that are stale, and comes before a BoundError", checkStale},
	{"C6 opposite order", "commits of the same accounts in opposite order don't wait for each other for ever, and fail with a ConflictError or not at all", checkOpposite},
	{"C7 key", "a key is written once: who comes second gets a ConflictError and finds what the first has left, also if both had found it absent", checkKey},
	{"C8 scope", "records, counters and entries of other programs and kinds are others", checkScope},
	{"C9 read your writes", "Load and Entries show every commit that returned before, from any goroutine and on any connection", checkReadWrites},
	{"C10 bound to a transaction", "in the host's transaction nothing shows if it is rolled back and all if it is committed; a ConflictError or BoundError leaves it usable", checkBound},
	{"C11 due", "Scan up to an instant pages through accounts due by then, ordered by due and member, and misses none that stays due while others change", checkDue},
	{"C12 not due", "accounts with nothing due are not scanned up to an instant, but are among all, ordered by member; other kinds of records never are", checkNotDue},
	{"C13 entries", "entries come in order of Seq without a gap, from after and up to limit, and never change", checkEntries},
	{"C14 bytes", "bodies and commands come back byte for byte", checkBytes},
	{"C15 instants", "instants come back to the microsecond, in UTC, and none stays none", checkInstants},
	{"C16 counters", "concurrent changes add up, and no bound is ever broken; a bound counts in the direction of the change only", checkCounters},
	{"C17 canceled", "a canceled context leaves all of a commit or nothing, and Load tells which", checkCanceled},
	{"C18 extremes", "the largest and smallest numbers are kept, and nothing wraps", checkExtremes},
	{"C19 names", "names are any UTF-8, up to the longest, told apart and ordered by their bytes", checkNames},
	{"C20 feed", "a feed hands out each committed entry once, those of an account in order, whenever commits come, and nothing of a batch that failed", checkFeed},
	{"C21 killed", "a process that is killed within a commit leaves all of it or nothing, and no lock", checkKilled},
	{"C22 two processes", "all of this holds between processes", checkProcesses},
	{"C23 ownership", "a store keeps none of the slices that it was given, and what it hands out is the caller's", checkOwnership},
	{"C24 totals", "totals are the sums of what the accounts' last commits said, by wallet", checkTotals},
	{"C25 erase", "erasing makes the commands of an account's entries nil, and changes nothing else", checkErase},
}
