package rfm

import (
	"math"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
)

// page is an open-addressing table. A slot holds 1 + the index of a row, and
// above it 8 bits of the hash, so that a row is hardly ever looked at in vain;
// 0 is free.
type page[K regulars.ID] struct {
	slots []uint32
	rows  []row[K]
}

const (
	pageBits  = 8
	pageCount = 1 << pageBits

	// groupLen is how many rows are looked up together: enough to keep all loads
	// that a core can have under way, few enough to stay in its own cache.
	groupLen = 128

	indexBits = 24
	indexMask = 1<<indexBits - 1
	// maxCustomers are half of what the slots can tell apart if pages fill
	// evenly, so that no page comes near its end.
	maxCustomers = math.MaxInt32
)

// tagOf returns eight bits of a hash where a slot has them. They are those
// below the page's, which choose a slot only in pages beyond 2^16.
func tagOf(h uint32) uint32 { return h << pageBits &^ indexMask }

// slot returns where id is, or the free slot where it belongs.
func (p *page[K]) slot(h uint32, id K) uint32 {
	mask, tag := uint32(len(p.slots)-1), tagOf(h)
	slot := h & mask
	for {
		s := p.slots[slot]
		if s == 0 || s&^indexMask == tag && p.rows[s&indexMask-1].id == id {
			return slot
		}
		slot = (slot + 1) & mask
	}
}

func (p *page[K]) grow(hash ids.Hasher[K]) {
	p.slots = make([]uint32, max(8, 2*len(p.slots)))
	mask := uint32(len(p.slots) - 1)
	for i := range uint32(len(p.rows)) {
		h := uint32(hash.Of(p.rows[i].id))
		slot := h & mask
		for p.slots[slot] != 0 {
			slot = (slot + 1) & mask
		}
		p.slots[slot] = tagOf(h) | (i + 1)
	}
}

// lookups is what fetch takes and gives for up to groupLen IDs.
type lookups struct {
	hashes [groupLen]uint32
	// likely are 1 + the index of the row that each most likely belongs to, or
	// 0 if there is none.
	likely [groupLen]uint32
	loaded int64 // of no use but to keep the loads
}

// fetch finds the rows that the first n hashes of g most likely belong to and
// brings them into the cache. Looked up one by one they would each be waited
// for; loads that don't depend on each other are under way together.
func (p *page[K]) fetch(g *lookups, n int) {
	if len(p.slots) == 0 {
		clear(g.likely[:n])
		return
	}
	slots, mask := p.slots, uint32(len(p.slots)-1)
	for i, h := range g.hashes[:n] {
		slot, tag := h&mask, tagOf(h)
		s := slots[slot]
		for s != 0 && s&^indexMask != tag {
			slot = (slot + 1) & mask
			s = slots[slot]
		}
		g.likely[i] = s & indexMask
	}
	for _, index := range g.likely[:n] {
		if index != 0 {
			r := &p.rows[index-1]
			g.loaded += r.last ^ int64(r.orders)
		}
	}
}

// clone returns a page with the same rows.
func (p *page[K]) clone() page[K] {
	return page[K]{slots: slices.Clone(p.slots), rows: slices.Clone(p.rows)}
}
