package funnel

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// LeakSearch says how to look for leaks: what a segment is compared with, and
// how strong the proof must be. The zero value compares each segment with all
// other units, and is what [Leaks] uses.
type LeakSearch struct {
	// Against is a label, such as "period=before": a segment is compared with the
	// units that have this label, and otherwise the labels of the segment.
	// Segments with the label itself are not tested. Defaults to none.
	Against string `json:"against,omitempty"`
	// Targets are the shares that the steps should convert, by the name of the
	// step, such as {"pay": 0.8}: each segment is compared with those. Steps
	// without one are not tested. A target is known and not estimated, so that
	// there is nothing to guard. Defaults to none.
	Targets map[string]float64 `json:"targets,omitempty"`
	// Before is a report of the same funnel from another period: each segment is
	// compared with itself there. Nil if there is none. At most one of Against,
	// Targets and Before may be given.
	Before *Report `json:"-"`
	// Alpha is which share of the leaks named may be false on average, or with
	// Holm the probability that any is. Zero means 0.05.
	Alpha float64 `json:"alpha,omitzero"`
	// Correction says how P-values are adjusted for their number. Defaults to
	// BenjaminiHochberg.
	Correction Correction `json:"correction,omitzero"`
	// Test says where P-values come from. Defaults to Exact.
	Test Test `json:"test,omitzero"`
	// MinDrop is by how much a leak must be below its reference, at the bound of
	// its interval: 0.02 is two points. Defaults to 0.
	MinDrop float64 `json:"minDrop,omitzero"`
	// MinUnits is how many units of the step before a segment must have for the
	// next step to be tested, and its reference too. Zero means 10.
	MinUnits int64 `json:"minUnits,omitzero"`
	// Power is the probability for which [Cell.Smallest] is worked out. Zero
	// means 0.8.
	Power float64 `json:"power,omitzero"`
	// Clustered counts sessions or attempts, of which one user can have many and
	// which are alike then, as fewer: each step's counts are divided by its
	// design effect, if that is above 1, before anything is tested or bounded
	// (Rao and Scott 1992). See [Report.DesignEffects]. By user it changes
	// nothing. Defaults to false.
	Clustered bool `json:"clustered,omitzero"`
	// Guards are breakdowns within whose values a leak must show as well. Nil
	// means all of the funnel's other breakdowns that are as of entry or of the
	// first event; an empty list means none.
	Guards []string `json:"guards,omitzero"`
}

// Leaks finds where a segment loses more units than others do: it tests each
// step from the second on, for each value of a breakdown (or each combination
// of several), against all units that lack it. It names what is proven and says
// of the rest what could have been seen. It is the zero [LeakSearch].
func Leaks(report *Report, breakdowns ...string) (*LeakReport, error) {
	return LeakSearch{}.Find(report, breakdowns...)
}

// ParseLeakSearch reads a search from JSON and validates it:
//
//	{"against": "period=before", "alpha": 0.01, "correction": "holm"}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. The error is [regulars.Faults].
func ParseLeakSearch(data []byte) (LeakSearch, error) {
	var s LeakSearch
	if err := config.Decode(data, &s); err != nil {
		return LeakSearch{}, err
	}
	if err := s.Validate(); err != nil {
		return LeakSearch{}, err
	}
	return s, nil
}

// Validate returns all that is wrong with the search as [regulars.Faults].
func (s LeakSearch) Validate() error {
	var faults regulars.Faults
	if name, _, ok := strings.Cut(s.Against, "="); s.Against != "" && (!ok || name == "") {
		faults.Add("against", `%q is not a label: want "key=value"`, s.Against)
	}
	given := 0
	for _, is := range []bool{s.Against != "", len(s.Targets) > 0, s.Before != nil} {
		if is {
			given++
		}
	}
	if given > 1 {
		faults.Add("", "compares with more than one of against, targets and another report")
	}
	for _, name := range sortedKeys(s.Targets) {
		if target := s.Targets[name]; !(target > 0 && target <= 1) {
			faults.Add("targets."+name, "%v: want a share above 0, at most 1", target)
		}
	}
	if !(s.Alpha >= 0 && s.Alpha < 1) {
		faults.Add("alpha", "%v: want a number between 0 and 1", s.Alpha)
	}
	if int(s.Correction) >= len(corrections.List) {
		faults.Add("correction", "no such correction: %d", s.Correction)
	}
	if int(s.Test) >= len(tests.List) {
		faults.Add("test", "no such test: %d", s.Test)
	}
	if !(s.MinDrop >= 0 && s.MinDrop < 1) {
		faults.Add("minDrop", "%v: want a share from 0, below 1", s.MinDrop)
	}
	if s.MinUnits < 0 {
		faults.Add("minUnits", "%d: want 0 or more", s.MinUnits)
	}
	if !(s.Power >= 0 && s.Power < 1) {
		faults.Add("power", "%v: want a number between 0 and 1", s.Power)
	}
	return faults.Err()
}

func (s LeakSearch) withDefaults() LeakSearch {
	if s.Alpha == 0 {
		s.Alpha = 0.05
	}
	if s.MinUnits == 0 {
		s.MinUnits = 10
	}
	if s.Power == 0 {
		s.Power = 0.8
	}
	return s
}

// Find looks for leaks among the values of one breakdown of the report, or
// among the combinations of several. With Targets or Before there may be none:
// then all units are one segment.
//
// Units of which a value is not known are part of what others are compared
// with, and are not tested themselves. A breakdown [AtStep] has values only from
// that step on, so that only later steps are tested. If the funnel counts
// sessions or attempts, those of one user are taken as independent; where a few
// users have most of them P is too small, and Clustered is for that.
//
// A fault of the search, a breakdown that the funnel lacks or is given twice, a
// target for a step that it lacks, and another report of an unlike funnel are
// errors.
func (s LeakSearch) Find(report *Report, breakdowns ...string) (*LeakReport, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if err := s.fits(report, breakdowns); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	breakdowns = append([]string{}, breakdowns...)
	if key, _, ok := strings.Cut(s.Against, "="); ok && !slices.Contains(breakdowns, key) {
		breakdowns = append(breakdowns, key)
	}
	matchup := matchup{search: s, report: report, breakdowns: breakdowns}
	cells, err := matchup.cells()
	if err != nil {
		return nil, err
	}
	found := &LeakReport{
		Breakdowns: breakdowns, Alpha: s.Alpha, Correction: s.Correction,
		Cells: cells, Structural: report.structural(),
	}
	found.Tests = s.judge(cells)
	found.Anomalous = proven(cells)
	return found, nil
}

// fits says why the search can't be made in a report.
func (s LeakSearch) fits(report *Report, breakdowns []string) error {
	if len(breakdowns) == 0 && s.Before == nil && len(s.Targets) == 0 && s.Against == "" {
		return errors.New("funnel: leaks of which breakdown? All units have none to compare with")
	}
	for _, name := range sortedKeys(s.Targets) {
		if !slices.ContainsFunc(report.Counts.Funnel().Steps[1:], func(step Step) bool { return step.Name == name }) {
			return fmt.Errorf("funnel: a target for %q, which is no step after the first", name)
		}
	}
	if s.Before != nil {
		return sameSteps(s.Before, report)
	}
	return nil
}

// guards returns the breakdowns to look within.
func (s LeakSearch) guards(f Funnel, breakdowns []string) ([]string, error) {
	if len(s.Targets) > 0 {
		return nil, nil
	}
	if s.Guards != nil {
		for _, name := range s.Guards {
			if slices.Contains(breakdowns, name) {
				return nil, fmt.Errorf("funnel: breakdown %q can't guard itself", name)
			}
		}
		return s.Guards, nil
	}
	var guards []string
	for _, b := range f.Breakdowns {
		if !slices.Contains(breakdowns, b.Name) && (b.By == AtEntry || b.By == AtFirst) {
			guards = append(guards, b.Name)
		}
	}
	return guards, nil
}
