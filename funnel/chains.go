package funnel

import "math/bits"

// chains is the state of matching one unit in order: for each level the chain
// that starts latest, which outlives every other that got as far. So one pass
// finds the longest chain, and events that are past need not be kept.
type chains struct {
	*program
	// live[k] is the chain of k steps that may go on, rows[k*steps:][:k] its
	// events. live[k].start never falls with time, and never rises with k.
	live []link
	rows []hit
	best mark
	// entered is when a chain could start last; seq counts instants.
	entered    int64
	everything bool // FirstEntry has had its first
	seq        int64
	always     bool // the time of the last step matters
	excluding  bool // this instant has exclusions
	pairs      pairing
	sources    []source
}

// link is a chain of some length: its first and last time, and the instant of
// the last.
type link struct {
	set        bool
	start, end int64
	seq        int64
}

// mark is the chain to report.
type mark struct {
	level      int
	start, end int64
	seq        int64
	row        []hit
	// broken says that an exclusion ended it, at brokenAt.
	broken   bool
	brokenAt int64
}

// source is a chain that can go on in an instant, of so many steps, and how far
// it gets.
type source struct{ level, reach int }

func newChains(p *program) *chains {
	return &chains{
		program: p,
		live:    make([]link, p.steps+1),
		rows:    make([]hit, (p.steps+1)*p.steps),
		best:    mark{row: make([]hit, 0, p.steps)},
		always:  p.order == Contiguous || p.gaps != nil,
	}
}

func (c *chains) reset() {
	clear(c.live)
	c.best = mark{row: c.best.row[:0]}
	c.entered, c.everything, c.seq = 0, false, 0
}

func (c *chains) row(k int) []hit { return c.rows[k*c.steps:][:k] }

// take matches the events of the next instant.
func (c *chains) take(i *instant) {
	c.seq++
	c.excluding = i.exclusions != 0
	switch {
	case c.order == Contiguous:
		c.takeContiguous(i)
	case i.union == 0:
	case i.paired && c.ties == TiesAnyOrder && !c.reuse:
		c.takePaired(i)
	case c.reuse || c.ties == TiesAnyOrder && len(i.steps) > 1:
		for rest := i.union; rest != 0; rest &= rest - 1 {
			c.make(i, bits.TrailingZeros64(rest)+1)
		}
	default:
		for rest := i.union; rest != 0; {
			k := bits.Len64(rest)
			rest &^= 1 << (k - 1)
			c.make(i, k)
		}
	}
	c.enter(i)
	if i.exclusions != 0 {
		c.exclude(i)
	}
}

// make lets the chain of k-1 steps make step k, if it can.
func (c *chains) make(i *instant, k int) {
	if k == 1 {
		if c.mayStart() {
			c.extend(i, 0, 1, i.pick[1])
		}
	} else if c.alive(&c.live[k-1], k-1, i.at) {
		c.extend(i, k-1, k, i.pick[k])
	}
}

func (c *chains) mayStart() bool { return c.entry == BestEntry || !c.everything }

// enter notes that chains could start at this instant.
func (c *chains) enter(i *instant) {
	if i.has(1) && c.mayStart() {
		c.entered, c.everything = i.at, true
	}
}

// extend makes the chain of k steps of that of from steps and one more event.
func (c *chains) extend(i *instant, from, k int, event int32) {
	l := c.link(i, from)
	if !c.newer(k, l) {
		return
	}
	row := c.row(k)
	copy(row, c.row(from))
	row[k-1] = i.hit(k, event)
	c.live[k] = l
	c.note(k, l, row)
}

// newer reports whether a chain of k steps replaces the one before. One that
// starts no later, and makes the step later, serves only where the time of the
// last step matters: for a gap, and to outlast an exclusion of this instant. So
// in general each step is made by the first event that can.
func (c *chains) newer(k int, l link) bool {
	return c.always || c.excluding || !c.live[k].set || l.start > c.live[k].start
}

// note reports a chain if it is better than the one before.
func (c *chains) note(k int, l link, row []hit) {
	if k > c.best.level || k == c.best.level && c.drop && c.best.broken {
		c.best = mark{level: k, start: l.start, end: l.end, seq: l.seq, row: append(c.best.row[:0], row...)}
	}
}

// takePaired matches an instant in which steps compete for events: how far each
// chain gets is found by pairing, from the snapshot before the instant.
func (c *chains) takePaired(i *instant) {
	c.pairs.load(i.steps, c.steps)
	c.reaches(i)
	// Longer chains first, so that those they come from are as they were.
	for n := len(c.sources) - 1; n >= 0; n-- {
		s := c.sources[n]
		from, done := s.level, s.level
		if n > 0 {
			done = max(done, c.sources[n-1].reach)
		}
		if s.reach <= done {
			continue
		}
		c.pair(from, s.reach)
		for k := s.reach; k > done; k-- {
			if l := c.link(i, from); c.newer(k, l) {
				c.live[k] = l
				c.fill(c.row(k), i, from)
			}
		}
	}
	c.noteAll()
}

// link is of a chain that goes on in this instant after from steps.
func (c *chains) link(i *instant, from int) link {
	l := link{set: true, start: i.at, end: i.at, seq: c.seq}
	if from > 0 {
		l.start = c.live[from].start
	}
	return l
}

// fill makes a row of the chain of from steps and the events that are paired
// with the steps after it.
func (c *chains) fill(row []hit, i *instant, from int) {
	copy(row, c.row(from))
	for k := from; k < len(row); k++ {
		row[k] = i.hit(k+1, c.pairs.event(k+1))
	}
}

// noteAll reports the longest chain that this instant made, if it is better.
func (c *chains) noteAll() {
	for k := 1; k <= c.steps; k++ {
		if l := c.live[k]; l.set && l.seq == c.seq {
			c.note(k, l, c.row(k))
		}
	}
}

// reaches finds the chains that can go on and how far they get. Where a chain
// gets, one that is further gets too, so the pairing slides along.
func (c *chains) reaches(i *instant) {
	c.sources = c.sources[:0]
	reach := 0
	for from := range c.steps {
		if from > 0 {
			c.pairs.release(from)
		}
		reach = max(reach, from)
		for reach < c.steps && c.pairs.take(reach+1) {
			reach++
		}
		if from == 0 && c.mayStart() || from > 0 && c.alive(&c.live[from], from, i.at) {
			c.sources = append(c.sources, source{from, reach})
		}
	}
}

// pair pairs the steps after from, up to reach, which can be.
func (c *chains) pair(from, reach int) {
	for k := 1; k <= c.steps; k++ {
		c.pairs.release(k)
	}
	for k := from + 1; k <= reach; k++ {
		c.pairs.take(k)
	}
}

// exclude breaks the chains that stood where the exclusions of this instant
// guard, and did not go on in it.
func (c *chains) exclude(i *instant) {
	for rest := i.exclusions; rest != 0; rest &= rest - 1 {
		x := c.exclusions[bits.TrailingZeros64(rest)]
		for k := x.after; k < x.before; k++ {
			if c.live[k].seq != c.seq {
				c.live[k].set = false
			}
		}
		b := &c.best
		l := link{set: true, start: b.start, end: b.end}
		if b.level >= x.after && b.level < x.before && !b.broken && b.seq != c.seq && c.alive(&l, b.level, i.at) {
			b.broken, b.brokenAt = true, i.at
		}
	}
	if c.best.broken && c.drop {
		c.noteAll()
	}
}
