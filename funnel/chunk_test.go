package funnel

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Property: chunks of any cuts between instants, merged in any bracketing, are
// byte for byte that of all events, and say the level of the one pass.
func TestChunksMerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.IntRange(1, 4).Draw(rt, "K")
		m := Match{Window: drawWindow(rt), Ties: drawTies(rt), Reuse: rapid.Bool().Draw(rt, "reuse")}
		f := abc(steps, m)
		for i := range f.Steps { // so that one event may match several
			f.Steps[i].Events = []string{f.Steps[i].Name, string(rune('A' + rapid.IntRange(0, steps-1).Draw(rt, "also")))}
		}
		events := drawLog(rt, 1, 12, steps)
		c, err := NewCounter(f, rows)
		if err != nil {
			rt.Fatal(err)
		}
		chunk := func(events []row) *Chunk {
			chunk, err := c.Chunk(events)
			if err != nil {
				rt.Fatal(err)
			}
			return chunk
		}
		whole := chunk(shuffledUnlessGiven(rt, m, events))
		if want := levelsOf(rt, f, events)["u0"]; whole.Level() != want {
			rt.Fatalf("level %d, in one pass %d", whole.Level(), want)
		}
		var parts []*Chunk
		last := events[len(events)-1].T
		for from := int64(0); from <= last; {
			to := from + rapid.Int64Range(1, 4).Draw(rt, "length")
			parts = append(parts, chunk(slices.DeleteFunc(slices.Clone(events), func(r row) bool { return r.T < from || r.T >= to })))
			from = to
		}
		for len(parts) > 1 {
			i := rapid.IntRange(0, len(parts)-2).Draw(rt, "merge")
			if err := parts[i].Merge(parts[i+1]); err != nil {
				rt.Fatal(err)
			}
			parts = slices.Delete(parts, i+1, i+2)
		}
		want, err := whole.MarshalBinary()
		if err != nil {
			rt.Fatal(err)
		}
		got, err := parts[0].MarshalBinary()
		if err != nil || !bytes.Equal(want, got) || parts[0].Level() != whole.Level() {
			rt.Fatalf("parts differ from the whole: level %d and %d, %v", parts[0].Level(), whole.Level(), err)
		}
		read, err := NewChunk(f)
		if err != nil {
			rt.Fatal(err)
		}
		if err := read.UnmarshalBinary(got); err != nil {
			rt.Fatal(err)
		}
		if again, err := read.MarshalBinary(); err != nil || !bytes.Equal(got, again) {
			rt.Fatalf("what was read is written otherwise: %v", err)
		}
	})
}

func shuffledUnlessGiven(rt *rapid.T, m Match, events []row) []row {
	if m.Ties == TiesGiven {
		return events
	}
	return shuffled(rt, events)
}

func TestChunkLimits(t *testing.T) {
	for name, f := range map[string]Funnel{
		"too many steps": abc(MaxChunkSteps+1, Match{}),
		"any order":      abc(2, Match{Order: AnyOrder}),
		"contiguous":     abc(2, Match{Order: Contiguous}),
		"first entry":    abc(2, Match{Entry: FirstEntry}),
		"exclusion":      abc(2, Match{Exclusions: []Exclusion{{Events: []string{"x"}}}}),
		"held":           abc(2, Match{Hold: []string{"city"}}),
		"no steps":       {},
		"sessions":       {Steps: []Step{{Name: "A"}}, By: BySession},
		"gap":            {Steps: []Step{{Name: "A"}, {Name: "B", MaxGap: Within(time.Second)}}},
	} {
		if _, err := NewChunk(f); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	c, err := NewCounter(abc(2, Match{}), rows)
	if err != nil {
		t.Fatal(err)
	}
	chunk := func(text string) *Chunk {
		chunk, err := c.Chunk(log(text))
		if err != nil {
			t.Fatal(err)
		}
		return chunk
	}
	for name, later := range map[string]*Chunk{"the same instant": chunk("u: B5"), "before": chunk("u: B1")} {
		first := chunk("u: A5")
		if err := first.Merge(later); err == nil || !strings.Contains(err.Error(), "not later") {
			t.Errorf("%s: %v", name, err)
		}
		if first.Level() != 1 {
			t.Errorf("%s: level %d after an error", name, first.Level())
		}
	}
	other, err := NewChunk(abc(3, Match{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := chunk("u: A1").Merge(other); err == nil {
		t.Error("another funnel: want an error")
	}
	var zero Chunk
	if err := zero.UnmarshalBinary(nil); err == nil {
		t.Error("zero chunk: want an error")
	}
}

func FuzzChunkUnmarshal(f *testing.F) {
	c, err := NewCounter(abc(3, Match{Window: Within(time.Hour)}), rows)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"u:", "u: A1 B2 C3", "u: A1 A2 B3", "u: C1 B2"} {
		chunk, err := c.Chunk(log(text))
		if err != nil {
			f.Fatal(err)
		}
		data, err := chunk.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		chunk, err := NewChunk(abc(3, Match{Window: Within(time.Hour)}))
		if err != nil {
			t.Fatal(err)
		}
		if chunk.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := chunk.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
			t.Errorf("%x is written as %x: %v", data, again, err)
		}
	})
}
