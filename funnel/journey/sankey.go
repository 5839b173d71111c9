package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Sankey is a flow diagram of paths, as chart libraries take it: the events at
// each position, and how many paths go from one to the next. At each node
//
//	Paths = inflow + Starts = outflow + Drop
//
// and the Starts of all nodes sum to the number of paths, as the Drops do.
type Sankey struct {
	Nodes []SankeyNode `json:"nodes"`
	Links []SankeyLink `json:"links"`
}

// SankeyNode is an event at a position.
type SankeyNode struct {
	// Position counts from 0, at the beginning of the paths or at an anchor. Up
	// to an anchor it is negative.
	Position int `json:"position"`
	// Event is its name; empty for Other, but not only then.
	Event string `json:"event"`
	// Other says that the node is all events at the position that are not among
	// the top ones.
	Other bool  `json:"other,omitzero"`
	Paths int64 `json:"paths"`
	// Starts is how many paths begin here, and Drop how many end.
	Starts int64 `json:"starts,omitzero"`
	Drop   int64 `json:"drop,omitzero"`
	// Beyond is how many of the Drop go on, beyond Depth. Up to an anchor it is
	// how many of the Starts have earlier events.
	Beyond int64 `json:"beyond,omitzero"`
}

// SankeyLink is how many paths go from one node to another, by their indexes. It
// goes forward in time.
type SankeyLink struct {
	Source int   `json:"source"`
	Target int   `json:"target"`
	Value  int64 `json:"value"`
}

// Sankey returns the flow of all paths up to Depth. At each position the events
// with the most paths (then by name) are nodes of their own and the rest is one
// node, which comes last. A top below 1 is an error.
func (c *PathCounts) Sankey(top int) (Sankey, error) {
	if top < 1 {
		return Sankey{}, fmt.Errorf("journey: the top %d: want 1 or more", top)
	}
	s := Sankey{Nodes: []SankeyNode{}, Links: []SankeyLink{}}
	number := make([]int, len(c.nodes)) // of the diagram's node of each node
	for depth, nodes := range c.layers() {
		c.addLayer(&s, depth, nodes, top, number)
	}
	links := map[[2]int]int64{}
	for i := 1; i < len(c.nodes); i++ {
		n := &c.nodes[i]
		at := &s.Nodes[number[i]]
		at.Paths += n.all.paths
		at.Beyond += n.beyond.paths
		last, first := &at.Drop, &at.Starts
		from, to := number[n.parent], number[i]
		if c.paths.backward() {
			last, first = first, last
			from, to = to, from
		}
		*last += n.ended.paths + n.beyond.paths
		if n.parent == 0 {
			*first += n.all.paths
			continue
		}
		links[[2]int{from, to}] += n.all.paths
	}
	for ends, value := range links {
		s.Links = append(s.Links, SankeyLink{ends[0], ends[1], value})
	}
	slices.SortFunc(s.Links, func(a, b SankeyLink) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
	})
	return s, nil
}

// layers returns the nodes at each depth from 1, as indexes from 0.
func (c *PathCounts) layers() [][]int32 {
	var layers [][]int32
	for i := 1; i < len(c.nodes); i++ {
		depth := int(c.nodes[i].depth) - 1
		for len(layers) <= depth {
			layers = append(layers, nil)
		}
		layers[depth] = append(layers[depth], int32(i))
	}
	return layers
}

// addLayer adds the diagram's nodes at one position, and says which node belongs
// to which.
func (c *PathCounts) addLayer(s *Sankey, depth int, nodes []int32, top int, number []int) {
	paths := map[int32]int64{} // by code
	for _, i := range nodes {
		paths[c.nodes[i].code] += c.nodes[i].all.paths
	}
	codes := make([]int32, 0, len(paths))
	for code := range paths {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b int32) int {
		return cmp.Or(cmp.Compare(paths[b], paths[a]), strings.Compare(c.names[a], c.names[b]))
	})
	position := depth
	if c.paths.backward() {
		position = -depth
	}
	place := map[int32]int{}
	for rank, code := range codes {
		if rank < top {
			s.Nodes = append(s.Nodes, SankeyNode{Position: position, Event: c.names[code]})
		} else if rank == top {
			s.Nodes = append(s.Nodes, SankeyNode{Position: position, Other: true})
		}
		place[code] = len(s.Nodes) - 1
	}
	for _, i := range nodes {
		number[i] = place[c.nodes[i].code]
	}
}
