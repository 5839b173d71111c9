package regulars_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
)

// kinds has, for each unit, its constructor, suffix, largest number, and how
// long one is where clocks never move; 0 if that varies.
var kinds = []struct {
	of     func(int) regulars.Span
	suffix string
	max    int
	length time.Duration
}{
	{regulars.Seconds, "s", 2_147_483_647, time.Second},
	{regulars.Minutes, "m", 131_400_000, time.Minute},
	{regulars.Hours, "h", 2_190_000, time.Hour},
	{regulars.Days, "d", 91_500, 24 * time.Hour},
	{regulars.Weeks, "w", 13_250, 7 * 24 * time.Hour},
	{regulars.Months, "mo", 3_000, 0},
	{regulars.Years, "y", 250, 0},
}

// Property: a span is written as its number and unit, and read back the same,
// alone and in JSON.
func TestSpanText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		n := rapid.OneOf(rapid.IntRange(1, min(400, kind.max)), rapid.IntRange(1, kind.max), rapid.Just(kind.max)).Draw(t, "n")
		span, text := kind.of(n), fmt.Sprint(n, kind.suffix)
		if span.String() != text || span.IsZero() {
			t.Fatalf("%v is written %q", text, span)
		}
		if read, err := regulars.ParseSpan(text); err != nil || read != span {
			t.Fatalf("ParseSpan(%q) = %v, %v", text, read, err)
		}
		var read regulars.Span
		if document, err := json.Marshal(span); err != nil || json.Unmarshal(document, &read) != nil || read != span {
			t.Fatalf("%q in JSON is %s, read back %v", text, document, read)
		}
	})
}

func TestParseSpanRefuses(t *testing.T) {
	notSpan := func(text string) string {
		return fmt.Sprintf(`regulars: %q is not a span: want a number and s, m, h, d, w, mo or y, such as "90d"`, text)
	}
	tooLong := func(text, limit string) string {
		return fmt.Sprintf("regulars: span %q is too long: at most %s", text, limit)
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", notSpan("")},
		{"unit alone", "d", notSpan("d")},
		{"number alone", "90", notSpan("90")},
		{"zero", "0d", notSpan("0d")},
		{"leading zero", "01d", notSpan("01d")},
		{"negative", "-1d", notSpan("-1d")},
		{"plus", "+1d", notSpan("+1d")},
		{"fraction", "1.5d", notSpan("1.5d")},
		{"space between", "1 d", notSpan("1 d")},
		{"space around", " 1d", notSpan(" 1d")},
		{"upper case", "1D", notSpan("1D")},
		{"another unit", "1min", notSpan("1min")},
		{"sum", "1y6mo", notSpan("1y6mo")},
		{"full-width digit", "\uff11d", notSpan("\uff11d")},
		{"two units", "1dd", notSpan("1dd")},
		{"not UTF-8", "1d\xff", notSpan("1d\xff")},
		{"seconds", "2147483648s", tooLong("2147483648s", "2147483647s")},
		{"minutes", "131400001m", tooLong("131400001m", "131400000m")},
		{"hours", "2190001h", tooLong("2190001h", "2190000h")},
		{"days", "91501d", tooLong("91501d", "91500d")},
		{"weeks", "13251w", tooLong("13251w", "13250w")},
		{"months", "3001mo", tooLong("3001mo", "3000mo")},
		{"years", "251y", tooLong("251y", "250y")},
		{"beyond int64", "99999999999999999999y", tooLong("99999999999999999999y", "250y")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			span, err := regulars.ParseSpan(tt.text)
			if err == nil || err.Error() != tt.want || !span.IsZero() {
				t.Errorf("got %v, error %v\nwant %s", span, err, tt.want)
			}
			kept := regulars.Days(7)
			if err := kept.UnmarshalText([]byte(tt.text)); err == nil || kept != regulars.Days(7) {
				t.Errorf("UnmarshalText: %v, error %v", kept, err)
			}
		})
	}
}

// Whatever ParseSpan takes is written the same again.
func FuzzParseSpan(f *testing.F) {
	for _, seed := range []string{"90d", "6mo", "0d", "1y6mo", "2147483648s", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if span, err := regulars.ParseSpan(text); err == nil && span.String() != text {
			t.Errorf("%q is written %q", text, span)
		}
	})
}

func TestSpanPanics(t *testing.T) {
	for _, kind := range kinds {
		numbers := []int{0, -1}
		if kind.suffix != "s" { // one more second than the most is no int on 32 bits
			numbers = append(numbers, kind.max+1)
		}
		for _, n := range numbers {
			t.Run(fmt.Sprint(n, kind.suffix), func(t *testing.T) {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				kind.of(n)
			})
		}
	}
}

func TestZeroSpan(t *testing.T) {
	var zero regulars.Span
	at := time.Date(2026, 1, 31, 12, 0, 0, 1, time.UTC)
	if !zero.IsZero() || zero.String() != "" || !zero.After(at, nil).Equal(at) || !zero.Before(at, nil).Equal(at) {
		t.Errorf("zero is %q; a zero span after %v is %v", zero, at, zero.After(at, nil))
	}
	document, err := json.Marshal(struct {
		Idle regulars.Span `json:"idle,omitzero"`
	}{})
	if string(document) != "{}" || err != nil {
		t.Errorf("got %s, %v; want it left out", document, err)
	}
}

func TestSpanSteps(t *testing.T) {
	const ny, apia = "America/New_York", "Pacific/Apia"
	tests := []struct {
		name, zone, from string
		span             regulars.Span
		before, after    string
	}{
		{
			"a day of 23 hours", ny, "2026-03-07T12:00:00-05:00", regulars.Days(1),
			"2026-03-06T12:00:00-05:00", "2026-03-08T12:00:00-04:00",
		},
		{
			"24 hours over it", ny, "2026-03-07T12:00:00-05:00", regulars.Hours(24),
			"2026-03-06T12:00:00-05:00", "2026-03-08T13:00:00-04:00",
		},
		{
			"a clock time that is skipped", ny, "2026-03-07T02:30:00-05:00", regulars.Days(1),
			"2026-03-06T02:30:00-05:00", "2026-03-08T03:30:00-04:00",
		},
		{
			"a clock time that comes twice", ny, "2026-10-31T01:30:00-04:00", regulars.Days(1),
			"2026-10-30T01:30:00-04:00", "2026-11-01T01:30:00-04:00",
		},
		{
			"from the second of the two", ny, "2026-11-01T01:30:00-05:00", regulars.Days(1),
			"2026-10-31T01:30:00-04:00", "2026-11-02T01:30:00-05:00",
		},
		{
			"a skipped midnight", "America/Sao_Paulo", "2018-11-03T00:30:00-03:00", regulars.Days(1),
			"2018-11-02T00:30:00-03:00", "2018-11-04T01:30:00-02:00",
		},
		{
			"onto a skipped day", apia, "2011-12-29T12:00:00-10:00", regulars.Days(1),
			"2011-12-28T12:00:00-10:00", "2011-12-31T12:00:00+14:00",
		},
		{
			"over a skipped day", apia, "2011-12-29T12:00:00-10:00", regulars.Weeks(1),
			"2011-12-22T12:00:00-10:00", "2012-01-05T12:00:00+14:00",
		},
		{
			"back onto a skipped day", apia, "2011-12-31T12:00:00+14:00", regulars.Days(1),
			"2011-12-31T12:00:00+14:00", "2012-01-01T12:00:00+14:00",
		},
		{
			"summer time of 1986", "Asia/Shanghai", "1986-05-03T02:30:00+08:00", regulars.Days(1),
			"1986-05-02T02:30:00+08:00", "1986-05-04T03:30:00+09:00",
		},
		{
			"the last of a month", "Asia/Shanghai", "2026-01-31T10:00:00+08:00", regulars.Months(1),
			"2025-12-31T10:00:00+08:00", "2026-02-28T10:00:00+08:00",
		},
		{
			"a month from the 31st to the 30th", "UTC", "2026-03-31T10:00:00Z", regulars.Months(1),
			"2026-02-28T10:00:00Z", "2026-04-30T10:00:00Z",
		},
		{
			"a leap February", "UTC", "2024-01-31T10:00:00Z", regulars.Months(1),
			"2023-12-31T10:00:00Z", "2024-02-29T10:00:00Z",
		},
		{
			"a year from 29 February", "UTC", "2024-02-29T10:00:00Z", regulars.Years(1),
			"2023-02-28T10:00:00Z", "2025-02-28T10:00:00Z",
		},
		{
			"four years from it", "UTC", "2024-02-29T10:00:00Z", regulars.Years(4),
			"2020-02-29T10:00:00Z", "2028-02-29T10:00:00Z",
		},
		{
			"2100 is no leap year", "UTC", "2096-02-29T10:00:00Z", regulars.Years(4),
			"2092-02-29T10:00:00Z", "2100-02-28T10:00:00Z",
		},
		{
			"14 months over a year's end", "UTC", "2025-12-31T23:59:59.999999999Z", regulars.Months(14),
			"2024-10-31T23:59:59.999999999Z", "2027-02-28T23:59:59.999999999Z",
		},
		{
			"minutes", ny, "2026-03-08T01:59:00-05:00", regulars.Minutes(1),
			"2026-03-08T01:58:00-05:00", "2026-03-08T03:00:00-04:00",
		},
		{
			"seconds", "UTC", "2026-01-01T00:00:00Z", regulars.Seconds(1),
			"2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z",
		},
		{
			"an instant given in another zone", ny, "2026-03-07T17:00:00Z", regulars.Days(1),
			"2026-03-06T12:00:00-05:00", "2026-03-08T12:00:00-04:00",
		},
		{
			"the longest", "UTC", "2000-01-01T00:00:00Z", regulars.Hours(2_190_000),
			"1750-03-02T00:00:00Z", "2249-11-01T00:00:00Z",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from, err := time.Parse(time.RFC3339Nano, tt.from)
			if err != nil {
				t.Fatal(err)
			}
			loc := zone(t, tt.zone)
			if got := tt.span.Before(from, loc).Format(time.RFC3339Nano); got != tt.before {
				t.Errorf("%v before %s is %s, want %s", tt.span, tt.from, got, tt.before)
			}
			if got := tt.span.After(from, loc).Format(time.RFC3339Nano); got != tt.after {
				t.Errorf("%v after %s is %s, want %s", tt.span, tt.from, got, tt.after)
			}
		})
	}
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func anyInstant(t *rapid.T) time.Time {
	// 1950 to 2050, to the nanosecond.
	return time.Unix(rapid.Int64Range(-631_152_000, 2_524_608_000).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()
}

func anyZone(t *rapid.T) *time.Location {
	return zone(t, rapid.SampledFrom([]string{
		"UTC", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "America/Sao_Paulo", "Australia/Lord_Howe",
	}).Draw(t, "zone"))
}

// Property: an elapsed span is the same length everywhere, so Before undoes
// After.
func TestElapsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds[:3]).Draw(t, "kind")
		n := rapid.IntRange(1, kind.max).Draw(t, "n")
		at, loc := anyInstant(t), anyZone(t)
		after := kind.of(n).After(at, loc)
		if got := after.Sub(at); got != time.Duration(n)*kind.length {
			t.Fatalf("%d%s lasts %v", n, kind.suffix, got)
		}
		if back := kind.of(n).Before(after, loc); !back.Equal(at) {
			t.Fatalf("back at %v, want %v", back, at)
		}
	})
}

// Property: in UTC days and weeks have one length too; and a nil location is
// UTC.
func TestDaysInUTC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds[3:5]).Draw(t, "kind")
		n := rapid.IntRange(1, kind.max).Draw(t, "n")
		at := anyInstant(t)
		if got, want := kind.of(n).After(at, nil), at.Add(time.Duration(n)*kind.length); !got.Equal(want) || got.Location() != time.UTC {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// Property: 7 days are a week and 12 months a year, from any instant in any
// zone, forwards and backwards.
func TestEqualSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		at, loc := anyInstant(t), anyZone(t)
		for _, pair := range [][2]regulars.Span{
			{regulars.Days(7 * n), regulars.Weeks(n)},
			{regulars.Months(12 * n), regulars.Years(n)},
		} {
			if a, b := pair[0].After(at, loc), pair[1].After(at, loc); !a.Equal(b) {
				t.Fatalf("%v ends %v, %v ends %v", pair[0], a, pair[1], b)
			}
			if a, b := pair[0].Before(at, loc), pair[1].Before(at, loc); !a.Equal(b) {
				t.Fatalf("%v begins %v, %v begins %v", pair[0], a, pair[1], b)
			}
		}
	})
}

// Property: n months after t is in the nth month from then, on t's day or on
// the last of the month, whichever is first.
func TestMonths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 600).Draw(t, "n")
		at := anyInstant(t)
		got := regulars.Months(n).After(at, nil)
		count := func(t time.Time) int { return 12*t.Year() + int(t.Month()) }
		last := got.AddDate(0, 0, 1).Month() != got.Month()
		if count(got)-count(at) != n || got.Day() > at.Day() || got.Day() < at.Day() && !last || got.Truncate(24*time.Hour).Sub(got) != at.Truncate(24*time.Hour).Sub(at) {
			t.Fatalf("%d months after %v is %v", n, at, got)
		}
	})
}

// Property: After never ends at or before its start; Before never begins after
// it. (It may begin on it, where the zone skipped that day.)
func TestDirection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		span := kind.of(rapid.IntRange(1, 30).Draw(t, "n"))
		at, loc := anyInstant(t), anyZone(t)
		if rapid.Bool().Draw(t, "around a skipped day") {
			loc = zone(t, "Pacific/Apia")
			at = time.Date(2011, 12, 30, 10, rapid.IntRange(-4000, 4000).Draw(t, "minutes"), 0, 0, time.UTC)
		}
		if after := span.After(at, loc); !after.After(at) || after.Location() != loc {
			t.Fatalf("%v after %v is %v", span, at, after)
		}
		if before := span.Before(at, loc); before.After(at) || before.Location() != loc {
			t.Fatalf("%v before %v is %v", span, at, before)
		}
	})
}
