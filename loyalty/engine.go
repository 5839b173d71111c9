package loyalty

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Engine runs commands of one program against a store: it loads what a
// decision needs, brings the account up to the moment, decides, and commits;
// if another was faster it does so again. Any number of goroutines, and of
// engines in other processes, may work on one store.
//
// The moment of recording is an argument of every method. It should be the
// clock's; if it lies before what an account has recorded already, the
// account's own time counts.
type Engine struct {
	store  Store
	memory *Memory // the store, if it is one that loads into room used again
	rules  *Rules
	views  sync.Pool
	drafts sync.Pool
}

// maxAttempts is how often a command is tried. Each time that one fails another
// has succeeded, so that only accounts that are written all the time get here.
const maxAttempts = 100

// NewEngine returns an engine for the versions of one program; see [Compile].
func NewEngine(store Store, versions ...Program) (*Engine, error) {
	if store == nil {
		return nil, errors.New("loyalty: an engine needs a store")
	}
	rules, err := Compile(versions...)
	if err != nil {
		return nil, err
	}
	memory, _ := store.(*Memory)
	return &Engine{store: store, memory: memory, rules: rules, views: sync.Pool{New: func() any { return new(View) }}}, nil
}

func (e *Engine) view() *View { return e.views.Get().(*View) }

func (e *Engine) free(v *View) {
	v.Reset()
	v.shut, v.bounced = v.shut[:0], 0
	e.views.Put(v)
}

// Do decides a command and commits what it comes to. The same command with
// the same key returns the recorded receipt, whether it was this call's or
// another's. A rejection is one of the typed errors of this package. After an
// error of the store it is unknown whether the command was done: do it again
// with the same key.
func (e *Engine) Do(ctx context.Context, now time.Time, c Command) (Receipt, error) {
	v := e.view()
	defer e.free(v)
	if err := e.run(ctx, v, now, &c, e.commit); err != nil {
		return Receipt{}, err
	}
	return v.decision.Receipt(), v.decision.Rejection
}

// Preview answers what [Engine.Do] would, by the same path, and writes nothing.
func (e *Engine) Preview(ctx context.Context, now time.Time, c Command) (Receipt, error) {
	v := e.view()
	defer e.free(v)
	if err := e.run(ctx, v, now, &c, func(context.Context, *Decision) error { return nil }); err != nil {
		return Receipt{}, err
	}
	return v.decision.Receipt(), v.decision.Rejection
}

// run leaves the decision in the view. Its rejection is no error.
func (e *Engine) run(ctx context.Context, v *View, now time.Time, c *Command, commit func(context.Context, *Decision) error) error {
	if !inRange(now) {
		return &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	v.cmd = *c
	if err := v.request.set(&v.cmd); err != nil {
		return err
	}
	for range maxAttempts {
		if err := e.load(ctx, v); err != nil {
			return err
		}
		refused := v.decide(e.rules, micros(now))
		if v.refusedByMore(refused) {
			steady, err := e.steady(ctx, v.seen())
			if err != nil {
				return err
			}
			if !steady {
				v.Reset()
				continue
			}
		}
		if refused != nil {
			return refused
		}
		if v.decision.replayed {
			return nil
		}
		err := commit(ctx, &v.decision)
		if err == nil {
			return nil
		}
		if !v.retry(err) {
			return fmt.Errorf("loyalty: commit: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		runtime.Gosched()
	}
	return ErrContended
}

// load fills the view with all that the request needs.
func (e *Engine) load(ctx context.Context, v *View) error {
	for {
		ids, counters, err := v.needs(e.rules)
		if err != nil || len(ids)+len(counters) == 0 {
			return err
		}
		if err := e.fill(ctx, v, ids, counters); err != nil {
			return err
		}
	}
}

// fill fills a view with what it lacks.
func (e *Engine) fill(ctx context.Context, v *View, ids []RecordID, counters []CounterID) error {
	if e.memory != nil {
		return e.memory.fill(ctx, v, ids, counters)
	}
	records, values, err := e.store.Load(ctx, ids, counters)
	if err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != len(ids) {
		return fmt.Errorf("loyalty: store returned %d records, not %d", len(records), len(ids))
	}
	return v.Fill(records, counters, values)
}

// commit commits a decision where its records were loaded from.
func (e *Engine) commit(ctx context.Context, d *Decision) error {
	if e.memory != nil {
		return e.memory.commit(ctx, d.Batch(), &d.view.room.places, true)
	}
	return e.store.Commit(ctx, d.Batch())
}

// retry prepares the view for another attempt; false if err is no reason for
// one. A counter that is out of bounds although its value says otherwise is
// taken for used up: its store keeps it in shards.
func (v *View) retry(err error) bool {
	if _, ok := errors.AsType[*ConflictError](err); ok {
		v.Reset()
		return true
	}
	bound, ok := errors.AsType[*BoundError](err)
	if !ok {
		return false
	}
	if v.bounced++; v.bounced > 2 {
		for _, id := range bound.Counters {
			if !slices.Contains(v.shut, id) {
				v.shut = append(v.shut, id)
			}
		}
	}
	v.Reset()
	return true
}

// Swept is what a sweep did.
type Swept struct {
	// Accounts is how many were brought up to the moment, Entries how many
	// entries that wrote.
	Accounts, Entries int
	// More is set if the limit was reached: there may be more that is due.
	More bool
}

// sweepPage is how many accounts a sweep asks for at once.
const sweepPage = 500

// Sweep writes what is due by now in up to limit accounts, the longest due
// first. It changes no balance, since commands do the same for the account that
// they are about; it keeps the store's totals and the journals up to date. Any
// number may run at once, and one that was interrupted is simply run again. Its
// cost is by how many accounts are due, not by how many there are.
//
// An account that can't be swept is passed over, and is in the error.
func (e *Engine) Sweep(ctx context.Context, now time.Time, limit int) (Swept, error) {
	var done Swept
	var failed []error
	scan := Scan{Program: e.rules.program, UpTo: now.Truncate(time.Microsecond)}
	for done.Accounts < limit && len(failed) < sweepPage {
		scan.Limit = min(sweepPage, limit-done.Accounts)
		page, err := e.store.Scan(ctx, scan)
		if err != nil {
			return done, errors.Join(append(failed, fmt.Errorf("loyalty: scan: %w", err))...)
		}
		if len(page) == 0 {
			return done, errors.Join(failed...)
		}
		for i := range page {
			entries, err := e.touch(ctx, now, page[i].Member)
			if err != nil {
				failed = append(failed, fmt.Errorf("loyalty: sweep %q: %w", page[i].Member, err))
				continue
			}
			done.Accounts++
			done.Entries += entries
		}
		scan.After = &page[len(page)-1]
	}
	done.More = true
	return done, errors.Join(failed...)
}

// touch writes what is due in one account, and returns how many entries.
func (e *Engine) touch(ctx context.Context, now time.Time, member string) (int, error) {
	v := e.view()
	defer e.free(v)
	for range maxAttempts {
		s, err := e.advanced(ctx, v, now, member)
		if err != nil || s.entries == 0 {
			return 0, err
		}
		v.settleEntries()
		v.putAccounts()
		v.settleRecords()
		err = e.store.Commit(ctx, &v.decision.batch)
		if err == nil {
			return s.entries, nil
		}
		if !v.retry(err) {
			return 0, fmt.Errorf("commit: %w", err)
		}
	}
	return 0, ErrContended
}

// advanced returns an account as it is at a moment.
func (e *Engine) advanced(ctx context.Context, v *View, now time.Time, member string) (*seat, error) {
	if !inRange(now) {
		return nil, &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	if err := checkText("member", member, MaxNameBytes); err != nil {
		return nil, err
	}
	v.start(e.rules)
	ids := []RecordID{AccountID{e.rules.program, member}.Record()}
	records, _, err := e.store.Load(ctx, ids, nil)
	if err != nil {
		return nil, fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != 1 {
		return nil, fmt.Errorf("loyalty: store returned %d records, not 1", len(records))
	}
	if err := v.Fill(records, nil, nil); err != nil {
		return nil, err
	}
	if records[0].Version == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknownAccount, member)
	}
	return v.sit(e.rules, member, micros(now))
}
