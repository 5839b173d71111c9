package experiment

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
)

// Phase is a stretch of an experiment in which the weights of its arms did not
// change. Whoever changes weights begins a new phase: customers of different
// phases differ, and compared across phases they would show an effect that is
// none.
type Phase struct {
	Name string `json:"name"`
	// Arms are the arms and the share of customers that each is to get, of the
	// sum of their weights. An arm of weight 0 is closed.
	Arms []Weight `json:"arms"`
}

// Weight is the share of customers that an arm is to get.
type Weight struct {
	Arm    string  `json:"arm"`
	Weight float64 `json:"weight"`
}

// Plan is an experiment: its arms, one of which is the control, and its phases.
type Plan struct {
	Control string  `json:"control"`
	Metric  Metric  `json:"metric,omitzero"`
	Phases  []Phase `json:"phases"`
}

// Limits of a plan, wide of what anybody can read.
const (
	MaxPhases = 1000
	MaxArms   = 100
)

// Validate returns all faults of the plan as [regulars.Faults]: no phases or too
// many, two of one name, arms without a name or twice in a phase, weights that
// are negative or not finite, and a control that is in no phase.
func (p Plan) Validate() error {
	var f regulars.Faults
	if p.Metric > Share {
		f.Add("metric", "%v: want %v or %v", p.Metric, Mean, Share)
	}
	if n := len(p.Phases); n == 0 || n > MaxPhases {
		f.Add("phases", "%d phases: want 1 to %d", n, MaxPhases)
		return f.Err()
	}
	seen, controlled := map[string]bool{}, false
	for i, phase := range p.Phases {
		path := fmt.Sprintf("phases[%d]", i)
		if seen[phase.Name] {
			f.Add(path+".name", "%q is the name of another phase", phase.Name)
		}
		seen[phase.Name] = true
		f.Under(path, phase.faults())
		controlled = controlled || phase.arm(p.Control) >= 0
	}
	if !controlled {
		f.Add("control", "%q is an arm of no phase", p.Control)
	}
	return f.Err()
}

func (p Phase) faults() (f regulars.Faults) {
	if len(p.Arms) > MaxArms {
		f.Add("arms", "%d arms: want at most %d", len(p.Arms), MaxArms)
		return f
	}
	for i, a := range p.Arms {
		path := fmt.Sprintf("arms[%d]", i)
		if a.Arm == "" {
			f.Add(path+".arm", "missing")
		} else if p.arm(a.Arm) < i {
			f.Add(path+".arm", "%q stands here already", a.Arm)
		}
		if !(a.Weight >= 0) || !finite(a.Weight) {
			f.Add(path+".weight", "%v: want 0 or more", a.Weight)
		}
	}
	return f
}

func (p Phase) arm(name string) int {
	return slices.IndexFunc(p.Arms, func(w Weight) bool { return w.Arm == name })
}

// Trial collects what customers were worth, by phase and arm. Trials of parts of
// the customers merge, in any order and any split, to the same bytes. Use
// [NewTrial].
type Trial struct {
	plan  Plan
	cells [][]Moments // by phase, then arm
}

// NewTrial returns an empty trial. A plan that is not valid is an error, which
// [regulars.Faults] can be taken out of.
func NewTrial(p Plan) (*Trial, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("experiment: plan: %w", err)
	}
	t := &Trial{plan: p}
	t.plan.Phases = slices.Clone(p.Phases)
	for i, phase := range p.Phases {
		t.plan.Phases[i].Arms = slices.Clone(phase.Arms)
		t.cells = append(t.cells, make([]Moments, len(phase.Arms)))
	}
	return t, nil
}

// Add adds one customer, who is to be added once a phase. A phase or an arm that
// the plan does not have is an error, and so is a value other than 0 or 1 for a
// [Share]; then nothing changes.
func (t *Trial) Add(phase, arm string, value float64) error {
	i := slices.IndexFunc(t.plan.Phases, func(p Phase) bool { return p.Name == phase })
	if i < 0 {
		return fmt.Errorf("experiment: no phase %q", phase)
	}
	j := t.plan.Phases[i].arm(arm)
	switch {
	case j < 0:
		return fmt.Errorf("experiment: no arm %q in phase %q", arm, phase)
	case t.plan.Metric == Share && value != 0 && value != 1:
		return fmt.Errorf("experiment: value %v of a share: want 0 or 1", value)
	}
	return t.cells[i][j].Add(value)
}

// Merge adds all that was added to other. Another plan is an error, and changes
// nothing.
func (t *Trial) Merge(other *Trial) error {
	if t.plan.fingerprint() != other.plan.fingerprint() {
		return fmt.Errorf("experiment: trials of different plans don't merge")
	}
	for i := range t.cells {
		for j := range t.cells[i] {
			t.cells[i][j].Merge(&other.cells[i][j])
		}
	}
	return nil
}

// TrialReport says what each arm changed, phase by phase and over all.
type TrialReport struct {
	Phases []PhaseReport `json:"phases"`
	// Arms are all arms but the control, in the order in which phases name them.
	Arms []ArmReport `json:"arms"`
}

// PhaseReport is the result of one phase.
type PhaseReport struct {
	Phase string `json:"phase"`
	SRM   SRM    `json:"srm"`
	// Arms are those of the phase but the control.
	Arms []ArmReport `json:"arms"`
}

// ArmReport is what one arm changed against the control.
type ArmReport struct {
	Arm    string `json:"arm"`
	Effect Effect `json:"effect"`
	// Adjusted is P adjusted for the number of arms by [Holm]; it is there for
	// the result over all phases.
	Adjusted *float64 `json:"adjusted,omitempty"`
	// Phases are those that the result is made of.
	Phases []string `json:"phases,omitempty"`
}

// Report returns the results. Over all phases, each phase gets the weight
// nC·nT/(nC+nT) of Mantel and Haenszel, so that a phase in which an arm had few
// customers says little. Phases with arms of the wrong sizes are left out, and if
// there are no others the reason is [Mismatched].
func (t *Trial) Report(level float64) TrialReport {
	var r TrialReport
	for i, phase := range t.plan.Phases {
		r.Phases = append(r.Phases, t.phase(i, phase, level))
	}
	var effects []Effect
	for _, name := range t.plan.treated() {
		arm := ArmReport{Arm: name}
		arm.Effect, arm.Phases = t.combine(name, r.Phases, level)
		r.Arms = append(r.Arms, arm)
		effects = append(effects, arm.Effect)
	}
	for i, adjusted := range Holm.Adjust(effects) {
		r.Arms[i].Adjusted = adjusted
	}
	return r
}

// treated returns the names of all arms but the control.
func (p Plan) treated() (names []string) {
	for _, phase := range p.Phases {
		for _, arm := range phase.Arms {
			if arm.Arm != p.Control && !slices.Contains(names, arm.Arm) {
				names = append(names, arm.Arm)
			}
		}
	}
	return names
}

func (t *Trial) phase(i int, phase Phase, level float64) PhaseReport {
	r := PhaseReport{Phase: phase.Name}
	var sizes []ArmSize
	for j, arm := range phase.Arms {
		sizes = append(sizes, ArmSize{arm.Arm, t.cells[i][j].n, arm.Weight})
		if arm.Arm != t.plan.Control {
			r.Arms = append(r.Arms, ArmReport{Arm: arm.Arm, Effect: t.effect(i, arm.Arm, level)})
		}
	}
	r.SRM = CheckSRM(sizes...)
	return r
}

// effect compares an arm with the control within a phase.
func (t *Trial) effect(phase int, arm string, level float64) Effect {
	control, treated := t.cell(phase, t.plan.Control), t.cell(phase, arm)
	if t.plan.Metric == Share {
		return CompareRates(control.rate(), treated.rate(), level)
	}
	return CompareMeans(control.Sample(), treated.Sample(), level)
}

// cell returns an empty one for an arm that the phase does not have, or has
// closed.
func (t *Trial) cell(phase int, arm string) *Moments {
	j := t.plan.Phases[phase].arm(arm)
	if j < 0 || t.plan.Phases[phase].Arms[j].Weight == 0 {
		return &Moments{}
	}
	return &t.cells[phase][j]
}

// rate reads values of 0 and 1 as hits.
func (m *Moments) rate() Rate { return Rate{int64(m.sum.Float64()), m.n} }

// combine compares an arm with the control over the phases whose sizes are
// right.
func (t *Trial) combine(arm string, phases []PhaseReport, level float64) (e Effect, names []string) {
	var strata []stratum
	only, reason := -1, NoSupport
	for i, phase := range phases {
		control, treated := t.cell(i, t.plan.Control), t.cell(i, arm)
		switch {
		case phase.SRM.Reason == 0 && !phase.SRM.OK:
			reason = Mismatched
		case control.n == 0 || treated.n == 0:
		default:
			strata = append(strata, stratum{control.Sample(), treated.Sample()})
			names = append(names, phase.Phase)
			only = i
		}
	}
	switch len(strata) {
	case 0:
		return Effect{Reason: reason}, nil
	case 1:
		return t.effect(only, arm, level), names
	}
	return combined(strata, level), names
}
