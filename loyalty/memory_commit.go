package loyalty

import "fmt"

// memoryWrite is one commit. Each record is looked up once, if it was not when
// it was loaded.
type memoryWrite struct {
	store *Memory
	batch *Batch
	slots []memorySlot // beside the records of the batch, then its counters
	last  int          // the slot of the account that was asked for last
}

// memorySlot is where a record or a counter is, or will be.
type memorySlot struct {
	memoryPlace        // of a counter, only its shard
	seq         uint64 // of an account: its last
}

// shards returns the set of shards that the batch writes to. Entries are where
// the records of their accounts are.
func (w *memoryWrite) shards(places *memoryPlaces) (set uint32) {
	for i := range w.batch.Records {
		w.slots[i].memoryPlace = *places.of(&w.batch.Records[i].ID)
		set |= 1 << w.slots[i].shard
	}
	for i := range w.batch.Counters {
		slot := w.counter(i)
		slot.shard = shardOfCounter(&w.batch.Counters[i].ID)
		set |= 1 << slot.shard
	}
	return set
}

// counter returns the slot of a counter.
func (w *memoryWrite) counter(i int) *memorySlot { return &w.slots[len(w.batch.Records)+i] }

// check finds what forbids the batch: a conflict before a bound.
func (w *memoryWrite) check() error {
	var conflict *ConflictError
	for i := range w.batch.Records {
		r, slot := &w.batch.Records[i], &w.slots[i]
		slot.find(&w.store.shards[slot.shard], &r.ID)
		if slot.version() != r.Version {
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
		if !fits(w.store.shards[w.counter(i).shard].counters[c.ID].value, c) {
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

// version returns that of the record, 0 if it is absent, and notes the last Seq.
func (s *memorySlot) version() uint64 {
	switch {
	case s.account != nil:
		s.seq = uint64(len(s.account.lines))
		return s.account.version
	case s.record != nil:
		return s.record.version
	}
	return 0
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
	for i := range w.batch.Entries {
		e := &w.batch.Entries[i]
		slot := w.account(&e.Account)
		if slot == nil || e.Seq != slot.seq+1 {
			return fmt.Errorf("loyalty: entry %d of %q does not follow the last one, or comes without its account", e.Seq, e.Account.Member)
		}
		slot.seq++
	}
	return nil
}

// account returns the slot of an account; nil if it is not in the batch.
// Entries of one account stand together, mostly.
func (w *memoryWrite) account(id *AccountID) *memorySlot {
	if w.isOf(w.last, id) {
		return &w.slots[w.last]
	}
	for i := range w.batch.Records {
		if w.isOf(i, id) {
			w.last = i
			return &w.slots[i]
		}
	}
	return nil
}

// isOf reports whether a record is that of an account.
func (w *memoryWrite) isOf(record int, id *AccountID) bool {
	if record >= len(w.batch.Records) {
		return false
	}
	r := &w.batch.Records[record].ID
	return r.Kind == KindAccount && r.Name == id.Member && r.Program == id.Program
}

// write does what check has found nothing against.
func (w *memoryWrite) write() {
	for i := range w.batch.Records {
		r, slot := &w.batch.Records[i], &w.slots[i]
		if r.ID.Kind != KindAccount {
			slot.ledger.put(r, &slot.memoryPlace)
			continue
		}
		if slot.account == nil {
			slot.account = slot.ledger.enroll(r.ID.Name, slot.hash)
		}
		slot.ledger.putAccount(slot.account, r)
	}
	for i := range w.batch.Entries {
		e := &w.batch.Entries[i]
		slot := w.account(&e.Account)
		slot.account.add(slot.ledger.journal.add(slot.account.place, e))
	}
	for i := range w.batch.Counters {
		c := &w.batch.Counters[i]
		s := &w.store.shards[w.counter(i).shard]
		s.counters[c.ID] = memoryCounter{s.counters[c.ID].value + c.Delta, micros(c.Until)}
	}
}
