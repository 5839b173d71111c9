package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPeriodNames(t *testing.T) {
	tests := []struct {
		name        string
		periods     Periods
		date        time.Time
		want, first string
	}{
		{"day", Periods{}, date(2024, 2, 29), "2024-02-29", "2024-02-29"},
		{"month", Periods{Unit: Monthly}, date(2024, 2, 29), "2024-02", "2024-02-01"},
		{"January", Periods{Unit: Monthly}, date(1970, 1, 1), "1970-01", "1970-01-01"},
		{"before 1970", Periods{Unit: Monthly}, date(1969, 12, 31), "1969-12", "1969-12-01"},
		{"Sunday week, its Saturday", Periods{Unit: Weekly}, date(2024, 3, 9), "2024-03-03", "2024-03-03"},
		{"Sunday week, next", Periods{Unit: Weekly}, date(2024, 3, 10), "2024-03-10", "2024-03-10"},
		{"ISO week, its Sunday", Periods{Weekly, time.Monday}, date(2024, 3, 10), "2024-W10", "2024-03-04"},
		{"ISO week of next year", Periods{Weekly, time.Monday}, date(2024, 12, 30), "2025-W01", "2024-12-30"},
		{"ISO week of last year", Periods{Weekly, time.Monday}, date(2021, 1, 3), "2020-W53", "2020-12-28"},
		{"Saturday week before 1970", Periods{Weekly, time.Saturday}, date(1969, 12, 26), "1969-12-20", "1969-12-20"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := test.periods.Of(DayOf(test.date, nil))
			if got := test.periods.Name(n); got != test.want {
				t.Errorf("Name = %s, want %s", got, test.want)
			}
			if got := test.periods.First(n).String(); got != test.first {
				t.Errorf("First = %s, want %s", got, test.first)
			}
		})
	}
}

func TestPeriodsCoverTheCalendar(t *testing.T) {
	// Property: every day lies in exactly one period: from its first day up to
	// the day before the next one's.
	rapid.Check(t, func(t *rapid.T) {
		p := Periods{Unit: Unit(rapid.IntRange(0, 2).Draw(t, "unit"))}
		if p.Unit == Weekly {
			p.Start = time.Weekday(rapid.IntRange(0, 6).Draw(t, "start"))
		}
		d := Day(rapid.Int32Range(-719_162, 2_932_896).Draw(t, "day")) // years 1 to 9999
		n := p.Of(d)
		if d < p.First(n) || d >= p.First(n+1) {
			t.Fatalf("%s is in period %d, from %s to %s", d, n, p.First(n), p.First(n+1))
		}
		if p.Unit == Weekly && time.Unix(int64(p.First(n))*daySeconds, 0).UTC().Weekday() != p.Start {
			t.Fatalf("week begins on %s", p.First(n))
		}
	})
}

// date is noon, so that no zone moves it.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func TestMonthsFollowTheStandardLibrary(t *testing.T) {
	for d := Day(-200_000); d < 200_000; d++ {
		year, month, _ := d.Date()
		if want := int32(year-1970)*12 + int32(month) - 1; monthOf(d) != want {
			t.Fatalf("month of %s = %d, want %d", d, monthOf(d), want)
		}
	}
}
