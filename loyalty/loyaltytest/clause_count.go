package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/regulars-go/regulars/loyalty"
)

func isConflict(err error) bool {
	_, ok := errors.AsType[*loyalty.ConflictError](err)
	return ok
}

func isBound(err error) bool {
	_, ok := errors.AsType[*loyalty.BoundError](err)
	return ok
}

// change commits the change of one counter.
func (l *lab) change(ctx context.Context, c loyalty.Counter) error {
	return l.store.Commit(ctx, &loyalty.Batch{Counters: []loyalty.Counter{c}})
}

func checkCounters(l *lab) {
	free, tight := counterOf(1), counterOf(2)
	const limit = writers * 2
	wins := make([]int64, writers)
	errs := make([]error, writers)
	l.together(func(ctx context.Context, i int) {
		for range rounds {
			if err := l.change(ctx, loyalty.Counter{ID: free, Delta: int64(i) + 1, Max: 1 << 40}); err != nil {
				errs[i] = err
			}
			err := l.change(ctx, loyalty.Counter{ID: tight, Delta: 1, Max: limit})
			if err == nil {
				wins[i]++
			} else if !isBound(err) {
				errs[i] = err
			}
		}
	})
	sum := int64(0)
	for i, err := range errs {
		sum += wins[i]
		if err != nil {
			l.problemf("writer %d: %v", i, err)
		}
	}
	if got, want := l.count(free), int64(rounds*writers*(writers+1)/2); got != want {
		l.problemf("concurrent changes add up to %d, want %d", got, want)
	}
	if got := l.count(tight); got != sum || sum > limit {
		l.problemf("a counter with maximum %d stands at %d after %d commits", limit, got, sum)
	}
	if sum == 0 {
		l.problemf("none of %d changes by 1 fitted a maximum of %d", writers*rounds, limit)
	}
	l.bounds()
}

// bounds checks changes one after the other. A store with shards may refuse one
// that would fit, but none may pass that does not.
func (l *lab) bounds() {
	id := counterOf(3)
	value := int64(0)
	for _, c := range []struct {
		delta, min, max int64
		fits            bool
	}{
		{5, 0, 5, true},
		{1, 0, 5, false},
		{-6, 0, 5, false},
		{-1, 0, 3, true}, // still above the maximum, but on its way
		{1, 0, 3, false},
		{2, 10, 9, true}, // still below the minimum, but on its way
		{-1, 10, 20, false},
		{-6, 0, 3, true},
		{0, 5, 9, true},
	} {
		err := l.change(l.ctx, loyalty.Counter{ID: id, Delta: c.delta, Min: c.min, Max: c.max})
		what := fmt.Sprintf("%+d from %d within %d to %d", c.delta, value, c.min, c.max)
		switch {
		case err == nil && !c.fits:
			l.problemf("%s: succeeded", what)
		case err != nil:
			l.bound(what, err, id)
		}
		if err == nil {
			value += c.delta
		}
		if got := l.count(id); got != value {
			l.fatalf("%s: now %d, want %d", what, got, value)
		}
	}
}

func checkExtremes(l *lab) {
	id := loyalty.CounterID{Program: program, Kind: 255, Number: math.MaxUint32, Window: math.MinInt32, Value: "v"}
	other := loyalty.CounterID{Program: program, Kind: 255, Number: math.MaxUint32, Window: math.MaxInt32, Value: "v"}
	if err := l.change(l.ctx, loyalty.Counter{ID: other, Delta: 3, Max: math.MaxInt64}); err != nil {
		l.problemf("the largest period: %v", err)
	}
	value := int64(0)
	for _, c := range []loyalty.Counter{
		{Delta: 1, Min: math.MinInt64, Max: math.MaxInt64},
		{Delta: math.MaxInt64, Max: math.MaxInt64}, // would wrap
		{Delta: math.MaxInt64 - 1, Max: math.MaxInt64},
		{Delta: 1, Max: math.MaxInt64}, // would wrap
		{Delta: math.MinInt64, Min: math.MinInt64},
		{Delta: math.MinInt64, Min: math.MinInt64}, // would wrap
		{Delta: -math.MaxInt64, Min: math.MinInt64},
		{Delta: -1, Min: math.MinInt64}, // would wrap
	} {
		c.ID = id
		wraps := c.Delta > 0 && value > math.MaxInt64-c.Delta || c.Delta < 0 && value < math.MinInt64-c.Delta
		err := l.change(l.ctx, c)
		what := fmt.Sprintf("%+d from %d", c.Delta, value)
		switch {
		case err == nil && wraps:
			l.problemf("%s: succeeded", what)
		case err != nil:
			l.bound(what, err, id)
		default:
			value += c.Delta
		}
		if got := l.count(id); got != value {
			l.fatalf("%s: now %d, want %d", what, got, value)
		}
	}
	if got := l.count(other); got != 3 {
		l.problemf("the largest period: %d, want 3", got)
	}
	e := entry("a", 1)
	e.Kind = math.MaxUint8
	l.commit(&loyalty.Batch{Records: []loyalty.Record{record(head("a"), 0, "x")}, Entries: []loyalty.Entry{e}})
	l.sameEntries("the largest kind", l.entries(accountOf("a")), []loyalty.Entry{e})
	got, err := l.store.Entries(l.ctx, accountOf("a"), math.MaxInt64, math.MaxInt32)
	if err != nil || len(got) > 0 {
		l.problemf("entries after %d: %v, error %v", int64(math.MaxInt64), got, err)
	}
}

// looks is a context that is canceled when it is looked at for the n-th time:
// so a commit is cut at each of its steps.
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

func checkCanceled(l *lab) {
	const most = 200
	committed, b := 0, &loyalty.Batch{}
	for n := 1; n <= most; n++ {
		a, k, c := fmt.Sprint("m", n), keyOf(fmt.Sprint("k", n)), counterOf(uint32(n))
		*b = loyalty.Batch{
			Records:  []loyalty.Record{record(head(a), 0, "x"), record(k, 0, "x")},
			Entries:  []loyalty.Entry{entry(a, 1), entry(a, 2)},
			Counters: []loyalty.Counter{{ID: c, Delta: 1, Max: 1 << 40}},
		}
		inner, cancel := context.WithCancel(l.ctx)
		ctx := &looks{Context: inner, cancel: cancel, left: n}
		err := l.store.Commit(ctx, b)
		cancel()
		look := func() []bool {
			return []bool{l.load(head(a)).Version == 1, l.load(k).Version == 1, len(l.entries(accountOf(a))) == 2, l.count(c) == 1}
		}
		parts := look()
		if !agree(parts) { // a server may have finished the commit while it was looked for: then all of it is there by now
			parts = look()
		}
		if !agree(parts) {
			l.fatalf("canceled at look %d: account %v, key %v, entries %v, counter %v", n, parts[0], parts[1], parts[2], parts[3])
		}
		switch {
		case err == nil && !parts[0]:
			l.problemf("canceled at look %d: no error, and nothing was written", n)
		case isConflict(err) || isBound(err):
			l.problemf("canceled at look %d: %v, which nothing explains", n, err)
		}
		if err == nil {
			committed++
		}
		if committed == 3 {
			return
		}
	}
	if committed == 0 {
		l.problemf("no commit succeeded although its context lived for %d looks", most)
	}
}

func agree(parts []bool) bool { return !slices.Contains(parts, !parts[0]) }
