package stats

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exactFisher is the definition in fractions.
func exactFisher(a, b Proportion) (two, mid, less, greater float64) {
	hits := a.Hits + b.Hits
	total := new(big.Int).Binomial(a.Of+b.Of, hits)
	weight := func(k int64) *big.Int {
		w := new(big.Int).Binomial(a.Of, k)
		return w.Mul(w, new(big.Int).Binomial(b.Of, hits-k))
	}
	seen := weight(a.Hits)
	sums := [4]*big.Int{new(big.Int), new(big.Int), new(big.Int), new(big.Int)}
	for k := max(0, hits-b.Of); k <= min(a.Of, hits); k++ {
		w := weight(k)
		if w.Cmp(seen) <= 0 {
			sums[0].Add(sums[0], w)
		}
		if w.Cmp(seen) < 0 {
			sums[3].Add(sums[3], w)
		}
		if k <= a.Hits {
			sums[1].Add(sums[1], w)
		}
		if k >= a.Hits {
			sums[2].Add(sums[2], w)
		}
	}
	share := func(n *big.Int) float64 {
		f, _ := new(big.Rat).SetFrac(n, total).Float64()
		return f
	}
	return share(sums[0]), (share(sums[0]) + share(sums[3])) / 2, share(sums[1]), share(sums[2])
}

func TestFisherAgainstFractions(t *testing.T) {
	// Property: the test is the sum of hypergeometric probabilities, to ten
	// digits of each tail however small, and doesn't care which side is first
	// or what counts as a hit.
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProportion(t, "a", 120), drawProportion(t, "b", 300)
		got, ok := Fisher(a, b)
		hits := a.Hits + b.Hits
		if ok != (a.Of > 0 && b.Of > 0 && hits > 0 && hits < a.Of+b.Of) {
			t.Fatalf("%v %v: %v", a, b, ok)
		}
		if !ok {
			return
		}
		two, mid, less, greater := exactFisher(a, b)
		want := FisherTest{two, mid, less, greater}
		for i, pair := range [][2]float64{
			{got.TwoSided, want.TwoSided},
			{got.MidP, want.MidP},
			{got.Less, want.Less},
			{got.Greater, want.Greater},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-10*pair[1] {
				t.Fatalf("part %d of %v %v: %+v, want %+v", i, a, b, got, want)
			}
		}
		swapped, _ := Fisher(b, a)
		turned, _ := Fisher(Proportion{a.Of - a.Hits, a.Of}, Proportion{b.Of - b.Hits, b.Of})
		for _, other := range []FisherTest{swapped, turned} {
			if math.Abs(other.TwoSided-got.TwoSided) > 1e-10*got.TwoSided || math.Abs(other.Less-got.Greater) > 1e-10*got.Greater {
				t.Fatalf("%+v, turned %+v", got, other)
			}
		}
	})
}

func TestFisherOfPublishedData(t *testing.T) {
	// Fisher (1935), the lady tasting tea: fisher.test of R prints 0.4857 and,
	// one-sided, 0.2429.
	tea, _ := Fisher(Proportion{3, 4}, Proportion{1, 4})
	printed(t, "tea", tea.TwoSided, 0.4857, 4)
	printed(t, "tea, one-sided", tea.Greater, 0.2429, 4)
	close(t, "tea, mid-p", tea.MidP, 2./70+16./70, 1e-12)
	// Fisher (1962), convictions of like-sex twins: 0.0005367 two-sided,
	// 0.0004652 one-sided.
	twins, _ := Fisher(Proportion{2, 17}, Proportion{10, 13})
	printed(t, "twins", twins.TwoSided, 0.0005367, 7)
	printed(t, "twins, one-sided", twins.Less, 0.0004652, 7)
}

func TestFisherOfLargeCounts(t *testing.T) {
	tests := []struct {
		a, b Proportion
	}{
		{Proportion{1_000_000, 10_000_000}, Proportion{1_001_000, 10_000_000}},
		{Proportion{500_000_000, 1_000_000_000}, Proportion{500_050_000, 1_000_000_000}},
		{Proportion{MaxTotal / 2, MaxTotal}, Proportion{MaxTotal/2 + 2_000_000, MaxTotal}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.a.Of), func(t *testing.T) {
			exact, ok := Fisher(test.a, test.b)
			_, p, _ := ZTest(test.a, test.b)
			if !ok || math.Abs(exact.MidP-p) > 2e-6*p {
				t.Errorf("mid-p %v, the z test says %v", exact.MidP, p)
			}
			if !(exact.TwoSided > exact.MidP) || math.Abs(exact.Less+exact.Greater-1) > exact.TwoSided {
				t.Errorf("%+v", exact)
			}
		})
	}
	if _, ok := Fisher(Proportion{1, MaxTotal + 1}, Proportion{1, 2}); ok {
		t.Error("beyond what is summed")
	}
	// So far out that nothing of the probability is left.
	far, ok := Fisher(Proportion{0, 10_000_000}, Proportion{10_000_000, 10_000_000})
	if !ok || far.TwoSided != 0 || far.Less != 0 || far.Greater != 1 {
		t.Errorf("%+v", far)
	}
}

func TestBinomialAgainstFractions(t *testing.T) {
	// Property: tails are sums of binomial probabilities, to ten digits however
	// small, and the two sides overlap in k alone.
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 150).Draw(t, "n")
		k := rapid.Int64Range(-2, n+2).Draw(t, "k")
		eighths := rapid.Int64Range(0, 8).Draw(t, "eighths")
		p := float64(eighths) / 8
		least, most := new(big.Int), new(big.Int)
		for i := range n + 1 {
			w := new(big.Int).Binomial(n, i)
			w.Mul(w, new(big.Int).Exp(big.NewInt(eighths), big.NewInt(i), nil))
			w.Mul(w, new(big.Int).Exp(big.NewInt(8-eighths), big.NewInt(n-i), nil))
			if i >= k {
				least.Add(least, w)
			}
			if i <= k {
				most.Add(most, w)
			}
		}
		total := new(big.Int).Lsh(big.NewInt(1), uint(3*n))
		wantLeast, _ := new(big.Rat).SetFrac(least, total).Float64()
		wantMost, _ := new(big.Rat).SetFrac(most, total).Float64()
		gotLeast, ok1 := BinomialAtLeast(k, n, p)
		gotMost, ok2 := BinomialAtMost(k, n, p)
		if !ok1 || !ok2 || math.Abs(gotLeast-wantLeast) > 1e-10*wantLeast || math.Abs(gotMost-wantMost) > 1e-10*wantMost {
			t.Fatalf("%v %v, want %v %v", gotLeast, gotMost, wantLeast, wantMost)
		}
	})
}

func TestBinomialOfLargeCounts(t *testing.T) {
	// By symmetry 1/2 and half of the middle one, 1/√(πn) (1 - 1/(4n) + …).
	got, _ := BinomialAtLeast(1_000_000, 2_000_000, 0.5)
	close(t, "the middle", got, 0.5+0.5/math.Sqrt(math.Pi*1e6)*(1-1/8e6), 1e-12)
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		if _, ok := BinomialAtLeast(1, 2, p); ok {
			t.Errorf("probability %v", p)
		}
		if _, ok := BinomialAtMost(1, 2, p); ok {
			t.Errorf("probability %v", p)
		}
	}
	if _, ok := BinomialAtLeast(1, -1, 0.5); ok {
		t.Error("less than no trials")
	}
}
