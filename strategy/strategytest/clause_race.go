package strategytest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/regulars-go/regulars/strategy"
)

// Numbers of a race: how many run at once, for how many there is room, and how
// often it is run. Room is odd, so that pairs in step don't fill it.
const (
	racers = 8
	room   = 5
	rounds = 12
)

func checkRace(l *lab) {
	for round := range rounds {
		l.race(fmt.Sprint("u", round), room, func(int) *lab { return l })
	}
}

// race lets all reserve two of one scope, which has room for limit; lab says on
// which connection.
func (l *lab) race(scope string, limit int, on func(i int) *lab) {
	kept := make([]int, racers)
	errs := make([]error, racers)
	together(racers, func(i int) {
		for n := range 2 {
			refused, err := on(i).reserve(l.ctx, want{fmt.Sprint(scope, " ", i, n), scope, limit, false, late})
			switch {
			case err != nil:
				errs[i] = err
			case !refused:
				kept[i]++
			}
		}
	})
	sum := 0
	for i := range racers {
		l.must("reserving at once", errs[i])
		sum += kept[i]
	}
	if sum != limit {
		l.problemf("of %d at once with room for %d, %d were kept", 2*racers, limit, sum)
	}
	l.has("after as many as fit", scope, limit)
}

func checkKeyRace(l *lab) {
	for round := range rounds {
		scope, key := fmt.Sprint("u", round), fmt.Sprint("k", round)
		refused, errs := make([]bool, racers), make([]error, racers)
		together(racers, func(i int) {
			refused[i], errs[i] = l.reserve(l.ctx, want{key, scope, 1, false, late})
		})
		for i := range racers {
			if refused[i] || errs[i] != nil {
				l.problemf("the same under one key at once: refused %v, error %v", refused[i], errs[i])
			}
		}
		l.has("after the same at once", scope, 1)
	}
	l.differ()
}

// differ lets unlike reservations race for a key: one is kept.
func (l *lab) differ() {
	for round := range rounds {
		key := fmt.Sprint("one of two ", round)
		errs := make([]error, racers)
		together(racers, func(i int) {
			_, errs[i] = l.reserve(l.ctx, want{key, fmt.Sprint("side ", i%2, " of ", round), 1, false, late})
		})
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won >= 0 && won != i%2:
				l.problemf("two unlike reservations were kept under one key")
			case err == nil:
				won = i % 2
			case !errors.Is(err, strategy.ErrKeyReused):
				l.problemf("unlike ones under one key at once: %v", err)
			}
		}
		for side := range 2 {
			n := 0
			if side == won {
				n = 1
			}
			l.has("after unlike ones under one key at once", fmt.Sprint("side ", side, " of ", round), n)
		}
	}
}

func checkEndRace(l *lab) {
	for round := range 2 * rounds {
		scope, key := fmt.Sprint("u", round), fmt.Sprint("k", round)
		l.keep(want{key, scope, 1, false, late})
		var mu sync.Mutex
		committed, failed := 0, 0
		together(racers, func(i int) {
			switch {
			case i%2 == 0:
				err := l.store.Commit(l.ctx, key, noon)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					committed++
				} else if failed++; !errors.Is(err, strategy.ErrNoReservation) {
					l.problemf("committing at the same time as a release: %v", err)
				}
			case round%2 == 0:
				if err := l.store.Release(l.ctx, key); err != nil {
					mu.Lock()
					defer mu.Unlock()
					l.problemf("releasing at the same time as a commit: %v", err)
				}
			default:
				if _, err := l.store.Expire(l.ctx, late); err != nil {
					mu.Lock()
					defer mu.Unlock()
					l.problemf("expiring at the same time as a commit: %v", err)
				}
			}
		})
		if committed > 0 && failed > 0 {
			l.problemf("of commits at the same time as a release %d succeeded and %d found nothing", committed, failed)
		}
		n := 0
		if committed > 0 {
			n = 1
		}
		l.has("after a commit and a release at once", scope, n)
	}
}

// looks is a context that is canceled when it is looked at for the n-th time: so a
// call is cut at each of its steps.
type looks struct {
	context.Context
	cancel context.CancelFunc
	mu     sync.Mutex
	left   int
}

func (c *looks) look() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		c.cancel()
	}
}

func (c *looks) Done() <-chan struct{} { c.look(); return c.Context.Done() }

func (c *looks) Err() error { c.look(); return c.Context.Err() }

// cut calls f with a context that ends at its n-th look.
func (l *lab) cut(n int, f func(ctx context.Context) error) error {
	inner, cancel := context.WithCancel(l.ctx)
	defer cancel()
	return f(&looks{Context: inner, cancel: cancel, left: n})
}

func checkCanceled(l *lab) {
	whole := 0
	for n := 1; n <= most && whole < 3; n++ {
		scope, key := fmt.Sprint("u", n), fmt.Sprint("k", n)
		w := want{key, scope, 1, false, late}
		err := l.cut(n, func(ctx context.Context) error {
			refused, err := l.reserve(ctx, w)
			if refused {
				l.problemf("canceled at look %d: refused", n)
			}
			return err
		})
		l.all(n, "reserving", err, l.count(scope), 1)
		l.keep(w) // again, as after a lost reply
		l.has("after reserving again", scope, 1)
		errCommit := l.cut(n, func(ctx context.Context) error { return l.store.Commit(ctx, key, noon) })
		l.must("committing again", l.commit(key))
		l.has("after committing again", scope, 1)
		l.keep(want{key + " to release", scope, 2, false, late})
		errRelease := l.cut(n, func(ctx context.Context) error { return l.store.Release(ctx, key+" to release") })
		l.all(n, "releasing", errRelease, 2-l.count(scope), 1)
		l.must("releasing again", l.release(key+" to release"))
		l.has("after releasing again", scope, 1)
		if err == nil && errCommit == nil && errRelease == nil {
			whole++
		}
	}
	if whole == 0 {
		l.problemf("no call succeeded although its context lived for %d looks", most)
	}
}

// all reports a call that was cut and did something else than all or nothing, or
// that succeeded and did not do all.
func (l *lab) all(look int, what string, err error, did, all int) {
	if did != 0 && did != all || err == nil && did != all {
		l.problemf("%s, canceled at look %d: error %v, and %d of %d done", what, look, err, did, all)
	}
}

func checkSecond(l *lab) {
	second := l.second()
	defer func() { l.problems = append(l.problems, second.problems...) }() // also when the second ends the check
	l.keep(one("k", 1))
	second.refuse(one("other", 1))
	second.keep(one("k", 1)) // the same
	second.must("committing on the other connection", second.commit("k"))
	l.must("committing again", l.commit("k"))
	l.keep(one("second", 2))
	second.must("releasing on the other connection", second.release("second"))
	l.has("after a release on the other connection", "u1", 1)
	l.none("committing what the other connection released", l.commit("second"))
	for round := range rounds {
		l.race(fmt.Sprint("u2 ", round), room, func(i int) *lab {
			if i%2 == 0 {
				return second
			}
			return l
		})
	}
}

// second returns a lab on a second connection.
func (l *lab) second() *lab {
	if l.exposures != nil {
		if r, ok := l.exposures.(Reopener[strategy.Exposures]); ok {
			return l.beside(exposuresLab(r.Reopen(l.t)))
		}
	} else if r, ok := l.budgets.(Reopener[strategy.Budgets]); ok {
		return l.beside(budgetsLab(r.Reopen(l.t)))
	}
	l.skip("the store is no strategytest.Reopener")
	return nil
}

func (l *lab) beside(second *lab) *lab {
	second.t, second.ctx, second.probes = l.t, l.ctx, 1_000_000
	return second
}
