package funnel

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/stats"
)

// visits makes the events of so many users: text has an event a minute, such as
// "see help pay".
func visits(from, users int, text ...string) []shopEvent {
	var events []shopEvent
	for n := range users {
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		for _, name := range text {
			events = append(events, shopEvent{user: fmt.Sprint("u", from+n), session: "s", name: name, at: at})
			at = at.Add(time.Minute)
		}
	}
	return events
}

func TestDriversByHand(t *testing.T) {
	var events []shopEvent
	events = append(events, visits(0, 40, "see", "help", "want", "pay")...)
	events = append(events, visits(100, 10, "see", "help", "want")...)
	events = append(events, visits(200, 20, "see", "want", "pay", "thanks")...)
	events = append(events, visits(300, 40, "see", "want", "error")...)
	events = append(events, visits(400, 30, "error", "see", "want")...) // before entry
	events = append(events, visits(500, 20, "see", "error")...)         // never came to the step before
	events = append(events, visits(600, 5, "see", "rare", "want", "pay")...)
	drivers, err := Drivers(funnelOf("see", "want", "pay"), shopLog, events, DriverSearch{Step: 3})
	if err != nil {
		t.Fatal(err)
	}
	// Errors came before entry or after the step, and thanks after all: they
	// are not on the way.
	var names []string
	for _, d := range drivers {
		names = append(names, d.String())
	}
	want := []string{
		"help: 40 of 50 (80.0 %) with, 25 of 95 (26.3 %) without: better",
		"rare: 5 of 5 (100.0 %) with, 60 of 140 (42.9 %) without: insufficient",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	near(t, "odds ratio", drivers[0].OddsRatio, 41*71/(11*26.), 1e-12)
	exact, _ := stats.Fisher(stats.Proportion{Hits: 40, Of: 50}, stats.Proportion{Hits: 25, Of: 95})
	near(t, "P", *drivers[0].P, exact.TwoSided, 0)
	near(t, "adjusted, of one", *drivers[0].Adjusted, exact.TwoSided, 0)
	if drivers[1].P != nil || drivers[1].Low >= drivers[1].OddsRatio {
		t.Errorf("%+v", drivers[1])
	}
}

func TestDriversOfNotMakingAStep(t *testing.T) {
	events := append(visits(0, 40, "see", "pay"), visits(100, 40, "see", "error", "want")...)
	events = append(events, visits(200, 40, "see", "want", "pay")...)
	f := funnelOf("see", "pay")
	drivers, err := Drivers(f, shopLog, events, DriverSearch{Step: 2})
	if err != nil || len(drivers) != 0 {
		t.Errorf("%v, %v: all events come after entry", drivers, err)
	}
	f = funnelOf("see", "want", "pay")
	drivers, err = Drivers(f, shopLog, events, DriverSearch{Step: 3})
	if err != nil || len(drivers) != 1 || drivers[0].Verdict != Leak || drivers[0].Event != "error" {
		t.Errorf("%v, %v", drivers, err)
	}
}

func TestDriversInAnyOrder(t *testing.T) {
	// With any order the step before is the second that is made, whichever that
	// is: help comes before it, and errors come after.
	f := funnelOf("see", "want", "pay")
	f.Match.Order = AnyOrder
	drivers, err := Drivers(f, shopLog, visits(0, 12, "want", "help", "pay", "error", "see"), DriverSearch{Step: 3})
	if err != nil || len(drivers) != 1 || drivers[0].Event != "help" {
		t.Errorf("%v, %v", drivers, err)
	}
}

func TestDriversAtTheInstantOfTheStepBefore(t *testing.T) {
	events := visits(0, 12, "see", "want", "pay")
	for _, e := range visits(0, 12, "see", "help", "too late") {
		if e.name == "too late" {
			e.at = e.at.Add(-time.Minute + time.Microsecond)
		}
		events = append(events, e)
	}
	drivers, err := Drivers(funnelOf("see", "want", "pay"), shopLog, events, DriverSearch{Step: 3})
	if err != nil || len(drivers) != 1 || drivers[0].Event != "help" {
		t.Errorf("%v, %v", drivers, err)
	}
}

func TestDriversOfSessions(t *testing.T) {
	// Two sessions of a user at the same time: help in one is no help in the
	// other.
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var events []shopEvent
	for n := range 20 {
		user := fmt.Sprint("u", n)
		for i, name := range []string{"see", "help", "want", "pay"} {
			events = append(events, shopEvent{user, "a", name, at.Add(time.Duration(i) * time.Minute), nil})
		}
		for i, name := range []string{"see", "want"} {
			events = append(events, shopEvent{user, "b", name, at.Add(time.Duration(2*i) * time.Minute), nil})
		}
	}
	f := funnelOf("see", "want", "pay")
	f.By = BySession
	drivers, err := Drivers(f, shopLog, events, DriverSearch{Step: 3})
	if err != nil || len(drivers) != 1 || drivers[0].String() != "help: 20 of 20 (100.0 %) with, 0 of 20 (0.0 %) without: better" {
		t.Errorf("%v, %v", drivers, err)
	}
}

func TestDriversOfMatureUnits(t *testing.T) {
	f := funnelOf("see", "want", "pay")
	f.Match.Window = Within(time.Hour)
	source := shopLog
	events := visits(0, 12, "see", "help", "want", "pay")
	for _, e := range visits(100, 12, "see", "want") {
		e.at = e.at.Add(4 * time.Hour)
		events = append(events, e)
	}
	source.AsOf = time.Date(2026, 3, 1, 13, 30, 0, 0, time.UTC)
	for maturity, want := range map[Maturity]string{
		Everybody: "[help: 12 of 12 (100.0 %) with, 0 of 12 (0.0 %) without: better]",
		Mature:    "[help: 12 of 12 (100.0 %) with, nobody without: insufficient]",
		Immature:  "[]",
	} {
		drivers, err := Drivers(f, source, events, DriverSearch{Step: 3, Maturity: maturity})
		if got := fmt.Sprint(drivers); err != nil || got != want {
			t.Errorf("%v: %s, %v, want %s", maturity, got, err, want)
		}
	}
}

func TestDriversRefuse(t *testing.T) {
	f := funnelOf("see", "pay")
	nameless := shopLog
	nameless.Name = nil
	tests := []struct {
		name   string
		funnel Funnel
		source Source[shopEvent, string]
		search DriverSearch
	}{
		{"no step", f, shopLog, DriverSearch{}},
		{"the first step", f, shopLog, DriverSearch{Step: 1}},
		{"a step too many", f, shopLog, DriverSearch{Step: 3}},
		{"no names", f, nameless, DriverSearch{Step: 2}},
		{"no funnel", Funnel{}, shopLog, DriverSearch{Step: 2}},
		{"alpha of 1", f, shopLog, DriverSearch{Step: 2, Alpha: 1}},
		{"no user", f, Source[shopEvent, string]{At: shopLog.At, Name: shopLog.Name}, DriverSearch{Step: 2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if drivers, err := Drivers(test.funnel, test.source, nil, test.search); err == nil {
				t.Errorf("%v", drivers)
			}
		})
	}
}

func TestDriversLaws(t *testing.T) {
	// Property: with and without are all units that made the step before, the
	// order of the input changes nothing, and an order of events that is free
	// counts as many.
	rapid.Check(t, func(t *rapid.T) {
		var events []shopEvent
		for user := range rapid.IntRange(0, 30).Draw(t, "users") {
			names := rapid.SliceOfN(rapid.SampledFrom([]string{"see", "want", "pay", "help", "error"}), 0, 6).Draw(t, "events")
			events = append(events, visits(user, 1, names...)...)
		}
		f := funnelOf("see", "want", "pay")
		f.Match.Order = rapid.SampledFrom([]Order{Ordered, AnyOrder, Nested}).Draw(t, "order")
		drivers, err := Drivers(f, shopLog, events, DriverSearch{Step: 3, MinUnits: 1})
		if err != nil {
			t.Fatal(err)
		}
		report, err := Count(f, shopLog, events)
		if err != nil {
			t.Fatal(err)
		}
		reached := report.Counts.Total(Everybody).Reached
		for _, d := range drivers {
			made, of := d.With.Hits, d.With.Of
			if d.Without != nil {
				made, of = made+d.Without.Hits, of+d.Without.Of
			}
			if made != reached[2] || of != reached[1] || !(d.Low <= d.OddsRatio && d.OddsRatio <= d.High) {
				t.Fatalf("%+v of %v", d, reached)
			}
		}
		again, err := Drivers(f, shopLog, rapid.Permutation(events).Draw(t, "permuted"), DriverSearch{Step: 3, MinUnits: 1})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fmt.Sprint(drivers), fmt.Sprint(again)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}
