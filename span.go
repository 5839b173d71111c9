package regulars

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Span is a length of time as people say it: "90d", "6mo", "2h". Days, weeks,
// months and years step the local calendar, so that a day has 23 to 25 hours
// and a month 28 to 31 days; hours, minutes and seconds are elapsed time, so
// that 24-hour days are written "720h" and not "30d".
//
// The zero value is no span at all; fields of that value mean their default.
// A Span is comparable with ==, which tells spellings apart: Days(7) is not
// Weeks(1).
type Span struct {
	n    int32
	unit unit
}

type unit uint8

const (
	seconds unit = 1 + iota
	minutes
	hours
	days
	weeks
	months
	years
)

// units says how each unit is written and how many of it a Span may have: 250
// years, since elapsed time must fit a [time.Duration] (292 years).
var units = [...]struct {
	suffix string
	max    int
}{
	seconds: {"s", 2_147_483_647}, // 68 years: what n holds
	minutes: {"m", 250 * 365 * 24 * 60},
	hours:   {"h", 250 * 365 * 24},
	days:    {"d", 250 * 366},
	weeks:   {"w", 250 * 53},
	months:  {"mo", 250 * 12},
	years:   {"y", 250},
}

// Seconds returns a Span of n elapsed seconds. Minutes and Hours are elapsed
// time too; Days, Weeks, Months and Years step the local calendar. All panic
// if n is not positive or the span is longer than 250 years (68 in seconds);
// use [ParseSpan] for a length that comes from outside.
func Seconds(n int) Span { return mustSpan(n, seconds) }

// Minutes returns a Span of n elapsed minutes; see [Seconds].
func Minutes(n int) Span { return mustSpan(n, minutes) }

// Hours returns a Span of n elapsed hours; see [Seconds].
func Hours(n int) Span { return mustSpan(n, hours) }

// Days returns a Span of n local calendar days; see [Seconds].
func Days(n int) Span { return mustSpan(n, days) }

// Weeks returns a Span of n times seven local calendar days; see [Seconds].
func Weeks(n int) Span { return mustSpan(n, weeks) }

// Months returns a Span of n local calendar months; see [Seconds].
func Months(n int) Span { return mustSpan(n, months) }

// Years returns a Span of n local calendar years; see [Seconds].
func Years(n int) Span { return mustSpan(n, years) }

func mustSpan(n int, u unit) Span {
	s, err := newSpan(n, u)
	if err != nil {
		panic(err)
	}
	return s
}

func newSpan(n int, u unit) (Span, error) {
	if n <= 0 || n > units[u].max {
		return Span{}, fmt.Errorf("regulars: a span in %q has a number from 1 to %d, not %d", units[u].suffix, units[u].max, n)
	}
	return Span{int32(n), u}, nil
}

// ParseSpan reads a span as [Span.String] writes it: a whole number without
// sign or leading zero, and one of s, m, h, d, w, mo, y. Nothing else is
// taken: no space, no fraction, no sum ("1y6mo" is "18mo").
func ParseSpan(text string) (Span, error) {
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if digits > 0 && text[0] != '0' {
		for u := seconds; u <= years; u++ {
			if units[u].suffix != text[digits:] {
				continue
			}
			n, err := strconv.Atoi(text[:digits])
			if err != nil {
				n = units[u].max + 1 // only too large a number gets here
			}
			s, err := newSpan(n, u)
			if err != nil {
				return Span{}, fmt.Errorf("regulars: span %q is too long: at most %d%s", text, units[u].max, units[u].suffix)
			}
			return s, nil
		}
	}
	return Span{}, fmt.Errorf(`regulars: %q is not a span: want a number and s, m, h, d, w, mo or y, such as "90d"`, text)
}

// IsZero reports whether s is the zero value, which is no span.
func (s Span) IsZero() bool { return s == Span{} }

// String returns s as [ParseSpan] reads it, such as "6mo"; "" if s is zero.
func (s Span) String() string {
	if s.IsZero() {
		return ""
	}
	return strconv.Itoa(int(s.n)) + units[s.unit].suffix
}

// After returns the instant that lies s after t. In calendar units the local
// clock time stays and the date moves; a day that the month lacks becomes its
// last one (31 January and 1mo give 28 or 29 February). A clock time that is
// skipped that day moves later by as much as was skipped, and of one that
// comes twice the first is taken. A nil loc is UTC. A zero s gives t.
func (s Span) After(t time.Time, loc *time.Location) time.Time { return s.step(t, loc, 1) }

// Before returns the instant that lies s before t, by the rules of
// [Span.After]. It does not undo After: a month before 31 March is 28 or 29
// February, and a month after that is the 28th or 29th of March. Where
// a zone skipped a whole date, one day before the next date is t itself.
func (s Span) Before(t time.Time, loc *time.Location) time.Time { return s.step(t, loc, -1) }

func (s Span) step(t time.Time, loc *time.Location, sign int) time.Time {
	if loc == nil {
		loc = time.UTC
	}
	n := sign * int(s.n)
	switch s.unit {
	case seconds:
		return t.Add(time.Duration(n) * time.Second).In(loc)
	case minutes:
		return t.Add(time.Duration(n) * time.Minute).In(loc)
	case hours:
		return t.Add(time.Duration(n) * time.Hour).In(loc)
	case days:
		return calendar.AddDays(t, n, loc)
	case weeks:
		return calendar.AddDays(t, 7*n, loc)
	case months:
		return calendar.AddMonths(t, n, loc)
	case years:
		return calendar.AddMonths(t, 12*n, loc)
	}
	return t.In(loc)
}

// MarshalText writes s as [Span.String] does.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads s as [ParseSpan] does; an empty text is an error, since
// a field that has no span is left out.
func (s *Span) UnmarshalText(text []byte) error {
	parsed, err := ParseSpan(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
