package funnel

import "math/bits"

// plain finds the longest chain where there is nothing to the match but ordered
// steps and a window, and each event makes one step at most. Every event does
// the same few things, without a branch that depends on what it is; only
// events of one instant are looked at together.
//
// Times are counted from the unit's first event, which leaves room for starts
// that no window reaches back to.
type plain struct {
	window int64
	// slots are the latest starts of chains, by length + 1, so that step c takes
	// slots[c] to slots[c+1]: step 1 takes slots[1], where the time of the event
	// itself is, and step 0, which is none, takes slots[0], which is always unset.
	slots [256 + 1]int64
}

// spanLimit is longer than two events of a unit may lie apart, and unset is so
// early that no window reaches back to it.
const (
	spanLimit = 1 << 62
	unset     = -spanLimit
)

func newPlain(p *program) plain { return plain{window: min(p.window, spanLimit-1)} }

// isPlain reports whether plain will do for events that make one step at most.
func (p *program) isPlain() bool {
	return p.order == Ordered && p.ties != TiesStrict && p.entry == BestEntry && p.gaps == nil && len(p.exclusions) == 0
}

// reset forgets all chains of up to so many steps.
func (p *plain) reset(steps int) {
	for i := range p.slots[:steps+2] {
		p.slots[i] = unset
	}
}

// make lets a chain make a step, which may be none, at a time.
func (p *plain) make(c uint8, t int64) {
	p.slots[1] = t
	start, made := p.slots[int(c)+1], p.slots[c]
	if t-made <= p.window {
		start = made
	}
	p.slots[int(c)+1] = start
}

// again lets the chains make a step of an instant and then, in ascending order,
// the steps after it that were made at that instant before it.
func (p *plain) again(steps uint64, from uint8, t int64) {
	for rest := steps &^ (bit(from) - 1); rest != 0; rest &= rest - 1 {
		p.make(uint8(bits.TrailingZeros64(rest)+1), t)
	}
}

// tie has the steps of the events of one instant so far.
type tie struct {
	at    int64
	steps uint64
	some  bool
}

// add adds a step and the one of the event before, which is of the same instant.
func (i *tie) add(at int64, before, c uint8) {
	if !i.some || i.at != at {
		*i = tie{at: at, steps: bit(before), some: true}
	}
	i.steps |= bit(c)
}

// bit returns the bit of a step; none has none.
func bit(c uint8) uint64 { return 1 << (c - 1) }

// sighting is the chain to report, without its events.
type sighting struct {
	level      int
	start, end int64
	last       int // the number of an event at its end
	entered    int64
}

// sight finds the chain to report. ok is false if an event makes several steps.
func (p *plain) sight(t *track, steps int, ties Ties) (s sighting, ok bool) {
	p.reset(steps)
	first, last := t.at[0], int64(-1)
	var same tie
	before := uint8(0)
	for i, at := range t.at {
		at -= first
		mask := t.steps[i]
		if mask&(mask-1) != 0 {
			return s, false
		}
		c := uint8(bits.Len64(mask))
		p.make(c, at)
		if at == last && ties == TiesAnyOrder {
			same.add(at, before, c)
			p.again(same.steps, c, at)
			p.note(&s, 63-bits.LeadingZeros64(same.steps|1)+1, at, i)
		}
		if int(c) > s.level && p.slots[int(c)+1] != unset {
			p.note(&s, int(c), at, i)
		}
		last, before = at, c
	}
	if s.level > 0 {
		s.start, s.end, s.entered = s.start+first, s.end+first, p.slots[2]+first
	}
	return s, true
}

// note reports the longest chain of up to so many steps, if it is longer, or the
// same at the same time with a later start.
func (p *plain) note(s *sighting, upTo int, at int64, event int) {
	for level := upTo; level >= max(s.level, 1); level-- {
		switch start := p.slots[level+1]; {
		case start == unset:
		case level > s.level:
			*s = sighting{level: level, start: start, end: at, last: event}
			return
		case s.end == at:
			s.start, s.last = start, event
			return
		}
	}
}
