package identity

import (
	"bytes"
	"hash/maphash"
)

// seed is random, so that nobody can send values that collide. No answer
// depends on it.
var seed = maphash.MakeSeed()

// texts numbers byte strings from 0 in the order in which they come, and finds
// them again. All bytes lie in one slice, so that millions of them are nothing
// to the garbage collector.
type texts struct {
	bytes []byte
	ends  []uint32 // of each string in bytes
	// slots is an open-addressing table: 1 + the number of a string, 0 if free,
	// and above it the upper half of its hash, which tells most others apart
	// without a look at their bytes.
	slots []uint64
}

// maxTextBytes is what the ends can count.
const maxTextBytes = 1<<32 - 1

func (t *texts) len() int { return len(t.ends) }

func (t *texts) at(i int32) []byte {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.bytes[start:t.ends[i]]
}

// room reports whether strings of n bytes in all can be added.
func (t *texts) room(n int) bool { return uint64(len(t.bytes))+uint64(n) <= maxTextBytes }

// find returns the number of key, or -1.
func (t *texts) find(key []byte) int32 {
	found := int32(-1)
	t.each(key, func(i int32) bool {
		found = i
		return false
	})
	return found
}

// each calls yield with the number of every string that equals key, until yield
// returns false.
func (t *texts) each(key []byte, yield func(i int32) bool) {
	t.eachOf(maphash.Bytes(seed, key), func(i int32) bool { return !bytes.Equal(t.at(i), key) || yield(i) })
}

// eachOf calls yield with the number of every string that was given a hash, and
// of some that were given others, until yield returns false.
func (t *texts) eachOf(hash uint64, yield func(i int32) bool) {
	if len(t.slots) == 0 {
		return
	}
	mask := uint64(len(t.slots) - 1)
	for h := hash >> 32 & mask; t.slots[h] != 0; h = (h + 1) & mask {
		if (t.slots[h]^hash)>>32 == 0 && !yield(int32(uint32(t.slots[h])-1)) {
			return
		}
	}
}

// intern returns the number of key, a new one if it has none.
func (t *texts) intern(key []byte) int32 {
	if i := t.find(key); i >= 0 {
		return i
	}
	return t.append(key, maphash.Bytes(seed, key))
}

// append gives key a new number under a hash, even if it has one already.
func (t *texts) append(key []byte, hash uint64) int32 {
	if 4*(len(t.ends)+1) > 3*len(t.slots) {
		t.grow()
	}
	i := int32(len(t.ends))
	t.bytes = append(t.bytes, key...)
	t.ends = append(t.ends, uint32(len(t.bytes)))
	t.place(hash&^(1<<32-1) | uint64(i+1))
	return i
}

func (t *texts) grow() {
	old := t.slots
	t.slots = make([]uint64, max(16, 2*len(old)))
	for _, slot := range old {
		if slot != 0 {
			t.place(slot)
		}
	}
}

func (t *texts) place(slot uint64) {
	mask := uint64(len(t.slots) - 1)
	h := slot >> 32 & mask
	for t.slots[h] != 0 {
		h = (h + 1) & mask
	}
	t.slots[h] = slot
}

// names numbers a few strings.
type names struct {
	list  []string
	index map[string]int32
}

func (n *names) intern(name string) int32 {
	if i, ok := n.index[name]; ok {
		return i
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	i := int32(len(n.list))
	n.list = append(n.list, name)
	n.index[name] = i
	return i
}
