package calendar_test

import (
	"math"
	"testing"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

func TestCheckInstant(t *testing.T) {
	first, last := time.UnixMicro(calendar.MinMicro), time.UnixMicro(calendar.MaxMicro)
	tests := []struct {
		name string
		at   time.Time
		want string
	}{
		{"zero", time.Time{}, "has no time"},
		{"zero in another zone", time.Time{}.In(time.FixedZone("", 3600)), "has no time"},
		{"zero but for nanoseconds", time.Time{}.Add(999), "has no time"},
		{"the first", first, ""},
		{"the first, as a date", time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), ""},
		{"the first whole second", time.Unix(calendar.MinUnix, 0), ""},
		{"before the year 1", time.Time{}.Add(-1), "at -62135596801 seconds since 1970: want the years 1 to 9999"},
		{"the last", last.Add(999), ""},
		{"the last, as a date", time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), ""},
		{"after the last", last.Add(1000), "at 253402300800 seconds since 1970: want the years 1 to 9999"},
		{"milliseconds taken for seconds", time.Unix(1_700_000_000_000, 0), "at 1700000000000 seconds since 1970: want the years 1 to 9999"},
		// In microseconds these two overflow, to 0.
		{"far ahead", time.Unix(1<<58, 0), "at 288230376151711744 seconds since 1970: want the years 1 to 9999"},
		{"far back", time.Unix(-1<<58, 0), "at -288230376151711744 seconds since 1970: want the years 1 to 9999"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(calendar.CheckInstant(tt.at)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Property: a whole second is taken if and only if it is an instant.
func TestCheckUnix(t *testing.T) {
	for _, seconds := range []int64{
		math.MinInt64, calendar.MinUnix - 2, calendar.MinUnix - 1, calendar.MinUnix,
		-1, 0, calendar.MaxUnix, calendar.MaxUnix + 1, math.MaxInt64,
	} {
		got, want := calendar.CheckUnix(seconds), calendar.CheckInstant(time.Unix(seconds, 0))
		if (got == nil) != (want == nil) {
			t.Errorf("%d: as a second %v, as an instant %v", seconds, got, want)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
