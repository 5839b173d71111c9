package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/calendar"
)

// naiveDate looks at the clock on every minute for the first that shows the
// wanted time. If none does, the clock jumped over it: then the first minute
// of the new time is as much too early as the wanted time was within the gap.
func naiveDate(wanted time.Time, loc *time.Location) time.Time {
	previous := clock(wanted.Add(-27 * time.Hour).In(loc))
	var landed, skipped time.Time // the first clock after the gap, and the first skipped
	for t := wanted.Add(-27 * time.Hour); t.Before(wanted.Add(27 * time.Hour)); t = t.Add(time.Minute) {
		shown := clock(t.In(loc))
		if shown.Equal(wanted) {
			return t
		}
		if previous.Before(wanted) && shown.After(wanted) {
			landed, skipped = t, previous.Add(time.Minute)
		}
		previous = shown
	}
	return landed.Add(wanted.Sub(skipped))
}

// Property: Date is the first instant at which the clock shows the time, or,
// if it never does, as long after the gap as the time is after its start.
func TestDate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		offset := time.Duration(rapid.IntRange(-25*60, 25*60).Draw(t, "offset")) * time.Minute
		wanted := clock(instants(t, loc)).Add(offset)
		year, month, day := wanted.Date()
		got := calendar.Date(year, month, day, wanted.Hour(), wanted.Minute(), 0, 0, loc)
		if want := naiveDate(wanted, loc); !got.Equal(want) {
			t.Fatalf("%v in %v: got %v, want %v", wanted, loc, got, want.In(loc))
		}
		if got.Location() != loc {
			t.Fatalf("in %v, want %v", got.Location(), loc)
		}
	})
}

func TestDateCases(t *testing.T) {
	tests := []struct {
		name, zone, clock, want string
	}{
		{"before a gap", "America/New_York", "2026-03-08 01:59", "2026-03-08T01:59:00-05:00"},
		{"first skipped", "America/New_York", "2026-03-08 02:00", "2026-03-08T03:00:00-04:00"},
		{"last skipped", "America/New_York", "2026-03-08 02:59", "2026-03-08T03:59:00-04:00"},
		{"after a gap", "America/New_York", "2026-03-08 03:00", "2026-03-08T03:00:00-04:00"},
		{"first that comes twice", "America/New_York", "2026-11-01 01:00", "2026-11-01T01:00:00-04:00"},
		{"last that comes twice", "America/New_York", "2026-11-01 01:59", "2026-11-01T01:59:00-04:00"},
		{"after the second", "America/New_York", "2026-11-01 02:00", "2026-11-01T02:00:00-05:00"},
		{"skipped midnight", "America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T01:00:00-02:00"},
		{"skipped day", "Pacific/Apia", "2011-12-30 12:00", "2011-12-31T12:00:00+14:00"},
		{"summer time of 1986", "Asia/Shanghai", "1986-05-04 02:30", "1986-05-04T03:30:00+09:00"},
		{"none since", "Asia/Shanghai", "2026-05-04 02:30", "2026-05-04T02:30:00+08:00"},
		{"repeated day of 1867", "America/Juneau", "1867-10-18 16:00", "1867-10-18T16:00:00+15:02"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := time.Parse("2006-01-02 15:04", tt.clock)
			if err != nil {
				t.Fatal(err)
			}
			got := calendar.Date(c.Year(), c.Month(), c.Day(), c.Hour(), c.Minute(), 0, 0, zone(t, tt.zone))
			if s := got.Format(time.RFC3339); s != tt.want {
				t.Errorf("got %s, want %s", s, tt.want)
			}
		})
	}
}

// Date carries over what is beyond its range, and nil is UTC, as elsewhere.
func TestDateCarries(t *testing.T) {
	got := calendar.Date(2026, 14, 0, 25, -1, 61, 7, nil)
	if want := time.Date(2026, 14, 0, 25, -1, 61, 7, time.UTC); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Property: AddDays moves the date and keeps the clock, by the rules of Date.
func TestAddDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		from := instants(t, loc)
		n := rapid.IntRange(-400, 400).Draw(t, "days")
		got := calendar.AddDays(from, n, loc)
		if want := naiveDate(clock(from.In(loc)).AddDate(0, 0, n), loc); !got.Equal(want) {
			t.Fatalf("%v and %d days: got %v, want %v", from, n, got, want.In(loc))
		}
	})
}

// Property: AddMonths is the same day of the month, or its last, by the rules
// of Date.
func TestAddMonths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		from := instants(t, loc)
		n := rapid.IntRange(-30, 30).Draw(t, "months")
		got := calendar.AddMonths(from, n, loc)

		// Count the months one at a time, then take the day if it is there.
		wanted := clock(from.In(loc))
		year, month, day := wanted.Date()
		for ; n > 0; n-- {
			if month++; month > time.December {
				year, month = year+1, time.January
			}
		}
		for ; n < 0; n++ {
			if month--; month < time.January {
				year, month = year-1, time.December
			}
		}
		for time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Month() != month {
			day--
		}
		wanted = time.Date(year, month, day, wanted.Hour(), wanted.Minute(), wanted.Second(), 0, time.UTC)
		if want := naiveDate(wanted, loc); !got.Equal(want) {
			t.Fatalf("%v: got %v, want %v", from, got, want.In(loc))
		}
	})
}
