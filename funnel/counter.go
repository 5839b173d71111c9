package funnel

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Counter counts users one after the other, where the events of each come
// together, such as from a query that is ordered by user. It keeps counts, not
// events. A Counter is not for concurrent use: give each goroutine its own, and
// merge the counts.
type Counter[E any, K regulars.ID] struct {
	funnel Funnel
	reader *reader[E, K]
	units  *units
	counts *Counts
	book   *book[E]
	events []E                    // of the user at hand
	after  int64                  // how many of them came after AsOf
	found  func(*track, *finding) // counts a unit
	note   func(*track, *finding) // adds it to outcomes
	keeps  bool                   // sessions or held values matter

	outcomes []outcome // of the user at hand

	sessions, held keys
	text           []byte
}

// NewCounter returns a counter of a funnel. It fails with [regulars.Faults] if
// the funnel is not valid, and if the source lacks what the funnel needs.
func NewCounter[E any, K regulars.ID](f Funnel, s Source[E, K]) (*Counter[E, K], error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	p := f.compile(microsecond)
	r, err := newReader(f, s)
	if err != nil {
		return nil, err
	}
	counts := newCounts(f, r.asOf)
	c := &Counter[E, K]{
		funnel: f,
		reader: r,
		units:  newUnits(f, p, r.asOf),
		counts: counts,
		book:   &book[E]{counts: counts, label: s.Label},
	}
	c.keeps = len(f.Match.Hold) > 0 || f.By == BySession && s.Session != nil
	c.found = func(t *track, f *finding) { c.book.add(c.events, t, f) }
	c.note = c.addOutcome
	return c, nil
}

// Add counts the events of one user, who must not be added again: all of them,
// also those that are no step. They may be in any order. An error says what is
// wrong with an event, and means that the user was not counted. Without events
// there is no user.
func (c *Counter[E, K]) Add(events []E) error {
	if err := c.read(events); err != nil || len(events) == 0 {
		return err
	}
	c.counts.AfterAsOf += c.after
	c.counts.Users++
	c.units.each(c.found)
	c.book.flush()
	return nil
}

// Counts returns the counts so far. They go on counting with c.
func (c *Counter[E, K]) Counts() *Counts { return c.counts }

// read fills the track with the events of a user.
func (c *Counter[E, K]) read(events []E) error {
	if len(events) > math.MaxInt32 {
		return fmt.Errorf("funnel: a user with %d events: want at most %d", len(events), math.MaxInt32)
	}
	c.events, c.after = events, 0
	c.sessions.reset()
	c.held.reset()
	t := &c.units.user
	t.reset()
	t.grow(len(events), c.units.excludes)
	r, everything := c.reader, c.units.everything
	ats, steps, numbers := t.at, t.steps[:len(t.at)], t.event[:len(t.at)]
	n := 0
	for i, event := range events {
		micros, ok := toMicros(r.source.At(event))
		if !ok {
			if err := calendar.CheckInstant(r.source.At(event)); err != nil {
				return fmt.Errorf("funnel: event %d %w", i, err)
			}
		}
		m := r.others
		if r.names != nil {
			m = r.names.lookup(r.source.Name(event))
		}
		if len(r.tests) > 0 {
			m = r.test(event, m)
		}
		// Which events count is as good as random, so each is written, and the
		// next one over it if it does not.
		ats[n], steps[n], numbers[n] = micros, m.steps, int32(i)
		if c.units.excludes {
			t.exclusions[n] = m.exclusions
		}
		counts := m.steps|m.exclusions != 0 || everything
		if micros > r.asOf {
			c.after++
			counts = false
		}
		if c.keeps && counts {
			c.keep(t, event)
		}
		if counts {
			n++
		}
	}
	t.cut(n)
	t.round(c.units.matcher.program)
	return nil
}

// keep notes the session and the held values of an event, if they matter.
func (c *Counter[E, K]) keep(t *track, event E) {
	if session := c.reader.source.Session; session != nil && c.funnel.By == BySession {
		t.session = append(t.session, c.sessions.number(session(event)))
	}
	if len(c.funnel.Match.Hold) > 0 {
		t.held = append(t.held, c.hold(event))
	}
}

// hold returns the number of the event's held values.
func (c *Counter[E, K]) hold(event E) int32 {
	c.text = c.text[:0]
	for _, name := range c.funnel.Match.Hold {
		value, ok := c.reader.source.Label(event, name)
		if !ok {
			return notHeld
		}
		c.text = appendValue(c.text, value, true)
	}
	return c.held.number(string(c.text))
}
