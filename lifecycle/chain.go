package lifecycle

import (
	"cmp"
	"slices"

	"github.com/regulars-go/regulars"
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
	h := c.hash.of(id)
	page := int(h >> (64 - pageBits))
	return c.in(page, h, id, key)
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

// in is at for an ID whose hash, and so whose page, is known.
func (c *chains[K, V]) in(page int, h uint64, id K, key int32) *V {
	number := c.pages[page].find(&c.hash, h, id)
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

// batchSize is how many rows are dealt out by page at once: enough that each
// page gets some thousand rows while it is in the cache, at 20 MB.
const batchSize = 1 << 19

// deal calls add once for each row that counts, page by page. period gives the
// period of a row; its value lies under that, shifted right.
func (c *chains[K, V]) deal(ids []K, shift int, period func(row int) (int32, bool), add func(row int, period int32, v *V)) {
	c.init()
	type entry struct {
		hash   uint64
		row    uint32
		period int32
	}
	size := min(batchSize, len(ids))
	plain, dealt := make([]entry, 0, size), make([]entry, size)
	for start := 0; start < len(ids); start += batchSize {
		var ends [pageCount + 1]int
		plain = plain[:0]
		for i, id := range ids[start:min(start+batchSize, len(ids))] {
			if n, ok := period(start + i); ok {
				h := c.hash.of(id)
				plain = append(plain, entry{h, uint32(i), n})
				ends[h>>(64-pageBits)+1]++
			}
		}
		for page := range pageCount {
			ends[page+1] += ends[page]
		}
		next := ends
		for _, e := range plain {
			page := e.hash >> (64 - pageBits)
			dealt[next[page]] = e
			next[page]++
		}
		for page := range pageCount {
			for _, e := range dealt[ends[page]:ends[page+1]] {
				row := start + int(e.row)
				add(row, e.period, c.in(page, e.hash, ids[row], e.period>>shift))
			}
		}
	}
}
