package lifecycle

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/names"
)

// Growth accounts for the active customers of one period. Two identities hold
// in each:
//
//	Active = New + Retained + Resurrected
//	Active of the period before = Retained + Churned
type Growth struct {
	Interval
	Active int `json:"active"`
	// New is those active for the first time, by the [NewRule]; Retained those
	// active in the period before too; Resurrected the rest of the active.
	New         int `json:"new"`
	Retained    int `json:"retained"`
	Resurrected int `json:"resurrected"`
	// Churned is those active in the period before but not in this one. They
	// are counted once, in the period after their last.
	Churned int `json:"churned"`
}

// QuickRatio returns (New + Resurrected) / Churned: above 1 the base grows
// (Hsu 2015). ok is false if nobody churned.
func (g Growth) QuickRatio() (ratio float64, ok bool) {
	return ratioOf(g.New+g.Resurrected, g.Churned)
}

// RetentionRate returns the share of the period before that is active again;
// ok is false if nobody was.
func (g Growth) RetentionRate() (rate float64, ok bool) {
	return ratioOf(g.Retained, g.Retained+g.Churned)
}

// ChurnRate returns the share of the period before that is not active again;
// ok is false if nobody was active.
func (g Growth) ChurnRate() (rate float64, ok bool) {
	return ratioOf(g.Churned, g.Retained+g.Churned)
}

func ratioOf(a, b int) (float64, bool) {
	if b == 0 {
		return 0, false
	}
	return float64(a) / float64(b), true
}

// NewRule says when an active customer counts as new. Products differ here
// more than anywhere.
type NewRule uint8

const (
	// FirstEver is new in the period of the first event that was ever added,
	// also where that lies before the report.
	FirstEver NewRule = iota
	// FirstInRange is new in the first active period of the report; nothing
	// before it counts, so that everybody in its first period is new.
	FirstInRange
	// GivenDate is new in the period of a date that the host gives, such as
	// that of the registration. Activity in a later period than the given one,
	// after a period without, is a resurrection, even if it is the first. A
	// customer without a date is new by FirstEver.
	GivenDate
)

var newRuleNames = names.Names{Package: "lifecycle", Type: "NewRule", What: "rule for new customers", List: []string{"first-ever", "first-in-range", "given-date"}}

// String returns "first-ever", "first-in-range" or "given-date".
func (r NewRule) String() string { return newRuleNames.Of(uint8(r)) }

// MarshalText writes r as [NewRule.String] does; an unknown rule is an error.
func (r NewRule) MarshalText() ([]byte, error) { return newRuleNames.Marshal(uint8(r)) }

// UnmarshalText reads what [NewRule.String] writes; any other text is an
// error, and leaves r as it was.
func (r *NewRule) UnmarshalText(text []byte) error {
	n, err := newRuleNames.Unmarshal(text)
	if err == nil {
		*r = NewRule(n)
	}
	return err
}

// GrowthOptions says how growth is counted. The zero value is ready to use.
type GrowthOptions[K regulars.ID] struct {
	// New says who is new. Defaults to [FirstEver].
	New NewRule
	// Since gives the date for [GivenDate]; ok is false if there is none.
	Since func(K) (at time.Time, ok bool)
	// From lies in the first period of the report. The zero time means the
	// first period in which anybody was active.
	From time.Time
}

func (o GrowthOptions[K]) check(now time.Time) error {
	if err := checkNow(now); err != nil {
		return err
	}
	if !o.From.IsZero() {
		if err := calendar.CheckInstant(o.From); err != nil {
			return fmt.Errorf("lifecycle: the first period %w", err)
		}
	}
	if o.New > GivenDate {
		return fmt.Errorf("lifecycle: no such rule for new customers: %d", o.New)
	}
	if (o.New == GivenDate) != (o.Since != nil) {
		return errors.New("lifecycle: GivenDate and Since go together")
	}
	return nil
}

// Growth accounts for every period from the first of the report to the last
// that has begun before now, which is not Complete unless it is over. Events
// in later periods are left out; to leave out those after now within the last
// period too, set Until. Nobody active gives no rows; more than [MaxPeriods]
// is an error.
func (a *Activity[K]) Growth(now time.Time, o GrowthOptions[K]) ([]Growth, error) {
	if err := o.check(now); err != nil {
		return nil, err
	}
	f := a.frame()
	rows, err := newGrowthRows(f, now, o.From, a.firstPeriod)
	if err != nil || rows.n == 0 {
		return nil, err
	}
	report := make([]Growth, rows.n)
	if o.Since != nil {
		a.each(rows.last, func(id K, periods []int32) {
			since, given := sinceOf(o, f, id)
			countGrowth(report, rows.first, periods, 1, since, given)
		})
	} else {
		a.eachAlike(rows.last, func(periods []int32, n int) {
			if o.New == FirstInRange {
				skip, _ := slices.BinarySearch(periods, rows.first)
				periods = periods[skip:]
			}
			countGrowth(report, rows.first, periods, n, 0, false)
		})
	}
	for i := range report {
		report[i].Interval = f.interval(rows.first+int32(i), now)
	}
	return report, nil
}

// sinceOf returns the period of a customer's given date, if there is one.
func sinceOf[K regulars.ID](o GrowthOptions[K], f frame, id K) (period int32, given bool) {
	if o.Since == nil {
		return 0, false
	}
	at, ok := o.Since(id)
	if !ok || calendar.CheckInstant(at) != nil {
		return 0, false
	}
	return f.of(at), true
}

// countGrowth adds n customers with the same periods, ascending, to the rows from
// first.
func countGrowth(rows []Growth, first int32, periods []int32, n int, since int32, given bool) {
	if !given && len(periods) > 0 {
		since = periods[0]
	}
	for i, p := range periods {
		retained := i > 0 && periods[i-1] == p-1
		if row := int(p - first); row >= 0 {
			rows[row].Active += n
			switch {
			case retained:
				rows[row].Retained += n
			case p == since:
				rows[row].New += n
			default:
				rows[row].Resurrected += n
			}
		}
		churned := i+1 == len(periods) || periods[i+1] != p+1
		if row := int(p+1) - int(first); churned && row >= 0 && row < len(rows) {
			rows[row].Churned += n
		}
	}
}

// growthRows are the periods of a report.
type growthRows struct {
	first, last int32
	n           int
}

func newGrowthRows(f frame, now, from time.Time, earliest func() (int32, bool)) (growthRows, error) {
	last, _ := f.horizon(now)
	var first int32
	if from.IsZero() {
		n, ok := earliest()
		if !ok {
			return growthRows{}, nil
		}
		first = n
	} else {
		first = f.of(from)
	}
	n := int64(last) - int64(first) + 1
	if n > MaxPeriods {
		return growthRows{}, fmt.Errorf("lifecycle: %d periods from %s: want at most %d; set From", n, f.start(first).Format(time.DateOnly), MaxPeriods)
	}
	return growthRows{first, last, int(max(n, 0))}, nil
}

// firstPeriod returns the first period in which anybody was active.
func (a *Activity[K]) firstPeriod() (first int32, ok bool) {
	for _, page := range a.chains.cells {
		for _, cells := range [][]cell[uint64]{page.first, page.more} {
			for _, w := range cells {
				if w.value == 0 { // a customer who is only known
					continue
				}
				if n := w.key<<wordShift + int32(bits.TrailingZeros64(w.value)); !ok || n < first {
					first, ok = n, true
				}
			}
		}
	}
	return first, ok
}
