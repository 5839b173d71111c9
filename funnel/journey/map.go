package journey

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/names"
)

// Map is a user journey map as data: the stages that people go through, what the
// operator says of each, and the events by which the stage is known. [CountMap]
// fills in what the events say.
//
// A unit enters the first stage with its first event that meets Enter. It
// completes a stage with the first event from then on that meets Exit, and
// enters the next one with the first from then on that meets its Enter; one
// event may do several of these. So counts, dwell times and leaks are those of
// one [funnel.Funnel], with funnel.FirstEntry and Reuse: see [Map.Funnel].
type Map struct {
	// Name is for reports, such as "repair by an engineer".
	Name string `json:"name,omitempty"`
	// By says whether users or sessions are counted. Attempts (funnel.ByTotal)
	// are not. Defaults to funnel.ByUser.
	By funnel.By `json:"by,omitzero"`
	// SessionGap ends a session; see [Paths].
	SessionGap funnel.Window `json:"sessionGap,omitzero"`
	// Window is how long a unit may take from its entry to the end; later
	// events do not count. Defaults to no limit.
	Window funnel.Window `json:"window,omitzero"`
	// Stages are 1 to MaxStages, in their order.
	Stages []Stage `json:"stages"`
	// Breakdowns are the labels to look for leaks by. Defaults to none; at most
	// funnel.MaxBreakdowns. A step (for funnel.AtStep) is one of [Map.Funnel].
	Breakdowns []funnel.Breakdown `json:"breakdowns,omitempty"`
}

// Stage is a stage of a journey. What is text in it is the operator's own, and
// is handed on as it is.
type Stage struct {
	// Name is a word for reports and labels, such as "consider"; no two stages
	// have the same.
	Name string `json:"name"`
	// Goal is what people want here, and what the operator wants of them.
	Goal string `json:"goal,omitempty"`
	// Behaviour is what people do here.
	Behaviour string `json:"behaviour,omitempty"`
	// Touchpoints are where they meet the operator: "app home", "call centre".
	Touchpoints []string `json:"touchpoints,omitempty"`
	// Pains are what is hard for people here.
	Pains []string `json:"pains,omitempty"`
	// Opportunities are what the operator might do about it: its strategies.
	Opportunities []string `json:"opportunities,omitempty"`
	// Enter says which events are those of the stage.
	Enter Condition `json:"enter"`
	// Exit says which event completes it. Defaults to the Enter of the next
	// stage; a last stage without Exit is complete once it is entered, and so
	// has no conversion.
	Exit Condition `json:"exit,omitzero"`
	// Metric is what the stage is judged by. Nil if by nothing.
	Metric *Metric `json:"metric,omitempty"`
}

// Metric is a measure of a stage and its target.
type Metric struct {
	// Measure says what is measured. Defaults to Conversion.
	Measure Measure `json:"measure,omitzero"`
	// Target is what it should come to: a share from 0 to 1 for Conversion,
	// seconds for MedianDwell, a number of units for Entered. Conversion and
	// Entered should be at least this, MedianDwell at most. Zero means none.
	Target float64 `json:"target,omitzero"`
}

// Measure is what a stage may be judged by.
type Measure uint8

const (
	// Conversion is the share of the units in the stage that completed it.
	Conversion Measure = iota
	// MedianDwell is the median time in the stage, in seconds.
	MedianDwell
	// Entered is how many units entered.
	Entered
)

var measures = names.Names{Package: "journey", Type: "Measure", What: "measure", List: []string{"conversion", "median dwell", "entered"}}

// String returns the lower-case name of m, such as "conversion".
func (m Measure) String() string { return measures.Of(uint8(m)) }

// MarshalText writes m as [Measure.String] does; what is none is an error.
func (m Measure) MarshalText() ([]byte, error) { return measures.Marshal(uint8(m)) }

// UnmarshalText reads what [Measure.String] writes; any other text is an error, and
// leaves m as it was.
func (m *Measure) UnmarshalText(text []byte) error {
	i, err := measures.Unmarshal(text)
	if err == nil {
		*m = Measure(i)
	}
	return err
}

// MaxStages is the most stages of a map: each may be two steps of a funnel.
const MaxStages = funnel.MaxSteps / 2

// ParseMap reads a map from JSON and validates it:
//
//	{"stages": [
//	  {"name": "discover", "touchpoints": ["banner"], "enter": {"events": ["banner", "search"]}},
//	  {"name": "consider", "goal": "find a price", "enter": {"events": ["product"]}, "exit": {"events": ["submit"]},
//	   "metric": {"target": 0.6}, "pains": ["no price before the visit"]},
//	  {"name": "pay", "enter": {"events": ["pay"], "labels": ["channel=app"]}}],
//	 "breakdowns": [{"name": "city"}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. The error is [regulars.Faults].
func ParseMap(data []byte) (Map, error) {
	var m Map
	if err := config.Decode(data, &m); err != nil {
		return Map{}, err
	}
	if err := m.Validate(); err != nil {
		return Map{}, err
	}
	return m, nil
}

// Validate returns all that is wrong as [regulars.Faults]: no stages or too
// many, two of one name, a stage that no event enters, a negative window, a
// metric without its stage.
func (m Map) Validate() error {
	var faults regulars.Faults
	validateUnits(&faults, m.By, m.SessionGap)
	if length, ok := m.Window.Limit(); ok && length < 0 {
		faults.Add("window", "%s: want 0 or more", fmt.Sprint(length))
	}
	if len(m.Stages) == 0 || len(m.Stages) > MaxStages {
		faults.Add("stages", "has %d: want 1 to %d", len(m.Stages), MaxStages)
	}
	seen := map[string]bool{}
	for i, s := range m.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		switch {
		case s.Name == "":
			faults.Add(path+".name", "is missing")
		case seen[s.Name]:
			faults.Add(path+".name", "%q is there already", s.Name)
		}
		seen[s.Name] = true
		s.Enter.validate(&faults, path+".enter")
		if !s.Exit.IsZero() {
			s.Exit.validate(&faults, path+".exit")
		}
		if s.Metric != nil {
			s.Metric.validate(&faults, path+".metric", i == len(m.Stages)-1 && s.Exit.IsZero())
		}
	}
	if faults.Err() == nil {
		m.validateFunnel(&faults)
	}
	return faults.Err()
}

func (m Metric) validate(faults *regulars.Faults, path string, complete bool) {
	if int(m.Measure) >= len(measures.List) {
		faults.Add(path+".measure", "no such measure: %d", m.Measure)
	}
	if !(m.Target >= 0) || math.IsInf(m.Target, 0) || m.Measure == Conversion && m.Target > 1 {
		faults.Add(path+".target", "%v: want 0 or more, and a share up to 1 for %q", m.Target, Conversion)
	}
	if complete && m.Measure != Entered {
		faults.Add(path+".measure", "the last stage has no exit, and so nothing but %q", Entered)
	}
}

// validateFunnel adds what is wrong with the breakdowns, which the funnel knows.
func (m Map) validateFunnel(faults *regulars.Faults) {
	err := m.Funnel().Validate()
	if found, ok := errors.AsType[regulars.Faults](err); ok {
		*faults = append(*faults, found...)
	} else if err != nil {
		faults.Add("", "%v", err)
	}
}

// ValidateEvents returns, as [regulars.Faults], the events that conditions name
// and that are not among the known ones, such as those of a tracking plan.
func (m Map) ValidateEvents(known []string) error {
	var faults regulars.Faults
	set := setOf(known)
	for i, s := range m.Stages {
		s.Enter.unknown(&faults, fmt.Sprintf("stages[%d].enter", i), set)
		s.Exit.unknown(&faults, fmt.Sprintf("stages[%d].exit", i), set)
	}
	return faults.Err()
}

// Funnel returns the funnel that the map counts: a step for each Enter, named
// like the stage, and one for each Exit, such as "consider completed". What a
// step asks of labels and predicates is in the steps' Where, which are names of
// the map's own.
func (m Map) Funnel() funnel.Funnel {
	f := funnel.Funnel{
		Name: m.Name, By: m.By, SessionGap: m.SessionGap, Breakdowns: slices.Clone(m.Breakdowns),
		Match: funnel.Match{Window: m.Window, Entry: funnel.FirstEntry, Reuse: true},
	}
	for i, s := range m.Stages {
		f.Steps = append(f.Steps, s.Enter.step(s.Name, fmt.Sprintf("stages[%d].enter", i)))
		if !s.Exit.IsZero() {
			f.Steps = append(f.Steps, s.Exit.step(s.Name+" completed", fmt.Sprintf("stages[%d].exit", i)))
		}
	}
	return f
}

// step returns c as a step; where names what it asks beside names of events.
func (c Condition) step(name, where string) funnel.Step {
	s := funnel.Step{Name: name, Events: slices.Clone(c.Events)}
	if len(c.Labels) > 0 || c.Where != "" {
		s.Where = where
	}
	return s
}

// steps says which steps of the funnel are those of each stage.
func (m Map) steps() []stageSteps {
	steps := make([]stageSteps, len(m.Stages))
	step := 0
	for i, s := range m.Stages {
		step++
		if i > 0 {
			steps[i-1].next = step
		}
		steps[i] = stageSteps{enter: step, exit: step + 1}
		if !s.Exit.IsZero() {
			step++
		} else if i == len(m.Stages)-1 {
			steps[i].exit = 0
		}
		steps[i].next = step
	}
	return steps
}

// stageSteps are the numbers of steps, from 1: those that enter and complete the
// stage (exit is 0 if none does), and the last that one who leaves the stage may
// fail to make.
type stageSteps struct{ enter, exit, next int }
