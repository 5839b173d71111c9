package funnel

import "math"

// matcher matches one unit after the other. Its memory is used again, so that
// matching allocates nothing once it has seen the largest unit.
type matcher struct {
	*program
	asOf   int64 // noAsOf if there is none
	chains *chains
	sets   *sets
	plain  *plain // where it may do
	at     instant
}

// noAsOf says that it is not known up to when the data are complete: they are,
// for all that is asked.
const noAsOf = math.MaxInt64

// finding is how far a unit got; row is good until the next one is matched.
type finding struct {
	level      int
	start, end int64
	row        []hit // their events are numbers in the track
	excluded   bool
	ended      Ending
	endedAt    int64 // 0 where Result.EndedAt is zero
	timed      bool  // endedAt is set
	entered    int64 // the latest entry
	open       bool
}

func newMatcher(p *program, asOf int64) *matcher {
	m := &matcher{program: p, asOf: asOf}
	if p.order == AnyOrder || p.order == Nested {
		m.sets = newSets(p)
	} else {
		m.chains = newChains(p)
	}
	if p.isPlain() {
		m.plain = new(newPlain(p))
	}
	return m
}

// match matches a track that is in order.
func (m *matcher) match(t *track) finding {
	best, entered := m.walk(t)
	f := finding{level: best.level, start: best.start, end: best.end, row: best.row, entered: entered}
	f.excluded = best.broken && m.drop
	m.end(&f, best, func(deadline int64) aftermath { return m.aftermath(best, t, deadline) })
	return f
}

// walk finds the chain to report. Where plain will do, it looks for that first,
// and then for its events.
func (m *matcher) walk(t *track) (best *mark, entered int64) {
	if m.plain == nil || len(t.at) == 0 || uint64(t.at[len(t.at)-1])-uint64(t.at[0]) >= spanLimit {
		return m.walkAll(t)
	}
	seen, ok := m.plain.sight(t, m.steps, m.ties)
	if !ok {
		return m.walkAll(t)
	}
	best = &m.chains.best
	*best = mark{level: seen.level, start: seen.start, end: seen.end, row: best.row[:0]}
	m.trace(t, seen)
	return best, seen.entered
}

// trace finds the events of a chain that was sighted: from its start on, the
// first that makes each step.
func (m *matcher) trace(t *track, seen sighting) {
	best := &m.chains.best
	lo := seen.last
	for lo > 0 && t.at[lo-1] >= seen.start {
		lo--
	}
	for k := 0; k < seen.level; {
		hi := t.next(lo, m.ties == TiesGiven)
		for i := lo; i < hi && k < seen.level; i++ {
			if t.steps[i]>>k&1 != 0 {
				best.row = append(best.row, hit{t.at[i], i, k + 1})
				k++
				i = lo - 1 // a later step may be made by an earlier event of the instant
			}
		}
		lo = hi
	}
}

func (m *matcher) walkAll(t *track) (best *mark, entered int64) {
	if m.sets != nil {
		m.sets.reset()
		for lo, hi := 0, 0; lo < len(t.at); lo = hi {
			hi = t.next(lo, false)
			t.load(&m.at, lo, hi)
			m.sets.take(&m.at)
		}
		return &m.sets.best, m.sets.entered
	}
	m.chains.reset()
	for lo, hi := 0, 0; lo < len(t.at); lo = hi {
		hi = t.next(lo, m.ties == TiesGiven)
		t.load(&m.at, lo, hi)
		m.chains.take(&m.at)
	}
	return &m.chains.best, m.chains.entered
}

// aftermath is what came after a chain.
type aftermath struct {
	// followed says that a step which the chain lacked was made too late.
	followed bool
	// interrupted says that another event ended a contiguous chain, and at when.
	interrupted bool
	at          int64
	seen        bool // any instant; for a tracker, which sees one at a time
}

// end finds out why the chain went no further.
func (m *matcher) end(f *finding, best *mark, after func(deadline int64) aftermath) {
	if f.level == 0 {
		return
	}
	if f.level == m.steps {
		f.ended = Completed
		f.open = m.isOpen(f.start)
		return
	}
	f.open = m.isOpen(f.entered)
	deadline, limited := m.deadline(best)
	if best.broken {
		f.ended, f.endedAt, f.timed = Broken, best.brokenAt, true
		return
	}
	switch a := after(deadline); {
	case a.interrupted:
		f.ended, f.endedAt, f.timed = Broken, a.at, true
	case limited && m.asOf < deadline:
		f.ended, f.endedAt, f.timed = StillOpen, deadline, true
	case limited && a.followed:
		f.ended, f.endedAt, f.timed = TimedOut, deadline, true
	default:
		f.ended = NoEvent
	}
}

// isOpen reports whether the window of an entry is open as of the data's end.
// Without a window there is none to be open.
func (m *matcher) isOpen(entry int64) bool {
	return m.asOf != noAsOf && m.window != noLimit && m.asOf-entry < m.window
}

// deadline returns the last instant at which the chain could have gone on, if
// there is one.
func (m *matcher) deadline(best *mark) (at int64, limited bool) {
	at = math.MaxInt64
	gap := int64(noLimit)
	if m.sets == nil {
		gap = m.gap(best.level)
	}
	for _, limit := range [...]struct{ from, length int64 }{{best.start, m.window}, {best.end, gap}} {
		if limit.length != noLimit && limit.length < math.MaxInt64-max(limit.from, 0) {
			at, limited = min(at, limit.from+limit.length), true
		}
	}
	return at, limited
}

// aftermath looks at what came after a chain in its track.
func (m *matcher) aftermath(best *mark, t *track, deadline int64) (a aftermath) {
	if m.order == Contiguous {
		a.at, a.interrupted = m.interruption(best, t, deadline)
	}
	lacked := m.lacked(best)
	for i := len(t.at) - 1; i >= 0 && t.at[i] > deadline; i-- {
		if t.steps[i]&lacked != 0 {
			a.followed = true
			break
		}
	}
	return a
}

// lacked returns the steps of which any would have made the chain longer.
func (m *matcher) lacked(best *mark) uint64 {
	if m.order != AnyOrder {
		return 1 << best.level
	}
	lacked := uint64(1)<<m.steps - 1
	for _, h := range best.row {
		lacked &^= 1 << (h.step - 1)
	}
	return lacked
}

// interruption finds the event that ended a contiguous chain, unless that came
// too late to matter.
func (m *matcher) interruption(best *mark, t *track, deadline int64) (at int64, ok bool) {
	last := best.row[best.level-1]
	for i := last.event + 1; i < len(t.at); i++ {
		if m.ties == TiesGiven || t.at[i] != last.at {
			return t.at[i], t.at[i] <= deadline
		}
	}
	return 0, false
}
