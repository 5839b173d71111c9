package funnel

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/names"
)

// Funnel is what to look for and how to count it. It is data; what needs the
// host's own event type is in a [Source].
type Funnel struct {
	// Name is for reports, such as "checkout".
	Name string `json:"name,omitempty"`
	// Steps are what a unit does one after the other: 1 to MaxSteps.
	Steps []Step `json:"steps"`
	// Match says which events make a chain.
	Match Match `json:"match,omitzero"`
	// By says what is counted. Defaults to ByUser.
	By By `json:"by,omitzero"`
	// SessionGap ends a session when no event of any kind comes for longer than
	// this; an event exactly so much later belongs to it. It counts for
	// BySession if the [Source] gives no session of its own. Zero means 30
	// minutes.
	SessionGap Window `json:"sessionGap,omitzero"`
	// Breakdowns are the labels to count by, in one pass. Defaults to none; at
	// most MaxBreakdowns.
	Breakdowns []Breakdown `json:"breakdowns,omitempty"`
}

// Step is one thing to do on the way. An event makes the step if it has one of
// the names and meets the predicate.
type Step struct {
	// Name is for reports, such as "submit order".
	Name string `json:"name"`
	// Events are names of events, any of which will do. With neither Events nor
	// Where it is the Name.
	Events []string `json:"events,omitempty"`
	// Where names a predicate of the [Source], such as "paid by card". With no
	// Events it alone decides. Defaults to none.
	Where string `json:"where,omitempty"`
	// MaxGap is the most time since the step before, inclusive. Step 1 has
	// none, nor has a step with AnyOrder or Nested. Defaults to no limit.
	MaxGap Window `json:"maxGap,omitzero"`
}

// By says what a funnel counts: its units.
type By uint8

const (
	// ByUser counts each user once, with the best that they did.
	ByUser By = iota
	// BySession counts each session once, with the best that was done in it.
	BySession
	// ByTotal counts each attempt of each user. An attempt starts with an event
	// of step 1 and takes the first event of each next step. It ends when it is
	// complete, when the next step is too late, or when an exclusion breaks it;
	// only then can the next one start, by a later event than the one that ended
	// it (the one that came too late may start it).
	ByTotal
)

var bys = names.Names{Package: "funnel", Type: "By", What: "unit", List: []string{"user", "session", "total"}}

// String returns the lower-case name of b, such as "user".
func (b By) String() string { return bys.Of(uint8(b)) }

// MarshalText writes b as [By.String] does; what is none is an error.
func (b By) MarshalText() ([]byte, error) { return bys.Marshal(uint8(b)) }

// UnmarshalText reads what [By.String] writes; any other text is an error, and
// leaves b as it was.
func (b *By) UnmarshalText(text []byte) error {
	i, err := bys.Unmarshal(text)
	if err == nil {
		*b = By(i)
	}
	return err
}

// Limits on a funnel.
const (
	// MaxSteps is what the bits of a word hold: which steps an event matches.
	MaxSteps = 64
	// MaxNames is the most event names of all steps and exclusions together:
	// more than a tracking plan has.
	MaxNames = 10_000
	// MaxExclusions is the most exclusions.
	MaxExclusions = 64
	// MaxHold is the most properties that are held.
	MaxHold = 8
	// MaxBreakdowns is the most labels to count by.
	MaxBreakdowns = 16
)

// Parse reads a funnel from JSON and validates it:
//
//	{"steps": [{"name": "banner or search", "events": ["banner", "search"]}, {"name": "view"}, {"name": "pay"}],
//	 "match": {"window": "24h"}, "breakdowns": [{"name": "city"}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. The error is [regulars.Faults].
func Parse(data []byte) (Funnel, error) {
	var f Funnel
	if err := config.Decode(data, &f); err != nil {
		return Funnel{}, err
	}
	if err := f.Validate(); err != nil {
		return Funnel{}, err
	}
	return f, nil
}

// Validate returns all that is wrong as [regulars.Faults]: no steps or too many,
// a negative window, an exclusion between steps that are not there, options
// that contradict each other.
func (f Funnel) Validate() error {
	var faults regulars.Faults
	if len(f.Steps) == 0 || len(f.Steps) > MaxSteps {
		faults.Add("steps", "has %d: want 1 to %d", len(f.Steps), MaxSteps)
	}
	for i, s := range f.Steps {
		s.validate(&faults, fmt.Sprintf("steps[%d]", i), i, f.Match.Order)
	}
	f.Match.validate(&faults, len(f.Steps))
	if int(f.By) >= len(bys.List) {
		faults.Add("by", "is %s: want user, session or total", f.By)
	}
	if f.By == ByTotal {
		f.validateTotals(&faults)
	}
	if f.SessionGap.faulty() {
		faults.Add("sessionGap", "%s: want 0 or more", f.SessionGap)
	}
	if n := f.eventNames(); n > MaxNames {
		faults.Add("", "names %d events: want at most %d", n, MaxNames)
	}
	f.validateBreakdowns(&faults)
	return faults.Err()
}

// ValidateEvents returns, as [regulars.Faults], the events that steps and
// exclusions name and that are not among the known ones, such as those of a
// tracking plan: nobody makes a step whose event is misspelt.
func (f Funnel) ValidateEvents(known []string) error {
	var faults regulars.Faults
	set := make(map[string]bool, len(known))
	for _, name := range known {
		set[name] = true
	}
	check := func(path, name string) {
		if !set[name] {
			faults.Add(path, "no such event: %q", name)
		}
	}
	for i, s := range f.Steps {
		if len(s.Events) == 0 && s.Where == "" {
			check(fmt.Sprintf("steps[%d].name", i), s.Name)
		}
		for n, name := range s.Events {
			check(fmt.Sprintf("steps[%d].events[%d]", i, n), name)
		}
	}
	for i, x := range f.Match.Exclusions {
		for n, name := range x.Events {
			check(fmt.Sprintf("match.exclusions[%d].events[%d]", i, n), name)
		}
	}
	return faults.Err()
}

func (s Step) validate(faults *regulars.Faults, path string, i int, order Order) {
	if s.Name == "" {
		faults.Add(path+".name", "is missing")
	}
	if s.MaxGap.faulty() {
		faults.Add(path+".maxGap", "%s: want 0 or more", s.MaxGap)
	}
	if !s.MaxGap.IsZero() && i == 0 {
		faults.Add(path+".maxGap", "the first step has none before it")
	}
	if !s.MaxGap.IsZero() && (order == AnyOrder || order == Nested) {
		faults.Add(path+".maxGap", "with order %q no step has one before it", order)
	}
}

func (m Match) validate(faults *regulars.Faults, steps int) {
	for _, enum := range []struct {
		path  string
		value uint8
		of    names.Names
	}{
		{"match.order", uint8(m.Order), orders},
		{"match.ties", uint8(m.Ties), ties},
		{"match.entry", uint8(m.Entry), entries},
		{"match.excluded", uint8(m.Excluded), treatments},
	} {
		if int(enum.value) >= len(enum.of.List) {
			faults.Add(enum.path, "no such %s: %d", enum.of.What, enum.value)
		}
	}
	if m.Window.faulty() {
		faults.Add("match.window", "%s: want 0 or more", m.Window)
	}
	if m.Grace.faulty() {
		faults.Add("match.grace", "%s: want 0 or more", m.Grace)
	}
	if len(m.Hold) > MaxHold {
		faults.Add("match.hold", "has %d: want at most %d", len(m.Hold), MaxHold)
	}
	for i, name := range m.Hold[:min(len(m.Hold), MaxHold)] {
		switch {
		case name == "":
			faults.Add(fmt.Sprintf("match.hold[%d]", i), "is missing")
		case slices.Contains(m.Hold[:i], name):
			faults.Add(fmt.Sprintf("match.hold[%d]", i), "%q is there already", name)
		}
	}
	if len(m.Exclusions) > MaxExclusions {
		faults.Add("match.exclusions", "has %d: want at most %d", len(m.Exclusions), MaxExclusions)
	}
	if len(m.Exclusions) > 0 && m.Order == Contiguous {
		faults.Add("match.exclusions", "with order %q any event comes between", m.Order)
	}
	if m.Order == Contiguous && m.Reuse && m.Ties == TiesAnyOrder {
		faults.Add("match.reuse", "with order %q it needs ties %q or %q", m.Order, TiesGiven, TiesStrict)
	}
	if m.Excluded == DropUnit && (m.Order == AnyOrder || m.Order == Nested) {
		faults.Add("match.excluded", "with order %q units keep their level", m.Order)
	}
	for i, x := range m.Exclusions {
		x.validate(faults, fmt.Sprintf("match.exclusions[%d]", i), m.Order, steps)
	}
}

func (x Exclusion) validate(faults *regulars.Faults, path string, order Order, steps int) {
	if len(x.Events) == 0 && x.Where == "" {
		faults.Add(path, "names no event: want events or where")
	}
	after, before := x.between(steps)
	if after < 1 || before > steps || after >= before {
		faults.Add(path, "after step %d and before step %d: want two of the %d steps, in order", after, before, steps)
	} else if (order == AnyOrder || order == Nested) && (after != 1 || before != steps) {
		faults.Add(path, "after step %d and before step %d: with order %q there is no such part", after, before, order)
	}
}

// between returns After and Before with their defaults.
func (x Exclusion) between(steps int) (after, before int) {
	after, before = x.After, x.Before
	if after == 0 {
		after = 1
	}
	if before == 0 {
		before = steps
	}
	return after, before
}

// validateTotals refuses what an attempt after an attempt can't be: it is
// greedy, and so needs an order.
func (f Funnel) validateTotals(faults *regulars.Faults) {
	if f.Match.Order != Ordered {
		faults.Add("by", "total counts attempts, which need the order %q", Ordered)
	}
	if f.Match.Excluded == DropUnit {
		faults.Add("match.excluded", "an attempt that an exclusion ends has been made: by total it counts")
	}
}

func (f Funnel) eventNames() int {
	n := 0
	for _, s := range f.Steps {
		n += max(1, len(s.Events))
	}
	for _, x := range f.Match.Exclusions {
		n += len(x.Events)
	}
	return n
}

func (f Funnel) validateBreakdowns(faults *regulars.Faults) {
	if len(f.Breakdowns) > MaxBreakdowns {
		faults.Add("breakdowns", "has %d: want at most %d", len(f.Breakdowns), MaxBreakdowns)
	}
	seen := map[string]bool{}
	for i, b := range f.Breakdowns {
		path := fmt.Sprintf("breakdowns[%d]", i)
		switch {
		case b.Name == "":
			faults.Add(path+".name", "is missing")
		case seen[b.Name]:
			faults.Add(path+".name", "%q is there already", b.Name)
		}
		seen[b.Name] = true
		if int(b.By) >= len(attributions.List) {
			faults.Add(path+".by", "no such attribution: %d", b.By)
		}
		if b.By == AtStep && (b.Step < 1 || b.Step > len(f.Steps)) {
			faults.Add(path+".step", "%d: want 1 to %d", b.Step, len(f.Steps))
		}
		if b.By != AtStep && b.Step != 0 {
			faults.Add(path+".step", "counts with by %q only", AtStep)
		}
	}
}
