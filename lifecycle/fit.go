package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// FitOptions says how boundaries are fitted to gaps. The zero value is ready to
// use.
type FitOptions[K regulars.ID] struct {
	// Silent and Churned are shares of gaps, above 0 and below 1: a customer is
	// Silent after as many days as Silent of all gaps last at most. Zero means
	// 0.8 and 0.9. Silent is below Churned.
	Silent, Churned float64
	// After splits the gaps by how many events the customer had had, since those
	// who bought more often come back sooner: 1, 2, 5 are the gaps after the
	// first event, after the second to fourth, and after the fifth and later. It
	// ascends from 1. Nil means one class.
	After []int
	// Label splits the customers besides, into those with a label such as
	// "plan=pro"; "" is none. Nil means no split.
	Label func(K) string
	// Level is the probability with which the intervals hold. Zero means 0.95.
	Level float64
}

// Fitted are boundaries fitted to gaps, a class at a time: first everybody's,
// by After, and then those of each label in their order.
type Fitted struct {
	Classes []FittedClass `json:"classes"`
}

// FittedClass is fitted to the gaps of some customers after some events.
type FittedClass struct {
	Label     string `json:"label,omitempty"`
	MinEvents int    `json:"minEvents"`
	// Gaps is how many gaps there are, the open ones included, and Open how many
	// are open: from a last event to now.
	Gaps int `json:"gaps"`
	Open int `json:"open"`
	// Silent and Churned are the boundaries.
	Silent  Threshold `json:"silent"`
	Churned Threshold `json:"churned"`
	// Curve is the share of gaps that last longer than so many days.
	Curve Curve `json:"-"`
}

// Threshold is a boundary in local dates since the last event.
type Threshold struct {
	// Share is the part of gaps that is over by then.
	Share float64 `json:"share"`
	// Days is meaningful only if the share is Reached: if it is not, more
	// customers than that have never come back while they were watched, and no
	// number of days is known by which as many have, and JSON has none.
	Days    int  `json:"days,omitzero"`
	Reached bool `json:"reached"`
	// Interval is that of Days.
	Interval Quantile `json:"interval"`
}

// Fit fits the boundaries of a policy to the gaps between the events of each
// customer as of now, in local dates. The last gap, which is still open, counts
// as longer than it is so far (Kaplan–Meier); leaving it out would drop the
// very customers who stay away, and make the boundaries too short. Events on
// one date are one. No events at all give classes without gaps, which reach
// nothing.
func (l *Log[K]) Fit(now time.Time, o FitOptions[K]) (Fitted, error) {
	o = o.withDefaults()
	if err := o.check(now); err != nil {
		return Fitted{}, err
	}
	classes := map[string][]gapCounts{"": make([]gapCounts, len(o.After))}
	for _, place := range l.roster.sorted() {
		days := l.days(place, now)
		label := ""
		if o.Label != nil {
			label = o.Label(l.roster.id(place))
		}
		if _, ok := classes[label]; !ok {
			classes[label] = make([]gapCounts, len(o.After))
		}
		o.countGaps(classes[""], days, calendar.DayOf(now, l.Zone))
		if label != "" {
			o.countGaps(classes[label], days, calendar.DayOf(now, l.Zone))
		}
	}
	var f Fitted
	for _, label := range slices.Sorted(maps.Keys(classes)) {
		for i, counts := range classes[label] {
			class, err := o.fit(counts)
			if err != nil {
				return Fitted{}, err
			}
			class.Label, class.MinEvents = label, o.After[i]
			f.Classes = append(f.Classes, class)
		}
	}
	return f, nil
}

func (o FitOptions[K]) withDefaults() FitOptions[K] {
	if o.Silent == 0 {
		o.Silent = 0.8
	}
	if o.Churned == 0 {
		o.Churned = 0.9
	}
	if o.After == nil {
		o.After = []int{1}
	}
	return o
}

func (o FitOptions[K]) check(now time.Time) error {
	if err := checkNow(now); err != nil {
		return err
	}
	if !(o.Silent > 0 && o.Silent < o.Churned && o.Churned < 1) {
		return fmt.Errorf("lifecycle: shares %v and %v: want 0 < silent < churned < 1", o.Silent, o.Churned)
	}
	if len(o.After) == 0 || o.After[0] != 1 {
		return errors.New("lifecycle: After must ascend from 1")
	}
	for i, n := range o.After[1:] {
		if n <= o.After[i] {
			return errors.New("lifecycle: After must ascend from 1")
		}
	}
	return nil
}

// days returns the distinct local dates of a customer's events up to now.
func (l *Log[K]) days(p place, now time.Time) (days []calendar.Day) {
	page := &l.pages[p.page]
	page.settle()
	for _, at := range page.events(p.number) {
		if t := time.UnixMicro(at); !t.After(now) {
			days = append(days, calendar.DayOf(t, l.Zone))
		}
	}
	return slices.Compact(days)
}

// gapCounts counts gaps by their length in days: over and open.
type gapCounts map[gap]uint64

type gap struct {
	days int
	over bool
}

// countGaps adds the gaps of one customer to their classes.
func (o FitOptions[K]) countGaps(classes []gapCounts, days []calendar.Day, today calendar.Day) {
	class := 0
	for i, d := range days {
		for class+1 < len(o.After) && i+1 >= o.After[class+1] {
			class++
		}
		g := gap{days: int(today - d)}
		if i+1 < len(days) {
			g = gap{days: int(days[i+1] - d), over: true}
		}
		if g.days == 0 {
			continue // an event today: nothing was watched yet
		}
		if classes[class] == nil {
			classes[class] = gapCounts{}
		}
		classes[class][g]++
	}
}

func (o FitOptions[K]) fit(counts gapCounts) (class FittedClass, err error) {
	s := Survival{Unit: "days", counts: map[weighted]uint64{}}
	for g, n := range counts {
		s.counts[weighted{Spell{Exit: float64(g.days), Event: g.over}, 1}] = n
		class.Gaps += int(n)
		if !g.over {
			class.Open += int(n)
		}
	}
	class.Curve, err = s.Curve(CurveOptions{Level: o.Level})
	class.Silent = thresholdOf(class.Curve, o.Silent)
	class.Churned = thresholdOf(class.Curve, o.Churned)
	return class, err
}

func thresholdOf(c Curve, share float64) Threshold {
	q := c.Quantile(share)
	return Threshold{share, int(math.Round(q.Time)), q.Reached, q}
}

// Policy returns base with the fitted boundaries: those of everybody after the
// first event as SilentAfter and ChurnAfter, and the others as overrides after
// those of base. A threshold that is not reached leaves what base says, and so
// does a class whose Silent would then not be before its Churned.
func (f Fitted) Policy(base Policy) Policy {
	fitted := base
	fitted.Overrides = slices.Clone(base.Overrides)
	for _, c := range f.Classes {
		silent, churned := c.Silent.span(), c.Churned.span()
		b := base.base().with(byPolicy, Override{SilentAfter: silent, ChurnAfter: churned})
		if b.faulty() || (silent.IsZero() && churned.IsZero()) {
			continue
		}
		// Both bounds are written, also where one is that of base, so that no
		// mix of two overrides can be faulty.
		o := Override{Label: c.Label, SilentAfter: b.silent.span, ChurnAfter: b.churn.span}
		if c.MinEvents > 1 {
			o.MinEvents = c.MinEvents
		}
		if o.Label == "" && o.MinEvents == 0 {
			fitted.SilentAfter, fitted.ChurnAfter = o.SilentAfter, o.ChurnAfter
			continue
		}
		fitted.Overrides = append(fitted.Overrides, o)
	}
	return fitted
}

// span returns the threshold as a span, the zero one if it is not reached, or
// if a host has filled in days that [regulars.Days] does not take.
func (t Threshold) span() regulars.Span {
	if !t.Reached || t.Days < 1 || t.Days > maxDays {
		return regulars.Span{}
	}
	return regulars.Days(t.Days)
}

// maxDays is what [regulars.Days] takes.
const maxDays = 250 * 366
