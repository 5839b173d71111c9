package strategy

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Balances is an optional capability of [Budgets]: to load what is left, as
// [Case] wants it.
type Balances interface {
	// Balance returns how much of a budget is held and how much is spent; 0 and 0
	// for one that nothing was taken from.
	Balance(ctx context.Context, budget string) (held, spent Micros, err error)
}

// MemoryBudgets are [Budgets] in memory, for services that fit one process, for
// tests and for simulations. The zero value is empty and ready to use; it must
// not be copied. It is safe for concurrent use, and copies what it takes.
//
// Beside its texts a spending takes about 250 bytes, and 40 for each budget. It
// stays until [MemoryBudgets.Forget], and one that was never committed until it
// is released or expired by the host, since there is no clock here. A budget
// takes about 100 bytes and stays.
type MemoryBudgets struct {
	mu    sync.Mutex
	keys  map[string]*keptSpending
	held  map[string]*keptSpending // of keys, those that are not committed
	funds map[string]*fund
}

// keptSpending is one that is held or committed.
type keptSpending struct {
	spends    []Spend
	expires   time.Time
	committed bool
}

// fund is what is held and spent of a budget: never more than the limit of the
// last reservation that passed, together.
type fund struct{ held, spent Micros }

var (
	_ Budgets  = (*MemoryBudgets)(nil)
	_ Balances = (*MemoryBudgets)(nil)
)

// Reserve implements [Budgets]. A spending without a key, with an amount of 0 or
// less, or that has a budget twice, is an error.
func (m *MemoryBudgets) Reserve(ctx context.Context, s Spending) (refused *Spend, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if kept := m.keys[s.Key]; kept != nil {
		if !kept.same(s.Spends) {
			return nil, ErrKeyReused
		}
		return nil, nil
	}
	for _, spend := range s.Spends {
		if f := m.fund(spend.Budget); spend.Amount > max(spend.Limit, 0)-f.held-f.spent {
			return &spend, nil
		}
	}
	m.keep(s)
	return nil, nil
}

// check returns what is wrong with a spending.
func (s *Spending) check() error {
	if s.Key == "" {
		return errors.New("strategy: a spending needs a key")
	}
	for i, spend := range s.Spends {
		if spend.Amount <= 0 {
			return fmt.Errorf("strategy: %v of budget %q is to be spent: want more than 0", spend.Amount, spend.Budget)
		}
		for _, other := range s.Spends[:i] {
			if other.Budget == spend.Budget {
				return fmt.Errorf("strategy: budget %q stands in one spending twice", spend.Budget)
			}
		}
	}
	return nil
}

// fund returns what is held and spent of a budget, to read.
func (m *MemoryBudgets) fund(budget string) fund {
	if f := m.funds[budget]; f != nil {
		return *f
	}
	return fund{}
}

func (m *MemoryBudgets) keep(s Spending) {
	if m.keys == nil {
		m.keys, m.held, m.funds = map[string]*keptSpending{}, map[string]*keptSpending{}, map[string]*fund{}
	}
	kept := &keptSpending{append([]Spend(nil), s.Spends...), moment(s.Expires), false}
	m.keys[s.Key], m.held[s.Key] = kept, kept
	for _, spend := range kept.spends {
		if m.funds[spend.Budget] == nil {
			m.funds[spend.Budget] = new(fund)
		}
		m.funds[spend.Budget].held += spend.Amount
	}
}

// same reports whether two spendings take the same from the same budgets.
func (k *keptSpending) same(spends []Spend) bool {
	if len(k.spends) != len(spends) {
		return false
	}
	for i, s := range spends {
		if s.Budget != k.spends[i].Budget || s.Amount != k.spends[i].Amount {
			return false
		}
	}
	return true
}

func (m *MemoryBudgets) drop(key string, k *keptSpending) {
	for _, s := range k.spends {
		m.funds[s.Budget].held -= s.Amount
	}
	delete(m.keys, key)
	delete(m.held, key)
}

// Commit implements [Budgets].
func (m *MemoryBudgets) Commit(ctx context.Context, key string, now time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[key]
	switch {
	case k != nil && k.committed:
		return nil
	case k == nil || !moment(now).Before(k.expires):
		return ErrNoReservation
	}
	k.committed = true
	delete(m.held, key)
	for _, s := range k.spends {
		f := m.funds[s.Budget]
		f.held, f.spent = f.held-s.Amount, f.spent+s.Amount
	}
	return nil
}

// Release implements [Budgets].
func (m *MemoryBudgets) Release(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.held[key]; k != nil {
		m.drop(key, k)
	}
	return nil
}

// Expire implements [Budgets]. It takes time in proportion to what is held.
func (m *MemoryBudgets) Expire(ctx context.Context, now time.Time) (released int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now = moment(now)
	for key, k := range m.held {
		if !k.expires.After(now) {
			m.drop(key, k)
			released++
		}
	}
	return released, nil
}

// Balance implements [Balances].
func (m *MemoryBudgets) Balance(ctx context.Context, budget string) (held, spent Micros, err error) {
	if err := ctx.Err(); err != nil {
		return 0, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.fund(budget)
	return f.held, f.spent, nil
}

// Forget drops the keys of what was committed and would have expired by an
// instant, and returns how many those were. What they spent stays spent; who
// calls again with such a key would spend again.
func (m *MemoryBudgets) Forget(upTo time.Time) (forgotten int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, k := range m.keys {
		if k.committed && !k.expires.After(upTo) {
			delete(m.keys, key)
			forgotten++
		}
	}
	return forgotten
}
