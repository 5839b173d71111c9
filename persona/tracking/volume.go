package tracking

import (
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/names"
)

// How volumes are judged: against four weeks, so that each weekday counts the
// same, and not before one of them is known.
const (
	baselineDays    = 28
	minBaselineDays = 7
	// unusualScore is from Iglewicz and Hoaglin, How to Detect and Handle
	// Outliers, 1993, who label modified z scores beyond 3.5.
	unusualScore = 3.5
	// madScale makes the median absolute deviation of normal values their
	// standard deviation.
	madScale = 1.4826
)

// Level is how a volume stands to those before it. It is written as its name.
type Level uint8

// The levels.
const (
	// Unjudged is a volume with fewer than 7 days to compare with.
	Unjudged Level = 1 + iota
	// Usual is a volume like those before.
	Usual
	// Low is one that is unusually small: most often the event is no longer
	// sent, or not by everyone.
	Low
	// High is one that is unusually large: most often the event is sent twice.
	High
)

var levelNames = names.Names{Package: "tracking", Type: "Level", What: "level", List: []string{"", "unjudged", "usual", "low", "high"}}

// String returns the name of the level, such as "low".
func (l Level) String() string { return levelNames.Of(uint8(l)) }

// MarshalText writes the name of the level; one that does not exist is an error.
func (l Level) MarshalText() ([]byte, error) { return levelNames.Marshal(uint8(l)) }

// UnmarshalText reads what [Level.String] writes; any other text is an error, and
// leaves l as it was.
func (l *Level) UnmarshalText(text []byte) error {
	i, err := levelNames.Unmarshal(text)
	if err == nil {
		*l = Level(i)
	}
	return err
}

// Volume is how many events of a name there were on one local day, beside the
// four weeks before. An event counts on the day on which it happened or, if it
// does not say or lies outside the window, was received.
type Volume struct {
	Event string `json:"event"`
	// Day is the date that is judged, such as "2026-11-21".
	Day   string `json:"day"`
	Count int64  `json:"count"`
	Level Level  `json:"level"`
	// Days is how many of the 28 days before are known: those from the first
	// day of any event on. A known day without the event counts as 0.
	Days int `json:"days"`
	// Median is the median of those days; 0 if there are none.
	Median float64 `json:"median"`
	// Score is how far Count lies from Median, in robust standard deviations:
	// 1.4826 times the median absolute deviation, or the square root of the
	// median if that is more, as a count varies that much by chance; at least
	// 1. Beyond 3.5 a volume is Low or High. 0 if it is not judged.
	Score float64 `json:"score"`
}

// dayCounts holds counts by event and day.
type dayCounts map[string]map[calendar.Day]int64

func (c dayCounts) add(event string, day calendar.Day, n int64) {
	if c[event] == nil {
		c[event] = map[calendar.Day]int64{}
	}
	c[event][day] += n
}

// first returns the first day of any event.
func (c dayCounts) first() calendar.Day {
	first := calendar.Day(math.MaxInt32)
	for _, days := range c {
		for day := range days {
			first = min(first, day)
		}
	}
	return first
}

// judge returns the volume of an event on a day; first is the first known day.
func (c dayCounts) judge(event string, day, first calendar.Day) Volume {
	v := Volume{Event: event, Day: day.String(), Count: c[event][day], Level: Unjudged}
	var before []float64
	for d := max(day-baselineDays, first); d < day; d++ {
		before = append(before, float64(c[event][d]))
	}
	v.Days = len(before)
	if v.Days == 0 {
		return v
	}
	v.Median = median(before)
	if v.Days < minBaselineDays {
		return v
	}
	for i, n := range before {
		before[i] = math.Abs(n - v.Median)
	}
	v.Score = (float64(v.Count) - v.Median) / max(madScale*median(before), math.Sqrt(v.Median), 1)
	switch {
	case v.Score < -unusualScore:
		v.Level = Low
	case v.Score > unusualScore:
		v.Level = High
	default:
		v.Level = Usual
	}
	return v
}

// median sorts the values, of which there are some.
func median(values []float64) float64 {
	slices.Sort(values)
	half := len(values) / 2
	if len(values)%2 == 1 {
		return values[half]
	}
	return values[half-1]/2 + values[half]/2
}
