package loyaltytest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// shortPatience is enough for stores in memory.
const shortPatience = 2 * time.Second

// defect is a way in which a store breaks a clause.
type defect struct {
	clause string
	name   string
	make   func(h *hosted)
}

// defects break one clause each, mostly as real stores have.
var defects = []defect{
	{"C1 absent", "an absent row is scanned into an empty document", func(h *hosted) {
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			records, values, err := h.memory.Load(ctx, ids, counters)
			for i := range records {
				if records[i].Version == 0 {
					records[i].Body = []byte("{}")
				}
			}
			return records, values, err
		}
	}},
	{"C1 absent", "rows come in the order of the primary key", func(h *hosted) {
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			sorted := slices.SortedFunc(slices.Values(ids), func(a, b loyalty.RecordID) int {
				return strings.Compare(fmt.Sprint(a.Kind, a.Name), fmt.Sprint(b.Kind, b.Name))
			})
			return h.memory.Load(ctx, sorted, counters)
		}
	}},
	{"C2 swap", "the version is compared and then written, not in one step", func(h *hosted) {
		lost := newMeeting()
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			if len(b.Records) != 1 || b.Records[0].Version == 0 || len(b.Entries) > 0 {
				return h.memory.Commit(ctx, b)
			}
			r := b.Records[0]
			now, _, err := h.memory.Load(ctx, []loyalty.RecordID{r.ID}, nil)
			if err != nil || now[0].Version != r.Version {
				return cmpOr(err, &loyalty.ConflictError{Records: []loyalty.RecordID{r.ID}})
			}
			lost.wait()
			for {
				err := h.memory.Commit(ctx, &loyalty.Batch{Records: []loyalty.Record{r}})
				if !isConflict(err) {
					return err
				}
				r.Version++
			}
		}
	}},
	{"C3 cold start", "a unique violation of the first insert comes through", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			if isConflict(err) && b.Records[0].ID.Kind == loyalty.KindAccount && b.Records[0].Version == 0 {
				return errors.New("UNIQUE constraint failed: head.member")
			}
			return err
		}
	}},
	{"C4 atomic", "records are written before counters are looked at", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			if isBound(err) {
				_ = h.memory.Commit(ctx, &loyalty.Batch{Records: b.Records, Entries: b.Entries})
			}
			return err
		}
	}},
	{"C5 stale record", "records are written up to the first that is stale", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			if e, ok := errors.AsType[*loyalty.ConflictError](err); ok && len(b.Entries) > 0 {
				for _, r := range b.Records {
					if slices.Contains(e.Records, r.ID) {
						break
					}
					_ = h.memory.Commit(ctx, batch(r))
				}
			}
			return err
		}
	}},
	{"C6 opposite order", "rows are locked in the order of the batch", func(h *hosted) {
		locks := newLocks()
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			for _, r := range b.Records {
				if err := locks.lock(ctx, r.ID); err != nil {
					return err
				}
				defer locks.unlock(r.ID)
			}
			return h.memory.Commit(ctx, b)
		}
	}},
	{"C7 key", "a key that is there is replaced", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			again := &loyalty.Batch{Records: slices.Clone(b.Records), Entries: b.Entries, Counters: b.Counters}
			for i, r := range again.Records {
				if now, _, err := h.memory.Load(ctx, []loyalty.RecordID{r.ID}, nil); err == nil && r.ID.Kind == loyalty.KindKey && r.Version == 0 {
					again.Records[i].Version = now[0].Version
				}
			}
			return h.memory.Commit(ctx, again)
		}
	}},
	{"C8 scope", "caps of all programs are one", func(h *hosted) {
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			counters = slices.Clone(counters)
			for i := range counters {
				counters[i].Program = oneProgram(counters[i])
			}
			return h.memory.Load(ctx, ids, counters)
		}
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			again := *b
			again.Counters = slices.Clone(b.Counters)
			for i := range again.Counters {
				again.Counters[i].ID.Program = oneProgram(again.Counters[i].ID)
			}
			err := h.memory.Commit(ctx, &again)
			if e, ok := errors.AsType[*loyalty.BoundError](err); ok {
				for i := range e.Counters {
					e.Counters[i].Program = program
				}
			}
			return err
		}
	}},
	{"C9 read your writes", "the other connection reads a replica that lags", func(h *hosted) {
		h.reopen = func() loyalty.Store {
			replica := newHosted()
			replica.memory, replica.commit, replica.entries = h.memory, h.memory.Commit, h.memory.Entries
			replica.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
				records, values, err := h.memory.Load(ctx, ids, counters)
				for i := range records {
					records[i].Version -= min(records[i].Version, 1)
				}
				return records, values, err
			}
			return replica
		}
	}},
	{"C10 bound to a transaction", "a commit goes past the transaction", func(h *hosted) {
		h.begin = func() (loyalty.Store, func(bool) error) {
			tx := newTransaction(h.memory)
			return tx, func(bool) error { return tx.end(true) }
		}
	}},
	{"C10 bound to a transaction", "a conflict aborts the transaction", func(h *hosted) {
		h.begin = func() (loyalty.Store, func(bool) error) {
			tx := newTransaction(h.memory)
			bound, aborted := newHosted(), false
			bound.load = tx.Load
			bound.commit = func(ctx context.Context, b *loyalty.Batch) error {
				if aborted {
					return errors.New("current transaction is aborted")
				}
				err := tx.Commit(ctx, b)
				aborted = isConflict(err)
				return err
			}
			return bound, tx.end
		}
	}},
	{"C11 due", "what is due at the instant itself is left out", func(h *hosted) {
		h.scan = func(ctx context.Context, s loyalty.Scan) ([]loyalty.Due, error) {
			page, err := h.memory.Scan(ctx, s)
			return slices.DeleteFunc(page, func(d loyalty.Due) bool { return !s.UpTo.IsZero() && d.At.Equal(s.UpTo) }), err
		}
	}},
	{"C11 due", "pages are counted from the start, so that rows move between them", func(h *hosted) {
		offset := 0
		h.scan = func(ctx context.Context, s loyalty.Scan) ([]loyalty.Due, error) {
			if s.After == nil {
				offset = 0
			}
			limit := s.Limit
			s.After, s.Limit = nil, 1000
			page, err := h.memory.Scan(ctx, s)
			from := min(offset, len(page))
			page = page[from:min(from+limit, len(page))]
			offset += len(page)
			return page, err
		}
	}},
	{"C12 not due", "what is no longer due stays in the index", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			again := *b
			again.Records = slices.Clone(b.Records)
			for i, r := range again.Records {
				if now, _, err := h.memory.Load(ctx, []loyalty.RecordID{r.ID}, nil); err == nil && r.Due.IsZero() {
					again.Records[i].Due = now[0].Due
				}
			}
			return h.memory.Commit(ctx, &again)
		}
	}},
	{"C12 not due", "NULL is sorted first", func(h *hosted) {
		h.scan = func(ctx context.Context, s loyalty.Scan) ([]loyalty.Due, error) {
			page, err := h.memory.Scan(ctx, s)
			all, err2 := h.memory.Scan(ctx, loyalty.Scan{Program: s.Program, Limit: 1000})
			if !s.UpTo.IsZero() && s.After == nil {
				all = slices.DeleteFunc(all, func(d loyalty.Due) bool { return !d.At.IsZero() })
				page = append(all, page...)
			}
			return page[:min(len(page), s.Limit)], errors.Join(err, err2)
		}
	}},
	{"C13 entries", "after is taken in", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			return h.memory.Entries(ctx, account, max(after, 1)-1, limit)
		}
	}},
	{"C13 entries", "entries come in the order in which they occurred", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			slices.SortStableFunc(page, func(a, b loyalty.Entry) int { return a.OccurredAt.Compare(b.OccurredAt) })
			return page, err
		}
	}},
	{"C14 bytes", "a JSON column writes documents anew", func(h *hosted) {
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			records, values, err := h.memory.Load(ctx, ids, counters)
			for i := range records {
				var anew bytes.Buffer
				if json.Compact(&anew, records[i].Body) == nil {
					records[i].Body = anew.Bytes()
				}
			}
			return records, values, err
		}
	}},
	{"C14 bytes", "a column of fixed width loses zeros at the end", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			for i := range page {
				page[i].Body = bytes.TrimRight(page[i].Body, "\x00")
			}
			return page, err
		}
	}},
	{"C15 instants", "a column keeps milliseconds", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			for i := range page {
				page[i].OccurredAt = page[i].OccurredAt.Truncate(time.Millisecond)
			}
			return page, err
		}
	}},
	{"C15 instants", "a driver answers in its own zone", func(h *hosted) {
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			records, values, err := h.memory.Load(ctx, ids, counters)
			for i := range records {
				if !records[i].Until.IsZero() {
					records[i].Until = records[i].Until.In(time.FixedZone("driver", 3600))
				}
			}
			return records, values, err
		}
	}},
	{"C16 counters", "a counter is read and then written", func(h *hosted) {
		lost := newMeeting()
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			if len(b.Counters) != 1 || len(b.Records) > 0 || b.Counters[0].Max == math.MaxInt64 {
				return h.memory.Commit(ctx, b)
			}
			c := b.Counters[0]
			_, before, err := h.memory.Load(ctx, nil, []loyalty.CounterID{c.ID})
			if err != nil {
				return err
			}
			lost.wait()
			_, now, err := h.memory.Load(ctx, nil, []loyalty.CounterID{c.ID})
			if err != nil {
				return err
			}
			if err = h.memory.Commit(ctx, &loyalty.Batch{Counters: []loyalty.Counter{{ID: c.ID, Delta: c.Delta + before[0] - now[0], Min: c.Min, Max: c.Max}}}); err == nil {
				return nil
			}
			return err
		}
	}},
	{"C16 counters", "the lower bound is forgotten", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			again := *b
			again.Counters = slices.Clone(b.Counters)
			for i := range again.Counters {
				again.Counters[i].Min = math.MinInt64
			}
			return h.memory.Commit(ctx, &again)
		}
	}},
	{"C17 canceled", "counters are changed after the rest was written", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			if len(b.Records) == 0 || slices.ContainsFunc(b.Counters, func(c loyalty.Counter) bool { return c.Max < 1<<40 }) {
				return h.memory.Commit(ctx, b)
			}
			if err := h.memory.Commit(ctx, &loyalty.Batch{Records: b.Records, Entries: b.Entries}); err != nil {
				return err
			}
			return h.memory.Commit(ctx, &loyalty.Batch{Counters: b.Counters})
		}
	}},
	{"C18 extremes", "a column of one byte has a sign", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			for i := range page {
				page[i].Kind = min(page[i].Kind, math.MaxInt8)
			}
			return page, err
		}
	}},
	{"C18 extremes", "a sum wraps", func(h *hosted) {
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			if !isBound(err) || len(b.Counters) != 1 || b.Counters[0].Max != math.MaxInt64 {
				return err
			}
			c := b.Counters[0]
			_, now, err := h.memory.Load(ctx, nil, []loyalty.CounterID{c.ID})
			for _, delta := range []int64{-now[0], now[0] + c.Delta} {
				if err == nil {
					err = h.memory.Commit(ctx, &loyalty.Batch{Counters: []loyalty.Counter{{ID: c.ID, Delta: delta, Min: math.MinInt64, Max: math.MaxInt64}}})
				}
			}
			return err
		}
	}},
	{"C19 names", "a collation takes capitals for small letters", func(h *hosted) { named(h, strings.ToLower) }},
	{"C19 names", "a column cuts long keys", func(h *hosted) { named(h, func(s string) string { return s[:min(len(s), 128)] }) }},
	{"C20 feed", "a reader trusts numbers given at the insert", lateFeed},
	{"C21 killed", "the parts of a commit are written one by one", func(h *hosted) {
		h.process = func(l *life) loyalty.Store {
			l.inside = make(chan struct{})
			p := newHosted()
			p.load = h.memory.Load
			p.commit = func(ctx context.Context, b *loyalty.Batch) error {
				if err := h.memory.Commit(ctx, &loyalty.Batch{Records: b.Records, Entries: b.Entries}); err != nil {
					return err
				}
				if l.interrupted() {
					return errDead
				}
				return h.memory.Commit(ctx, &loyalty.Batch{Counters: b.Counters})
			}
			return p
		}
	}},
	{"C22 two processes", "what keeps writers apart is a lock in each process", func(h *hosted) {
		apart := newMeeting()
		h.process = func(*life) loyalty.Store {
			p := newHosted()
			p.load = h.memory.Load
			p.commit = func(ctx context.Context, b *loyalty.Batch) error {
				apart.wait()
				err := h.memory.Commit(ctx, b)
				if isConflict(err) {
					return nil // taken for written
				}
				return err
			}
			return p
		}
	}},
	{"C23 ownership", "a cache hands out its own bytes", func(h *hosted) {
		var mu sync.Mutex
		cache := map[string][]byte{}
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			records, values, err := h.memory.Load(ctx, ids, counters)
			mu.Lock()
			defer mu.Unlock()
			for i, r := range records {
				key := fmt.Sprint(r.ID, r.Version)
				if cache[key] == nil {
					cache[key] = r.Body
				}
				records[i].Body = cache[key]
			}
			return records, values, err
		}
	}},
	{"C23 ownership", "the caller's bytes are kept", func(h *hosted) {
		var mu sync.Mutex
		kept := map[string][]byte{}
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			mu.Lock()
			defer mu.Unlock()
			for _, e := range b.Entries {
				if err == nil {
					kept[fmt.Sprint(e.Account, e.Seq)] = e.Body
				}
			}
			return err
		}
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			mu.Lock()
			defer mu.Unlock()
			for i, e := range page {
				if body, ok := kept[fmt.Sprint(e.Account, e.Seq)]; ok {
					page[i].Body = slices.Clone(body)
				}
			}
			return page, err
		}
	}},
	{"C24 totals", "what an account held before is not taken off", func(h *hosted) {
		grown := loyalty.NewMemory()
		n := 0
		h.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := h.memory.Commit(ctx, b)
			for _, r := range b.Records {
				if err == nil && len(r.Totals) > 0 {
					id := r.ID
					id.Name, n = fmt.Sprint(n), n+1
					err = grown.Commit(ctx, batch(loyalty.Record{ID: id, Totals: slices.Clone(r.Totals)}))
				}
			}
			return err
		}
		h.totals = grown.Totals
	}},
	{"C25 erase", "an erased command is empty, not nil", func(h *hosted) {
		h.entries = func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
			page, err := h.memory.Entries(ctx, account, after, limit)
			for i := range page {
				if page[i].Command == nil && page[i].Account == accountOf("a") {
					page[i].Command = []byte{}
				}
			}
			return page, err
		}
	}},
	{"C25 erase", "keys go with the commands", func(h *hosted) {
		erased := false
		h.erase = func(ctx context.Context, account loyalty.AccountID) error {
			erased = true
			return h.memory.Erase(ctx, account)
		}
		h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
			records, values, err := h.memory.Load(ctx, ids, counters)
			for i, r := range records {
				if erased && r.ID.Kind == loyalty.KindKey {
					records[i] = loyalty.Record{ID: r.ID}
				}
			}
			return records, values, err
		}
	}},
}

// Property: each defect is found by the clause that forbids it, and by no
// other; each clause finds one.
func TestBroken(t *testing.T) {
	found := map[string]bool{}
	for _, d := range defects {
		t.Run(d.clause+", "+d.name, func(t *testing.T) {
			got := broken(t, func() loyalty.Store {
				h := newHosted()
				d.make(h)
				return h
			})
			if want := []string{d.clause}; !slices.Equal(names(got), want) {
				t.Errorf("found by %v, want %v\n%v", names(got), want, got)
			}
			found[d.clause] = true
		})
	}
	for _, c := range clauses {
		if !found[c.name] {
			t.Errorf("no defect for %s", c.name)
		}
	}
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func oneProgram(id loyalty.CounterID) string {
	if id.Kind >= 16 {
		return "one"
	}
	return id.Program
}

// named keeps records under other names.
func named(h *hosted, as func(string) string) {
	h.load = func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
		under := slices.Clone(ids)
		for i := range under {
			under[i].Name = as(ids[i].Name)
		}
		records, values, err := h.memory.Load(ctx, under, counters)
		for i := range records {
			records[i].ID = ids[i]
		}
		return records, values, err
	}
	h.commit = func(ctx context.Context, b *loyalty.Batch) error {
		again := &loyalty.Batch{Records: slices.Clone(b.Records), Entries: slices.Clone(b.Entries), Counters: b.Counters}
		for i := range again.Records {
			again.Records[i].ID.Name = as(b.Records[i].ID.Name)
		}
		for i := range again.Entries {
			again.Entries[i].Account.Member = as(b.Entries[i].Account.Member)
		}
		err := h.memory.Commit(ctx, again)
		if e, ok := errors.AsType[*loyalty.ConflictError](err); ok {
			for i, id := range e.Records {
				e.Records[i] = b.Records[slices.IndexFunc(again.Records, func(r loyalty.Record) bool { return r.ID == id })].ID
			}
		}
		return err
	}
}

// lateFeed numbers entries when they are inserted, and shows them when they are
// committed.
func lateFeed(h *hosted) {
	type line struct {
		entry loyalty.Entry
		shown bool
	}
	var mu sync.Mutex
	var lines []line
	insert := func(b *loyalty.Batch, shown bool) (from int) {
		mu.Lock()
		defer mu.Unlock()
		from = len(lines)
		for _, e := range b.Entries {
			lines = append(lines, line{e, shown})
		}
		return from
	}
	h.commit = func(ctx context.Context, b *loyalty.Batch) error {
		err := h.memory.Commit(ctx, b)
		if err == nil {
			insert(b, true)
		}
		return err
	}
	h.begin = func() (loyalty.Store, func(bool) error) {
		tx := newTransaction(h.memory)
		bound, from, to := newHosted(), math.MaxInt, 0
		bound.load = tx.Load
		bound.commit = func(ctx context.Context, b *loyalty.Batch) error {
			err := tx.Commit(ctx, b)
			if err == nil {
				from = min(from, insert(b, false))
				to = len(lines)
			}
			return err
		}
		return bound, func(commit bool) error {
			mu.Lock()
			defer mu.Unlock()
			for i := from; i < to; i++ {
				lines[i].shown = commit
			}
			return tx.end(commit)
		}
	}
	h.feed = func(ctx context.Context, program, cursor string, limit int) (page []loyalty.Entry, next string, err error) {
		mu.Lock()
		defer mu.Unlock()
		at := 0
		_, _ = fmt.Sscan(cursor, &at)
		for ; at < len(lines) && len(page) < limit; at++ {
			if lines[at].shown && lines[at].entry.Account.Program == program {
				page = append(page, lines[at].entry)
			}
		}
		return page, fmt.Sprint(at), nil
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
	case <-time.After(2 * time.Millisecond):
	}
}

// locks are one for each record.
type locks struct {
	mu sync.Mutex
	of map[loyalty.RecordID]chan struct{}
}

func newLocks() *locks { return &locks{of: map[loyalty.RecordID]chan struct{}{}} }

func (l *locks) get(id loyalty.RecordID) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[id] == nil {
		l.of[id] = make(chan struct{}, 1)
	}
	return l.of[id]
}

func (l *locks) lock(ctx context.Context, id loyalty.RecordID) error {
	select {
	case l.get(id) <- struct{}{}:
		time.Sleep(100 * time.Microsecond)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *locks) unlock(id loyalty.RecordID) { <-l.get(id) }
