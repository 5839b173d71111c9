package journey

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/stats"
)

// Dwell says how long units were in a stage: until they completed it or, if
// they did not, for as long as they were seen.
type Dwell struct {
	// Completed is how many completed it, Waiting how many did not: those are
	// counted for as long as they were seen (Kaplan and Meier 1958).
	Completed, Waiting int64

	completed []time.Duration // ascending
	survival  stats.Survival
}

// newDwell reads microseconds, which it sorts.
func newDwell(completed, waited []int64) Dwell {
	slices.Sort(completed)
	d := Dwell{Completed: int64(len(completed)), Waiting: int64(len(waited))}
	spells := make([]stats.Spell, 0, len(completed)+len(waited))
	for _, m := range completed {
		d.completed = append(d.completed, toDuration(m))
		spells = append(spells, spell(m, true))
	}
	for _, m := range waited {
		spells = append(spells, spell(m, false))
	}
	d.survival = stats.NewSurvival(spells)
	return d
}

// spell begins before 0, since a stage may take no time and a spell has to end
// after it began.
func spell(micros int64, completed bool) stats.Spell {
	return stats.Spell{Entry: -1, Exit: float64(micros), Event: completed, Weight: 1}
}

// Median returns the time within which half of all units that entered the stage
// completed it, in view of those that were not watched for so long. ok is false
// if fewer than half ever do, as far as was seen.
func (d Dwell) Median() (median time.Duration, ok bool) {
	micros, ok := d.survival.Quantile(0.5)
	return toDuration(int64(micros)), ok
}

// MedianCompleted returns the median of those that completed the stage, which is
// shorter the fewer do; between two it is their mean. ok is false if nobody did.
func (d Dwell) MedianCompleted() (median time.Duration, ok bool) {
	n := len(d.completed)
	if n == 0 {
		return 0, false
	}
	low, high := d.completed[(n-1)/2], d.completed[n/2]
	return low + (high-low)/2, true
}

// MarshalJSON writes the counts and, in seconds, the medians; null where there
// is none.
func (d Dwell) MarshalJSON() ([]byte, error) {
	seconds := func(d time.Duration, ok bool) *float64 {
		if !ok {
			return nil
		}
		return new(d.Seconds())
	}
	return json.Marshal(struct {
		Completed       int64    `json:"completed"`
		Waiting         int64    `json:"waiting"`
		Median          *float64 `json:"median"`
		MedianCompleted *float64 `json:"medianCompleted"`
	}{d.Completed, d.Waiting, seconds(d.Median()), seconds(d.MedianCompleted())})
}

// toDuration caps what a Duration can't hold, 292 years, at its largest value.
func toDuration(micros int64) time.Duration {
	if micros > math.MaxInt64/1000 {
		return math.MaxInt64
	}
	return time.Duration(micros) * time.Microsecond
}
