package loyaltytest

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// hosted is a Memory with all that a database has: connections, transactions
// and processes. Each of its methods can be replaced, to break it.
type hosted struct {
	memory  *loyalty.Memory
	load    func(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error)
	commit  func(ctx context.Context, b *loyalty.Batch) error
	entries func(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error)
	scan    func(ctx context.Context, s loyalty.Scan) ([]loyalty.Due, error)
	totals  func(ctx context.Context, program string) ([]loyalty.Total, error)
	feed    func(ctx context.Context, program, cursor string, limit int) ([]loyalty.Entry, string, error)
	erase   func(ctx context.Context, account loyalty.AccountID) error
	reopen  func() loyalty.Store
	begin   func() (loyalty.Store, func(commit bool) error)
	process func(l *life) loyalty.Store // what another process opens
}

func newHosted() *hosted {
	m := loyalty.NewMemory()
	h := &hosted{memory: m, load: m.Load, commit: m.Commit, entries: m.Entries, scan: m.Scan, totals: m.Totals, feed: m.Feed, erase: m.Erase}
	h.reopen = func() loyalty.Store { return m }
	h.begin = func() (loyalty.Store, func(bool) error) {
		tx := newTransaction(m)
		return tx, tx.end
	}
	h.process = func(*life) loyalty.Store { return m }
	return h
}

func (h *hosted) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	return h.load(ctx, ids, counters)
}

func (h *hosted) Commit(ctx context.Context, b *loyalty.Batch) error { return h.commit(ctx, b) }

func (h *hosted) Entries(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
	return h.entries(ctx, account, after, limit)
}

func (h *hosted) Scan(ctx context.Context, s loyalty.Scan) ([]loyalty.Due, error) {
	return h.scan(ctx, s)
}

func (h *hosted) Totals(ctx context.Context, program string) ([]loyalty.Total, error) {
	return h.totals(ctx, program)
}

func (h *hosted) Feed(ctx context.Context, program, cursor string, limit int) ([]loyalty.Entry, string, error) {
	return h.feed(ctx, program, cursor, limit)
}

func (h *hosted) Erase(ctx context.Context, account loyalty.AccountID) error {
	return h.erase(ctx, account)
}

func (h *hosted) Reopen(testing.TB) loyalty.Store { return h.reopen() }

func (h *hosted) Begin(testing.TB) (loyalty.Store, func(commit bool) error) { return h.begin() }

// Spawn starts a goroutine that knows of the test no more than a process would,
// and that stops at its next call once it is killed.
func (h *hosted) Spawn(t testing.TB) *Process {
	in, toIn := io.Pipe()
	fromOut, out := io.Pipe()
	l, gone := &life{dead: make(chan struct{})}, make(chan struct{})
	store := &mortal{h.process(l), l.dead}
	go func() {
		defer close(gone)
		defer func() { _ = out.Close() }()
		_ = Work(context.Background(), store, in, out)
	}()
	var killed atomic.Bool
	kill := func() {
		if !killed.Swap(true) {
			if l.inside != nil {
				select {
				case <-l.inside:
				case <-time.After(300 * time.Millisecond): // it has nothing to do
				}
			}
			close(l.dead)
			_ = in.Close()
			_ = fromOut.Close()
			<-gone
		}
	}
	t.Cleanup(kill)
	return &Process{In: toIn, Out: watched{fromOut, l}, Kill: kill}
}

// life is that of a process.
type life struct {
	dead   chan struct{}
	wanted atomic.Bool // somebody waits for its output
	// inside is set by a process that is best killed within a commit, and
	// answers when it is there.
	inside chan struct{}
}

// interrupted waits until the process is killed, or somebody waits for its
// output: so a kill always comes in between.
func (l *life) interrupted() bool {
	for !l.wanted.Load() {
		select {
		case l.inside <- struct{}{}:
			<-l.dead
			return true
		case <-l.dead:
			return true
		case <-time.After(20 * time.Microsecond):
		}
	}
	return false
}

// watched tells when it is read.
type watched struct {
	io.Reader
	life *life
}

func (w watched) Read(p []byte) (int, error) {
	w.life.wanted.Store(true)
	defer w.life.wanted.Store(false)
	return w.Reader.Read(p)
}

// mortal is a store in a process that can be killed.
type mortal struct {
	loyalty.Store
	dead <-chan struct{}
}

var errDead = errors.New("killed")

func (m *mortal) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	select {
	case <-m.dead:
		return nil, nil, errDead
	default:
		return m.Store.Load(ctx, ids, counters)
	}
}

func (m *mortal) Commit(ctx context.Context, b *loyalty.Batch) error {
	select {
	case <-m.dead:
		return errDead
	default:
		return m.Store.Commit(ctx, b)
	}
}

// transaction keeps commits for itself until it ends. Each record can be
// written once.
type transaction struct {
	*loyalty.Memory
	mu      sync.Mutex
	records map[loyalty.RecordID]loyalty.Record
	batch   loyalty.Batch
}

func newTransaction(m *loyalty.Memory) *transaction {
	return &transaction{Memory: m, records: map[loyalty.RecordID]loyalty.Record{}}
}

func (x *transaction) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	records, values, err := x.Memory.Load(ctx, ids, counters)
	for i := range records {
		if own, ok := x.records[records[i].ID]; ok {
			records[i] = own
		}
	}
	return records, values, err
}

func (x *transaction) Commit(ctx context.Context, b *loyalty.Batch) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var stale []loyalty.RecordID
	for _, r := range b.Records {
		now, _, err := x.Load(ctx, []loyalty.RecordID{r.ID}, nil)
		if err != nil {
			return err
		}
		if now[0].Version != r.Version {
			stale = append(stale, r.ID)
		}
	}
	if stale != nil {
		return &loyalty.ConflictError{Records: stale}
	}
	for _, c := range b.Counters {
		_, values, err := x.Memory.Load(ctx, nil, []loyalty.CounterID{c.ID})
		if err != nil {
			return err
		}
		if after := values[0] + c.Delta; after > c.Max || after < c.Min {
			return &loyalty.BoundError{Counters: []loyalty.CounterID{c.ID}}
		}
	}
	for _, r := range b.Records {
		x.batch.Records = append(x.batch.Records, r)
		r.Version++
		x.records[r.ID] = r
	}
	x.batch.Entries = append(x.batch.Entries, b.Entries...)
	x.batch.Counters = append(x.batch.Counters, b.Counters...)
	return nil
}

func (x *transaction) end(commit bool) error {
	if !commit {
		return nil
	}
	return x.Memory.Commit(context.Background(), &x.batch)
}

// broken runs all clauses over a kind of store and returns those that it
// breaks, and what was said of each.
func broken(t *testing.T, newStore func() loyalty.Store) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, c := range clauses {
		l := c.run(t, newStore(), shortPatience)
		if len(l.problems) > 0 {
			found[c.name] = l.problems
		}
		if l.unmeasured != "" {
			t.Errorf("%s: not measured: %s", c.name, l.unmeasured)
		}
	}
	return found
}

// A store that breaks nothing is found to break nothing: else what follows
// would show nothing.
func TestNothingBroken(t *testing.T) {
	if got := broken(t, func() loyalty.Store { return newHosted() }); len(got) > 0 {
		t.Errorf("found broken: %v", got)
	}
}

func names(found map[string][]string) []string { return slices.Sorted(maps.Keys(found)) }
