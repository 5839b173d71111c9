package main

import (
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/funnel/journey"
)

// How much of the paths is told.
const (
	pathDepth = 4 // events of a path
	pathWidth = 4 // events at each place of a path, beside the others
	topPaths  = 10
)

// ways are the paths through the sessions.
type ways struct {
	// untold says why there are none; the rest is then empty.
	untold string
	counts *journey.PathCounts
	top    journey.TopPaths
	sankey journey.Sankey
}

// walk counts the paths of sessions. What paths can't be made of leaves the rest
// of the loop as it is.
func (c *conversion) walk() error {
	w := &c.ways
	var err error
	w.counts, err = journey.CountPaths(journey.Paths{By: funnel.BySession, Collapse: true, Depth: pathDepth}, c.source, c.rows)
	if err != nil {
		c.ways = ways{untold: err.Error()}
		return nil
	}
	if w.top, err = w.counts.Top(topPaths); err != nil {
		return err
	}
	w.sankey, err = w.counts.Sankey(pathWidth)
	return err
}

// pathsSection says which ways were taken.
type pathsSection struct {
	// Reason says why nothing could be counted; the rest is then empty.
	Reason string `json:"reason,omitzero"`
	// Counted is what has a path, and Paths how many there are, of Depth events
	// at most. An event that comes several times in a row counts once.
	Counted string          `json:"counted"`
	Paths   int64           `json:"paths"`
	Depth   int             `json:"depth"`
	Top     []journey.Path  `json:"top"`
	Sankey  *journey.Sankey `json:"sankey"`
}

func (c *conversion) pathsSection() pathsSection {
	w := &c.ways
	if w.untold != "" {
		return pathsSection{Reason: w.untold, Top: []journey.Path{}}
	}
	return pathsSection{
		Counted: units(funnel.BySession), Paths: w.counts.Paths(), Depth: pathDepth, Top: w.top.Top, Sankey: &w.sankey,
	}
}
