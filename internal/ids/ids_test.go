package ids_test

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/ids"
)

type (
	member string
	uuid   [16]byte
	number int16
)

func TestIsEmpty(t *testing.T) {
	tests := []struct {
		name      string
		got, want bool
	}{
		{"empty text", ids.IsEmpty(""), true},
		{"empty text of a type of its own", ids.IsEmpty(member("")), true},
		{"text", ids.IsEmpty(" "), false},
		{"zero", ids.IsEmpty(0), false},
		{"UUID of zeros", ids.IsEmpty(uuid{}), false},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, tt.got, tt.want)
		}
	}
}

// Property: the halves of hashes are those of each hash.
func TestLow32(t *testing.T) {
	t.Run("text", rapid.MakeCheck(func(t *rapid.T) { checkLow32(t, rapid.String()) }))
	t.Run("UUID", rapid.MakeCheck(func(t *rapid.T) {
		checkLow32(t, rapid.Custom(func(t *rapid.T) (id uuid) {
			copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
			return id
		}))
	}))
	t.Run("int8", rapid.MakeCheck(func(t *rapid.T) { checkLow32(t, rapid.Int8()) }))
	t.Run("number", rapid.MakeCheck(func(t *rapid.T) {
		checkLow32(t, rapid.Map(rapid.Int16(), func(n int16) number { return number(n) }))
	}))
	t.Run("uint32", rapid.MakeCheck(func(t *rapid.T) { checkLow32(t, rapid.Uint32()) }))
	t.Run("int64", rapid.MakeCheck(func(t *rapid.T) { checkLow32(t, rapid.Int64()) }))
}

func checkLow32[K regulars.ID](t *rapid.T, any *rapid.Generator[K]) {
	all := rapid.SliceOfN(any, 0, 20).Draw(t, "ids")
	halves := make([]uint32, len(all))
	hash := ids.NewHasher[K]()
	hash.Low32(all, halves)
	for i, id := range all {
		if again := ids.NewHasher[K](); again.Of(id) != hash.Of(id) || uint32(hash.Of(id)) != halves[i] {
			t.Fatalf("%v: %x, %x and half %x", id, hash.Of(id), again.Of(id), halves[i])
		}
	}
}

// Integers that follow each other, the usual IDs, fall evenly on 256 pages by
// the upper bits and on 256 slots by the lower ones: of 65,536 each gets 256,
// give or take 16 (a standard deviation of a binomial).
func TestSpread(t *testing.T) {
	hash := ids.NewHasher[uint64]()
	var pages, slots [256]int
	for id := range uint64(1 << 16) {
		h := hash.Of(id)
		pages[h>>56]++
		slots[h&255]++
	}
	for i := range pages {
		if min(pages[i], slots[i]) < 128 || max(pages[i], slots[i]) > 384 { // eight of these
			t.Errorf("%d: %d on the page, %d in the slot", i, pages[i], slots[i])
		}
	}
	if n := bits.OnesCount64(hash.Of(1) ^ hash.Of(2)); n < 8 || n > 56 {
		t.Errorf("neighbours differ in %d of 64 bits", n)
	}
}

func TestBits(t *testing.T) {
	a, b, c := int8(-1), uint32(7), int64(-2)
	if x, y, z := ids.Bits(&a), ids.Bits(&b), ids.Bits(&c); x != 255 || y != 7 || z != 1<<64-2 {
		t.Errorf("%d, %d, %d", x, y, z)
	}
}
