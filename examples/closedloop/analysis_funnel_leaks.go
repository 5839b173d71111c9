package main

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
)

// The split by period is for the hunt only; its name is none that a file has.
const (
	periodSplit  = "period looked at"
	periodBefore = "before"
	periodSince  = "since"
)

// What a leak must be.
const (
	leakAlpha   = 0.05 // the probability that any leak is named falsely, a step
	leastDrop   = 0.02 // below that it is not worth a look
	mostLeaks   = 5    // of a step
	twelfth     = 12   // the part of the period that is compared, if none is asked for
	leastPeriod = twelfth
)

// hunt is the search for leaks: segments that get less far than they did
// before.
type hunt struct {
	leaks []leak
	// tests is how many segments and steps were compared, and smallest the drop
	// that would have been seen in the largest of them; nil if in none.
	tests    int
	smallest *float64
}

// leak is a proven one.
type leak struct {
	cell    funnel.Cell
	segment trait
	// without are the segments that were left out, since they had been named
	// before.
	without []trait
	// peers are all segments of the same split at this step.
	peers []funnel.Cell
}

// trait is the value of a split; empty for all customers.
type trait struct{ split, value string }

func (t trait) String() string {
	if t == (trait{}) {
		return ""
	}
	return t.split + "=" + t.value
}

// lastTwelfth returns when the last twelfth of the local days from first to
// asOf begins; zero if there are too few.
func lastTwelfth(first, asOf time.Time, zone *time.Location) time.Time {
	y, m, d := first.In(zone).Date()
	day := func(n int) time.Time { return time.Date(y, m, d+n, 0, 0, 0, 0, zone) }
	days := 0
	for !day(days).After(asOf) {
		days++
	}
	if days < leastPeriod {
		return time.Time{}
	}
	return day(days - days/twelfth)
}

// search names leaks step by step. A fault in one segment shows in all that
// share customers with it, and most in itself: so the segment with the least P
// is named, left out, and the others looked at again.
func (c *conversion) search() error {
	if c.since.IsZero() {
		return nil
	}
	all, err := c.compare(nil)
	if err != nil {
		return err
	}
	first, err := c.suspects(all)
	if err != nil {
		return err
	}
	for step := 2; step <= len(c.attempts.Steps); step++ {
		report, suspects := all, first
		var named []trait
		for range mostLeaks {
			found, err := c.worst(report, suspects, step)
			if err != nil {
				return err
			}
			if found == nil {
				break
			}
			found.without = slices.Clone(named)
			c.hunt.leaks = append(c.hunt.leaks, *found)
			if found.segment == (trait{}) {
				break // everybody
			}
			named = append(named, found.segment)
			if report, err = c.compare(named); err != nil {
				return err
			}
			if suspects, err = c.suspects(report); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(c.hunt.leaks, func(x, y leak) int { return cmp.Compare(y.cell.Lost, x.cell.Lost) })
	return nil
}

// compare counts attempts by all splits and by whether they began before the
// part that is compared, without those of some segments.
func (c *conversion) compare(without []trait) (*funnel.Report, error) {
	f := c.brokenDown(c.attempts)
	f.Breakdowns = append(f.Breakdowns, funnel.Breakdown{Name: periodSplit})
	rows := c.rows
	if without != nil {
		rows = slices.DeleteFunc(slices.Clone(rows), func(e table.Event) bool {
			return slices.ContainsFunc(without, func(t trait) bool {
				value, ok := c.label(e, t.split)
				return ok && value == t.value
			})
		})
	}
	report, err := funnel.Count(f, c.source, rows)
	if err == nil {
		report.Maturity = funnel.Mature
	}
	return report, err
}

// terms are how strict the hunt is. The splits share what may be false: within
// one of them Holm's correction keeps its part.
func (c *conversion) terms(guards []string) funnel.LeakSearch {
	return funnel.LeakSearch{
		Against: periodSplit + "=" + periodBefore, Alpha: leakAlpha / float64(len(c.splits)+1), Correction: funnel.Holm,
		MinDrop: leastDrop, Clustered: true, Guards: guards,
	}
}

// suspects returns the segments of all splits, and all customers together, that
// do worse than before at some step, those first for which that is least likely
// to be chance. Of the first search it keeps how much it could see.
func (c *conversion) suspects(report *funnel.Report) ([]leak, error) {
	var list []leak
	tests, smallest := 0, (*float64)(nil)
	for _, name := range append([]string{""}, names(c.splits)...) {
		found, err := c.terms([]string{}).Find(report, withPeriod(name)...)
		if err != nil {
			return nil, err
		}
		tests += found.Tests
		for _, cell := range found.Cells {
			if cell.Smallest != nil && (smallest == nil || *cell.Smallest < *smallest) {
				smallest = cell.Smallest
			}
			if cell.Verdict == funnel.Leak {
				list = append(list, leak{cell: cell, segment: traitOf(cell, name)})
			}
		}
	}
	if c.hunt.tests == 0 {
		c.hunt.tests, c.hunt.smallest = tests, smallest
	}
	slices.SortStableFunc(list, func(x, y leak) int {
		return cmp.Or(cmp.Compare(*x.cell.P, *y.cell.P), cmp.Compare(y.cell.Drop.Low, x.cell.Drop.Low))
	})
	return list, nil
}

func withPeriod(name string) []string {
	if name == "" {
		return []string{periodSplit}
	}
	return []string{name, periodSplit}
}

// traitOf returns the value of a split that a cell is about.
func traitOf(cell funnel.Cell, split string) trait {
	if split == "" {
		return trait{}
	}
	return trait{split, strings.TrimPrefix(cell.Labels[0], split+"=")}
}

// worst returns the first suspect of a step that also does worse within the
// values of all other splits; nil if there is none.
func (c *conversion) worst(report *funnel.Report, suspects []leak, step int) (*leak, error) {
	for _, s := range suspects {
		if s.cell.Step != step {
			continue
		}
		found, err := c.terms(nil).Find(report, withPeriod(s.segment.split)...)
		if err != nil {
			return nil, err
		}
		s.peers = slices.DeleteFunc(found.Cells, func(cell funnel.Cell) bool { return cell.Step != step })
		for _, cell := range s.peers {
			if cell.Verdict == funnel.Leak && traitOf(cell, s.segment.split) == s.segment {
				s.cell = cell
				return &s, nil
			}
		}
	}
	return nil, nil
}

// leaksSection says where customers are lost.
type leaksSection struct {
	// Since is the first day that is compared with those before; empty if there
	// are too few. Counted is what was compared.
	Since   string `json:"since"`
	Counted string `json:"counted"`
	Tests   int    `json:"tests"`
	// Smallest is the least drop that would have been seen; null if none would.
	Smallest *float64 `json:"smallest"`
	// Proven are the leaks, those first that lose most. It is empty if none is
	// proven, which does not say that there is none.
	Proven []leakSection `json:"proven"`
	// Structural are all steps, lowest rate first: that may be in their nature.
	Structural []funnel.StructuralLeak `json:"structural"`
}

// leakSection is a segment that does worse at a step than it did before. Lost is
// how many it lost at least, and LostConversions how many of these would have
// made the last step; null if that can't be told.
type leakSection struct {
	// Segment is a label such as "channel=web", or empty for all customers that
	// Without leaves: segments that were named before.
	Segment         string            `json:"segment"`
	Without         []string          `json:"without"`
	From            string            `json:"from"`
	Step            string            `json:"step"`
	Before          funnel.Rate       `json:"before"`
	Since           funnel.Rate       `json:"since"`
	Drop            funnel.Difference `json:"drop"`
	P               float64           `json:"p"`
	Adjusted        float64           `json:"adjusted"`
	Lost            float64           `json:"lost"`
	LostConversions *float64          `json:"lostConversions"`
	Guards          []funnel.Guard    `json:"guards"`
	Because         string            `json:"because"`
}

func (c *conversion) leaksSection() (leaksSection, error) {
	structural, err := c.structural()
	s := leaksSection{
		Counted: units(c.attempts.By), Tests: c.hunt.tests, Smallest: c.hunt.smallest,
		Proven: []leakSection{}, Structural: structural,
	}
	if !c.since.IsZero() {
		s.Since = c.since.Format(time.DateOnly)
	}
	for _, l := range c.hunt.leaks {
		s.Proven = append(s.Proven, l.section())
	}
	return s, err
}

func (l leak) section() leakSection {
	cell := l.cell
	s := leakSection{
		Segment: l.segment.String(), Without: []string{}, From: cell.From, Step: cell.Name,
		Before: *cell.Reference, Since: *cell.Rate, Drop: *cell.Drop, P: *cell.P, Adjusted: *cell.Adjusted,
		Lost: cell.Lost, LostConversions: cell.LostConversions, Guards: cell.Guards, Because: cell.Because,
	}
	for _, t := range l.without {
		s.Without = append(s.Without, t.String())
	}
	return s
}

// structural ranks the steps of the whole funnel. Nothing is compared: that the
// report is set against itself only spares a breakdown.
func (c *conversion) structural() ([]funnel.StructuralLeak, error) {
	found, err := funnel.LeakSearch{Before: c.report}.Find(c.report)
	if err != nil {
		return nil, err
	}
	return found.Structural, nil
}
