package journey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalBinary returns c as bytes: the same users give the same bytes, however
// they were counted and merged.
func (c *PathCounts) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [PathCounts.MarshalBinary] returns.
func (c *PathCounts) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wirePaths, c.config, c.asOf)
	dst = appendCounts(dst, c.Users, c.Units, c.Empty, c.NotAnchored, c.AfterAsOf)
	byName := make([]int32, len(c.names))
	for i := range byName {
		byName[i] = int32(i)
	}
	slices.SortFunc(byName, func(a, b int32) int { return strings.Compare(c.names[a], c.names[b]) })
	rank := make([]int32, len(c.names)) // of a code among the sorted names
	dst = wire.AppendUint(dst, uint64(len(byName)))
	for i, code := range byName {
		rank[code] = int32(i)
		e := &c.events[code]
		dst = wire.AppendString(dst, c.names[code])
		dst = e.ends.appendOnce(e.starts.appendOnce(e.all.append(dst)))
	}
	moves := make([]moveCell, len(c.moves))
	for i, m := range c.moves {
		m.pair = pair{rank[m.from], rank[m.to]}
		moves[i] = m
	}
	slices.SortFunc(moves, func(a, b moveCell) int { return a.compare(b.pair) })
	dst = wire.AppendUint(dst, uint64(len(moves)))
	for _, m := range moves {
		dst = m.append(appendCounts(dst, int64(m.from), int64(m.to)))
	}
	return c.appendNode(dst, 0, c.children(func(a, b int32) int { return cmp.Compare(rank[a], rank[b]) }), rank), nil
}

func (p pair) compare(other pair) int {
	return cmp.Or(cmp.Compare(p.from, other.from), cmp.Compare(p.to, other.to))
}

// children returns the nodes under each node, by their codes.
func (c *PathCounts) children(compare func(a, b int32) int) [][]int32 {
	under := make([][]int32, len(c.nodes))
	for i := 1; i < len(c.nodes); i++ {
		parent := c.nodes[i].parent
		under[parent] = append(under[parent], int32(i))
	}
	for _, nodes := range under {
		slices.SortFunc(nodes, func(a, b int32) int { return compare(c.nodes[a].code, c.nodes[b].code) })
	}
	return under
}

// appendNode appends a node and what is under it, at most MaxDepth deep.
func (c *PathCounts) appendNode(dst []byte, i int32, under [][]int32, rank []int32) []byte {
	n := &c.nodes[i]
	dst = n.beyond.appendOnce(n.ended.appendOnce(n.all.appendOnce(dst)))
	dst = wire.AppendUint(dst, uint64(len(under[i])))
	for _, child := range under[i] {
		dst = wire.AppendUint(dst, uint64(rank[c.nodes[child].code]))
		dst = c.appendNode(dst, child, under, rank)
	}
	return dst
}

// UnmarshalBinary reads what [PathCounts.MarshalBinary] wrote, in the place of
// what c has. c must be of the same paths and AsOf, such as the counts of a new
// [PathCounter]; bytes of others are an error, as are bytes that were not
// written so, and leave c as it was.
func (c *PathCounts) UnmarshalBinary(data []byte) error {
	read, err := newPathCounts(c.paths, c.asOf)
	if err != nil {
		return err
	}
	r := wire.NewReader(data)
	readHeader(r, wirePaths, c.config, c.asOf)
	readCounts(r, &read.Users, &read.Units, &read.Empty, &read.NotAnchored, &read.AfterAsOf)
	read.readEvents(r)
	read.readMoves(r)
	read.readNode(r, 0)
	if r.Err() == nil {
		read.check(r)
	}
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	*c = *read
	return nil
}

func (c *PathCounts) readEvents(r *wire.Reader) {
	n := r.Count()
	if n > MaxNames {
		r.Fail("%d names: want at most %d", n, MaxNames)
	}
	for i := range n {
		name := r.String()
		if i > 0 && c.names[i-1] >= name {
			r.Fail("names are out of order")
		}
		if r.Err() != nil {
			return
		}
		e := &c.events[c.code(name)]
		e.all.read(r)
		e.starts.readOnce(r)
		e.ends.readOnce(r)
	}
}

func (c *PathCounts) readMoves(r *wire.Reader) {
	before := pair{-1, -1}
	for range r.Count() {
		p := pair{c.readCode(r), c.readCode(r)}
		if before.compare(p) >= 0 {
			r.Fail("moves are out of order")
		}
		if r.Err() != nil {
			return
		}
		before = p
		c.moveOf(p).read(r)
	}
}

func (c *PathCounts) readCode(r *wire.Reader) int32 {
	if len(c.names) == 0 {
		r.Fail("a path of no names")
		return 0
	}
	return int32(r.UintUpTo(uint64(len(c.names) - 1)))
}

func (c *PathCounts) readNode(r *wire.Reader, i int32) {
	n := &c.nodes[i]
	n.all.readOnce(r)
	n.ended.readOnce(r)
	n.beyond.readOnce(r)
	rest, depth := n.all.paths-n.ended.paths-n.beyond.paths, int(n.depth)
	before := int32(-1)
	for range r.Count() {
		code := c.readCode(r)
		if code <= before || depth == c.paths.depth() || len(c.nodes) == MaxNodes {
			r.Fail("paths are out of order")
		}
		if r.Err() != nil {
			return
		}
		before = code
		child := c.childOf(i, code)
		c.readNode(r, child)
		rest -= c.nodes[child].all.paths
	}
	if rest != 0 || depth < c.paths.depth() && c.nodes[i].beyond.paths != 0 {
		r.Fail("the paths of a beginning do not sum up")
	}
}

// check fails for what no paths can sum up to.
func (c *PathCounts) check(r *wire.Reader) {
	in, out := make([]int64, len(c.names)), make([]int64, len(c.names))
	starts := int64(0)
	for i, e := range c.events {
		in[i], out[i] = e.starts.times, e.ends.times
		starts += e.starts.times
	}
	for _, m := range c.moves {
		in[m.to] += m.times
		out[m.from] += m.times
	}
	for i, e := range c.events {
		if in[i] != e.all.times || out[i] != e.all.times {
			r.Fail("%q came %d times, by %d and left by %d", c.names[i], e.all.times, in[i], out[i])
		}
	}
	if starts != c.Paths() || c.nodes[0].all.paths != c.Paths() {
		r.Fail("%d of %d paths begin", starts, c.Paths())
	}
}

// append appends the counts of s; appendOnce those of what comes once in a path
// at most.
func (s *seen) append(dst []byte) []byte     { return appendCounts(dst, s.users, s.paths, s.times) }
func (s *seen) appendOnce(dst []byte) []byte { return appendCounts(dst, s.users, s.paths) }

func (s *seen) read(r *wire.Reader) {
	readCounts(r, &s.users, &s.paths, &s.times)
	s.check(r)
}

func (s *seen) readOnce(r *wire.Reader) {
	readCounts(r, &s.users, &s.paths)
	s.times = s.paths
	s.check(r)
}

func (s *seen) check(r *wire.Reader) {
	if s.users > s.paths || s.paths > s.times || (s.users == 0) != (s.times == 0) {
		r.Fail("%d users in %d paths, %d times", s.users, s.paths, s.times)
	}
}
