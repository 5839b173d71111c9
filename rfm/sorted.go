package rfm

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"reflect"
	"slices"
	"unsafe"

	"github.com/regulars-go/regulars"
)

// sorted returns the rows in ascending order of ID.
func (b *book[K]) sorted() []*row[K] {
	rows, ids := make([]*row[K], 0, b.len()), make([]K, 0, b.len())
	for r := range b.all() {
		rows, ids = append(rows, r), append(ids, r.id)
	}
	return arrange(rows, idOrder(ids))
}

// arrange returns the values in the given order.
func arrange[T any](values []T, order []uint32) []T {
	arranged := make([]T, len(order))
	for i, from := range order {
		arranged[i] = values[from]
	}
	return arranged
}

// idOrder returns the indexes of ids in ascending order of ID. It sorts by a
// number that has the order of the IDs, digit by digit, and looks at the IDs
// themselves only where the numbers are equal: of two strings, where eight
// bytes are.
func idOrder[K regulars.ID](ids []K) []uint32 {
	kind := reflect.TypeFor[K]().Kind()
	all := make([]keyed, len(ids))
	for i, id := range ids {
		all[i] = keyed{sortKey(kind, id), uint32(i)}
	}
	all = sortByKey(all)
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].key == all[from].key {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(all[from:to], func(x, y keyed) int { return regulars.Compare(ids[x.index], ids[y.index]) })
		}
		from = to
	}
	order := make([]uint32, len(all))
	for i := range all {
		order[i] = all[i].index
	}
	return order
}

// keyed is an index beside the first 64 bits of what it is sorted by.
type keyed struct {
	key   uint64
	index uint32
}

// sortKey returns a number that is lower for an ID that comes before another,
// or equal. kind is that of K.
func sortKey[K regulars.ID](kind reflect.Kind, id K) uint64 {
	p := unsafe.Pointer(&id)
	switch kind {
	case reflect.String:
		var prefix [8]byte
		copy(prefix[:], *(*string)(p))
		return binary.BigEndian.Uint64(prefix[:])
	case reflect.Array:
		return binary.BigEndian.Uint64((*[16]byte)(p)[:])
	case reflect.Int8:
		return ordered(int64(*(*int8)(p)))
	case reflect.Int16:
		return ordered(int64(*(*int16)(p)))
	case reflect.Int32:
		return ordered(int64(*(*int32)(p)))
	case reflect.Int64:
		return ordered(*(*int64)(p))
	case reflect.Int:
		return ordered(int64(*(*int)(p)))
	}
	return integerBits(p, unsafe.Sizeof(id))
}

const (
	digitBits = 11
	digits    = 1 << digitBits
)

// sortByKey sorts by key, from the lowest digit in which any two differ to the
// highest. It uses and may return other memory than it was given.
func sortByKey(all []keyed) []keyed {
	if len(all) < digits {
		slices.SortFunc(all, func(x, y keyed) int { return cmp.Compare(x.key, y.key) })
		return all
	}
	var differ uint64
	for i := range all {
		differ |= all[i].key ^ all[0].key
	}
	spare := make([]keyed, len(all))
	for shift := bits.TrailingZeros64(differ); shift < 64 && differ>>shift != 0; shift += digitBits {
		var next [digits]uint32
		for i := range all {
			next[all[i].key>>shift%digits]++
		}
		sum := uint32(0)
		for digit, n := range next {
			next[digit] = sum
			sum += n
		}
		for i := range all {
			digit := all[i].key >> shift % digits
			spare[next[digit]] = all[i]
			next[digit]++
		}
		all, spare = spare, all
	}
	return all
}
