package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// lab is where one clause is checked. Its methods that can't go on end the
// check, as those of a testing.T do.
type lab struct {
	t          testing.TB // for what the host opens, not for reports
	ctx        context.Context
	store      loyalty.Store
	patience   time.Duration
	problems   []string
	notes      []string
	unmeasured string
}

// run checks a clause and returns what was found.
func (c *clause) run(t testing.TB, store loyalty.Store, patience time.Duration) *lab {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := &lab{t: t, ctx: ctx, store: store, patience: patience}
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

// program is that of all records, unless a check is about programs.
const program = "p"

func accountOf(member string) loyalty.AccountID {
	return loyalty.AccountID{Program: program, Member: member}
}

func head(member string) loyalty.RecordID { return accountOf(member).Record() }

func keyOf(name string) loyalty.RecordID {
	return loyalty.RecordID{Program: program, Kind: loyalty.KindKey, Name: name}
}

func counterOf(number uint32) loyalty.CounterID {
	return loyalty.CounterID{Program: program, Kind: loyalty.CounterStock, Number: number}
}

// record is one to write at a version.
func record(id loyalty.RecordID, version uint64, body string) loyalty.Record {
	return loyalty.Record{ID: id, Version: version, Body: []byte(body)}
}

// entry is a line of a member's journal.
func entry(member string, seq uint64) loyalty.Entry {
	return loyalty.Entry{
		Account: accountOf(member), Seq: seq, Kind: loyalty.EntryGranted, OccurredAt: day(1), RecordedAt: day(1),
		Body: fmt.Appendf(nil, "body %d of %s", seq, member), Command: fmt.Appendf(nil, "command %d of %s", seq, member),
	}
}

// day is the start of a day of 2026, in UTC.
func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

// batch makes one of records alone.
func batch(records ...loyalty.Record) *loyalty.Batch { return &loyalty.Batch{Records: records} }

// commit writes a batch that nothing forbids.
func (l *lab) commit(b *loyalty.Batch) { l.commitTo(l.store, b) }

func (l *lab) commitTo(s loyalty.Store, b *loyalty.Batch) {
	if err := s.Commit(l.ctx, b); err != nil {
		l.fatalf("Commit of a batch that nothing forbids: %v", err)
	}
}

// load returns one record.
func (l *lab) load(id loyalty.RecordID) loyalty.Record { return l.loadFrom(l.store, id) }

func (l *lab) loadFrom(s loyalty.Store, id loyalty.RecordID) loyalty.Record {
	records, counters, err := s.Load(l.ctx, []loyalty.RecordID{id}, nil)
	if err != nil || len(records) != 1 || len(counters) != 0 {
		l.fatalf("Load of one record: %d records, %d counters, error %v", len(records), len(counters), err)
	}
	return records[0]
}

// count returns the value of one counter.
func (l *lab) count(id loyalty.CounterID) int64 {
	records, counters, err := l.store.Load(l.ctx, nil, []loyalty.CounterID{id})
	if err != nil || len(records) != 0 || len(counters) != 1 {
		l.fatalf("Load of one counter: %d records, %d counters, error %v", len(records), len(counters), err)
	}
	return counters[0]
}

// entries returns all entries of an account.
func (l *lab) entries(account loyalty.AccountID) []loyalty.Entry {
	return l.entriesFrom(l.store, account)
}

func (l *lab) entriesFrom(s loyalty.Store, account loyalty.AccountID) []loyalty.Entry {
	entries, err := s.Entries(l.ctx, account, 0, 10_000)
	if err != nil {
		l.fatalf("Entries: %v", err)
	}
	return entries
}

// scan returns a page.
func (l *lab) scan(s loyalty.Scan) []loyalty.Due {
	page, err := l.store.Scan(l.ctx, s)
	if err != nil {
		l.fatalf("Scan: %v", err)
	}
	if len(page) > s.Limit {
		l.fatalf("Scan with limit %d: a page of %d", s.Limit, len(page))
	}
	return page
}

// holds checks that a record has a version and a body; version 0 is absent.
func (l *lab) holds(what string, id loyalty.RecordID, version uint64, body string) {
	r := l.load(id)
	if r.Version != version || version > 0 && string(r.Body) != body {
		l.problemf("%s: version %d with body %q, want version %d with %q", what, r.Version, r.Body, version, body)
	}
}

// conflict checks that an error is a ConflictError that names some of the
// stale records, and no other.
func (l *lab) conflict(what string, err error, stale ...loyalty.RecordID) {
	e, ok := errors.AsType[*loyalty.ConflictError](err)
	if !ok {
		l.problemf("%s: error %v, want a *loyalty.ConflictError", what, err)
		return
	}
	if len(e.Records) == 0 {
		l.problemf("%s: the ConflictError names no record", what)
	}
	for _, id := range e.Records {
		if !slices.Contains(stale, id) {
			l.problemf("%s: the ConflictError names %v, which is not stale", what, id)
		}
	}
}

// bound checks that an error is a BoundError that names some of the counters,
// and no other.
func (l *lab) bound(what string, err error, full ...loyalty.CounterID) {
	e, ok := errors.AsType[*loyalty.BoundError](err)
	if !ok {
		l.problemf("%s: error %v, want a *loyalty.BoundError", what, err)
		return
	}
	if len(e.Counters) == 0 {
		l.problemf("%s: the BoundError names no counter", what)
	}
	for _, id := range e.Counters {
		if !slices.Contains(full, id) {
			l.problemf("%s: the BoundError names %v, which would stay in bounds", what, id)
		}
	}
}

// writers is how many goroutines meet in a check of concurrency.
const writers = 8

// together runs f(0) to f(writers-1) at once and waits for all. A check in
// which one waits for ever ends, and leaves its goroutines behind.
func (l *lab) together(f func(ctx context.Context, i int)) {
	ctx, cancel := context.WithTimeout(l.ctx, l.patience)
	defer cancel()
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		all.Go(func() {
			<-start
			f(ctx, i)
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	close(start)
	over, stop := context.WithTimeout(l.ctx, 2*l.patience)
	defer stop()
	select {
	case <-done:
	case <-over.Done():
		l.fatalf("still waiting after %v, although the context ended after %v", 2*l.patience, l.patience)
	}
}

// race lets all writers commit a batch of their own, and returns the errors.
func (l *lab) race(of func(i int) *loyalty.Batch) []error {
	errs := make([]error, writers)
	l.together(func(ctx context.Context, i int) { errs[i] = l.store.Commit(ctx, of(i)) })
	return errs
}

// oneWins checks that of racing commits one succeeded and the others met a
// conflict on the record, and returns the winner; -1 if there is not one.
func (l *lab) oneWins(what string, errs []error, id loyalty.RecordID) int {
	winner, wins := -1, 0
	for i, err := range errs {
		if err == nil {
			winner, wins = i, wins+1
		} else {
			l.conflict(what, err, id)
		}
	}
	if wins != 1 {
		l.problemf("%s: %d of %d commits succeeded, want 1", what, wins, len(errs))
		return -1
	}
	return winner
}
