package funnel

import (
	"github.com/regulars-go/regulars/internal/stats"

	"github.com/regulars-go/regulars/internal/names"
)

// Guard says whether a drop shows within the values of another breakdown, and
// so is not a matter of their mix (Simpson 1951).
type Guard struct {
	// Name is that of the breakdown.
	Name string `json:"name"`
	// Drop is the reference's rate less the segment's within the values of the
	// breakdown, averaged with the weights of Mantel and Haenszel (1959); its
	// interval is that of Sato (1989). Nil if no value has units of both.
	Drop *Difference `json:"drop"`
	// P is the probability of a difference within the values like this one if
	// there were none (Cochran, Mantel and Haenszel). Nil if nothing varies.
	P *float64 `json:"p"`
	// Values is how many values have units of both.
	Values int `json:"values"`
	// Finding is what follows.
	Finding Finding `json:"finding"`
}

// Finding is what a guard says.
type Finding uint8

const (
	// Silent guards have nothing to compare within.
	Silent Finding = iota
	// Upheld drops are about the same within the values.
	Upheld
	// MixDriven drops are less than half as large within the values, or turned
	// round: the segment has more units of values that convert badly anywhere.
	MixDriven
	// Reversed drops are turned round within the values, beyond chance both ways.
	Reversed
)

var findings = names.Names{Package: "funnel", Type: "Finding", What: "finding", List: []string{"silent", "upheld", "mix-driven", "reversed"}}

// String returns the lower-case name of f, such as "upheld".
func (f Finding) String() string { return findings.Of(uint8(f)) }

// MarshalText writes f as [Finding.String] does; what is none is an error.
func (f Finding) MarshalText() ([]byte, error) { return findings.Marshal(uint8(f)) }

// UnmarshalText reads what [Finding.String] writes; any other text is an error, and
// leaves f as it was.
func (f *Finding) UnmarshalText(text []byte) error {
	i, err := findings.Unmarshal(text)
	if err == nil {
		*f = Finding(i)
	}
	return err
}

// guarding has the parts of all segments by the values of one breakdown.
type guarding struct {
	name  string
	parts map[string][]sides // by the segment's key, in order of the values
	first int                // index of the first step that the breakdown has values for
}

func (m matchup) guards() ([]guarding, error) {
	f := m.report.Counts.Funnel()
	names, err := m.search.guards(f, m.breakdowns)
	if err != nil {
		return nil, err
	}
	guards := make([]guarding, len(names))
	for i, name := range names {
		rows, err := m.rows(name)
		if err != nil {
			return nil, err
		}
		g := guarding{name, map[string][]sides{}, matchup{breakdowns: []string{name}}.firstStep(f)}
		for _, row := range rows {
			g.parts[row.key] = append(g.parts[row.key], row.sides)
		}
		guards[i] = g
	}
	return guards, nil
}

// look compares a segment with its reference at step index k within the values.
func (g guarding) look(key string, k int, crude *Difference) Guard {
	guard := Guard{Name: g.name}
	if k < g.first {
		return guard
	}
	var strata stats.Strata
	for _, s := range g.parts[key] {
		if s.segment[k-1] == 0 || s.reference[k-1] == 0 {
			continue
		}
		strata = append(strata, stats.Stratum{
			A: stats.Proportion{Hits: s.reference[k], Of: s.reference[k-1]},
			B: stats.Proportion{Hits: s.segment[k], Of: s.segment[k-1]},
		})
	}
	within, ok := strata.RiskDifference(intervalZ)
	if !ok || crude == nil {
		return guard
	}
	guard.Values = len(strata)
	guard.Drop = &Difference{within.Value, within.Low, within.High}
	if test, ok := strata.CochranMantelHaenszel(); ok {
		guard.P = new(test.P)
	}
	guard.Finding = weigh(*crude, *guard.Drop)
	return guard
}

// weigh compares the drop seen with that within the values.
func weigh(crude, within Difference) Finding {
	turned := crude.Value > 0 && within.Value < 0 || crude.Value < 0 && within.Value > 0
	switch {
	case turned && beyondChance(crude) && beyondChance(within):
		return Reversed
	case turned || 2*abs(within.Value) < abs(crude.Value):
		return MixDriven
	}
	return Upheld
}

// beyondChance says that the interval does not hold 0.
func beyondChance(d Difference) bool { return d.Low > 0 || d.High < 0 }

func abs(x float64) float64 { return max(x, -x) }
