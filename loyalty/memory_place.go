package loyalty

// memoryPlace is where a record is, or that it is absent. It may be used again,
// since it knows when it was found: what has changed since is looked up anew.
type memoryPlace struct {
	shard   uint32
	hash    uint32         // of the name, by the ledger's seed
	ledger  *memoryLedger  // nil before it was looked up
	changes uint64         // of the index, when it was looked up
	account *memoryAccount // if it is one; nil if it is absent
	record  *memoryRecord  // if it is of another kind; nil if it is absent
}

// find looks a record up in its shard, which is locked, unless it is known
// where it is.
func (p *memoryPlace) find(s *memoryShard, id *RecordID) {
	known := p.ledger != nil
	if !known {
		p.ledger, p.hash = s.ledger(id.Program), hashName(s.seed, id.Kind, id.Name)
	}
	if id.Kind == KindAccount {
		if index := &p.ledger.accounts.index; !known || p.changes != index.changes {
			p.account, p.changes = p.ledger.memberAt(p.hash, id.Name), index.changes
		}
	} else if index := &p.ledger.records.index; !known || p.changes != index.changes {
		p.record, p.changes = p.ledger.recordAt(p.hash, id.Kind, id.Name), index.changes
	}
}

// memoryPlaces are where the records of a command were when they were loaded.
type memoryPlaces struct {
	ids     [4]RecordID // enough for most commands
	places  [4]memoryPlace
	used    int
	program string
	hash    uint64 // of program
}

// next returns a place to look a record up. If there is no room it is that of
// the last one.
func (m *memoryPlaces) next(id *RecordID) *memoryPlace {
	if m.program != id.Program {
		m.program, m.hash = id.Program, hashText(0, id.Program)
	}
	m.used = min(m.used+1, len(m.ids))
	i := m.used - 1
	m.ids[i], m.places[i] = *id, memoryPlace{shard: shardOf(m.hash, id.Kind, id.Name)}
	return &m.places[i]
}

// of returns the place of a record, until next is called.
func (m *memoryPlaces) of(id *RecordID) *memoryPlace {
	for i := range m.ids[:m.used] {
		if known := &m.ids[i]; known.Kind == id.Kind && known.Name == id.Name && known.Program == id.Program {
			return &m.places[i]
		}
	}
	return m.next(id)
}
