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
// was added. While it runs it needs memory of its own, up to 85 MB for 32-bit
// IDs and 135 MB for UUIDs, half as much again if the times or amounts of
// neighbours are more than 32 bits apart.
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
	if t.book.orders+uint64(len(c.Customer)) > math.MaxUint32 {
		return fmt.Errorf("rfm: %d and %d orders: want at most %d in all", t.book.orders, len(c.Customer), uint32(math.MaxUint32))
	}
	if err := t.book.room(len(c.Customer)); err != nil {
		return fmt.Errorf("rfm: %w", err)
	}
	t.book.init()
	pages := pageRange{pageCount * share / shares, pageCount * (share + 1) / shares}
	var narrow batch[K, uint32]
	var wide batch[K, int64]
	for len(c.Customer) > 0 {
		n := min(shares*batchLen(t.book.len()), len(c.Customer))
		stretch := c.first(n)
		if base, ok := stretch.base(); ok {
			narrow.sort(stretch, base, pages)
			addBatch(t, &narrow, tick, c.Places)
		} else {
			wide.sort(stretch, offsets{}, pages)
			addBatch(t, &wide, tick, c.Places)
		}
		c = c.after(n)
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

// offsets are what the times and amounts of a batch count from.
type offsets struct{ at, units int64 }

// base returns the least time and amount; ok reports whether no other is more
// than 32 bits above them.
func (c Columns[K]) base() (least offsets, ok bool) {
	least = offsets{c.At[0], c.Amount[0]}
	most := least
	for _, at := range c.At {
		least.at, most.at = min(least.at, at), max(most.at, at)
	}
	for _, units := range c.Amount {
		least.units, most.units = min(least.units, units), max(most.units, units)
	}
	return least, uint64(most.at)-uint64(least.at) <= math.MaxUint32 && uint64(most.units)-uint64(least.units) <= math.MaxUint32
}

// batchLen is how many orders of a share are sorted by page at a time: several
// for each customer, so that a page, once it is in the cache, is used several
// times.
func batchLen(customers int) int { return min(max(1<<16, 4*customers), 1<<22) }

// pageRange are the pages from <= page < to.
type pageRange struct{ from, to int }

// batch is one stretch of orders, sorted by page. Times and amounts are of type
// N, above their least: most batches need half the memory for them.
type batch[K regulars.ID, N uint32 | int64] struct {
	base   offsets
	pages  pageRange // those that matter
	hashes []uint32
	orders []batchOrder[K, N]
	ends   [pageCount]int // of the orders of each page
}

type batchOrder[K regulars.ID, N uint32 | int64] struct {
	at, units N
	id        K
	hash      uint32 // what page.slot reads of it
}

// sort takes the orders of c whose pages matter. An order that does not matter
// is written behind all others, where the next one overwrites it: a store too
// many costs less than a branch that can't be foretold.
func (b *batch[K, N]) sort(c Columns[K], base offsets, pages pageRange) {
	b.base, b.pages = base, pages
	var next, step [pageCount]int
	b.hash(c.Customer, &next)
	sum := 0
	for page := pages.from; page < pages.to; page++ {
		next[page], step[page], sum = sum, 1, sum+next[page]
	}
	for page := range next {
		if page < pages.from || page >= pages.to {
			next[page] = sum
		}
	}
	if len(b.orders) < sum+1 {
		b.orders = make([]batchOrder[K, N], sum+1)
	}
	ats, amounts := c.At[:len(c.Customer)], c.Amount[:len(c.Customer)]
	hashes := b.hashes[:len(c.Customer)]
	for i, id := range c.Customer {
		h := hashes[i]
		page := h >> (32 - pageBits)
		b.orders[next[page]] = batchOrder[K, N]{N(ats[i] - base.at), N(amounts[i] - base.units), id, h}
		next[page] += step[page]
	}
	b.ends = next
}

// hash hashes the IDs and counts them by page.
func (b *batch[K, N]) hash(ids []K, count *[pageCount]int) {
	if len(b.hashes) < len(ids) {
		b.hashes = make([]uint32, len(ids))
	}
	kind := reflect.TypeFor[K]().Kind()
	for i, id := range ids {
		h := hash(kind, id)
		b.hashes[i] = h
		count[h>>(32-pageBits)]++
	}
}

// addBatch adds the orders that were sorted.
func addBatch[K regulars.ID, N uint32 | int64](t *Tally[K], b *batch[K, N], tick int64, places int) {
	g := orderGroup[K, N]{offsets: b.base, tick: tick, until: t.until(), places: places}
	start := 0
	for page := b.pages.from; page < b.pages.to; page++ {
		orders := b.orders[start:b.ends[page]]
		start = b.ends[page]
		for len(orders) > 0 {
			n := min(len(orders), groupLen)
			g.orders = orders[:n]
			g.add(t, &t.book.pages[page])
			orders = orders[n:]
		}
	}
}

// orderGroup is at most groupLen orders of one page.
type orderGroup[K regulars.ID, N uint32 | int64] struct {
	orders []batchOrder[K, N]
	offsets
	tick, until int64
	places      int
	lookups     lookups
}

func (g *orderGroup[K, N]) add(t *Tally[K], p *page[K]) {
	for i := range g.orders {
		g.lookups.hashes[i] = g.orders[i].hash
	}
	p.fetch(&g.lookups, len(g.orders))
	counted := uint64(0)
	for i := range g.orders {
		o := &g.orders[i]
		at, units := (g.at+int64(o.at))*g.tick, g.units+int64(o.units)
		if at > g.until {
			t.afterUntil++
			continue
		}
		if units >= 0 {
			counted++
		}
		r := t.book.findLikely(p, g.lookups.likely[i], o.hash, o.id)
		if !r.addOrder(at, units, g.places) {
			t.book.addUnits(r, at, units, g.places)
		}
	}
	t.book.orders += counted
}
