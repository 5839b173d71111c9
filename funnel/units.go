package funnel

// units parts a user's events into the units that are counted, and matches each.
type units struct {
	by         By
	gap        int64 // between sessions
	everything bool  // events that match nothing matter as well
	excludes   bool
	holds      bool
	matcher    *matcher
	attempts   attempts

	user             track
	sorted, unit, of track
	sessions, runs   []int32 // orders of events
	best             []hit
	at               finding // the one at hand
}

// notHeld is the hold of an event that lacks a property.
const notHeld = -1

func newUnits(f Funnel, p *program, asOf int64) *units {
	u := &units{
		by:       f.By,
		gap:      f.SessionGap.ticks(microsecond),
		excludes: len(p.exclusions) > 0,
		holds:    len(f.Match.Hold) > 0,
		matcher:  newMatcher(p, asOf),
	}
	if f.SessionGap.IsZero() {
		u.gap = int64(defaultSessionGap / microsecond)
	}
	u.attempts.matcher = u.matcher
	u.everything = p.order == Contiguous || f.By == BySession
	for _, b := range f.Breakdowns {
		u.everything = u.everything || b.By == AtFirst || b.By == AtLast
	}
	return u
}

// each calls found for each unit of the user, with its events in order. Both
// are good until it returns; the hits of a finding have the numbers of events
// in what was given.
func (u *units) each(found func(*track, *finding)) {
	t := &u.user
	if len(t.session) > 0 {
		u.sessions = t.order(u.sessions, t.session)
		runs(u.sessions, t.session, func(events []int32) {
			t.pick(&u.unit, events)
			u.match(&u.unit, found)
		})
		return
	}
	t = u.inOrder()
	if u.by != BySession {
		u.match(t, found)
		return
	}
	for lo, hi := 0, 0; lo < len(t.at); lo = hi {
		hi = lo + 1
		for hi < len(t.at) && t.at[hi]-t.at[hi-1] <= u.gap {
			hi++
		}
		u.unit = t.slice(lo, hi)
		u.match(&u.unit, found)
	}
}

// inOrder returns the events of the user in order of time.
func (u *units) inOrder() *track {
	if u.user.ordered() {
		return &u.user
	}
	u.sessions = u.user.order(u.sessions, nil)
	u.user.pick(&u.sorted, u.sessions)
	return &u.sorted
}

// runs calls each for the runs of events with the same number.
func runs(events, number []int32, each func([]int32)) {
	for lo, hi := 0, 0; lo < len(events); lo = hi {
		for hi < len(events) && number[events[hi]] == number[events[lo]] {
			hi++
		}
		each(events[lo:hi])
	}
}

// match matches one unit: each combination of held values for itself.
func (u *units) match(t *track, found func(*track, *finding)) {
	switch {
	case u.holds:
		u.matchHeld(t, found)
	case u.by == ByTotal:
		u.attempts.each(t, func(f *finding) {
			f.number(t)
			found(t, f)
		})
	default:
		u.at = u.matcher.match(t)
		u.at.number(t)
		found(t, &u.at)
	}
}

// matchHeld matches the events with the same held values as if there were no
// others. Of users and sessions the best finding counts, of attempts all.
func (u *units) matchHeld(t *track, found func(*track, *finding)) {
	var best finding
	u.runs = t.order(u.runs, t.held)
	runs(u.runs, t.held, func(events []int32) {
		if t.held[events[0]] == notHeld {
			return
		}
		t.pick(&u.of, events)
		if u.by == ByTotal {
			u.attempts.each(&u.of, func(f *finding) {
				f.number(&u.of)
				found(t, f)
			})
			return
		}
		f := u.matcher.match(&u.of)
		f.number(&u.of)
		if f.betterThan(&best) {
			u.best = append(u.best[:0], f.row...)
			f.row = u.best
			best = f
		}
	})
	if u.by != ByTotal {
		found(t, &best)
	}
}

// number gives hits the numbers of events in what was given, in the place of
// those in the track.
func (f *finding) number(t *track) {
	for i := range f.row {
		f.row[i].event = int(t.event[f.row[i].event])
	}
}

// betterThan puts the longer chain first, then one that is not broken, then the
// one that ends sooner and that starts later. Chains that are alike in all of
// this differ in what is held alone.
func (f *finding) betterThan(other *finding) bool {
	switch {
	case f.level != other.level:
		return f.level > other.level
	case f.excluded != other.excluded:
		return other.excluded
	case f.end != other.end:
		return f.end < other.end
	}
	return f.start > other.start
}
