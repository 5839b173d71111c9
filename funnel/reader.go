package funnel

import (
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/regulars-go/regulars"
)

// reader turns the host's events into times and bits. The name of an event is
// looked up once, whatever the number of steps; a predicate is called only if
// it can still matter.
type reader[E any, K regulars.ID] struct {
	source Source[E, K]
	named  map[string]masks
	others masks // of a name that is not in named
	seen   [seenNames]seenName
	tests  []test[E]
	asOf   int64
	grace  *program
}

// seenName remembers what a name matches under the address of its bytes: hosts
// have few names, and most often each of them once. A text at this address is
// the same text, since name keeps it there.
type seenName struct {
	name  string
	masks masks
}

const seenNames = 128

// lookup returns what events with a name match.
func (r *reader[E, K]) lookup(name string) masks {
	data := unsafe.StringData(name)
	address := uintptr(unsafe.Pointer(data))
	slot := &r.seen[(address>>3^address>>10^uintptr(len(name)))%seenNames]
	if unsafe.StringData(slot.name) == data && len(slot.name) == len(name) && name != "" {
		return slot.masks
	}
	m, ok := r.named[name]
	if !ok {
		m = r.others
	}
	*slot = seenName{name, m}
	return m
}

// masks are the steps and exclusions of an event, as bits.
type masks struct{ steps, exclusions uint64 }

// test is a predicate and the steps and exclusions that need it.
type test[E any] struct {
	holds func(E) bool
	of    masks
}

func newReader[E any, K regulars.ID](f Funnel, s Source[E, K], p *program) (*reader[E, K], error) {
	r := &reader[E, K]{source: s, named: map[string]masks{}, asOf: noAsOf, grace: p}
	if s.At == nil {
		return nil, errors.New("funnel: source has no At")
	}
	if !s.AsOf.IsZero() {
		if err := checkTime(s.AsOf); err != nil {
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
	for name, of := range r.named {
		r.named[name] = of.with(r.others)
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
	for _, name := range names {
		r.named[name] = r.named[name].with(of)
	}
	return nil
}

func (m masks) with(other masks) masks {
	return masks{m.steps | other.steps, m.exclusions | other.exclusions}
}

// masks returns what an event matches.
func (r *reader[E, K]) masks(event E) masks {
	m := r.others
	if len(r.named) > 0 {
		m = r.lookup(r.source.Name(event))
	}
	for i := range r.tests {
		t := &r.tests[i]
		if m.steps&t.of.steps|m.exclusions&t.of.exclusions != 0 && !t.holds(event) {
			m.steps &^= t.of.steps
			m.exclusions &^= t.of.exclusions
		}
	}
	return m
}

// at returns when an event happened, as it is matched and as it is.
func (r *reader[E, K]) at(event E) (rounded, micros int64, err error) {
	t := r.source.At(event)
	unix := t.Unix()
	if unix <= minUnix || unix > maxUnix {
		if err := checkTime(t); err != nil {
			return 0, 0, err
		}
	}
	micros = unix*1e6 + int64(t.Nanosecond()/1000)
	return r.grace.round(micros), micros, nil
}

// Instants lie in the years 1 to 9999, where microseconds fit an int64 and
// dates have four digits. A later one is most often milliseconds taken for
// seconds.
const (
	minUnix = -62_135_596_800
	maxUnix = 253_402_300_799
)

func checkTime(t time.Time) error {
	unix := t.Unix()
	if unix <= minUnix && t.IsZero() {
		return errors.New("has no time")
	}
	if unix < minUnix || unix > maxUnix {
		return fmt.Errorf("at %d seconds since 1970: want the years 1 to 9999", unix)
	}
	return nil
}
