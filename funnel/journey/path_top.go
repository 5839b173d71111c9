package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// TopPaths are the most used paths and the rest.
type TopPaths struct {
	// Paths is how many paths there are in all: it is the sum of all below.
	Paths int64 `json:"paths"`
	// Top are those with the most users.
	Top []Path `json:"top"`
	// Other is how many paths are none of Top, and Different how many different
	// ones these are.
	Other     int64 `json:"other"`
	Different int   `json:"different"`
}

// Path is one way that users took.
type Path struct {
	// Events are the names, in order of time: at most Depth.
	Events []string `json:"events"`
	// Users is how many users took it, and Paths how often that was.
	Users int64 `json:"users"`
	Paths int64 `json:"paths"`
	// Share is Paths as a share of all paths.
	Share float64 `json:"share"`
	// Later says that there were further events, beyond Depth; up to an anchor,
	// Earlier says that there were earlier ones.
	Later   bool `json:"later,omitzero"`
	Earlier bool `json:"earlier,omitzero"`
}

// String returns the path with arrows, such as "search → product …".
func (p Path) String() string {
	text := strings.Join(p.Events, " → ")
	if p.Earlier {
		text = "… " + text
	}
	if p.Later {
		text += " …"
	}
	return text
}

// Top returns the paths with the most users, then the most paths, then in the
// order of their names, from where they are told apart. A negative n is an
// error.
func (c *PathCounts) Top(n int) (TopPaths, error) {
	if n < 0 {
		return TopPaths{}, fmt.Errorf("journey: the top %d: want 0 or more", n)
	}
	ends := c.ends()
	slices.SortStableFunc(ends, func(a, b end) int {
		return cmp.Or(cmp.Compare(b.users, a.users), cmp.Compare(b.paths, a.paths))
	})
	t := TopPaths{Paths: c.Paths(), Top: []Path{}, Other: c.Paths(), Different: max(0, len(ends)-n)}
	for _, e := range ends[:min(n, len(ends))] {
		t.Top = append(t.Top, Path{
			Events: c.eventsOf(e.node), Users: e.users, Paths: e.paths, Share: float64(e.paths) / float64(t.Paths),
			Later: e.more && !c.paths.backward(), Earlier: e.more && c.paths.backward(),
		})
		t.Other -= e.paths
	}
	return t, nil
}

// eventsOf returns the events of a node, in order of time.
func (c *PathCounts) eventsOf(i int32) []string {
	events := make([]string, 0, c.nodes[i].depth)
	for ; i > 0; i = c.nodes[i].parent {
		events = append(events, c.names[c.nodes[i].code])
	}
	if !c.paths.backward() {
		slices.Reverse(events)
	}
	return events
}

// end is where paths end: at a node, or beyond it.
type end struct {
	users, paths int64
	node         int32
	more         bool
}

// ends returns all ends in the order of names.
func (c *PathCounts) ends() []end {
	under := c.children(func(a, b int32) int { return strings.Compare(c.names[a], c.names[b]) })
	var ends []end
	var walk func(int32)
	walk = func(i int32) {
		if s := c.nodes[i].ended; s.times > 0 {
			ends = append(ends, end{s.users, s.paths, i, false})
		}
		if s := c.nodes[i].beyond; s.times > 0 {
			ends = append(ends, end{s.users, s.paths, i, true})
		}
		for _, child := range under[i] {
			walk(child)
		}
	}
	walk(0)
	return ends
}
