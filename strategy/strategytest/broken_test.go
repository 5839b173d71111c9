package strategytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// defect is a way in which a store breaks a clause. One that both kinds of store
// can have breaks the clause of each that ends in the same words.
type defect struct {
	clause    string // its words without the number
	name      string
	exposures func(h *exposuresHosted)
	budgets   func(h *budgetsHosted)
}

// defects break one clause each, mostly as real stores have.
var defects = []defect{
	{"limit", "a limit is compared by > where >= was meant", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) {
			r.Bounds = slices.Clone(r.Bounds)
			for i := range r.Bounds {
				r.Bounds[i].Limit++
			}
		})
	}, func(h *budgetsHosted) {
		h.change(func(s *strategy.Spending) {
			s.Spends = slices.Clone(s.Spends)
			for i := range s.Spends {
				s.Spends[i].Limit += strategy.One
			}
		})
	}},
	broken("limit", "what is refused is written all the same", writeRefused, writeRefused),
	{"limit", "the last bound that refuses is returned", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) {
			r.Bounds = slices.Clone(r.Bounds)
			slices.Reverse(r.Bounds)
		})
	}, nil},
	{"limit", "the refusal says something else", func(h *exposuresHosted) {
		reserve := h.reserve
		h.reserve = func(ctx context.Context, r strategy.Reservation) (*strategy.Bound, error) {
			refused, err := reserve(ctx, r)
			if refused != nil {
				refused.Name = "cap"
			}
			return refused, err
		}
	}, nil},
	{"matching", "exposures from the instant on count", bounds(func(b *strategy.Bound) { b.After = b.After.Add(-time.Microsecond) }), nil},
	{"matching", "what is uncounted counts", bounds(func(b *strategy.Bound) { b.All = true }), nil},
	{"matching", "what is uncounted never counts", bounds(func(b *strategy.Bound) { b.All = false }), nil},
	{"matching", "tags are not looked at", bounds(func(b *strategy.Bound) { b.Tag = "" }), nil},
	{"matching", "channels are not looked at", bounds(func(b *strategy.Bound) { b.Channel = "" }), nil},
	{"matching", "operations are not looked at", bounds(func(b *strategy.Bound) { b.Operation = "" }), nil},
	{"matching", "objectives are not looked at", bounds(func(b *strategy.Bound) { b.Objective = "" }), nil},
	{"matching", "instants are kept to the second", bounds(func(b *strategy.Bound) { b.After = b.After.Truncate(time.Second) }), nil},
	{"matching", "only the first tag is stored", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) { r.Exposure.Tags = r.Exposure.Tags[:min(1, len(r.Exposure.Tags))] })
	}, nil},
	{"matching", "what lies ahead does not count", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) {
			if r.Exposure.At.After(late) {
				r.Exposure.At = time.Time{}
			}
		})
	}, nil},
	broken("customers", "a collation without case", lowerCase, nil),
	broken("budgets", "a collation without case", nil, lowerCase),
	broken("customers", "spaces at the end are cut", trimmed, nil),
	broken("budgets", "spaces at the end are cut", nil, trimmed),
	broken("customers", "a column of 99 bytes", shortened, nil),
	broken("budgets", "a column of 99 bytes", nil, shortened),
	broken("held", "what is held counts, and what is committed no more", forgetCommitted, forgetCommitted),
	{"held", "only what is committed counts", countCommitted[strategy.Reservation, strategy.Bound], countCommitted[strategy.Spending, strategy.Spend]},
	broken("key again", "each call is one more", eachIsNew, eachIsNew),
	broken("key again", "the same again is judged again", judgeAgain, judgeAgain),
	broken("key reused", "the key alone is looked at", ignoreReuse, ignoreReuse),
	broken("key reused", "the later one replaces the first", replaceReused, replaceReused),
	{"key reused", "tags are not compared", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) { r.Exposure.Tags = nil })
	}, nil},
	{"key reused", "another instant is another exposure", func(h *exposuresHosted) {
		first := map[string]time.Time{}
		reserve := h.reserve
		h.reserve = func(ctx context.Context, r strategy.Reservation) (*strategy.Bound, error) {
			if at, ok := first[r.Key]; ok && !at.Equal(r.Exposure.At) {
				return nil, strategy.ErrKeyReused
			}
			first[r.Key] = r.Exposure.At
			return reserve(ctx, r)
		}
	}, nil},
	broken("commit", "an update of no row is no error", commitAnything, commitAnything),
	broken("commit", "an update of no row is an error, also the second time", commitOnce, commitOnce),
	broken("release", "a delete by the key alone", releaseCommitted, releaseCommitted),
	broken("release", "a delete of no row is an error", releaseOnce, releaseOnce),
	broken("expiry", "nobody looks at the expiry", neverExpires, neverExpires),
	broken("expiry", "it may be committed at its expiry", expiresAfter, expiresAfter),
	{"expiry", "instants are kept to the second", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) { r.Expires = r.Expires.Truncate(time.Second) })
	}, func(h *budgetsHosted) {
		h.change(func(s *strategy.Spending) { s.Expires = s.Expires.Truncate(time.Second) })
	}},
	broken("expire", "what expires at the instant stays", expireLater, expireLater),
	broken("expire", "how many is not counted", expireUncounted, expireUncounted),
	broken("expire", "what was committed expires", expireCommitted, expireCommitted),
	broken("race for the last", "it counts, and then writes", countThenWrite, countThenWrite),
	broken("race for a key", "a unique violation comes through", uniqueViolation, uniqueViolation),
	broken("race for a key", "two may write one key", writeTwice, writeTwice),
	broken("race to end", "a commit looks, and then writes", lookThenCommit, lookThenCommit),
	broken("canceled", "half is written when the context ends", writeHalf, writeHalf),
	broken("canceled", "a canceled call says that all is well", cancelSilently, cancelSilently),
	broken("ownership", "what was given is written later", writeLater, writeLater),
	{"ownership", "the refusal points into what was given", func(h *exposuresHosted) {
		reserve := h.reserve
		h.reserve = func(ctx context.Context, r strategy.Reservation) (*strategy.Bound, error) {
			refused, err := reserve(ctx, r)
			if refused != nil {
				return &r.Bounds[0], err
			}
			return nil, err
		}
	}, func(h *budgetsHosted) {
		reserve := h.reserve
		h.reserve = func(ctx context.Context, s strategy.Spending) (*strategy.Spend, error) {
			refused, err := reserve(ctx, s)
			if refused != nil {
				return &s.Spends[0], err
			}
			return nil, err
		}
	}},
	{"ownership", "what is loaded is the store's own", func(h *exposuresHosted) {
		var tags []string // one for all, as in a cache
		load, reserve := h.load, h.reserve
		h.load = func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
			all, err := load(ctx, customer, after)
			for _, e := range all {
				tags = e.Tags
			}
			return all, err
		}
		h.reserve = func(ctx context.Context, r strategy.Reservation) (*strategy.Bound, error) {
			if len(r.Bounds) > 0 && slices.Contains(tags, "changed") {
				r.Bounds[0].Tag = "lost"
			}
			return reserve(ctx, r)
		}
	}, nil},
	{"history", "rows come as they were reserved", func(h *exposuresHosted) {
		load := h.load
		h.load = func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
			all, err := load(ctx, customer, after)
			slices.SortFunc(all, func(a, b strategy.Exposure) int { return strings.Compare(a.Key, b.Key) })
			return all, err
		}
	}, nil},
	{"history", "what is of the instant itself is loaded", func(h *exposuresHosted) {
		load := h.load
		h.load = func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
			return load(ctx, customer, after.Add(-time.Microsecond))
		}
	}, nil},
	{"history", "only what is committed is loaded", func(h *exposuresHosted) {
		load := h.load
		h.load = func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
			all, err := load(ctx, customer, after)
			return slices.DeleteFunc(all, func(e strategy.Exposure) bool { return e.State == strategy.Reserved }), err
		}
	}, nil},
	{"history", "the class has no column", func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) { r.Exposure.Class = strategy.Marketing })
	}, nil},
	broken("all or nothing", "budgets are taken from one after the other", nil, oneByOne),
	{"amounts", "amounts are floats", nil, func(h *budgetsHosted) {
		h.change(func(s *strategy.Spending) {
			s.Spends = slices.Clone(s.Spends)
			for i := range s.Spends {
				s.Spends[i].Amount = strategy.Micros(float32(s.Spends[i].Amount) * (1 - 1e-7))
			}
		})
	}},
	{"amounts", "a limit is what it was at first", nil, func(h *budgetsHosted) {
		first := map[string]strategy.Micros{}
		h.change(func(s *strategy.Spending) {
			s.Spends = slices.Clone(s.Spends)
			for i := range s.Spends {
				name := s.Spends[i].Budget
				if _, ok := first[name]; !ok {
					first[name] = s.Spends[i].Limit
				}
				s.Spends[i].Limit = first[name]
			}
		})
	}},
	{"amounts", "a sum wraps", nil, func(h *budgetsHosted) {
		sums := map[string]strategy.Micros{}
		reserve := h.reserve
		h.reserve = func(ctx context.Context, s strategy.Spending) (*strategy.Spend, error) {
			for _, spend := range s.Spends {
				if sums[spend.Budget]+spend.Amount <= spend.Limit {
					sums[spend.Budget] += spend.Amount
					return nil, nil
				}
			}
			return reserve(ctx, s)
		}
	}},
	{"balances", "what is held is not told", nil, func(h *budgetsHosted) {
		balance := h.balance
		h.balance = func(ctx context.Context, budget string) (held, spent strategy.Micros, err error) {
			held, spent, err = balance(ctx, budget)
			return 0, held + spent, err
		}
	}},
	{"second connection", "each connection has a cache", func(h *exposuresHosted) { h.reopen = newExposures }, func(h *budgetsHosted) { h.reopen = newBudgets }},
}

func broken(clause, name string, exposures func(h *exposuresHosted), budgets func(h *budgetsHosted)) defect {
	return defect{clause, name, exposures, budgets}
}

// change changes what is reserved.
func (h *hosted[R, B]) change(f func(r *R)) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		f(&r)
		return reserve(ctx, r)
	}
}

func bounds(f func(b *strategy.Bound)) func(h *exposuresHosted) {
	return func(h *exposuresHosted) {
		h.change(func(r *strategy.Reservation) {
			r.Bounds = slices.Clone(r.Bounds)
			for i := range r.Bounds {
				f(&r.Bounds[i])
			}
		})
	}
}

func lowerCase[R, B any](h *hosted[R, B]) {
	h.change(func(r *R) { scope := h.scope(r); *scope = strings.ToLower(*scope) })
}

func trimmed[R, B any](h *hosted[R, B]) {
	h.change(func(r *R) { scope := h.scope(r); *scope = strings.TrimRight(*scope, " ") })
}

func shortened[R, B any](h *hosted[R, B]) {
	h.change(func(r *R) { scope := h.scope(r); *scope = (*scope)[:min(99, len(*scope))] })
}

func writeRefused[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		refused, err := reserve(ctx, r)
		if refused != nil {
			h.free(&r)
			_, _ = reserve(ctx, r)
		}
		return refused, err
	}
}

func forgetCommitted[R, B any](h *hosted[R, B]) {
	gone := map[string]bool{}
	commit := h.commit
	h.commit = func(ctx context.Context, key string, now time.Time) error {
		if gone[key] {
			return nil
		}
		gone[key] = true
		if err := h.release(ctx, key); err != nil {
			return err
		}
		return cmpErr(commit(ctx, key, now), strategy.ErrNoReservation)
	}
}

// countCommitted looks at no bounds, but for what was committed.
func countCommitted[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		h.free(&r)
		return reserve(ctx, r)
	}
}

func eachIsNew[R, B any](h *hosted[R, B]) {
	calls := 0
	h.change(func(r *R) {
		if key := h.key(r); !isProbe(*key) {
			calls++
			*key = fmt.Sprint(*key, " ", calls)
		}
	})
}

func judgeAgain[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		second := r
		*h.key(&second) += " again"
		if refused, err := reserve(ctx, second); refused != nil || err != nil {
			return refused, err
		}
		if err := h.release(ctx, *h.key(&second)); err != nil {
			return nil, err
		}
		return reserve(ctx, r)
	}
}

func ignoreReuse[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		refused, err := reserve(ctx, r)
		return refused, cmpErr(err, strategy.ErrKeyReused)
	}
}

func replaceReused[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		refused, err := reserve(ctx, r)
		if errors.Is(err, strategy.ErrKeyReused) {
			_ = h.release(ctx, *h.key(&r))
			_, _ = reserve(ctx, r)
		}
		return refused, err
	}
}

func commitAnything[R, B any](h *hosted[R, B]) {
	commit := h.commit
	h.commit = func(ctx context.Context, key string, now time.Time) error {
		return cmpErr(commit(ctx, key, now), strategy.ErrNoReservation)
	}
}

// cmpErr returns err, unless it is one to be overlooked.
func cmpErr(err, overlooked error) error {
	if errors.Is(err, overlooked) {
		return nil
	}
	return err
}

func commitOnce[R, B any](h *hosted[R, B]) {
	done := map[string]bool{}
	commit := h.commit
	h.commit = func(ctx context.Context, key string, now time.Time) error {
		if done[key] {
			return strategy.ErrNoReservation
		}
		err := commit(ctx, key, now)
		done[key] = err == nil
		return err
	}
}

// flagged keeps what is committed as it was when it was held.
func flagged[R, B any](h *hosted[R, B]) {
	var mu sync.Mutex
	held := map[string]bool{}
	reserve, release := h.reserve, h.release
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		refused, err := reserve(ctx, r)
		mu.Lock()
		defer mu.Unlock()
		if refused == nil && err == nil {
			held[*h.key(&r)] = true
		}
		return refused, err
	}
	h.release = func(ctx context.Context, key string) error {
		mu.Lock()
		defer mu.Unlock()
		delete(held, key)
		return release(ctx, key)
	}
	h.commit = func(_ context.Context, key string, _ time.Time) error {
		mu.Lock()
		defer mu.Unlock()
		if !held[key] {
			return strategy.ErrNoReservation
		}
		return nil
	}
}

func releaseCommitted[R, B any](h *hosted[R, B]) { flagged(h) }

func expireCommitted[R, B any](h *hosted[R, B]) { flagged(h) }

func releaseOnce[R, B any](h *hosted[R, B]) {
	held := map[string]bool{}
	reserve, release := h.reserve, h.release
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		held[*h.key(&r)] = true
		return reserve(ctx, r)
	}
	h.release = func(ctx context.Context, key string) error {
		if !held[key] {
			return strategy.ErrNoReservation
		}
		delete(held, key)
		return release(ctx, key)
	}
}

func neverExpires[R, B any](h *hosted[R, B]) { h.commitEarlier(time.Hour) }

func expiresAfter[R, B any](h *hosted[R, B]) { h.commitEarlier(time.Microsecond) }

func (h *hosted[R, B]) commitEarlier(by time.Duration) {
	commit := h.commit
	h.commit = func(ctx context.Context, key string, now time.Time) error { return commit(ctx, key, now.Add(-by)) }
}

func expireLater[R, B any](h *hosted[R, B]) {
	expire := h.expire
	h.expire = func(ctx context.Context, now time.Time) (int, error) { return expire(ctx, now.Add(-time.Microsecond)) }
}

func expireUncounted[R, B any](h *hosted[R, B]) {
	expire := h.expire
	h.expire = func(ctx context.Context, now time.Time) (int, error) {
		_, err := expire(ctx, now)
		return 0, err
	}
}

// meeting lets callers wait a moment for each other, so that a race that could
// be lost is.
type meeting struct{ here chan struct{} }

func newMeeting() *meeting { return &meeting{make(chan struct{})} }

func (m *meeting) wait() {
	select {
	case m.here <- struct{}{}:
	case <-m.here:
	case <-time.After(100 * time.Millisecond): // nobody comes
	}
}

// isProbe reports a key under which the suite looks how many there are, alone.
func isProbe(key string) bool { return strings.HasPrefix(key, "probe") }

func countThenWrite[R, B any](h *hosted[R, B]) {
	var mu sync.Mutex
	m, reserve, calls := newMeeting(), h.reserve, 0
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		mu.Lock() // to count, and not to write
		calls++
		count := r
		*h.key(&count) = fmt.Sprint("count ", calls)
		refused, err := reserve(ctx, count)
		_ = h.release(ctx, *h.key(&count))
		mu.Unlock()
		if refused != nil || err != nil {
			return refused, err
		}
		if !isProbe(*h.key(&r)) {
			m.wait()
		}
		h.free(&r)
		return reserve(ctx, r)
	}
}

// absent lets f find out whether a key is there before it is written, and wait
// then.
func absent[R, B any](h *hosted[R, B], f func(ctx context.Context, r R, wasThere, isThere bool, reserve func(context.Context, R) (*B, error)) (*B, error)) {
	var mu sync.Mutex
	m, reserve, there := newMeeting(), h.reserve, map[string]bool{}
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		key := *h.key(&r)
		mu.Lock()
		was := there[key]
		mu.Unlock()
		if !was && !isProbe(key) {
			m.wait()
		}
		mu.Lock()
		defer mu.Unlock()
		is := there[key]
		there[key] = true
		return f(ctx, r, was, is, reserve)
	}
}

func uniqueViolation[R, B any](h *hosted[R, B]) {
	absent(h, func(ctx context.Context, r R, was, is bool, reserve func(context.Context, R) (*B, error)) (*B, error) {
		if is && !was {
			return nil, errors.New("UNIQUE constraint failed: reservation.key")
		}
		return reserve(ctx, r)
	})
}

func writeTwice[R, B any](h *hosted[R, B]) {
	absent(h, func(ctx context.Context, r R, was, is bool, reserve func(context.Context, R) (*B, error)) (*B, error) {
		if is && !was {
			*h.key(&r) += " twice"
			h.free(&r)
		}
		return reserve(ctx, r)
	})
}

func lookThenCommit[R, B any](h *hosted[R, B]) {
	m, expire := newMeeting(), h.expire
	flagged(h)
	look := h.commit
	flaggedRelease := h.release
	h.commit = func(ctx context.Context, key string, now time.Time) error {
		err := look(ctx, key, now)
		m.wait()
		return err
	}
	h.release = func(ctx context.Context, key string) error {
		if !isProbe(key) {
			m.wait()
		}
		return flaggedRelease(ctx, key)
	}
	h.expire = expire
}

func writeHalf[R, B any](h *hosted[R, B]) {
	reserve, calls := h.reserve, 0
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		calls++
		half := r
		*h.key(&half) = fmt.Sprint("half ", calls)
		refused, err := reserve(context.Background(), half)
		if err == nil && refused == nil {
			if err = ctx.Err(); err == nil {
				_ = h.release(context.Background(), *h.key(&half))
				return reserve(ctx, r)
			}
		} else {
			return reserve(ctx, r)
		}
		return nil, err
	}
}

func cancelSilently[R, B any](h *hosted[R, B]) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		refused, err := reserve(ctx, r)
		return refused, cmpErr(err, context.Canceled)
	}
}

// writeLater writes what was reserved when the next call comes.
func writeLater[R, B any](h *hosted[R, B]) {
	reserve, release, load := h.reserve, h.release, h.load
	var pending []R
	flush := func(ctx context.Context) {
		for _, r := range pending {
			_, _ = reserve(ctx, r)
		}
		pending = nil
	}
	h.reserve = func(ctx context.Context, r R) (*B, error) {
		flush(ctx)
		judged := r
		refused, err := reserve(ctx, judged)
		if refused == nil && err == nil {
			_ = release(ctx, *h.key(&judged))
			pending = append(pending, r)
		}
		return refused, err
	}
	h.release = func(ctx context.Context, key string) error {
		flush(ctx)
		return release(ctx, key)
	}
	h.load = func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
		flush(ctx)
		return load(ctx, customer, after)
	}
}

// oneByOne takes from each budget by itself, and does not give back.
func oneByOne(h *budgetsHosted) {
	reserve := h.reserve
	h.reserve = func(ctx context.Context, s strategy.Spending) (*strategy.Spend, error) {
		refused, err := reserve(ctx, s)
		if refused == nil {
			return nil, err
		}
		for i, spend := range s.Spends {
			part := strategy.Spending{Key: fmt.Sprint(s.Key, " ", i), Spends: []strategy.Spend{spend}, Expires: s.Expires}
			_, _ = reserve(ctx, part)
		}
		return refused, err
	}
}

// words is the name of a clause without its number.
func words(name string) string {
	_, rest, _ := strings.Cut(name, " ")
	return rest
}

func (d *defect) exposuresStore() strategy.Exposures {
	h := newExposures()
	d.exposures(h)
	return hostedExposures{h}
}

func (d *defect) budgetsStore() strategy.Budgets {
	h := newBudgets()
	d.budgets(h)
	return hostedBudgets{h}
}

// Property: for each clause there are stores that break it, and each is found
// out.
func TestBrokenStoresAreCaught(t *testing.T) {
	for _, c := range exposureClauses {
		checkCaught(t, c, func(d *defect) *lab {
			if d.exposures == nil {
				return nil
			}
			return exposuresLab(d.exposuresStore())
		})
	}
	for _, c := range budgetClauses {
		checkCaught(t, c, func(d *defect) *lab {
			if d.budgets == nil {
				return nil
			}
			return budgetsLab(d.budgetsStore())
		})
	}
}

func checkCaught(t *testing.T, c clause, make func(d *defect) *lab) {
	caught := 0
	for i := range defects {
		if defects[i].clause != words(c.name) {
			continue
		}
		l := make(&defects[i])
		if l == nil {
			continue
		}
		caught++
		t.Run(c.name+"/"+defects[i].name, func(t *testing.T) {
			if l := c.run(t, l); len(l.problems) == 0 {
				t.Errorf("not caught by %q", c.says)
			}
		})
	}
	if caught == 0 {
		t.Errorf("no store breaks %s", c.name)
	}
}

// Property: a store that keeps its promises breaks no clause.
func TestSoundStoresPass(t *testing.T) {
	for _, c := range exposureClauses {
		if l := c.run(t, exposuresLab(hostedExposures{newExposures()})); len(l.problems) > 0 || l.unmeasured != "" {
			t.Errorf("%s: %v %v", c.name, l.problems, l.unmeasured)
		}
	}
	for _, c := range budgetClauses {
		if l := c.run(t, budgetsLab(hostedBudgets{newBudgets()})); len(l.problems) > 0 || l.unmeasured != "" {
			t.Errorf("%s: %v %v", c.name, l.problems, l.unmeasured)
		}
	}
}
