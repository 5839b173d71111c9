package stats

import (
	"math/bits"
	"slices"
)

// Integer is any integer type.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32
}

// OrderStatistics returns the values that stand at the given ranks (from 0, in
// ascending order, repeats allowed) once values are sorted. It neither sorts
// nor changes them: it counts how many fall into each of at most 2^16 equal
// stretches between the least and the greatest, and looks again only at the
// stretches that hold a rank. It panics if a rank is out of range.
func OrderStatistics[T Integer](values []T, ranks []int) []T {
	found := make([]T, 0, len(ranks))
	if len(ranks) == 0 {
		return found
	}
	if ranks[0] < 0 || ranks[len(ranks)-1] >= len(values) {
		panic("stats: rank out of range")
	}
	return appendSelected(found, values, ranks, 0)
}

// 2^stretchBits counts fit a core's own cache.
const stretchBits = 16

// appendSelected appends the values at ranks; values are those that have
// ranks from base on.
func appendSelected[T Integer](found, values []T, ranks []int, base int) []T {
	if len(values) <= 64 {
		sorted := slices.Clone(values)
		slices.Sort(sorted)
		for _, rank := range ranks {
			found = append(found, sorted[rank-base])
		}
		return found
	}
	least, greatest := slices.Min(values), slices.Max(values)
	span := uint64(greatest) - uint64(least)
	shift := max(0, bits.Len64(span)-stretchBits)
	counts := make([]int, span>>shift+1)
	for _, v := range values {
		counts[(uint64(v)-uint64(least))>>shift]++
	}
	for stretch, i := 0, 0; i < len(ranks); stretch++ {
		first := i
		for i < len(ranks) && ranks[i] < base+counts[stretch] {
			i++
		}
		switch {
		case i == first:
		case shift == 0: // all values of a stretch are equal
			for range i - first {
				found = append(found, T(uint64(least)+uint64(stretch)))
			}
		default:
			found = appendSelected(found, inStretch(values, least, shift, stretch, counts[stretch]), ranks[first:i], base)
		}
		base += counts[stretch]
	}
	return found
}

func inStretch[T Integer](values []T, least T, shift, stretch, count int) []T {
	inside := make([]T, 0, count)
	for _, v := range values {
		if (uint64(v)-uint64(least))>>shift == uint64(stretch) {
			inside = append(inside, v)
		}
	}
	return inside
}
