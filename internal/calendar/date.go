package calendar

import "time"

// Date is [time.Date] with a stated answer where a local clock time does not
// name one instant: a time that the clocks skip moves later by as much as they
// skipped, and of a time that comes twice the first is taken.
func Date(year int, month time.Month, day, hour, minute, sec, nsec int, loc *time.Location) time.Time {
	loc = OrUTC(loc)
	clock := time.Date(year, month, day, hour, minute, sec, nsec, time.UTC)
	before, after := offsetAt(clock.Add(-daySeconds*time.Second), loc), offsetAt(clock.Add(daySeconds*time.Second), loc)
	// No zone moves its clocks twice in two days. Where both offsets show this
	// clock time it comes twice, and that before comes first; where neither
	// does it is skipped.
	early, late := clock.Add(-before), clock.Add(-after)
	if offsetAt(early, loc) != before && offsetAt(late, loc) == after {
		return late.In(loc)
	}
	return early.In(loc)
}

func offsetAt(t time.Time, loc *time.Location) time.Duration {
	_, offset := t.In(loc).Zone()
	return time.Duration(offset) * time.Second
}

// AddDays returns the same local clock time n dates later, by the rules of
// [Date].
func AddDays(t time.Time, n int, loc *time.Location) time.Time {
	t = t.In(OrUTC(loc))
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	return Date(year, month, day+n, hour, minute, sec, t.Nanosecond(), loc)
}

// AddMonths returns the same local clock time n months later, on the same day
// of the month or, if that month is shorter, on its last.
func AddMonths(t time.Time, n int, loc *time.Location) time.Time {
	t = t.In(OrUTC(loc))
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	last := time.Date(year, month+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return Date(year, month+time.Month(n), min(day, last), hour, minute, sec, t.Nanosecond(), loc)
}
