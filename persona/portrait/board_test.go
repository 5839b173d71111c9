package portrait

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona"
)

// open shows everything.
var open = Policy{Threshold: 1}

// eachCell calls f with every cell that a board shows.
func eachCell(b Board, f func(f Facet, v string, c Cell)) {
	for _, facet := range b.Facets {
		for _, v := range facet.Values {
			if v.Cell != nil {
				f(facet, v.Value, *v.Cell)
			}
		}
		if facet.Others != nil {
			f(facet, "others", *facet.Others)
		}
	}
}

// finite fails if any number that JSON would have is infinite or none.
func finite(t *rapid.T, b Board) {
	if _, err := json.Marshal(b); err != nil {
		t.Fatalf("%v", err) // encoding/json refuses NaN and Inf
	}
}

// Property: beside itself the base has a TGI of 100 in every value that somebody
// has, and none where nobody has it.
func TestBaseBesideItself(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		members := drawMembers(rt, t, l.schema, 1)
		for i := range members {
			members[i].side = Target
		}
		b := boardOf(t, tallyOf(t, l, members...), open)
		finite(rt, b)
		eachCell(b, func(f Facet, v string, c Cell) {
			if (c.TGI == nil) != (c.Base == 0) || c.TGI != nil && (c.TGI.Value != 100 || *c.Shrunk != 100) || c.Test != nil || c.VersusRest != nil {
				rt.Fatalf("%s=%s: %+v", f.Attribute, v, c)
			}
		})
	})
}

// Property: the base's shares times the TGIs of an attribute's values, of which
// each profile has one, come to 100; no TGI is above what the sizes allow;
// intervals hold their value; the shrunk TGI lies between the raw one and 100;
// V lies between its corrected form and 1.
func TestLaws(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		tally := tallyOf(t, l, drawMembers(rt, t, l.schema, 1)...)
		b, err := tally.Board(Policy{Threshold: 1, Empirical: rapid.Bool().Draw(rt, "empirical")})
		if errors.Is(err, ErrEmptyBase) || errors.Is(err, ErrEmptyTarget) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		finite(rt, b)
		sums := map[string]float64{}
		eachCell(b, func(f Facet, v string, c Cell) {
			if (c.TGI == nil) != (c.Base == 0 || f.Target.Known == 0) {
				rt.Fatalf("%s=%s: TGI is %v of %+v", f.Attribute, v, c.TGI, c)
			}
			if c.TGI == nil {
				return
			}
			sums[f.Attribute] += *c.BaseShare * c.TGI.Value
			ceiling := 100 * float64(f.Base.Known) / float64(max(f.Target.Known, c.Base))
			if c.TGI.Value > ceiling*(1+1e-12) || c.TGI.High > ceiling*(1+1e-12) || c.TGI.Low > c.TGI.Value || c.TGI.High < c.TGI.Value {
				rt.Fatalf("%s=%s: %+v, at most %v", f.Attribute, v, *c.TGI, ceiling)
			}
			low, high := min(100, c.TGI.Value)-1e-9, max(100, c.TGI.Value)+1e-9
			if *c.Shrunk < low || *c.Shrunk > high {
				rt.Fatalf("%s=%s: shrunk to %v from %v", f.Attribute, v, *c.Shrunk, c.TGI.Value)
			}
			if c.Test != nil && !(c.Test.Q >= c.Test.P && c.Test.Q <= 1) {
				rt.Fatalf("%s=%s: %+v", f.Attribute, v, *c.Test)
			}
		})
		for _, f := range b.Facets {
			if sum, ok := sums[f.Attribute]; ok && f.Kind != persona.KindList && math.Abs(sum-100) > 1e-9 {
				rt.Fatalf("%s: shares times TGI come to %v", f.Attribute, sum)
			}
			if a := f.Association; a != nil && (a.V < 0 || a.V > 1 || a.CorrectedV != nil && *a.CorrectedV > a.V+1e-12) {
				rt.Fatalf("%s: %+v", f.Attribute, a)
			}
			if n := f.Numbers; n != nil && n.Delta != nil && (*n.Delta < -1 || *n.Delta > 1 || n.KS.D < 0 || n.KS.D > 1 || n.KS.P < 0 || n.KS.P > 1) {
				rt.Fatalf("%s: %+v", f.Attribute, n)
			}
		}
	})
}

// Property: with all profiles c times, raw TGIs are the same, intervals are
// narrower, and shrunk TGIs nearer to the raw ones.
func TestScaling(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		members := drawMembers(rt, t, l.schema, 2)
		members[0].side, members[1].side = Target, Rest
		once, often := tallyOf(t, l, members...), tallyOf(t, l, members...)
		for range rapid.IntRange(1, 5).Draw(rt, "more") {
			if err := often.Merge(tallyOf(t, l, members...)); err != nil {
				rt.Fatal(err)
			}
		}
		big := boardOf(t, often, open)
		eachCell(boardOf(t, once, open), func(f Facet, v string, c Cell) {
			if c.TGI == nil {
				return
			}
			d := cell(t, facet(t, big, f.Attribute), v)
			if math.Abs(c.TGI.Value-d.TGI.Value) > 1e-9 || d.TGI.High-d.TGI.Low >= c.TGI.High-c.TGI.Low ||
				math.Abs(*d.Shrunk-d.TGI.Value) > math.Abs(*c.Shrunk-c.TGI.Value)+1e-9 {
				rt.Fatalf("%s=%s: %+v shrunk to %v became %+v shrunk to %v", f.Attribute, v, *c.TGI, *c.Shrunk, *d.TGI, *d.Shrunk)
			}
		})
	})
}

// Property: counts, coverage and shares are those of a count by hand.
func TestNaiveCounts(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		members := drawMembers(rt, t, l.schema, 2)
		members[0].side, members[1].side = Target, Rest
		b := boardOf(t, tallyOf(t, l, members...), open)
		city, _ := l.schema.Index("city")
		likes, _ := l.schema.Index("likes")
		age, _ := l.schema.Index("age")
		var known, tea, minors pair
		cities := map[string]pair{}
		for _, m := range members {
			if m.side == Outside {
				continue
			}
			if name := m.profile.Text(city); name != "" {
				known.inc(m.side)
				c := cities[name]
				c.inc(m.side)
				cities[name] = c
			}
			if slices.ContainsFunc(m.profile.Value(likes).Items(), persona.Text("tea").Equal) {
				tea.inc(m.side)
			}
			if m.profile.Has(age) && m.profile.Number(age) < 18 {
				minors.inc(m.side)
			}
		}
		f := facet(t, b, "city")
		if known.base() > 0 {
			if f.Target.Known != known.target || f.Base.Known != known.base() || f.Base.Of != b.Base || len(f.Values) != len(cities) {
				rt.Fatalf("coverage %+v %+v, want %v", f.Target, f.Base, known)
			}
			for _, v := range f.Values {
				if v.Cell.pair() != cities[v.Value] {
					rt.Fatalf("%s: %v, want %v", v.Value, v.Cell.pair(), cities[v.Value])
				}
			}
		}
		if f := facet(t, b, "likes"); f.Withheld == "" && cell(t, f, "tea").Base != tea.base() {
			rt.Fatalf("tea: %+v, want %v", cell(t, f, "tea"), tea)
		}
		if f := facet(t, b, "age"); f.Withheld == "" && cell(t, f, "below 18").Target != minors.target {
			rt.Fatalf("minors: %+v, want %v", cell(t, f, "below 18"), minors)
		}
	})
}

// Property: no cell that is shown is from 1 to the threshold less 1, on any side,
// and what is shown adds up; with rounding all counts are multiples.
func TestNothingSmallIsShown(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		tally := tallyOf(t, l, drawMembers(rt, t, l.schema, 10)...)
		k, step := rapid.IntRange(2, 5).Draw(rt, "threshold"), rapid.SampledFrom([]int{1, 3, 10}).Draw(rt, "round")
		b, err := tally.Board(Policy{Threshold: k, Round: step})
		if err != nil {
			return
		}
		finite(rt, b)
		eachCell(b, func(f Facet, v string, c Cell) {
			p := c.pair()
			if step == 1 && (isSmall(p.target, int64(k)) || isSmall(p.rest, int64(k)) || isSmall(p.base(), int64(k))) ||
				p.target%int64(step) != 0 || p.rest%int64(step) != 0 {
				rt.Fatalf("%s=%s: %+v with threshold %d, rounded to %d", f.Attribute, v, p, k, step)
			}
		})
		for _, f := range b.Facets {
			if f.Withheld != "" && (f.Values != nil || f.Others != nil || f.Association != nil || f.Numbers != nil || f.Strength != nil) {
				rt.Fatalf("%s is withheld and shown: %+v", f.Attribute, f)
			}
			sum, hidden := f.Others.pair(), false
			for _, v := range f.Values {
				hidden = hidden || v.Cell == nil
				sum.add(v.Cell.pair())
			}
			if hidden == (f.Others == nil) && f.Kind != persona.KindList {
				rt.Fatalf("%s: others are %v", f.Attribute, f.Others)
			}
			if f.Values != nil && step == 1 && f.Kind != persona.KindList && (sum.target != f.Target.Known || sum.base() != f.Base.Known) {
				rt.Fatalf("%s: values come to %v of %+v", f.Attribute, sum, f.Base)
			}
		}
	})
}

// Property: the board is a function of what it shows. Whoever has other hidden
// counts, but the same shown ones and sums, has the same facet in all.
func TestHiddenCountsChangeNothing(t *testing.T) {
	tests := []struct {
		name                   string
		target, rest           []int64
		otherTarget, otherRest []int64
	}{
		{"moved between hidden values", []int64{100, 50, 3, 7}, []int64{90, 80, 20, 30}, []int64{100, 50, 1, 9}, []int64{90, 80, 28, 22}},
		{"which is small", []int64{100, 50, 3, 7}, []int64{90, 80, 20, 30}, []int64{100, 50, 6, 4}, []int64{90, 80, 30, 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values := []string{"a", "b", "c", "d"}
			one := boardOf(t, tabled(t, values, tt.target, tt.rest), Policy{Empirical: true})
			other := boardOf(t, tabled(t, values, tt.otherTarget, tt.otherRest), Policy{Empirical: true})
			if one.Facets[0].Values[2].Cell != nil || one.Facets[0].Values[3].Cell != nil {
				t.Error("nothing is hidden")
			}
			if diff := cmp.Diff(one, other); diff != "" {
				t.Errorf("boards differ:\n%s", diff)
			}
		})
	}
}

func TestHide(t *testing.T) {
	tests := []struct {
		name   string
		values []pair
		list   bool
		want   string // h hidden, s shown; "" if nothing can be
	}{
		{"nothing small", []pair{{5, 5}, {10, 10}}, false, "ss"},
		{"zero is not small", []pair{{0, 5}, {10, 10}, {0, 0}}, false, "sss"},
		{"one small and the next smallest", []pair{{4, 50}, {60, 60}, {20, 30}}, false, "hsh"},
		{"small in the rest", []pair{{50, 4}, {60, 60}, {20, 30}}, false, "hsh"},
		{"until the whole has enough", []pair{{1, 50}, {2, 60}, {0, 70}, {30, 70}, {90, 90}}, false, "hhhhs"},
		{"ties together", []pair{{1, 50}, {9, 9}, {9, 9}, {50, 50}}, false, "hhhs"},
		{"two values", []pair{{4, 50}, {60, 60}}, false, ""},
		{"list: one more", []pair{{4, 50}, {60, 60}, {20, 30}, {30, 30}}, true, "hshs"},
		{"list: where a whole would need more", []pair{{1, 50}, {0, 60}, {60, 60}, {90, 90}}, true, "hhss"},
		{"list: two values", []pair{{4, 50}, {60, 60}}, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sum pair
			for _, v := range tt.values {
				sum.add(v)
			}
			hidden, ok := hide(tt.values, sum, 5, tt.list)
			got := ""
			for _, h := range hidden {
				got += map[bool]string{true: "h", false: "s"}[h]
			}
			if !ok {
				got = ""
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestBadInput(t *testing.T) {
	s := people(t).schema
	tests := []struct {
		name    string
		columns []Column
		want    string
	}{
		{"no columns", nil, "columns: 0 columns: want 1 to 500"},
		{"unknown attribute", []Column{{Attribute: "gendre"}}, `columns[0].attribute: "gendre" is not in the schema`},
		{"twice", []Column{{Attribute: "age"}, {Attribute: "age"}}, `columns[1].attribute: "age" is column 0 already`},
		{"personal data", []Column{{Attribute: "phone"}}, `columns[0].pii: "phone" is personal data: want the permission to show it`},
		{"bands of a text", []Column{{Attribute: "city", Cuts: []persona.Value{persona.Text("m")}}}, "columns[0].cuts: only numbers, dates and times have bands, not string"},
		{"date without bands", []Column{{Attribute: "joined"}}, "columns[0].cuts: missing: a date is shown in bands"},
		{"list of numbers", []Column{{Attribute: "scores"}}, `columns[0].attribute: "scores" is a list of numbers: want one of texts`},
		{"cuts that don't ascend", []Column{{Attribute: "age", Cuts: []persona.Value{persona.Int(2), persona.Int(2)}}}, "columns[0].cuts[1]: 2 is not above the cut before it"},
		{"null among cuts", []Column{{Attribute: "age", Cuts: []persona.Value{{}}}}, "columns[0].cuts[0]: want a value, not null"},
		{"too many cuts", []Column{{Attribute: "age", Cuts: make([]persona.Value, MaxCuts+1)}}, "columns[0].cuts: 1001 cuts: want at most 1000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewLayout(s, tt.columns)
			if faults, ok := errors.AsType[regulars.Faults](err); !ok || faults.Error() != tt.want {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	if _, err := NewLayout(s, []Column{{Attribute: "phone", PII: true}}); err != nil {
		t.Errorf("with permission: %v", err)
	}
	if _, err := NewLayout(s, []Column{{Attribute: "age", Cuts: []persona.Value{persona.Text("old")}}}); err == nil {
		t.Error("a text is a cut of numbers")
	}
}

func TestBadProfiles(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, nil)
	other := newSchema(t, persona.Attribute{Name: "x", Kind: persona.KindInt})
	alike := people(t).schema
	tally := tallyOf(t, l, member{p, Target})
	before, _ := tally.MarshalBinary()
	for name, err := range map[string]error{
		"zero profile":      tally.Add(persona.Profile{}, Target),
		"of another schema": tally.Add(profile(t, other, nil), Target),
		"no such side":      tally.Add(p, Target+1),
		"no layout":         (&Tally{}).Add(p, Target),
		"outside the base":  tally.AddAll(slices.Values([]persona.Profile{p}), func(persona.Profile) bool { return false }, func(persona.Profile) bool { return true }),
	} {
		if err == nil {
			t.Errorf("%s was added", name)
		}
	}
	if after, _ := tally.MarshalBinary(); !slices.Equal(before, after) {
		t.Error("what was refused changed the tally")
	}
	if err := tally.Add(profile(t, alike, nil), Rest); err != nil {
		t.Errorf("a schema that says the same: %v", err)
	}
	if err := tally.Add(p, Rest); err != nil || tally.Base() != 3 || tally.Target() != 1 {
		t.Errorf("%v, %d of %d", err, tally.Target(), tally.Base())
	}
	if _, err := SideOf(false, true); !errors.Is(err, ErrOutsideBase) {
		t.Errorf("in the target but not in the base: %v", err)
	}
	tally.Layout = newLayout(t, l.schema, Column{Attribute: "city"})
	if err := tally.Add(p, Rest); err == nil {
		t.Error("the layout changed")
	}
}

func TestRefusedBoards(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, nil)
	many := func(target, rest int) *Tally {
		return tallyOf(t, l, append(slices.Repeat([]member{{p, Target}}, target), slices.Repeat([]member{{p, Rest}}, rest)...)...)
	}
	if _, err := many(0, 0).Board(Policy{}); !errors.Is(err, ErrEmptyBase) {
		t.Errorf("empty base: %v", err)
	}
	if _, err := many(0, 9).Board(Policy{}); !errors.Is(err, ErrEmptyTarget) {
		t.Errorf("empty target: %v", err)
	}
	for _, few := range []struct {
		target, rest int
		what         string
	}{{4, 9, "the target"}, {9, 4, "the rest of the base"}} {
		_, err := many(few.target, few.rest).Board(Policy{})
		if tooFew, ok := errors.AsType[*TooFewError](err); !ok || tooFew.What != few.what {
			t.Errorf("%d and %d: %v", few.target, few.rest, err)
		}
	}
	b := boardOf(t, many(5, 5), Policy{})
	for _, f := range b.Facets {
		if f.Withheld != "not known of anybody" || f.Target.Of != 5 {
			t.Errorf("nobody has %s: %+v", f.Attribute, f)
		}
	}
	for _, bad := range []Policy{{Threshold: -1}, {Round: -1}, {Level: math.NaN()}, {Level: 1}, {Strength: math.Inf(1)}, {Strength: -1}, {Strength: math.NaN()}} {
		if _, err := many(5, 5).Board(bad); err == nil {
			t.Errorf("policy %+v", bad)
		}
	}
	if _, err := (&Tally{}).Board(Policy{}); err == nil {
		t.Error("a board without a layout")
	}
}

func TestWithheldFacets(t *testing.T) {
	l := people(t)
	female := map[string]persona.Value{"gender": persona.Text("female")}
	male := map[string]persona.Value{"gender": persona.Text("male")}
	known, other, unknown := profile(t, l.schema, female), profile(t, l.schema, male), profile(t, l.schema, nil)
	f := func(members ...[]member) Facet {
		return facet(t, boardOf(t, tallyOf(t, l, slices.Concat(members...)...), Policy{}), "gender")
	}
	few := f(slices.Repeat([]member{{known, Target}}, 4), slices.Repeat([]member{{unknown, Target}, {known, Rest}}, 9))
	if few.Withheld == "" || few.Target != nil || few.Base != nil {
		t.Errorf("known of 4 of the target: %+v", few)
	}
	fewOthers := f(slices.Repeat([]member{{known, Rest}}, 4), slices.Repeat([]member{{unknown, Rest}, {known, Target}}, 9))
	if fewOthers.Withheld == "" || fewOthers.Target != nil || fewOthers.Base != nil {
		t.Errorf("known of 4 of the rest: %+v", fewOthers)
	}
	two := f(slices.Repeat([]member{{known, Target}, {known, Rest}}, 9), []member{{other, Target}})
	if two.Withheld == "" || two.Target == nil || two.Target.Known != 10 {
		t.Errorf("two values, of which one is small: %+v", two)
	}
	none := f(slices.Repeat([]member{{unknown, Target}, {known, Rest}}, 9))
	if c := cell(t, none, "female"); none.Withheld != "" || c.TGI != nil || c.TargetShare != nil || *c.BaseShare != 1 || c.Test != nil || none.Association != nil {
		t.Errorf("known of nobody of the target: %+v", c)
	}
}

func TestTooManyTexts(t *testing.T) {
	s := newSchema(t, persona.Attribute{Name: "id", Kind: persona.KindList})
	l := newLayout(t, s, Column{Attribute: "id"})
	text := func(i int) string { return strings.Repeat("x", i%7) + string(rune('一'+i)) }
	tally := func(from, to int) *Tally {
		out := &Tally{Layout: l}
		for i := from; i < to; i++ {
			if err := out.Add(profile(t, s, map[string]persona.Value{"id": persona.Texts(text(i))}), Side(1+i%2)); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	full := tally(0, MaxValues)
	if f := boardOf(t, full, open).Facets[0]; f.Withheld != "" || len(f.Values) != MaxValues {
		t.Errorf("%d texts: %s", MaxValues, f.Withheld)
	}
	over := tally(0, MaxValues+1)
	if f := boardOf(t, over, open).Facets[0]; f.Withheld != "more than 10000 different texts" || f.Base.Known != MaxValues+1 {
		t.Errorf("a text more: %+v", f)
	}
	// Split in two, where neither part has too many.
	left, right := tally(0, 6000), tally(6000, MaxValues+1)
	if err := left.Merge(right); err != nil {
		t.Fatal(err)
	}
	a, _ := left.MarshalBinary()
	b, _ := over.MarshalBinary()
	if !slices.Equal(a, b) {
		t.Error("merged, too many texts are something else")
	}
	for _, parts := range [][2]*Tally{{tally(0, 1), over}, {over, tally(0, 1)}} {
		if err := parts[0].Merge(parts[1]); err != nil {
			t.Fatal(err)
		}
		if f := boardOf(t, parts[0], open).Facets[0]; f.Withheld == "" {
			t.Error("texts are not too many any more")
		}
	}
}
