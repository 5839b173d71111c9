package funnel

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/stats"
)

// matchup puts each segment of a report beside what it is compared with.
type matchup struct {
	search     LeakSearch
	report     *Report
	breakdowns []string
}

// sides is how many units of a segment, and of its reference, reached each
// step.
type sides struct{ segment, reference []int64 }

// cells returns all segments and steps with their rates and guards, not yet
// tested.
func (m matchup) cells() ([]Cell, error) {
	rows, err := m.rows("")
	if err != nil {
		return nil, err
	}
	guards, err := m.guards()
	if err != nil {
		return nil, err
	}
	f := m.report.Counts.Funnel()
	alike := m.alike()
	cells := []Cell{}
	for _, row := range rows {
		for k := m.firstStep(f); k < len(f.Steps); k++ {
			cell := Cell{Labels: row.labels, Step: k + 1, From: f.Steps[k-1].Name, Name: f.Steps[k].Name, DesignEffect: alike[k-1]}
			if len(m.search.Targets) > 0 {
				target, ok := m.search.Targets[cell.Name]
				if !ok {
					continue
				}
				cell.against(target, row.segment, k)
			} else {
				cell.compare(row.sides, k)
				for _, g := range guards {
					cell.Guards = append(cell.Guards, g.look(row.key, k, cell.Drop))
				}
			}
			cells = append(cells, cell)
		}
	}
	return cells, nil
}

// alike returns for each step from the second on by what its counts are to be
// divided, since units of one user are alike. It is one number for all segments:
// those of a user may be in several.
func (m matchup) alike() []float64 {
	alike := make([]float64, len(m.report.Counts.Funnel().Steps)-1)
	for i, effect := range m.report.DesignEffects() {
		alike[i] = 1
		if m.search.Clustered && effect != nil {
			alike[i] = max(1, *effect)
		}
	}
	return alike
}

// firstStep returns the index of the first step to test: a value as of a step
// says that the step was made.
func (m matchup) firstStep(f Funnel) int {
	first := 1
	for _, b := range f.Breakdowns {
		if b.By == AtStep && slices.Contains(m.breakdowns, b.Name) {
			first = max(first, b.Step)
		}
	}
	return first
}

// matched is a segment, or the part of it with one value of a guard.
type matched struct {
	labels []string
	key    string // of the segment, without the guard
	sides
}

// rows returns the segments to test, in order; with a guard, their parts by the
// guard's values. Those with an unknown value, and those that are the
// reference, are left out.
func (m matchup) rows(guard string) ([]matched, error) {
	names := m.breakdowns
	if guard != "" {
		names = append(slices.Clip(names), guard)
	}
	rows, err := m.report.Counts.By(m.report.Maturity, names...)
	if err != nil {
		return nil, err
	}
	reference, err := m.reference(rows, names)
	if err != nil {
		return nil, err
	}
	var parts []matched
	for _, row := range rows {
		segment := row.Labels[:len(m.breakdowns)]
		if !allKnown(segment) || m.isReference(segment) {
			continue
		}
		labels := make([]string, len(segment))
		for i, l := range segment {
			labels[i] = l.String()
		}
		parts = append(parts, matched{labels, keyOf(segment), sides{row.Reached, reference(row)}})
	}
	return parts, nil
}

func allKnown(labels []Label) bool {
	return !slices.ContainsFunc(labels, func(l Label) bool { return !l.Known })
}

func (m matchup) isReference(segment []Label) bool {
	return slices.ContainsFunc(segment, func(l Label) bool { return l.Known && l.String() == m.search.Against })
}

// reference returns the function that finds what a row is compared with.
func (m matchup) reference(rows []Row, names []string) (func(Row) []int64, error) {
	none := make([]int64, len(m.report.Counts.Funnel().Steps))
	switch {
	case len(m.search.Targets) > 0:
		return func(Row) []int64 { return none }, nil
	case m.search.Before != nil:
		before, err := m.search.Before.Counts.By(m.search.Before.Maturity, names...)
		if err != nil {
			return nil, err
		}
		return lookUp(before, none, func(labels []Label) []Label { return labels }), nil
	case m.search.Against != "":
		return lookUp(rows, none, m.turned), nil
	}
	return m.rest(rows, none), nil
}

func lookUp(rows []Row, none []int64, turned func([]Label) []Label) func(Row) []int64 {
	reached := make(map[string][]int64, len(rows))
	for _, row := range rows {
		reached[keyOf(row.Labels)] = row.Reached
	}
	return func(row Row) []int64 {
		if found := reached[keyOf(turned(row.Labels))]; found != nil {
			return found
		}
		return none
	}
}

// turned returns the labels with that of Against in place of its namesake.
func (m matchup) turned(labels []Label) []Label {
	name, value, _ := strings.Cut(m.search.Against, "=")
	turned := slices.Clone(labels)
	for i, l := range turned {
		if l.Name == name {
			turned[i] = Label{name, value, true}
		}
	}
	return turned
}

// rest compares a row with all other units, of the same value of a guard if
// there is one.
func (m matchup) rest(rows []Row, none []int64) func(Row) []int64 {
	sums := map[string][]int64{}
	part := func(row Row) string { return keyOf(row.Labels[len(m.breakdowns):]) }
	for _, row := range rows {
		sum := sums[part(row)]
		if sum == nil {
			sum = slices.Clone(none)
			sums[part(row)] = sum
		}
		for k, n := range row.Reached {
			sum[k] += n
		}
	}
	return func(row Row) []int64 {
		rest := slices.Clone(sums[part(row)])
		for k, n := range row.Reached {
			rest[k] -= n
		}
		return rest
	}
}

// compare sets the rates of step index k and what follows from them.
func (c *Cell) compare(s sides, k int) {
	last := len(s.reference) - 1
	c.Rate, c.Reference = NewRate(s.segment[k], s.segment[k-1]), NewRate(s.reference[k], s.reference[k-1])
	d, ok := stats.Difference(c.effective(c.Reference), c.effective(c.Rate), intervalZ)
	if !ok {
		return
	}
	c.Drop = &Difference{c.Reference.Value - c.Rate.Value, d.Low, d.High}
	c.Lost = float64(c.Rate.Of) * max(0, c.Drop.Low)
	if rest := NewRate(s.reference[last], s.reference[k]); rest != nil {
		c.LostConversions = new(c.Lost * rest.Value)
	}
}

// against compares the rate of step index k with a target, whose later steps
// are those of the segment.
func (c *Cell) against(target float64, segment []int64, k int) {
	last := len(segment) - 1
	c.Rate, c.Reference = NewRate(segment[k], segment[k-1]), &Rate{Value: target, Low: target, High: target}
	if c.Rate == nil {
		return
	}
	low, high := c.effective(c.Rate).Wilson(intervalZ)
	c.Drop = &Difference{target - c.Rate.Value, target - high, target - low}
	c.Lost = float64(c.Rate.Of) * max(0, c.Drop.Low)
	if rest := NewRate(segment[last], segment[k]); rest != nil {
		c.LostConversions = new(c.Lost * rest.Value)
	}
}

// effective returns the counts of as many independent units as the rate is
// worth; nothing for no rate.
func (c *Cell) effective(r *Rate) stats.Proportion {
	switch {
	case r == nil:
		return stats.Proportion{}
	case c.DesignEffect == 1:
		return r.proportion()
	}
	return stats.Proportion{
		Hits: int64(math.Round(float64(r.Hits) / c.DesignEffect)),
		Of:   int64(math.Round(float64(r.Of) / c.DesignEffect)),
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
