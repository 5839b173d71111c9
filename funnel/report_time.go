package funnel

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/regulars-go/regulars/internal/stats"
)

// Times says how long units took from one step to another.
//
// Of those who got there the times are known, and [Times.OfConverted] looks at
// them alone. That is short where many are still on their way: who needs long
// has had less chance to be counted. [Times.OfAll] and [Times.Within] count
// those who did not get there for as long as they were seen to wait (Kaplan and
// Meier 1958), so that open windows can stay in.
type Times struct {
	// Converted is how many got there; Waiting is how many did not, up to the
	// end of their window or of the data.
	Converted, Waiting int64

	converted []time.Duration // ascending
	survival  stats.Survival
}

// TimeToConvert returns the times from entry to the last step, of all units of
// the report. A funnel of one step takes no time.
func (r *Report) TimeToConvert() Times {
	total := r.Counts.Total(r.Maturity)
	return total.timeToConvert()
}

// TimeToConvertBy returns the times from entry to the last step for each
// segment, in the order of [Report.By]; names and errors are as there.
func (r *Report) TimeToConvertBy(names ...string) ([]SegmentTimes, error) {
	rows, err := r.Counts.By(r.Maturity, names...)
	if err != nil {
		return nil, err
	}
	times := make([]SegmentTimes, len(rows))
	for i := range rows {
		times[i] = SegmentTimes{rows[i].Labels, rows[i].timeToConvert()}
	}
	return times, nil
}

// SegmentTimes are the times of the units that have some labels.
type SegmentTimes struct {
	Labels []Label `json:"labels"`
	Times  Times   `json:"times"`
}

// StepTime returns the times from a step to the next, of the units that made
// the next; nobody is Waiting there. Step counts from 1; that of the last, and
// one that the funnel lacks, is an error.
func (r *Report) StepTime(step int) (Times, error) {
	if last := len(r.Counts.Funnel().Steps); step < 1 || step >= last {
		return Times{}, fmt.Errorf("funnel: no step follows step %d of %d", step, last)
	}
	total := r.Counts.Total(r.Maturity)
	return newTimes(total.StepTimes(step), nil), nil
}

func (t *Tally) timeToConvert() Times { return newTimes(t.Converted(), t.Waited()) }

func newTimes(converted, waited []time.Duration) Times {
	spells := make([]stats.Spell, 0, len(converted)+len(waited))
	for _, d := range converted {
		spells = append(spells, spell(d, true))
	}
	for _, d := range waited {
		spells = append(spells, spell(d, false))
	}
	return Times{int64(len(converted)), int64(len(waited)), converted, stats.NewSurvival(spells)}
}

// spell begins before 0, since steps at one instant take no time and a spell
// has to end after it began.
func spell(d time.Duration, converted bool) stats.Spell {
	return stats.Spell{Entry: -1, Exit: float64(d), Event: converted, Weight: 1}
}

// OfConverted returns the time within which a share of those who got there did:
// 0.5 gives their median. Between two of them it interpolates (type 7 of Hyndman
// and Fan 1996, that of most programs). ok is false if nobody got there, and
// for a share that is not between 0 and 1, both included.
func (t Times) OfConverted(share float64) (d time.Duration, ok bool) {
	if len(t.converted) == 0 || !(0 <= share && share <= 1) {
		return 0, false
	}
	whole, part := math.Modf(float64(len(t.converted)-1) * share)
	i := int(whole)
	d = t.converted[i]
	if part > 0 {
		d += time.Duration(math.Round(part * float64(t.converted[i+1]-d)))
	}
	return d, true
}

// OfAll returns the time within which a share of all who entered got there. ok
// is false if fewer ever do, as far as was seen, and for a share that is not
// between 0 and 1, both excluded: a median of all is not there for a funnel that
// converts a third.
func (t Times) OfAll(share float64) (d time.Duration, ok bool) {
	if !(0 < share && share < 1) {
		return 0, false
	}
	at, ok := t.survival.Quantile(share)
	return toNanoseconds(at), ok
}

// OfEventual returns the time within which a share of those got there who ever do,
// as far as was seen: [Times.OfConverted] as it would be had all been watched
// for as long as the longest. ok is false if nobody got there, and for a share
// that is not above 0 and at most 1.
func (t Times) OfEventual(share float64) (d time.Duration, ok bool) {
	if t.Converted == 0 || !(0 < share && share <= 1) {
		return 0, false
	}
	at, ok := t.survival.Quantile(share * (1 - t.survival.At(t.survival.Last)))
	return toNanoseconds(at), ok
}

func toNanoseconds(at float64) time.Duration {
	if at >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(at)
}

// Share is an estimated share of units and its interval, at [IntervalLevel].
type Share struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Within returns the share of all who entered that got there within d, as
// estimated from all that were watched, with the log-log interval of Kalbfleisch
// and Prentice (1980). ok is false if nobody entered, and beyond the longest
// that anybody was watched: nothing is known there.
func (t Times) Within(d time.Duration) (share Share, ok bool) {
	if len(t.survival.Steps) == 0 || float64(d) > t.survival.Last {
		return Share{}, false
	}
	step := -1
	for step+1 < len(t.survival.Steps) && t.survival.Steps[step+1].Time <= float64(d) {
		step++
	}
	if step < 0 {
		return Share{}, true
	}
	low, high := t.survival.Interval(step, stats.LogLog, intervalZ)
	return Share{1 - t.survival.Steps[step].Survival, 1 - high, 1 - low}, true
}

// MarshalJSON writes the counts and, in seconds, the quartiles and the 90 %
// quantile of those who converted and the median of all; null where there is
// none.
func (t Times) MarshalJSON() ([]byte, error) {
	seconds := func(d time.Duration, ok bool) *float64 {
		if !ok {
			return nil
		}
		return new(d.Seconds())
	}
	return json.Marshal(struct {
		Converted   int64    `json:"converted"`
		Waiting     int64    `json:"waiting"`
		P25         *float64 `json:"p25"`
		Median      *float64 `json:"median"`
		P75         *float64 `json:"p75"`
		P90         *float64 `json:"p90"`
		MedianOfAll *float64 `json:"medianOfAll"`
	}{
		t.Converted, t.Waiting,
		seconds(t.OfConverted(0.25)), seconds(t.OfConverted(0.5)), seconds(t.OfConverted(0.75)), seconds(t.OfConverted(0.9)),
		seconds(t.OfAll(0.5)),
	})
}
