package shop

import "math/rand/v2"

// stream returns the random numbers of one customer for one purpose. They
// depend on nothing else, so that another purpose can't shift them.
func stream(seed uint64, purpose string, customer int) *rand.Rand {
	hash := uint64(14695981039346656037) // FNV-1a
	for _, c := range []byte(purpose) {
		hash = (hash ^ uint64(c)) * 1099511628211
	}
	first := scramble(seed ^ scramble(hash))
	return rand.New(rand.NewPCG(first, scramble(first^uint64(customer))))
}

// scramble is the finishing step of SplitMix64 (Steele, Lea and Flood 2014):
// each bit of the result depends on each bit of x.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fixed is a number in units of 2^-32. Floating point would do as well, if it
// gave the same bits wherever multiplications and additions are fused.
type fixed uint64

const (
	one       fixed = 1 << 32
	maxFactor       = 60 // no variate above it; the odds of one are 1 in 10^26
)

// exponential draws from the exponential distribution of mean 1 by comparisons
// only (von Neumann 1951): of runs of falling uniform numbers, those of odd
// length begin with a number x < 1 with density e^-x; each that does not adds 1.
func exponential(rng *rand.Rand) fixed {
	for whole := range fixed(maxFactor) {
		first := fixed(rng.Uint32())
		odd, last := true, first
		for {
			next := fixed(rng.Uint32())
			if next >= last {
				break
			}
			odd, last = !odd, next
		}
		if odd {
			return whole*one + first
		}
	}
	return maxFactor * one
}

// chance is true in n of 1,000 cases.
func chance(rng *rand.Rand, n int) bool { return rng.IntN(1000) < n }

// between draws a whole number from low to high, both included.
func between(rng *rand.Rand, low, high int) int { return low + rng.IntN(high-low+1) }

// weighted is a value with a weight.
type weighted[T any] struct {
	value  T
	weight int
}

func pick[T any](rng *rand.Rand, among []weighted[T]) T {
	total := 0
	for _, w := range among {
		total += w.weight
	}
	left := rng.IntN(total)
	for _, w := range among {
		if left -= w.weight; left < 0 {
			return w.value
		}
	}
	return among[len(among)-1].value // not reached: left was below the sum
}
