package rfm

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
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
// was added. While it runs it needs memory of its own, up to 120 MB for 32-bit
// IDs and 240 MB for UUIDs.
func (t *Tally[K]) AddColumns(c Columns[K]) error {
	tick, err := c.check()
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
	var b batch[K]
	for from, to := 0, 0; from < len(c.Customer); from = to {
		to = min(from+batchLen(t.book.len()), len(c.Customer))
		t.addBatch(&b, c, from, to, tick)
	}
	return nil
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
	tick = d.Microseconds()
	least, most := earliest/tick, latest/tick
	for i, at := range c.At {
		if at < least || at > most {
			return 0, fmt.Errorf("rfm: order %d is %d ticks of %v from 1970: want the years %d to %d", i, at, d, minYear, maxYear)
		}
	}
	for i, units := range c.Amount {
		if units == math.MinInt64 {
			return 0, fmt.Errorf("rfm: order %d has amount %d: want at least %d", i, units, int64(-math.MaxInt64))
		}
	}
	if reflect.TypeFor[K]().Kind() == reflect.String {
		var none K
		if i := slices.Index(c.Customer, none); i >= 0 {
			return 0, fmt.Errorf("rfm: order %d: %w", i, errNobody)
		}
	}
	return tick, nil
}

// batchLen is how many orders are sorted by page at a time: several for each
// customer, so that a page, once in the cache, is used several times. While
// AddColumns runs they take 28 bytes each for 32-bit IDs, at most 120 MB.
func batchLen(customers int) int { return min(max(1<<16, 4*customers), 1<<22) }

// batch is one stretch of orders, sorted by page.
type batch[K regulars.ID] struct {
	hashes []uint32
	orders []batchOrder[K]
}

type batchOrder[K regulars.ID] struct {
	at, units int64 // microseconds, 10^-places
	id        K
	hash      uint32 // what page.slot reads of it
}

// addBatch adds the orders from the index from up to to.
func (t *Tally[K]) addBatch(b *batch[K], c Columns[K], from, to int, tick int64) {
	if len(b.orders) < to-from {
		b.hashes, b.orders = make([]uint32, to-from), make([]batchOrder[K], to-from)
	}
	var next [pageCount]int
	for i, id := range c.Customer[from:to] {
		h := hash(t.book.kind, id)
		b.hashes[i] = h
		next[h>>(32-pageBits)]++
	}
	sum := 0
	for page, n := range next {
		next[page] = sum
		sum += n
	}
	ids, ats, amounts := c.Customer[from:to], c.At[from:to], c.Amount[from:to]
	for i, h := range b.hashes[:to-from] {
		page := h >> (32 - pageBits)
		b.orders[next[page]] = batchOrder[K]{ats[i] * tick, amounts[i], ids[i], h}
		next[page]++
	}
	until := t.until()
	start := 0
	for page, end := range next {
		t.addToPage(&t.book.pages[page], b.orders[start:end], until, c.Places)
		start = end
	}
}

func (t *Tally[K]) addToPage(p *page[K], orders []batchOrder[K], until int64, places int) {
	for len(orders) > blockLen {
		t.addGroup(p, orders[:blockLen], until, places)
		orders = orders[blockLen:]
	}
	t.addGroup(p, orders, until, places)
}

// addGroup adds at most blockLen orders.
func (t *Tally[K]) addGroup(p *page[K], orders []batchOrder[K], until int64, places int) {
	var hashes [blockLen]uint32
	for i := range orders {
		hashes[i] = orders[i].hash
	}
	likely, _ := p.fetch(hashes[:len(orders)])
	for i := range orders {
		o := &orders[i]
		if o.at > until {
			t.afterUntil++
			continue
		}
		r := t.book.findLikely(p, likely[i], o.hash, o.id)
		spend, refunded := o.units, int64(0)
		if spend < 0 {
			spend, refunded = 0, -spend
		} else {
			r.count(o.at)
			t.book.orders++
		}
		if !r.addUnits(spend, refunded, places) {
			sums := t.book.widen(r)
			sums[0].AddUnits(spend, places)
			sums[1].AddUnits(refunded, places)
		}
	}
}
