package loyalty

import (
	"slices"
	"sync"
)

// memoryShard holds the records, counters and entries whose IDs hash to it.
type memoryShard struct {
	mu       sync.Mutex
	ledgers  map[string]*memoryLedger // by program
	last     *memoryLedger            // the one that was asked for last
	counters map[CounterID]memoryCounter
}

type memoryCounter struct{ value, until int64 }

// memoryLedger is what a shard has of one program.
type memoryLedger struct {
	program  string
	accounts map[string]*memoryAccount // by member
	records  []map[string]memoryRecord // of the other kinds: by kind, then by name
	fixed    arena                     // bodies of keys, which are written once
	roots    [2]*memoryAccount         // of the trees
	seed     uint64                    // of ranks
	totals   []Total
	journal  journal
}

// memoryRecord is a record that is no account.
type memoryRecord struct {
	version uint64
	until   int64
	body    []byte
}

// memoryAccount is an account's head, and where its entries are.
type memoryAccount struct {
	due     int64
	rank    uint64 // random, of the trees
	links   [2]memoryLinks
	id      AccountID
	version uint64
	until   int64
	body    []byte
	totals  []Total
	lines   []uint32 // places in the journal, by Seq-1
	next    uint64   // within a commit: the Seq that must come next
	ledger  *memoryLedger
}

// ledger returns that of a program, made if it is not there.
func (s *memoryShard) ledger(program string) *memoryLedger {
	if s.last != nil && s.last.program == program {
		return s.last
	}
	l := s.ledgers[program]
	if l == nil {
		l = &memoryLedger{program: program, accounts: map[string]*memoryAccount{}}
		s.ledgers[program] = l
	}
	s.last = l
	return l
}

func (s *memoryShard) load(r *Record, id RecordID) {
	r.ID = id
	l := s.ledger(id.Program)
	if id.Kind != KindAccount {
		found := l.record(id.Kind, id.Name)
		r.Version, r.Until, r.Body = found.version, instant(found.until), slices.Clone(found.body)
		return
	}
	if a := l.accounts[id.Name]; a != nil {
		r.Version, r.Due, r.Until, r.Body = a.version, instant(a.due), instant(a.until), slices.Clone(a.body)
	}
}

// record returns a record of another kind than accounts; the zero value if it
// is absent.
func (l *memoryLedger) record(kind RecordKind, name string) memoryRecord {
	if int(kind) >= len(l.records) {
		return memoryRecord{}
	}
	return l.records[kind][name]
}

// put writes a record of another kind than accounts.
func (l *memoryLedger) put(r *Record) {
	for int(r.ID.Kind) >= len(l.records) {
		l.records = append(l.records, nil)
	}
	if l.records[r.ID.Kind] == nil {
		l.records[r.ID.Kind] = map[string]memoryRecord{}
	}
	now := memoryRecord{version: r.Version + 1, until: micros(r.Until)}
	switch {
	case r.Version > 0:
		now.body = append(l.records[r.ID.Kind][r.ID.Name].body[:0], r.Body...)
	case r.ID.Kind == KindKey:
		now.body = l.fixed.copy(r.Body)
	default:
		now.body = slices.Clone(r.Body)
	}
	l.records[r.ID.Kind][r.ID.Name] = now
}

func (l *memoryLedger) putAccount(a *memoryAccount, r *Record) {
	if a.version == 0 {
		l.accounts[r.ID.Name] = a
		l.enter(a)
	}
	a.version, a.until = r.Version+1, micros(r.Until)
	a.body = append(a.body[:0], r.Body...)
	if due := micros(r.Due); due != a.due {
		l.setDue(a, due)
	}
	if !slices.Equal(a.totals, r.Totals) {
		l.totals = addTotals(l.totals, a.totals, -1)
		l.totals = addTotals(l.totals, r.Totals, 1)
		a.totals = append(a.totals[:0], r.Totals...)
	}
}

func (s *memoryShard) prune(now int64) (dropped int) {
	gone := func(until int64) bool {
		if until == 0 || until > now {
			return false
		}
		dropped++
		return true
	}
	for _, l := range s.ledgers {
		for _, records := range l.records {
			for name, r := range records {
				if gone(r.until) {
					delete(records, name)
				}
			}
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
