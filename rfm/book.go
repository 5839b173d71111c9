package rfm

import (
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"unsafe"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// book finds the row of a customer. It is a hash table in many pages, each
// small enough for a core's own cache, so that a batch of orders can be sorted
// by page first and then be added without waiting for memory.
type book[K regulars.ID] struct {
	hash   hasher[K]
	pages  []page[K]
	wide   map[K]*[2]exact.Sum // spend and refunded of those that outgrew an int64
	orders uint64              // of all rows
}

// page is an open-addressing table: slots hold 1 + the index of a row, 0 if
// free. Rows stand in blocks, so that growing never moves what is full.
type page[K regulars.ID] struct {
	slots  []uint32
	blocks [][]row[K]
	len    int
}

const (
	pageBits  = 8
	pageCount = 1 << pageBits
	blockBits = 7
	blockLen  = 1 << blockBits
)

func (b *book[K]) init() {
	if b.pages == nil {
		b.hash = newHasher[K]()
		b.pages = make([]page[K], pageCount)
	}
}

func (b *book[K]) len() int {
	n := 0
	for i := range b.pages {
		n += b.pages[i].len
	}
	return n
}

// find returns the row of id, a new one if there is none. The pointer holds
// until the next call.
func (b *book[K]) find(id K) *row[K] {
	b.init()
	h := b.hash.of(id)
	return b.pages[h>>(64-pageBits)].find(&b.hash, uint32(h), id)
}

func (b *book[K]) lookup(id K) *row[K] {
	if b.pages == nil {
		return nil
	}
	h := b.hash.of(id)
	p := &b.pages[h>>(64-pageBits)]
	if len(p.slots) == 0 {
		return nil
	}
	if slot := p.slot(uint32(h), id); p.slots[slot] != 0 {
		return p.row(p.slots[slot] - 1)
	}
	return nil
}

func (p *page[K]) row(i uint32) *row[K] { return &p.blocks[i>>blockBits][i&(blockLen-1)] }

func (p *page[K]) find(hash *hasher[K], h uint32, id K) *row[K] {
	if 4*(p.len+1) > 3*len(p.slots) {
		p.grow(hash)
	}
	slot := p.slot(h, id)
	if p.slots[slot] == 0 {
		p.append(row[K]{id: id})
		p.slots[slot] = uint32(p.len)
	}
	return p.row(p.slots[slot] - 1)
}

func (p *page[K]) append(r row[K]) {
	last := len(p.blocks) - 1
	switch {
	case last < 0:
		p.blocks = append(p.blocks, make([]row[K], 0, 4))
		last++
	case len(p.blocks[last]) == blockLen:
		p.blocks = append(p.blocks, make([]row[K], 0, blockLen))
		last++
	}
	p.blocks[last] = append(p.blocks[last], r)
	p.len++
}

// all ranges over the rows in no useful order.
func (b *book[K]) all() iter.Seq[*row[K]] {
	return func(yield func(*row[K]) bool) {
		for i := range b.pages {
			for _, block := range b.pages[i].blocks {
				for j := range block {
					if !yield(&block[j]) {
						return
					}
				}
			}
		}
	}
}

// slot returns where id is, or the free slot where it belongs.
func (p *page[K]) slot(h uint32, id K) uint32 {
	mask := uint32(len(p.slots) - 1)
	slot := h & mask
	for p.slots[slot] != 0 && p.row(p.slots[slot]-1).id != id {
		slot = (slot + 1) & mask
	}
	return slot
}

func (p *page[K]) grow(hash *hasher[K]) {
	p.slots = make([]uint32, max(8, 2*len(p.slots)))
	mask := uint32(len(p.slots) - 1)
	for i := range uint32(p.len) {
		slot := uint32(hash.of(p.row(i).id)) & mask
		for p.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		p.slots[slot] = i + 1
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
	for from := range other.all() {
		to := b.find(from.id)
		to.absorb(from)
		if from.wide || !to.addUnits(from.spend, from.refunded, int(from.places)) {
			spend, refunded := other.money(from)
			sums := b.widen(to)
			sums[0].Merge(spend)
			sums[1].Merge(refunded)
		}
	}
	b.orders += other.orders
	return nil
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

// sorted returns the rows in ascending order of ID.
func (b *book[K]) sorted() []*row[K] {
	all := slices.AppendSeq(make([]*row[K], 0, b.len()), b.all())
	slices.SortFunc(all, func(x, y *row[K]) int { return regulars.Compare(x.id, y.id) })
	return all
}

// hasher spreads IDs over 64 bits. Its seed is random, so that nobody can send
// IDs that collide; no answer depends on it.
type hasher[K regulars.ID] struct {
	seed maphash.Seed
	mix  uint64
	kind reflect.Kind
}

func newHasher[K regulars.ID]() hasher[K] {
	seed := maphash.MakeSeed()
	return hasher[K]{seed, maphash.Bytes(seed, nil), reflect.TypeFor[K]().Kind()}
}

func (h *hasher[K]) of(id K) uint64 {
	p := unsafe.Pointer(&id)
	switch h.kind {
	case reflect.String:
		return maphash.String(h.seed, *(*string)(p))
	case reflect.Array:
		return maphash.Bytes(h.seed, (*[16]byte)(p)[:])
	}
	var x uint64
	switch unsafe.Sizeof(id) {
	case 1:
		x = uint64(*(*uint8)(p))
	case 2:
		x = uint64(*(*uint16)(p))
	case 4:
		x = uint64(*(*uint32)(p))
	default:
		x = *(*uint64)(p)
	}
	// Two rounds of multiply and fold: every bit of x reaches the top ones,
	// which choose the page, and the low ones, which choose the slot.
	hi, lo := bits.Mul64(x^h.mix, 0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^h.mix, 0xe7037ed1a0b428db)
	return hi ^ lo
}

// isEmptyText reports whether id is the empty string of some string type.
func isEmptyText[K regulars.ID](id K) bool {
	var none K
	return id == none && reflect.TypeFor[K]().Kind() == reflect.String
}
