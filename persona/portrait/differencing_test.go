package portrait

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func TestDifferencing(t *testing.T) {
	values := []string{"a", "b", "c", "d"}
	board := func(target, rest []int64) Board {
		t.Helper()
		return boardOf(t, tabled(t, values, target, rest), Policy{})
	}
	first := board([]int64{50, 40, 30, 20}, []int64{50, 60, 70, 70})
	tests := []struct {
		name  string
		other Board
		want  []Leak
	}{
		{"itself", first, nil},
		{"five more of one", board([]int64{55, 40, 30, 20}, []int64{45, 60, 70, 70}), nil},
		{
			"two more of one", board([]int64{52, 40, 30, 20}, []int64{48, 60, 70, 70}),
			[]Leak{
				{Of: "target", Profiles: 2},
				{Of: "rest", Profiles: 2},
				{Attribute: "value", Of: "target", Profiles: 2},
				{Attribute: "value", Of: "rest", Profiles: 2},
				{Attribute: "value", Value: "a", Of: "target", Profiles: 2},
				{Attribute: "value", Value: "a", Of: "rest", Profiles: 2},
			},
		},
		{
			"one for one", board([]int64{51, 39, 30, 20}, []int64{49, 61, 70, 70}),
			[]Leak{
				{Attribute: "value", Value: "a", Of: "target", Profiles: 1},
				{Attribute: "value", Value: "a", Of: "rest", Profiles: 1},
				{Attribute: "value", Value: "b", Of: "target", Profiles: 1},
				{Attribute: "value", Value: "b", Of: "rest", Profiles: 1},
			},
		},
		{ // c and d are hidden: 4 of 100 and 44 of 90, where first shows 30 and 20
			"within what one hides", board([]int64{50, 40, 4, 44}, []int64{50, 60, 96, 46}),
			[]Leak{
				{Of: "target", Profiles: 2},
				{Of: "rest", Profiles: 2},
				{Attribute: "value", Of: "target", Profiles: 2},
				{Attribute: "value", Of: "rest", Profiles: 2},
				{Attribute: "value", Others: true, Of: "target", Profiles: 2},
				{Attribute: "value", Others: true, Of: "rest", Profiles: 2},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Differencing(first, tt.other)); diff != "" {
				t.Errorf("leaks (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.want, Differencing(tt.other, first)); diff != "" {
				t.Errorf("leaks, the other way round (-want +got):\n%s", diff)
			}
		})
	}
}

// Property: where one group includes another and nothing leaks, those by whom
// they differ are none or as many as may be shown, in every value that both
// boards show.
func TestNoLeakOfNestedGroups(t *testing.T) {
	s := newSchema(t, persona.Attribute{Name: "city", Kind: persona.KindEnum, Values: []string{"a", "b", "c"}})
	l := newLayout(t, s, Column{Attribute: "city"})
	var profiles []persona.Profile
	for _, city := range []string{"a", "b", "c"} {
		profiles = append(profiles, profile(t, s, map[string]persona.Value{"city": persona.Text(city)}))
	}
	rapid.Check(t, func(rt *rapid.T) {
		small, large := &Tally{Layout: l}, &Tally{Layout: l}
		between := map[string]int64{} // in the large group, but not in the small one
		for i, p := range profiles {
			for _, part := range []struct {
				inSmall, inLarge Side
				most             int
			}{{Target, Target, 20}, {Rest, Target, 8}, {Rest, Rest, 20}} {
				for range rapid.IntRange(0, part.most).Draw(rt, "profiles") {
					if part.inSmall != part.inLarge {
						between[string(rune('a'+i))]++
					}
					if small.Add(p, part.inSmall) != nil || large.Add(p, part.inLarge) != nil {
						rt.Fatal("not added")
					}
				}
			}
		}
		a, errA := small.Board(Policy{Threshold: 3})
		b, errB := large.Board(Policy{Threshold: 3})
		if errA != nil || errB != nil {
			return
		}
		leaks := Differencing(a, b)
		if a.Facets[0].Withheld != "" || b.Facets[0].Withheld != "" {
			return
		}
		for i, v := range a.Facets[0].Values {
			if v.Cell == nil || b.Facets[0].Values[i].Cell == nil {
				continue
			}
			leaked := slices.ContainsFunc(leaks, func(l Leak) bool { return l.Value == v.Value && l.Of == "target" })
			if leaked != isSmall(between[v.Value], 3) {
				rt.Fatalf("%s: %d between, leaks %v", v.Value, between[v.Value], leaks)
			}
		}
	})
}
