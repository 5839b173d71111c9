package stats

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func addends() *rapid.Generator[[]float64] {
	return rapid.SliceOf(rapid.OneOf(
		rapid.Float64Range(-1e6, 1e6),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 5e-324, -5e-324, 1e-310, 0.1, 1e16, -1e16, math.MaxFloat64, -math.MaxFloat64, 1, -1, 1 << 52}),
		rapid.Float64(),
	).Filter(func(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }))
}

func sumOf(xs []float64) (s Sum) {
	for _, x := range xs {
		s.Add(x)
	}
	return s
}

// Property: a sum is that of fractions, rounded once.
func TestSumAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := addends().Draw(t, "xs")
		exact := new(big.Rat)
		for _, x := range xs {
			exact.Add(exact, new(big.Rat).SetFloat64(x))
		}
		want, _ := exact.Float64()
		if got := sumOf(xs).Float64(); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// Property: neither order nor grouping changes a sum, and taken apart it can be
// put together.
func TestSumInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := addends().Draw(t, "xs")
		whole := sumOf(xs)
		whole.settle()
		mixed := rapid.Permutation(xs).Draw(t, "mixed")
		cut := rapid.IntRange(0, len(xs)).Draw(t, "cut")
		parts := sumOf(mixed[:cut])
		parts.Merge(sumOf(mixed[cut:]))
		parts.settle()
		if parts.chunks != whole.chunks {
			t.Fatalf("%v in parts, %v in one", parts.Float64(), whole.Float64())
		}
		if again, ok := FromUnits(whole.Units()); !ok || again.chunks != whole.chunks {
			t.Fatalf("%v put together is %v, %v", whole.Float64(), again.Float64(), ok)
		}
	})
}

func TestSumSettles(t *testing.T) {
	s, one := Sum{loads: maxLoads - 2}, Sum{}
	one.Add(math.MaxFloat64)
	for range 5 {
		s.Add(math.MaxFloat64)
		s.Merge(one)
	}
	for range 9 {
		s.Add(-math.MaxFloat64)
	}
	if got := s.Float64(); got != math.MaxFloat64 {
		t.Errorf("got %v", got)
	}
	s.Add(math.MaxFloat64)
	if got := s.Float64(); !math.IsInf(got, 1) {
		t.Errorf("got %v", got)
	}
}

func TestSumFromOtherUnits(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 4000)
	for _, test := range []struct {
		n        *big.Int
		exponent int
	}{
		{big.NewInt(0), 1},
		{big.NewInt(2), 0},
		{big.NewInt(1), -1075},
		{big.NewInt(1), math.MaxInt - 2000},
		{huge.Add(huge, big.NewInt(1)), 0},
	} {
		if s, ok := FromUnits(test.n, test.exponent); ok {
			t.Errorf("%v·2^%d is %v", test.n, test.exponent, s.Float64())
		}
	}
}

// Property: a covariance is that of fractions, to the last digit, however far
// the values are from 0.
func TestCovarianceAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		far := rapid.SampledFrom([]float64{0, 1e6, -1e12}).Draw(t, "far")
		xs := rapid.SliceOfN(rapid.Float64Range(-10, 10), 2, 20).Draw(t, "xs")
		var x, y, xy Sum
		n := int64(len(xs))
		sx, sy, sxy := new(big.Rat), new(big.Rat), new(big.Rat)
		for i, v := range xs {
			if math.Abs(v) < 1e-100 {
				v = 0 // so that products are exact
			}
			v += far
			w := float64(i) * v / 3
			x.Add(v)
			y.Add(w)
			xy.AddProduct(v, w)
			rv, rw := new(big.Rat).SetFloat64(v), new(big.Rat).SetFloat64(w)
			sx.Add(sx, rv)
			sy.Add(sy, rw)
			sxy.Add(sxy, rv.Mul(rv, rw))
		}
		size := new(big.Rat).SetInt64(n)
		sxy.Sub(sxy, new(big.Rat).Quo(new(big.Rat).Mul(sx, sy), size))
		want, _ := sxy.Quo(sxy, new(big.Rat).SetInt64(n-1)).Float64()
		got, ok := Covariance(n, x, y, xy)
		if !ok || got != want {
			t.Fatalf("%v, %v, want %v", got, ok, want)
		}
		wantMean, _ := sx.Quo(sx, size).Float64()
		if mean, ok := Mean(n, x); !ok || mean != wantMean {
			t.Fatalf("mean %v, %v, want %v", mean, ok, wantMean)
		}
	})
}

func TestMeanOfNothing(t *testing.T) {
	if _, ok := Mean(0, Sum{}); ok {
		t.Error("a mean of nothing")
	}
	if _, ok := Covariance(1, Sum{}, Sum{}, Sum{}); ok {
		t.Error("a variance of one")
	}
}

func BenchmarkSumAdd(b *testing.B) {
	var s Sum
	b.ReportAllocs()
	for b.Loop() {
		s.Add(11.77)
	}
}
