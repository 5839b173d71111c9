package portrait

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func near(t testing.TB, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", name, got, want, tolerance)
	}
}

func newSchema(t testing.TB, attributes ...persona.Attribute) *persona.Schema {
	t.Helper()
	s, err := persona.NewSchema(persona.Definition{Attributes: attributes})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newLayout(t testing.TB, s *persona.Schema, columns ...Column) *Layout {
	t.Helper()
	l, err := NewLayout(s, columns)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// people has an attribute of every form.
func people(t testing.TB) *Layout {
	t.Helper()
	s := newSchema(t,
		persona.Attribute{Name: "gender", Title: "性别", Kind: persona.KindEnum, Values: []string{"female", "male", "other"}},
		persona.Attribute{Name: "member", Kind: persona.KindBool},
		persona.Attribute{Name: "city", Kind: persona.KindString},
		persona.Attribute{Name: "age", Kind: persona.KindInt},
		persona.Attribute{Name: "income", Kind: persona.KindDecimal, Places: 2, Unit: "CNY"},
		persona.Attribute{Name: "likes", Kind: persona.KindList, Of: persona.KindEnum, Values: []string{"tea", "tennis", "travel"}},
		persona.Attribute{Name: "searches", Kind: persona.KindList},
		persona.Attribute{Name: "joined", Kind: persona.KindDate},
		persona.Attribute{Name: "phone", Kind: persona.KindString, PII: true},
		persona.Attribute{Name: "scores", Kind: persona.KindList, Of: persona.KindInt},
	)
	return newLayout(t, s, Column{Attribute: "gender"}, Column{Attribute: "member"}, Column{Attribute: "city"},
		Column{Attribute: "age", Cuts: []persona.Value{persona.Int(18), persona.Int(25)}}, Column{Attribute: "income"},
		Column{Attribute: "likes"}, Column{Attribute: "searches"},
		Column{Attribute: "joined", Cuts: []persona.Value{persona.Text("2020-01-01")}})
}

type member struct {
	profile persona.Profile
	side    Side
}

func profile(t testing.TB, s *persona.Schema, values map[string]persona.Value) persona.Profile {
	t.Helper()
	p, err := s.NewProfile(values)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawMembers draws profiles with few different values, so that cells are small
// and large.
func drawMembers(t *rapid.T, tb testing.TB, s *persona.Schema, least int) []member {
	values := map[string]*rapid.Generator[persona.Value]{
		"gender":   rapid.SampledFrom([]persona.Value{{}, persona.Text("female"), persona.Text("female"), persona.Text("male")}),
		"member":   rapid.SampledFrom([]persona.Value{{}, persona.Bool(true), persona.Bool(false)}),
		"city":     rapid.SampledFrom([]persona.Value{persona.Text(""), persona.Text("a"), persona.Text("a"), persona.Text("b"), persona.Text("c")}),
		"age":      rapid.SampledFrom([]persona.Value{{}, persona.Int(17), persona.Int(18), persona.Int(25), persona.Int(-3)}),
		"income":   rapid.SampledFrom([]persona.Value{{}, persona.Float(0), persona.Float(12.5), persona.Float(-1.25), persona.Int(1e9)}),
		"likes":    rapid.SampledFrom([]persona.Value{{}, persona.Texts(), persona.Texts("tea"), persona.Texts("tea", "tea", "travel")}),
		"searches": rapid.SampledFrom([]persona.Value{{}, persona.Texts("x"), persona.Texts("y", "x", "y")}),
		"joined":   rapid.SampledFrom([]persona.Value{{}, persona.Date(2019, 12, 31), persona.Date(2020, 1, 1)}),
	}
	names := []string{"gender", "member", "city", "age", "income", "likes", "searches", "joined"}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) member {
		got := map[string]persona.Value{}
		for _, name := range names {
			if v := values[name].Draw(t, name); !v.IsZero() {
				got[name] = v
			}
		}
		return member{profile(tb, s, got), rapid.SampledFrom([]Side{Outside, Rest, Rest, Target}).Draw(t, "side")}
	}), least, 40).Draw(t, "members")
}

func tallyOf(t testing.TB, l *Layout, members ...member) *Tally {
	t.Helper()
	tally := &Tally{Layout: l}
	for _, m := range members {
		if err := tally.Add(m.profile, m.side); err != nil {
			t.Fatal(err)
		}
	}
	return tally
}

// tabled returns a tally of one enum with so many profiles of each value on each
// side, and an attribute named like the columns of a published table.
func tabled(t testing.TB, values []string, target, rest []int64) *Tally {
	t.Helper()
	l := newLayout(t, newSchema(t, persona.Attribute{Name: "value", Kind: persona.KindEnum, Values: values}), Column{Attribute: "value"})
	tally := &Tally{Layout: l}
	if err := tally.setUp(); err != nil {
		t.Fatal(err)
	}
	for i := range values {
		tally.counts[0].values[i] = pair{target[i], rest[i]}
		tally.counts[0].known.add(pair{target[i], rest[i]})
	}
	tally.sizes = tally.counts[0].known
	return tally
}

func boardOf(t testing.TB, tally *Tally, p Policy) Board {
	t.Helper()
	b, err := tally.Board(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func facet(t testing.TB, b Board, name string) Facet {
	t.Helper()
	for _, f := range b.Facets {
		if f.Attribute == name {
			return f
		}
	}
	t.Fatalf("no facet %q", name)
	return Facet{}
}

func cell(t testing.TB, f Facet, value string) Cell {
	t.Helper()
	for _, v := range f.Values {
		if v.Value == value {
			if v.Cell == nil {
				t.Fatalf("%s=%s is hidden", f.Attribute, value)
			}
			return *v.Cell
		}
	}
	t.Fatalf("no value %q of %s: %s", value, f.Attribute, f.Withheld)
	return Cell{}
}
