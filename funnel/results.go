package funnel

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
)

// Outcome is the result of one unit of a user.
type Outcome[K regulars.ID] struct {
	User K
	// Session is what Source.Session gave, if the funnel counts BySession.
	Session string
	Result
}

// Outcomes returns the result of each unit in a log of events, which may be in
// any order: by ascending user, then by the time of the unit's first event. A
// user without an event of any step has one that is NotEntered, unless attempts
// are counted. Hits have the index of the event in events. The errors are those
// of [Count].
func Outcomes[E any, K regulars.ID](f Funnel, s Source[E, K], events []E) ([]Outcome[K], error) {
	c, err := NewCounter(f, s)
	if err != nil {
		return nil, err
	}
	groups, err := groupByUser(s, events)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(groups.users))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return regulars.Compare(groups.users[a], groups.users[b]) })
	var out []Outcome[K]
	var scratch []E
	for _, i := range order {
		scratch = scratch[:0]
		for _, e := range groups.of(i) {
			scratch = append(scratch, events[e])
		}
		found, err := c.find(scratch)
		if err != nil {
			return nil, fmt.Errorf("%w (of user %v)", err, groups.users[i])
		}
		for _, o := range found {
			for h := range o.result.Chain {
				hit := &o.result.Chain[h]
				hit.Event = int(groups.of(i)[hit.Event])
			}
			out = append(out, Outcome[K]{groups.users[i], o.session, o.result})
		}
	}
	return out, nil
}

// Results returns the result of each unit in the events of one user, which may
// be in any order, without counting them. The errors are those of
// [Counter.Add].
func (c *Counter[E, K]) Results(events []E) ([]Result, error) {
	found, err := c.find(events)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	results := make([]Result, len(found))
	for i, o := range found {
		results[i] = o.result
	}
	return results, nil
}

// outcome is the result of a unit, and what it is put in order by.
type outcome struct {
	first   int64
	session string
	result  Result
}

// find returns the result of each unit of a user, by the time of its first
// event. The list, but not the chains in it, is good until the next call.
func (c *Counter[E, K]) find(events []E) ([]outcome, error) {
	c.outcomes = c.outcomes[:0]
	if err := c.read(events); err != nil || len(events) == 0 {
		return nil, err
	}
	c.units.each(c.note)
	slices.SortStableFunc(c.outcomes, func(a, b outcome) int {
		if a.first != b.first {
			return cmp.Compare(a.first, b.first)
		}
		return strings.Compare(a.session, b.session)
	})
	return c.outcomes, nil
}

// addOutcome notes the result of a unit.
func (c *Counter[E, K]) addOutcome(t *track, f *finding) {
	o := outcome{result: f.result()}
	if len(t.at) > 0 {
		o.first = t.at[0]
		if session := c.reader.source.Session; session != nil && c.funnel.By == BySession {
			o.session = session(c.events[t.event[0]])
		}
	}
	if c.funnel.By == ByTotal {
		o.first = f.start
	}
	c.outcomes = append(c.outcomes, o)
}

// result returns f in terms that outlive it.
func (f *finding) result() Result {
	r := Result{Level: f.level, Excluded: f.excluded, Ended: f.ended, Open: f.open}
	if f.timed {
		r.EndedAt = fromMicros(f.endedAt)
	}
	if len(f.row) > 0 {
		r.Chain = make([]Hit, 0, len(f.row))
	}
	for _, h := range f.row {
		r.Chain = append(r.Chain, Hit{Step: h.step, Event: h.event, At: fromMicros(h.at)})
	}
	return r
}

func fromMicros(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
