package lifecycle

import (
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
)

// roster numbers customers. It is a hash table in many pages, each small
// enough for a core's own cache, so that a batch of events can be dealt out by
// page and then be added without waiting for memory. A customer's place is a
// page and a number in it; what is known of them lies in slices beside it, in
// the same order.
type roster[K regulars.ID] struct {
	hash  ids.Hasher[K]
	pages []rosterPage[K]
}

// rosterPage is an open-addressing table: slots hold 1 + a number, 0 if free.
type rosterPage[K regulars.ID] struct {
	slots []uint32
	ids   []K
}

const (
	pageBits  = 8
	pageCount = 1 << pageBits
)

func (r *roster[K]) init() {
	if r.pages == nil {
		r.hash = ids.NewHasher[K]()
		r.pages = make([]rosterPage[K], pageCount)
	}
}

func (r *roster[K]) len() int {
	n := 0
	for i := range r.pages {
		n += len(r.pages[i].ids)
	}
	return n
}

// find returns the place of id, a new one if there is none.
func (r *roster[K]) find(id K) (page int, number uint32) {
	r.init()
	h := r.hash.Of(id)
	page = int(h >> (64 - pageBits))
	return page, r.pages[page].find(r.hash, uint32(h), id)
}

// lookup returns the place of id, if there is one.
func (r *roster[K]) lookup(id K) (page int, number uint32, ok bool) {
	if r.pages == nil {
		return 0, 0, false
	}
	h := r.hash.Of(id)
	page = int(h >> (64 - pageBits))
	p := &r.pages[page]
	if len(p.slots) == 0 {
		return 0, 0, false
	}
	n := p.slots[p.slot(uint32(h), id)]
	return page, n - 1, n != 0
}

func (p *rosterPage[K]) find(hash ids.Hasher[K], h uint32, id K) uint32 {
	if 4*(len(p.ids)+1) > 3*len(p.slots) {
		p.grow(hash)
	}
	slot := p.slot(h, id)
	if p.slots[slot] == 0 {
		p.ids = append(p.ids, id)
		p.slots[slot] = uint32(len(p.ids))
	}
	return p.slots[slot] - 1
}

// slot returns where id is, or the free slot where it belongs. h is the lower
// half of its hash.
func (p *rosterPage[K]) slot(h uint32, id K) uint32 {
	mask := uint32(len(p.slots) - 1)
	slot := h & mask
	for p.slots[slot] != 0 && p.ids[p.slots[slot]-1] != id {
		slot = (slot + 1) & mask
	}
	return slot
}

func (p *rosterPage[K]) grow(hash ids.Hasher[K]) {
	p.slots = make([]uint32, max(8, 2*len(p.slots)))
	mask := uint32(len(p.slots) - 1)
	for i, id := range p.ids {
		slot := uint32(hash.Of(id)) & mask
		for p.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		p.slots[slot] = uint32(i + 1)
	}
}

// place is where a roster keeps a customer.
type place struct {
	page   int
	number uint32
}

// sorted returns the places in ascending order of ID.
func (r *roster[K]) sorted() []place {
	all := make([]place, 0, r.len())
	for i := range r.pages {
		for j := range r.pages[i].ids {
			all = append(all, place{i, uint32(j)})
		}
	}
	slices.SortFunc(all, func(x, y place) int { return regulars.Compare(r.id(x), r.id(y)) })
	return all
}

func (r *roster[K]) id(p place) K { return r.pages[p.page].ids[p.number] }
