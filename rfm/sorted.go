package rfm

import (
	"encoding/binary"
	"math"
	"math/bits"
	"reflect"
	"slices"
	"unsafe"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
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

// idOrder returns the indexes of ids in ascending order of ID. It sorts by 32
// bits that have the order of the IDs, digit by digit, and looks at the IDs
// themselves only where these are equal.
func idOrder[K regulars.ID](ids []K) []uint32 {
	packed := packKeys(ids)
	packed = sortPacked(packed)
	order := make([]uint32, len(ids))
	for i, p := range packed {
		order[i] = uint32(p)
	}
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && packed[to]>>32 == packed[from]>>32 {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(order[from:to], func(i, j uint32) int { return regulars.Compare(ids[i], ids[j]) })
		}
		from = to
	}
	return order
}

// packKeys returns for each ID the top 32 bits of the range of all sort keys,
// and below them its index.
func packKeys[K regulars.ID](ids []K) []uint64 {
	kind := reflect.TypeFor[K]().Kind()
	skip := 0
	if kind == reflect.String {
		skip = commonPrefix(ids)
	}
	keys := make([]uint64, len(ids))
	least, greatest := uint64(math.MaxUint64), uint64(0)
	for i, id := range ids {
		key := sortKey(kind, id, skip)
		keys[i] = key
		least, greatest = min(least, key), max(greatest, key)
	}
	shift := 0
	if len(ids) > 0 {
		shift = max(0, bits.Len64(greatest-least)-32)
	}
	for i, key := range keys {
		keys[i] = (key-least)>>shift<<32 | uint64(i)
	}
	return keys
}

// commonPrefix returns how many bytes all strings have in common.
func commonPrefix[K regulars.ID](ids []K) int {
	text := func(i int) string { return *(*string)(unsafe.Pointer(&ids[i])) }
	common := 0
	for i := range ids {
		if i == 0 {
			common = len(text(0))
		}
		common = min(common, len(text(i)))
		for text(i)[:common] != text(0)[:common] {
			common--
		}
	}
	return common
}

// sortKey returns a number that is lower for an ID that comes before another,
// or equal. kind is that of K; of strings, skip bytes are known to be the same.
func sortKey[K regulars.ID](kind reflect.Kind, id K, skip int) uint64 {
	p := unsafe.Pointer(&id)
	switch kind {
	case reflect.String:
		var prefix [8]byte
		copy(prefix[:], (*(*string)(p))[skip:])
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
	return ids.Bits(&id)
}

const (
	digitBits = 11
	digits    = 1 << digitBits
)

// sortPacked sorts by the upper 32 bits, from the lowest digit to the highest
// in which any two differ. It uses and may return other memory than it was
// given.
func sortPacked(all []uint64) []uint64 {
	if len(all) < digits {
		slices.Sort(all)
		return all
	}
	next := countDigits(all)
	spare := make([]uint64, len(all))
	for d := range next {
		if next[d][all[0]>>(32+d*digitBits)%digits] == uint32(len(all)) {
			continue // they don't differ here
		}
		sum := uint32(0)
		for digit, n := range next[d] {
			next[d][digit] = sum
			sum += n
		}
		for _, p := range all {
			digit := p >> (32 + d*digitBits) % digits
			spare[next[d][digit]] = p
			next[d][digit]++
		}
		all, spare = spare, all
	}
	return all
}

// countDigits counts how often each digit occurs in each place of the upper 32
// bits.
func countDigits(all []uint64) *[3][digits]uint32 {
	var count [3][digits]uint32
	for _, p := range all {
		count[0][p>>32%digits]++
		count[1][p>>(32+digitBits)%digits]++
		count[2][p>>(32+2*digitBits)]++
	}
	return &count
}
