package rfm

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
)

// book finds the row of a customer. It is a hash table in many pages, each
// small enough for a core's own cache, so that a batch of orders can be sorted
// by page first and then be added without waiting for memory.
type book[K regulars.ID] struct {
	hash   ids.Hasher[K]
	pages  []page[K]
	wide   map[K]*[2]exact.Sum // spend and refunded of those that outgrew an int64
	orders uint64              // of all rows
	count  int                 // of rows
}

func (b *book[K]) init() {
	if b.pages == nil {
		b.hash = ids.NewHasher[K]()
		b.pages = make([]page[K], pageCount)
	}
}

func (b *book[K]) len() int { return b.count }

// find returns the row of id, a new one if there is none. The pointer holds
// until the next call.
func (b *book[K]) find(id K) *row[K] {
	b.init()
	h := uint32(b.hash.Of(id))
	return b.findIn(&b.pages[h>>(32-pageBits)], h, id)
}

// findIn is find in the page where id belongs.
func (b *book[K]) findIn(p *page[K], h uint32, id K) *row[K] {
	if 4*(len(p.rows)+1) > 3*len(p.slots) {
		p.grow(b.hash)
	}
	slot := p.slot(h, id)
	if p.slots[slot] == 0 {
		p.rows = append(p.rows, row[K]{id: id})
		p.slots[slot] = tagOf(h) | uint32(len(p.rows))
		b.count++
	}
	return &p.rows[p.slots[slot]&indexMask-1]
}

// room returns an error if there is no room for n more customers.
func (b *book[K]) room(n int) error {
	if n > maxCustomers-b.count {
		return fmt.Errorf("%d customers and %d more: a tally holds at most %d", b.count, n, maxCustomers)
	}
	return nil
}

func (b *book[K]) lookup(id K) *row[K] {
	if b.pages == nil {
		return nil
	}
	h := uint32(b.hash.Of(id))
	p := &b.pages[h>>(32-pageBits)]
	if len(p.slots) == 0 {
		return nil
	}
	if slot := p.slot(h, id); p.slots[slot] != 0 {
		return &p.rows[p.slots[slot]&indexMask-1]
	}
	return nil
}

// findLikely is findIn, given what fetch found. It stays right if rows were
// added since.
func (b *book[K]) findLikely(p *page[K], likely, h uint32, id K) *row[K] {
	if likely != 0 {
		if r := &p.rows[likely-1]; r.id == id {
			return r
		}
	}
	return b.findIn(p, h, id)
}

// all ranges over the rows in no useful order.
func (b *book[K]) all() iter.Seq[*row[K]] {
	return func(yield func(*row[K]) bool) {
		for i := range b.pages {
			rows := b.pages[i].rows
			for j := range rows {
				if !yield(&rows[j]) {
					return
				}
			}
		}
	}
}

// add adds to the sums of r, which is a row of b.
func (b *book[K]) add(r *row[K], spend, refunded decimal.Decimal) {
	s, sPlaces, ok1 := exact.Small(spend)
	f, fPlaces, ok2 := exact.Small(refunded)
	if ok1 && ok2 {
		n := max(sPlaces, fPlaces)
		s, ok1 = exact.Scale(s, n-sPlaces)
		f, ok2 = exact.Scale(f, n-fPlaces)
		if ok1 && ok2 && r.addUnits(s, f, n) {
			return
		}
	}
	sums := b.widen(r)
	sums[0].Add(spend)
	sums[1].Add(refunded)
}

// addUnits adds an order of any kind to r, which is a row of b.
func (b *book[K]) addUnits(r *row[K], at, units int64, places int) {
	spend, refunded := units, int64(0)
	if units < 0 {
		spend, refunded = 0, -units
	} else {
		r.count(at)
	}
	if !r.addUnits(spend, refunded, places) {
		sums := b.widen(r)
		sums[0].AddUnits(spend, places)
		sums[1].AddUnits(refunded, places)
	}
}

// widen moves the sums of r to where there is room for any.
func (b *book[K]) widen(r *row[K]) *[2]exact.Sum {
	if !r.wide {
		spend, refunded := b.money(r)
		if b.wide == nil {
			b.wide = map[K]*[2]exact.Sum{}
		}
		b.wide[r.id] = &[2]exact.Sum{spend, refunded}
		r.wide, r.spend, r.refunded, r.places = true, 0, 0, 0
	}
	return b.wide[r.id]
}

// money returns the sums of r, both with the most places of any amount of the
// customer, wherever they are kept.
func (b *book[K]) money(r *row[K]) (spend, refunded exact.Sum) {
	if r.wide {
		spend, refunded = b.wide[r.id][0], b.wide[r.id][1]
		n := max(spend.Places(), refunded.Places())
		spend.AddUnits(0, n)
		refunded.AddUnits(0, n)
		return spend, refunded
	}
	spend.AddUnits(r.spend, int(r.places))
	refunded.AddUnits(r.refunded, int(r.places))
	return spend, refunded
}

// merge adds the rows of other. It changes nothing if it returns an error.
func (b *book[K]) merge(other *book[K]) error {
	if err := b.checkCounts(other); err != nil {
		return err
	}
	if err := b.room(other.count); err != nil {
		return err
	}
	b.init()
	for i := range other.pages {
		if len(b.pages[i].rows) == 0 {
			b.copyPage(i, other)
			continue
		}
		for rows := range slices.Chunk(other.pages[i].rows, groupLen) {
			b.mergeRows(&b.pages[i], other, rows)
		}
	}
	b.orders += other.orders
	return nil
}

// copyPage fills a page that is still empty with what other has in it.
func (b *book[K]) copyPage(i int, other *book[K]) {
	b.pages[i] = other.pages[i].clone()
	rows := b.pages[i].rows
	b.count += len(rows)
	for j := range rows {
		if r := &rows[j]; r.wide {
			r.wide = false
			*b.widen(r) = *other.wide[r.id]
		}
	}
}

// mergeRows adds at most groupLen rows of a page of other to the same page of b.
func (b *book[K]) mergeRows(p *page[K], other *book[K], rows []row[K]) {
	var g lookups
	for i := range rows {
		g.hashes[i] = uint32(b.hash.Of(rows[i].id))
	}
	p.fetch(&g, len(rows))
	for i := range rows {
		from := &rows[i]
		to := b.findLikely(p, g.likely[i], g.hashes[i], from.id)
		to.absorb(from)
		if from.wide || !to.addUnits(from.spend, from.refunded, int(from.places)) {
			spend, refunded := other.money(from)
			sums := b.widen(to)
			sums[0].Merge(spend)
			sums[1].Merge(refunded)
		}
	}
}

// absorb counts the orders of o as r's.
func (r *row[K]) absorb(o *row[K]) {
	switch {
	case o.orders == 0:
	case r.orders == 0:
		r.first, r.last, r.orders = o.first, o.last, o.orders
	default:
		r.first, r.last = min(r.first, o.first), max(r.last, o.last)
		r.orders += o.orders
	}
}

// checkCounts returns an error if a customer would have more orders than a
// row can count, which takes that many orders in all.
func (b *book[K]) checkCounts(other *book[K]) error {
	if b.orders+other.orders <= math.MaxUint32 {
		return nil
	}
	for o := range other.all() {
		if r := b.lookup(o.id); r != nil && r.orders > math.MaxUint32-o.orders {
			return fmt.Errorf("customer %v has %d and %d orders: want at most %d in all", o.id, r.orders, o.orders, uint32(math.MaxUint32))
		}
	}
	return nil
}
