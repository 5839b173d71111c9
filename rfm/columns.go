package rfm

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Columns holds many orders as a database does: column by column, in integers.
// It is the fast way into a [Tally]; row i of all columns is one order.
type Columns[K regulars.ID] struct {
	Customer []K
	// At is when each order was made, as the number of Ticks since 1970 UTC.
	At []int64
	// Tick is the unit of At, a whole number of microseconds; zero means one
	// second.
	Tick time.Duration
	// Amount is in units of 10^-Places (in cents if Places is 2). As in
	// [Order], a negative amount is a refund of no known order.
	Amount []int64
	// Places is from 0 to 18.
	Places int
}

// AddColumns adds many orders at once. It is the same as adding them one by
// one with [Tally.Add], at a fraction of the cost. If it returns an error, none
// was added. While it runs it needs memory of its own, up to 85 MB for 32-bit
// IDs and 135 MB for UUIDs, half as much again if times or amounts
// are more than 32 bits apart.
func (t *Tally[K]) AddColumns(c Columns[K]) error { return t.AddShare(c, 0, 1) }

// AddShare adds those orders whose customers are in one of several shares, so
// that each goroutine can have a tally of its own and all read the same
// columns. Every customer is in exactly one share, counted from 0; shares is
// from 1 to 256. The tallies of all shares, merged, are what [Tally.AddColumns]
// makes of the same columns, and [Tally.Merge] is at its fastest, since no
// customer is in two of them. Who is in which share differs between processes.
func (t *Tally[K]) AddShare(c Columns[K], share, shares int) error {
	if shares < 1 || shares > pageCount || share < 0 || share >= shares {
		return fmt.Errorf("rfm: share %d of %d: want 1 to %d shares, counted from 0", share, shares, pageCount)
	}
	tick, err := c.check()
	if err != nil {
		return err
	}
	least, most, err := c.bounds(tick)
	if err != nil {
		return err
	}
	if t.book.orders+uint64(len(c.Customer)) > math.MaxUint32 {
		return fmt.Errorf("rfm: %d and %d orders: want at most %d in all", t.book.orders, len(c.Customer), uint32(math.MaxUint32))
	}
	if err := t.book.room(len(c.Customer)); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	t.book.init()
	pages := pageRange{pageCount * share / shares, pageCount * (share + 1) / shares}
	if uint64(most.at-least.at) <= math.MaxUint32 && uint64(most.units)-uint64(least.units) <= math.MaxUint32 {
		addStretches(t, c, tick, shares, &batch[K, uint32]{pages: pages, least: least})
	} else {
		addStretches(t, c, tick, shares, &batch[K, int64]{pages: pages})
	}
	return nil
}

// first returns the first n rows.
func (c Columns[K]) first(n int) Columns[K] {
	c.Customer, c.At, c.Amount = c.Customer[:n], c.At[:n], c.Amount[:n]
	return c
}

// after returns the rows after the first n.
func (c Columns[K]) after(n int) Columns[K] {
	c.Customer, c.At, c.Amount = c.Customer[n:], c.At[n:], c.Amount[n:]
	return c
}

// check returns the tick in microseconds.
func (c Columns[K]) check() (tick int64, err error) {
	n := len(c.Customer)
	if len(c.At) != n || len(c.Amount) != n {
		return 0, fmt.Errorf("rfm: columns of %d customers, %d times and %d amounts: want as many of each", n, len(c.At), len(c.Amount))
	}
	if c.Places < 0 || c.Places > exact.MaxPlaces {
		return 0, fmt.Errorf("rfm: columns with %d places: want 0 to %d", c.Places, exact.MaxPlaces)
	}
	d := c.Tick
	if d == 0 {
		d = time.Second
	}
	if d < 0 || d%time.Microsecond != 0 {
		return 0, fmt.Errorf("rfm: columns with a tick of %v: want whole microseconds", d)
	}
	if reflect.TypeFor[K]().Kind() == reflect.String {
		var none K
		if i := slices.Index(c.Customer, none); i >= 0 {
			return 0, fmt.Errorf("rfm: order %d: %w", i, errNobody)
		}
	}
	return d.Microseconds(), nil
}

// metrics are a time and an amount of columns.
type metrics struct{ at, units int64 }

// bounds returns the least and the greatest of the times and amounts, or an
// error if one is out of range.
func (c Columns[K]) bounds(tick int64) (least, most metrics, err error) {
	least.at, most.at = extremes(c.At)
	least.units, most.units = extremes(c.Amount)
	if early, late := calendar.MinMicro/tick, calendar.MaxMicro/tick; least.at < early || most.at > late {
		i := slices.IndexFunc(c.At, func(at int64) bool { return at < early || at > late })
		return least, most, fmt.Errorf("rfm: order %d is %d ticks of %v from 1970: want the years 1 to 9999",
			i, c.At[i], time.Duration(tick)*time.Microsecond)
	}
	if least.units == math.MinInt64 {
		i := slices.Index(c.Amount, math.MinInt64)
		return least, most, fmt.Errorf("rfm: order %d has amount %d: want at least %d", i, c.Amount[i], int64(-math.MaxInt64))
	}
	return least, most, nil
}

// extremes returns the least and the greatest value, zeros if there is none.
func extremes(values []int64) (least, most int64) {
	if len(values) > 0 {
		least, most = values[0], values[0]
	}
	for _, v := range values {
		least, most = min(least, v), max(most, v)
	}
	return least, most
}
