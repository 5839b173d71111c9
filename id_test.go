package regulars_test

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
)

type (
	email   string
	account int64
	shard   uint8
	uuid    [16]byte
)

// Property: Compare is the order of the kind itself, for each kind of ID and
// for types named after it.
func TestCompare(t *testing.T) {
	t.Run("string", order(rapid.String(), cmp.Compare[string]))
	t.Run("email", order(rapid.Map(texts(), func(s string) email { return email(s) }), cmp.Compare[email]))
	t.Run("int", order(rapid.Int(), cmp.Compare[int]))
	t.Run("int8", order(rapid.Int8(), cmp.Compare[int8]))
	t.Run("int16", order(rapid.Int16(), cmp.Compare[int16]))
	t.Run("int32", order(rapid.Int32(), cmp.Compare[int32]))
	t.Run("int64", order(rapid.Int64(), cmp.Compare[int64]))
	t.Run("account", order(rapid.Map(rapid.Int64(), func(n int64) account { return account(n) }), cmp.Compare[account]))
	t.Run("uint", order(rapid.OneOf(rapid.Uint(), rapid.UintMin(math.MaxUint/2)), cmp.Compare[uint]))
	t.Run("uint8", order(rapid.Uint8(), cmp.Compare[uint8]))
	t.Run("shard", order(rapid.Map(rapid.Uint8(), func(n uint8) shard { return shard(n) }), cmp.Compare[shard]))
	t.Run("uint16", order(rapid.OneOf(rapid.Uint16(), rapid.Uint16Min(math.MaxUint16/2)), cmp.Compare[uint16]))
	t.Run("uint32", order(rapid.OneOf(rapid.Uint32(), rapid.Uint32Min(math.MaxUint32/2)), cmp.Compare[uint32]))
	t.Run("uint64", order(rapid.OneOf(rapid.Uint64(), rapid.Uint64Min(math.MaxUint64/2)), cmp.Compare[uint64]))
	t.Run("[16]byte", order(arrays(), func(a, b [16]byte) int { return bigEndian(a).Cmp(bigEndian(b)) }))
	t.Run("uuid", order(rapid.Map(arrays(), func(a [16]byte) uuid { return a }), func(a, b uuid) int { return bigEndian(a).Cmp(bigEndian(b)) }))
}

func order[K regulars.ID](ids *rapid.Generator[K], naive func(a, b K) int) func(*testing.T) {
	return rapid.MakeCheck(func(t *rapid.T) {
		a, b := ids.Draw(t, "a"), ids.Draw(t, "b")
		if rapid.Bool().Draw(t, "same") {
			b = a
		}
		if got, want := sign(regulars.Compare(a, b)), sign(naive(a, b)); got != want {
			t.Fatalf("Compare(%v, %v) has sign %d, want %d", a, b, got, want)
		}
	})
}

// texts draws short strings of few letters, so that prefixes are met, and some
// that are not UTF-8.
func texts() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 'a', 'b', 0x7f, 0x80, 0xff}), 0, 4), func(b []byte) string { return string(b) })
}

// arrays draws arrays that often have a long common beginning.
func arrays() *rapid.Generator[[16]byte] {
	return rapid.Custom(func(t *rapid.T) (a [16]byte) {
		for i := rapid.IntRange(0, 15).Draw(t, "from"); i < len(a); i++ {
			a[i] = rapid.Byte().Draw(t, "byte")
		}
		return a
	})
}

func bigEndian(a [16]byte) *big.Int { return new(big.Int).SetBytes(a[:]) }

func sign(n int) int { return cmp.Compare(n, 0) }

func TestCompareAllocates(t *testing.T) {
	ids := []uuid{{15: 1}, {0: 1}}
	if n := testing.AllocsPerRun(100, func() { slices.SortFunc(ids, regulars.Compare) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCompare(b *testing.B) {
	b.Run("string", func(b *testing.B) {
		x, y := "customer-0001", "customer-0002"
		b.ReportAllocs()
		for b.Loop() {
			regulars.Compare(x, y)
		}
	})
	b.Run("int64", func(b *testing.B) {
		x, y := int64(1), int64(2)
		b.ReportAllocs()
		for b.Loop() {
			regulars.Compare(x, y)
		}
	})
	b.Run("uuid", func(b *testing.B) {
		x, y := uuid{15: 1}, uuid{15: 2}
		b.ReportAllocs()
		for b.Loop() {
			regulars.Compare(x, y)
		}
	})
}
