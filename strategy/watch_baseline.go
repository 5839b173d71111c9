package strategy

import (
	"math"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// watchBaseline is what a metric was on the weekdays of an earlier time.
type watchBaseline struct {
	days      [7]int
	mean      [7]float64
	deviation float64
}

// baseline reads the weeks before a day.
func (w Watch) baseline(s *Series, first calendar.Day) (b watchBaseline, err error) {
	from := first - calendar.Day(7*w.Weeks)
	for day := from; day < first; day++ {
		if value, ok := s.value(day); ok {
			b.days[weekdayOf(day)]++
			b.mean[weekdayOf(day)] += value
		}
	}
	known := 0
	for i, days := range b.days {
		weekday := time.Weekday((i + 1) % 7)
		if days < leastDays {
			return b, &BaselineError{Watch: w.Name, Weekday: weekday, Days: days, Wanted: leastDays}
		}
		known += days
		b.mean[i] /= float64(days)
	}
	squares, scale := 0.0, 0.0
	for day := from; day < first; day++ {
		if value, ok := s.value(day); ok {
			d := value - b.mean[weekdayOf(day)]
			squares += float64(d * d)
			scale = max(scale, math.Abs(value))
		}
	}
	b.deviation = math.Sqrt(squares / float64(known-7))
	if !(b.deviation > 1e-12*scale) { // what rounding leaves is no deviation
		return b, &FlatError{w.Name}
	}
	return b, nil
}

// standard returns how far a value of a new day is above the mean of its
// weekday, in standard deviations of the difference: the mean has one too.
func (b *watchBaseline) standard(day calendar.Day, value float64) float64 {
	i := weekdayOf(day)
	return (value - b.mean[i]) / (b.deviation * math.Sqrt(1+1/float64(b.days[i])))
}

func (b *watchBaseline) weekdays() []WeekdayMean {
	days := make([]WeekdayMean, 7)
	for i := range days {
		days[i] = WeekdayMean{weekdayNames[i], b.days[i], b.mean[i]}
	}
	return days
}

var weekdayNames = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// weekdayOf counts from Monday. 1 January 1970 was a Thursday.
func weekdayOf(day calendar.Day) int { return int(((int64(day)+3)%7 + 7) % 7) }

// watchNodes is how many nodes the quadrature has: with thresholds up to 20 the
// error is far below a day.
const watchNodes = 48
