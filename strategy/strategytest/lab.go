package strategytest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// lab is where one clause is checked. Its methods that can't go on end the
// check, as those of a testing.T do.
type lab struct {
	t          testing.TB // for what the host opens, not for reports
	ctx        context.Context
	store      store
	exposures  strategy.Exposures // one of these two is the store
	budgets    strategy.Budgets
	problems   []string
	unmeasured string
	probes     int
}

// store is what both stores have.
type store interface {
	Commit(ctx context.Context, key string, now time.Time) error
	Release(ctx context.Context, key string) error
	Expire(ctx context.Context, now time.Time) (released int, err error)
}

func exposuresLab(s strategy.Exposures) *lab { return &lab{store: s, exposures: s} }

func budgetsLab(s strategy.Budgets) *lab { return &lab{store: s, budgets: s} }

// run checks a clause and returns what was found.
func (c *clause) run(t testing.TB, l *lab) *lab {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l.t, l.ctx = t, ctx
	done := make(chan struct{})
	go func() { // of its own, so that it can be ended
		defer close(done)
		c.do(l)
	}()
	<-done
	return l
}

// problemf reports that the clause is broken.
func (l *lab) problemf(format string, args ...any) {
	if len(l.problems) < 10 {
		l.problems = append(l.problems, fmt.Sprintf(format, args...))
	}
}

// fatalf reports that the clause is broken, and ends the check.
func (l *lab) fatalf(format string, args ...any) {
	l.problemf(format, args...)
	runtime.Goexit()
}

// skip ends the check as not measured.
func (l *lab) skip(why string) {
	l.unmeasured = why
	runtime.Goexit()
}

// noon is when most of a check happens, and late is when reservations expire.
var (
	noon = time.Date(2026, 11, 11, 12, 0, 0, 0, time.UTC)
	late = noon.Add(time.Hour)
)

// want is a reservation in words that both stores know: one of a scope, which is
// a customer or a budget, as long as no more than a limit are there.
type want struct {
	key, scope string
	limit      int
	other      bool // something else, to be told apart
	expires    time.Time
}

// one wants one of the usual scope.
func one(key string, limit int) want { return want{key, "u1", limit, false, late} }

func (w want) reservation() strategy.Reservation {
	e := strategy.Exposure{Operation: "gift", Channel: "push", At: noon}
	if w.other {
		e.Operation = "survey"
	}
	return strategy.Reservation{
		Key: w.key, Customer: w.scope, Exposure: e, Expires: w.expires,
		Bounds: []strategy.Bound{{Name: "in a day", Limit: w.limit, After: noon.Add(-24 * time.Hour)}},
	}
}

func (w want) spending() strategy.Spending {
	amount := strategy.One
	if w.other {
		amount++
	}
	spend := strategy.Spend{Budget: w.scope, Amount: amount, Limit: strategy.Micros(w.limit) * strategy.One}
	return strategy.Spending{Key: w.key, Spends: []strategy.Spend{spend}, Expires: w.expires}
}

// reserve reports whether a reservation was refused.
func (l *lab) reserve(ctx context.Context, w want) (refused bool, err error) {
	if l.exposures != nil {
		bound, err := l.exposures.Reserve(ctx, w.reservation())
		return bound != nil, err
	}
	spend, err := l.budgets.Reserve(ctx, w.spending())
	return spend != nil, err
}

// keep reserves what must be kept.
func (l *lab) keep(w want) {
	if refused, err := l.reserve(l.ctx, w); refused || err != nil {
		l.fatalf("reserving %q up to %d: refused %v, error %v", w.key, w.limit, refused, err)
	}
}

// refuse reserves what must be refused.
func (l *lab) refuse(w want) {
	if refused, err := l.reserve(l.ctx, w); !refused || err != nil {
		l.problemf("reserving %q above %d: refused %v, error %v", w.key, w.limit, refused, err)
	}
}

// must reports an error of a call that must succeed.
func (l *lab) must(what string, err error) {
	if err != nil {
		l.problemf("%s: %v", what, err)
	}
}

// none reports a commit that must find no reservation.
func (l *lab) none(what string, err error) {
	if !errors.Is(err, strategy.ErrNoReservation) {
		l.problemf("%s: error %v, want ErrNoReservation", what, err)
	}
}

func (l *lab) commit(key string) error { return l.store.Commit(l.ctx, key, noon) }

func (l *lab) release(key string) error { return l.store.Release(l.ctx, key) }

// most is more than a check ever keeps in one scope.
const most = 200

// count returns how many a scope has, told by the limit that one more would
// need.
func (l *lab) count(scope string) int {
	for n := range most {
		l.probes++
		key := fmt.Sprint("probe ", l.probes)
		refused, err := l.reserve(l.ctx, want{key, scope, n + 1, false, late})
		if err != nil {
			l.fatalf("a reservation of %q up to %d: %v", scope, n+1, err)
		}
		if !refused {
			l.must("releasing it", l.release(key))
			return n
		}
	}
	l.fatalf("a reservation of %q is refused up to %d", scope, most)
	return 0
}

// has reports a scope that has another number of reservations.
func (l *lab) has(what, scope string, n int) {
	if got := l.count(scope); got != n {
		l.problemf("%s: %d count for %q, want %d", what, got, scope, n)
	}
}

// together runs f at once for the numbers below n, and waits for all.
func together(n int, f func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	group.Wait()
}
