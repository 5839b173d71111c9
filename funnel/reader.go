package funnel

import (
	"errors"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// reader turns the host's events into times and bits. The name of an event is
// looked up once, whatever the number of steps; a predicate is called only if
// it can still matter.
type reader[E any, K regulars.ID] struct {
	source Source[E, K]
	names  *nameTable // nil if names do not matter
	others masks      // of an event with none of the names
	tests  []test[E]
	asOf   int64
}

// test is a predicate and the steps and exclusions that need it.
type test[E any] struct {
	holds func(E) bool
	of    masks
}

func newReader[E any, K regulars.ID](f Funnel, s Source[E, K]) (*reader[E, K], error) {
	r := &reader[E, K]{source: s, asOf: noAsOf}
	if s.At == nil {
		return nil, errors.New("funnel: source has no At")
	}
	if !s.AsOf.IsZero() {
		if err := calendar.CheckInstant(s.AsOf); err != nil {
			return nil, fmt.Errorf("funnel: AsOf %w", err)
		}
		r.asOf = s.AsOf.UnixMicro()
	}
	if s.Label == nil && (len(f.Breakdowns) > 0 || len(f.Match.Hold) > 0) {
		return nil, errors.New("funnel: source has no Label, which breakdowns and held properties need")
	}
	tests := map[string]int{}
	add := func(names []string, where string, of masks) error {
		if err := r.addNames(names, of); err != nil || where == "" {
			return err
		}
		holds := s.Where[where]
		if holds == nil {
			return fmt.Errorf("funnel: source has no predicate %q", where)
		}
		i, ok := tests[where]
		if !ok {
			i = len(r.tests)
			tests[where] = i
			r.tests = append(r.tests, test[E]{holds: holds})
		}
		r.tests[i].of = r.tests[i].of.with(of)
		return nil
	}
	for k, step := range f.Steps {
		names := step.Events
		if len(names) == 0 && step.Where == "" {
			names = []string{step.Name}
		}
		if err := add(names, step.Where, masks{steps: 1 << k}); err != nil {
			return nil, err
		}
	}
	for n, x := range f.Match.Exclusions {
		if err := add(x.Events, x.Where, masks{exclusions: 1 << n}); err != nil {
			return nil, err
		}
	}
	if r.names != nil {
		r.names.finish(r.others)
	}
	return r, nil
}

// addNames notes what events with some names match; no names are all.
func (r *reader[E, K]) addNames(names []string, of masks) error {
	if len(names) == 0 {
		r.others = r.others.with(of)
		return nil
	}
	if r.source.Name == nil {
		return fmt.Errorf("funnel: source has no Name, and event %q is asked for", names[0])
	}
	if r.names == nil {
		r.names = &nameTable{named: map[string]masks{}}
	}
	for _, name := range names {
		r.names.named[name] = r.names.named[name].with(of)
	}
	return nil
}

// test takes away the steps and exclusions whose predicates an event does not
// meet.
func (r *reader[E, K]) test(event E, m masks) masks {
	for i := range r.tests {
		t := &r.tests[i]
		if m.steps&t.of.steps|m.exclusions&t.of.exclusions != 0 && !t.holds(event) {
			m.steps &^= t.of.steps
			m.exclusions &^= t.of.exclusions
		}
	}
	return m
}

// toMicros returns t in microseconds since 1970; ok is false if that needs a
// look at t by [calendar.CheckInstant].
func toMicros(t time.Time) (micros int64, ok bool) {
	unix := t.Unix()
	return unix*1e6 + int64(t.Nanosecond()/1000), unix >= calendar.MinUnix && unix <= calendar.MaxUnix
}
