package lifecycle

import (
	"errors"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Retention counts how many customers of each cohort were active in later
// intervals, as known just before now, by each customer's own clock: interval
// k runs from k times every after the start, included, to k+1 times. Spans of
// days, weeks, months and years step the calendar of Zone, so that the interval
// begins at the same local clock time; "24h" does not. Cohorts are named by the
// local month of the start unless the options name them.
//
// Sixteen minutes from 23:45 to 00:01 are one day by the calendar and none by
// this clock. For calendar periods see [Activity.Retention].
func (l *Log[K]) Retention(now time.Time, every regulars.Span, o RetentionOptions[K]) (Retention, error) {
	if err := o.check(now); err != nil {
		return Retention{}, err
	}
	if every.IsZero() {
		return Retention{}, errors.New("lifecycle: retention by an interval of zero length")
	}
	steps, zone := newStepper(every, l.Zone), calendar.OrUTC(l.Zone)
	months := frame{zone: zone}
	t := newTriangle(o)
	for _, place := range l.roster.sorted() {
		id, page := l.roster.id(place), &l.pages[place.page]
		page.settle()
		events := page.events(place.number)
		start, ok := rollingStart(o.CohortOptions, id, events, zone)
		if !ok || !start.Before(now) {
			t.add("", 0, life{}, 1)
			continue
		}
		name, month := "", months.of(start)
		if o.Cohort != nil {
			name = o.Cohort(id, start)
		} else {
			name = months.each.calendar().Name(month)
		}
		t.ages = t.ages[:0]
		for _, at := range events {
			e := time.UnixMicro(at).In(zone)
			if e.Before(start) || !e.Before(now) {
				continue
			}
			t.ages = append(t.ages, steps.age(start, e))
		}
		t.ages = slices.Compact(t.ages)
		t.add(name, int64(month), life{begun: steps.age(start, now.Add(-1)) + 1, complete: steps.age(start, now)}, 1)
	}
	return t.report()
}

// rollingStart returns the instant from which a customer's intervals count.
func rollingStart[K regulars.ID](o CohortOptions[K], id K, events []int64, zone *time.Location) (time.Time, bool) {
	if o.Start != nil {
		at, ok := o.Start(id)
		return at.In(zone), ok && calendar.CheckInstant(at) == nil
	}
	if len(events) == 0 {
		return time.Time{}, false
	}
	return time.UnixMicro(events[0]).In(zone), true
}

// stepper divides time into steps of a span from any start.
type stepper struct {
	zone *time.Location
	// One of these is not zero. Each step is counted from the start and not
	// from the step before, so that month ends don't creep.
	months, days int
	elapsed      time.Duration
}

func newStepper(every regulars.Span, zone *time.Location) stepper {
	s := stepper{zone: calendar.OrUTC(zone)}
	switch n, unit := parts(every); unit {
	case "s":
		s.elapsed = time.Duration(n) * time.Second
	case "m":
		s.elapsed = time.Duration(n) * time.Minute
	case "h":
		s.elapsed = time.Duration(n) * time.Hour
	case "d":
		s.days = n
	case "w":
		s.days = 7 * n
	case "mo":
		s.months = n
	case "y":
		s.months = 12 * n
	}
	return s
}

// boundary returns the start of step k.
func (s stepper) boundary(start time.Time, k int) time.Time {
	if s.months > 0 {
		return calendar.AddMonths(start, k*s.months, s.zone)
	}
	return calendar.AddDays(start, k*s.days, s.zone)
}

// age returns the step in which t lies; t is not before start.
func (s stepper) age(start, t time.Time) int {
	if s.elapsed > 0 {
		return elapsedSteps(t.Sub(start), t.Unix()-start.Unix(), s.elapsed)
	}
	// By dates alone, which is right but for the day of the month or the clock.
	k := 0
	if s.months > 0 {
		m := calendar.Periods{Unit: calendar.Monthly}
		k = int(m.Of(calendar.DayOf(t, s.zone))-m.Of(calendar.DayOf(start, s.zone))) / s.months
	} else {
		k = daysBetween(start, t, s.zone) / s.days
	}
	for k > 0 && s.boundary(start, k).After(t) {
		k--
	}
	for !s.boundary(start, k+1).After(t) {
		k++
	}
	return k
}

// elapsedSteps divides a length of time, which saturates at 292 years, by
// whole seconds where it does. More steps than any triangle has are cut off.
func elapsedSteps(length time.Duration, seconds int64, step time.Duration) int {
	steps := int64(length / step)
	if length == math.MaxInt64 {
		steps = seconds / int64(step/time.Second)
	}
	return int(min(steps, 1<<30))
}
