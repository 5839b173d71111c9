package regulars

import (
	"bytes"
	"cmp"
	"reflect"
	"strings"
	"unsafe"
)

// ID is what may name a customer: a string, an integer or 16 bytes, so that a
// database key or a UUID works as it is. A float can't: NaN would be nobody.
type ID interface {
	~string | ~[16]byte |
		~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Compare orders two IDs: strings and [16]byte by their bytes, integers by
// value. It returns a negative number if a comes before b, zero if they are
// the same and a positive number if a comes after b. Every sort in regulars
// has it as its last key.
func Compare[K ID](a, b K) int {
	// ID has no operators in common, so the one of K's kind is found here. The
	// pointers are read as the type that the kind just said they are.
	pa, pb := unsafe.Pointer(&a), unsafe.Pointer(&b)
	switch reflect.TypeFor[K]().Kind() {
	case reflect.String:
		return strings.Compare(*(*string)(pa), *(*string)(pb))
	case reflect.Array:
		x, y := (*[16]byte)(pa), (*[16]byte)(pb)
		return bytes.Compare(x[:], y[:])
	case reflect.Int:
		return compareAs[int](pa, pb)
	case reflect.Int8:
		return compareAs[int8](pa, pb)
	case reflect.Int16:
		return compareAs[int16](pa, pb)
	case reflect.Int32:
		return compareAs[int32](pa, pb)
	case reflect.Int64:
		return compareAs[int64](pa, pb)
	case reflect.Uint:
		return compareAs[uint](pa, pb)
	case reflect.Uint8:
		return compareAs[uint8](pa, pb)
	case reflect.Uint16:
		return compareAs[uint16](pa, pb)
	case reflect.Uint32:
		return compareAs[uint32](pa, pb)
	default:
		return compareAs[uint64](pa, pb)
	}
}

func compareAs[T cmp.Ordered](a, b unsafe.Pointer) int {
	return cmp.Compare(*(*T)(a), *(*T)(b))
}
