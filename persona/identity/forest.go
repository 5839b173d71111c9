package identity

import "slices"

// forest finds ways through one component. The links that joined groups make a
// tree of each person, so there is one way between any two identifiers of it,
// and it was there from the moment on when both were in one group.
type forest struct {
	*People
	block block
	place map[int32]int32 // of each node of the component
	start []int32         // where its links begin in edge
	edge  []int32         // the links that joined, by node
}

func (p *People) forest(component int32) *forest {
	f := &forest{People: p, block: p.components.blocks[component], place: map[int32]int32{}}
	nodes := p.components.nodesOf(component)
	for k, i := range nodes {
		f.place[i] = int32(k)
	}
	e := &p.components.edges
	f.start = make([]int32, len(nodes)+1)
	f.eachJoined(func(i int32) {
		f.start[f.place[e.a[i]]+1]++
		f.start[f.place[e.b[i]]+1]++
	})
	for k := range nodes {
		f.start[k+1] += f.start[k]
	}
	f.edge = make([]int32, f.start[len(nodes)])
	next := slices.Clone(f.start)
	f.eachJoined(func(i int32) {
		for _, node := range [...]int32{e.a[i], e.b[i]} {
			k := f.place[node]
			f.edge[next[k]] = i
			next[k]++
		}
	})
	return f
}

func (f *forest) eachJoined(yield func(edge int32)) {
	for i := f.block.edge; i < f.block.edge+f.block.edges; i++ {
		if f.components.edges.fate[i] == joined {
			yield(i)
		}
	}
}

// group is what was joined to a node before a link was judged.
type group struct {
	nodes []int32
	by    map[int32]int32 // the link that leads from each node towards the first
}

// group returns the group of a node when the edge with a number was judged.
func (f *forest) group(node, before int32) group {
	g := group{nodes: []int32{node}, by: map[int32]int32{node: -1}}
	for k := 0; k < len(g.nodes); k++ {
		at := f.place[g.nodes[k]]
		for _, i := range f.edge[f.start[at]:f.start[at+1]] {
			if i >= before {
				break // they are in the order in which they were judged
			}
			other := f.otherEnd(i, g.nodes[k])
			if _, ok := g.by[other]; !ok {
				g.by[other] = i
				g.nodes = append(g.nodes, other)
			}
		}
	}
	return g
}

func (f *forest) otherEnd(edge, node int32) int32 {
	if a := f.components.edges.a[edge]; a != node {
		return a
	}
	return f.components.edges.b[edge]
}

// path returns the links from the first node of a group to one of the others.
func (f *forest) path(g group, to int32) []Link {
	var path []Link
	for g.by[to] >= 0 {
		edge := g.by[to]
		to = f.otherEnd(edge, to)
		path = append(path, f.linkOf(edge, to))
	}
	slices.Reverse(path)
	return path
}
