package strategy

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// NewClock returns the clock that shows an hour from 0 to 23 and a minute from 0
// to 59. It panics on others; [Clock.UnmarshalText] reads what comes from
// outside.
func NewClock(hour, minute int) Clock {
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		panic(fmt.Sprintf("strategy: no clock shows %d:%d", hour, minute))
	}
	return Clock{int16(60*hour + minute)}
}

// String returns what the clock shows, such as "08:00".
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.minute/60, c.minute%60) }

// MarshalText writes c as [Clock.String] does.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a time from "00:00" to "23:59"; both numbers have two
// digits.
func (c *Clock) UnmarshalText(text []byte) error {
	t, err := time.Parse("15:04", string(text))
	if err != nil || len(text) != len("15:04") {
		return fmt.Errorf(`strategy: %.20q is not a time of day: want one such as "22:00"`, text)
	}
	*c = NewClock(t.Hour(), t.Minute())
	return nil
}

const (
	microsPerMinute = 60_000_000
	microsPerDay    = 24 * 60 * microsPerMinute
)

func (c Clock) micros() int64 { return int64(c.minute) * microsPerMinute }

// String returns the hours, such as "22:00 to 08:00".
func (q QuietHours) String() string { return q.Start.String() + " to " + q.End.String() }

// At reports whether it is quiet at t, by the clock in loc; nil is UTC. Channels
// and Zone are not looked at.
func (q QuietHours) At(t time.Time, loc *time.Location) bool {
	return q.holds(wallClock(t, calendar.OrUTC(loc)))
}

// NextAllowed returns the first instant from t on at which it is not quiet by
// the clock in loc, to the microsecond and in loc: t itself, cut to the
// microsecond, if it is not quiet then. Hours that start and end alike are none.
//
// It steps from instant to instant and reads the clock again at each, since the
// clock may be set in between: an end that the clocks skip is passed when they
// skip it, and an hour that comes twice may be quiet twice.
func (q QuietHours) NextAllowed(t time.Time, loc *time.Location) time.Time {
	next, ok := nextAllowed([]quietRule{{hours: q}}, t, calendar.OrUTC(loc), time.UTC)
	if !ok {
		return time.Time{}
	}
	return next.In(calendar.OrUTC(loc))
}

// holds reports whether the hours have a clock, given in microseconds of the
// day.
func (q QuietHours) holds(clock int64) bool {
	start, end := q.Start.micros(), q.End.micros()
	if start <= end {
		return start <= clock && clock < end
	}
	return clock >= start || clock < end
}

// wallClock returns what the clock in loc shows, in microseconds of the day.
func wallClock(t time.Time, loc *time.Location) int64 {
	_, offset := t.In(loc).Zone()
	local := t.UnixMicro() + int64(offset)*1_000_000
	return ((local % microsPerDay) + microsPerDay) % microsPerDay
}

// quietRule is quiet hours made ready.
type quietRule struct {
	hours    QuietHours
	business bool
	words    string
}

// quietNow returns the first of the rules that holds at t, or -1.
func quietNow(rules []quietRule, t time.Time, customer, business *time.Location) int {
	for i := range rules {
		loc := customer
		if rules[i].business {
			loc = business
		}
		if rules[i].hours.holds(wallClock(t, loc)) {
			return i
		}
	}
	return -1
}

// maxQuietSteps is more than the boundaries and clock changes that a customer
// could meet between two allowed minutes; beyond there is none.
const maxQuietSteps = 1000

// nextAllowed returns the first instant from t on at which none of the rules
// holds, if there is one.
func nextAllowed(rules []quietRule, t time.Time, customer, business *time.Location) (time.Time, bool) {
	t = moment(t)
	for range maxQuietSteps {
		i := quietNow(rules, t, customer, business)
		if i < 0 {
			return t, true
		}
		loc := customer
		if rules[i].business {
			loc = business
		}
		t = rules[i].hours.leave(t, loc)
	}
	return time.Time{}, false
}

// leave returns the next instant after t at which the clock shows the end of the
// hours or is set, whichever comes first.
func (q QuietHours) leave(t time.Time, loc *time.Location) time.Time {
	left := (q.End.micros() - wallClock(t, loc) + microsPerDay) % microsPerDay
	if left == 0 {
		left = microsPerDay
	}
	end := t.Add(time.Duration(left) * time.Microsecond)
	if _, set := t.In(loc).ZoneBounds(); !set.IsZero() && set.Before(end) {
		return moment(set)
	}
	return end
}

// nextClock returns the first instant from t on at which the clock in loc shows
// c; an hour that is skipped that day is looked for on the next.
func nextClock(c Clock, t time.Time, loc *time.Location) time.Time {
	for {
		left := (c.micros() - wallClock(t, loc) + microsPerDay) % microsPerDay
		at := t.Add(time.Duration(left) * time.Microsecond)
		_, set := t.In(loc).ZoneBounds()
		if set.IsZero() || at.Before(set) {
			return at
		}
		t = moment(set)
	}
}

func (q QuietHours) faults(c *checker) (f regulars.Faults) {
	if q.Start == q.End {
		f.Add("end", "%v is start: hours that are always quiet, or never, are a mistake", q.End)
	}
	for i, name := range q.Channels {
		c.known(&f, at("channels", i), "channel", name, c.channels)
	}
	c.oneOf(&f, "zone", string(q.Zone), string(OfCustomer), string(OfBusiness))
	return f
}

// noHourLeft reports whether quiet hours leave a channel not a minute of the
// day.
func noHourLeft(all []QuietHours, channel string) bool {
	var quiet [24 * 60]bool
	for _, q := range all {
		if len(q.Channels) > 0 && !slices.Contains(q.Channels, channel) {
			continue
		}
		for minute := range quiet {
			quiet[minute] = quiet[minute] || q.holds(int64(minute)*microsPerMinute)
		}
	}
	return !slices.Contains(quiet[:], false)
}
