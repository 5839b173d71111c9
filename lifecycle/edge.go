package lifecycle

import (
	"errors"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/ids"
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

func checkNow(now time.Time) error {
	if err := calendar.CheckInstant(now); err != nil {
		return fmt.Errorf("lifecycle: the moment of the report %w", err)
	}
	return nil
}

// checkID refuses the empty string, which names nobody.
func checkID[K regulars.ID](id K) error {
	if ids.IsEmpty(id) {
		return errors.New("lifecycle: customer has an empty ID")
	}
	return nil
}
