package strategy

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Cap bounds how many exposures there may be in a window of time. All caps hold
// at once. An operation that obeys no caps, or does not count towards them, is
// a matter of the operation; see [Operation].
type Cap struct {
	// Name tells the cap from the others. Verdicts give it.
	Name string `json:"name"`
	// Limit is how many exposures a window may have, from 1 to [MaxLimit]. There
	// is no cap of 0: leave the cap out to have none, and stop an operation to
	// send none.
	Limit int `json:"limit"`
	// Scope says what is counted together, and what it holds for. Defaults to
	// everything that the customer gets.
	Scope Scope `json:"scope,omitempty"`
	// On is the channel, tag, operation or objective that the cap is for. Empty
	// means each of them, counted on its own.
	On string `json:"on,omitempty"`
	// Rolling is the length of a window that ends now: an exposure counts for
	// exactly that long, so a window is (now-Rolling, now]. It is elapsed time,
	// in h, m or s: a week is "168h".
	Rolling regulars.Span `json:"rolling,omitzero"`
	// Calendar is a window of the calendar: the local day, week or month that
	// now lies in. Either it or Rolling is given.
	Calendar Calendar `json:"calendar,omitempty"`
	// WeekStart is the day on which weeks begin, "mon" to "sun". Defaults to
	// "mon".
	WeekStart string `json:"weekStart,omitempty"`
	// Zone says whose calendar it is. Defaults to the customer's.
	Zone Whose `json:"zone,omitempty"`
}

// Scope is what a cap counts together.
type Scope string

// The scopes. A cap of any but the first counts what is of the same channel, tag,
// operation or objective.
const (
	PerCustomer  Scope = ""
	PerChannel   Scope = "channel"
	PerTag       Scope = "tag"
	PerOperation Scope = "operation"
	PerObjective Scope = "objective"
)

// Calendar is a period of the local calendar.
type Calendar string

// The periods of the calendar.
const (
	Day   Calendar = "day"
	Week  Calendar = "week"
	Month Calendar = "month"
)

// Whose says whose time zone counts.
type Whose string

const (
	// OfCustomer is the zone of the customer, and the default.
	OfCustomer Whose = ""
	// OfBusiness is the zone of the playbook.
	OfBusiness Whose = "business"
)

// WhenCapped says what becomes of a customer whose best operation is held back
// by a cap or by quiet hours.
type WhenCapped string

const (
	// Next lets the next operation have its turn. It is the default.
	Next WhenCapped = ""
	// Defer sends nothing now: the customer is to be decided on again when the
	// operation is free. It is not sent then without a decision, as the reason
	// for it may be gone.
	Defer WhenCapped = "defer"
	// Drop sends nothing.
	Drop WhenCapped = "drop"
)

// QuietHours are the hours of the local day in which nothing is sent: from
// Start, included, to End, excluded, as the clock on the wall shows them. They
// may span midnight. What the clock shows decides, so in the night in which
// the clocks go back they may be over and begin again.
type QuietHours struct {
	// Start and End differ: hours that are always quiet, or never, are a mistake.
	Start Clock `json:"start"`
	End   Clock `json:"end"`
	// Channels are those that they are for. None means all.
	Channels []string `json:"channels,omitempty"`
	// Zone says whose clock it is. Defaults to the customer's.
	Zone Whose `json:"zone,omitempty"`
}

// Clock is what a clock on the wall shows, to the minute, such as "22:00"; the
// zero value is midnight.
type Clock struct{ minute int16 }

// elapsed returns the length of a rolling window; ok is false if it is in units
// of the calendar, whose length depends on the day.
func elapsed(s regulars.Span) (d time.Duration, ok bool) {
	unit := strings.TrimLeft(s.String(), "0123456789")
	start := time.Unix(0, 0)
	return s.After(start, nil).Sub(start), unit == "h" || unit == "m" || unit == "s"
}

// weekdays are the names of the days on which weeks may begin.
var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// periods returns the calendar periods of the cap.
func (k Cap) periods() calendar.Periods {
	switch k.Calendar {
	case Week:
		start := time.Monday
		if i := slices.Index(weekdays[:], k.WeekStart); i >= 0 {
			start = time.Weekday(i)
		}
		return calendar.Periods{Unit: calendar.Weekly, Start: start}
	case Month:
		return calendar.Periods{Unit: calendar.Monthly}
	}
	return calendar.Periods{Unit: calendar.Daily}
}

// Window returns the window of the cap that t lies in, by the calendar of loc;
// nil is UTC. An exposure counts if it comes after the first instant and, of a
// calendar, not after the last. A rolling window ends at t.
//
// Windows of a calendar follow one another without gap or overlap: each starts
// at the first instant of its first date, however the clocks are set then.
func (k Cap) Window(t time.Time, loc *time.Location) (after, last time.Time) {
	t = moment(t)
	if d, ok := elapsed(k.Rolling); ok && k.Calendar == "" {
		return t.Add(-d), t
	}
	start, end := period(k.periods(), t, loc)
	return start.Add(-time.Microsecond).UTC(), end.Add(-time.Microsecond).UTC()
}

// period returns when the period of t starts, and when the next one does. Where
// the clocks go back over midnight the date does too, but the period does not:
// it goes by the starts alone.
func period(periods calendar.Periods, t time.Time, loc *time.Location) (start, end time.Time) {
	n := periods.Of(calendar.DayOf(t, loc))
	start, end = periods.First(n).Start(loc), periods.First(n+1).Start(loc)
	for !end.After(t) {
		n++
		start, end = end, periods.First(n+1).Start(loc)
	}
	return start, end
}

func (k Cap) faults(c *checker) (f regulars.Faults) {
	if k.Limit <= 0 || k.Limit > MaxLimit {
		f.Add("limit", "%d: want 1 to %d; without the cap there is none", k.Limit, MaxLimit)
	}
	c.oneOf(&f, "scope", string(k.Scope), string(PerCustomer), string(PerChannel), string(PerTag), string(PerOperation), string(PerObjective))
	if k.On != "" {
		switch k.Scope {
		case PerChannel:
			c.known(&f, "on", "channel", k.On, c.channels)
		case PerTag:
			c.known(&f, "on", "tag", k.On, c.tags)
		case PerOperation:
			c.known(&f, "on", "operation", k.On, c.operations)
		case PerObjective:
			c.known(&f, "on", "objective", k.On, c.objectives)
		default:
			f.Add("on", "%q without a scope: want channel, tag, operation or objective", k.On)
		}
	}
	switch {
	case k.Rolling.IsZero() == (k.Calendar == ""):
		f.Add("rolling", "want either rolling or calendar")
	case k.Calendar != "":
		c.oneOf(&f, "calendar", string(k.Calendar), string(Day), string(Week), string(Month))
	default:
		if _, ok := elapsed(k.Rolling); !ok {
			f.Add("rolling", `%v is of the calendar, where days differ: want h, m or s, such as "168h", or calendar`, k.Rolling)
		}
	}
	if k.WeekStart != "" {
		c.oneOf(&f, "weekStart", k.WeekStart, weekdays[:]...)
		if k.Calendar != Week {
			f.Add("weekStart", "%q without weeks", k.WeekStart)
		}
	}
	c.oneOf(&f, "zone", string(k.Zone), string(OfCustomer), string(OfBusiness))
	if k.Zone != "" && k.Calendar == "" {
		f.Add("zone", "%q without a calendar", k.Zone)
	}
	return f
}
