package loyalty

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"sync"
)

// memoryShard holds the records, counters and entries whose IDs hash to it.
type memoryShard struct {
	mu       sync.Mutex
	seed     maphash.Seed
	ledgers  map[string]*memoryLedger // by program
	last     *memoryLedger            // the one that was asked for last
	counters map[CounterID]memoryCounter
}

type memoryCounter struct{ value, until int64 }

// memoryLedger is what a shard has of one program.
type memoryLedger struct {
	program  string
	seed     maphash.Seed
	accounts memoryAccounts
	records  memoryRecords
	journal  journal
	totals   []Total
}

// ledger returns that of a program, made if it is not there.
func (s *memoryShard) ledger(program string) *memoryLedger {
	if s.last != nil && s.last.program == program {
		return s.last
	}
	l := s.ledgers[program]
	if l == nil {
		l = &memoryLedger{program: program, seed: s.seed}
		s.ledgers[program] = l
	}
	s.last = l
	return l
}

func (s *memoryShard) load(r *Record, id *RecordID, p *memoryPlace, room *loadRoom) {
	p.find(s, id.Program)
	*r = Record{ID: *id}
	switch a, other := p.account, p.record; {
	case a != nil:
		r.Version, r.Due, r.Until, r.Body = a.version, instant(a.due), instant(a.until), room.copyOf(a.body())
	case other != nil:
		r.Version, r.Until, r.Body = other.version, instant(other.until), room.copyOf(p.ledger.records.body(other))
	}
}

// copyOf returns a copy of a body; nil for nil.
func (l *loadRoom) copyOf(body []byte) []byte {
	if body == nil {
		return nil
	}
	if len(body) > cap(l.bytes)-len(l.bytes) {
		l.bytes = make([]byte, 0, max(len(body), 2*cap(l.bytes))) // what was copied stays where it is
	}
	from := len(l.bytes)
	l.bytes = append(l.bytes, body...)
	return l.bytes[from:len(l.bytes):len(l.bytes)]
}

func (s *memoryShard) prune(now int64) (dropped int) {
	gone := func(until int64) bool { return until != 0 && until <= now }
	for _, l := range s.ledgers {
		dropped += l.records.prune(gone)
	}
	for id, c := range s.counters {
		if gone(c.until) {
			delete(s.counters, id)
			dropped++
		}
	}
	return dropped
}

// totalOf returns that of a wallet, made if it is not there.
func totalOf(totals *[]Total, wallet uint8) *Total {
	i := 0
	for i < len(*totals) && (*totals)[i].Wallet < wallet {
		i++
	}
	if i == len(*totals) || (*totals)[i].Wallet != wallet {
		*totals = slices.Insert(*totals, i, Total{Wallet: wallet})
	}
	return &(*totals)[i]
}

// shardOf spreads IDs over the shards, everywhere alike. It takes a hash of the
// program, which is the same for many.
func shardOf(program uint64, kind RecordKind, name string) uint32 {
	return fromHash(hashText(program^uint64(kind)<<8, name))
}

func shardOfCounter(id *CounterID) uint32 {
	h := (uint64(id.Kind)*31+uint64(id.Number))*31 + uint64(id.Window)
	return fromHash(hashText(hashText(h, id.Program), id.Value))
}

func fromHash(h uint64) uint32 { return uint32(h>>32) % memoryShards }

// hashText takes eight bytes at a time, the last ones again if need be: each
// time it multiplies by the golden ratio of 64 bits and folds (Knuth, TAOCP 3,
// 6.4).
func hashText(h uint64, s string) uint64 {
	h ^= uint64(len(s))
	if len(s) < 8 {
		for i := range len(s) {
			h = h<<8 ^ h>>56 ^ uint64(s[i])
		}
		return mixed(h)
	}
	for at := 0; at < len(s)-8; at += 8 {
		h = mixed(h ^ le.Uint64([]byte(s[at:at+8])))
	}
	return mixed(h ^ le.Uint64([]byte(s[len(s)-8:])))
}

func mixed(h uint64) uint64 {
	hi, lo := bits.Mul64(h, 0x9e3779b97f4a7c15)
	return hi ^ lo
}
