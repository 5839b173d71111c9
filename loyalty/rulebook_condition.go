package loyalty

import (
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// bookCondition is a condition made ready. What the event says, the member's
// level and the time are judged apart: only of the last can it be said when it
// will hold.
type bookCondition struct {
	attributes           []AttributeIn
	allOf, anyOf, noneOf []string
	least, most          money // most 0: open
	levels               []uint8
	from, to             int64 // 0: open
	weekdays             uint8 // bit of time.Weekday; 0: all
}

func newCondition(c *Condition, levels map[string]uint8) bookCondition {
	b := bookCondition{
		attributes: c.Attributes, allOf: c.AllOf, anyOf: c.AnyOf, noneOf: c.NoneOf,
		from: micros(c.From), to: micros(c.To),
	}
	b.least, _ = toMoney(c.MinAmount)
	b.most, _ = toMoney(c.MaxAmount)
	for _, name := range c.Tiers {
		b.levels = append(b.levels, levels[name])
	}
	for _, name := range c.Weekdays {
		b.weekdays |= 1 << weekdays[name]
	}
	return b
}

// isEmpty reports whether nothing is asked for.
func (c *bookCondition) isEmpty() bool {
	return len(c.attributes)+len(c.allOf)+len(c.anyOf)+len(c.noneOf)+len(c.levels) == 0 &&
		c.least|c.most == 0 && c.from|c.to == 0 && c.weekdays == 0
}

// says judges what the event says; 0 if it holds.
func (c *bookCondition) says(ev *event) Reason {
	for i := range c.attributes {
		value, ok := ev.attribute(c.attributes[i].Name)
		if !ok || !slices.Contains(c.attributes[i].In, value) {
			return ReasonAttribute
		}
	}
	if !c.labels(ev.labels) {
		return ReasonLabel
	}
	if ev.amount < c.least || c.most > 0 && ev.amount > c.most {
		return ReasonAmount
	}
	return 0
}

func (c *bookCondition) labels(have []string) bool {
	for _, label := range c.allOf {
		if !slices.Contains(have, label) {
			return false
		}
	}
	for _, label := range c.noneOf {
		if slices.Contains(have, label) {
			return false
		}
	}
	if len(c.anyOf) == 0 {
		return true
	}
	for _, label := range c.anyOf {
		if slices.Contains(have, label) {
			return true
		}
	}
	return false
}

func (c *bookCondition) level(level uint8) bool {
	return len(c.levels) == 0 || slices.Contains(c.levels, level)
}

// time judges when it happened; 0 if it holds.
func (c *bookCondition) time(ev *event) Reason {
	if ev.at < c.from || c.to != 0 && ev.at >= c.to {
		return ReasonDates
	}
	if !c.onDay(ev.day) {
		return ReasonWeekday
	}
	return 0
}

func (c *bookCondition) onDay(d calendar.Day) bool {
	return c.weekdays == 0 || c.weekdays>>weekdayOf(d)&1 == 1
}

// weekdayOf returns the day of the week: 1 January 1970 was a Thursday.
func weekdayOf(d calendar.Day) time.Weekday {
	const weeks = 7 << 31 // days that make any day's number positive
	return time.Weekday(uint64(int64(d)+4+weeks) % 7)
}

// opens returns the first instant from at on, which lies on a day, at which
// dates and weekdays hold; 0 if there is none.
func (c *bookCondition) opens(at int64, day calendar.Day, days *almanac) int64 {
	if at < c.from {
		at, day = c.from, days.day(c.from)
	}
	if !c.onDay(day) {
		for !c.onDay(day) {
			day++
		}
		at = days.start(day)
	}
	if c.to != 0 && at >= c.to {
		return 0
	}
	return at
}
