package loyalty

// memoryRecords are the records of a ledger that are no accounts: keys and
// orders, mostly. They hold no pointers, since there are many and most are
// never looked at again.
type memoryRecords struct {
	index memoryIndex
	pages [][]memoryRecord
	free  []uint32 // places of what was pruned
	arena arena
}

// memoryRecord is a record that is no account. Its data is the name, then the
// body, then room for the body to grow.
type memoryRecord struct {
	version    uint64 // 0: pruned
	until      int64
	data       piece
	name, body uint32 // lengths
	kind       RecordKind
}

// recordPage is how many records a page holds.
const recordPage = 128

func (m *memoryRecords) at(place uint32) *memoryRecord {
	return &m.pages[place/recordPage][place%recordPage]
}

func (m *memoryRecords) body(r *memoryRecord) []byte {
	return m.arena.bytes(r.data)[r.name : r.name+r.body]
}

// recordAt returns a record of another kind than accounts; nil if it is absent.
func (l *memoryLedger) recordAt(hash uint32, kind RecordKind, name string) *memoryRecord {
	m := &l.records
	place, ok := m.index.find(hash, func(place uint32) bool {
		r := m.at(place)
		return r.kind == kind && string(m.arena.bytes(r.data)[:r.name]) == name
	})
	if !ok {
		return nil
	}
	return m.at(place)
}

// put writes a record of another kind than accounts, where it was found.
func (l *memoryLedger) put(r *Record, p *memoryPlace) {
	m, there := &l.records, p.record
	var data []byte
	switch {
	case there == nil:
		there = m.add(p)
		data = m.room(there, r, len(r.Body))
	case len(r.Body) > int(there.data.size-there.name):
		m.arena.drop(there.data)
		data = m.room(there, r, len(r.Body)+len(r.Body)/2) // it may grow again
	default:
		data = m.arena.bytes(there.data)
	}
	there.version, there.until, there.body = r.Version+1, micros(r.Until), uint32(len(r.Body))
	copy(data[there.name:], r.Body)
}

// room makes a record's data, with the name and room for a body.
func (m *memoryRecords) room(there *memoryRecord, r *Record, body int) (data []byte) {
	there.data, data = m.arena.make(len(r.ID.Name) + body)
	copy(data, r.ID.Name)
	return data
}

// add returns a new record, where it will be found.
func (m *memoryRecords) add(p *memoryPlace) *memoryRecord {
	place := m.place()
	m.index.add(p.hash, place)
	r := m.at(place)
	r.kind, r.name = p.kind, uint32(len(p.name))
	return r
}

// place returns where a new record goes; what is there is zero.
func (m *memoryRecords) place() uint32 {
	if n := len(m.free); n > 0 {
		place := m.free[n-1]
		m.free = m.free[:n-1]
		return place
	}
	n := len(m.pages)
	if n == 0 || len(m.pages[n-1]) == recordPage {
		m.pages = append(m.pages, make([]memoryRecord, 0, recordPage))
		n++
	}
	page := &m.pages[n-1]
	*page = (*page)[:len(*page)+1]
	return uint32((n-1)*recordPage + len(*page) - 1)
}

func (m *memoryRecords) prune(gone func(until int64) bool) (dropped int) {
	for n, page := range m.pages {
		for i := range page {
			if r := &page[i]; r.version > 0 && gone(r.until) {
				m.arena.drop(r.data)
				*r = memoryRecord{}
				m.free = append(m.free, uint32(n*recordPage+i))
				dropped++
			}
		}
	}
	if dropped > 0 {
		size := 16
		for left := m.index.used - dropped; left*2 > size; {
			size *= 2
		}
		m.index.rebuild(size, func(place uint32) bool { return m.at(place).version > 0 })
	}
	return dropped
}
