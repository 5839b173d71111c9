package experiment

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// The arms of a comparison with a holdout.
const (
	// Withheld is the name of the control group.
	Withheld = "withheld"
	// Treated is the name of the others.
	Treated = "treated"
)

// Question asks what operations changed.
type Question struct {
	// Objective is what is counted. It is required.
	Objective string `json:"objective"`
	// Operations are those whose effect is asked for, taken as one; none means
	// all of the objective.
	Operations []string `json:"operations,omitempty"`
	// Metric says whether a customer counts by the value of their outcomes, or
	// by whether there is one.
	Metric Metric `json:"metric,omitzero"`
}

// Lift is what operations changed, against the customers from whom they were
// withheld.
type Lift struct {
	Question Question `json:"question"`
	// Phases are the results of each phase, and Effect that of all together: see
	// [Trial.Report]. Both are per customer and phase.
	Phases []PhaseReport `json:"phases"`
	Effect Effect        `json:"effect"`
	// SRM is the worst of the phases.
	SRM SRM `json:"srm"`
	// Unripe are customers whose window is not over, and NoControl those from
	// whom nothing could be withheld. Neither are compared.
	Unripe    int64 `json:"unripe"`
	NoControl int64 `json:"noControl"`
}

// String says the effect and whether to trust it.
func (l Lift) String() string { return l.Effect.String() + "; " + l.SRM.String() }

// Lift returns what operations changed. A person counts once a phase, by the
// first assignment of the question in it, and by all outcomes of the objective in
// the window that it opens, whatever these are credited to; of two windows the
// later has an outcome. What comes after the first assignment differs between
// the groups: who was treated is sooner capped, and who was not gets other
// operations. So only the first can be compared.
//
// Assignments of one phase with different shares withheld are phases of their
// own, as their groups have customers in different proportions.
func (a *Attribution) Lift(q Question, level float64) Lift {
	l := Lift{Question: q}
	units := a.units(q.asks)
	byStratum := map[phaseShare][2]*Moments{}
	var strata []phaseShare
	for _, u := range units {
		x := a.assignment(u.touch)
		switch key := (phaseShare{x.Phase, x.Share}); {
		case !a.ripe(u.touch):
			l.Unripe++
		case x.Share == 0:
			l.NoControl++
		default:
			if byStratum[key] == ([2]*Moments{}) {
				byStratum[key] = [2]*Moments{{}, {}}
				strata = append(strata, key)
			}
			arm := byStratum[key][0]
			if x.Withheld {
				arm = byStratum[key][1]
			}
			_ = arm.Add(u.worth(q.Metric)) // bounded by the check of outcomes and their number
		}
	}
	slices.SortFunc(strata, func(x, y phaseShare) int {
		return cmp.Or(cmp.Compare(x.phase, y.phase), cmp.Compare(x.share, y.share))
	})
	l.report(q.Metric, strata, byStratum, level)
	return l
}

func (q Question) asks(x *Assignment) bool {
	return x.Objective == q.Objective && (len(q.Operations) == 0 || slices.Contains(q.Operations, x.Operation))
}

type phaseShare struct {
	phase int
	share float64
}

func (l *Lift) report(metric Metric, strata []phaseShare, arms map[phaseShare][2]*Moments, level float64) {
	trial := &Trial{plan: Plan{Control: Withheld, Metric: metric}}
	for i, s := range strata {
		name := strconv.Itoa(s.phase)
		if i > 0 && strata[i-1].phase == s.phase || i+1 < len(strata) && strata[i+1].phase == s.phase {
			name = fmt.Sprintf("%d, %g withheld", s.phase, s.share)
		}
		trial.plan.Phases = append(trial.plan.Phases, Phase{name, []Weight{{Treated, 1 - s.share}, {Withheld, s.share}}})
		trial.cells = append(trial.cells, []Moments{*arms[s][0], *arms[s][1]})
	}
	r := trial.Report(level)
	l.Phases, l.Effect = r.Phases, Effect{Reason: NoSupport}
	if len(r.Arms) > 0 {
		l.Effect = r.Arms[0].Effect
	}
	l.SRM = SRM{Reason: NoSupport}
	for i, phase := range r.Phases {
		if i == 0 || phase.SRM.worse(l.SRM) {
			l.SRM = phase.SRM
		}
	}
}

// worse orders checks: those that failed, then those without a test, then by P.
func (s SRM) worse(than SRM) bool {
	rank := func(s SRM) int {
		switch {
		case s.P != nil && !s.OK:
			return 0
		case s.P == nil:
			return 1
		}
		return 2
	}
	if a, b := rank(s), rank(than); a != b || s.P == nil {
		return a < b
	}
	return *s.P < *than.P
}

// unit is a person in a phase, by the first assignment there.
type unit struct {
	person, touch int
	outcomes      int64
	value         float64
}

// worth is the unit's value by a metric.
func (u unit) worth(m Metric) float64 {
	if m == Share {
		return float64(min(1, u.outcomes))
	}
	return u.value
}

// units returns the units of the assignments that are asked for, in the order of
// persons and time, with the outcomes in their windows. Who is contaminated is
// left out.
func (a *Attribution) units(asks func(*Assignment) bool) (units []unit) {
	for person, s := range a.people {
		if a.tainted[person] {
			continue
		}
		from := len(units)
		for i := s.from; i < s.to; i++ {
			if x := a.assignment(i); asks(x) && !a.hasPhase(units[from:], x.Phase) {
				units = append(units, unit{person: person, touch: i})
			}
		}
		a.gather(units[from:])
	}
	return units
}

func (a *Attribution) hasPhase(units []unit, phase int) bool {
	return slices.ContainsFunc(units, func(u unit) bool { return a.assignment(u.touch).Phase == phase })
}

// gather gives each outcome of a person to the last unit whose window has it.
func (a *Attribution) gather(units []unit) {
	if len(units) == 0 {
		return
	}
	s := a.eventsOf[units[0].person]
	for _, e := range a.outcomes[s.from:s.to] {
		for i := len(units) - 1; i >= 0; i-- {
			t := a.touches[units[i].touch]
			if t.at <= e.at && e.at < t.end && a.assignment(units[i].touch).Objective == e.objective {
				units[i].outcomes++
				units[i].value += e.value
				break
			}
		}
	}
}
