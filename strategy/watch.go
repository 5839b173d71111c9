package strategy

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/stats"
)

// Watch looks at a metric day by day, and signals when it has left the course
// that the same weekdays of an earlier time had. It adds up small deviations
// (CUSUM: Page 1954, Biometrika 41:100), so that it sees what no single day
// would show, and how soon it does is known: see [Watch.RunLength].
type Watch struct {
	// Name tells the watch from the others of its plan.
	Name string `json:"name"`
	// Metric is what the [Series] is of. Where the playbook lists metrics it is
	// the name of one, and otherwise words.
	Metric string `json:"metric"`
	// Side says which way is out of order. Defaults to [Falls].
	Side Side `json:"side,omitempty"`
	// Weeks is how many weeks before the watch begins are the baseline, 3 to
	// [MaxWeeks]. Zero means 8.
	Weeks int `json:"weeks,omitzero"`
	// Slack is how far from the baseline, in standard deviations, a day may be
	// without counting: half of the shift that is to be found quickly. It is above
	// 0 and at most 5. Zero means 0.5.
	Slack float64 `json:"slack,omitzero"`
	// Threshold is how much must have been added up, in standard deviations, for a
	// signal. It is above 0 and at most 20. Zero means 5.
	Threshold float64 `json:"threshold,omitzero"`
}

// Side says which way a metric may not go.
type Side string

const (
	// Falls is for a metric that becomes less.
	Falls Side = "falls"
	// Rises is for one that becomes more, such as complaints.
	Rises Side = "rises"
	// Either is for both, each on its own.
	Either Side = "either"
)

// MaxWeeks is the longest baseline; who sold otherwise two years ago says little
// about today.
const MaxWeeks = 104

// MaxWatchedDays is how many days a reading may have, some ten years: a baseline
// that old is none.
const MaxWatchedDays = 3660

// leastDays is how many days of each weekday a baseline needs: fewer have no
// mean to speak of.
const leastDays = 3

// BaselineError is returned for a baseline that has too few days of a weekday.
type BaselineError struct {
	Watch   string
	Weekday time.Weekday
	Days    int // known
	Wanted  int
}

// Error says which weekday lacks how many days.
func (e *BaselineError) Error() string {
	return fmt.Sprintf("strategy: watch %q: the baseline has %d days that are a %v: want %d", e.Watch, e.Days, e.Weekday, e.Wanted)
}

// FlatError is returned for a baseline in which each weekday is always the same:
// then there is nothing to measure a deviation by.
type FlatError struct{ Watch string }

// Error names the watch.
func (e *FlatError) Error() string {
	return fmt.Sprintf("strategy: watch %q: the baseline does not vary", e.Watch)
}

// Reading is what a watch saw.
type Reading struct {
	Watch  string `json:"watch"`
	Metric string `json:"metric"`
	// Weekdays is the baseline, from Monday on.
	Weekdays []WeekdayMean `json:"weekdays"`
	// Deviation is the standard deviation of a day about the mean of its weekday,
	// pooled over the weekdays.
	Deviation float64 `json:"deviation"`
	// Days are those from the beginning of the watch to the last of the series.
	Days []WatchedDay `json:"days"`
	// Missing is how many of Days are not known; they add nothing.
	Missing int      `json:"missing"`
	Signals []Signal `json:"signals"`
}

// WeekdayMean is the baseline of one weekday.
type WeekdayMean struct {
	Weekday string  `json:"weekday"` // "mon" to "sun"
	Days    int     `json:"days"`
	Mean    float64 `json:"mean"`
}

// WatchedDay is a day that was looked at.
type WatchedDay struct {
	Day string `json:"day"` // such as "2026-03-01"
	// Value is the metric, nil if the day is not known.
	Value *float64 `json:"value"`
	// Expected is the mean of the weekday, and Deviation how far Value is above
	// it, in standard deviations of a new day: the baseline's own uncertainty is
	// in it.
	Expected  float64 `json:"expected"`
	Deviation float64 `json:"deviation"`
	// Low and High are what has been added up on either side; a watch of one side
	// leaves the other at 0. After a signal both begin again.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Signal says that a metric left its course.
type Signal struct {
	Watch  string `json:"watch"`
	Metric string `json:"metric"`
	// Day is that of the signal, and Since the first day of the run that led to
	// it: about when it began.
	Day   string `json:"day"`
	Since string `json:"since"`
	// Side is [Falls] or [Rises], and Sum what had been added up, in standard
	// deviations.
	Side Side    `json:"side"`
	Sum  float64 `json:"sum"`
	// Mean is how far the days of the run were from the baseline on average, in
	// standard deviations: what the shift comes to.
	Mean float64 `json:"mean"`
}

// Key names a signal, for the list of those that were handled.
func (s Signal) Key() string { return s.Watch + " " + s.Day }

// String returns such as "orders fall: orders fell since 2026-03-02, by 1.6
// standard deviations a day; seen on 2026-03-06".
func (s Signal) String() string {
	verb := "fell"
	if s.Side == Rises {
		verb = "rose"
	}
	return fmt.Sprintf("%s: %s %s since %s, by %.1f standard deviations a day; seen on %s", s.Watch, s.Metric, verb, s.Since, math.Abs(s.Mean), s.Day)
}

// Validate returns all faults of w as [regulars.Faults]: a name or metric that
// is missing, a side that there is not, a number out of range.
func (w Watch) Validate() error {
	f := w.faults()
	return f.Err()
}

func (w Watch) faults() (f regulars.Faults) {
	nameFaults(&f, "name", w.Name)
	nameFaults(&f, "metric", w.Metric)
	if !slices.Contains([]Side{"", Falls, Rises, Either}, w.Side) {
		f.Add("side", "%q: want %q, %q or %q", w.Side, Falls, Rises, Either)
	}
	if w.Weeks != 0 && (w.Weeks < leastDays || w.Weeks > MaxWeeks) {
		f.Add("weeks", "%d: want %d to %d, or 0 for 8", w.Weeks, leastDays, MaxWeeks)
	}
	if w.Slack != 0 && !(w.Slack > 0 && w.Slack <= maxSlack) {
		f.Add("slack", "%v: want more than 0 and at most %v, or 0 for 0.5", w.Slack, float64(maxSlack))
	}
	if w.Threshold != 0 && !(w.Threshold > 0 && w.Threshold <= maxThreshold) {
		f.Add("threshold", "%v: want more than 0 and at most %v, or 0 for 5", w.Threshold, float64(maxThreshold))
	}
	return f
}

const (
	maxSlack     = 5
	maxThreshold = 20
)

func (w Watch) completed() Watch {
	if w.Side == "" {
		w.Side = Falls
	}
	if w.Weeks == 0 {
		w.Weeks = 8
	}
	if w.Slack == 0 {
		w.Slack = 0.5
	}
	if w.Threshold == 0 {
		w.Threshold = 5
	}
	return w
}

// Read looks at a series from the local day of from on, against the Weeks weeks
// before that day. A day that is not known adds nothing, and interrupts no run.
//
// Errors are a watch that is not valid, a from that is zero or outside the years
// 1 to 9999, a baseline with fewer than 3 known days of some weekday
// ([*BaselineError]), one that does not vary ([*FlatError]), and more than
// [MaxWatchedDays].
func (w Watch) Read(s *Series, from time.Time) (Reading, error) {
	if err := w.Validate(); err != nil {
		return Reading{}, fmt.Errorf("strategy: watch: %w", err)
	}
	if from.IsZero() || from.Year() < minYear || from.Year() > maxYear {
		return Reading{}, fmt.Errorf("strategy: watch %q begins %s: want the years %d to %d", w.Name, from.Format(time.RFC3339), minYear, maxYear)
	}
	w = w.completed()
	first := calendar.DayOf(from, s.Zone)
	base, err := w.baseline(s, first)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{Watch: w.Name, Metric: w.Metric, Weekdays: base.weekdays(), Deviation: base.deviation}
	last, ok := s.last()
	if !ok {
		return r, nil
	}
	if n := int(last) - int(first) + 1; n > MaxWatchedDays {
		return Reading{}, fmt.Errorf("strategy: watch %q: %d days: want at most %d", w.Name, n, MaxWatchedDays)
	}
	low, high := watchRun{watch: w, side: Falls}, watchRun{watch: w, side: Rises}
	for day := first; day <= last; day++ {
		seen := WatchedDay{Day: day.String(), Expected: base.mean[weekdayOf(day)]}
		if value, ok := s.value(day); ok {
			seen.Value = &value
			seen.Deviation = base.standard(day, value)
			for _, run := range []*watchRun{&low, &high} {
				if signal, ok := run.add(day, seen.Deviation); ok {
					r.Signals = append(r.Signals, signal)
				}
			}
		} else {
			r.Missing++
		}
		seen.Low, seen.High = low.sum, high.sum
		r.Days = append(r.Days, seen)
		if n := len(r.Signals); n > 0 && r.Signals[n-1].Day == seen.Day {
			low.reset()
			high.reset()
		}
	}
	return r, nil
}

// watchRun adds up on one side.
type watchRun struct {
	watch Watch
	side  Side
	since calendar.Day
	days  int
	sum   float64 // of what is over the slack
	total float64 // of the deviations of the run
}

// add takes a day; it reports the signal if there is one.
func (r *watchRun) add(day calendar.Day, deviation float64) (s Signal, ok bool) {
	if r.watch.Side != Either && r.watch.Side != r.side {
		return Signal{}, false
	}
	out := deviation
	if r.side == Falls {
		out = -deviation
	}
	sum := r.sum + out - r.watch.Slack
	if sum <= 0 {
		r.reset()
		return Signal{}, false
	}
	if r.sum == 0 {
		r.since, r.days, r.total = day, 0, 0
	}
	r.sum = sum
	r.days++
	r.total += deviation
	if sum <= r.watch.Threshold {
		return Signal{}, false
	}
	return Signal{
		Watch: r.watch.Name, Metric: r.watch.Metric, Day: day.String(), Since: r.since.String(),
		Side: r.side, Sum: r.sum, Mean: r.total / float64(r.days),
	}, true
}

func (r *watchRun) reset() { r.sum = 0 }

// RunLength returns how many days a watch of one side lasts on average until it
// signals, if every day is shift standard deviations out of order: with shift 0
// how many days lie between false alarms, and otherwise how long a true change
// remains unseen. It solves the integral equation of the run length (Page 1954)
// by Gauss and Legendre's quadrature for independent normal deviations from a
// baseline that is known. A short baseline is not: with 8 weeks false alarms came
// in simulations once in some 600 days where 930 are foreseen. A watch of Either
// alarms twice as often. ok is false for a watch that is not valid, a
// shift that is not finite, and for more than 1e12 days.
func (w Watch) RunLength(shift float64) (days float64, ok bool) {
	if w.Validate() != nil || math.IsNaN(shift) || math.IsInf(shift, 0) {
		return 0, false
	}
	w = w.completed()
	h, k := w.Threshold, w.Slack
	nodes, weights := stats.GaussLegendre(watchNodes, h)
	density := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	// L(z) = 1 + L(0)·Φ(k-z-shift) + ∫ L(y)·φ(y+k-z-shift) dy over 0 to h, at z = 0
	// and at each node.
	places := append([]float64{0}, nodes...)
	a, b := make([][]float64, len(places)), make([]float64, len(places))
	for i, z := range places {
		a[i] = make([]float64, len(places))
		b[i] = 1
		a[i][0] = -stats.NormalCDF(k - z - shift)
		for j, y := range nodes {
			a[i][j+1] = -float64(weights[j] * density(y+k-z-shift))
		}
		a[i][i]++
	}
	x, ok := stats.Solve(a, b)
	if !ok || !(x[0] >= 1 && x[0] < 1e12) {
		return 0, false
	}
	return x[0], true
}
