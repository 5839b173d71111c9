package clv

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// HoldOut says how to check a model against what happened after it was
// fitted.
type HoldOut struct {
	// Policy reads the whole order log; its Through ends the held-back time.
	Policy LinePolicy
	// Until is a moment of the last day that the model gets to see.
	Until time.Time
	// Family is the model to fit. It must be stated.
	Family Family
	// Fitter fits it.
	Fitter Fitter
}

// Check compares what a model fitted on the earlier days expects of the later
// ones with what happened. It is about the customers who had bought by then.
type Check struct {
	Fit       *Fit    `json:"fit"`
	Customers int     `json:"customers"`
	Time      float64 `json:"time"` // held back, in the model's unit
	// Actual and Predicted count the purchases in the held-back time.
	Actual    float64 `json:"actual"`
	Predicted float64 `json:"predicted"`
	// MAE and RMSE are the mean absolute and the root mean square error per
	// customer. Correlation is Pearson's r; nil if either does not vary.
	MAE         float64  `json:"mae"`
	RMSE        float64  `json:"rmse"`
	Correlation *float64 `json:"correlation"`
	// Weeks are the repeat purchases of all these customers by the end of each
	// week since the first purchase of the eldest, as counted and as expected
	// from the model without looking at anyone's history. The last week may
	// be cut short by the end of the log; it is predicted to that end. There
	// are at most 5,218, a hundred years; what comes after has no week here.
	Weeks []WeekCheck `json:"weeks"`
	// Classes compare by the number of repeats before: 0 to 6, and 7 or more.
	Classes []ClassCheck `json:"classes"`
}

// WeekCheck is the cumulative count by the end of a week.
type WeekCheck struct {
	Week      int     `json:"week"` // from 1
	Actual    float64 `json:"actual"`
	Predicted float64 `json:"predicted"`
}

// ClassCheck is about the customers with so many repeats before.
type ClassCheck struct {
	Repeats   int     `json:"repeats"`
	OrMore    bool    `json:"orMore,omitzero"`
	Customers int     `json:"customers"`
	Actual    float64 `json:"actual"`    // purchases of them all, held back
	Predicted float64 `json:"predicted"` // likewise
}

// maxWeeks bounds Check.Weeks, and with it the work: 100 years.
const maxWeeks = 5218

// CheckHoldOut fits a model on the days until h.Until and compares what it
// expects of the days after with what happened. Errors are those of
// [Customers] and [Fitter.Fit], and one if Until is not before Through.
func CheckHoldOut[K regulars.ID](lines []Line[K], h HoldOut) (*Check, error) {
	s, err := split(lines, h)
	if err != nil {
		return nil, err
	}
	fit, err := h.Fitter.Fit(h.Family, s.rows)
	if err != nil {
		return nil, err
	}
	return s.check(fit)
}

// heldOut is a population before, and what it bought after.
type heldOut struct {
	cut, end calendar.Day
	rows     []Row
	later    []float64      // purchases after cut, of each row
	repeats  []calendar.Day // of all purchases but the first ones, in order
}

func split[K regulars.ID](lines []Line[K], h HoldOut) (s heldOut, err error) {
	s.cut, s.end = calendar.DayOf(h.Until, h.Policy.Zone), calendar.DayOf(h.Policy.Through, h.Policy.Zone)
	if h.Until.IsZero() || s.cut >= s.end {
		return s, fmt.Errorf("clv: hold-out: until %v, which is not before the last day %v", s.cut, s.end)
	}
	early := h.Policy
	early.Through = h.Until
	before, _, err := readLog(lines, early)
	if err != nil {
		return s, err
	}
	all, _, err := readLog(lines, h.Policy)
	if err != nil {
		return s, err
	}
	for _, p := range before {
		s.rows = append(s.rows, p.row(s.cut, h.Policy.Unit))
	}
	s.later = laterCounts(before, all, s.cut)
	s.repeats = repeatDays(before, all)
	return s, nil
}

func (s heldOut) check(fit *Fit) (*Check, error) {
	c := &Check{Fit: fit, Customers: len(s.rows), Time: float64(s.end-s.cut) / fit.Unit.Days()}
	if err := c.compare(s.rows, s.later); err != nil {
		return nil, err
	}
	return c, c.track(s)
}

// compare fills in what compares customer by customer.
func (c *Check) compare(rows []Row, actual []float64) error {
	predicted, err := c.Fit.Predict(rows, c.Time)
	if err != nil {
		return err
	}
	const last = 7
	c.Classes = make([]ClassCheck, last+1)
	for i := range c.Classes {
		c.Classes[i] = ClassCheck{Repeats: i, OrMore: i == last}
	}
	n := float64(len(rows))
	expected := make([]float64, len(rows))
	for i, p := range predicted {
		expected[i] = p.Expected
		off := p.Expected - actual[i]
		c.Actual += actual[i]
		c.Predicted += p.Expected
		c.MAE += math.Abs(off)
		c.RMSE += float64(off * off)
		class := &c.Classes[min(rows[i].Repeats, last)]
		class.Customers++
		class.Actual += actual[i]
		class.Predicted += p.Expected
	}
	c.MAE /= n
	c.RMSE = math.Sqrt(c.RMSE / n)
	c.Correlation = correlation(expected, actual, nil)
	return nil
}

// track fills in the weeks.
func (c *Check) track(s heldOut) error {
	unit := c.Fit.Unit
	eldest := 0.0
	for _, r := range s.rows {
		eldest = max(eldest, r.Age)
	}
	first := s.cut - calendar.Day(math.Round(eldest*unit.Days()))
	weeks := min((int(s.end-first)+7)/7, maxWeeks)
	for week, seen := 1, 0; week <= weeks; week++ {
		for seen < len(s.repeats) && int(s.repeats[seen]-first) < 7*week {
			seen++
		}
		t := min(float64(7*week), float64(s.end-first)+1) / unit.Days()
		predicted, err := c.Fit.Cumulative(s.rows, t)
		if err != nil {
			return err
		}
		c.Weeks = append(c.Weeks, WeekCheck{week, float64(seen), predicted})
	}
	return nil
}

// laterCounts returns how many purchases each customer of before made after
// the day cut. Both lists are sorted by ID.
func laterCounts[K regulars.ID](before, all []purchases[K], cut calendar.Day) []float64 {
	counts := make([]float64, len(before))
	pair(before, all, func(i int, p purchases[K]) {
		for _, d := range p.days {
			if d.day > cut {
				counts[i]++
			}
		}
	})
	return counts
}

// repeatDays returns the days of all purchases of those customers but their
// first, in order.
func repeatDays[K regulars.ID](before, all []purchases[K]) (days []calendar.Day) {
	pair(before, all, func(_ int, p purchases[K]) {
		for _, d := range p.days[1:] {
			days = append(days, d.day)
		}
	})
	slices.Sort(days)
	return days
}

// pair calls f with the full history of every customer of before who still
// has one: a late refund may have left nothing.
func pair[K regulars.ID](before, all []purchases[K], f func(i int, p purchases[K])) {
	j := 0
	for i, b := range before {
		for j < len(all) && regulars.Compare(all[j].id, b.id) < 0 {
			j++
		}
		if j < len(all) && all[j].id == b.id {
			f(i, all[j])
		}
	}
}
