package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/funnel"
)

// MapOptions says what a report of a map shows. The zero value looks for no
// leaks.
type MapOptions struct {
	// Maturity says which units the counts and rates are of; see
	// [funnel.Report]. Dwell times have all units, since they take account of
	// those who are still waiting. Defaults to funnel.Everybody.
	Maturity funnel.Maturity
	// TopExits is how many of the last events of those who left a stage are
	// named. Zero means 5.
	TopExits int
	// LeaksBy are breakdowns of the map, whose combinations are the segments in
	// which leaks are looked for. Defaults to none: then leaks are looked for
	// only if Leaks compares with targets or another report.
	LeaksBy []string
	// Leaks says how to look for them.
	Leaks funnel.LeakSearch
}

// MapReport is a map that is filled in.
type MapReport struct {
	Name string `json:"name,omitempty"`
	// Users is how many users had an event, and Units how many users or
	// sessions that makes; NotEntered of these entered no stage in its order.
	Users      int64 `json:"users"`
	Units      int64 `json:"units"`
	NotEntered int64 `json:"notEntered"`
	// AfterAsOf is how many events were set aside, since they came later.
	AfterAsOf int64         `json:"afterAsOf,omitzero"`
	Stages    []StageReport `json:"stages"`
	// Leaks are all cells that were looked at; nil if none were asked for.
	Leaks *funnel.LeakReport `json:"leaks,omitempty"`
}

// StageReport is a stage with its counts.
type StageReport struct {
	Stage
	// Entered is how many units entered the stage through those before, and Came
	// their share of those that entered the stage before: nil for the first,
	// and if nobody did.
	Entered int64        `json:"entered"`
	Came    *funnel.Rate `json:"came"`
	// Direct is how many other units had an event that meets Enter: they came
	// by a side door, and are in no other count. Maturity does not matter here.
	Direct int64 `json:"direct"`
	// Completed is how many of Entered completed the stage, and Conversion their
	// share. Conversion is nil if nobody entered, and for a last stage without
	// exit.
	Completed  int64        `json:"completed"`
	Conversion *funnel.Rate `json:"conversion"`
	// Dwell says how long they took. It is empty for a last stage without exit.
	Dwell Dwell `json:"dwell"`
	// Exits are the last events of the units that did not complete the stage and
	// no longer can, the most common first; OtherExits is how many had another
	// last event. Open is how many are in the stage with their window open.
	Exits      []Exit `json:"exits"`
	OtherExits int64  `json:"otherExits"`
	Open       int64  `json:"open"`
	// Value is the stage's metric; nil if it has none, and if it is not defined.
	// Met says whether the target is met; nil if there is none, or no value.
	Value *float64 `json:"value"`
	Met   *bool    `json:"met"`
	// Leak is the worst of the leaks that are proven between entering this stage
	// and the next: that which costs most conversions. Nil if none is proven.
	Leak *funnel.Cell `json:"leak"`
}

// Exit is a last event.
type Exit struct {
	Event string `json:"event"`
	Units int64  `json:"units"`
	// Share is Units as a share of all that left the stage.
	Share float64 `json:"share"`
}

// Label returns the stage as other packages read it, such as
// "journey=consider".
func (s Stage) Label() string { return "journey=" + s.Name }

// Report returns the map with its counts. A breakdown that the map lacks, and
// what is wrong with the search for leaks, are errors.
func (c *MapCounts) Report(o MapOptions) (*MapReport, error) {
	if o.TopExits < 0 {
		return nil, fmt.Errorf("journey: the top %d exits: want 0 or more", o.TopExits)
	}
	report := &MapReport{
		Name: c.journey.Name, Users: c.funnel.Users, Units: c.funnel.Units,
		NotEntered: c.funnel.NotEntered, AfterAsOf: c.funnel.AfterAsOf,
	}
	if len(o.LeaksBy) > 0 || o.Leaks.Before != nil || len(o.Leaks.Targets) > 0 || o.Leaks.Against != "" {
		leaks, err := o.Leaks.Find(&funnel.Report{Counts: c.funnel, Maturity: o.Maturity}, o.LeaksBy...)
		if err != nil {
			return nil, err
		}
		report.Leaks = leaks
	}
	reached := c.funnel.Total(o.Maturity).Reached
	steps := c.journey.steps()
	for i, s := range c.journey.Stages {
		stage := c.stage(i, s, steps[i], reached, cmp.Or(o.TopExits, 5))
		if i > 0 {
			stage.Came = funnel.NewRate(stage.Entered, report.Stages[i-1].Entered)
		}
		stage.Leak = steps[i].worst(report.Leaks)
		report.Stages = append(report.Stages, stage)
	}
	return report, nil
}

func (c *MapCounts) stage(i int, s Stage, steps stageSteps, reached []int64, top int) StageReport {
	cell := &c.stages[i]
	entered := reached[steps.enter-1]
	r := StageReport{Stage: s, Entered: entered, Direct: cell.direct, Completed: entered, Open: cell.open}
	if steps.exit > 0 {
		r.Completed = reached[steps.exit-1]
		r.Conversion = funnel.NewRate(r.Completed, entered)
		r.Dwell = newDwell(cell.completed, cell.waited)
	}
	r.Exits, r.OtherExits = cell.topExits(top)
	r.judge()
	return r
}

func (s *stageCell) topExits(top int) (exits []Exit, other int64) {
	all := int64(len(s.waited)) - s.open
	exits = []Exit{}
	for name, n := range s.exits {
		exits = append(exits, Exit{name, n, float64(n) / float64(all)})
	}
	slices.SortFunc(exits, func(a, b Exit) int {
		return cmp.Or(cmp.Compare(b.Units, a.Units), strings.Compare(a.Event, b.Event))
	})
	for _, rest := range exits[min(top, len(exits)):] {
		other += rest.Units
	}
	return exits[:min(top, len(exits))], other
}

// judge sets Value and Met.
func (r *StageReport) judge() {
	if r.Metric == nil {
		return
	}
	switch r.Metric.Measure {
	case Entered:
		r.Value = new(float64(r.Entered))
	case MedianDwell:
		if median, ok := r.Dwell.Median(); ok {
			r.Value = new(median.Seconds())
		}
	default:
		if r.Conversion != nil {
			r.Value = new(r.Conversion.Value)
		}
	}
	if target := r.Metric.Target; target > 0 && r.Value != nil {
		met := *r.Value >= target
		if r.Metric.Measure == MedianDwell {
			met = *r.Value <= target
		}
		r.Met = &met
	}
}

// worst returns the first of the proven leaks between entering the stage and the
// next: they are sorted by what they cost.
func (s stageSteps) worst(leaks *funnel.LeakReport) *funnel.Cell {
	if leaks == nil {
		return nil
	}
	for i := range leaks.Anomalous {
		if step := leaks.Anomalous[i].Step; s.enter < step && step <= s.next {
			return &leaks.Anomalous[i]
		}
	}
	return nil
}
