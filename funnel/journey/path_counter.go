package journey

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// PathCounter counts the paths of users one after the other, where the events of
// each come together, such as from a query that is ordered by user. It keeps
// counts, not events. It is not for concurrent use: give each goroutine its own,
// and merge the counts.
type PathCounter[E any, K regulars.ID] struct {
	units  *units[E, K]
	counts *PathCounts
	code   []int32         // of each event; hidden if it is left out
	path   []int32         // codes of the unit at hand
	anchor int32           // the code of the anchor; hidden if it was not seen yet
	listed map[string]bool // names of Only or Hide
	user   int64           // which user is counted, from 1
	unit   int64           // which unit, from 1
}

const hidden = -1

// NewPathCounter returns a counter of paths. It fails with [regulars.Faults] if
// the paths are not valid, and on a source without At or Name.
func NewPathCounter[E any, K regulars.ID](p Paths, s funnel.Source[E, K]) (*PathCounter[E, K], error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	u, err := newUnits(s, p.By, p.SessionGap, p.Ties)
	if err != nil {
		return nil, err
	}
	counts, err := newPathCounts(p, u.asOf)
	if err != nil {
		return nil, err
	}
	c := &PathCounter[E, K]{units: u, counts: counts, listed: map[string]bool{}}
	for _, name := range slices.Concat(p.Only, p.Hide) {
		c.listed[name] = true
	}
	return c, nil
}

// CountPaths counts the paths in a log of events, in any order and of any users.
// It fails with [regulars.Faults] if the paths are not valid, if the source
// lacks what is needed, on an event without a time and beyond MaxNames and
// MaxNodes.
func CountPaths[E any, K regulars.ID](p Paths, s funnel.Source[E, K], events []E) (*PathCounts, error) {
	c, err := NewPathCounter(p, s)
	if err != nil {
		return nil, err
	}
	if err := eachUser(s, events, func(_ K, of []E) error { return c.Add(of) }); err != nil {
		return nil, err
	}
	return c.counts, nil
}

// Counts returns the counts so far. They go on counting with c.
func (c *PathCounter[E, K]) Counts() *PathCounts { return c.counts }

// Add counts the paths of one user, who must not be added again: all events, in
// any order. An error says what is wrong with an event, and means that the user
// was not counted. Without events there is no user.
func (c *PathCounter[E, K]) Add(events []E) error {
	if len(events) == 0 {
		return nil
	}
	if err := c.units.read(events); err != nil {
		return err
	}
	if len(c.counts.nodes)+len(events) > MaxNodes {
		return fmt.Errorf("journey: more than %d different paths: want a lower Depth or fewer names", MaxNodes)
	}
	if err := c.read(events); err != nil {
		return err
	}
	c.user++
	c.counts.Users++
	c.counts.AfterAsOf += c.units.afterNow
	c.units.each(c.add)
	return nil
}

// read finds the codes of the names.
func (c *PathCounter[E, K]) read(events []E) error {
	known, hides := len(c.counts.names), len(c.listed) > 0
	only := len(c.counts.paths.Only) > 0
	c.code = c.code[:0]
	name := c.units.source.Name
	for i, event := range events {
		text := name(event)
		code, ok := c.counts.codes[text]
		switch {
		case ok:
		case hides && c.listed[text] != only, c.units.at[i] > c.units.asOf:
			code = hidden
		case len(c.counts.names) == MaxNames:
			c.counts.forget(known)
			return fmt.Errorf("journey: event %d: %q is one name too many: want at most %d", i, text, MaxNames)
		default:
			code = c.counts.code(text)
		}
		c.code = append(c.code, code)
	}
	c.anchor = hidden
	if a := c.counts.paths.Anchor; a != nil {
		if code, ok := c.counts.codes[a.Event]; ok {
			c.anchor = code
		}
	}
	return nil
}

// add counts the path of one unit.
func (c *PathCounter[E, K]) add(events []int32) {
	p := &c.counts.paths
	c.path = c.path[:0]
	for _, e := range events {
		code := c.code[e]
		if code == hidden || p.Collapse && len(c.path) > 0 && c.path[len(c.path)-1] == code {
			continue
		}
		c.path = append(c.path, code)
	}
	c.unit++
	c.counts.Units++
	path := c.path
	switch {
	case len(path) == 0:
		c.counts.Empty++
		return
	case p.Anchor != nil:
		if path = c.anchored(path, *p.Anchor); path == nil {
			c.counts.NotAnchored++
			return
		}
	}
	c.counts.addPath(path, c.user, c.unit)
}

// anchored returns the part of a path that begins or ends with the anchor; nil
// if it has none.
func (c *PathCounter[E, K]) anchored(path []int32, a Anchor) []int32 {
	at := slices.Index(path, c.anchor)
	if at < 0 {
		return nil
	}
	if a.Pick == Last {
		for i := at + 1; i < len(path); i++ {
			if path[i] == c.anchor {
				at = i
			}
		}
	}
	if a.Side == Before {
		return path[:at+1]
	}
	return path[at:]
}
