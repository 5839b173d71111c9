package loyalty

import "hash/maphash"

// memoryIndex finds places by the hash of a name: an open table in which the
// next free slot is taken (linear probing: Knuth, TAOCP 3, 6.4). It holds no
// pointers, and says only where a name may be: the names themselves are
// compared where they stand.
type memoryIndex struct {
	slots   []uint64 // hash in the upper half, one more than the place in the lower; 0: free
	used    int
	changes uint64 // how often a name came or names went
}

// hashName hashes a name of a kind. The seed is the store's, so that names
// can't be chosen to collide.
func hashName(seed maphash.Seed, kind RecordKind, name string) uint32 {
	h := maphash.String(seed, name)
	return uint32(h>>32) ^ uint32(h) ^ uint32(kind)<<24
}

// find returns the place of the name with a hash that is the same.
func (x *memoryIndex) find(hash uint32, same func(place uint32) bool) (place uint32, ok bool) {
	if x.used == 0 {
		return 0, false
	}
	mask := uint32(len(x.slots) - 1)
	for i := hash & mask; x.slots[i] != 0; i = (i + 1) & mask {
		if slot := x.slots[i]; uint32(slot>>32) == hash && same(uint32(slot)-1) {
			return uint32(slot) - 1, true
		}
	}
	return 0, false
}

// add puts in a name that is not there.
func (x *memoryIndex) add(hash, place uint32) {
	if x.used*8 >= len(x.slots)*5 {
		x.rebuild(max(16, 2*len(x.slots)), func(uint32) bool { return true })
	}
	x.put(uint64(hash)<<32 | uint64(place+1))
	x.changes++
}

func (x *memoryIndex) put(slot uint64) {
	mask := uint32(len(x.slots) - 1)
	i := uint32(slot>>32) & mask
	for x.slots[i] != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = slot
	x.used++
}

// rebuild makes the table anew for a size that is a power of two, with what is
// kept.
func (x *memoryIndex) rebuild(size int, keep func(place uint32) bool) {
	x.changes++
	old := x.slots
	x.slots, x.used = make([]uint64, size), 0
	for _, slot := range old {
		if slot != 0 && keep(uint32(slot)-1) {
			x.put(slot)
		}
	}
}
