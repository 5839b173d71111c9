package journey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Event says how often an event is in the paths.
type Event struct {
	Name string `json:"event"`
	// Users is how many users had it, Paths how many paths, and Times how often
	// it came.
	Users int64 `json:"users"`
	Paths int64 `json:"paths"`
	Times int64 `json:"times"`
	// Starts is how many paths begin with it and Ends how many end with it:
	// there the drop-off is.
	Starts int64 `json:"starts"`
	Ends   int64 `json:"ends"`
}

// Events returns all events, what came most often first.
func (c *PathCounts) Events() []Event {
	events := make([]Event, 0, len(c.names))
	for i, e := range c.events {
		if e.all.times > 0 {
			events = append(events, Event{c.names[i], e.all.users, e.all.paths, e.all.times, e.starts.times, e.ends.times})
		}
	}
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.Name, b.Name))
	})
	return events
}

// Transition says how often one event came right after another in a path.
type Transition struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Users is how many users made it at least once, Paths in how many paths it
	// is, and Times how often it was made.
	Users int64 `json:"users"`
	Paths int64 `json:"paths"`
	Times int64 `json:"times"`
	// Share is Times as a share of all From, above 0: the shares of what follows
	// From and that of the paths that end with it sum to 1.
	Share float64 `json:"share"`
}

// Transitions returns all transitions, what was made most often first. They are
// of whole paths, from or up to the anchor if there is one, whatever the Depth.
func (c *PathCounts) Transitions() []Transition {
	moves := make([]Transition, len(c.moves))
	for i, m := range c.moves {
		moves[i] = c.transition(m)
	}
	slices.SortFunc(moves, func(a, b Transition) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return moves
}

func (c *PathCounts) transition(m moveCell) Transition {
	return Transition{
		From: c.names[m.from], To: c.names[m.to],
		Users: m.users, Paths: m.paths, Times: m.times,
		Share: float64(m.times) / float64(c.events[m.from].all.times),
	}
}

// Branches are what comes right after an event, or right before it.
type Branches struct {
	Event string `json:"event"`
	// Times is how often the event came: it is the sum of all Times below.
	Times int64 `json:"times"`
	// Top are the events with the most users.
	Top []Branch `json:"top"`
	// Other is how often another event than those of Top came.
	Other int64 `json:"other"`
	// None is how often nothing came: paths that end with the event or, looking
	// back, begin with it.
	None int64 `json:"none"`
}

// Branch is one of the events that come right after or before another.
type Branch struct {
	Event string `json:"event"`
	Users int64  `json:"users"`
	Paths int64  `json:"paths"`
	Times int64  `json:"times"`
	// Share is Times as a share of those of the event that was asked for.
	Share float64 `json:"share"`
}

// Next returns what comes right after an event: the top events by users (then
// times, then name), and how often another or none did. An event that is in no
// path, and a negative top, is an error.
func (c *PathCounts) Next(event string, top int) (Branches, error) {
	return c.branches(event, top, func(m pair) (of, branch int32) { return m.from, m.to },
		func(e *eventCell) int64 { return e.ends.times })
}

// Previous returns what comes right before an event; see [PathCounts.Next].
func (c *PathCounts) Previous(event string, top int) (Branches, error) {
	return c.branches(event, top, func(m pair) (of, branch int32) { return m.to, m.from },
		func(e *eventCell) int64 { return e.starts.times })
}

func (c *PathCounts) branches(event string, top int, sides func(pair) (of, branch int32), none func(*eventCell) int64) (Branches, error) {
	code, ok := c.codes[event]
	if !ok || c.events[code].all.times == 0 {
		return Branches{}, fmt.Errorf("journey: no path has the event %q", event)
	}
	if top < 0 {
		return Branches{}, fmt.Errorf("journey: the top %d: want 0 or more", top)
	}
	times := c.events[code].all.times
	b := Branches{Event: event, Times: times, Top: []Branch{}, None: none(&c.events[code])}
	for _, m := range c.moves {
		if of, branch := sides(m.pair); of == code {
			b.Top = append(b.Top, Branch{c.names[branch], m.users, m.paths, m.times, float64(m.times) / float64(times)})
		}
	}
	slices.SortFunc(b.Top, func(x, y Branch) int {
		return cmp.Or(cmp.Compare(y.Users, x.Users), cmp.Compare(y.Times, x.Times), strings.Compare(x.Event, y.Event))
	})
	for _, rest := range b.Top[min(top, len(b.Top)):] {
		b.Other += rest.Times
	}
	b.Top = b.Top[:min(top, len(b.Top))]
	return b, nil
}
