package loyalty

import (
	"slices"
	"sync"
)

// memoryShard holds the records, counters and entries whose IDs hash to it.
type memoryShard struct {
	mu       sync.Mutex
	accounts map[AccountID]*memoryAccount
	records  map[RecordID]memoryRecord // of the other kinds
	counters map[CounterID]memoryCounter
	ledgers  map[string]*memoryLedger // by program
	fixed    arena                    // bodies of records that are written once
}

// memoryRecord is a record that is no account.
type memoryRecord struct {
	version uint64
	until   int64
	body    []byte
}

type memoryCounter struct{ value, until int64 }

// memoryAccount is an account's head, and where its entries are.
type memoryAccount struct {
	id      AccountID
	version uint64
	due     int64
	until   int64
	body    []byte
	totals  []Total
	lines   []uint32 // places in the journal, by Seq-1
	next    uint64   // within a commit: the Seq that must come next; else 0
	ledger  *memoryLedger
	rank    uint64 // random, of the trees
	links   [2]memoryLinks
}

// memoryLedger is what a shard has of one program.
type memoryLedger struct {
	roots   [2]*memoryAccount
	totals  []Total
	journal journal
	seed    uint64 // of ranks
}

func (s *memoryShard) init() {
	s.accounts, s.records = map[AccountID]*memoryAccount{}, map[RecordID]memoryRecord{}
	s.counters, s.ledgers = map[CounterID]memoryCounter{}, map[string]*memoryLedger{}
}

func (s *memoryShard) load(r *Record, id RecordID) {
	r.ID = id
	if id.Kind != KindAccount {
		found := s.records[id]
		r.Version, r.Until, r.Body = found.version, instant(found.until), slices.Clone(found.body)
		return
	}
	if a := s.accounts[AccountID{id.Program, id.Name}]; a != nil {
		r.Version, r.Due, r.Until, r.Body = a.version, instant(a.due), instant(a.until), slices.Clone(a.body)
	}
}

// version returns that of a record, 0 if it is absent.
func (s *memoryShard) version(id RecordID) uint64 {
	if id.Kind != KindAccount {
		return s.records[id].version
	}
	if a := s.accounts[AccountID{id.Program, id.Name}]; a != nil {
		return a.version
	}
	return 0
}

// seat makes sure that there is an account, and prepares it for entries.
func (s *memoryShard) seat(id AccountID) {
	a := s.accounts[id]
	if a == nil {
		a = &memoryAccount{id: id}
		s.accounts[id] = a
	}
	a.next = uint64(len(a.lines)) + 1
}

// unseat undoes seat.
func (s *memoryShard) unseat(id AccountID) {
	a := s.accounts[id]
	if a.next = 0; a.version == 0 {
		delete(s.accounts, id)
	}
}

// put writes a record; an account was seated before.
func (s *memoryShard) put(r *Record) {
	if r.ID.Kind == KindAccount {
		s.putAccount(r)
		return
	}
	found := s.records[r.ID]
	if found.version == 0 && r.ID.Kind == KindKey {
		found.body = s.fixed.copy(r.Body)
	} else {
		found.body = append(found.body[:0], r.Body...)
	}
	found.version, found.until = r.Version+1, micros(r.Until)
	s.records[r.ID] = found
}

func (s *memoryShard) putAccount(r *Record) {
	a := s.accounts[AccountID{r.ID.Program, r.ID.Name}]
	if a.version == 0 {
		a.ledger = s.ledger(r.ID.Program)
		a.ledger.enter(a)
	}
	a.next = 0
	a.version, a.until = r.Version+1, micros(r.Until)
	a.body = append(a.body[:0], r.Body...)
	l := a.ledger
	if due := micros(r.Due); due != a.due {
		l.setDue(a, due)
	}
	l.totals = addTotals(l.totals, a.totals, -1)
	l.totals = addTotals(l.totals, r.Totals, 1)
	a.totals = append(a.totals[:0], r.Totals...)
}

func (s *memoryShard) ledger(program string) *memoryLedger {
	l := s.ledgers[program]
	if l == nil {
		l = new(memoryLedger)
		s.ledgers[program] = l
	}
	return l
}

// add appends an entry to the journal.
func (s *memoryShard) add(e *Entry) {
	a := s.accounts[e.Account]
	a.lines = append(a.lines, a.ledger.journal.add(a, e))
}

func (s *memoryShard) count(c *Counter) {
	s.counters[c.ID] = memoryCounter{s.counters[c.ID].value + c.Delta, micros(c.Until)}
}

func (s *memoryShard) prune(now int64) (dropped int) {
	gone := func(until int64) bool {
		if until == 0 || until > now {
			return false
		}
		dropped++
		return true
	}
	for id, r := range s.records {
		if gone(r.until) {
			delete(s.records, id)
		}
	}
	for id, c := range s.counters {
		if gone(c.until) {
			delete(s.counters, id)
		}
	}
	return dropped
}

// addTotals adds or, with sign -1, subtracts totals by wallet.
func addTotals(sum, totals []Total, sign int64) []Total {
	for _, t := range totals {
		i := 0
		for i < len(sum) && sum[i].Wallet < t.Wallet {
			i++
		}
		if i == len(sum) || sum[i].Wallet != t.Wallet {
			sum = slices.Insert(sum, i, Total{Wallet: t.Wallet})
		}
		sum[i].Available += sign * t.Available
		sum[i].Pending += sign * t.Pending
		sum[i].Held += sign * t.Held
		sum[i].Debt += sign * t.Debt
	}
	return sum
}

// shardOf spreads IDs over the shards, everywhere alike (FNV-1a).
func shardOf(program string, kind RecordKind, name string) uint32 {
	h := hashText(hashText(fnvOffset, program)^uint32(kind), name)
	return (h ^ h>>16) % memoryShards
}

func shardOfRecord(id *RecordID) uint32 { return shardOf(id.Program, id.Kind, id.Name) }

func shardOfCounter(id *CounterID) uint32 {
	h := (uint32(id.Kind)*31+id.Number)*31 + uint32(id.Window)
	h = hashText(hashText(fnvOffset^h, id.Program), id.Value)
	return (h ^ h>>16) % memoryShards
}

const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
)

func hashText(h uint32, s string) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * fnvPrime
	}
	return h
}
