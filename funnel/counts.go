package funnel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/names"
)

// Counts are the counts of one funnel, from which reports are made. They are an
// accumulator: counts of different users merge in any order, and give the same
// bytes. A user's events must all be counted in one of them.
type Counts struct {
	// Users is how many users had an event, also those who never entered.
	Users int64
	// Units is how many users, sessions or attempts there were, by Funnel.By;
	// those without an entry are NotEntered of them. Attempts always have one.
	Units, NotEntered int64
	// AfterAsOf is how many events were set aside, since they came after
	// Source.AsOf.
	AfterAsOf int64

	funnel Funnel
	asOf   int64 // microseconds since 1970; noAsOf if there is none
	cells  map[string]*cell
	// spreads are kept where units are not users.
	spreads map[spreadKey]*Spread
	version int // rises when cells are replaced
}

func newCounts(f Funnel, asOf int64) *Counts {
	return &Counts{funnel: f, asOf: asOf, cells: map[string]*cell{}, spreads: map[spreadKey]*Spread{}}
}

// cell counts the units with one combination of labels.
type cell struct {
	labels []Label
	// whole are units whose window was over at AsOf, open those whose window
	// was not.
	whole, open Tally
}

// Maturity says which units are looked at.
type Maturity uint8

const (
	// Everybody counts all units, also those whose window is open: they can
	// only look bad.
	Everybody Maturity = iota
	// Mature leaves out the units whose window was open at Source.AsOf, whether
	// they had completed the funnel or not.
	Mature
	// Immature has only those.
	Immature
)

var maturities = names.Names{Package: "funnel", Type: "Maturity", What: "maturity", List: []string{"everybody", "mature", "immature"}}

// String returns the lower-case name of m, such as "mature".
func (m Maturity) String() string { return maturities.Of(uint8(m)) }

// MarshalText writes m as [Maturity.String] does; what is none is an error.
func (m Maturity) MarshalText() ([]byte, error) { return maturities.Marshal(uint8(m)) }

// UnmarshalText reads what [Maturity.String] writes; any other text is an error, and
// leaves m as it was.
func (m *Maturity) UnmarshalText(text []byte) error {
	i, err := maturities.Unmarshal(text)
	if err == nil {
		*m = Maturity(i)
	}
	return err
}

// Row are the units with the same values of some breakdowns.
type Row struct {
	Labels []Label
	Tally
}

// Funnel returns what was counted. It must not be changed.
func (c *Counts) Funnel() Funnel { return c.funnel }

// Total returns the units whatever their labels.
func (c *Counts) Total(m Maturity) Tally {
	total := newTally(len(c.funnel.Steps))
	for _, cell := range c.cells {
		cell.addTo(&total, m)
	}
	return total
}

// By returns the units by the values of one or more breakdowns, in ascending
// order of the values; an unknown value comes first. Rows without units are left
// out. A name that the funnel does not break down by is an error, as is one that
// is given twice.
func (c *Counts) By(m Maturity, names ...string) ([]Row, error) {
	places := make([]int, len(names))
	for i, name := range names {
		places[i] = c.place(name)
		if places[i] < 0 {
			return nil, fmt.Errorf("funnel: counts are not broken down by %q", name)
		}
		if slices.Contains(places[:i], places[i]) {
			return nil, fmt.Errorf("funnel: breakdown %q is asked for twice", name)
		}
	}
	rows := map[string]*Row{}
	for _, cell := range c.cells {
		labels := make([]Label, len(places))
		for i, p := range places {
			labels[i] = cell.labels[p]
		}
		key := keyOf(labels)
		row := rows[key]
		if row == nil {
			row = &Row{Labels: labels, Tally: newTally(len(c.funnel.Steps))}
			rows[key] = row
		}
		cell.addTo(&row.Tally, m)
	}
	return sortRows(rows), nil
}

// place returns which breakdown has a name; -1 if none.
func (c *Counts) place(name string) int {
	return slices.IndexFunc(c.funnel.Breakdowns, func(b Breakdown) bool { return b.Name == name })
}

// cell returns the cell of some labels, a new one if there is none.
func (c *Counts) cell(labels []Label) *cell {
	key := keyOf(labels)
	found := c.cells[key]
	if found == nil {
		steps := len(c.funnel.Steps)
		found = &cell{labels: labels, whole: newTally(steps), open: newTally(steps)}
		c.cells[key] = found
	}
	return found
}

func sortRows(rows map[string]*Row) []Row {
	sorted := make([]Row, 0, len(rows))
	for _, row := range rows {
		if row.Reached[0] > 0 || row.Excluded > 0 {
			sorted = append(sorted, *row)
		}
	}
	slices.SortFunc(sorted, func(a, b Row) int { return compareLabels(a.Labels, b.Labels) })
	return sorted
}

func (c *cell) addTo(t *Tally, m Maturity) {
	if m != Immature {
		t.add(&c.whole)
	}
	if m != Mature {
		t.add(&c.open)
	}
}

// keyOf returns a text that no other values of the same breakdowns have.
func keyOf(labels []Label) string {
	var key []byte
	for _, l := range labels {
		key = appendValue(key, l.Value, l.Known)
	}
	return string(key)
}

func compareLabels(a, b []Label) int {
	return slices.CompareFunc(a, b, func(x, y Label) int {
		return cmp.Or(compareBools(x.Known, y.Known), strings.Compare(x.Value, y.Value))
	})
}
