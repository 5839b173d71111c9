package rfm

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// Migration counts how many customers went from which label to which between
// two snapshots. [Migrate] and [MigrateLabels] make one. The zero value is
// ready to use too: add customers in any order, over as many migrations as you
// like, and merge them.
type Migration struct {
	// Before and After are the moments of the snapshots; zero if not known.
	Before, After time.Time

	paths map[steps]int
}

// steps is a path, or just its two ends where the rest is not known.
type steps struct {
	Path

	known bool
}

// Add counts a customer who went from a label to another one, for reasons not
// known. An empty from is new, an empty to is gone; if both are empty nothing
// is counted.
func (m *Migration) Add(from, to string) { m.add(steps{Path{Before: from, After: to}, false}, 1) }

// AddPath counts a customer whose labels are known at every step. If Before
// and After are empty nothing is counted.
func (m *Migration) AddPath(p Path) { m.add(steps{p, true}, 1) }

func (m *Migration) add(s steps, n int) {
	if s.Before == "" && s.After == "" {
		return
	}
	if m.paths == nil {
		m.paths = map[steps]int{}
	}
	m.paths[s] += n
}

// Merge adds all that was added to other, which stays as it is. Migrations
// between other moments don't merge.
func (m *Migration) Merge(other *Migration) error {
	if m == other {
		return errors.New("rfm: a migration can't be merged into itself")
	}
	if m.Before.UnixMicro() != other.Before.UnixMicro() || m.After.UnixMicro() != other.After.UnixMicro() {
		return fmt.Errorf("rfm: migration from %v to %v: want %v to %v", other.Before, other.After, m.Before, m.After)
	}
	for s, n := range other.paths {
		if m.paths[s] > math.MaxInt32-n {
			return fmt.Errorf("rfm: %d and %d customers from %q to %q: want at most %d", m.paths[s], n, s.Before, s.After, math.MaxInt32)
		}
	}
	for s, n := range other.paths {
		m.add(s, n)
	}
	return nil
}

// Cell is how many customers went from a label to another one, or stayed.
type Cell struct {
	// From is empty for customers who are new, To for those who are gone.
	From      string `json:"from,omitzero"`
	To        string `json:"to,omitzero"`
	Customers int    `json:"customers"`
	// By says why: it adds up to Customers. At cause 0 stand those for whom no
	// step changed the label, and those of whom only the ends are known.
	By Causes `json:"by"`
}

// Cells returns all moves that somebody made, and who stayed, in ascending
// order of From and To.
func (m *Migration) Cells() []Cell {
	cells := map[[2]string]*Cell{}
	for s, n := range m.paths {
		at := [2]string{s.Before, s.After}
		if cells[at] == nil {
			cells[at] = &Cell{From: s.Before, To: s.After}
		}
		cells[at].Customers += n
		cells[at].By[s.cause()] += n
	}
	list := make([]Cell, 0, len(cells))
	for _, c := range cells {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Cell) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return list
}

func (s steps) cause() Cause {
	if !s.known {
		return 0
	}
	return s.Cause()
}

// Summary is what a migration comes to: Before + New - Gone = After, and
// Before = Stayed + Moved + Gone.
type Summary struct {
	Before int `json:"before"`
	After  int `json:"after"`
	New    int `json:"new"`
	Gone   int `json:"gone"`
	Stayed int `json:"stayed"`
	Moved  int `json:"moved"`
	// By says why those in Moved did.
	By Causes `json:"by"`
}

// Summary adds all cells up.
func (m *Migration) Summary() (sum Summary) {
	for s, n := range m.paths {
		switch {
		case s.Before == "":
			sum.New += n
		case s.After == "":
			sum.Gone += n
		case s.Before == s.After:
			sum.Stayed += n
		default:
			sum.Moved += n
			sum.By[s.cause()] += n
		}
	}
	sum.Before = sum.Stayed + sum.Moved + sum.Gone
	sum.After = sum.Stayed + sum.Moved + sum.New
	return sum
}

// Flow is how a label grew or shrank: Before + Time + Behaviour + Recut +
// Unknown = After, where each summand is who came less who went at that step.
type Flow struct {
	Label     string `json:"label"`
	Before    int    `json:"before"`
	Time      int    `json:"time"`
	Behaviour int    `json:"behaviour"`
	Recut     int    `json:"recut"`
	// Unknown is the change by customers of whom only the ends are known.
	Unknown int `json:"unknown,omitzero"`
	After   int `json:"after"`
}

// Flows returns a flow for each label that anybody had at any step, in
// ascending order.
func (m *Migration) Flows() []Flow {
	flows := map[string]*Flow{}
	of := func(label string) *Flow {
		if flows[label] == nil {
			flows[label] = &Flow{Label: label}
		}
		return flows[label]
	}
	for s, n := range m.paths {
		of(s.Before).Before += n
		of(s.After).After += n
		if !s.known {
			of(s.Before).Unknown -= n
			of(s.After).Unknown += n
			continue
		}
		of(s.Before).Time -= n
		of(s.Aged).Time += n
		of(s.Aged).Behaviour -= n
		of(s.Acted).Behaviour += n
		of(s.Acted).Recut -= n
		of(s.After).Recut += n
	}
	delete(flows, "")
	list := make([]Flow, 0, len(flows))
	for _, label := range slices.Sorted(maps.Keys(flows)) {
		list = append(list, *flows[label])
	}
	return list
}

// Odds is how often a move was observed: Moved of the Of customers who had the
// label before.
type Odds struct {
	Moved int `json:"moved"`
	Of    int `json:"of"`
}

// Odds returns how many of those with the label from had the label to after;
// an empty to asks for those who were gone.
func (m *Migration) Odds(from, to string) (o Odds) {
	if m == nil || from == "" {
		return Odds{}
	}
	for s, n := range m.paths {
		if s.Before != from {
			continue
		}
		o.Of += n
		if s.After == to {
			o.Moved += n
		}
	}
	return o
}

// Rate returns the share that moved. ok is false if nobody was observed: that
// is not a rate of zero.
func (o Odds) Rate() (rate float64, ok bool) {
	if o.Of == 0 {
		return 0, false
	}
	return float64(o.Moved) / float64(o.Of), true
}

// String returns the odds in words, such as "12 of 40".
func (o Odds) String() string {
	if o.Of == 0 {
		return "not observed"
	}
	return fmt.Sprintf("%d of %d", o.Moved, o.Of)
}
