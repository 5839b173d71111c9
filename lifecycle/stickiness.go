package lifecycle

import (
	"fmt"
	"time"
)

// Stickiness compares who was active in one period with who was in the last
// several: with days and 30 it is DAU/MAU.
type Stickiness struct {
	Interval
	// Active is how many customers were active in the period.
	Active int `json:"active"`
	// Trailing is how many were active in at least one of the last several
	// periods, this one included.
	Trailing int `json:"trailing"`
	// Full is whether that many periods lie between the first in which anybody
	// was active and this one. Before that Trailing is too small, and the ratio
	// too high.
	Full bool `json:"full"`
}

// Ratio returns Active / Trailing, from 0 to 1: how many of those who come at
// all came in this period. ok is false if nobody was active.
func (s Stickiness) Ratio() (ratio float64, ok bool) { return ratioOf(s.Active, s.Trailing) }

// Stickiness reports every period from the first in which anybody was active to
// the last that has begun before now. trailing is the number of periods to
// look back on, from 1 to [MaxPeriods]; windows are of whole periods, so that
// 30 days are 30 local dates. From gives the first row, as in
// [GrowthOptions]; what lies before it counts in Trailing all the same.
func (a *Activity[K]) Stickiness(now, from time.Time, trailing int) ([]Stickiness, error) {
	if err := (GrowthOptions[K]{From: from}).check(now); err != nil {
		return nil, err
	}
	if trailing < 1 || trailing > MaxPeriods {
		return nil, fmt.Errorf("lifecycle: stickiness over %d periods: want 1 to %d", trailing, MaxPeriods)
	}
	f := a.frame()
	rows, err := newGrowthRows(f, now, from, a.firstPeriod)
	if err != nil || rows.n == 0 {
		return nil, err
	}
	report := make([]Stickiness, rows.n)
	changes := make([]int, rows.n+1) // of Trailing from one row to the next
	a.each(rows.last, func(_ K, periods []int32) {
		covered := int64(-1) << 40 // up to where this customer's windows reach so far
		for _, p := range periods {
			begin, end := int64(p)-int64(rows.first), int64(p)-int64(rows.first)+int64(trailing)
			if begin >= 0 {
				report[begin].Active++
			}
			if begin, end := max(begin, covered, 0), min(end, int64(rows.n)); begin < end {
				changes[begin]++
				changes[end]--
			}
			covered = end
		}
	})
	first, ok := a.firstPeriod()
	count := 0
	for i := range report {
		count += changes[i]
		n := rows.first + int32(i)
		report[i].Interval = f.interval(n, now)
		report[i].Trailing = count
		report[i].Full = ok && int64(n)-int64(first)+1 >= int64(trailing)
	}
	return report, nil
}
