package strategy

import "math/bits"

// Seeds of Unleash: one for who takes part, one for which variant.
const (
	UnleashRolloutSeed = 0
	UnleashVariantSeed = 86028157
)

// UnleashBucket returns where Unleash puts an ID within a group, from 1 to whole,
// so that assignments made by it carry over; 0 if whole is 0. IDs are hashed as
// their UTF-8 bytes.
func UnleashBucket(group, id string, whole, seed uint32) uint32 {
	if whole == 0 {
		return 0
	}
	h := murmur{hash: seed}
	h.add(group)
	h.add(":")
	h.add(id)
	return h.sum()%whole + 1
}

// UnleashEnabled reports whether Unleash rolls out to an ID: whether it is in the
// first percent of the group. A percentage of 0 or less has nobody.
func UnleashEnabled(group, id string, percentage int) bool {
	return int(UnleashBucket(group, id, 100, UnleashRolloutSeed)) <= percentage
}

// UnleashVariant returns which of several variants Unleash gives an ID; false if
// the weights are all 0 or add up to more than 2^32-1. Unleash's own weights
// add up to 1,000.
func UnleashVariant(group, id string, weights []uint32) (variant int, ok bool) {
	whole := uint64(0)
	for _, w := range weights {
		whole += uint64(w)
	}
	if whole == 0 || whole > 1<<32-1 {
		return 0, false
	}
	place := uint64(UnleashBucket(group, id, uint32(whole), UnleashVariantSeed))
	for i, w := range weights {
		if place <= uint64(w) {
			return i, true
		}
		place -= uint64(w)
	}
	return 0, false
}

// murmur is MurmurHash3 x86_32 (Appleby) over texts one after the other.
type murmur struct {
	hash, length uint32
	tail         uint32 // bytes since the last full block, the first one lowest
}

func (m *murmur) add(s string) {
	for i := range len(s) {
		m.tail |= uint32(s[i]) << (m.length % 4 * 8)
		if m.length++; m.length%4 == 0 {
			m.hash = bits.RotateLeft32(m.hash^scramble(m.tail), 13)*5 + 0xe6546b64
			m.tail = 0
		}
	}
}

func (m *murmur) sum() uint32 {
	h := m.hash ^ scramble(m.tail) ^ m.length // an empty tail scrambles to 0
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return h
}

func scramble(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }
