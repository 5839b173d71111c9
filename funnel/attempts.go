package funnel

// attempts finds the attempts of a unit one after the other, for ByTotal: each
// starts with the first event of step 1 after the one before has ended, and
// makes each step as soon as it can. In one instant an attempt goes as far as
// it can; another one starts at a later instant (under TiesGiven, at a later
// event) than the one in which it ended.
type attempts struct {
	*matcher
	now   mark
	found func(*finding)
	t     *track
}

// each calls found for each attempt of a track that is in order. What it is
// given is good until it returns.
func (a *attempts) each(t *track, found func(*finding)) {
	a.t, a.found = t, found
	a.now = mark{row: a.now.row[:0]}
	c := a.chains
	c.reset()
	for lo, hi := 0, 0; lo < len(t.at); lo = hi {
		hi = t.next(lo, a.ties == TiesGiven)
		t.load(&a.at, lo, hi)
		a.take(&a.at)
	}
	if a.now.level > 0 {
		a.finish()
	}
}

// take lets the attempt at hand go on in an instant, or a new one start.
func (a *attempts) take(i *instant) {
	c := a.chains
	if n := a.now.level; n > 0 {
		l := link{set: true, start: a.now.start, end: a.now.end}
		if !c.alive(&l, n, i.at) {
			a.finish()
		}
	}
	if a.now.level == 0 && !i.has(1) {
		return
	}
	if before := a.now.level; a.advance(i) == before && before > 0 {
		a.exclude(i)
	}
	if a.now.level == c.steps {
		a.finish()
	}
}

// advance makes as many steps as the events of an instant can, and returns the
// level then.
func (a *attempts) advance(i *instant) int {
	from := a.now.level
	reach := from
	if i.paired && a.ties == TiesAnyOrder && !a.reuse {
		p := &a.chains.pairs
		p.load(i.steps, a.steps)
		for reach < a.steps && p.take(reach+1) {
			reach++
		}
		for k := from + 1; k <= reach; k++ {
			a.now.row = append(a.now.row, i.hit(k, p.event(k)))
		}
	} else {
		several := a.reuse || a.ties == TiesAnyOrder && len(i.steps) > 1
		for reach < a.steps && i.has(reach+1) && (several || reach == from) {
			reach++
			a.now.row = append(a.now.row, i.hit(reach, i.pick[reach]))
		}
	}
	if reach > from {
		if from == 0 {
			a.now.start = i.at
		}
		a.now.level, a.now.end = reach, i.at
	}
	return reach
}

// exclude ends an attempt that stands where an exclusion guards.
func (a *attempts) exclude(i *instant) {
	for n, x := range a.exclusions {
		if i.exclusions>>n&1 != 0 && a.now.level >= x.after && a.now.level < x.before {
			a.now.broken, a.now.brokenAt = true, i.at
			a.finish()
			return
		}
	}
}

// finish reports the attempt at hand and makes room for the next.
func (a *attempts) finish() {
	f := finding{level: a.now.level, start: a.now.start, end: a.now.end, row: a.now.row, entered: a.now.start}
	a.end(&f, &a.now, func(deadline int64) aftermath { return a.aftermath(&a.now, a.t, deadline) })
	a.found(&f)
	a.now = mark{row: a.now.row[:0]}
}
