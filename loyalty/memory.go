package loyalty

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/bits"
	"slices"
	"time"
)

// Memory is a [Store] in memory, for services that fit one process, for tests
// and for simulations. It is safe for concurrent use, copies what it takes and
// what it hands out, and keeps instants to the microsecond, as databases do.
// It also implements [Totaler], [Feeder] and [Eraser].
//
// What it holds is bounded by what it was given. Beside the bytes of bodies,
// commands and names an entry takes about 60 bytes, and stays for ever; a key,
// an order or another record about 80; an account about 280. A body that grows
// may take half as much again, and that of a record which is no account leaves
// its former place behind until what was written at that time is pruned. Up to
// 5 MB are set aside for what comes next. Records and counters whose Until has
// come go when the host calls [Memory.Prune], and only then, since a Memory has
// no clock.
type Memory struct {
	shards [memoryShards]memoryShard
}

// memoryShards is how many parts there are, so that commands of different
// members seldom wait for each other. A set of them fits a uint32.
const memoryShards = 32

var (
	_ Totaler = (*Memory)(nil)
	_ Feeder  = (*Memory)(nil)
	_ Eraser  = (*Memory)(nil)
)

// NewMemory returns an empty store.
func NewMemory() *Memory {
	m, seed := new(Memory), maphash.MakeSeed()
	for i := range m.shards {
		s := &m.shards[i]
		s.seed, s.ledgers, s.counters = seed, map[string]*memoryLedger{}, map[CounterID]memoryCounter{}
	}
	return m
}

// Load implements [Store].
func (m *Memory) Load(ctx context.Context, ids []RecordID, counters []CounterID) ([]Record, []int64, error) {
	return m.loadInto(ctx, new(loadRoom), ids, counters)
}

// loadRoom is where what is loaded goes. Bodies stay until it is reset; the
// records and values, until more is loaded.
type loadRoom struct {
	records []Record
	values  []int64
	bytes   []byte
	places  memoryPlaces // of what a view was filled with, until it is reset; of a draft, of what is committed
}

func (l *loadRoom) reset() {
	l.bytes = l.bytes[:0]
	l.places.used = 0
}

// loadInto is Load into room that may be used again.
func (m *Memory) loadInto(ctx context.Context, room *loadRoom, ids []RecordID, counters []CounterID) ([]Record, []int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	room.records = slices.Grow(room.records[:0], len(ids))[:len(ids)]
	var places memoryPlaces
	for i := range ids {
		places.used = 0 // nobody asks for the others
		p := places.at(places.add(&ids[i]))
		s := &m.shards[p.shard]
		s.mu.Lock()
		s.load(&room.records[i], &ids[i], p, room)
		s.mu.Unlock()
	}
	room.values = slices.Grow(room.values[:0], len(counters))[:len(counters)]
	for i := range counters {
		room.values[i] = m.counter(&counters[i])
	}
	return room.records, room.values, nil
}

func (m *Memory) counter(id *CounterID) int64 {
	s := &m.shards[shardOfCounter(id)]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counters[*id].value
}

// Commit implements [Store]. A batch that breaks the rules of [Batch] is an
// error, and nothing of it is written.
func (m *Memory) Commit(ctx context.Context, b *Batch) error {
	return m.commit(ctx, b, new(memoryPlaces), false)
}

// commit is Commit that need not look up again what was loaded. decided says that
// the accounts are those that were filled into a view, as a decision made them.
func (m *Memory) commit(ctx context.Context, b *Batch, places *memoryPlaces, decided bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var few [12]int // enough for one command: no allocation
	at, records, entries := few[:], len(b.Records), len(b.Records)+len(b.Entries)
	if n := entries + len(b.Counters); n > len(few) {
		at = make([]int, n)
	}
	w := memoryWrite{store: m, batch: b, decided: decided, places: places}
	w.records, w.entries, w.shards = at[:records], at[records:entries], at[entries:]
	set := w.find()
	m.lock(set)
	defer m.unlock(set)
	if err := w.check(); err != nil {
		return err
	}
	w.write()
	return nil
}

// Entries implements [Store].
func (m *Memory) Entries(ctx context.Context, account AccountID, after uint64, limit int) ([]Entry, error) {
	if err := checkPage(ctx, limit); err != nil {
		return nil, err
	}
	s := m.ofAccount(account)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.ledger(account.Program)
	a := l.member(account.Member)
	if a == nil || after >= uint64(len(a.lines)) {
		return nil, nil
	}
	lines := a.lines[after:]
	entries := make([]Entry, 0, min(limit, len(lines)))
	for _, at := range lines[:cap(entries)] {
		entries = append(entries, l.entry(at))
	}
	return entries, nil
}

// Scan implements [Store]. It takes time in proportion to the page, to the
// accounts in it that were put off since they were listed, and to those that
// became due sooner since the Scan before; not to the number of accounts.
func (m *Memory) Scan(ctx context.Context, s Scan) ([]Due, error) {
	if err := checkPage(ctx, s.Limit); err != nil {
		return nil, err
	}
	by := byMember
	if !s.UpTo.IsZero() {
		by = byDue
	}
	var page, merged, found []Due
	for i := range m.shards {
		shard := &m.shards[i]
		shard.mu.Lock()
		found = found[:0]
		if l := shard.ledgers[s.Program]; l != nil {
			found = l.accounts.scan(found, by, &s, page)
		}
		shard.mu.Unlock()
		merged = mergeDue(merged[:0], page, found, by, s.Limit)
		page, merged = merged, page
	}
	return page, nil
}

// Totals implements [Totaler], at no cost that grows with the accounts.
func (m *Memory) Totals(ctx context.Context, program string) ([]Total, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var sum []Total
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		if l := s.ledgers[program]; l != nil {
			for j := range l.totals {
				t, to := &l.totals[j], totalOf(&sum, l.totals[j].Wallet)
				to.Available += t.Available
				to.Pending += t.Pending
				to.Held += t.Held
				to.Debt += t.Debt
			}
		}
		s.mu.Unlock()
	}
	return sum, nil
}

// Erase implements [Eraser]. An account that is not there is no error.
func (m *Memory) Erase(ctx context.Context, account AccountID) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := m.ofAccount(account)
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.ledger(account.Program)
	if a := l.member(account.Member); a != nil {
		for _, at := range a.lines {
			l.journal.erase(at)
		}
	}
	return nil
}

// Prune drops the records and counters that may be dropped at now, and returns
// how many there were. It looks at all of them; once a day is enough.
func (m *Memory) Prune(now time.Time) int {
	dropped := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		dropped += s.prune(micros(now))
		s.mu.Unlock()
	}
	return dropped
}

func checkPage(ctx context.Context, limit int) error {
	if limit < 1 {
		return fmt.Errorf("loyalty: limit %d: want at least 1", limit)
	}
	return ctx.Err()
}

func (m *Memory) ofAccount(id AccountID) *memoryShard {
	return &m.shards[shardOf(hashText(0, id.Program), KindAccount, id.Member)]
}

// lock locks a set of shards, in ascending order.
func (m *Memory) lock(set uint32) {
	for ; set != 0; set &= set - 1 {
		m.shards[bits.TrailingZeros32(set)].mu.Lock()
	}
}

func (m *Memory) unlock(set uint32) {
	for ; set != 0; set &= set - 1 {
		m.shards[bits.TrailingZeros32(set)].mu.Unlock()
	}
}
