package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Property: DayOf is the date that the local clock shows, and Days agrees,
// whatever instants it saw before.
func TestDayOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		days := calendar.DaysIn(loc)
		for range rapid.IntRange(1, 8).Draw(t, "instants") {
			at := instants(t, loc).Add(time.Duration(rapid.Int64Range(0, 59_999_999_999).Draw(t, "ns")))
			year, month, day := at.In(loc).Date()
			want := calendar.DateDay(year, month, day)
			if got := calendar.DayOf(at, loc); got != want {
				t.Fatalf("DayOf(%v) is %v, want %v", at, got, want)
			}
			if got := days.Of(at.Unix()); got != want {
				t.Fatalf("Days.Of(%v) is %v, want %v", at, got, want)
			}
		}
	})
}

// Property: a Day is the number of dates since 1 January 1970, and gives its
// date back.
func TestDayNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-800_000, 800_000).Draw(t, "n")
		date := time.Date(1970, 1, 1+n, 12, 0, 0, 0, time.UTC)
		day := calendar.DateDay(date.Date())
		if day != calendar.Day(n) || day != calendar.DayOf(date, nil) {
			t.Fatalf("%v is day %d or %d, want %d", date, day, calendar.DayOf(date, nil), n)
		}
		year, month, dayOfMonth := day.Date()
		if y, m, d := date.Date(); year != y || month != m || dayOfMonth != d {
			t.Fatalf("day %d is %d-%d-%d, want %v", n, year, month, dayOfMonth, date)
		}
		if year >= 0 && year <= 9999 && day.String() != date.Format(time.DateOnly) {
			t.Fatalf("day %d is written %v, want %v", n, day, date)
		}
	})
}

func TestDayBeforeEpoch(t *testing.T) {
	tests := []struct {
		name string
		at   time.Time
		want calendar.Day
	}{
		{"epoch", time.Unix(0, 0), 0},
		{"a nanosecond before", time.Unix(0, -1), -1},
		{"a day before", time.Unix(-86400, 0), -1},
		{"a second more", time.Unix(-86401, 0), -2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var days calendar.Days // for UTC
			if got := calendar.DayOf(tt.at, nil); got != tt.want {
				t.Errorf("DayOf: got %d, want %d", got, tt.want)
			}
			if got := days.Of(tt.at.Unix()); got != tt.want {
				t.Errorf("Days.Of: got %d, want %d", got, tt.want)
			}
		})
	}
}

// Property: a day starts at the first minute whose local date is that day or a
// later one, and ends a microsecond before the next starts.
func TestStart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := anyZone(t)
		day := calendar.DayOf(instants(t, loc), loc) + calendar.Day(rapid.IntRange(-1, 1).Draw(t, "shift"))
		year, month, dayOfMonth := day.Date()
		wanted := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)

		want := wanted.Add(-27 * time.Hour)
		for clock(want.In(loc)).Before(wanted) {
			want = want.Add(time.Minute)
		}
		if got := day.Start(loc); !got.Equal(want) {
			t.Fatalf("%v in %v starts %v, want %v", day, loc, got, want.In(loc))
		}
		if got, want := day.End(loc), (day + 1).Start(loc).Add(-time.Microsecond); !got.Equal(want) {
			t.Fatalf("%v in %v ends %v, want %v", day, loc, got, want)
		}
	})
}

func TestStartCases(t *testing.T) {
	day := calendar.DateDay
	tests := []struct {
		name, zone string
		day        calendar.Day
		start, end string
	}{
		{"UTC", "UTC", day(2026, 1, 31), "2026-01-31T00:00:00Z", "2026-01-31T23:59:59.999999Z"},
		{"23 hours", "America/New_York", day(2026, 3, 8), "2026-03-08T00:00:00-05:00", "2026-03-08T23:59:59.999999-04:00"},
		{"25 hours", "America/New_York", day(2026, 11, 1), "2026-11-01T00:00:00-04:00", "2026-11-01T23:59:59.999999-05:00"},
		{"midnight skipped", "America/Sao_Paulo", day(2018, 11, 4), "2018-11-04T01:00:00-02:00", "2018-11-04T23:59:59.999999-02:00"},
		{"a quarter after midnight skipped", "Asia/Kathmandu", day(1986, 1, 1), "1986-01-01T00:15:00+05:45", "1986-01-01T23:59:59.999999+05:45"},
		{"half an hour before midnight skipped", "Asia/Pyongyang", day(2018, 5, 5), "2018-05-05T00:00:00+09:00", "2018-05-05T23:59:59.999999+09:00"},
		{"midnight twice", "America/Havana", day(2026, 11, 1), "2026-11-01T00:00:00-04:00", "2026-11-01T23:59:59.999999-05:00"},
		{"begins twice", "America/St_Johns", day(2006, 10, 29), "2006-10-29T00:00:00-02:30", "2006-10-29T23:59:59.999999-03:30"},
		{"skipped whole", "Pacific/Apia", day(2011, 12, 30), "2011-12-31T00:00:00+14:00", "2011-12-29T23:59:59.999999-10:00"}, // ends before it starts,
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loc := zone(t, tt.zone)
			if got := tt.day.Start(loc).Format(time.RFC3339Nano); got != tt.start {
				t.Errorf("starts %s, want %s", got, tt.start)
			}
			got := tt.day.End(loc).Format(time.RFC3339Nano)
			if got != tt.end {
				t.Errorf("ends %s, want %s", got, tt.end)
			}
		})
	}
}

// The path that each order takes must not allocate.
func TestDaysAllocates(t *testing.T) {
	days := calendar.DaysIn(zone(t, "America/New_York"))
	unix := int64(0)
	if n := testing.AllocsPerRun(100, func() { days.Of(unix); unix += 30 * 86400 }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
