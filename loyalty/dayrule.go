package loyalty

import (
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// dayRule finds an instant at the start of a local day from the day of an
// event: a span later, and on to the end of that day or of a longer period. So
// events of one day share it. The zero value leads to the end of the day.
type dayRule struct {
	after  regulars.Span // in days, weeks, months or years; may be zero
	months int32         // on to the end of a period of so many months; 0: of the day
	dates  []yearDay     // on to the end of the next of these, sorted
}

// yearDay is a day of the year.
type yearDay struct {
	month time.Month
	day   int
}

// roundMonths are the periods that an expiry is rounded up to.
var roundMonths = map[string]int32{"": 0, "day": 0, "month": 1, "quarter": 3, "half": 6, "year": 12}

func yearDays(dates []string) []yearDay {
	var days []yearDay
	for _, text := range dates {
		if t, err := time.Parse("2006-01-02", "2000-"+text); err == nil {
			days = append(days, yearDay{t.Month(), t.Day()})
		}
	}
	slices.SortFunc(days, func(a, b yearDay) int { return (int(a.month)-int(b.month))*100 + a.day - b.day })
	return days
}

// end returns the first day after the one that the rule leads to.
func (r *dayRule) end(d calendar.Day) calendar.Day {
	if !r.after.IsZero() {
		year, month, day := d.Date()
		d = calendar.DayOf(r.after.After(time.Date(year, month, day, 0, 0, 0, 0, time.UTC), time.UTC), time.UTC)
	}
	switch {
	case len(r.dates) > 0:
		return r.nextDate(d) + 1
	case r.months > 0:
		year, month, _ := d.Date()
		first := (int32(month)-1)/r.months*r.months + 1
		return calendar.DateDay(year, time.Month(first+r.months), 1)
	}
	return d + 1
}

// nextDate returns the first of the dates that is not before d.
func (r *dayRule) nextDate(d calendar.Day) calendar.Day {
	year, _, _ := d.Date()
	for ; ; year++ {
		for _, date := range r.dates {
			day := calendar.DateDay(year, date.month, date.day)
			if date.month == time.February && date.day == 29 {
				day = calendar.DateDay(year, time.March, 1) - 1
			}
			if day >= d {
				return day
			}
		}
	}
}

// almanac answers questions of the calendar and remembers the answers, since
// events of one day ask the same. It is not safe for concurrent use.
type almanac struct {
	zone *time.Location
	days calendar.Days
	memo [16]struct {
		rule *dayRule
		day  calendar.Day
		at   int64
	}
	next   int
	starts [32]struct {
		day calendar.Day
		at  int64
	}
	months [16]struct {
		number int32
		at     int64
	}
	monthDay calendar.Day // the day of the month below
	month    int32
}

// in prepares for questions of a zone.
func (m *almanac) in(zone *time.Location) {
	if m.zone != zone {
		m.move(zone)
	}
}

//go:noinline
func (m *almanac) move(zone *time.Location) { *m = almanac{zone: zone, days: calendar.DaysIn(zone)} }

// day returns the local day of an instant.
func (m *almanac) day(at int64) calendar.Day {
	seconds := at / 1_000_000
	if seconds*1_000_000 > at { // rounded up
		seconds--
	}
	return m.days.Of(seconds)
}

// monthOf returns the number of the month in which a day lies.
func (m *almanac) monthOf(d calendar.Day) int32 {
	if m.month == 0 || m.monthDay != d {
		m.monthDay, m.month = d, monthly.Of(d)
	}
	return m.month
}

// start returns the first instant of a day.
func (m *almanac) start(d calendar.Day) int64 {
	known := &m.starts[uint32(d)%uint32(len(m.starts))]
	if known.at == 0 || known.day != d {
		known.day, known.at = d, d.Start(m.zone).UnixMicro()
	}
	return known.at
}

// monthStart returns the first instant of a month.
func (m *almanac) monthStart(number int32) int64 {
	known := &m.months[uint32(number)%uint32(len(m.months))]
	if known.at == 0 || known.number != number {
		known.number, known.at = number, m.start(monthly.First(number))
	}
	return known.at
}

// at returns the instant that a rule leads to from a day; 0 for nil, which is no
// rule. Rules are told apart by their address.
func (m *almanac) at(r *dayRule, d calendar.Day) int64 {
	if r == nil {
		return 0
	}
	for i := range m.memo {
		if m.memo[i].rule == r && m.memo[i].day == d {
			return m.memo[i].at
		}
	}
	at := m.start(r.end(d))
	m.next = (m.next + 1) % len(m.memo)
	m.memo[m.next].rule, m.memo[m.next].day, m.memo[m.next].at = r, d, at
	return at
}
