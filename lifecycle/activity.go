package lifecycle

import (
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Activity remembers in which periods each customer was active, in some 16
// bytes a customer and 64 periods. From it come growth accounting, retention
// and stickiness. The zero value is ready to use: months in UTC. What it
// answers depends neither on the order of events nor on how they are split
// over activities that are merged later; the same event twice changes nothing.
//
// Which events count is for the host to say, by what it adds: a purchase, a
// visit, a lesson taken.
//
// An Activity must not be copied once it is in use, and is not safe for
// concurrent use: give each goroutine its own and [Activity.Merge] them.
type Activity[K regulars.ID] struct {
	// Each is the period in which a customer is active or not. The zero value
	// is [Monthly].
	Each Period
	// Zone is the calendar of the periods. Nil means UTC.
	Zone *time.Location
	// Until is the last instant that counts: events after it are counted and
	// set aside. The zero time sets none aside. Set the three fields before the
	// first event.
	Until time.Time

	chains     chains[K, uint64]
	used       setup
	afterUntil int
}

// A word has a bit for each of 64 periods; its key is the number of the first,
// divided by 64.
const (
	wordShift = 6
	wordMask  = 1<<wordShift - 1
)

// setup is the configuration under which an accumulator took its first event.
type setup struct {
	frame frame
	until time.Time
	set   bool
}

// fix remembers the configuration at the first call, and returns an error if
// it has changed since.
func (s *setup) fix(f frame, until time.Time) error {
	if !s.set {
		*s = setup{f, until, true}
	}
	if s.frame != f || !s.until.Equal(until) {
		return errors.New("lifecycle: Each, Zone and Until can't change after the first event")
	}
	return nil
}

// alike returns an error unless both count by one calendar to one end.
func alike(a, b frame, aUntil, bUntil time.Time) error {
	switch {
	case a.each != b.each:
		return fmt.Errorf("lifecycle: merging by %s into by %s", b.each, a.each)
	case !calendar.SameZone(a.zone, b.zone):
		return fmt.Errorf("lifecycle: merging of zone %q into zone %q", calendar.OrUTC(b.zone), calendar.OrUTC(a.zone))
	case !aUntil.Equal(bUntil):
		return fmt.Errorf("lifecycle: merging until %s into until %s", bUntil.Format(time.RFC3339Nano), aUntil.Format(time.RFC3339Nano))
	}
	return nil
}

// Add notes that a customer was active at an instant. An event after Until is
// counted and set aside. An error says what is wrong with the event, and means
// that it was not added: an empty ID, or a time that is zero or outside the
// years 1 to 9999.
func (a *Activity[K]) Add(id K, at time.Time) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("lifecycle: event of customer %v %w", id, err)
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	if !a.Until.IsZero() && at.After(a.Until) {
		a.afterUntil++
		return nil
	}
	a.set(id, a.frame().of(at))
	return nil
}

// AddColumns does what [Activity.Add] does for each row, at a fraction of the
// cost. If any row is wrong the error names the first, from 0, and none was
// added.
func (a *Activity[K]) AddColumns(c Columns[K]) error {
	if err := c.check(); err != nil {
		return err
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	a.afterUntil += a.chains.deal(c.Customer, c.At, untilUnix(a.Until), a.frame(), wordShift, func(_ int, period int32, word *uint64) {
		*word |= 1 << (period & wordMask)
	})
	return nil
}

// Know notes that there is a customer, active or not. Whoever has a start but
// no event belongs to a cohort too, and would otherwise be missing from it.
func (a *Activity[K]) Know(id K) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	a.chains.know(id)
	return nil
}

// untilUnix returns the last whole second that counts.
func untilUnix(until time.Time) int64 {
	if until.IsZero() {
		return calendar.MaxUnix
	}
	return until.Unix()
}

func (a *Activity[K]) set(id K, period int32) {
	*a.chains.at(id, period>>wordShift) |= 1 << (period & wordMask)
}

// Merge adds all that was added to other, which stays as it is. Activities of
// another Each, Zone or Until don't merge.
func (a *Activity[K]) Merge(other *Activity[K]) error {
	if a == other {
		return errors.New("lifecycle: an activity can't be merged into itself")
	}
	if err := alike(a.frame(), other.frame(), a.Until, other.Until); err != nil {
		return err
	}
	if err := a.used.fix(a.frame(), a.Until); err != nil {
		return err
	}
	other.chains.each(func(id K, words []cell[uint64]) {
		known := true
		for _, w := range words {
			if w.value != 0 { // a known customer has an empty word
				*a.chains.at(id, w.key) |= w.value
				known = false
			}
		}
		if known {
			a.chains.know(id)
		}
	})
	a.afterUntil += other.afterUntil
	return nil
}

// Len returns how many customers there are, those without an event included.
func (a *Activity[K]) Len() int { return a.chains.len() }

// AfterUntil returns how many events were set aside because they are later
// than Until.
func (a *Activity[K]) AfterUntil() int { return a.afterUntil }

func (a *Activity[K]) frame() frame { return frame{a.Each, calendar.OrUTC(a.Zone)} }

// each calls f with the periods in which each customer was active, ascending,
// up to last; for a customer who has none they are empty. Customers come in no
// order. f must not keep the slice.
func (a *Activity[K]) each(last int32, f func(id K, periods []int32)) {
	var periods []int32
	a.chains.each(func(id K, words []cell[uint64]) {
		periods = periods[:0]
		for _, w := range words {
			periods = appendPeriods(periods, w.key, w.value, last)
		}
		f(id, periods)
	})
}

// appendPeriods appends the periods of a word, up to last.
func appendPeriods(periods []int32, key int32, word uint64, last int32) []int32 {
	for ; word != 0; word &= word - 1 {
		if n := key<<wordShift + int32(bits.TrailingZeros64(word)); n <= last {
			periods = append(periods, n)
		}
	}
	return periods
}
