package journey

import "errors"

// PathCounts are counted paths: which events there were, which led to which,
// and how paths began. They are an accumulator: counts of different users merge
// in any order, and give the same bytes. A user's events must all be counted in
// one of them.
//
// Memory grows with the number of different paths, up to Depth, and not with
// that of events.
type PathCounts struct {
	// Users is how many users had an event.
	Users int64
	// Units is how many users or sessions there were. Those of which no event is
	// left are Empty, those of the rest without the anchor NotAnchored; all
	// others have a path.
	Units, Empty, NotAnchored int64
	// AfterAsOf is how many events were set aside, since they came after
	// Source.AsOf.
	AfterAsOf int64

	paths  Paths
	config string
	asOf   int64
	names  []string
	codes  map[string]int32
	events []eventCell // by code
	// moves are from one event to the next; move finds them.
	moves []moveCell
	move  map[pair]int32
	// nodes are the beginnings of paths (the ends, if paths are told apart
	// backward). Node 0 is the empty one, and a node comes after its parent.
	nodes []node
	child map[pair]int32 // of a node and a code
}

// pair is two codes, or a node and a code.
type pair struct{ from, to int32 }

// seen counts how often something was seen: by how many users, in how many
// paths, how many times.
type seen struct {
	users, paths, times int64

	user, unit int64 // the last ones that were counted
}

func (s *seen) add(user, unit int64) {
	s.times++
	if s.unit != unit {
		s.unit = unit
		s.paths++
	}
	if s.user != user {
		s.user = user
		s.users++
	}
}

func (s *seen) merge(other seen) {
	s.users += other.users
	s.paths += other.paths
	s.times += other.times
}

type eventCell struct{ all, starts, ends seen }

type moveCell struct {
	pair
	seen
}

// node is a beginning of paths: those of parent, followed by code.
type node struct {
	parent, code int32
	depth        int32
	// all are the paths that begin so. Of those, ended have no more events, and
	// beyond have but are not followed any further; the rest is with the
	// children.
	all, ended, beyond seen
}

func newPathCounts(p Paths, asOf int64) (*PathCounts, error) {
	config, err := configText(p)
	if err != nil {
		return nil, err
	}
	return &PathCounts{
		paths: p, config: config, asOf: asOf,
		codes: map[string]int32{}, move: map[pair]int32{}, child: map[pair]int32{}, nodes: make([]node, 1),
	}, nil
}

// Policy returns what was counted. It must not be changed.
func (c *PathCounts) Policy() Paths { return c.paths }

// Paths returns how many paths there are.
func (c *PathCounts) Paths() int64 { return c.Units - c.Empty - c.NotAnchored }

// code returns the number of a name, a new one if there is none.
func (c *PathCounts) code(name string) int32 {
	code, ok := c.codes[name]
	if !ok {
		code = int32(len(c.names))
		c.codes[name] = code
		c.names = append(c.names, name)
		c.events = append(c.events, eventCell{})
	}
	return code
}

// forget takes back the names after the first n.
func (c *PathCounts) forget(n int) {
	for _, name := range c.names[n:] {
		delete(c.codes, name)
	}
	c.names, c.events = c.names[:n], c.events[:n]
}

func (c *PathCounts) addPath(path []int32, user, unit int64) {
	for i, code := range path {
		c.events[code].all.add(user, unit)
		if i > 0 {
			c.moveOf(pair{path[i-1], code}).add(user, unit)
		}
	}
	c.events[path[0]].starts.add(user, unit)
	c.events[path[len(path)-1]].ends.add(user, unit)
	at := int32(0)
	c.nodes[at].all.add(user, unit)
	depth := min(len(path), c.paths.depth())
	for i := range depth {
		code := path[i]
		if c.paths.backward() {
			code = path[len(path)-1-i]
		}
		at = c.childOf(at, code)
		c.nodes[at].all.add(user, unit)
	}
	if len(path) > depth {
		c.nodes[at].beyond.add(user, unit)
	} else {
		c.nodes[at].ended.add(user, unit)
	}
}

// moveOf returns the counts of a move, which are good until the next one is
// asked for.
func (c *PathCounts) moveOf(p pair) *seen {
	i, ok := c.move[p]
	if !ok {
		i = int32(len(c.moves))
		c.move[p] = i
		c.moves = append(c.moves, moveCell{pair: p})
	}
	return &c.moves[i].seen
}

func (c *PathCounts) childOf(parent, code int32) int32 {
	i, ok := c.child[pair{parent, code}]
	if !ok {
		i = int32(len(c.nodes))
		c.child[pair{parent, code}] = i
		c.nodes = append(c.nodes, node{parent: parent, code: code, depth: c.nodes[parent].depth + 1})
	}
	return i
}

// Merge adds the counts of other users. It is an error, and changes nothing, if
// the paths are defined otherwise, if AsOf is another one, and beyond MaxNames
// and MaxNodes. other stays as it is.
func (c *PathCounts) Merge(other *PathCounts) error {
	switch {
	case c == other:
		return errors.New("journey: merge of counts with themselves")
	case c.config != other.config:
		return errors.New("journey: merge of counts of other paths")
	case c.asOf != other.asOf:
		return errors.New("journey: merge of counts as of another moment")
	case len(c.nodes)+len(other.nodes) > MaxNodes:
		return errors.New("journey: merge of too many different paths")
	}
	fresh := 0
	for _, name := range other.names {
		if _, ok := c.codes[name]; !ok {
			fresh++
		}
	}
	if len(c.names)+fresh > MaxNames {
		return errors.New("journey: merge of too many different names")
	}
	c.Users += other.Users
	c.Units += other.Units
	c.Empty += other.Empty
	c.NotAnchored += other.NotAnchored
	c.AfterAsOf += other.AfterAsOf
	c.mergeCells(other)
	return nil
}

func (c *PathCounts) mergeCells(other *PathCounts) {
	codes := make([]int32, len(other.names))
	for i, name := range other.names {
		codes[i] = c.code(name)
		ours := &c.events[codes[i]]
		ours.all.merge(other.events[i].all)
		ours.starts.merge(other.events[i].starts)
		ours.ends.merge(other.events[i].ends)
	}
	for _, m := range other.moves {
		c.moveOf(pair{codes[m.from], codes[m.to]}).merge(m.seen)
	}
	places := make([]int32, len(other.nodes))
	for i := range other.nodes {
		theirs := &other.nodes[i]
		if i > 0 {
			places[i] = c.childOf(places[theirs.parent], codes[theirs.code])
		}
		ours := &c.nodes[places[i]]
		ours.all.merge(theirs.all)
		ours.ended.merge(theirs.ended)
		ours.beyond.merge(theirs.beyond)
	}
}
