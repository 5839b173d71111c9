package loyalty

import "slices"

// memoryPlace is where a record is, or that it is absent. It may be used again,
// since it knows when it was found: what has changed since is looked up anew.
type memoryPlace struct {
	name    string
	kind    RecordKind
	shard   uint32
	hash    uint32         // of the name, by the ledger's seed
	ledger  *memoryLedger  // nil before it was looked up
	changes uint64         // one more than those of the index when it was looked up; 0 before
	account *memoryAccount // if it is one; nil if it is absent
	record  *memoryRecord  // if it is of another kind; nil if it is absent
	seq     uint64         // of an account: its last, when the version was compared
}

// find looks a record up in its shard, which is locked, unless it is known
// where it is.
func (p *memoryPlace) find(s *memoryShard, program string) {
	if p.ledger == nil {
		p.ledger, p.hash = s.ledger(program), hashName(s.seed, p.kind, p.name)
	}
	l := p.ledger
	if p.kind == KindAccount {
		if now := l.accounts.index.changes + 1; p.changes != now {
			p.account, p.changes = l.memberAt(p.hash, p.name), now
		}
	} else if now := l.records.index.changes + 1; p.changes != now {
		p.record, p.changes = l.recordAt(p.hash, p.kind, p.name), now
	}
}

// version returns that of the record, 0 if it is absent, and notes the last Seq.
func (p *memoryPlace) version() uint64 {
	p.seq = 0
	switch {
	case p.account != nil:
		p.seq = uint64(len(p.account.lines))
		return p.account.version
	case p.record != nil:
		return p.record.version
	}
	return 0
}

// memoryPlaces are where the records of a command were when they were loaded.
type memoryPlaces struct {
	few     [4]memoryPlace // enough for most commands
	more    []memoryPlace
	used    int
	program string
	hash    uint64 // of program
}

// at returns a place by its number; it is good until another is added.
func (m *memoryPlaces) at(i int) *memoryPlace {
	if i < len(m.few) {
		return &m.few[i]
	}
	return &m.more[i-len(m.few)]
}

// forget drops all places.
func (m *memoryPlaces) forget() {
	clear(m.few[:])
	clear(m.more)
	m.used = 0
}

// reserve makes room for more places.
func (m *memoryPlaces) reserve(n int) {
	if beyond := m.used + n - len(m.few); beyond > len(m.more) {
		m.more = slices.Grow(m.more, beyond-len(m.more))
	}
}

// add returns the number of a new place, to look a record up.
func (m *memoryPlaces) add(id *RecordID) int {
	if m.program != id.Program {
		m.program, m.hash = id.Program, hashText(0, id.Program)
	}
	i := m.used
	if more := i - len(m.few); more >= 0 {
		m.more = append(m.more[:more], memoryPlace{})
	}
	m.used++
	*m.at(i) = memoryPlace{name: id.Name, kind: id.Kind, shard: shardOf(m.hash, id.Kind, id.Name)}
	return i
}

// of returns the number of a record's place: one of the first known ones, or a
// new one.
func (m *memoryPlaces) of(id *RecordID, known int) int {
	for i := range known {
		if p := m.at(i); p.kind == id.Kind && p.name == id.Name && p.ledger.program == id.Program {
			return i
		}
	}
	return m.add(id)
}
