package funnel

import (
	"cmp"
	"math/bits"
	"slices"
	"sort"
)

// sets is the state of matching one unit where the order of the steps is free:
// the latest events of each step. The level at an instant is how many steps
// have distinct events within the window that ends there.
type sets struct {
	*program
	// latest[k] are the latest events of step k, the last one last. One is enough
	// unless steps compete for events; then as many as there are steps.
	latest  [][]hit
	compete bool // an event matched several steps, and may make but one
	best    mark
	entered int64
	start   int64 // of the window, by FirstEntry
	started bool
	closed  bool // an exclusion ended the first entry
	pairs   pairing
	pool    []hit
	masks   []uint64
	chosen  []hit
}

func newSets(p *program) *sets {
	return &sets{program: p, latest: make([][]hit, p.steps+1), best: mark{row: make([]hit, 0, p.steps)}}
}

func (s *sets) reset() {
	for k := range s.latest {
		s.latest[k] = s.latest[k][:0]
	}
	s.best = mark{row: s.best.row[:0]}
	s.entered, s.compete, s.started, s.closed = 0, false, false, false
}

// take matches the events of the next instant.
func (s *sets) take(i *instant) {
	if i.union != 0 && s.open(i.at) {
		s.entered = i.at
		s.collect(i)
		s.measure(i.at)
	}
	if i.exclusions != 0 {
		s.exclude(i)
	}
}

// open reports whether events at an instant may be in a chain.
func (s *sets) open(at int64) bool {
	if s.entry == BestEntry {
		return true
	}
	if !s.started {
		s.start, s.started = at, true
	}
	return !s.closed && at-s.start <= s.window
}

// collect notes the events of an instant under their steps.
func (s *sets) collect(i *instant) {
	for n, mask := range i.steps {
		if !s.reuse && !s.compete && mask&(mask-1) != 0 {
			s.compete = true
		}
		for rest := mask; rest != 0; rest &= rest - 1 {
			k := bits.TrailingZeros64(rest) + 1
			s.keep(k, hit{at: i.at, event: i.first + n, step: k})
		}
	}
}

// keep adds an event to those of its step and forgets what is never needed. An
// event before the first that matches several steps is needed as well: steps
// compete for what comes later.
func (s *sets) keep(k int, h hit) {
	if s.reuse {
		s.latest[k] = append(s.latest[k][:0], h)
		return
	}
	kept := s.latest[k]
	if len(kept) == 2*s.steps {
		kept = kept[:copy(kept, kept[s.steps:])]
	}
	s.latest[k] = append(kept, h)
}

// measure finds the level of the window that ends at an instant and reports its
// chain if it is better.
func (s *sets) measure(at int64) {
	within := s.within(at)
	level := bits.OnesCount64(within)
	if s.order == Nested {
		level = bits.TrailingZeros64(^within)
	}
	if level <= s.best.level {
		return
	}
	if !s.compete {
		s.choose(within, level)
	} else if level = s.chooseDistinct(at); level <= s.best.level {
		return
	}
	slices.SortFunc(s.chosen, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step))
	})
	s.best = mark{level: level, start: s.chosen[0].at, end: at, row: append(s.best.row[:0], s.chosen...)}
}

// within returns the steps that have an event in the window that ends at an
// instant.
func (s *sets) within(at int64) uint64 {
	var within uint64
	for k := 1; k <= s.steps; k++ {
		if n := len(s.latest[k]); n > 0 && at-s.latest[k][n-1].at <= s.window {
			within |= 1 << (k - 1)
		}
	}
	return within
}

// choose takes the latest event of each step.
func (s *sets) choose(within uint64, level int) {
	s.chosen = s.chosen[:0]
	for rest := within; rest != 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest) + 1
		if s.order == Nested && k > level {
			return
		}
		s.chosen = append(s.chosen, s.latest[k][len(s.latest[k])-1])
	}
}

// chooseDistinct pairs steps with distinct events of the window that ends at an
// instant, and returns how many it can. Of all events that do, it takes the
// latest: from the latest on, each that helps.
func (s *sets) chooseDistinct(at int64) int {
	s.gather(at)
	p := &s.pairs
	p.load(s.masks, s.steps)
	level := 0
	for k := 1; k <= s.steps; k++ {
		if p.take(k) {
			level++
		} else if s.order == Nested {
			break
		}
	}
	if level > s.best.level {
		s.chooseLatest(level)
	}
	return level
}

// gather lists the events of the window that ends at an instant, latest first,
// and the steps that each matches.
func (s *sets) gather(at int64) {
	s.pool, s.masks = s.pool[:0], s.masks[:0]
	for k := 1; k <= s.steps; k++ {
		for _, h := range s.latest[k] {
			if at-h.at <= s.window {
				s.pool = append(s.pool, h)
			}
		}
	}
	slices.SortFunc(s.pool, func(a, b hit) int { return cmp.Or(b.event-a.event, a.step-b.step) })
	n := 0
	for j, h := range s.pool {
		if j > 0 && h.event == s.pool[n-1].event {
			s.masks[n-1] |= 1 << (h.step - 1)
			continue
		}
		s.pool[n] = h
		s.masks = append(s.masks, 1<<(h.step-1))
		n++
	}
	s.pool = s.pool[:n]
}

// chooseLatest pairs events with steps, of all that are level in number those
// whose first is latest. Nested chains have to make just the first steps.
func (s *sets) chooseLatest(level int) {
	few := sort.Search(len(s.masks), func(n int) bool { return s.pairLatest(n, level) == level })
	s.pairLatest(few, level)
	s.chosen = s.chosen[:0]
	for k := 1; k <= s.steps; k++ {
		if s.pairs.place[k] >= 0 {
			h := s.pool[s.pairs.event(k)]
			h.step = k
			s.chosen = append(s.chosen, h)
		}
	}
}

// pairLatest pairs the latest n events and returns with how many steps it can.
func (s *sets) pairLatest(n, level int) (made int) {
	wanted := s.steps
	if s.order == Nested {
		wanted = level
	}
	s.pairs.load(s.masks[:n], s.steps)
	for k := 1; k <= wanted; k++ {
		if s.pairs.take(k) {
			made++
		}
	}
	return made
}

// exclude forgets what came before this instant: no chain may span it.
func (s *sets) exclude(i *instant) {
	for k := range s.latest {
		s.latest[k] = slices.DeleteFunc(s.latest[k], func(h hit) bool { return h.at != i.at })
	}
	b := &s.best
	if b.level > 0 && b.level < s.steps && !b.broken && b.end != i.at && i.at-b.start <= s.window {
		b.broken, b.brokenAt = true, i.at
	}
	if s.entry == FirstEntry && s.started && s.start < i.at {
		s.closed = true
	}
}
