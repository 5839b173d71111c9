package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// pruner is a store that drops keys and counters whose time is over when it is
// told to.
type pruner interface {
	Prune(ctx context.Context, now time.Time, limit int) (int, error)
}

// sweepMost is how many accounts one sweep brings up to date before it looks
// whether it should stop.
const sweepMost = 1000

// sweep writes what is due, again and again until the context ends. Every
// replica may do so at once: an account that two of them come to is written by
// one, and found done by the other. They wait for different times, so that they
// seldom meet. Balances are right without it; it keeps journals and totals up to
// date, so that what is owed can be read off the store.
func (s *service) sweep(ctx context.Context, every time.Duration) {
	for {
		wait := every/2 + rand.N(every)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		s.sweepOnce(ctx)
	}
}

// sweepOnce sweeps until nothing is due, and drops what may be dropped.
func (s *service) sweepOnce(ctx context.Context) {
	accounts, entries, err := s.sweepAll(ctx)
	pruned := 0
	if err == nil {
		pruned, err = s.pruneAll(ctx)
	}
	switch {
	case ctx.Err() != nil: // stopping
	case err != nil:
		s.metrics.sweeps.WithLabelValues("failed").Inc()
		s.log.ErrorContext(ctx, "sweep failed", "accounts", accounts, "entries", entries, "pruned", pruned, "error", err)
	default:
		s.metrics.sweeps.WithLabelValues("done").Inc()
		s.metrics.swept.Set(float64(s.clock().Unix()))
		if entries+pruned > 0 {
			s.log.InfoContext(ctx, "swept", "accounts", accounts, "entries", entries, "pruned", pruned)
		}
	}
}

func (s *service) sweepAll(ctx context.Context) (accounts, entries int, err error) {
	for more := true; more && ctx.Err() == nil && err == nil; {
		done, failed := s.engine.Sweep(ctx, s.clock(), sweepMost)
		accounts, entries, more, err = accounts+done.Accounts, entries+done.Entries, done.More, failed
		s.metrics.accounts.Add(float64(done.Accounts))
		s.metrics.entries.Add(float64(done.Entries))
	}
	return accounts, entries, err
}

func (s *service) pruneAll(ctx context.Context) (pruned int, err error) {
	store, ok := s.store.(pruner)
	if !ok {
		return 0, nil
	}
	for n := sweepMost; n == sweepMost && ctx.Err() == nil && err == nil; {
		n, err = store.Prune(ctx, s.clock(), sweepMost)
		pruned += n
	}
	return pruned, err
}
