package journey

import (
	"fmt"
	"maps"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// MapCounter fills a map with users one after the other, where the events of
// each come together. It keeps counts, not events. It is not for concurrent use:
// give each goroutine its own, and merge the counts.
type MapCounter[E any, K regulars.ID] struct {
	units   *units[E, K]
	steps   []stageSteps
	enters  *matcher[E]           // bit i: the Enter of stage i
	counter *funnel.Counter[E, K] // counts the funnel
	one     *funnel.Counter[E, K] // says how far one unit got
	counts  *MapCounts
	events  []E // of one unit
	visits  []visit
	unit    []unitOf
}

// unitOf is a unit of the user at hand: visits[from:to] and stages that were
// entered from the side.
type unitOf struct {
	from, to int
	direct   uint64
}

// visit is one stage that one unit entered.
type visit struct {
	stage           int
	entered, leaves int64 // microseconds; leaves is when it completed, or was last seen
	completed, open bool
	last            string // the name of the unit's last event
}

// NewMapCounter returns a counter of a map. It fails with [regulars.Faults] if
// the map is not valid, and if the source lacks what the map needs.
func NewMapCounter[E any, K regulars.ID](m Map, s funnel.Source[E, K]) (*MapCounter[E, K], error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	u, err := newUnits(s, m.By, m.SessionGap, funnel.TiesAnyOrder)
	if err != nil {
		return nil, err
	}
	c := &MapCounter[E, K]{units: u, steps: m.steps()}
	var enters []Condition
	for _, stage := range m.Stages {
		enters = append(enters, stage.Enter)
	}
	if c.enters, err = newMatcher(enters, s); err != nil {
		return nil, err
	}
	if s.Where, err = where(m, s); err != nil {
		return nil, err
	}
	f := m.Funnel()
	if c.counter, err = funnel.NewCounter(f, s); err != nil {
		return nil, err
	}
	f.By, f.Breakdowns = funnel.ByUser, nil
	if c.one, err = funnel.NewCounter(f, s); err != nil {
		return nil, err
	}
	c.counts, err = newMapCounts(m, u.asOf, c.counter.Counts())
	return c, err
}

// where returns the predicates of the steps.
func where[E any, K regulars.ID](m Map, s funnel.Source[E, K]) (map[string]func(E) bool, error) {
	all := maps.Clone(s.Where)
	if all == nil {
		all = map[string]func(E) bool{}
	}
	add := func(c Condition, name string) error {
		rest, err := restOf(c, s)
		if err == nil && rest != nil {
			all[name] = rest
		}
		return err
	}
	for i, stage := range m.Stages {
		if err := add(stage.Enter, fmt.Sprintf("stages[%d].enter", i)); err != nil {
			return nil, err
		}
		if err := add(stage.Exit, fmt.Sprintf("stages[%d].exit", i)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// CountMap fills a map with a log of events, in any order and of any users. It
// fails with [regulars.Faults] if the map is not valid, if the source lacks what
// the map needs, and on an event without a time.
func CountMap[E any, K regulars.ID](m Map, s funnel.Source[E, K], events []E) (*MapCounts, error) {
	c, err := NewMapCounter(m, s)
	if err != nil {
		return nil, err
	}
	if err := eachUser(s, events, func(_ K, of []E) error { return c.Add(of) }); err != nil {
		return nil, err
	}
	return c.counts, nil
}

// Counts returns the counts so far. They go on counting with c.
func (c *MapCounter[E, K]) Counts() *MapCounts { return c.counts }

// Add counts one user, who must not be added again: all events, in any order. An
// error says what is wrong with an event, and means that the user was not
// counted. Without events there is no user.
func (c *MapCounter[E, K]) Add(events []E) error {
	if len(events) == 0 {
		return nil
	}
	if err := c.read(events); err != nil {
		return err
	}
	if err := c.counts.room(c.visits); err != nil {
		return err
	}
	if err := c.counter.Add(events); err != nil {
		return err
	}
	for _, u := range c.unit {
		c.counts.add(c.visits[u.from:u.to], u.direct)
	}
	return nil
}

// read finds the visits of each unit of a user.
func (c *MapCounter[E, K]) read(events []E) error {
	if err := c.units.read(events); err != nil {
		return err
	}
	c.visits, c.unit = c.visits[:0], c.unit[:0]
	var failed error
	c.units.each(func(unit []int32) {
		from := len(c.visits)
		direct, err := c.readUnit(events, unit)
		if err != nil {
			failed = err
		}
		c.unit = append(c.unit, unitOf{from, len(c.visits), direct})
	})
	return failed
}

// readUnit appends the visits of one unit, and returns the stages that it
// entered from the side.
func (c *MapCounter[E, K]) readUnit(events []E, unit []int32) (direct uint64, err error) {
	c.events = c.events[:0]
	for _, i := range unit {
		c.events = append(c.events, events[i])
		direct |= c.enters.match(events[i])
	}
	results, err := c.one.Results(c.events)
	if err != nil {
		return 0, err
	}
	for _, r := range results {
		from := len(c.visits)
		c.visits = appendVisits(c.visits, c.steps, r)
		for i := range c.visits[from:] {
			v := &c.visits[from+i]
			direct &^= 1 << v.stage
			if !v.completed {
				v.leaves, v.last = c.lastSeen(r, unit)
			}
		}
	}
	return direct, nil
}

// appendVisits appends the stages that a unit entered, as far as its chain says.
func appendVisits(visits []visit, stages []stageSteps, r funnel.Result) []visit {
	for i, steps := range stages {
		if r.Level < steps.enter {
			break
		}
		v := visit{stage: i, entered: r.Chain[steps.enter-1].At.UnixMicro(), open: r.Open}
		v.leaves = v.entered
		if steps.exit > 0 && r.Level >= steps.exit {
			v.leaves = r.Chain[steps.exit-1].At.UnixMicro()
		}
		v.completed = steps.exit == 0 || r.Level >= steps.exit
		visits = append(visits, v)
	}
	return visits
}

// lastSeen returns until when a unit was watched, and the name of its last event
// within the window.
func (c *MapCounter[E, K]) lastSeen(r funnel.Result, unit []int32) (until int64, name string) {
	end := int64(noAsOf)
	if length, ok := c.counts.journey.Window.Limit(); ok {
		end = r.Chain[0].At.Add(length).UnixMicro()
	}
	last := len(unit) - 1
	for c.units.at[unit[last]] > end {
		last--
	}
	until = c.units.at[unit[len(unit)-1]]
	if c.units.by == funnel.ByUser && c.units.asOf != noAsOf {
		until = c.units.asOf
	}
	return min(until, end), c.units.source.Name(c.events[last])
}
