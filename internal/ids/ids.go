// Package ids has what a table of customers asks of an ID: whether it names
// anybody, and a hash.
package ids

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/regulars-go/regulars"
)

// IsEmpty reports whether id is the empty string of some string type, which
// names nobody. Zero is an integer like others, and so is a UUID of zeros.
func IsEmpty[K regulars.ID](id K) bool {
	var none K
	return id == none && reflect.TypeFor[K]().Kind() == reflect.String
}

// The seed of all hashes is random, so that nobody can send IDs that collide;
// no answer may depend on it. It is one for all, so that two tables have the
// same pages and merge page by page.
var (
	seed = maphash.MakeSeed()
	mix  = maphash.Bytes(seed, nil)
)

// Hasher spreads IDs over 64 bits, each of which is as good as the others. Get
// one from [NewHasher].
type Hasher[K regulars.ID] struct {
	kind reflect.Kind // of K
}

// NewHasher returns a Hasher, which is the same in the whole process.
func NewHasher[K regulars.ID]() Hasher[K] { return Hasher[K]{reflect.TypeFor[K]().Kind()} }

// Of returns the hash of an ID.
func (h Hasher[K]) Of(id K) uint64 {
	p := unsafe.Pointer(&id) // read as the type that the kind says it is
	switch h.kind {
	case reflect.String:
		return maphash.String(seed, *(*string)(p))
	case reflect.Array:
		return maphash.Bytes(seed, (*[16]byte)(p)[:])
	}
	return fold(Bits(&id))
}

// Low32 writes the lower half of each hash, at less cost than one by one: what
// IDs are is asked once.
func (h Hasher[K]) Low32(ids []K, hashes []uint32) {
	switch h.kind {
	case reflect.String, reflect.Array:
		for i, id := range ids {
			hashes[i] = uint32(h.Of(id))
		}
	default:
		for i := range ids {
			hashes[i] = uint32(fold(Bits(&ids[i])))
		}
	}
}

// fold multiplies and folds twice, so that every bit of x reaches all others.
func fold(x uint64) uint64 {
	hi, lo := bits.Mul64(x^mix, 0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^mix, 0xe7037ed1a0b428db)
	return hi ^ lo
}

// Bits returns the bits of an integer of some size, as unsigned.
func Bits[K regulars.ID](id *K) uint64 {
	p := unsafe.Pointer(id)
	switch unsafe.Sizeof(*id) {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}
