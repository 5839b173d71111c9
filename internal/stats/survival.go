package stats

import (
	"cmp"
	"math"
	"slices"
)

// Spell is one lifetime as far as it was watched: from Entry (not included)
// to Exit, where either its event came or the watching ended. Units are the
// caller's. Entry < Exit and Weight > 0; all are finite.
type Spell struct {
	Entry, Exit float64
	Event       bool
	Weight      float64
}

// Compare orders spells by exit, events first, then entry and weight: events
// come before censorings at the same time.
func (s Spell) Compare(o Spell) int {
	if s.Event != o.Event && s.Exit == o.Exit {
		if s.Event {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(s.Exit, o.Exit), cmp.Compare(s.Entry, o.Entry), cmp.Compare(s.Weight, o.Weight))
}

// Survival is a Kaplan–Meier estimate (Kaplan and Meier 1958; with late
// entries, Tsai, Jewell and Wang 1987).
type Survival struct {
	Steps []Step // by Time
	Last  float64
}

// Step is the estimate from one time at which a spell ended up to the next.
type Step struct {
	Time float64
	// AtRisk, Events and Censored are sums of weights: of the spells with
	// Entry < Time <= Exit, and of those that ended at Time in either way.
	AtRisk, Events, Censored float64
	// Survival is the product over the steps so far of 1 - Events/AtRisk.
	Survival float64
	// hazardVar is Greenwood's sum of Events/(AtRisk·(AtRisk-Events)); +Inf
	// once nobody is left.
	hazardVar float64
}

// NewSurvival estimates the survival of the spells, which it sorts. Sums run
// in that order, so that the same spells give the same bits.
func NewSurvival(spells []Spell) Survival {
	slices.SortFunc(spells, Spell.Compare)
	times := exits(spells)
	risk := newRiskSet(spells, times)
	curve := Survival{Steps: make([]Step, len(times))}
	survival, hazardVar := 1.0, 0.0
	at := 0
	for i, t := range times {
		step := Step{Time: t, AtRisk: risk.weight[i]}
		events := 0
		for ; at < len(spells) && spells[at].Exit == t; at++ {
			if spells[at].Event {
				step.Events += spells[at].Weight
				events++
			} else {
				step.Censored += spells[at].Weight
			}
		}
		switch {
		case events == 0:
		case events == risk.heads[i]: // exactly nobody left, whatever the weights round to
			survival, hazardVar = 0, math.Inf(1)
		default:
			left := step.AtRisk - step.Events
			survival *= left / step.AtRisk
			hazardVar += step.Events / (step.AtRisk * left)
		}
		step.Survival, step.hazardVar = survival, hazardVar
		curve.Steps[i] = step
		curve.Last = t
	}
	return curve
}

// At returns the share that survives beyond t: 1 before the first step, and
// after the last what the last one says.
func (c Survival) At(t float64) float64 {
	if i := c.step(t); i >= 0 {
		return c.Steps[i].Survival
	}
	return 1
}

// step returns the index of the last step at or before t, or -1.
func (c Survival) step(t float64) int {
	i, found := slices.BinarySearchFunc(c.Steps, t, func(s Step, t float64) int { return cmp.Compare(s.Time, t) })
	if found {
		return i
	}
	return i - 1
}

// exits returns the distinct exits of sorted spells.
func exits(spells []Spell) []float64 {
	var times []float64
	for i, s := range spells {
		if i == 0 || s.Exit != times[len(times)-1] {
			times = append(times, s.Exit)
		}
	}
	return times
}

// riskSet holds how many spells, and what weight, are at risk at each time.
type riskSet struct {
	heads  []int
	weight []float64
}

// newRiskSet counts the spells with entry < t <= exit. It sums from the end,
// so that the last risk sets, where the curve is most sensitive, lose nothing
// to rounding.
func newRiskSet(sorted []Spell, times []float64) riskSet {
	entries := slices.SortedFunc(slices.Values(sorted), func(a, b Spell) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), a.Compare(b))
	})
	r := riskSet{make([]int, len(times)), make([]float64, len(times))}
	var exited, entered float64 // weights with exit, entry at or after the time
	out, in := len(sorted), len(entries)
	for i := len(times) - 1; i >= 0; i-- {
		for ; out > 0 && sorted[out-1].Exit >= times[i]; out-- {
			exited += sorted[out-1].Weight
		}
		for ; in > 0 && entries[in-1].Entry >= times[i]; in-- {
			entered += entries[in-1].Weight
		}
		r.heads[i] = in - out
		r.weight[i] = exited - entered
	}
	return r
}
