package persona

import (
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// moment is an asOf, and what follows from it, found when it is first asked for.
type moment struct {
	micros  int64
	zone    *time.Location
	windows []window
	limits  []int64 // of the windows; nil if they are to be found one by one
	day     calendar.Day
	dayDone bool
}

// momentOf brings asOf into the years that times may have.
func momentOf(asOf time.Time, zone *time.Location, windows []window) moment {
	m := moment{zone: zone, windows: windows}
	switch unix := asOf.Unix(); {
	case unix < firstMicro/1e6:
		m.micros = firstMicro
	case unix > lastMicro/1e6:
		m.micros = lastMicro
	default:
		m.micros = asOf.UnixMicro()
	}
	return m
}

func (m *moment) time() time.Time { return time.UnixMicro(m.micros) }

func (m *moment) today() calendar.Day {
	if !m.dayDone {
		m.day, m.dayDone = m.dayOf(m.micros), true
	}
	return m.day
}

func (m *moment) dayOf(micros int64) calendar.Day {
	return calendar.DayOf(time.UnixMicro(micros), m.zone)
}

// limit is the end of a window that is not the moment itself.
func (m *moment) limit(i int32) int64 {
	if m.limits != nil {
		return m.limits[i]
	}
	return m.windows[i].limit(m)
}

// settle finds all limits, so that they are found once for many profiles.
func (m *moment) settle() {
	limits := make([]int64, len(m.windows))
	for i := range m.windows {
		limits[i] = m.windows[i].limit(m)
	}
	m.limits = limits
	m.today()
}

// window is a stretch of time that begins or ends at the moment.
type window struct {
	span   regulars.Span
	next   bool // it lies after the moment, not before
	whole  bool // it goes by local midnights
	ofDays bool // it is in days, else in microseconds
}

// limit is the end of w that is not the moment: a window before it excludes
// that, one after it includes it.
func (w window) limit(m *moment) int64 {
	if !w.whole && !w.ofDays {
		if w.next {
			return w.span.After(m.time(), m.zone).UnixMicro()
		}
		return w.span.Before(m.time(), m.zone).UnixMicro()
	}
	// Dates have no zone: they are counted where no clock changes.
	date := time.Unix(int64(m.today())*24*60*60, 0).UTC()
	var day calendar.Day
	if w.next {
		day = calendar.DayOf(w.span.After(date, time.UTC), time.UTC)
	} else {
		day = calendar.DayOf(w.span.Before(date, time.UTC), time.UTC)
	}
	if w.ofDays {
		return int64(day)
	}
	return (day + 1).Start(m.zone).UnixMicro() - 1
}

// age counts the birthdays from the day of birth to the moment; it is negative
// if that is yet to come.
func (m *moment) age(born calendar.Day) int64 {
	year, _, _ := m.today().Date()
	birthYear, _, _ := born.Date()
	years := int64(year - birthYear)
	if m.today() < birthday(born, year) {
		years--
	}
	return years
}

// untilAnniversary counts the days to the next birthday, 0 if it is today.
func (m *moment) untilAnniversary(born calendar.Day) int64 {
	year, _, _ := m.today().Date()
	next := birthday(born, year)
	if next < m.today() {
		next = birthday(born, year+1)
	}
	return int64(next - m.today())
}

// birthday is the day of a year on which born comes round: 28 February for the
// 29th where there is none.
func birthday(born calendar.Day, year int) calendar.Day {
	_, month, day := born.Date()
	if month == time.February && day == 29 {
		return calendar.DateDay(year, time.March, 1) - 1
	}
	return calendar.DateDay(year, month, day)
}
