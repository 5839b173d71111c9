package portrait

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func binaryOf(t testing.TB, tally *Tally) []byte {
	t.Helper()
	data, err := tally.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Property: neither order nor a split over tallies, merged in any bracketing,
// changes the bytes or the board.
func TestOrderAndSplit(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		members := drawMembers(rt, t, l.schema, 2)
		members[0].side, members[1].side = Target, Rest
		whole := tallyOf(t, l, members...)
		shuffled := rapid.Permutation(members).Draw(rt, "shuffled")
		i := rapid.IntRange(0, len(members)).Draw(rt, "cut")
		j := rapid.IntRange(i, len(members)).Draw(rt, "other cut")
		a, b, c := tallyOf(t, l, shuffled[:i]...), tallyOf(t, l, shuffled[i:j]...), tallyOf(t, l, shuffled[j:]...)
		left, right := a, b
		if rapid.Bool().Draw(rt, "bracketing") {
			if err := left.Merge(right); err != nil {
				rt.Fatal(err)
			}
			right = c
		} else if err := right.Merge(c); err != nil {
			rt.Fatal(err)
		}
		if err := left.Merge(right); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(binaryOf(t, whole), binaryOf(t, left)) {
			rt.Fatal("bytes differ")
		}
		if diff := cmp.Diff(boardOf(t, whole, open), boardOf(t, left, open)); diff != "" {
			rt.Fatalf("board (-whole +merged):\n%s", diff)
		}
	})
}

// Property: what is marshalled reads back as the same bytes, replaces whatever
// was there, and goes on counting; any strict prefix is an error that changes
// nothing.
func TestRoundTrip(t *testing.T) {
	l := people(t)
	rapid.Check(t, func(rt *rapid.T) {
		members := drawMembers(rt, t, l.schema, 1)
		tally := tallyOf(t, l, members...)
		data := binaryOf(t, tally)
		again := tallyOf(t, l, members[0], members[0])
		before := binaryOf(t, again)
		n := rapid.IntRange(0, len(data)-1).Draw(rt, "prefix")
		if err := again.UnmarshalBinary(data[:n]); err == nil || !bytes.Equal(before, binaryOf(t, again)) {
			rt.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
		if err := again.UnmarshalBinary(data); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(data, binaryOf(t, again)) {
			rt.Fatal("bytes differ")
		}
		for _, to := range []*Tally{tally, again} {
			if err := to.Add(members[0].profile, members[0].side); err != nil {
				rt.Fatal(err)
			}
		}
		if !bytes.Equal(binaryOf(t, tally), binaryOf(t, again)) {
			rt.Fatal("bytes differ after one more")
		}
	})
}

func TestUnlikeTallies(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, nil)
	tally := tallyOf(t, l, member{p, Target})
	permitted := newLayout(t, l.schema, Column{Attribute: "phone", PII: true})
	for _, unlike := range []*Tally{{Layout: permitted}, {}, tally} {
		if err := tally.Merge(unlike); err == nil {
			t.Errorf("merged %v", unlike)
		}
	}
	if err := (&Tally{Layout: permitted}).UnmarshalBinary(binaryOf(t, tally)); err == nil || !strings.Contains(err.Error(), "of the layout") {
		t.Errorf("unmarshalled for another layout: %v", err)
	}
	if err := (&Tally{}).UnmarshalBinary(nil); err == nil {
		t.Error("unmarshalled without a layout")
	}
	if _, err := (&Tally{}).MarshalBinary(); err == nil {
		t.Error("marshalled without a layout")
	}
	if err := tally.Merge(&Tally{Layout: people(t)}); err != nil {
		t.Errorf("a layout that says the same: %v", err)
	}
}

// What no tally writes is not read: a form has one encoding, and counts add up.
func TestBytesThatNoTallyWrites(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, map[string]persona.Value{
		"gender": persona.Text("male"), "city": persona.Text("a"), "income": persona.Int(7), "likes": persona.Texts("tea"), "searches": persona.Texts("x"),
	})
	const gender, city, income, likes, searches = 0, 2, 4, 5, 6
	tests := []struct {
		name  string
		wrong func(*Tally)
	}{
		{"a text twice", func(t *Tally) {
			t.counts[city].names = []string{"a", "a"}
			t.counts[city].values = []pair{{1, 0}, {1, 0}}
		}},
		{"a text that nobody has", func(t *Tally) {
			t.counts[searches].names, t.counts[searches].values = []string{"x", "y"}, []pair{{1, 0}, {}}
		}},
		{"texts that don't add up", func(t *Tally) { t.counts[city].known, t.sizes = pair{2, 0}, pair{2, 0} }},
		{"codes that don't add up", func(t *Tally) { t.counts[gender].values[0] = pair{1, 0} }},
		{"more than there are profiles", func(t *Tally) { t.counts[gender].known = pair{2, 0} }},
		{"a list that nobody has", func(t *Tally) { t.counts[likes].values[0] = pair{} }},
		{"a number that nobody has", func(t *Tally) {
			t.counts[income].numbers[1] = numbers{values: []int64{7, 8}, counts: []int64{1, 0}}
		}},
		{"a number twice", func(t *Tally) {
			t.counts[income].numbers[1] = numbers{values: []int64{7, 7}, counts: []int64{1, 1}}
			t.counts[income].known, t.sizes = pair{2, 0}, pair{2, 0}
		}},
		{"numbers that don't add up", func(t *Tally) { t.counts[income].numbers[1] = numbers{} }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := tallyOf(t, l, member{p, Target})
			if err := (&Tally{Layout: l}).UnmarshalBinary(binaryOf(t, tally)); err != nil {
				t.Fatalf("before: %v", err)
			}
			tt.wrong(tally)
			if err := (&Tally{Layout: l}).UnmarshalBinary(binaryOf(t, tally)); err == nil {
				t.Error("was read")
			}
		})
	}
}

func TestTooManyProfiles(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, nil)
	full, one := tallyOf(t, l, member{p, Target}), tallyOf(t, l, member{p, Rest})
	full.sizes.target = MaxProfiles
	before := binaryOf(t, full)
	if err := full.Add(p, Rest); !errors.Is(err, ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
	if err := full.Merge(one); !errors.Is(err, ErrTooMany) {
		t.Errorf("merged with one more: %v", err)
	}
	if !bytes.Equal(before, binaryOf(t, full)) {
		t.Error("what was refused changed the tally")
	}
	full.sizes.rest = 1
	if err := one.UnmarshalBinary(binaryOf(t, full)); err == nil {
		t.Error("unmarshalled one more")
	}
}

// The number of a profile, by which a list counts an item once, runs out.
func TestSerialsRunOut(t *testing.T) {
	l := people(t)
	p := profile(t, l.schema, map[string]persona.Value{"likes": persona.Texts("tea", "tea")})
	tally := tallyOf(t, l, member{p, Target})
	tally.serial = 1<<32 - 1
	for range 2 {
		if err := tally.Add(p, Target); err != nil {
			t.Fatal(err)
		}
	}
	if got := cell(t, facet(t, boardOf(t, tally, open), "likes"), "tea").Target; got != 3 {
		t.Errorf("%d like tea, want 3", got)
	}
}

func FuzzUnmarshal(f *testing.F) {
	l := people(f)
	f.Add(binaryOf(f, tallyOf(f, l, member{profile(f, l.schema, map[string]persona.Value{
		"city": persona.Text("a"), "income": persona.Float(1.5), "likes": persona.Texts("tea"), "searches": persona.Texts("x", "y"), "age": persona.Int(3),
	}), Target})))
	f.Fuzz(func(t *testing.T, data []byte) {
		tally := &Tally{Layout: l}
		if err := tally.UnmarshalBinary(data); err != nil {
			return
		}
		if !bytes.Equal(data, binaryOf(t, tally)) {
			t.Errorf("%x reads without an error and writes differently", data)
		}
		_, _ = tally.Board(open)
	})
}
