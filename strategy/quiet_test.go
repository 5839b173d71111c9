package strategy_test

import (
	"encoding/json"
	"io"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/strategy"
)

// contactPolicy is contact_policy_vectors.json: quiet hours and calendar windows
// worked out minute by minute from the zone database, and the documented
// examples of caps.
type contactPolicy struct {
	QuietHours []struct {
		TZ          string    `json:"tz"`
		At          time.Time `json:"at_utc"`
		Quiet       [2]string `json:"quiet"`
		InQuiet     bool      `json:"in_quiet"`
		NextAllowed time.Time `json:"next_allowed_utc"`
		Note        string    `json:"note"`
	} `json:"quiet_hours"`
	CalendarWindows []struct {
		TZ         string    `json:"tz"`
		At         time.Time `json:"at_utc"`
		Kind       string    `json:"kind"`
		WeekStarts string    `json:"week_starts"`
		Start      time.Time `json:"start_utc"`
		End        time.Time `json:"end_utc"`
		Hours      float64   `json:"hours"`
	} `json:"calendar_windows"`
	Caps []struct {
		Name     string          `json:"name"`
		Rule     json.RawMessage `json:"rule"`
		Attempts [][2]string     `json:"attempts"`
	} `json:"caps"`
}

func loadContactPolicy(t *testing.T) (c contactPolicy) {
	t.Helper()
	data, err := io.ReadAll(testdata.Open(t, "contact_policy_vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func clock(t testing.TB, text string) (c strategy.Clock) {
	t.Helper()
	if err := c.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return c
}

// quietHours returns hours such as "22:00", "08:00".
func quietHours(t testing.TB, start, end string) strategy.QuietHours {
	t.Helper()
	return strategy.QuietHours{Start: clock(t, start), End: clock(t, end)}
}

func TestQuietHoursVectors(t *testing.T) {
	cases := loadContactPolicy(t).QuietHours
	if len(cases) != 10 {
		t.Fatalf("%d cases, want 10", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Note, func(t *testing.T) {
			q, loc := quietHours(t, c.Quiet[0], c.Quiet[1]), zone(t, c.TZ)
			if got := q.At(c.At, loc); got != c.InQuiet {
				t.Errorf("quiet: %v, want %v", got, c.InQuiet)
			}
			if got := q.NextAllowed(c.At, loc); !got.Equal(c.NextAllowed) {
				t.Errorf("next allowed at %v, want %v", got.UTC(), c.NextAllowed)
			}
			// A decision says the same.
			p := strategy.Playbook{Operations: []strategy.Operation{operation("a", 1, strategy.Audience{})}, QuietHours: []strategy.QuietHours{q}}
			policy, err := strategy.Host{Zones: time.LoadLocation}.NewPolicy(p)
			if err != nil {
				t.Fatal(err)
			}
			d := policy.Decide(strategy.Customer{ID: "u1", Zone: c.TZ}, c.At)
			v := d.Verdicts[0]
			if (v.Code == strategy.Quiet) != c.InQuiet || c.InQuiet && !v.RetryAt.Equal(c.NextAllowed) || d.Zone != c.TZ || d.ZoneAssumed {
				t.Errorf("decided %+v", d)
			}
		})
	}
}

// From the list of edge cases: New York on 9 March 2025, quiet from 01:00 to
// 02:30, which that night does not exist.
func TestQuietEndThatIsSkipped(t *testing.T) {
	loc := zone(t, "America/New_York")
	got := quietHours(t, "01:00", "02:30").NextAllowed(at("2025-03-09T01:10:00-05:00"), loc)
	if want := at("2025-03-09T03:00:00-04:00"); !got.Equal(want) {
		t.Errorf("next allowed at %v, want %v", got, want)
	}
}

// zoneNames are zones with every kind of oddity: gaps and overlaps of an hour, of
// half an hour, at midnight, over midnight, and a day that is missing.
var zoneNames = []string{
	"UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia",
	"Asia/Kathmandu", "Europe/London", "America/St_Johns", "America/Havana", "Africa/Casablanca", "Pacific/Kiritimati",
}

// oddInstants draws an instant near a change of the clocks, or anywhere.
func oddInstants(t *rapid.T, loc *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(0, 1_900_000_000).Draw(t, "second"), 0)
	if start, _ := at.In(loc).ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !start.IsZero() {
		at = start.Add(time.Duration(rapid.IntRange(-30*60, 30*60).Draw(t, "minutes off")) * time.Minute)
	}
	return at.Add(time.Duration(rapid.IntRange(0, 59_999_999).Draw(t, "microseconds")) * time.Microsecond)
}

func clocksOfDay() *rapid.Generator[strategy.Clock] {
	return rapid.Custom(func(t *rapid.T) strategy.Clock {
		return strategy.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 0, 15, 30, 59}).Draw(t, "minute"))
	})
}

// P9. Property: the next allowed instant is not before the instant, is not quiet,
// is its own next, and everything in between is quiet.
func TestNextAllowed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zoneNames).Draw(rt, "zone"))
		q := strategy.QuietHours{Start: clocksOfDay().Draw(rt, "start"), End: clocksOfDay().Draw(rt, "end")}
		if q.Start == q.End {
			return
		}
		at := oddInstants(rt, loc)
		next := q.NextAllowed(at, loc)
		if next.Before(at) || q.At(next, loc) || !q.NextAllowed(next, loc).Equal(next) {
			rt.Fatalf("%v in %v: %v is allowed next", q, at.In(loc), next)
		}
		for quiet := at; quiet.Before(next); quiet = quiet.Add(7 * time.Minute) {
			if !inHours(q, quiet.In(loc)) {
				rt.Fatalf("%v is allowed before %v", quiet.In(loc), next)
			}
		}
		if last := next.Add(-time.Microsecond); next.After(at) && !inHours(q, last.In(loc)) {
			rt.Fatalf("%v is allowed before %v", last, next)
		}
	})
}

// inHours reads the clock as people do.
func inHours(q strategy.QuietHours, t time.Time) bool {
	now := t.Format("15:04")
	start, end := q.Start.String(), q.End.String()
	if start < end {
		return start <= now && now < end
	}
	return now >= start || now < end
}

// Hours that start and end alike are none; a playbook refuses them.
func TestQuietHoursThatAreNone(t *testing.T) {
	noon := at("2026-11-22T12:00:00Z")
	if got := quietHours(t, "12:00", "12:00").NextAllowed(noon, nil); !got.Equal(noon) {
		t.Errorf("allowed next at %v", got)
	}
}

func TestClock(t *testing.T) {
	for _, text := range []string{"", "8:00", "24:00", "08:60", "08:00:00", "08.00", "-1:00"} {
		var c strategy.Clock
		if err := c.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %v", text, c)
		}
	}
	if got := clock(t, "23:59").String(); got != "23:59" {
		t.Errorf("got %s", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic at 24:00")
		}
	}()
	strategy.NewClock(24, 0)
}
