package shop

import (
	"math"
	"testing"
)

// The exponential distribution has mean 1 and variance 1, and exceeds x with
// probability e^-x.
func TestExponential(t *testing.T) {
	const draws = 200_000
	rng := stream(1, "test", 0)
	var sum, squares float64
	above := map[float64]int{0.5: 0, 1: 0, 2: 0, 4: 0}
	for range draws {
		x := float64(exponential(rng)) / float64(one)
		sum += x
		squares += x * x
		for bound := range above {
			if x > bound {
				above[bound]++
			}
		}
	}
	// Five standard errors: of the mean 1/√n, of the second moment √20/√n.
	if mean := sum / draws; math.Abs(mean-1) > 5/math.Sqrt(draws) {
		t.Errorf("mean %v", mean)
	}
	if moment := squares / draws; math.Abs(moment-2) > 5*math.Sqrt(20.0/draws) {
		t.Errorf("second moment %v", moment)
	}
	for bound, n := range above {
		want := math.Exp(-bound)
		if got := float64(n) / draws; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/draws) {
			t.Errorf("above %v: %v, want %v", bound, got, want)
		}
	}
}

// Streams differ by seed, purpose and customer, each by itself.
func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, purpose := range []string{"life", "habits", "purchases", "baskets", ""} {
		for seed := range uint64(20) {
			for customer := range 50 {
				first := stream(seed, purpose, customer).Uint64()
				if other, taken := seen[first]; taken {
					t.Fatalf("%s of customer %d, seed %d, begins as %s", purpose, customer, seed, other)
				}
				seen[first] = purpose
			}
		}
	}
}

func TestPickByWeight(t *testing.T) {
	rng := stream(1, "test", 0)
	among := []weighted[string]{{"never", 0}, {"one", 1}, {"three", 3}}
	counts := map[string]int{}
	for range 40_000 {
		counts[pick(rng, among)]++
	}
	// Three in four, within five standard errors of 87.
	if counts["never"] != 0 || math.Abs(float64(counts["three"])-30_000) > 5*87 {
		t.Errorf("%v", counts)
	}
}
