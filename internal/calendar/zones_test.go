package calendar_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"pgregory.net/rapid"
)

// odd are zones whose clocks do, or did since 1970, what breaks an assumption.
var odd = []string{
	"UTC",
	"America/New_York",
	"America/Sao_Paulo",    // skips midnight
	"America/Havana",       // has midnight twice
	"America/St_Johns",     // went back at 00:01, so that a day began twice
	"America/Asuncion",     // skips midnight
	"America/Caracas",      // moved by half an hour
	"America/Scoresbysund", // skips midnight, since 2024 at another hour
	"Africa/Cairo",         // skips midnight
	"Africa/Casablanca",    // back and forth around Ramadan
	"Antarctica/Troll",     // moves by two hours
	"Antarctica/Vostok",    // moved by seven hours, twice
	"Asia/Beirut",          // skips midnight
	"Asia/Gaza",
	"Asia/Kathmandu", // skipped a quarter of an hour from midnight in 1986
	"Asia/Pyongyang", // went back at midnight, and skipped half an hour before one
	"Asia/Shanghai",  // had summer time until 1991
	"Asia/Tehran",    // skipped midnight
	"Atlantic/Azores",
	"Australia/Lord_Howe", // moves by half an hour
	"Europe/Dublin",
	"Europe/Lisbon",
	"Pacific/Apia",       // skipped 30 December 2011
	"Pacific/Enderbury",  // skipped 1 January 1995
	"Pacific/Kiritimati", // skipped 31 December 1994
	"Pacific/Kwajalein",  // skipped 21 August 1993
}

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// transitions returns when the clocks moved in loc from 1970 to 2037.
func transitions(loc *time.Location) []time.Time {
	var all []time.Time
	for t := time.Unix(0, 0).In(loc); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Year() > 2037 {
			return all
		}
		all, t = append(all, end), end
	}
}

// instants draws whole minutes since 1970, most of them within two days of a
// transition if there is one.
func instants(t *rapid.T, loc *time.Location) time.Time {
	if near := transitions(loc); len(near) > 0 && rapid.IntRange(0, 3).Draw(t, "far") > 0 {
		minutes := rapid.IntRange(-48*60, 48*60).Draw(t, "minutes from transition")
		return rapid.SampledFrom(near).Draw(t, "transition").Add(time.Duration(minutes) * time.Minute)
	}
	return time.Unix(60*rapid.Int64Range(0, 67*365*24*60).Draw(t, "minute"), 0).In(loc)
}

func anyZone(t *rapid.T) *time.Location { return zone(t, rapid.SampledFrom(odd).Draw(t, "zone")) }

// The tests would prove little if the zones did not do what they are here for.
func TestZonesAreOdd(t *testing.T) {
	if n := len(transitions(zone(t, "America/New_York"))); n < 100 {
		t.Errorf("New York's clocks moved %d times", n)
	}
}

// clock returns what the local clock showed, as if it were of UTC, so that
// clocks can be compared.
func clock(t time.Time) time.Time {
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	return time.Date(year, month, day, hour, minute, sec, t.Nanosecond(), time.UTC)
}
