package lifecycle

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/names"
)

// Phase is where the life of a market, a product or a shop stands (Levitt 1965):
// not of one customer, whom a [Stage] is for. The zero value is TooFewPeriods.
type Phase uint8

const (
	// TooFewPeriods is too short a series to compare two windows of it.
	TooFewPeriods Phase = iota
	// Introduction is steady, and has never grown so far: it has not taken off.
	Introduction
	// Growing is well above what was before.
	Growing
	// Mature is steady after it has grown.
	Mature
	// Declining is well below what was before, or nothing at all.
	Declining
)

var phaseNames = names.Names{Package: "lifecycle", Type: "Phase", What: "market phase", List: []string{"too few periods", "introduction", "growth", "maturity", "decline"}}

// String returns "too few periods", "introduction", "growth", "maturity" or
// "decline".
func (p Phase) String() string { return phaseNames.Of(uint8(p)) }

// Label returns the phase as other packages read it, such as "phase=growth".
func (p Phase) Label() string { return "phase=" + p.String() }

// MarshalText writes p as [Phase.String] does; an unknown phase is an error.
func (p Phase) MarshalText() ([]byte, error) { return phaseNames.Marshal(uint8(p)) }

// UnmarshalText reads what [Phase.String] writes; any other text is an error,
// and leaves p as it was.
func (p *Phase) UnmarshalText(text []byte) error {
	n, err := phaseNames.Unmarshal(text)
	if err == nil {
		*p = Phase(n)
	}
	return err
}

// PhasePolicy tells the phase of a series from how its last periods compare with
// those before. The zero value is ready to use. It is a rule and no test: a
// series of few customers changes by more than Steady by chance, which Least is
// for.
//
// The series begins with its first value above 0. Change is the sum of the last
// Window periods over that of the Window before, or of a Season before, less 1.
// The first of these rules that holds decides:
//
//  1. there are too few periods to compare: [TooFewPeriods].
//  2. the last Window is 0: [Declining].
//  3. no Window so far has had as much as Least: [Introduction].
//  4. change > Steady: [Growing]. From 0 to anything is such a change.
//  5. change < -Steady: [Declining].
//  6. change has never been > Steady, and the series is not Established:
//     [Introduction].
//  7. [Mature].
type PhasePolicy struct {
	// Window is how many periods are compared with as many before: more are
	// smoother and later. Zero means 3.
	Window int `json:"window,omitzero"`
	// Season is how many periods before to compare with, where the time of the
	// year matters: 12 compares months with those of the year before. It is not
	// below Window. Zero compares with the Window just before.
	Season int `json:"season,omitzero"`
	// Steady is the change up to which a series counts as steady, as a share
	// above 0. Zero means 0.1.
	Steady float64 `json:"steady,omitzero"`
	// Least is the sum of a Window, in the unit of the series, from which on a
	// change says anything. Zero asks for none.
	Least float64 `json:"least,omitzero"`
	// Established says that the series does not begin with the market, as where
	// the data go back only so far.
	Established bool `json:"established,omitzero"`
}

// MaxPhaseValue is the largest value of a series: sums of so much are exact.
const MaxPhaseValue = 1e12

// PhaseAt is the phase of a series with its reason.
type PhaseAt struct {
	Phase Phase `json:"phase"`
	// Periods is how many there are from the first that is not 0.
	Periods int `json:"periods"`
	// Recent and Before are the two sums that were compared; both are 0 with
	// too few periods.
	Recent float64 `json:"recent"`
	Before float64 `json:"before"`
	// Because is the deciding comparison, such as "change > steady".
	Because string `json:"because"`
}

// Change returns Recent / Before - 1; ok is false if Before is 0.
func (p PhaseAt) Change() (change float64, ok bool) {
	if p.Before == 0 {
		return 0, false
	}
	return changeOf(p.Recent, p.Before), true
}

// changeOf is one division of a difference: of whole numbers it is the float
// nearest to the change, so that one of 15 % is not above 0.15.
func changeOf(recent, before float64) float64 { return (recent - before) / before }

// ParsePhasePolicy reads a policy from JSON and validates it:
//
//	{"season": 12, "least": 300}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. The error is [regulars.Faults].
func ParsePhasePolicy(data []byte) (PhasePolicy, error) {
	var p PhasePolicy
	if err := config.Decode(data, &p); err != nil {
		return PhasePolicy{}, err
	}
	if err := p.Validate(); err != nil {
		return PhasePolicy{}, err
	}
	return p, nil
}

// Validate returns [regulars.Faults] that list everything wrong with the policy:
// a number out of range, a season shorter than the window.
func (p PhasePolicy) Validate() error {
	var faults regulars.Faults
	q := p.withDefaults()
	if q.Window < 1 || q.Window > MaxPeriods {
		faults.Add("window", "%d periods: want 1 to %d, or 0 for 3", p.Window, MaxPeriods)
	} else if p.Season != 0 && (p.Season < q.Window || p.Season > MaxPeriods) {
		faults.Add("season", "%d periods: want %d, the window, to %d", p.Season, q.Window, MaxPeriods)
	}
	if !(q.Steady > 0) || math.IsInf(q.Steady, 1) {
		faults.Add("steady", "%v: want a share above 0, or 0 for 0.1", p.Steady)
	}
	if !(p.Least >= 0) || math.IsInf(p.Least, 1) {
		faults.Add("least", "%v: want a number from 0", p.Least)
	}
	return faults.Err()
}

func (p PhasePolicy) withDefaults() PhasePolicy {
	if p.Window == 0 {
		p.Window = 3
	}
	if p.Steady == 0 {
		p.Steady = 0.1
	}
	return p
}

// Growth tells the phase from the active customers of the complete periods.
func (p PhasePolicy) Growth(rows []Growth) (PhaseAt, error) {
	var series []float64
	for _, g := range rows {
		if g.Complete {
			series = append(series, float64(g.Active))
		}
	}
	return p.Of(series)
}

// Revenue tells the phase from the revenue of the complete periods.
func (p PhasePolicy) Revenue(rows []RevenueGrowth) (PhaseAt, error) {
	var series []float64
	for _, g := range rows {
		if g.Complete {
			series = append(series, g.Revenue.InexactFloat64())
		}
	}
	return p.Of(series)
}

// Of tells the phase of a series, one value a period, none of them open. A value
// that is NaN, negative or above [MaxPhaseValue] is an error.
func (p PhasePolicy) Of(series []float64) (PhaseAt, error) {
	if err := p.Validate(); err != nil {
		return PhaseAt{}, fmt.Errorf("lifecycle: phase: %w", err)
	}
	for i, v := range series {
		if !(v >= 0 && v <= MaxPhaseValue) {
			return PhaseAt{}, fmt.Errorf("lifecycle: period %d of a series is %v: want 0 to %v", i, v, float64(MaxPhaseValue))
		}
	}
	for len(series) > 0 && series[0] == 0 {
		series = series[1:]
	}
	p = p.withDefaults()
	at := PhaseAt{Periods: len(series)}
	if len(series) < p.Window+p.back() {
		at.Because = fmt.Sprintf("periods < %d", p.Window+p.back())
		return at, nil
	}
	at.Recent, at.Before = p.compare(series)
	at.Phase, at.Because = p.judge(series, at)
	return at, nil
}

// back is how far before the last window lies the one to compare it with.
func (p PhasePolicy) back() int { return max(p.Window, p.Season) }

// compare sums the last window of a series and the one before.
func (p PhasePolicy) compare(series []float64) (recent, before float64) {
	n := len(series)
	for i := n - p.Window; i < n; i++ {
		recent += series[i]
		before += series[i-p.back()]
	}
	return recent, before
}

// grows reports whether recent is above before by more than is steady, as
// anything is above 0.
func (p PhasePolicy) grows(recent, before float64) bool {
	return recent > before && changeOf(recent, before) > p.Steady
}

func (p PhasePolicy) judge(series []float64, at PhaseAt) (phase Phase, because string) {
	grown, enough := false, false
	for n := p.Window; n <= len(series); n++ {
		sum := 0.0
		for _, v := range series[n-p.Window : n] {
			sum += v
		}
		enough = enough || sum >= p.Least
		if n >= p.Window+p.back() {
			grown = grown || p.grows(p.compare(series[:n]))
		}
	}
	switch {
	case at.Recent == 0:
		return Declining, "recent is 0"
	case !enough:
		return Introduction, "recent < least, and so ever since"
	case p.grows(at.Recent, at.Before):
		return Growing, "change > steady"
	case changeOf(at.Recent, at.Before) < -p.Steady:
		return Declining, "change < -steady"
	case !grown && !p.Established:
		return Introduction, "steady, and never grown"
	case !grown:
		return Mature, "steady, and established"
	}
	return Mature, "steady, and has grown"
}
