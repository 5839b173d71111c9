package funnel

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/names"
)

// LeakReport is what was found.
type LeakReport struct {
	// Breakdowns are what segments were told apart by.
	Breakdowns []string `json:"breakdowns"`
	// Alpha and Correction are those of the search, and Tests is for how many
	// tests the P-values were adjusted.
	Alpha      float64    `json:"alpha"`
	Correction Correction `json:"correction"`
	Tests      int        `json:"tests"`
	// Anomalous are the leaks that are proven: segments that do worse at a step
	// than what they are compared with. What loses most conversions comes first.
	// It is empty if none is proven, which does not say that there is none: see
	// Smallest in Cells.
	Anomalous []Cell `json:"anomalous"`
	// Structural are all steps from the second on, whatever the segment, lowest
	// rate first. A low rate is where most is lost, but it may well be in the
	// nature of the step; nothing is tested.
	Structural []StructuralLeak `json:"structural"`
	// Cells are all segments and steps that were looked at, in order of segment
	// and step.
	Cells []Cell `json:"cells"`
}

// Cell is one segment at one step.
type Cell struct {
	// Labels are those of the segment, such as "city=berlin"; none if it is all.
	Labels []string `json:"labels"`
	// Step is the number of the step that units should make, from 2. Name is
	// its name, and From that of the step before.
	Step int    `json:"step"`
	From string `json:"from"`
	Name string `json:"name"`
	// Rate is the share of the segment's units of the step before that made
	// this one, and Reference that of what it is compared with. Of a target only
	// Value counts. Both are nil if there were no units.
	Rate      *Rate `json:"rate"`
	Reference *Rate `json:"reference"`
	// Drop is Reference less Rate: above 0 the segment does worse. Nil if a rate
	// is.
	Drop *Difference `json:"drop"`
	// P is the probability of a difference like this one, in either direction,
	// if there were none, and Adjusted the same in view of all Tests. Both are
	// nil if the cell was not tested.
	P        *float64 `json:"p"`
	Adjusted *float64 `json:"adjusted"`
	// Lost is how many units of the segment were lost at this step, at least:
	// its units times the lower bound of Drop, or 0.
	Lost float64 `json:"lost"`
	// LostConversions is how many of Lost would have completed the funnel if
	// they had gone on as the reference does; times the value of a conversion it
	// is what the leak costs. Nil if the reference has no rate for a later step.
	LostConversions *float64 `json:"lostConversions"`
	// Smallest is the least drop that would have been proven in these counts
	// with the probability Power, were it the only leak. Nil if the cell was not
	// tested, and if not even a drop to 0 would have been.
	Smallest *float64 `json:"smallest"`
	// DesignEffect is by what counts were divided for all of this, since the
	// units of one user are alike; 1 unless the search is Clustered.
	DesignEffect float64 `json:"designEffect"`
	// Guards say whether Drop also shows within the values of other breakdowns.
	Guards []Guard `json:"guards,omitempty"`
	// Verdict is what follows, and Because says why.
	Verdict Verdict `json:"verdict"`
	Because string  `json:"because"`
}

// Verdict says what became of a cell.
type Verdict uint8

const (
	// Unproven cells may leak or not: what was seen can be chance.
	Unproven Verdict = iota
	// Leak is proven to be worse.
	Leak
	// Better is proven to be better.
	Better
	// Small is worse beyond chance, but may be so by no more than MinDrop.
	Small
	// Explained is worse beyond chance, but a guard says that this is the mix of
	// another breakdown, and not the segment.
	Explained
	// Insufficient had too few units to be tested.
	Insufficient
)

var verdicts = names.Names{Package: "funnel", Type: "Verdict", What: "verdict", List: []string{"unproven", "leak", "better", "small", "explained", "insufficient"}}

// String returns the lower-case name of v, such as "leak".
func (v Verdict) String() string { return verdicts.Of(uint8(v)) }

// MarshalText writes v as [Verdict.String] does; what is none is an error.
func (v Verdict) MarshalText() ([]byte, error) { return verdicts.Marshal(uint8(v)) }

// UnmarshalText reads what [Verdict.String] writes; any other text is an error, and
// leaves v as it was.
func (v *Verdict) UnmarshalText(text []byte) error {
	i, err := verdicts.Unmarshal(text)
	if err == nil {
		*v = Verdict(i)
	}
	return err
}

// StructuralLeak is a step where units are lost, whatever their segment.
type StructuralLeak struct {
	// Step is the number of the step that units should make, from 2. Name is
	// its name, and From that of the step before.
	Step int    `json:"step"`
	From string `json:"from"`
	Name string `json:"name"`
	// Rate is the share of the units of the step before that made it; nil if
	// there were none.
	Rate *Rate `json:"rate"`
	// Lost is how many did not.
	Lost int64 `json:"lost"`
	// LostConversions is how many of Lost would have completed the funnel if
	// they had gone on as the others did; nil if nobody came to a later step.
	LostConversions *float64 `json:"lostConversions"`
}

// structural returns all steps from the second on, lowest rate first.
func (r *Report) structural() []StructuralLeak {
	reached := r.Counts.Total(r.Maturity).Reached
	leaks := []StructuralLeak{}
	steps := r.Counts.Funnel().Steps
	for k := 1; k < len(steps); k++ {
		leak := StructuralLeak{
			Step: k + 1, From: steps[k-1].Name, Name: steps[k].Name,
			Rate: NewRate(reached[k], reached[k-1]), Lost: reached[k-1] - reached[k],
		}
		if rest := NewRate(reached[len(reached)-1], reached[k]); rest != nil {
			leak.LostConversions = new(float64(leak.Lost) * rest.Value)
		}
		leaks = append(leaks, leak)
	}
	slices.SortStableFunc(leaks, func(a, b StructuralLeak) int {
		switch {
		case a.Rate == nil || b.Rate == nil: // steps that nobody came to come last
			return a.Step - b.Step
		case a.Rate.Value < b.Rate.Value:
			return -1
		case a.Rate.Value > b.Rate.Value:
			return 1
		}
		return 0
	})
	return leaks
}

// String returns the segment, the step and what was found there, such as
//
//	platform=mobile, shipping → payment: 22 of 61 (36.1 %) against 43 of 52 (82.7 %): leak
func (c Cell) String() string {
	segment := strings.Join(c.Labels, ", ")
	if segment == "" {
		segment = "all"
	}
	return fmt.Sprintf("%s, %s → %s: %s against %s: %s", segment, c.From, c.Name, short(c.Rate), short(c.Reference), c.Verdict)
}

func short(r *Rate) string {
	switch {
	case r == nil:
		return "nobody"
	case r.Of == 0:
		return fmt.Sprintf("a target of %.1f %%", 100*r.Value)
	}
	return fmt.Sprintf("%d of %d (%.1f %%)", r.Hits, r.Of, 100*r.Value)
}

// String returns a line for each proven leak, and why it is one, or "none
// proven" and what could have been.
func (l *LeakReport) String() string {
	if len(l.Anomalous) == 0 {
		return l.noneProven()
	}
	lines := make([]string, len(l.Anomalous))
	for i, c := range l.Anomalous {
		lines[i] = c.String() + ", since " + c.Because
	}
	return strings.Join(lines, "\n")
}

func (l *LeakReport) noneProven() string {
	if l.Tests == 0 {
		return "none proven: too few units to test any step"
	}
	text := fmt.Sprintf("none proven: %d cells tested", l.Tests)
	var seen []float64
	for _, c := range l.Cells {
		if c.Smallest != nil {
			seen = append(seen, *c.Smallest)
		}
	}
	if len(seen) == 0 {
		return text + "; not even a drop to 0 would have been seen"
	}
	return text + fmt.Sprintf("; the smallest drop that would have been seen is %.1f points in the largest of them, %.1f in the smallest",
		100*slices.Min(seen), 100*slices.Max(seen))
}
