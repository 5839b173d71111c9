package strategy

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

// Series adds up a metric by local day, exactly. The zero value is ready to use:
// totals of days in UTC. Neither the order of what is added nor how it is split
// over series that are merged later makes a difference. The same amount added
// twice counts twice.
//
// A day to which nothing was added is not known, and that is not 0: add 0 for a
// day on which nothing happened.
//
// A Series must not be copied once it is in use, and is not safe for concurrent
// use.
type Series struct {
	// Zone is the calendar of the days. Nil means UTC.
	Zone *time.Location
	// Rate is for a metric that is one sum over another, such as orders per
	// visit: use [Series.AddRate] then. Set both fields before the first day.
	Rate bool

	days map[calendar.Day]*dailySum
}

type dailySum struct{ value, per exact.Sum }

// Add adds to the total of the day of an instant. It is an error for a series of
// a rate, and for a time that is zero or outside the years 1 to 9999.
func (s *Series) Add(at time.Time, value Micros) error {
	if s.Rate {
		return errors.New("strategy: a series of a rate takes a value and what it is per")
	}
	return s.add(at, value, 0)
}

// AddRate adds to the two sums of the day of an instant: value per per. It is an
// error for a series of totals, for a negative per, and for a time that is zero
// or outside the years 1 to 9999. A day whose sum of per is 0 is not known.
func (s *Series) AddRate(at time.Time, value, per Micros) error {
	switch {
	case !s.Rate:
		return errors.New("strategy: a series of totals takes a value alone")
	case per < 0:
		return fmt.Errorf("strategy: a rate per %v: want 0 or more", per)
	}
	return s.add(at, value, per)
}

func (s *Series) add(at time.Time, value, per Micros) error {
	if at.IsZero() || at.Year() < minYear || at.Year() > maxYear {
		return fmt.Errorf("strategy: an amount of %s: want the years %d to %d", at.Format(time.RFC3339), minYear, maxYear)
	}
	d := s.day(calendar.DayOf(at, s.Zone))
	d.value.AddUnits(int64(value), microPlaces)
	d.per.AddUnits(int64(per), microPlaces)
	return nil
}

// microPlaces is how many decimal places Micros have.
const microPlaces = 6

func (s *Series) day(day calendar.Day) *dailySum {
	d := s.days[day]
	if d == nil {
		if s.days == nil {
			s.days = map[calendar.Day]*dailySum{}
		}
		d = &dailySum{}
		s.days[day] = d
	}
	return d
}

// Merge adds all that was added to other, which stays as it is. Series of
// another Zone, or of a rate and of totals, don't merge.
func (s *Series) Merge(other *Series) error {
	switch {
	case s == other:
		return errors.New("strategy: a series can't be merged into itself")
	case s.Rate != other.Rate || !calendar.SameZone(s.Zone, other.Zone):
		return errors.New("strategy: series of unlike configuration don't merge")
	}
	for day, theirs := range other.days {
		d := s.day(day)
		d.value.Merge(theirs.value)
		d.per.Merge(theirs.per)
	}
	return nil
}

// Len returns how many days were added to.
func (s *Series) Len() int { return len(s.days) }

// value returns the metric of a day; ok is false if it is not known.
func (s *Series) value(day calendar.Day) (value float64, ok bool) {
	d := s.days[day]
	switch {
	case d == nil || s.Rate && d.per.Sign() <= 0:
		return 0, false
	case s.Rate:
		return units(d.value) / units(d.per), true
	}
	return units(d.value) / float64(One), true
}

// units returns a sum of Micros as a float64, in millionths.
func units(s exact.Sum) float64 {
	n, _ := s.Units()
	x, _ := n.Float64()
	return x
}

func (s *Series) last() (last calendar.Day, ok bool) {
	for day := range s.days {
		if !ok || day > last {
			last, ok = day, true
		}
	}
	return last, ok
}

// wireSeries begins a marshalled series. A form that was once written is read
// for ever; a newer one is refused.
const wireSeries = "strategy.series.1"

// MarshalBinary returns s as bytes: the same amounts give the same bytes, in
// whatever order they came.
func (s *Series) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary appends what [Series.MarshalBinary] returns.
func (s *Series) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(wire.AppendString(dst, wireSeries), calendar.OrUTC(s.Zone).String())
	dst = wire.AppendUint(append(dst, rateByte(s.Rate)), uint64(len(s.days)))
	for _, day := range slices.Sorted(maps.Keys(s.days)) {
		d := s.days[day]
		dst = wire.AppendInt(dst, int64(day))
		value, _ := d.value.Units()
		per, _ := d.per.Units()
		dst = wire.AppendBig(wire.AppendBig(dst, value), per)
	}
	return dst, nil
}

func rateByte(rate bool) byte {
	if rate {
		return 1
	}
	return 0
}

// UnmarshalBinary replaces what s holds by what [Series.MarshalBinary] wrote.
// Zone and Rate must be set as they were there. s stays as it was if there is an
// error.
func (s *Series) UnmarshalBinary(data []byte) error {
	read, in := Series{Zone: s.Zone, Rate: s.Rate}, wire.NewReader(data)
	if form := in.String(); in.Err() == nil && form != wireSeries {
		in.Fail("is %q, not %q", form, wireSeries)
	}
	if zone := in.String(); in.Err() == nil && zone != calendar.OrUTC(s.Zone).String() {
		in.Fail("is of zone %q, not %q", zone, calendar.OrUTC(s.Zone))
	}
	if rate := in.UintUpTo(1) == 1; in.Err() == nil && rate != s.Rate {
		in.Fail("one is of a rate, and the other of totals")
	}
	read.readDays(in)
	if err := in.Close(); err != nil {
		return fmt.Errorf("strategy: unmarshal: %w", err)
	}
	*s = read
	return nil
}

func (s *Series) readDays(in *wire.Reader) {
	last := int64(math.MinInt64)
	for range in.Count() {
		day, value, per := in.Int(), in.Big(), in.Big()
		switch {
		case in.Err() != nil:
		case day <= last || day < firstWatchDay || day > lastWatchDay:
			in.Fail("day %d is out of order or range", day)
		case per.Sign() < 0 || !s.Rate && per.Sign() != 0:
			in.Fail("day %d is per what no series has", day)
		}
		if in.Err() != nil {
			return
		}
		last = day
		d := s.day(calendar.Day(day))
		d.value, d.per = exact.FromUnits(value, microPlaces), exact.FromUnits(per, microPlaces)
	}
}

// The days that there are in the years 1 to 9999 of any zone.
var (
	firstWatchDay = int64(calendar.DateDay(minYear, time.January, 1)) - 1
	lastWatchDay  = int64(calendar.DateDay(maxYear, time.December, 31)) + 1
)
