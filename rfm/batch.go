package rfm

import (
	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
)

// addStretches adds the orders of the pages of b, one batch after another.
func addStretches[K regulars.ID, N uint32 | int64](t *Tally[K], c Columns[K], tick int64, shares int, b *batch[K, N]) {
	b.hashes = make([]uint32, min(shares*maxBatch, len(c.Customer)))
	b.orders = make([]batchOrder[K, N], len(b.hashes)/shares*17/16+1) // shares are not quite equal
	for len(c.Customer) > 0 {
		n := min(shares*batchLen(t.book.len()), len(c.Customer))
		b.sort(c.first(n))
		addBatch(t, b, tick, c.Places)
		c = c.after(n)
	}
}

// batchLen is how many orders of a share are sorted by page at a time: several
// for each customer, so that a page, once it is in the cache, is used several
// times.
func batchLen(customers int) int { return min(max(1<<16, 4*customers), maxBatch) }

const maxBatch = 1 << 22

// pageRange are the pages from <= page < to.
type pageRange struct{ from, to int }

// batch is one stretch of orders, sorted by page. Times and amounts are of type
// N, counted from the least: few columns need more than 32 bits.
type batch[K regulars.ID, N uint32 | int64] struct {
	pages  pageRange // those that matter
	least  metrics
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
func (b *batch[K, N]) sort(c Columns[K]) {
	var next, step [pageCount]int
	b.hash(c.Customer, &next)
	sum := 0
	for page := b.pages.from; page < b.pages.to; page++ {
		next[page], step[page], sum = sum, 1, sum+next[page]
	}
	for page := range next {
		if page < b.pages.from || page >= b.pages.to {
			next[page] = sum
		}
	}
	if len(b.orders) < sum+1 {
		b.orders = make([]batchOrder[K, N], sum+1)
	}
	ats, amounts := c.At[:len(c.Customer)], c.Amount[:len(c.Customer)]
	hashes, least := b.hashes[:len(c.Customer)], b.least
	for i, id := range c.Customer {
		h := hashes[i]
		page := h >> (32 - pageBits)
		b.orders[next[page]] = batchOrder[K, N]{N(ats[i] - least.at), N(amounts[i] - least.units), id, h}
		next[page] += step[page]
	}
	b.ends = next
}

// hash hashes the IDs and counts them by page.
func (b *batch[K, N]) hash(customers []K, count *[pageCount]int) {
	hasher := ids.NewHasher[K]()
	hasher.Low32(customers, b.hashes)
	for _, h := range b.hashes[:len(customers)] {
		count[h>>(32-pageBits)]++
	}
}

// addBatch adds the orders that were sorted.
func addBatch[K regulars.ID, N uint32 | int64](t *Tally[K], b *batch[K, N], tick int64, places int) {
	g := orderGroup[K, N]{least: b.least, tick: tick, until: t.until(), places: places}
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
	orders      []batchOrder[K, N]
	least       metrics
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
		at, units := (g.least.at+int64(o.at))*g.tick, g.least.units+int64(o.units)
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
