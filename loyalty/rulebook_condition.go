package loyalty

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
)

// bookCondition is a condition made ready. What the event says, the member's
// level and the time are judged apart: only of the last can it be said when it
// will hold.
type bookCondition struct {
	facts                bool // it asks for attributes or labels
	weekdays             week
	least, most          money
	from, to             int64
	levels               levelSet
	attributes           []AttributeIn
	allOf, anyOf, noneOf []string
}

// What bounds nothing.
const (
	noMost = money(math.MaxInt64)
	noEnd  = int64(math.MaxInt64)
)

func newCondition(c *Condition, levels map[string]uint8) bookCondition {
	b := bookCondition{
		attributes: c.Attributes, allOf: c.AllOf, anyOf: c.AnyOf, noneOf: c.NoneOf,
		from: micros(c.From), to: cmp.Or(micros(c.To), noEnd), weekdays: weekOf(c.Weekdays),
	}
	b.facts = len(c.Attributes)+len(c.AllOf)+len(c.AnyOf)+len(c.NoneOf) > 0
	b.least, _ = toMoney(c.MinAmount)
	b.most, _ = toMoney(c.MaxAmount)
	b.most = cmp.Or(b.most, noMost)
	for _, name := range c.Tiers {
		b.levels.add(levels[name])
	}
	return b
}

// isEmpty reports whether nothing is asked for.
func (c *bookCondition) isEmpty() bool {
	return !c.facts && !c.levels.some && c.least == 0 && c.most == noMost &&
		c.from == 0 && c.to == noEnd && c.weekdays == everyDay
}

// says judges what the event says; 0 if it holds.
func (c *bookCondition) says(ev *event) Reason {
	if c.facts {
		return c.saysAll(ev)
	}
	return c.saysAmount(ev)
}

func (c *bookCondition) saysAmount(ev *event) Reason {
	if ev.amount < c.least || ev.amount > c.most {
		return ReasonAmount
	}
	return 0
}

func (c *bookCondition) saysAll(ev *event) Reason {
	for i := range c.attributes {
		value, ok := ev.attribute(c.attributes[i].Name)
		if !ok || !slices.Contains(c.attributes[i].In, value) {
			return ReasonAttribute
		}
	}
	if len(c.allOf)+len(c.anyOf)+len(c.noneOf) > 0 && !c.labels(ev.labels) {
		return ReasonLabel
	}
	return c.saysAmount(ev)
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

// levelSet is the levels of which a member must have one; any if there are
// none.
type levelSet struct {
	some bool
	bits [4]uint64
}

func (s *levelSet) add(level uint8) {
	s.some = true
	s.bits[level/64] |= 1 << (level % 64)
}

func (s *levelSet) takes(level uint8) bool {
	return !s.some || s.bits[level/64]>>(level%64)&1 == 1
}

// time judges when it happened; 0 if it holds.
func (c *bookCondition) time(ev *event) Reason {
	if ev.at < c.from || ev.at >= c.to {
		return ReasonDates
	}
	if c.weekdays != everyDay && c.weekdays.wait(ev.day) > 0 {
		return ReasonWeekday
	}
	return 0
}

// opens returns the first instant from at on, which lies on a day, at which
// dates and weekdays hold; 0 if there is none.
func (c *bookCondition) opens(at int64, day calendar.Day, days *almanac) int64 {
	if at < c.from {
		at, day = c.from, days.day(c.from)
	}
	if wait := c.weekdays.wait(day); wait > 0 {
		at = days.start(day + wait)
	}
	if at >= c.to {
		return 0
	}
	return at
}

// week is days of the week: bit i is the [time.Weekday] i, and bit i+7 is it
// once more, so that from any day the bits of the next six follow.
type week uint16

const everyDay week = 1<<14 - 1

// weekOf returns the days of some names; every day if there are none.
func weekOf(names []string) (w week) {
	for _, name := range names {
		w |= 1<<weekdays[name] | 1<<(weekdays[name]+7)
	}
	return cmp.Or(w, everyDay)
}

// wait returns how many days after d the first of the days comes; 0 if d is
// one.
func (w week) wait(d calendar.Day) calendar.Day {
	return calendar.Day(bits.TrailingZeros16(uint16(w >> weekdayOf(d))))
}

// weekdayOf returns the number of the day of the week: 1 January 1970 was a
// Thursday.
func weekdayOf(d calendar.Day) uint64 {
	const weeks = 7 << 31 // days that make any day's number positive
	return uint64(int64(d)+4+weeks) % 7
}
