package funnel

import (
	"fmt"
	"time"
)

// Explanation says how far a unit got and why no further.
type Explanation struct {
	// Steps are all steps of the funnel, in their order.
	Steps []StepExplanation `json:"steps"`
	// Level is how many of them were made.
	Level int    `json:"level"`
	Ended Ending `json:"ended"`
	// Because is the reason in a sentence.
	Because string `json:"because"`
	// Label says where the unit is stuck, such as "stuck=pay"; see
	// [Funnel.Label].
	Label string `json:"label,omitzero"`
}

// StepExplanation is what a unit did about one step.
type StepExplanation struct {
	Name string `json:"name"`
	Made bool   `json:"made"`
	// Event is the index of the event that made it, and At when it happened.
	Event int       `json:"event,omitzero"`
	At    time.Time `json:"at,omitzero"`
	// After is the time since the event of the chain before, in order of time.
	After time.Duration `json:"after,omitzero"`
}

// Explain says why a unit has a result of this funnel. It adds nothing to the
// result but words.
func (f Funnel) Explain(r Result) Explanation {
	e := Explanation{Level: r.Level, Ended: r.Ended, Label: f.Label(r), Steps: make([]StepExplanation, len(f.Steps))}
	for i, s := range f.Steps {
		e.Steps[i].Name = s.Name
	}
	for i, h := range r.Chain {
		if h.Step < 1 || h.Step > len(f.Steps) {
			continue // of another funnel
		}
		s := &e.Steps[h.Step-1]
		s.Made, s.Event, s.At = true, h.Event, h.At
		if i > 0 {
			s.After = h.At.Sub(r.Chain[i-1].At)
		}
	}
	e.Because = f.because(r)
	return e
}

func (f Funnel) because(r Result) string {
	at := r.EndedAt.Format(time.RFC3339)
	made := fmt.Sprintf("made %d of %d steps", r.Level, len(f.Steps))
	if r.Excluded {
		return fmt.Sprintf("left out of all counts: %s, then an exclusion at %s broke the chain", made, at)
	}
	next := f.lacking(r)
	switch r.Ended {
	case NotEntered:
		if f.Match.Order == AnyOrder {
			return "made no step"
		}
		return fmt.Sprintf("never made the first step, %q", f.Steps[0].Name)
	case Completed:
		return fmt.Sprintf("made all %d steps in %s", len(f.Steps), r.Duration())
	case StillOpen:
		return fmt.Sprintf("%s; %s may follow until %s", made, next, at)
	case TimedOut:
		return fmt.Sprintf("%s; %s came after %s, when its time was over", made, next, at)
	case Broken:
		if f.Match.Order == Contiguous {
			return fmt.Sprintf("%s; another event came before %s, at %s", made, next, at)
		}
		return fmt.Sprintf("%s; an exclusion broke the chain at %s", made, at)
	}
	return fmt.Sprintf("%s; %s did not follow", made, next)
}

// lacking names what the chain lacks: the next step, or any of the rest.
func (f Funnel) lacking(r Result) string {
	if f.Match.Order == AnyOrder {
		return "another step"
	}
	if r.Level < len(f.Steps) {
		return fmt.Sprintf("%q", f.Steps[r.Level].Name)
	}
	return ""
}

// Label returns where a unit is stuck as other packages read it: "stuck=" and
// the name of the step that it did not make after it had entered. It is empty
// if the unit did not enter, made all steps, may still go on, or is left out;
// and with AnyOrder, where there is no next step.
func (f Funnel) Label(r Result) string {
	stuck := r.Ended == TimedOut || r.Ended == Broken || r.Ended == NoEvent
	if !stuck || r.Excluded || f.Match.Order == AnyOrder || r.Level < 1 || r.Level >= len(f.Steps) {
		return ""
	}
	return "stuck=" + f.Steps[r.Level].Name
}
