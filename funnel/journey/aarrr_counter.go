package journey

import (
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/calendar"
)

// AARRRCounter counts users one after the other, where the events of each come
// together. It keeps counts, not events. It is not for concurrent use: give each
// goroutine its own, and merge the counts.
type AARRRCounter[E any, K regulars.ID] struct {
	units  *units[E, K]
	met    *matcher[E] // bit 0: acquisition; bit 1+i: goal i
	days   calendar.Days
	counts *AARRRCounts
	of     []uint64 // conditions that each event meets
	dates  []calendar.Day
}

// NewAARRRCounter returns a counter. It fails with [regulars.Faults] if a is not
// valid, and if the source lacks what a needs.
func NewAARRRCounter[E any, K regulars.ID](a AARRR, s funnel.Source[E, K]) (*AARRRCounter[E, K], error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	u, err := newUnits(s, funnel.ByUser, funnel.Window{}, funnel.TiesGiven)
	if err != nil {
		return nil, err
	}
	conditions := []Condition{a.Acquisition}
	for _, g := range a.Goals {
		conditions = append(conditions, g.When)
	}
	met, err := newMatcher(conditions, s)
	if err != nil {
		return nil, err
	}
	counts, err := newAARRRCounts(a, u.asOf)
	if err != nil {
		return nil, err
	}
	return &AARRRCounter[E, K]{units: u, met: met, days: calendar.DaysIn(a.Zone), counts: counts}, nil
}

// CountAARRR counts a log of events, in any order and of any users. It fails
// with [regulars.Faults] if a is not valid, if the source lacks what a needs,
// and on an event without a time.
func CountAARRR[E any, K regulars.ID](a AARRR, s funnel.Source[E, K], events []E) (*AARRRCounts, error) {
	c, err := NewAARRRCounter(a, s)
	if err != nil {
		return nil, err
	}
	if err := eachUser(s, events, func(_ K, of []E) error { return c.Add(of) }); err != nil {
		return nil, err
	}
	return c.counts, nil
}

// Counts returns the counts so far. They go on counting with c.
func (c *AARRRCounter[E, K]) Counts() *AARRRCounts { return c.counts }

// Add counts one user, who must not be added again: all events, in any order. An
// error says what is wrong with an event, and means that the user was not
// counted. Without events there is no user.
func (c *AARRRCounter[E, K]) Add(events []E) error {
	if len(events) == 0 {
		return nil
	}
	if err := c.units.read(events); err != nil {
		return err
	}
	c.of = c.of[:0]
	acquired := int64(noAsOf)
	for _, i := range c.units.order {
		met := c.met.match(events[i])
		c.of = append(c.of, met)
		if met&1 != 0 && acquired == noAsOf {
			acquired = c.units.at[i]
		}
	}
	c.counts.Users++
	c.counts.AfterAsOf += c.units.afterNow
	if acquired == noAsOf {
		return nil
	}
	var did, over uint64
	for i, g := range c.counts.aarrr.Goals {
		hit, done := c.goal(g, uint64(2)<<i, acquired)
		did |= hit << i
		over |= done << i
	}
	c.counts.add(did, over)
	return nil
}

// goal says, as 0 or 1, whether a user who was acquired at an instant did what a
// goal asks, and whether its window is over. bit is the goal's among those that
// events meet.
func (c *AARRRCounter[E, K]) goal(g Goal, bit uint64, acquired int64) (did, over uint64) {
	start := time.UnixMicro(acquired)
	end := g.Within.After(start, c.counts.aarrr.Zone)
	if g.Days > 0 {
		return c.habit(g, bit, c.days.Of(start.Unix()), c.days.Of(end.Unix()))
	}
	last := end.UnixMicro()
	for n, i := range c.units.order {
		if at := c.units.at[i]; c.of[n]&bit != 0 && acquired <= at && at <= last {
			did = 1
			break
		}
	}
	return did, one(last <= c.units.asOf)
}

// habit is goal for a number of dates after from, up to and with to.
func (c *AARRRCounter[E, K]) habit(g Goal, bit uint64, from, to calendar.Day) (did, over uint64) {
	c.dates = c.dates[:0]
	for n, i := range c.units.order {
		if c.of[n]&bit == 0 {
			continue
		}
		date := c.days.Of(floorSeconds(c.units.at[i]))
		if from < date && date <= to && (len(c.dates) == 0 || c.dates[len(c.dates)-1] != date) {
			c.dates = append(c.dates, date)
		}
	}
	slices.Sort(c.dates)
	c.dates = slices.Compact(c.dates)
	return one(len(c.dates) >= g.Days), one(to.End(c.counts.aarrr.Zone).UnixMicro() <= c.units.asOf)
}

func one(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// floorSeconds rounds down, also before 1970.
func floorSeconds(micros int64) int64 { return time.UnixMicro(micros).Unix() }
