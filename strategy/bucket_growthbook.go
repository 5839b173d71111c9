package strategy

import "strconv"

// GrowthBookHash returns where GrowthBook puts a value of the hash attribute,
// from 0 up to but not 1, so that assignments made by it carry over. Version 2 is
// the one of today, in steps of 1/10,000; version 1, in steps of 1/1,000, is not
// independent across seeds, and is here for what still runs on it. Of other
// versions ok is false.
//
// GrowthBook's SDKs disagree about values that are not ASCII: in Go and Python
// they hash UTF-8 bytes, as this does, and in JavaScript UTF-16 units. Of a
// customer "用户1" an assignment made in a browser can't be reproduced here.
func GrowthBookHash(seed, value string, version int) (place float64, ok bool) {
	switch version {
	case 1:
		return float64(fnv32(fnv32(fnvOffset32, value), seed)%1000) / 1000, true
	case 2:
		var digits [10]byte
		first := fnv32(fnv32(fnvOffset32, seed), value)
		return float64(fnv32(fnvOffset32, strconv.AppendUint(digits[:0], uint64(first), 10))%10000) / 10000, true
	}
	return 0, false
}

// GrowthBookRange is a part of the scale from 0 to 1: From is in it, To is not.
type GrowthBookRange struct{ From, To float64 }

// Has reports whether a place lies in the range.
func (r GrowthBookRange) Has(place float64) bool { return r.From <= place && place < r.To }

// GrowthBookRanges returns the range of each variation. Coverage is the share
// that takes part, cut to 0 to 1, and shortens each range at its end: who is in
// a variation stays in it as coverage grows. Weights must be as many as the
// variations and add up to 1 within 0.01; otherwise, and if they are nil, all are
// alike. A coverage that is not a number has nobody; fewer than one variation has
// no ranges.
func GrowthBookRanges(variations int, coverage float64, weights []float64) []GrowthBookRange {
	if variations < 1 {
		return nil
	}
	if !(coverage > 0) {
		coverage = 0
	}
	coverage = min(coverage, 1)
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	given := len(weights) == variations && 0.99 <= sum && sum <= 1.01
	ranges := make([]GrowthBookRange, variations)
	from := 0.0
	for i := range ranges {
		w := 1 / float64(variations)
		if given {
			w = weights[i]
		}
		ranges[i] = GrowthBookRange{from, from + float64(coverage*w)}
		from += w
	}
	return ranges
}

// GrowthBookChoose returns the first range that has a place; false if none does.
func GrowthBookChoose(place float64, ranges []GrowthBookRange) (variation int, ok bool) {
	for i, r := range ranges {
		if r.Has(place) {
			return i, true
		}
	}
	return 0, false
}

// GrowthBookNamespace reports whether GrowthBook puts a value into a range of a
// namespace. Its namespaces are hashed by version 1, so that two of them are
// not independent of each other: for what is new use a [Bucketer].
func GrowthBookNamespace(value, namespace string, r GrowthBookRange) bool {
	h := fnv32(fnv32(fnv32(fnvOffset32, value), "__"), namespace)
	return r.Has(float64(h%1000) / 1000)
}

const (
	fnvOffset32 = 2166136261
	fnvPrime32  = 16777619
)

// fnv32 continues the 32-bit FNV-1a over a text.
func fnv32[T string | []byte](h uint32, s T) uint32 {
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * fnvPrime32
	}
	return h
}
