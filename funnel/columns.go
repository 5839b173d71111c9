package funnel

import (
	"errors"
	"fmt"
	"time"
)

// Columns are the events of many users, grouped by user and in order of time:
// the quickest way in. What an event is, is a code.
type Columns struct {
	// Offsets says whose events are whose: those of user u are Offsets[u] up to,
	// but not with, Offsets[u+1], less Offsets[0]. It never falls, and its last
	// is the number of events more than its first.
	Offsets []int
	// At are the times, which ascend for each user. The time between the first
	// and the last event of a user is less than 2⁶² ticks.
	At []int64
	// Code says what each event is: 0 is no step, and k is step k, unless Codes
	// says otherwise.
	Code []uint8
	// Codes are the steps that an event with a code matches, as bits: 1 is step
	// 1, 2 is step 2, 4 is step 3 and so on. Nil lets code k be step k.
	Codes []uint64
	// Tick is the unit of At. Zero means a microsecond.
	Tick time.Duration
}

// Users returns the columns of users from to to-1, which stay those of c.
func (c Columns) Users(from, to int) Columns {
	lo, hi := c.Offsets[from], c.Offsets[to]
	return Columns{
		Offsets: c.Offsets[from : to+1],
		At:      c.At[lo:hi],
		Code:    c.Code[lo:hi],
		Codes:   c.Codes,
		Tick:    c.Tick,
	}
}

// Levels appends the level of each user to dst and returns it. It allocates
// nothing per event, nor per user if dst has room. Exclusions, held
// properties, sessions and attempts need events, and so are an error here, as
// is anything that Columns does not promise.
//
// The levels are those of [Outcomes] for the same events. A Grace that is no
// multiple of Tick is cut to one.
func (f Funnel) Levels(dst []uint8, c Columns) ([]uint8, error) {
	k, err := f.kernel(c.Codes, c.Tick)
	if err != nil {
		return dst, err
	}
	if err := c.check(); err != nil {
		return dst, err
	}
	before, base := len(dst), c.Offsets[0]
	for u := range len(c.Offsets) - 1 {
		lo, hi := c.Offsets[u]-base, c.Offsets[u+1]-base
		if lo > hi {
			return dst[:before], fmt.Errorf("funnel: user %d ends before it starts", u)
		}
		level, err := k.level(c.At[lo:hi], c.Code[lo:hi])
		if err != nil {
			return dst[:before], fmt.Errorf("funnel: user %d: %w", u, err)
		}
		dst = append(dst, level)
	}
	return dst, nil
}

func (c Columns) check() error {
	switch {
	case len(c.At) != len(c.Code):
		return fmt.Errorf("funnel: %d times and %d codes: want as many of each", len(c.At), len(c.Code))
	case len(c.Offsets) == 0:
		return errors.New("funnel: no offsets: want one more than there are users")
	}
	base := c.Offsets[0]
	for u, o := range c.Offsets {
		if o < base || o-base > len(c.At) {
			return fmt.Errorf("funnel: offset %d is %d: want %d to %d", u, o, base, base+len(c.At))
		}
	}
	if last := c.Offsets[len(c.Offsets)-1]; last-base != len(c.At) {
		return fmt.Errorf("funnel: offsets end with %d: want %d", last, base+len(c.At))
	}
	return nil
}

var (
	errUnsorted = errors.New("events are not in order of time")
	errSpan     = errors.New("events lie 2⁶² ticks apart or more")
)
