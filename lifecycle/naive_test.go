package lifecycle_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle"
)

// The naive model: a plain list of events, asked anew for each number.

type event struct {
	id     int
	at     time.Time
	amount decimal.Decimal
}

// world is a list of events and the calendar by which it is looked at.
type world struct {
	events []event
	each   lifecycle.Period
	unit   string // "day", "week" or "month"
	start  time.Weekday
	zone   *time.Location
	now    time.Time
}

// zones have clocks that change, a half hour, and a day that was skipped.
func zones(t testing.TB) (list []*time.Location) {
	t.Helper()
	for _, name := range []string{"UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, zone)
	}
	return list
}

var worldStart = time.Date(2011, 11, 1, 0, 0, 0, 0, time.UTC)

// drawHour draws an hour from 0 to limit. rapid likes small numbers, of which
// most would be in one period, so the draw is spread.
func drawHour(t *rapid.T, limit int, label string) time.Duration {
	hour := rapid.IntRange(0, limit).Draw(t, label) * 7919 % (limit + 1)
	return time.Duration(hour) * time.Hour
}

func drawWorld(t *rapid.T, zones []*time.Location) world {
	w := world{zone: rapid.SampledFrom(zones).Draw(t, "zone")}
	hours := 24 * 30
	switch w.unit = rapid.SampledFrom([]string{"day", "week", "month"}).Draw(t, "unit"); w.unit {
	case "day":
		w.each = lifecycle.Daily()
	case "week":
		w.start = time.Weekday(rapid.IntRange(0, 6).Draw(t, "week start"))
		w.each = lifecycle.Weekly(w.start)
		hours = 24 * 60
	default:
		w.each = lifecycle.Monthly()
		hours = 24 * 250
	}
	for range rapid.IntRange(0, 40).Draw(t, "events") {
		w.events = append(w.events, event{
			rapid.IntRange(1, 6).Draw(t, "customer"),
			worldStart.Add(drawHour(t, hours, "hour")),
			decimal.New(int64(rapid.IntRange(-500, 1500).Draw(t, "amount")), -int32(rapid.IntRange(0, 3).Draw(t, "places"))),
		})
	}
	w.now = worldStart.Add(drawHour(t, hours+72, "now") - 24*time.Hour)
	return w
}

// number numbers the periods, in some way that has no gaps.
func (w world) number(t time.Time) int {
	t = t.In(w.zone)
	days := int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
	switch w.unit {
	case "day":
		return days
	case "week":
		return (days - (int(t.Weekday())-int(w.start)+7)%7 + 70) / 7
	}
	return 12*t.Year() + int(t.Month())
}

// last returns the last period that began before now, and whether it is over.
func (w world) last() (number int, over bool) {
	before := w.number(w.now.Add(-1))
	return before, w.number(w.now) != before
}

// active returns the periods in which each customer was active, ascending.
func (w world) active(counts func(event) bool) map[int][]int {
	last, _ := w.last()
	periods := map[int][]int{}
	for _, e := range w.events {
		if n := w.number(e.at); n <= last && counts(e) {
			periods[e.id] = append(periods[e.id], n)
		}
	}
	for id := range periods {
		slices.Sort(periods[id])
		periods[id] = slices.Compact(periods[id])
	}
	return periods
}

func always(event) bool { return true }

// paid returns what a customer paid in a period.
func (w world) paid(id, period int) decimal.Decimal {
	var sum decimal.Decimal
	for _, e := range w.events {
		if e.id == id && w.number(e.at) == period {
			sum = sum.Add(e.amount)
		}
	}
	return sum
}

func (w world) activity(t *rapid.T) *lifecycle.Activity[int] {
	a := &lifecycle.Activity[int]{Each: w.each, Zone: w.zone}
	for _, e := range w.events {
		if err := a.Add(e.id, e.at); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (w world) revenue(t *rapid.T) *lifecycle.Revenue[int] {
	r := &lifecycle.Revenue[int]{Each: w.each, Zone: w.zone}
	for _, e := range w.events {
		if err := r.Add(e.id, e.at, e.amount); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (w world) log(t *rapid.T) *lifecycle.Log[int] {
	l := &lifecycle.Log[int]{Zone: w.zone}
	for _, e := range w.events {
		if err := l.Add(e.id, e.at); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// first returns the first period of the report.
func (w world) first(periods map[int][]int) (first int, ok bool) {
	for _, own := range periods {
		if !ok || own[0] < first {
			first, ok = own[0], true
		}
	}
	return first, ok
}

// drawDates gives some customers a date, such as that of their registration.
func drawDates(t *rapid.T, w world) map[int]time.Time {
	dates := map[int]time.Time{}
	for id := 1; id <= 6; id++ {
		if rapid.Bool().Draw(t, "has date") {
			dates[id] = worldStart.Add(drawHour(t, 4000, "date") - 1000*time.Hour)
		}
	}
	return dates
}

func lookup(dates map[int]time.Time) func(int) (time.Time, bool) {
	return func(id int) (time.Time, bool) {
		at, ok := dates[id]
		return at, ok
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
