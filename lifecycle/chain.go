package lifecycle

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
)

// chains keeps a few values a customer, each under a key: for most customers
// one, which lies in place; the rest follow as a list through one slice a
// page. No cell has a pointer, so that millions cost the garbage collector
// nothing.
type chains[K regulars.ID, V any] struct {
	roster[K]
	cells []cellPage[V] // as many as the roster has pages
}

type cellPage[V any] struct {
	first []cell[V] // by the number of the customer
	more  []cell[V]
}

type cell[V any] struct {
	value V
	key   int32
	next  uint32 // 1 + index into more, or 0
}

// at returns the value of a customer under a key, zero if it is new. The
// pointer holds until the next call.
func (c *chains[K, V]) at(id K, key int32) *V {
	c.init()
	h := c.hash.Of(id)
	page := int(h >> (64 - pageBits))
	return c.in(page, uint32(h), id, key)
}

func (c *chains[K, V]) init() {
	c.roster.init()
	if c.cells == nil {
		c.cells = make([]cellPage[V], pageCount)
	}
}

// know makes a place for a customer without a value. It takes the room of the
// first one, so it is for those of whom none is to hand.
func (c *chains[K, V]) know(id K) {
	c.init()
	page, number := c.find(id)
	if p := &c.cells[page]; int(number) == len(p.first) {
		p.first = append(p.first, cell[V]{})
	}
}

// in is at for an ID of which the page and the lower half of the hash are known.
func (c *chains[K, V]) in(page int, h uint32, id K, key int32) *V {
	number := c.pages[page].find(c.hash, h, id)
	p := &c.cells[page]
	if int(number) == len(p.first) {
		p.first = append(p.first, cell[V]{key: key})
		return &p.first[number].value
	}
	return p.find(&p.first[number], key)
}

func (p *cellPage[V]) find(first *cell[V], key int32) *V {
	if first.key == key {
		return &first.value
	}
	for at := first.next; at != 0; at = p.more[at-1].next {
		if p.more[at-1].key == key {
			return &p.more[at-1].value
		}
	}
	return p.push(first, key)
}

// push makes a cell for a key that the list does not have.
func (p *cellPage[V]) push(first *cell[V], key int32) *V {
	p.more = append(p.more, cell[V]{key: key, next: first.next})
	first.next = uint32(len(p.more))
	return &p.more[first.next-1].value
}

// rising is at for a customer whose keys all come in ascending order, of which
// this is number i: it need not look for the key, which takes long in bytes
// that were made to have very many.
func (c *chains[K, V]) rising(id K, i int, key int32) *V {
	if i == 0 {
		return c.at(id, key)
	}
	page, number := c.find(id)
	p := &c.cells[page]
	return p.push(&p.first[number], key)
}

// list appends the cells of one customer in ascending order of key.
func (c *chains[K, V]) list(dst []cell[V], at place) []cell[V] {
	p := &c.cells[at.page]
	start := len(dst)
	dst = append(dst, p.first[at.number])
	for next := p.first[at.number].next; next != 0; next = p.more[next-1].next {
		dst = append(dst, p.more[next-1])
	}
	if len(dst) > start+1 {
		slices.SortFunc(dst[start:], func(a, b cell[V]) int { return cmp.Compare(a.key, b.key) })
	}
	return dst
}

// each calls f with every customer and their cells in ascending order of key,
// in no order of customers; f must not keep the cells.
func (c *chains[K, V]) each(f func(id K, cells []cell[V])) {
	var cells []cell[V]
	for page := range c.pages {
		for number, id := range c.pages[page].ids {
			cells = c.list(cells[:0], place{page, uint32(number)})
			f(id, cells)
		}
	}
}

// batchLen is how many rows are dealt out by page at once: several for each
// customer, so that a page, once in the cache, is used several times. While
// they are added they take 24 bytes each for 32-bit IDs, at most 50 MB.
func batchLen(customers int) int { return min(max(1<<16, 4*customers), 1<<21) }

// deal calls add once for each row that is not after until, page by page, and
// returns how many are. The value of a row lies under its period, shifted right.
func (c *chains[K, V]) deal(ids []K, unixSeconds []int64, until int64, f frame, shift int, add func(row int, period int32, v *V)) (after int) {
	c.init()
	numbering := f.numbering()
	var b batch[K]
	for start := 0; start < len(ids); {
		end := min(start+batchLen(c.len()), len(ids))
		b.count(c.hash, ids[start:end])
		after += b.sort(ids[start:end], unixSeconds[start:end], until, &numbering)
		for page := range pageCount {
			for _, e := range b.of(page) {
				add(start+int(e.row), e.period, c.in(page, e.hash, e.id, e.period>>shift))
			}
		}
		start = end
	}
	return after
}

// batch is a stretch of rows, sorted by page.
type batch[K regulars.ID] struct {
	hashes []uint64
	rows   []batchRow[K]
	starts [pageCount]int
	ends   [pageCount]int
}

type batchRow[K regulars.ID] struct {
	id     K
	hash   uint32 // the lower half
	row    uint32
	period int32
}

// count finds where the rows of each page are to start.
func (b *batch[K]) count(hash ids.Hasher[K], ids []K) {
	if len(b.rows) < len(ids) {
		b.hashes, b.rows = make([]uint64, len(ids)), make([]batchRow[K], len(ids))
	}
	var sizes [pageCount]int
	for i, id := range ids {
		h := hash.Of(id)
		b.hashes[i] = h
		sizes[h>>(64-pageBits)]++
	}
	sum := 0
	for page, size := range sizes {
		b.starts[page] = sum
		sum += size
	}
}

// sort puts the rows that are not after until where they belong, in the order in
// which they come, and returns how many are after it.
func (b *batch[K]) sort(ids []K, unixSeconds []int64, until int64, numbering *numbering) (after int) {
	b.ends = b.starts
	for i, h := range b.hashes[:len(ids)] {
		if unixSeconds[i] > until {
			after++
			continue
		}
		end := &b.ends[h>>(64-pageBits)]
		b.rows[*end] = batchRow[K]{ids[i], uint32(h), uint32(i), numbering.of(unixSeconds[i])}
		*end++
	}
	return after
}

func (b *batch[K]) of(page int) []batchRow[K] { return b.rows[b.starts[page]:b.ends[page]] }
