package stats

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIndex7(t *testing.T) {
	tests := []struct {
		name        string
		count, k, n int
		index, rem  int
	}{
		{"one value", 1, 1, 5, 0, 0},
		{"least", 10, 0, 5, 0, 0},
		{"greatest", 10, 5, 5, 9, 0},
		{"between", 10, 1, 4, 2, 1}, // 1..10 at 0.25 is 3.25 by type 7
		{"a product that float64 puts below the integer", 978, 3, 5, 586, 1},
		{"586 exactly", 1466, 2, 5, 586, 0},
		{"more than 32 bits", math.MaxInt32, 99, 100, 2126008809, 54},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			index, rem := Index7(tt.count, tt.k, tt.n)
			if index != tt.index || rem != tt.rem {
				t.Errorf("Index7(%d, %d, %d) = %d rem %d, want %d rem %d", tt.count, tt.k, tt.n, index, rem, tt.index, tt.rem)
			}
		})
	}
}

// Property: index + rem/n is (count-1)k/n exactly.
func TestIndex7IsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.IntRange(1, math.MaxInt32).Draw(t, "count")
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		index, rem := Index7(count, k, n)
		got := new(big.Rat).Add(new(big.Rat).SetInt64(int64(index)), big.NewRat(int64(rem), int64(n)))
		want := new(big.Rat).Mul(new(big.Rat).SetInt64(int64(count-1)), big.NewRat(int64(k), int64(n)))
		if got.Cmp(want) != 0 || rem >= n {
			t.Fatalf("Index7(%d, %d, %d) = %d rem %d", count, k, n, index, rem)
		}
	})
}

// Property: order statistics are what sorting gives, and the input stays as it
// was.
func TestOrderStatisticsAgainstSorting(t *testing.T) {
	for name, draw := range map[string]*rapid.Generator[int64]{
		"few distinct": rapid.Int64Range(-3, 3),
		"days":         rapid.Int64Range(0, 2000),
		"wide":         rapid.Int64(),
		"skewed": rapid.Custom(func(t *rapid.T) int64 {
			return int64(math.Exp(rapid.Float64Range(0, 40).Draw(t, "log")))
		}),
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			values := rapid.SliceOfN(draw, 1, 300).Draw(t, "values")
			ranks := rapid.SliceOfN(rapid.IntRange(0, len(values)-1), 0, 8).Draw(t, "ranks")
			slices.Sort(ranks)
			sorted, before := slices.Sorted(slices.Values(values)), slices.Clone(values)
			want := make([]int64, 0, len(ranks))
			for _, r := range ranks {
				want = append(want, sorted[r])
			}
			if diff := cmp.Diff(want, OrderStatistics(values, ranks)); diff != "" {
				t.Fatalf("ranks %v of %v (-want +got):\n%s", ranks, values, diff)
			}
			if !slices.Equal(before, values) {
				t.Fatal("input changed")
			}
		}))
	}
}

// Every rank of values that are spread over far more than the stretches.
func TestOrderStatisticsOfManyRanks(t *testing.T) {
	values := make([]int64, 100_000)
	ranks := make([]int, len(values))
	for i := range values {
		values[i] = int64(uint64(i) * 0x9e3779b97f4a7c15)
		ranks[i] = i
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(values)), OrderStatistics(values, ranks)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrderStatisticsOfNarrowTypes(t *testing.T) {
	values := make([]int8, 0, 256)
	for v := math.MaxInt8; v >= math.MinInt8; v-- {
		values = append(values, int8(v))
	}
	if diff := cmp.Diff([]int8{-128, -1, 0, 127}, OrderStatistics(values, []int{0, 127, 128, 255})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkOrderStatistics(b *testing.B) {
	values := make([]int64, 1_000_000)
	x := uint64(1)
	for i := range values {
		x = x*6364136223846793005 + 1442695040888963407
		values[i] = int64(math.Exp(float64(x>>40) / (1 << 24) * 17)) // cents, 1 to 24 million
	}
	b.ReportAllocs()
	for b.Loop() {
		OrderStatistics(values, []int{199_999, 200_000, 399_999, 400_000, 599_999, 600_000, 799_999, 800_000})
	}
	b.ReportMetric(float64(len(values))*float64(b.N)/b.Elapsed().Seconds(), "values/s")
}
