package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/funnel"
)

// naiveStage is what a reader of the definition writes down of one stage.
type naiveStage struct {
	Entered, Direct, Completed, Open int64
	Took, Waited                     []time.Duration
	Exits                            map[string]int64
}

func (c Condition) meets(e row) bool {
	if len(c.Events) > 0 && !slices.Contains(c.Events, e.name) {
		return false
	}
	if len(c.Labels) > 0 && !slices.Contains(c.Labels, "city="+e.labels["city"]) {
		return false
	}
	return c.Where == "" || rows.Where[c.Where](e)
}

// naiveMap walks through each unit and takes the first event that does.
func naiveMap(m Map, asOf time.Time, events []row) []naiveStage {
	stages := make([]naiveStage, len(m.Stages))
	for i := range stages {
		stages[i].Exits = map[string]int64{}
	}
	users := map[string][]row{}
	for _, e := range events {
		if !e.at.After(asOf) {
			users[e.user] = append(users[e.user], e)
		}
	}
	for _, of := range users {
		slices.SortFunc(of, func(a, b row) int {
			if c := a.at.Compare(b.at); c != 0 {
				return c
			}
			return slices.Compare([]byte(a.name), []byte(b.name))
		})
		for _, unit := range naiveSessions(Paths{By: m.By, SessionGap: m.SessionGap}, false, of) {
			m.walk(stages, unit, asOf)
		}
	}
	return stages
}

func (m Map) walk(stages []naiveStage, unit []row, asOf time.Time) {
	window, limited := m.Window.Limit()
	var entry, at time.Time
	find := func(c Condition) bool {
		for _, e := range unit {
			late := limited && !entry.IsZero() && e.at.Sub(entry) > window
			if c.meets(e) && !e.at.Before(at) && !late {
				at = e.at
				return true
			}
		}
		return false
	}
	through := true
	for i, s := range m.Stages {
		if through = through && find(s.Enter); !through {
			if slices.ContainsFunc(unit, s.Enter.meets) {
				stages[i].Direct++
			}
			continue
		}
		if entry.IsZero() {
			entry = at
		}
		stages[i].Entered++
		entered, completed := at, true
		switch {
		case !s.Exit.IsZero():
			through = find(s.Exit)
			completed = through
		case i < len(m.Stages)-1: // to be found again as the next Enter
			completed = find(m.Stages[i+1].Enter)
		}
		if completed {
			stages[i].Took = append(stages[i].Took, at.Sub(entered))
			stages[i].Completed++
		} else {
			m.left(&stages[i], unit, entry, entered, asOf)
		}
		if s.Exit.IsZero() {
			at = entered
		}
	}
}

// left notes a unit that did not complete a stage.
func (m Map) left(s *naiveStage, unit []row, entry, entered, asOf time.Time) {
	until, last := unit[len(unit)-1].at, unit[0]
	if m.By == funnel.ByUser {
		until = asOf
	}
	window, limited := m.Window.Limit()
	for _, e := range unit {
		if !limited || e.at.Sub(entry) <= window {
			last = e
		}
	}
	if limited && until.After(entry.Add(window)) {
		until = entry.Add(window)
	}
	s.Waited = append(s.Waited, until.Sub(entered))
	if limited && entry.Add(window).After(asOf) {
		s.Open++
	} else {
		s.Exits[last.name]++
	}
}

var anyCondition = rapid.Custom(func(t *rapid.T) Condition {
	c := Condition{Events: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 1, 2, rapid.ID).Draw(t, "names")}
	if rapid.IntRange(0, 3).Draw(t, "labelled") == 0 {
		c.Labels = []string{"city=rome"}
	}
	if rapid.IntRange(0, 3).Draw(t, "asks") == 0 {
		c.Where = "even"
	}
	return c
})

var anyMap = rapid.Custom(func(t *rapid.T) Map {
	m := Map{
		By:         rapid.SampledFrom([]funnel.By{funnel.ByUser, funnel.BySession}).Draw(t, "by"),
		SessionGap: funnel.Within(2 * time.Minute),
		Breakdowns: []funnel.Breakdown{{Name: "city"}},
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "stages") {
		s := Stage{Name: fmt.Sprint(i), Enter: anyCondition.Draw(t, "enter")}
		if rapid.Bool().Draw(t, "exits") {
			s.Exit = anyCondition.Draw(t, "exit")
		}
		m.Stages = append(m.Stages, s)
	}
	if rapid.Bool().Draw(t, "windowed") {
		m.Window = funnel.Within(time.Duration(rapid.IntRange(0, 6).Draw(t, "window")) * time.Minute)
	}
	return m
})

// Property: a map's counts are those that a reader of the definition would count
// by hand.
func TestMapAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMap.Draw(t, "map")
		events := rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events")
		source := rows
		source.AsOf = minute(rapid.IntRange(4, 9).Draw(t, "asOf"))
		counts, err := CountMap(m, source, events)
		must(t, err)
		report, err := counts.Report(MapOptions{TopExits: 100})
		must(t, err)
		got := make([]naiveStage, len(report.Stages))
		for i, s := range report.Stages {
			cell := counts.stages[i]
			got[i] = naiveStage{s.Entered, s.Direct, s.Completed, s.Open, durations(cell.completed), durations(cell.waited), map[string]int64{}}
			for _, e := range s.Exits {
				got[i].Exits[e.Event] = e.Units
			}
			if s.Conversion != nil && (s.Conversion.Hits != s.Completed || s.Conversion.Of != s.Entered) {
				t.Fatalf("%s: conversion %v of %d and %d", s.Name, s.Conversion, s.Completed, s.Entered)
			}
		}
		want := naiveMap(m, source.AsOf, events)
		for i := range want {
			slices.Sort(want[i].Took)
			slices.Sort(want[i].Waited)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func durations(micros []int64) []time.Duration {
	var list []time.Duration
	for _, m := range micros {
		list = append(list, toDuration(m))
	}
	slices.Sort(list)
	return list
}

// Property: neither the order of the input nor the way it is shared out changes
// the counts of a map.
func TestMapCountsAccumulate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, source := anyMap.Draw(t, "map"), rows
		source.AsOf = minute(rapid.IntRange(4, 9).Draw(t, "asOf"))
		checkAccumulator(t, func(events []row) *MapCounts {
			counts, err := CountMap(m, source, events)
			must(t, err)
			return counts
		}, rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events"))
	})
}

// Property: by users, those who entered a stage in the counts are those who are
// there by their own places.
func TestPlacesAgreeWithCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyMap.Draw(t, "map")
		m.By = funnel.ByUser
		events := rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events")
		counts, err := CountMap(m, rows, events)
		must(t, err)
		report, err := counts.Report(MapOptions{})
		must(t, err)
		places, err := Places(m, rows, events)
		must(t, err)
		entered := map[string]int64{}
		for _, p := range places {
			for _, v := range p.Visits {
				entered[v.Stage]++
			}
			if stage, ok := p.Stage(); ok && p.Label() != "journey="+stage.Stage || !ok && p.Label() != "" {
				t.Fatalf("%+v has the label %q", p, p.Label())
			}
		}
		for _, s := range report.Stages {
			if entered[s.Name] != s.Entered {
				t.Fatalf("%s: %d places, %d entered", s.Name, entered[s.Name], s.Entered)
			}
		}
		if int64(len(places)) != report.Users {
			t.Fatalf("%d places of %d users", len(places), report.Users)
		}
	})
}
