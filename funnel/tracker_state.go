package funnel

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// state is what the past of a user comes to: the chains that may go on, the one
// to report, and what came after that.
type state struct {
	*matcher
	after aftermath
	// last is the latest instant that was played.
	last   int64
	played bool
}

// play matches events on top of the state. They may be in any order, but none
// may be earlier than what was played before.
func (s *state) play(t *track) {
	if len(t.at) == 0 {
		return
	}
	if !t.ordered() {
		var sorted track
		t.event = slices.Grow(t.event[:0], len(t.at))[:len(t.at)]
		t.pick(&sorted, t.order(nil, nil))
		t.event = t.event[:0]
		t = &sorted
	}
	for lo, hi := 0, 0; lo < len(t.at); lo = hi {
		hi = t.next(lo, s.ties == TiesGiven)
		t.load(&s.at, lo, hi)
		level, end := s.chains.best.level, s.chains.best.end
		fresh := s.ties == TiesGiven || !s.played || s.last != s.at.at
		s.chains.take(&s.at)
		s.last, s.played = s.at.at, true
		best := &s.chains.best
		if best.level != level || best.end != end || best.seq == s.chains.seq {
			s.after = aftermath{}
		} else if best.level > 0 && best.level < s.steps && fresh {
			s.note(best)
		}
	}
}

// note remembers what an instant after the chain did to it.
func (s *state) note(best *mark) {
	deadline, _ := s.deadline(best)
	at := s.at.at
	if at > deadline {
		s.after.followed = s.after.followed || s.at.union&s.lacked(best) != 0
	}
	if s.order == Contiguous && !s.after.seen {
		s.after.interrupted, s.after.at = at <= deadline, at
		s.after.seen = true
	}
}

// append appends the state. Chains that no event from the watermark on can
// lengthen are left out.
func (s *state) append(dst []byte, watermark int64) []byte {
	c := s.chains
	dst = appendBool(dst, s.played)
	if !s.played {
		return dst
	}
	dst = wire.AppendInt(dst, s.last)
	dst = appendBool(dst, c.everything)
	dst = wire.AppendInt(dst, c.entered)
	var live uint64
	for k := 1; k < c.steps; k++ {
		if c.alive(&c.live[k], k, watermark) {
			live |= 1 << (k - 1)
		}
	}
	dst = wire.AppendUint(dst, live)
	for k := 1; k < c.steps; k++ {
		if live>>(k-1)&1 != 0 {
			dst = appendRow(dst, c.row(k))
		}
	}
	best := &c.best
	dst = wire.AppendUint(dst, uint64(best.level))
	dst = appendRow(dst, best.row)
	dst = appendBool(dst, best.broken)
	if best.broken {
		dst = wire.AppendInt(dst, best.brokenAt)
	}
	dst = appendBool(dst, s.after.followed)
	dst = appendBool(dst, s.after.seen)
	if s.after.seen {
		dst = wire.AppendInt(appendBool(dst, s.after.interrupted), s.after.at)
	}
	return dst
}

func appendRow(dst []byte, row []hit) []byte {
	for i, h := range row {
		if i == 0 {
			dst = wire.AppendInt(dst, h.at)
		} else {
			dst = wire.AppendUint(dst, uint64(h.at-row[i-1].at))
		}
	}
	return dst
}

func readRow(r *wire.Reader, row []hit) {
	for i := range row {
		if i == 0 {
			row[i].at = readMicros(r)
		} else {
			row[i].at = row[i-1].at + int64(r.UintUpTo(maxMicros-minMicros))
		}
		row[i].event, row[i].step = -1, i+1
		if row[i].at > maxMicros {
			r.Fail("a time beyond the year 9999")
			return
		}
	}
}

const (
	minMicros = calendar.MinMicro - 2
	maxMicros = calendar.MaxMicro + 1
)

func readMicros(r *wire.Reader) int64 {
	at := r.Int()
	if r.Err() == nil && (at < minMicros || at > maxMicros) {
		r.Fail("a time outside the years 1 to 9999")
	}
	return at
}

// read reads what append wrote into chains that were reset.
func (s *state) read(r *wire.Reader) {
	c := s.chains
	if s.played = r.UintUpTo(1) == 1; !s.played {
		return
	}
	s.last = readMicros(r)
	c.everything = r.UintUpTo(1) == 1
	c.entered = readMicros(r)
	live := r.UintUpTo(uint64(1)<<(c.steps-1) - 1)
	for k := 1; k < c.steps; k++ {
		if live>>(k-1)&1 != 0 {
			row := c.row(k)
			readRow(r, row)
			c.live[k] = link{set: true, start: row[0].at, end: row[k-1].at}
		}
	}
	best := &c.best
	best.level = int(r.UintUpTo(uint64(c.steps)))
	best.row = best.row[:best.level]
	readRow(r, best.row)
	if best.level > 0 {
		best.start, best.end = best.row[0].at, best.row[best.level-1].at
	}
	if best.broken = r.UintUpTo(1) == 1; best.broken {
		best.brokenAt = readMicros(r)
	}
	s.after.followed = r.UintUpTo(1) == 1
	if s.after.seen = r.UintUpTo(1) == 1; s.after.seen {
		s.after.interrupted = r.UintUpTo(1) == 1
		s.after.at = readMicros(r)
	}
}

// mustRead reads a state that append wrote.
func (s *state) mustRead(data []byte) {
	r := wire.NewReader(data)
	s.read(r)
	if err := r.Close(); err != nil {
		panic(fmt.Sprintf("funnel: state of our own: %v", err))
	}
}
