package portrait

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func FuzzColumns(f *testing.F) {
	schema := people(f).schema
	f.Add([]byte(`[{"attribute": "age", "cuts": [18, 30]}, {"attribute": "phone", "pii": true}]`))
	f.Add([]byte(`[{"attribute": "joined", "cuts": ["2026-01-01"]}, {"attribute": "income", "cuts": [0.5, 1e3]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		columns, err := ParseColumns(data)
		if err != nil {
			return
		}
		layout, err := NewLayout(schema, columns)
		if err != nil {
			return
		}
		tally := &Tally{Layout: layout}
		for _, side := range []Side{Target, Rest} {
			if err := tally.Add(profile(t, schema, nil), side); err != nil {
				t.Fatal(err)
			}
		}
		if b := boardOf(t, tally, open); len(b.Facets) != len(columns) {
			t.Fatalf("%d facets of %d columns", len(b.Facets), len(columns))
		}
	})
}

// Property: how strongly an attribute goes with being in the target depends
// neither on the order of its values nor on which of the two groups is the
// target.
func TestStrengthIsSymmetric(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := []string{"a", "b", "c", "d"}
		counts := rapid.SliceOfN(rapid.Int64Range(0, 30), 4, 4)
		target, rest := counts.Draw(rt, "target"), counts.Draw(rt, "rest")
		if slices.Max(target) == 0 || slices.Max(rest) == 0 {
			return
		}
		order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(rt, "order")
		pick := func(from []int64) (to []int64) {
			for _, i := range order {
				to = append(to, from[i])
			}
			return to
		}
		one := boardOf(t, tabled(t, values, target, rest), open).Facets[0].Association
		for _, other := range []*Association{
			boardOf(t, tabled(t, values, rest, target), open).Facets[0].Association,
			boardOf(t, tabled(t, values, pick(target), pick(rest)), open).Facets[0].Association,
		} {
			if (one == nil) != (other == nil) {
				rt.Fatalf("%+v and %+v", one, other)
			}
			if one != nil && (math.Abs(one.V-other.V) > 1e-12 || math.Abs(one.ChiSquare-other.ChiSquare) > 1e-9*(1+one.ChiSquare) || one.DF != other.DF) {
				rt.Fatalf("%+v and %+v", one, other)
			}
		}
	})
}
