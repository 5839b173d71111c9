package loyalty

import "fmt"

// memoryWrite is one commit. Each record is looked up once, if it was not when
// it was loaded.
type memoryWrite struct {
	store   *Memory
	batch   *Batch
	decided bool // by an engine
	places  *memoryPlaces
	records []int // which place each has
	entries []int // which place the account of each has
	shards  []int // where each counter is
}

// find says which shards the batch writes to, as a set. Entries are where the
// records of their accounts are.
func (w *memoryWrite) find() (set uint32) {
	known := w.places.used
	w.places.reserve(len(w.batch.Records))
	for i := range w.batch.Records {
		at := w.places.of(&w.batch.Records[i].ID, known)
		w.records[i] = at
		set |= 1 << w.places.at(at).shard
	}
	for i := range w.batch.Counters {
		shard := shardOfCounter(&w.batch.Counters[i].ID)
		w.shards[i] = int(shard)
		set |= 1 << shard
	}
	return set
}

// check finds what forbids the batch: a conflict before a bound.
func (w *memoryWrite) check() error {
	var conflict *ConflictError
	for i := range w.batch.Records {
		r, p := &w.batch.Records[i], w.places.at(w.records[i])
		p.find(&w.store.shards[p.shard], r.ID.Program)
		if p.version() != r.Version {
			if conflict == nil {
				conflict = new(ConflictError)
			}
			conflict.Records = append(conflict.Records, r.ID)
		}
	}
	if conflict != nil {
		return conflict
	}
	var bound *BoundError
	for i := range w.batch.Counters {
		c := &w.batch.Counters[i]
		if !fits(w.store.shards[w.shards[i]].counters[c.ID].value, c) {
			if bound == nil {
				bound = new(BoundError)
			}
			bound.Counters = append(bound.Counters, c.ID)
		}
	}
	if bound != nil {
		return bound
	}
	return w.follow()
}

// fits reports whether a counter may change. A bound counts only in the
// direction of the change.
func fits(value int64, c *Counter) bool {
	after := value + c.Delta
	if c.Delta > 0 {
		return after > value && after <= c.Max
	}
	return c.Delta == 0 || after < value && after >= c.Min
}

// follow finds what no engine would send: an entry that does not follow the
// last one, or comes without its account.
func (w *memoryWrite) follow() error {
	last := 0
	for i := range w.batch.Entries {
		e := &w.batch.Entries[i]
		last = w.account(&e.Account, last)
		if last < 0 || e.Seq != w.places.at(w.records[last]).seq+1 {
			return fmt.Errorf("loyalty: entry %d of %q does not follow the last one, or comes without its account", e.Seq, e.Account.Member)
		}
		w.entries[i] = w.records[last]
		w.places.at(w.records[last]).seq++
	}
	return nil
}

// account returns which record is that of an account; -1 if it is not in the
// batch. Entries of one account stand together, mostly: it looks at the last one
// first.
func (w *memoryWrite) account(id *AccountID, last int) int {
	if last < len(w.batch.Records) && w.batch.Records[last].ID.isOf(id) {
		return last
	}
	for i := range w.batch.Records {
		if w.batch.Records[i].ID.isOf(id) {
			return i
		}
	}
	return -1
}

// isOf reports whether a record is that of an account.
func (r *RecordID) isOf(id *AccountID) bool {
	return r.Kind == KindAccount && r.Name == id.Member && r.Program == id.Program
}

// write does what check has found nothing against.
func (w *memoryWrite) write() {
	for i := range w.batch.Records {
		r, p := &w.batch.Records[i], w.places.at(w.records[i])
		if p.kind != KindAccount {
			p.ledger.put(r, p)
			continue
		}
		if p.account == nil {
			p.account = p.ledger.enroll(p.name, p.hash)
		}
		p.ledger.putAccount(p.account, r)
		p.account.sound = w.decided
	}
	for i := range w.batch.Entries {
		p := w.places.at(w.entries[i])
		p.account.add(p.ledger.journal.add(p.account.place, &w.batch.Entries[i]))
	}
	for i := range w.batch.Counters {
		c := &w.batch.Counters[i]
		s := &w.store.shards[w.shards[i]]
		s.counters[c.ID] = memoryCounter{s.counters[c.ID].value + c.Delta, micros(c.Until)}
	}
}
