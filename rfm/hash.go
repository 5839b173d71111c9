package rfm

import (
	"hash/maphash"
	"math/bits"
	"reflect"
	"unsafe"

	"github.com/regulars-go/regulars"
)

// The seed of all hashes is random, so that nobody can send IDs that collide.
// No answer depends on it. It is one for all books, so that they have the same
// pages and merge page by page.
var (
	seed = maphash.MakeSeed()
	mix  = maphash.Bytes(seed, nil)
)

// hash spreads IDs over 32 bits, of which the top ones choose the page and the
// low ones the slot. kind is that of K, looked up once.
func hash[K regulars.ID](kind reflect.Kind, id K) uint32 {
	p := unsafe.Pointer(&id)
	switch kind {
	case reflect.String:
		return uint32(maphash.String(seed, *(*string)(p)))
	case reflect.Array:
		return uint32(maphash.Bytes(seed, (*[16]byte)(p)[:]))
	}
	return hashInteger(integerBits(p, unsafe.Sizeof(id)))
}

// hashInteger multiplies and folds twice, so that every bit of x reaches all
// others.
func hashInteger(x uint64) uint32 {
	hi, lo := bits.Mul64(x^mix, 0x9e3779b97f4a7c15)
	hi, lo = bits.Mul64(hi^lo^mix, 0xe7037ed1a0b428db)
	return uint32(hi ^ lo)
}

// hashAll hashes all IDs into as many hashes. It asks for their kind once.
func hashAll[K regulars.ID](ids []K, hashes []uint32) {
	switch kind := reflect.TypeFor[K]().Kind(); kind {
	case reflect.String, reflect.Array:
		for i, id := range ids {
			hashes[i] = hash(kind, id)
		}
	default:
		for i := range ids {
			hashes[i] = hashInteger(integerBits(unsafe.Pointer(&ids[i]), unsafe.Sizeof(ids[i])))
		}
	}
}

// integerBits returns the bits of an integer of some size, as unsigned.
func integerBits(p unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(p))
	case 2:
		return uint64(*(*uint16)(p))
	case 4:
		return uint64(*(*uint32)(p))
	}
	return *(*uint64)(p)
}
