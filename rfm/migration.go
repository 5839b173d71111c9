package rfm

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/internal/wire"
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

// Path is the labels of one customer on the way from one snapshot to the
// next; "" is none. [Migrate] says which steps lie between them.
type Path struct {
	Before string // as they were
	Aged   string // once time has passed
	Acted  string // once what they did counts
	After  string // once the measure is the new one
}

// Cause returns the steps at which the label changed. A customer can change
// and come back.
func (p Path) Cause() (c Cause) {
	if p.Before != p.Aged {
		c |= ByTime
	}
	if p.Aged != p.Acted {
		c |= ByBehaviour
	}
	if p.Acted != p.After {
		c |= ByRecut
	}
	return c
}

// steps is a path, or just its two ends where the rest is not known.
type steps struct {
	Path

	known bool
}

// Cause is a set of reasons for a move: a sum of ByTime, ByBehaviour and
// ByRecut.
type Cause uint8

// Why a label changes: days went by, the customer did something, or the cuts
// moved. A new customer moves by behaviour.
const (
	ByTime Cause = 1 << iota
	ByBehaviour
	ByRecut
)

// String returns the names of the reasons, such as "time+recut"; "none" for
// the empty set.
func (c Cause) String() string {
	var names []string
	for i, name := range []string{"time", "behaviour", "recut"} {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, "+")
}

// Causes counts customers by the cause of their move.
type Causes [8]int

// Only returns how many moved for c and nothing else.
func (n Causes) Only(c Cause) int { return n[c&7] }

// MarshalJSON writes the counts that are not zero by the names of the causes.
func (n Causes) MarshalJSON() ([]byte, error) {
	counts := map[string]int{}
	for c, count := range n {
		if count != 0 {
			counts[Cause(c).String()] = count
		}
	}
	return json.Marshal(counts) // sorts its keys
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

// MarshalJSON writes the moments, the summary, the flows and the cells: a
// report, which is not read back.
func (m *Migration) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Before  time.Time `json:"before,omitzero"`
		After   time.Time `json:"after,omitzero"`
		Summary Summary   `json:"summary"`
		Flows   []Flow    `json:"flows"`
		Cells   []Cell    `json:"cells"`
	}{m.Before, m.After, m.Summary(), m.Flows(), m.Cells()})
}

// migrationVersion is the first byte of a marshalled migration.
const migrationVersion = 1

// MarshalBinary returns the migration as bytes, for another machine to read.
// Equal migrations give equal bytes; moments are kept to the microsecond.
func (m *Migration) MarshalBinary() ([]byte, error) {
	data := []byte{migrationVersion}
	data = wire.AppendTime(data, m.Before)
	data = wire.AppendTime(data, m.After)
	data = wire.AppendUint(data, uint64(len(m.paths)))
	for _, s := range slices.SortedFunc(maps.Keys(m.paths), steps.compare) {
		data = wire.AppendString(data, s.Before)
		data = wire.AppendString(data, s.After)
		if s.known {
			data = append(data, 1)
			data = wire.AppendString(data, s.Aged)
			data = wire.AppendString(data, s.Acted)
		} else {
			data = append(data, 0)
		}
		data = wire.AppendUint(data, uint64(m.paths[s]))
	}
	return data, nil
}

// UnmarshalBinary replaces m by what [Migration.MarshalBinary] wrote. m stays
// as it was if there is an error.
func (m *Migration) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	if version := r.Bytes(1); len(version) == 1 && version[0] != migrationVersion {
		return fmt.Errorf("rfm: migration of version %d: want %d", version[0], migrationVersion)
	}
	read := Migration{Before: r.Time(), After: r.Time()}
	n := r.Count()
	var last steps
	for i := 0; i < n && r.Err() == nil; i++ {
		s := steps{Path: Path{Before: r.String(), After: r.String()}}
		if s.known = r.UintUpTo(1) == 1; s.known {
			s.Aged, s.Acted = r.String(), r.String()
		}
		count := int(r.UintUpTo(math.MaxInt32))
		if r.Err() == nil && (i > 0 && last.compare(s) >= 0 || count == 0 || s.Before == "" && s.After == "") {
			r.Fail("move from %q to %q out of order or of nobody", s.Before, s.After)
		}
		last = s
		read.add(s, count)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("rfm: not a migration: %w", err)
	}
	*m = read
	return nil
}

func (s steps) compare(o steps) int {
	known := 0
	switch {
	case s.known && !o.known:
		known = 1
	case !s.known && o.known:
		known = -1
	}
	return cmp.Or(
		cmp.Compare(s.Before, o.Before), cmp.Compare(s.After, o.After), known,
		cmp.Compare(s.Aged, o.Aged), cmp.Compare(s.Acted, o.Acted),
	)
}
