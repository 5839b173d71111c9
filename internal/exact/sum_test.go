package exact_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/exact"
)

// amounts draws what passes Check, with a taste for the edges of 64 and 128
// bits.
func amounts() *rapid.Generator[decimal.Decimal] {
	return rapid.Custom(func(t *rapid.T) decimal.Decimal {
		units := big.NewInt(rapid.OneOf(
			rapid.Int64Range(-10_000, 10_000),
			rapid.Int64(),
			rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, 999_999_999_999_999_999}),
		).Draw(t, "units"))
		if rapid.IntRange(0, 3).Draw(t, "size") == 0 {
			units.Mul(units, big.NewInt(rapid.Int64Range(1, 1e17).Draw(t, "times")))
		}
		return decimal.NewFromBigInt(units, rapid.Int32Range(-exact.MaxPlaces, exact.MaxPlaces).Draw(t, "exponent"))
	}).Filter(func(d decimal.Decimal) bool { return exact.Check(d) == nil })
}

func sumOf(ds []decimal.Decimal) exact.Sum {
	var s exact.Sum
	for _, d := range ds {
		s.Add(d)
	}
	return s
}

// Property: a sum is what decimal's own addition gives, and has the places of
// the addend that has most.
func TestSumAgainstDecimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := rapid.SliceOf(amounts()).Draw(t, "amounts")
		want, places := decimal.Zero, int32(0)
		for _, d := range ds {
			want = want.Add(d)
			places = max(places, -d.Exponent())
		}
		s := sumOf(ds)
		if got := s.Decimal(); !got.Equal(want) || got.Exponent() != -places || s.Sign() != want.Sign() {
			t.Fatalf("sum of %v = %v with exponent %d, sign %d, want %v with %d", ds, got, got.Exponent(), s.Sign(), want, -places)
		}
		units, places2, ok := s.Int64()
		if want := want.Shift(places); ok != want.BigInt().IsInt64() || ok && (!decimal.New(units, 0).Equal(want) || places2 != int(places)) {
			t.Fatalf("Int64 of %v = %d in %d places, %t", want, units, places2, ok)
		}
	})
}

// Property: neither order nor grouping changes a sum, to the last digit of its
// text, and one that is taken apart can be put together.
func TestSumInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ds := rapid.SliceOf(amounts()).Draw(t, "amounts")
		cut := rapid.IntRange(0, len(ds)).Draw(t, "cut")
		whole := sumOf(ds)
		shuffled := rapid.Permutation(ds).Draw(t, "shuffled")
		left, right := sumOf(shuffled[:cut]), sumOf(shuffled[cut:])
		before := left.Decimal()
		joined := left
		joined.Merge(right)
		if joined.Decimal().StringFixed(18) != whole.Decimal().StringFixed(18) || joined.Decimal().Exponent() != whole.Decimal().Exponent() {
			t.Fatalf("%v in parts is %v", whole.Decimal(), joined.Decimal())
		}
		if again := exact.FromUnits(whole.Units()); !again.Decimal().Equal(whole.Decimal()) || again.Decimal().Exponent() != whole.Decimal().Exponent() {
			t.Fatalf("%v put together is %v", whole.Decimal(), again.Decimal())
		}
		if !left.Decimal().Equal(before) {
			t.Fatalf("merging changed what was copied: %v to %v", before, left.Decimal())
		}
	})
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		d    decimal.Decimal
		ok   bool
	}{
		{"zero", decimal.Zero, true},
		{"cents", decimal.New(1177, -2), true},
		{"18 places", decimal.New(1, -18), true},
		{"19 places", decimal.New(1, -19), false},
		{"18 zeros", decimal.New(1, 18), true},
		{"hostile exponent", decimal.New(1, math.MaxInt32), false},
		{"hostile small exponent", decimal.New(1, math.MinInt32), false},
		{"36 digits", decimal.RequireFromString("123456789012345678901234567890123456"), true},
		{"37 digits", decimal.RequireFromString("1234567890123456789012345678901234567"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := exact.Check(tt.d); (err == nil) != tt.ok {
				t.Errorf("Check = %v, want ok %t", err, tt.ok)
			}
		})
	}
}

func TestPlusAndScaleAtTheEdges(t *testing.T) {
	if sum, ok := exact.Plus(math.MaxInt64, -1); !ok || sum != math.MaxInt64-1 {
		t.Errorf("MaxInt64 - 1 = %d, %t", sum, ok)
	}
	if sum, ok := exact.Plus(5, 0); !ok || sum != 5 {
		t.Errorf("5 + 0 = %d, %t", sum, ok)
	}
	if _, ok := exact.Plus(math.MaxInt64, 1); ok {
		t.Error("MaxInt64 + 1 fits")
	}
	if _, ok := exact.Plus(math.MinInt64, -1); ok {
		t.Error("MinInt64 - 1 fits")
	}
	if n, ok := exact.Scale(-92, 17); !ok || n != -9_200_000_000_000_000_000 {
		t.Errorf("-92e17 = %d, %t", n, ok)
	}
	if _, ok := exact.Scale(93, 17); ok {
		t.Error("93e17 fits")
	}
}

func BenchmarkSumAdd(b *testing.B) {
	d := decimal.New(1177, -2)
	var s exact.Sum
	b.ReportAllocs()
	for b.Loop() {
		s.Add(d)
	}
}
