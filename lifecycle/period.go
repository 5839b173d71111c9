package lifecycle

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Period divides the calendar into local days, weeks or months. The zero value
// is [Monthly]. Periods of one division are ==.
type Period struct {
	unit  periodUnit
	start time.Weekday // of weeks; else Sunday, the zero value
}

type periodUnit uint8

const (
	month periodUnit = iota
	day
	week
)

// Daily divides the calendar into local dates, of 23 to 25 hours.
func Daily() Period { return Period{unit: day} }

// Weekly divides the calendar into seven local dates each, of which the first
// is a start. Weeks from Monday are named as in ISO 8601, such as 2024-W10;
// others by their first date.
func Weekly(start time.Weekday) Period { return Period{week, start % 7} }

// Monthly divides the calendar into months.
func Monthly() Period { return Period{} }

// String returns "day", "week from monday" or "month".
func (p Period) String() string {
	switch p.unit {
	case day:
		return "day"
	case week:
		return "week from " + strings.ToLower(p.start.String())
	}
	return "month"
}

// MarshalText writes p as [Period.String] does.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [Period.String] writes.
func (p *Period) UnmarshalText(text []byte) error {
	candidates := []Period{Daily(), Monthly()}
	for start := time.Sunday; start <= time.Saturday; start++ {
		candidates = append(candidates, Weekly(start))
	}
	for _, c := range candidates {
		if c.String() == string(text) {
			*p = c
			return nil
		}
	}
	return fmt.Errorf(`lifecycle: %q is not a period: want "day", "week from monday" or "month"`, text)
}

func (p Period) calendar() calendar.Periods {
	switch p.unit {
	case day:
		return calendar.Periods{Unit: calendar.Daily}
	case week:
		return calendar.Periods{Unit: calendar.Weekly, Start: p.start}
	}
	return calendar.Periods{Unit: calendar.Monthly}
}

// Interval is one period of a calendar.
type Interval struct {
	// Name is the date of a day, a month as 2006-01, and a week as [Weekly]
	// says.
	Name string `json:"period"`
	// Start is the first instant of the interval, and End that of the next.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Complete is whether the interval was over at the moment of the report:
	// End <= now. The numbers of one that was not will still grow.
	Complete bool `json:"complete"`
}

// frame is a division of the calendar in a zone: how accumulators turn
// instants into period numbers.
type frame struct {
	each Period
	zone *time.Location
}

func (f frame) interval(n int32, now time.Time) Interval {
	p := f.each.calendar()
	start, end := p.First(n).Start(f.zone), p.First(n+1).Start(f.zone)
	return Interval{p.Name(n), start, end, !end.After(now)}
}

func (f frame) of(t time.Time) int32 { return f.each.calendar().Of(calendar.DayOf(t, f.zone)) }

func (f frame) start(n int32) time.Time { return f.each.calendar().First(n).Start(f.zone) }

// horizon returns the last period that began before now, and whether it was
// over at now.
func (f frame) horizon(now time.Time) (last int32, complete bool) {
	last = f.of(now)
	if !f.start(last).Before(now) {
		return last - 1, true
	}
	return last, false
}

// numbering finds the periods of many instants, neighbours in time fast.
type numbering struct {
	days     calendar.Days
	calendar calendar.Periods
	from, to calendar.Day // of the period found last
	number   int32
}

func (f frame) numbering() numbering {
	return numbering{days: calendar.DaysIn(f.zone), calendar: f.each.calendar()}
}

func (n *numbering) of(unix int64) int32 {
	d := n.days.Of(unix)
	switch n.calendar.Unit {
	case calendar.Daily:
		return int32(d)
	case calendar.Weekly:
		return n.calendar.Of(d)
	}
	if d < n.from || d >= n.to {
		n.number = n.calendar.Of(d)
		n.from, n.to = n.calendar.First(n.number), n.calendar.First(n.number+1)
	}
	return n.number
}
