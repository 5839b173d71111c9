package funnel

import (
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
)

// Count counts a log of events, in any order and of any users, and returns the
// report of it. It fails with [regulars.Faults] if the funnel is not valid, if
// the source lacks what the funnel needs, and on an event without a time. Use a
// [Counter] where the events of each user come together, or do not fit in
// memory; it holds nothing but counts.
func Count[E any, K regulars.ID](f Funnel, s Source[E, K], events []E) (*Report, error) {
	c, err := NewCounter(f, s)
	if err != nil {
		return nil, err
	}
	groups, err := groupByUser(s, events)
	if err != nil {
		return nil, err
	}
	var scratch []E
	for i := range groups.users {
		scratch = scratch[:0]
		for _, e := range groups.of(i) {
			scratch = append(scratch, events[e])
		}
		if err := c.Add(scratch); err != nil {
			return nil, fmt.Errorf("%w (of user %v)", err, groups.users[i])
		}
	}
	return c.Counts().Report(), nil
}

// groups are the events of a log by user.
type groups[K regulars.ID] struct {
	users  []K
	starts []int32 // of user i: events[starts[i]:starts[i+1]]
	events []int32
}

func (g *groups[K]) of(i int) []int32 { return g.events[g.starts[i]:g.starts[i+1]] }

// groupByUser lists the events of each user in the order of the log, and users
// in the order in which they are first seen.
func groupByUser[E any, K regulars.ID](s Source[E, K], events []E) (*groups[K], error) {
	if s.User == nil {
		return nil, errors.New("funnel: source has no User")
	}
	if len(events) > math.MaxInt32 {
		return nil, fmt.Errorf("funnel: %d events at once: want at most %d", len(events), math.MaxInt32)
	}
	g := &groups[K]{}
	number := map[K]int32{}
	whose := make([]int32, len(events))
	var counts []int32
	for i, event := range events {
		user := s.User(event)
		// Logs have runs of one user: no need to look each up.
		if i > 0 && user == g.users[whose[i-1]] {
			whose[i] = whose[i-1]
		} else if n, ok := number[user]; ok {
			whose[i] = n
		} else {
			whose[i] = int32(len(g.users))
			number[user] = whose[i]
			g.users = append(g.users, user)
			counts = append(counts, 0)
		}
		counts[whose[i]]++
	}
	g.starts = make([]int32, len(g.users)+1)
	for i, n := range counts {
		g.starts[i+1] = g.starts[i] + n
	}
	next := append([]int32(nil), g.starts...)
	g.events = make([]int32, len(events))
	for i, w := range whose {
		g.events[next[w]] = int32(i)
		next[w]++
	}
	return g, nil
}
