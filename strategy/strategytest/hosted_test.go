package strategytest

import (
	"context"
	"testing"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// hosted is a store in memory of which each method can be replaced, to break it.
// R is what it reserves and B what refuses.
type hosted[R, B any] struct {
	reserve func(ctx context.Context, r R) (*B, error)
	commit  func(ctx context.Context, key string, now time.Time) error
	release func(ctx context.Context, key string) error
	expire  func(ctx context.Context, now time.Time) (int, error)
	load    func(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error)
	balance func(ctx context.Context, budget string) (held, spent strategy.Micros, err error)
	reopen  func() *hosted[R, B]

	key   func(r *R) *string
	scope func(r *R) *string // the customer, or the first budget
	free  func(r *R)         // takes all limits away
}

func (h *hosted[R, B]) Reserve(ctx context.Context, r R) (*B, error) { return h.reserve(ctx, r) }

func (h *hosted[R, B]) Commit(ctx context.Context, key string, now time.Time) error {
	return h.commit(ctx, key, now)
}

func (h *hosted[R, B]) Release(ctx context.Context, key string) error { return h.release(ctx, key) }

func (h *hosted[R, B]) Expire(ctx context.Context, now time.Time) (int, error) {
	return h.expire(ctx, now)
}

type (
	exposuresHosted = hosted[strategy.Reservation, strategy.Bound]
	budgetsHosted   = hosted[strategy.Spending, strategy.Spend]
)

// hostedExposures is a hosted store as a host would wrap it.
type hostedExposures struct{ *exposuresHosted }

func (h hostedExposures) Load(ctx context.Context, customer string, after time.Time) ([]strategy.Exposure, error) {
	return h.load(ctx, customer, after)
}

func (h hostedExposures) Reopen(testing.TB) strategy.Exposures { return hostedExposures{h.reopen()} }

func newExposures() *exposuresHosted {
	m := new(strategy.MemoryExposures)
	h := &exposuresHosted{
		reserve: m.Reserve, commit: m.Commit, release: m.Release, expire: m.Expire, load: m.Load,
		key:   func(r *strategy.Reservation) *string { return &r.Key },
		scope: func(r *strategy.Reservation) *string { return &r.Customer },
		free:  func(r *strategy.Reservation) { r.Bounds = nil },
	}
	h.reopen = func() *exposuresHosted { return h }
	return h
}

type hostedBudgets struct{ *budgetsHosted }

func (h hostedBudgets) Balance(ctx context.Context, budget string) (held, spent strategy.Micros, err error) {
	return h.balance(ctx, budget)
}

func (h hostedBudgets) Reopen(testing.TB) strategy.Budgets { return hostedBudgets{h.reopen()} }

func newBudgets() *budgetsHosted {
	m := new(strategy.MemoryBudgets)
	nowhere := ""
	h := &budgetsHosted{
		reserve: m.Reserve, commit: m.Commit, release: m.Release, expire: m.Expire, balance: m.Balance,
		key: func(s *strategy.Spending) *string { return &s.Key },
		scope: func(s *strategy.Spending) *string {
			if len(s.Spends) == 0 {
				return &nowhere
			}
			s.Spends = append([]strategy.Spend(nil), s.Spends...)
			return &s.Spends[0].Budget
		},
		free: func(s *strategy.Spending) {
			s.Spends = append([]strategy.Spend(nil), s.Spends...)
			for i := range s.Spends {
				s.Spends[i].Limit = 1 << 62
			}
		},
	}
	h.reopen = func() *budgetsHosted { return h }
	return h
}
