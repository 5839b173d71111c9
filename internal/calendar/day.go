package calendar

import "time"

const daySeconds = 24 * 60 * 60

// Day is a local calendar date, as the number of days since 1 January 1970.
// The difference of two is the number of dates between them, whatever the
// clocks did. It holds dates some five million years off; beyond, it wraps.
type Day int32

// DayOf returns the date on which t falls in loc.
func DayOf(t time.Time, loc *time.Location) Day {
	_, offset := t.In(OrUTC(loc)).Zone()
	return dayOf(t.Unix() + int64(offset))
}

// DateDay returns the day of a date; as in [time.Date], months and days beyond
// their range are carried over.
func DateDay(year int, month time.Month, day int) Day {
	return dayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix())
}

// dayOf takes the seconds since 1970 that a local clock shows.
func dayOf(local int64) Day {
	day := local / daySeconds
	if local%daySeconds < 0 {
		day--
	}
	return Day(day)
}

// Date returns the year, month and day of the month.
func (d Day) Date() (year int, month time.Month, day int) {
	return time.Unix(int64(d)*daySeconds, 0).UTC().Date()
}

// String returns the date as 2006-01-02.
func (d Day) String() string {
	return time.Unix(int64(d)*daySeconds, 0).UTC().Format(time.DateOnly)
}

// Start returns the first instant of the day in loc: midnight, or the end of
// the gap if the clocks skip midnight. A day that a zone skips whole starts
// where the next one does.
func (d Day) Start(loc *time.Location) time.Time {
	loc = OrUTC(loc)
	year, month, day := d.Date()
	t := Date(year, month, day, 0, 0, 0, 0, loc)
	// Where midnight is skipped Date is later than the gap's end by as much as
	// midnight is later than its start.
	if start, _ := t.ZoneBounds(); !start.IsZero() && DayOf(start, loc) >= d {
		return start
	}
	return t
}

// End returns the last microsecond of the day in loc.
func (d Day) End(loc *time.Location) time.Time {
	return (d + 1).Start(loc).Add(-time.Microsecond)
}

// Days finds the dates of many instants in one zone: it remembers the rule of
// the last one, so that neighbours in time cost a few nanoseconds. The zero
// value is for UTC. It is not safe for concurrent use.
type Days struct {
	loc      *time.Location
	from, to int64 // the rule holds for from <= unix < to
	offset   int64
}

// DaysIn returns a Days for loc.
func DaysIn(loc *time.Location) Days { return Days{loc: loc} }

// Of returns the date of the instant unix seconds after 1970.
func (d *Days) Of(unix int64) Day {
	if unix < d.from || unix >= d.to {
		d.find(unix)
	}
	return dayOf(unix + d.offset)
}

func (d *Days) find(unix int64) {
	t := time.Unix(unix, 0).In(OrUTC(d.loc))
	_, offset := t.Zone()
	d.offset = int64(offset)
	start, end := t.ZoneBounds()
	d.from, d.to = -1<<63, 1<<63-1
	if !start.IsZero() {
		d.from = start.Unix()
	}
	if !end.IsZero() {
		d.to = end.Unix()
	}
}
