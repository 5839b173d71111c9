package identity

// components are the parts of the graph that no link leaves, refused links
// included. Each is resolved by itself, so whatever happens in one leaves the
// others as they are.
type components struct {
	blocks []block // by number; free ones are empty
	free   []int32
	// members are the nodes of all blocks, those of each person together and the
	// strongest of them first.
	members []int32
	edges   edges
	dead    int // members and edges of blocks that are gone
}

// block is where the parts of a component lie.
type block struct {
	member, members int32
	edge, edges     int32
}

// edges are links between nodes: columns without pointers, within a component in
// the order in which they were judged.
type edges struct {
	a, b        []int32
	first, last []int64
	kind        []int32
	fate        []uint8
}

// The kinds of links, the best first. Those from kindMatch on are matches: the
// number less kindMatch is the place of their score in the evidence.
const (
	kindVerdict  = 0
	kindObserved = 1
	kindMatch    = 2
)

// The fates of links. Those from byLimit on are refused by the limit whose
// number comes after it.
const (
	joined   = iota // brought two groups together
	spare           // between identifiers that were one person already
	byCannot        // refused by a cannot-link verdict
	bySize          // refused as the person would have too many identifiers
	byLimit
)

// link is an edge while its component is resolved.
type link struct {
	rank        int32 // the number of its component, and later that of its priorities
	a, b        int32 // a < b
	kind        int32
	first, last int64
}

// gather appends the links of which a node is the centre, or the lesser node of
// a verdict.
func (p *People) gather(links []link, node int32) []link {
	if !p.nodes.shared[node] {
		p.each(node, func(o int32) bool {
			if p.star(o) == node {
				links = p.gatherStar(links, o, node)
			}
			return true
		})
	}
	return p.gatherVerdicts(links, node)
}

// gatherVerdicts appends the must-links of which a node is the lesser end.
func (p *People) gatherVerdicts(links []link, node int32) []link {
	for _, m := range p.rulings.must[node] {
		if m.a < m.b && p.nodes.seen(m.b) {
			at := p.evidence.verdicts[m.verdict].At.UnixMicro()
			links = append(links, link{a: m.a, b: m.b, kind: kindVerdict, first: at, last: at})
		}
	}
	return links
}

// gatherStar appends the links of one observation.
func (p *People) gatherStar(links []link, o, centre int32) []link {
	kind := int32(kindObserved)
	if p.isMatch(o) {
		kind = kindMatch + int32(p.evidence.scorePlace(o))
	}
	at := p.evidence.at[o]
	for _, i := range p.nodesOf(o) {
		if i >= 0 && i != centre && !p.nodes.shared[i] {
			links = append(links, link{a: min(i, centre), b: max(i, centre), kind: kind, first: at, last: at})
		}
	}
	return links
}

// rebuild finds the components of nodes that are seen, and resolves each. The
// links are all that the nodes have, and lead nowhere else.
func (p *People) rebuild(nodes []int32, links []link) {
	number, count := p.connect(nodes, links)
	for i := range links {
		links[i].rank = number[links[i].a]
	}
	nodeEnds := bucket(nodes, count, func(i int32) int32 { return number[i] })
	linkEnds := bucket(links, count, func(l link) int32 { return l.rank })
	node, edge := int32(0), int32(0)
	for c := range count {
		p.replay(nodes[node:nodeEnds[c]], links[edge:linkEnds[c]])
		node, edge = nodeEnds[c], linkEnds[c]
	}
}

// bucket sorts a list by a key from 0 to n-1, in place and each element moved
// once, and returns where each key ends.
func bucket[T any](list []T, n int32, key func(T) int32) []int32 {
	next, ends := make([]int32, n), make([]int32, n)
	for _, x := range list {
		ends[key(x)]++
	}
	sum := int32(0)
	for k := range ends {
		next[k] = sum
		sum += ends[k]
		ends[k] = sum
	}
	for k := range n {
		for next[k] < ends[k] {
			// What lies here goes where it belongs, until that is here.
			at := next[k]
			for to := key(list[at]); to != k; to = key(list[at]) {
				list[at], list[next[to]] = list[next[to]], list[at]
				next[to]++
			}
			next[k]++
		}
	}
	return ends
}

// connect numbers the components of the nodes from 0, and returns how many
// there are.
func (p *People) connect(nodes []int32, links []link) (number []int32, count int32) {
	root := p.scratch.roots
	for _, i := range nodes {
		root[i] = i
	}
	for _, l := range links {
		a, b := find(root, l.a), find(root, l.b)
		root[max(a, b)] = min(a, b)
	}
	number = p.scratch.numbers
	for _, i := range nodes {
		if root[i] == i {
			number[i] = count
			count++
		}
	}
	for _, i := range nodes {
		number[i] = number[find(root, i)]
	}
	return number, count
}

// find returns the root of i, and shortens the way there.
func find(parent []int32, i int32) int32 {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// reserve makes room for so many nodes and edges.
func (c *components) reserve(nodes, links int) {
	c.members = make([]int32, 0, nodes)
	c.edges = edges{
		a: make([]int32, 0, links), b: make([]int32, 0, links),
		first: make([]int64, 0, links), last: make([]int64, 0, links),
		kind: make([]int32, 0, links), fate: make([]uint8, 0, links),
	}
}

// store keeps a component that was resolved.
func (c *components) store(nodes []int32, links []link, fates []uint8) int32 {
	b := block{int32(len(c.members)), int32(len(nodes)), int32(len(c.edges.a)), int32(len(links))}
	c.members = append(c.members, nodes...)
	for i, l := range links {
		c.edges.append(l, fates[i])
	}
	if n := len(c.free); n > 0 {
		number := c.free[n-1]
		c.free = c.free[:n-1]
		c.blocks[number] = b
		return number
	}
	c.blocks = append(c.blocks, b)
	return int32(len(c.blocks) - 1)
}

func (e *edges) append(l link, fate uint8) {
	e.a = append(e.a, l.a)
	e.b = append(e.b, l.b)
	e.first = append(e.first, l.first)
	e.last = append(e.last, l.last)
	e.kind = append(e.kind, l.kind)
	e.fate = append(e.fate, fate)
}

func (e *edges) at(i int32) link {
	return link{a: e.a[i], b: e.b[i], kind: e.kind[i], first: e.first[i], last: e.last[i]}
}

// drop forgets a component.
func (c *components) drop(number int32) {
	b := &c.blocks[number]
	c.dead += int(b.members) + int(b.edges)
	*b = block{}
	c.free = append(c.free, number)
}

func (c *components) nodesOf(number int32) []int32 {
	b := c.blocks[number]
	return c.members[b.member : b.member+b.members]
}

// compact gives the room of forgotten components back once it is half of all,
// so that its cost is shared by those that were forgotten.
func (p *People) compact() {
	c := &p.components
	if all := len(c.members) + len(c.edges.a); c.dead < 1024 || 2*c.dead < all {
		return
	}
	fresh := components{blocks: c.blocks, free: c.free}
	for number, b := range c.blocks {
		if b.members == 0 {
			continue
		}
		moved := block{int32(len(fresh.members)), b.members, int32(len(fresh.edges.a)), b.edges}
		fresh.members = append(fresh.members, c.nodesOf(int32(number))...)
		for i := b.edge; i < b.edge+b.edges; i++ {
			fresh.edges.append(c.edges.at(i), c.edges.fate[i])
		}
		for _, i := range fresh.members[moved.member:] {
			p.nodes.run[i] += moved.member - b.member
		}
		fresh.blocks[number] = moved
	}
	p.components = fresh
}
