package lifecycle

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/regulars-go/regulars"
)

// Limits on what one report may hold.
const (
	// MaxPeriods is the most rows of a report over time, and the most columns
	// of a triangle: a century of days. A single event with the year 1 would
	// otherwise make a report of 700,000 days.
	MaxPeriods = 36_600
	// MaxCells is the most cells of a triangle, some 100 MB.
	MaxCells = 2_000_000
)

// Instants lie in the years 1 to 9999, where microseconds fit an int64 and
// dates have four digits. A later one is most often milliseconds taken for
// seconds.
const (
	minUnix = -62_135_596_799 // one second into year 1: the zero time is not a time
	maxUnix = 253_402_300_799
)

func checkTime(t time.Time) error {
	if t.IsZero() {
		return errors.New("has no time")
	}
	return checkUnix(t.Unix())
}

func checkUnix(unix int64) error {
	if unix < minUnix || unix > maxUnix {
		return fmt.Errorf("at %d seconds since 1970: want the years 1 to 9999", unix)
	}
	return nil
}

func checkNow(now time.Time) error {
	if err := checkTime(now); err != nil {
		return fmt.Errorf("lifecycle: the moment of the report %w", err)
	}
	return nil
}

// checkID refuses the empty string, which names nobody.
func checkID[K regulars.ID](id K) error {
	var none K
	if id == none && reflect.TypeFor[K]().Kind() == reflect.String {
		return errors.New("lifecycle: customer has an empty ID")
	}
	return nil
}

// checkColumns returns an error unless every row of a batch can be added.
func checkColumns[K regulars.ID](ids []K, unixSeconds []int64) error {
	if len(ids) != len(unixSeconds) {
		return fmt.Errorf("lifecycle: %d IDs and %d times: want as many of each", len(ids), len(unixSeconds))
	}
	for i, unix := range unixSeconds {
		if unix < minUnix || unix > maxUnix {
			return fmt.Errorf("lifecycle: row %d: %w", i, checkUnix(unix))
		}
	}
	if reflect.TypeFor[K]().Kind() != reflect.String {
		return nil
	}
	for i, id := range ids {
		if err := checkID(id); err != nil {
			return fmt.Errorf("lifecycle: row %d: customer has an empty ID", i)
		}
	}
	return nil
}

func orUTC(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// sameZone reports whether two zones agree: in name, and, since a fixed zone
// may have any name, on the first days of January and July of many years.
func sameZone(a, b *time.Location) bool {
	a, b = orUTC(a), orUTC(b)
	if a == b {
		return true
	}
	if a.String() != b.String() {
		return false
	}
	for year := 1970; year < 2040; year++ {
		for _, month := range []time.Month{time.January, time.July} {
			t := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
			_, x := t.In(a).Zone()
			_, y := t.In(b).Zone()
			if x != y {
				return false
			}
		}
	}
	return true
}
