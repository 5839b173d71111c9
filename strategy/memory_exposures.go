package strategy

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// MemoryExposures are [Exposures] in memory, for services that fit one process,
// for tests and for simulations. The zero value is empty and ready to use; it
// must not be copied. It is safe for concurrent use, copies what it takes and
// what it hands out, and keeps instants to the microsecond and in UTC, as
// databases do.
//
// Beside its texts an exposure takes about 500 bytes, and stays until
// [MemoryExposures.Forget]; a reservation that was never committed stays until
// it is released or expired by the host, since there is no clock here.
type MemoryExposures struct {
	mu   sync.Mutex
	keys map[string]*keptExposure
	held map[string]*keptExposure // of keys, those that are not committed
	of   map[string][]*keptExposure
}

// keptExposure is one that is held or committed. Those of a customer are sorted
// by At, then as they were reserved.
type keptExposure struct {
	customer string
	expires  time.Time
	Exposure
}

var _ History = (*MemoryExposures)(nil)

// Reserve implements [Exposures]. A reservation without a key or a customer is
// an error. It takes time in proportion to the customer's exposures.
func (m *MemoryExposures) Reserve(ctx context.Context, r Reservation) (refused *Bound, err error) {
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case r.Key == "" || r.Customer == "":
		return nil, errors.New("strategy: a reservation needs a key and a customer")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := &keptExposure{r.Customer, moment(r.Expires), r.Exposure}
	wanted.Key, wanted.State, wanted.At = r.Key, Reserved, moment(r.Exposure.At)
	if kept := m.keys[r.Key]; kept != nil {
		if !kept.same(wanted) {
			return nil, ErrKeyReused
		}
		return nil, nil
	}
	for _, b := range r.Bounds {
		if !m.holds(&b, wanted) {
			return &b, nil
		}
	}
	m.keep(wanted)
	return nil, nil
}

// holds reports whether a bound holds with one more.
func (m *MemoryExposures) holds(b *Bound, wanted *keptExposure) bool {
	n := 0
	if b.Matches(&wanted.Exposure) {
		n++
	}
	for _, kept := range m.of[wanted.customer] {
		if b.Matches(&kept.Exposure) {
			n++
		}
	}
	return n <= b.Limit
}

func (m *MemoryExposures) keep(e *keptExposure) {
	if m.keys == nil {
		m.keys, m.held, m.of = map[string]*keptExposure{}, map[string]*keptExposure{}, map[string][]*keptExposure{}
	}
	e.Tags = slices.Clone(e.Tags)
	m.keys[e.Key], m.held[e.Key] = e, e
	all := m.of[e.customer]
	at := len(all)
	for at > 0 && all[at-1].At.After(e.At) {
		at--
	}
	m.of[e.customer] = slices.Insert(all, at, e)
}

func (m *MemoryExposures) drop(e *keptExposure) {
	delete(m.keys, e.Key)
	delete(m.held, e.Key)
	all := m.of[e.customer]
	all = slices.DeleteFunc(all, func(other *keptExposure) bool { return other == e })
	if m.of[e.customer] = all; len(all) == 0 {
		delete(m.of, e.customer)
	}
}

// same reports whether two reservations are the same but for At and Expires.
func (e *keptExposure) same(o *keptExposure) bool {
	return e.customer == o.customer && e.Operation == o.Operation && e.Channel == o.Channel && e.Objective == o.Objective &&
		e.Class == o.Class && e.Uncounted == o.Uncounted && slices.Equal(e.Tags, o.Tags)
}

// Commit implements [Exposures].
func (m *MemoryExposures) Commit(ctx context.Context, key string, now time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.keys[key]
	switch {
	case e != nil && e.State == Sent:
		return nil
	case e == nil || !moment(now).Before(e.expires):
		return ErrNoReservation
	}
	e.State = Sent
	delete(m.held, key)
	return nil
}

// Release implements [Exposures].
func (m *MemoryExposures) Release(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.held[key]; e != nil {
		m.drop(e)
	}
	return nil
}

// Expire implements [Exposures]. It takes time in proportion to what is held.
func (m *MemoryExposures) Expire(ctx context.Context, now time.Time) (released int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now = moment(now)
	for _, e := range m.held {
		if !e.expires.After(now) {
			m.drop(e)
			released++
		}
	}
	return released, nil
}

// Load implements [History].
func (m *MemoryExposures) Load(ctx context.Context, customer string, after time.Time) ([]Exposure, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var loaded []Exposure
	for _, kept := range m.of[customer] {
		if kept.At.After(after) {
			e := kept.Exposure
			e.Tags = slices.Clone(e.Tags)
			loaded = append(loaded, e)
		}
	}
	return loaded, nil
}

// Note says what came of an exposure that was committed, in the host's words. A
// later note of the same key replaces it; a key that is not committed is
// [ErrNoReservation].
func (m *MemoryExposures) Note(ctx context.Context, key, outcome string, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.keys[key]
	if e == nil || e.State != Sent {
		return ErrNoReservation
	}
	e.Outcome, e.OutcomeAt = outcome, moment(at)
	return nil
}

// Forget drops what was committed for up to and including an instant, with its
// keys, and returns how many exposures those were. [Policy.Since] says how far
// back decisions look; and who calls again with a key must not come later.
func (m *MemoryExposures) Forget(upTo time.Time) (forgotten int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, e := range m.keys {
		if e.State == Sent && !e.At.After(upTo) {
			delete(m.keys, key)
			forgotten++
		}
	}
	for customer, all := range m.of {
		all = slices.DeleteFunc(all, func(e *keptExposure) bool { return m.keys[e.Key] != e })
		if m.of[customer] = all; len(all) == 0 {
			delete(m.of, customer)
		}
	}
	return forgotten
}
