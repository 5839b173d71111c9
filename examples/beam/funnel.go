package main

import (
	"context"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/regulars-go/regulars/funnel"
)

func init() {
	register.Combiner1[Part](&mergeCounts{})
	register.DoFn1x2[Event, string, Event](&eventUser{})
	register.DoFn4x1[context.Context, string, func(*Event) bool, func(Part), error](&countUsers{})
	register.DoFn1x2[Part, string, error](&funnelReport{})
	register.Emitter1[Part]()
	register.Iter1[Event]()
}

// funnelPipeline brings the events of each user together, counts the users of a
// bundle in one counter, and merges the counts, which are small: only events are
// shuffled.
func funnelPipeline(s beam.Scope, events beam.PCollection, c Calendar) (documents beam.PCollection) {
	s = s.Scope("funnel")
	users := beam.GroupByKey(s, beam.ParDo(s, &eventUser{}, events))
	counts := beam.Combine(s, &mergeCounts{c}, beam.ParDo(s, &countUsers{Calendar: c}, users))
	return named(s, funnelDocument, beam.ParDo(s, &funnelReport{c}, counts))
}

type eventUser struct{}

// ProcessElement returns the event by its user.
func (*eventUser) ProcessElement(e Event) (string, Event) { return e.User, e }

// source reads events as of the end of the calendar.
func source(c Calendar) funnel.Source[Event, string] {
	return funnel.Source[Event, string]{
		User: func(e Event) string { return e.User },
		At:   func(e Event) time.Time { return time.UnixMicro(e.At) },
		Name: func(e Event) string { return e.Name },
		AsOf: c.asOf(),
	}
}

// countUsers counts one user after the other, and hands on what a bundle came
// to.
type countUsers struct {
	Calendar
	counter *funnel.Counter[Event, string]
	events  []Event
}

// StartBundle makes an empty counter.
func (f *countUsers) StartBundle(context.Context, func(Part)) (err error) {
	f.counter, err = funnel.NewCounter(checkout, source(f.Calendar))
	return err
}

// ProcessElement counts a user.
func (f *countUsers) ProcessElement(_ context.Context, _ string, events func(*Event) bool, _ func(Part)) error {
	f.events = f.events[:0]
	var e Event
	for events(&e) {
		f.events = append(f.events, e)
	}
	return f.counter.Add(f.events)
}

// FinishBundle emits the counts.
func (f *countUsers) FinishBundle(_ context.Context, emit func(Part)) error {
	emit(Part{live: f.counter.Counts()})
	return nil
}

// mergeCounts combines counts of different users.
type mergeCounts struct{ Calendar }

func (f *mergeCounts) fresh() *funnel.Counts {
	counter, err := funnel.NewCounter(checkout, source(f.Calendar))
	if err != nil {
		panic(err) // the funnel is a constant of this program, and valid
	}
	return counter.Counts()
}

// MergeAccumulators merges two counts.
func (f *mergeCounts) MergeAccumulators(a, b Part) (Part, error) { return mergeParts(a, b, f.fresh) }

// funnelReport writes what the counts say.
type funnelReport struct{ Calendar }

// ProcessElement returns the report as JSON.
func (f *funnelReport) ProcessElement(p Part) (string, error) {
	counts, err := open(p, (&mergeCounts{f.Calendar}).fresh)
	if err != nil {
		return "", err
	}
	return reportText(counts.Report())
}
