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
// nor changes them: it counts how many fall into each of at most 2^15 equal
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
const stretchBits = 15

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
	least, greatest := values[0], values[0]
	for _, v := range values {
		least, greatest = min(least, v), max(greatest, v)
	}
	span := uint64(greatest) - uint64(least)
	shift := max(0, bits.Len64(span)-stretchBits)
	counts := make([]int32, span>>shift+1)
	for _, v := range values {
		counts[(uint64(v)-uint64(least))>>shift]++
	}
	wanted := stretches(counts, ranks, base)
	if shift == 0 { // all values of a stretch are equal
		for _, w := range wanted {
			for range w.ranks {
				found = append(found, T(uint64(least)+uint64(w.stretch)))
			}
		}
		return found
	}
	for i, inside := range inStretches(values, least, shift, len(counts), wanted) {
		found = appendSelected(found, inside, wanted[i].ranks, wanted[i].base)
	}
	return found
}

// stretch is one that holds ranks: its values have ranks from base on.
type stretch struct {
	stretch, base, count int
	ranks                []int
}

// stretches returns those that hold ranks, in ascending order.
func stretches(counts []int32, ranks []int, base int) []stretch {
	var wanted []stretch
	for i, n := range counts {
		inside := 0
		for inside < len(ranks) && ranks[inside] < base+int(n) {
			inside++
		}
		if inside > 0 {
			wanted = append(wanted, stretch{i, base, int(n), ranks[:inside]})
			ranks = ranks[inside:]
		}
		if len(ranks) == 0 {
			break
		}
		base += int(n)
	}
	return wanted
}

// inStretches returns the values of each wanted stretch, of count in all.
func inStretches[T Integer](values []T, least T, shift, count int, wanted []stretch) [][]T {
	inside := make([][]T, len(wanted))
	place := make([]uint16, count) // 1 + where a stretch is in wanted, 0 if nowhere
	for i, w := range wanted {
		inside[i] = make([]T, 0, w.count)
		place[w.stretch] = uint16(i + 1)
	}
	for _, v := range values {
		if i := place[(uint64(v)-uint64(least))>>shift]; i > 0 {
			inside[i-1] = append(inside[i-1], v)
		}
	}
	return inside
}
