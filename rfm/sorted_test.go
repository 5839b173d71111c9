package rfm

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
)

// Property: idOrder lists each index once, in the order of the IDs.
func TestIDOrder(t *testing.T) {
	t.Run("int64", func(t *testing.T) { checkIDOrder(t, rapid.Int64()) })
	t.Run("int8", func(t *testing.T) { checkIDOrder(t, rapid.Int8()) })
	t.Run("uint32", func(t *testing.T) { checkIDOrder(t, rapid.Uint32Range(1<<31, 1<<31+5000)) })
	t.Run("string", func(t *testing.T) { checkIDOrder(t, rapid.StringMatching("customer-[0-9]{1,12}|[a-z]*")) })
	t.Run("common prefix", func(t *testing.T) { checkIDOrder(t, rapid.StringMatching("customer-[0-9]{0,12}")) })
	t.Run("uuid", func(t *testing.T) {
		checkIDOrder(t, rapid.Custom(func(t *rapid.T) (id [16]byte) {
			copy(id[rapid.IntRange(0, 15).Draw(t, "at"):], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "bytes"))
			return id
		}))
	})
}

func checkIDOrder[K regulars.ID](t *testing.T, draw *rapid.Generator[K]) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SliceOf(draw).Draw(t, "ids")
		ids := few
		if rapid.IntRange(0, 9).Draw(t, "size") == 0 && len(few) > 0 { // enough for sorting by digits
			ids = nil
			for range 1 + digits/len(few) {
				ids = append(ids, few...)
			}
		}
		order := idOrder(ids)
		if !slices.IsSortedFunc(order, func(i, j uint32) int { return regulars.Compare(ids[i], ids[j]) }) {
			t.Fatalf("%v in the order %v", ids, order)
		}
		slices.Sort(order)
		for i, index := range order {
			if uint32(i) != index {
				t.Fatalf("index %d is missing", i)
			}
		}
		if len(order) != len(ids) {
			t.Fatalf("%d of %d indexes", len(order), len(ids))
		}
	})
}
