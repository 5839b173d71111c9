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
	arena arena
}

// journalPage is how many entries a page holds: one is seldom made, and few
// entries leave little of it empty.
const journalPage = 128

// journalLine is an entry: its data is the body and then the command.
type journalLine struct {
	seq                uint64
	occurred, recorded int64
	account            uint32 // place in the ledger
	data               piece
	body               uint32 // length of the body
	kind               EntryKind
}

func (j *journal) add(account uint32, e *Entry) (place uint32) {
	if n := len(j.pages); n == 0 || len(j.pages[n-1]) == journalPage {
		j.pages = append(j.pages, make([]journalLine, 0, journalPage))
	}
	data, bytes := j.arena.make(len(e.Body) + len(e.Command))
	copy(bytes, e.Body)
	copy(bytes[len(e.Body):], e.Command)
	page := &j.pages[len(j.pages)-1]
	*page = append(*page, journalLine{
		account: account, seq: e.Seq, kind: e.Kind, occurred: micros(e.OccurredAt), recorded: micros(e.RecordedAt),
		data: data, body: uint32(len(e.Body)),
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
func (l *memoryLedger) entry(place uint32) Entry {
	line := l.journal.at(place)
	data := slices.Clone(l.journal.arena.bytes(line.data))
	e := Entry{
		Account: AccountID{l.program, string(l.account(line.account).name())},
		Seq:     line.seq, Kind: line.kind, OccurredAt: instant(line.occurred), RecordedAt: instant(line.recorded),
		Body: data[:line.body:line.body],
	}
	if len(data) > int(line.body) {
		e.Command = data[line.body:]
	}
	return e
}

// erase forgets the command of an entry, also in memory.
func (j *journal) erase(place uint32) {
	line := j.at(place)
	clear(j.arena.bytes(line.data)[line.body:])
	line.data.size = line.body
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
		entries = append(entries, l.entry(*place))
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
