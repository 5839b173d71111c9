package funnel

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
)

// judge tests the cells as one family, sets their verdicts, and returns how
// many tests there were.
func (s LeakSearch) judge(cells []Cell) int {
	var ps []float64
	var tested []int
	for i := range cells {
		c := &cells[i]
		if why := s.insufficient(*c); why != "" {
			c.Verdict, c.Because = Insufficient, why
			continue
		}
		if p, ok := s.test(*c); ok {
			c.P = new(p)
			ps, tested = append(ps, p), append(tested, i)
		} else {
			c.Because = "nothing varies: all units on both sides made the step, or none did"
		}
	}
	for i, adjusted := range s.adjust(ps) {
		c := &cells[tested[i]]
		c.Adjusted = new(adjusted)
		c.Smallest = s.smallest(*c, s.Alpha/float64(len(ps)))
		c.Verdict, c.Because = s.verdict(*c)
	}
	return len(ps)
}

// insufficient says why a cell can't be tested, "" if it can.
func (s LeakSearch) insufficient(c Cell) string {
	units, reference := c.effective(c.Rate).Of, c.effective(c.Reference).Of
	switch {
	case units < s.MinUnits:
		return fmt.Sprintf("%d units came to %q: fewer than %d", units, c.From, s.MinUnits)
	case len(s.Targets) == 0 && reference < s.MinUnits:
		return fmt.Sprintf("%d units to compare with came to %q: fewer than %d", reference, c.From, s.MinUnits)
	}
	return ""
}

// test returns the two-sided P of a cell; ok is false if nothing varies.
func (s LeakSearch) test(c Cell) (p float64, ok bool) {
	a := c.effective(c.Rate)
	if len(s.Targets) > 0 {
		return binomialTest(a, c.Reference.Value)
	}
	b := c.effective(c.Reference)
	exact, ok := stats.Fisher(a, b)
	// Beyond what can be summed the z test says the same.
	if s.Test == Score && stats.LeastExpected(a, b) >= 5 || max(a.Of, b.Of) > stats.MaxTotal {
		_, p, ok = stats.ZTest(a, b)
		return p, ok
	}
	if s.Test == MidP {
		return exact.MidP, ok
	}
	return exact.TwoSided, ok
}

// binomialTest doubles the smaller tail, as is usual where the tails differ.
func binomialTest(r stats.Proportion, target float64) (p float64, ok bool) {
	if target == 1 {
		return 0, r.Hits < r.Of // one miss disproves it
	}
	least, ok := stats.BinomialAtLeast(r.Hits, r.Of, target)
	most, ok2 := stats.BinomialAtMost(r.Hits, r.Of, target)
	return min(1, 2*min(least, most)), ok && ok2
}

func (s LeakSearch) adjust(ps []float64) []float64 {
	switch s.Correction {
	case Holm:
		return stats.Holm(ps)
	case BenjaminiYekutieli:
		return stats.BenjaminiYekutieli(ps)
	}
	return stats.BenjaminiHochberg(ps)
}

// smallest returns the least drop that a test at level alpha would have shown.
func (s LeakSearch) smallest(c Cell, alpha float64) *float64 {
	size, reference := float64(c.effective(c.Rate).Of), c.Reference.Value
	if len(s.Targets) > 0 {
		if d, ok := stats.SmallestEffect(reference, math.Inf(1), size, alpha, s.Power); ok && d <= reference {
			return new(d)
		}
		return nil
	}
	if d, ok := stats.SmallestDrop(reference, float64(c.effective(c.Reference).Of), size, alpha, s.Power); ok {
		return new(d)
	}
	return nil
}

// verdict says what follows for a tested cell, and why.
func (s LeakSearch) verdict(c Cell) (Verdict, string) {
	p := fmt.Sprintf("adjusted P is %.2g", *c.Adjusted)
	if *c.Adjusted > s.Alpha {
		return Unproven, fmt.Sprintf("%s, above %v; %s", p, s.Alpha, couldHaveSeen(c.Smallest))
	}
	if c.Drop.Value < 0 {
		return Better, p
	}
	if c.Drop.Low <= s.MinDrop {
		return Small, fmt.Sprintf("%s, but the drop may be as small as %.1f points", p, 100*c.Drop.Low)
	}
	for _, g := range c.Guards {
		if g.Finding == MixDriven || g.Finding == Reversed {
			return Explained, fmt.Sprintf("%s, but within %q the drop is %.1f points instead of %.1f: %s", p, g.Name, 100*g.Drop.Value, 100*c.Drop.Value, g.Finding)
		}
	}
	return Leak, fmt.Sprintf("%s and the drop is at least %.1f points", p, 100*c.Drop.Low)
}

func couldHaveSeen(smallest *float64) string {
	if smallest == nil {
		return "not even a drop to 0 would have been seen"
	}
	return fmt.Sprintf("the smallest drop that would have been seen is %.1f points", 100**smallest)
}

// proven returns the leaks, those first that lose most conversions at least,
// then most units; equal ones stay in order.
func proven(cells []Cell) []Cell {
	leaks := []Cell{}
	for _, c := range cells {
		if c.Verdict == Leak {
			leaks = append(leaks, c)
		}
	}
	slices.SortStableFunc(leaks, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(valueOf(b.LostConversions), valueOf(a.LostConversions)), cmp.Compare(b.Lost, a.Lost))
	})
	return leaks
}

// valueOf puts what is undefined after all else.
func valueOf(x *float64) float64 {
	if x == nil {
		return -1
	}
	return *x
}
