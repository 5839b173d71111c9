package funnel

import "math/bits"

// takeContiguous matches an instant of which every event counts. A chain goes
// on only if its last event was the last of the instant before.
func (c *chains) takeContiguous(i *instant) {
	c.sources = c.sources[:0]
	if c.ties == TiesAnyOrder && len(i.steps) > 1 {
		c.takeContiguousTies(i)
	} else {
		c.takeContiguousEvent(i)
	}
	for k := 1; k <= c.steps; k++ {
		if c.live[k].seq != c.seq {
			c.live[k].set = false
		}
	}
}

// takeContiguousEvent matches one event, or under TiesStrict an instant of
// which any event will do.
func (c *chains) takeContiguousEvent(i *instant) {
	if c.reuse {
		for rest := i.union; rest != 0; rest &= rest - 1 {
			c.make(i, bits.TrailingZeros64(rest)+1)
		}
		return
	}
	for rest := i.union; rest != 0; {
		k := bits.Len64(rest)
		rest &^= 1 << (k - 1)
		c.make(i, k)
	}
}

// takeContiguousTies matches several events in whichever order is best. A
// chain that starts here leaves the events that it does not need before it, so
// it may go on. One that came here goes on beyond this instant only if it takes
// all of its events; otherwise the rest comes after it, and it ends here.
func (c *chains) takeContiguousTies(i *instant) {
	c.pairs.load(i.steps, c.steps)
	c.reaches(i)
	c.noteFurthest(i)
	for s := len(c.sources) - 1; s >= 0; s-- {
		from, reach := c.sources[s].level, c.sources[s].reach
		if reach == from {
			continue
		}
		c.pair(from, reach)
		for k := reach; k > from; k-- {
			if from == 0 || k-from == len(i.steps) {
				c.live[k] = c.link(i, from)
				c.fill(c.row(k), i, from)
			}
		}
	}
}

// noteFurthest reports the longest chain, of those the one that starts latest.
func (c *chains) noteFurthest(i *instant) {
	furthest := source{}
	for _, s := range c.sources {
		if s.reach > furthest.reach && s.reach > s.level {
			furthest = s
		}
	}
	if furthest.reach == 0 {
		return
	}
	c.pair(furthest.level, furthest.reach)
	row := append(c.pairs.row[:0], make([]hit, furthest.reach)...)
	c.pairs.row = row
	c.fill(row, i, furthest.level)
	c.note(furthest.reach, c.link(i, furthest.level), row)
}
