package loyalty

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/regulars-go/regulars/internal/wire"
)

// journal is the entries of a ledger, in the order in which they were
// committed. Places in it stay.
type journal struct {
	pages [][]journalLine
	bytes arena
}

// journalPage is how many entries a page holds: one is seldom made, and few
// entries leave little of it empty.
const journalPage = 128

// journalLine is an entry: its data is the body and then the command.
type journalLine struct {
	account            *memoryAccount
	seq                uint64
	occurred, recorded int64
	data               []byte
	body               uint32 // length of the body
	kind               EntryKind
}

func (j *journal) add(a *memoryAccount, e *Entry) (place uint32) {
	if n := len(j.pages); n == 0 || len(j.pages[n-1]) == journalPage {
		j.pages = append(j.pages, make([]journalLine, 0, journalPage))
	}
	page := &j.pages[len(j.pages)-1]
	*page = append(*page, journalLine{
		account: a, seq: e.Seq, kind: e.Kind, occurred: micros(e.OccurredAt), recorded: micros(e.RecordedAt),
		data: j.bytes.copy(e.Body, e.Command), body: uint32(len(e.Body)),
	})
	return uint32(j.len() - 1)
}

func (j *journal) len() int {
	n := len(j.pages)
	if n == 0 {
		return 0
	}
	return (n-1)*journalPage + len(j.pages[n-1])
}

func (j *journal) at(place uint32) *journalLine {
	return &j.pages[place/journalPage][place%journalPage]
}

// entry returns a copy that shares nothing.
func (l *journalLine) entry() Entry {
	data := slices.Clone(l.data)
	e := Entry{
		Account: l.account.id, Seq: l.seq, Kind: l.kind, OccurredAt: instant(l.occurred), RecordedAt: instant(l.recorded),
		Body: data[:l.body:l.body],
	}
	if len(data) > int(l.body) {
		e.Command = data[l.body:]
	}
	return e
}

// erase forgets the command, also in memory.
func (l *journalLine) erase() {
	clear(l.data[l.body:])
	l.data = l.data[:l.body]
}

// arena hands out small pieces of large blocks, so that what stays for ever is
// not allocated one by one.
type arena struct {
	free []byte
	size int // of the last block
}

// Blocks double between these, so that a small store stays small.
const (
	arenaFirst = 1 << 10
	arenaLast  = 1 << 16
)

// copy returns the parts as one piece. What is large gets memory of its own.
func (a *arena) copy(parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	var piece []byte
	switch {
	case n > arenaLast/8:
		piece = make([]byte, 0, n)
	default:
		if n > len(a.free) {
			a.size = min(max(2*a.size, arenaFirst, n), arenaLast)
			a.free = make([]byte, a.size)
		}
		piece, a.free = a.free[:0:n], a.free[n:]
	}
	for _, p := range parts {
		piece = append(piece, p...)
	}
	return piece
}

var errCursor = errors.New("loyalty: not a cursor of this store")

// Feed implements [Feeder]. Entries of one account come in order of Seq. A
// cursor holds for this Memory only.
func (m *Memory) Feed(ctx context.Context, program, cursor string, limit int) ([]Entry, string, error) {
	if err := checkPage(ctx, limit); err != nil {
		return nil, "", err
	}
	at, err := readCursor(cursor)
	if err != nil {
		return nil, "", err
	}
	var entries []Entry
	// The shard after the last one of the page before comes first, so that a
	// busy one does not keep the others waiting.
	first := at.next
	for i := range uint32(memoryShards) {
		n := (first + i) % memoryShards
		if entries, err = m.shards[n].feed(entries, program, &at.places[n], limit); err != nil {
			return nil, "", err
		}
		if len(entries) == limit {
			at.next = (n + 1) % memoryShards
			break
		}
	}
	return entries, at.String(), nil
}

func (s *memoryShard) feed(entries []Entry, program string, place *uint32, limit int) ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := uint32(0)
	l := s.ledgers[program]
	if l != nil {
		end = uint32(l.journal.len())
	}
	if *place > end {
		return nil, errCursor
	}
	for ; *place < end && len(entries) < limit; *place++ {
		entries = append(entries, l.journal.at(*place).entry())
	}
	return entries, nil
}

// memoryCursor is how far a feed has come in each shard.
type memoryCursor struct {
	next   uint32
	places [memoryShards]uint32
}

func (c *memoryCursor) String() string {
	dst := wire.AppendUint(nil, uint64(c.next))
	for _, p := range c.places {
		dst = wire.AppendUint(dst, uint64(p))
	}
	return base64.RawURLEncoding.EncodeToString(dst)
}

func readCursor(text string) (c memoryCursor, err error) {
	if text == "" {
		return c, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, errCursor
	}
	r := wire.NewReader(data)
	c.next = uint32(r.UintUpTo(memoryShards - 1))
	for i := range c.places {
		c.places[i] = uint32(r.UintUpTo(1<<32 - 1))
	}
	if r.Close() != nil {
		return c, errCursor
	}
	return c, nil
}
