package funnel

import (
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
)

// Comparison says how the rate of units that complete the funnel changed from
// one period to another, and where that came from. All of its parts sum to the
// change, up to rounding.
type Comparison struct {
	// Name is that of the breakdown; "" if the comparison has none.
	Name string `json:"name,omitempty"`
	// Before and After are the shares of entrants that made the last step; nil
	// if nobody entered.
	Before *Rate `json:"before"`
	After  *Rate `json:"after"`
	// Change is After less Before, and P the probability of as much or more if
	// the rate were the same (Fisher's exact test, two-sided). Both are nil if
	// a rate is, and P also if all units converted or none did.
	Change *Difference `json:"change"`
	P      *float64    `json:"p"`
	// Parts split Change over the segments of entrants; nil if Change is.
	Parts *Parts `json:"parts"`
	// Steps split Change over the steps from the second on; each has its own
	// parts. Empty if Change is nil.
	Steps []StepChange `json:"steps"`
}

// StepChange is what one step did to the rate of the whole funnel.
type StepChange struct {
	Step int    `json:"step"`
	Name string `json:"name"`
	// Before and After are the shares of the units of the step before that made
	// this one; nil if there were none.
	Before *Rate `json:"before"`
	After  *Rate `json:"after"`
	// Change is After less Before; nil if either is.
	Change *Difference `json:"change"`
	// Effect is what this step adds to the change of the whole funnel, by the
	// logarithmic mean (LMDI-I; Ang 2004, Energy Policy 32:1131):
	//
	//	L(R1, R0)·log(r1/r0) with L(a, b) = (a-b)/log(a/b)
	//
	// The effects of all steps sum to it. If the funnel's rate was 0 or became 0
	// the step whose own rate was 0 has all of it, which is the limit. A step
	// that nobody came to in a period has none.
	Effect float64 `json:"effect"`
	// Parts split Effect over the segments of the units of the step before; nil
	// if a rate is.
	Parts *Parts `json:"parts"`
}

// Parts split a change into one of rates and one of mix, by the symmetric
// decomposition of Kitagawa (1955, Journal of the American Statistical
// Association 50:1168). Rate is what would have changed had the mix of segments
// stayed, Mix what came from more units of segments that convert better or
// worse than all. Their sum is the change that is split.
type Parts struct {
	Rate float64 `json:"rate"`
	Mix  float64 `json:"mix"`
	// Segments sum to Rate and to Mix. A segment of one period only has no rate
	// of its own in the other: it is taken to convert as all did there.
	Segments []SegmentChange `json:"segments"`
}

// SegmentChange is what one segment did.
type SegmentChange struct {
	Label Label `json:"label"`
	// Before and After are its rates; nil if nobody of it was there.
	Before *Rate `json:"before"`
	After  *Rate `json:"after"`
	// ShareBefore and ShareAfter are its shares of all units.
	ShareBefore float64 `json:"shareBefore"`
	ShareAfter  float64 `json:"shareAfter"`
	Rate        float64 `json:"rate"`
	Mix         float64 `json:"mix"`
}

// Compare says what changed from one report to another of the same funnel, and
// splits it over steps, and by the values of the breakdown called name into
// rates and mix. With no name there is one segment, all: there is no mix.
//
// The periods should have been given equal chances: set Maturity to Mature in
// both if a window may still be open. A user who is in both periods is taken as
// two. Swapping the reports turns every sign.
//
// Reports of funnels with other steps or of another maturity, and a name that
// either is not broken down by, are errors.
func Compare(before, after *Report, name string) (*Comparison, error) {
	if err := sameSteps(before, after); err != nil {
		return nil, err
	}
	pairs, err := pairUp(before, after, name)
	if err != nil {
		return nil, err
	}
	steps := before.Counts.Funnel().Steps
	c := &Comparison{Name: name, Steps: []StepChange{}}
	whole := totals(pairs, len(steps))
	last := len(steps) - 1
	c.Before, c.After = NewRate(whole.before[last], whole.before[0]), NewRate(whole.after[last], whole.after[0])
	c.Change = c.After.Minus(c.Before)
	if c.Change == nil {
		return c, nil
	}
	if test, ok := stats.Fisher(c.After.proportion(), c.Before.proportion()); ok {
		c.P = new(test.TwoSided)
	}
	c.Parts = split(pairs, 0, last, 1)
	effects := stepEffects(whole, c.Change.Value)
	for k := 1; k <= last; k++ {
		c.Steps = append(c.Steps, stepChange(pairs, whole, k, steps[k].Name, effects[k]))
	}
	return c, nil
}

// sameSteps says why two reports are not of one thing.
func sameSteps(a, b *Report) error {
	if a.Maturity != b.Maturity {
		return fmt.Errorf("funnel: comparing %s with %s", a.Maturity, b.Maturity)
	}
	fa, fb := a.Counts.Funnel(), b.Counts.Funnel()
	if fa.By != fb.By {
		return fmt.Errorf("funnel: comparing counts by %s with counts by %s", fa.By, fb.By)
	}
	if !slices.EqualFunc(fa.Steps, fb.Steps, func(x, y Step) bool { return x.Name == y.Name }) {
		return errors.New("funnel: comparing funnels with unlike steps")
	}
	return nil
}

// pair is how many units of a segment reached each step in either period.
type pair struct {
	label         Label
	before, after []int64
}

// pairUp returns the segments of both periods, in the order of their values.
func pairUp(before, after *Report, name string) ([]pair, error) {
	if name == "" {
		return []pair{{Label{}, before.Counts.Total(before.Maturity).Reached, after.Counts.Total(after.Maturity).Reached}}, nil
	}
	rowsBefore, err := before.Counts.By(before.Maturity, name)
	if err != nil {
		return nil, err
	}
	rowsAfter, err := after.Counts.By(after.Maturity, name)
	if err != nil {
		return nil, err
	}
	none := make([]int64, len(before.Counts.Funnel().Steps))
	var pairs []pair
	for len(rowsBefore) > 0 || len(rowsAfter) > 0 {
		order := 0
		switch {
		case len(rowsBefore) == 0:
			order = 1
		case len(rowsAfter) == 0:
			order = -1
		default:
			order = compareLabels(rowsBefore[0].Labels, rowsAfter[0].Labels)
		}
		p := pair{before: none, after: none}
		if order <= 0 {
			p.label, p.before, rowsBefore = rowsBefore[0].Labels[0], rowsBefore[0].Reached, rowsBefore[1:]
		}
		if order >= 0 {
			p.label, p.after, rowsAfter = rowsAfter[0].Labels[0], rowsAfter[0].Reached, rowsAfter[1:]
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// totals sums the segments.
func totals(pairs []pair, steps int) pair {
	sum := pair{before: make([]int64, steps), after: make([]int64, steps)}
	for _, p := range pairs {
		for k := range steps {
			sum.before[k] += p.before[k]
			sum.after[k] += p.after[k]
		}
	}
	return sum
}
