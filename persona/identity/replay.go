package identity

import (
	"cmp"
	"slices"
)

// replay resolves one component from all of its links: Kruskal's algorithm with
// constraints. Links are taken in a total order, and one that would break a
// rule is refused; groups only grow, so it would break it at the end too.
func (p *People) replay(nodes []int32, links []link) {
	links = dedupe(links, p.evidence.scores)
	for i, l := range links {
		a, b := p.priority(l.a), p.priority(l.b)
		links[i].rank = int32((a+b)*(maxPriority+1) + max(a, b))
	}
	slices.SortFunc(links, p.compareLinks)
	g := p.scratch.groups(p, nodes)
	fates := p.scratch.fates(len(links))
	for _, i := range nodes {
		p.nodes.contested[i] = false
	}
	for i, l := range links {
		if fates[i] = g.join(l.a, l.b); fates[i] >= byCannot {
			p.contest(l.a, l.b)
		}
	}
	p.settle(nodes, g)
	number := p.components.store(nodes, links, fates)
	start := p.components.blocks[number].member
	for k, i := range nodes {
		p.nodes.component[i] = number
		if p.nodes.person[i] == i {
			p.nodes.size[i] = 0
		}
		if k == 0 || p.nodes.person[nodes[k-1]] != p.nodes.person[i] {
			p.nodes.run[p.nodes.person[i]] = start + int32(k)
		}
	}
	for _, i := range nodes {
		p.nodes.size[p.nodes.person[i]]++
	}
}

// dedupe makes one link of all between the same nodes.
func dedupe(links []link, scores []scored) []link {
	slices.SortFunc(links, func(x, y link) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	unique := links[:0]
	for _, l := range links {
		n := len(unique) - 1
		if n < 0 || unique[n].a != l.a || unique[n].b != l.b {
			unique = append(unique, l)
			continue
		}
		u := &unique[n]
		u.first, u.last = min(u.first, l.first), max(u.last, l.last)
		if compareKinds(l.kind, u.kind, scores) < 0 {
			u.kind = l.kind
		}
	}
	return unique
}

// compareKinds orders links by how sure they are; see [Resolve].
func compareKinds(a, b int32, scores []scored) int {
	if a >= kindMatch && b >= kindMatch {
		return cmp.Compare(scores[b-kindMatch].score, scores[a-kindMatch].score)
	}
	return cmp.Compare(a, b)
}

// compareLinks is the total order in which links are judged; see [Resolve].
func (p *People) compareLinks(x, y link) int {
	if x.kind != y.kind {
		if c := compareKinds(x.kind, y.kind, p.evidence.scores); c != 0 {
			return c
		}
	}
	if x.rank != y.rank {
		return cmp.Compare(x.rank, y.rank)
	}
	c := cmp.Compare(x.first, y.first)
	if p.rules.Owner == Latest {
		c = cmp.Compare(y.last, x.last)
	}
	if c != 0 {
		return c
	}
	x, y = p.oriented(x), p.oriented(y)
	return cmp.Or(p.compareNodes(x.a, y.a), p.compareNodes(x.b, y.b))
}

// oriented returns a link whose ends are in canonical order.
func (p *People) oriented(l link) link {
	if p.compareNodes(l.a, l.b) > 0 {
		l.a, l.b = l.b, l.a
	}
	return l
}

// settle says who founded each person, and brings the nodes of each person
// together, the strongest first.
func (p *People) settle(nodes []int32, g *groups) {
	count := int32(0)
	for _, i := range nodes {
		root := g.root(i)
		switch oldest := g.founder[root]; {
		case oldest < 0:
			g.founder[root], g.number[root] = i, count
			count++
		case p.older(i, oldest) < 0:
			g.founder[root] = i
		}
	}
	for _, i := range nodes {
		p.nodes.person[i] = g.founder[g.root(i)]
	}
	if count == 1 {
		slices.SortFunc(nodes, p.stronger)
		return
	}
	start := int32(0)
	for _, end := range bucket(nodes, count, func(i int32) int32 { return g.number[g.root(i)] }) {
		slices.SortFunc(nodes[start:end], p.stronger)
		start = end
	}
}

// groups are the groups of a component's nodes while links join them, as
// columns by the place of a node in the component.
type groups struct {
	p       *People
	nodes   []int32
	place   []int32 // of each node of all
	parent  []int32
	founder []int32 // of roots at the end, else -1
	number  []int32 // of roots at the end
	size    []int32
	counts  []uint16 // of each limit: values that count
	limits  int
	barred  map[int32][]ruling // of roots: the cannot-links of the group; nil if the component has none
}

// groups puts each node into a group of its own.
func (s *scratch) groups(p *People, nodes []int32) *groups {
	g := &s.group
	g.p, g.nodes, g.limits, g.barred = p, nodes, len(p.rules.limits), nil
	g.place = s.place
	g.parent, g.founder, g.number, g.size = g.parent[:0], g.founder[:0], g.number[:0], g.size[:0]
	g.counts = slices.Grow(g.counts[:0], len(nodes)*g.limits)[:len(nodes)*g.limits]
	clear(g.counts)
	for k, i := range nodes {
		g.place[i] = int32(k)
		g.parent = append(g.parent, int32(k))
		g.founder = append(g.founder, -1)
		g.number = append(g.number, 0)
		g.size = append(g.size, 1)
		for l := p.rules.spaces[p.nodes.space[i]].from; l < p.rules.spaces[p.nodes.space[i]].to; l++ {
			if p.nodes.last[i] > p.windows[l] {
				g.counts[k*g.limits+l] = 1
			}
		}
		if barred := p.rulings.cannot[i]; len(barred) > 0 {
			if g.barred == nil {
				g.barred = map[int32][]ruling{}
			}
			g.barred[int32(k)] = barred
		}
	}
	return g
}

func (g *groups) root(node int32) int32 { return find(g.parent, g.place[node]) }

// join brings the groups of two nodes together unless a rule forbids it.
func (g *groups) join(a, b int32) uint8 {
	x, y := g.root(a), g.root(b)
	if x == y {
		return spare
	}
	if fate := g.refuse(x, y); fate != joined {
		return fate
	}
	if g.size[x] < g.size[y] {
		x, y = y, x
	}
	g.parent[y] = x
	g.size[x] += g.size[y]
	for l := range g.limits {
		g.counts[int(x)*g.limits+l] += g.counts[int(y)*g.limits+l]
	}
	if bars := g.barred[y]; len(bars) > 0 {
		g.barred[x] = append(slices.Clip(g.barred[x]), bars...)
	}
	return joined
}

// refuse says which rule two groups would break as one. Verdicts come first,
// then limits in the order of the rules, then the size.
func (g *groups) refuse(x, y int32) uint8 {
	few, root := g.barred[x], y
	if other := g.barred[y]; len(other) < len(few) {
		few, root = other, x
	}
	for _, r := range few {
		if g.holds(r.b) && g.root(r.b) == root {
			return byCannot
		}
	}
	for l := range g.limits {
		if int(g.counts[int(x)*g.limits+l])+int(g.counts[int(y)*g.limits+l]) > g.p.rules.limits[l].Max {
			// A group may hold a value beyond a limit of 0, but only alone.
			return byLimit + uint8(l)
		}
	}
	if int(g.size[x]+g.size[y]) > g.p.rules.MaxIDs {
		return bySize
	}
	return joined
}

// holds reports whether a node is in the component: its place may be one of an
// earlier component.
func (g *groups) holds(node int32) bool {
	k := int(g.place[node])
	return k < len(g.nodes) && g.nodes[k] == node
}
