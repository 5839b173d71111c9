package lifecycle

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"slices"
	"unsafe"

	"github.com/regulars-go/regulars"
)

// roster numbers customers. It is a hash table in many pages, each small
// enough for a core's own cache, so that a batch of events can be dealt out by
// page and then be added without waiting for memory. A customer's place is a
// page and a number in it; what is known of them lies in slices beside it, in
// the same order.
type roster[K regulars.ID] struct {
	hash  hasher[K]
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
		r.hash = newHasher[K]()
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
	h := r.hash.of(id)
	page = int(h >> (64 - pageBits))
	return page, r.pages[page].find(r.hash, uint32(h), id)
}

// lookup returns the place of id, if there is one.
func (r *roster[K]) lookup(id K) (page int, number uint32, ok bool) {
	if r.pages == nil {
		return 0, 0, false
	}
	h := r.hash.of(id)
	page = int(h >> (64 - pageBits))
	p := &r.pages[page]
	if len(p.slots) == 0 {
		return 0, 0, false
	}
	n := p.slots[p.slot(uint32(h), id)]
	return page, n - 1, n != 0
}

func (p *rosterPage[K]) find(hash hasher[K], h uint32, id K) uint32 {
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

func (p *rosterPage[K]) grow(hash hasher[K]) {
	p.slots = make([]uint32, max(8, 2*len(p.slots)))
	mask := uint32(len(p.slots) - 1)
	for i, id := range p.ids {
		slot := uint32(hash.of(id)) & mask
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

// The seed of all hashes is random, so that nobody can send IDs that collide;
// no answer depends on it. It is one for all rosters, so that they have the same
// pages and merge page by page.
var (
	seed = maphash.MakeSeed()
	mix  = maphash.Bytes(seed, nil)
)

// hasher spreads IDs over 64 bits.
type hasher[K regulars.ID] struct {
	kind reflect.Kind // of K
}

func newHasher[K regulars.ID]() hasher[K] { return hasher[K]{reflect.TypeFor[K]().Kind()} }

func (h hasher[K]) of(id K) uint64 {
	p := unsafe.Pointer(&id) // read as the type that the kind says it is
	switch h.kind {
	case reflect.String:
		return maphash.String(seed, *(*string)(p))
	case reflect.Array:
		return maphash.Bytes(seed, (*[16]byte)(p)[:])
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
	// Multiply and fold twice: the top bits choose the page and the low ones
	// the slot, and both need every bit of x.
	hi, lo := bits.Mul64(x^mix, 0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^mix, 0xe7037ed1a0b428db)
	return hi ^ lo
}
