package portrait

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/regulars-go/regulars/persona"
)

// wide returns a schema of 20 attributes of all forms, its columns, and so many
// profiles of it.
func wide(b *testing.B, n int) (*Layout, []persona.Profile) {
	var attributes []persona.Attribute
	var columns []Column
	var draws []func(r *rand.Rand) persona.Value
	add := func(a persona.Attribute, draw func(r *rand.Rand) persona.Value, cuts ...persona.Value) {
		a.Name = fmt.Sprintf("%s %d", a.Kind, len(attributes))
		attributes = append(attributes, a)
		columns = append(columns, Column{Attribute: a.Name, Cuts: cuts})
		draws = append(draws, draw)
	}
	values := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	for range 8 {
		add(persona.Attribute{Kind: persona.KindEnum, Values: values}, func(r *rand.Rand) persona.Value { return persona.Text(values[r.IntN(8)]) })
	}
	for range 3 {
		add(persona.Attribute{Kind: persona.KindBool}, func(r *rand.Rand) persona.Value { return persona.Bool(r.IntN(3) == 0) })
	}
	for range 3 {
		add(persona.Attribute{Kind: persona.KindString}, func(r *rand.Rand) persona.Value { return persona.Text(fmt.Sprint("city ", r.IntN(350))) })
	}
	for range 2 {
		add(persona.Attribute{Kind: persona.KindInt}, func(r *rand.Rand) persona.Value { return persona.Int(int64(18 + r.IntN(60))) },
			persona.Int(25), persona.Int(35), persona.Int(45), persona.Int(55))
	}
	add(persona.Attribute{Kind: persona.KindInt}, func(r *rand.Rand) persona.Value { return persona.Int(int64(r.IntN(100))) })
	add(persona.Attribute{Kind: persona.KindDecimal, Places: 2}, func(r *rand.Rand) persona.Value { return persona.Float(float64(r.IntN(5_000_000)) / 100) })
	add(persona.Attribute{Kind: persona.KindList, Of: persona.KindEnum, Values: values}, func(r *rand.Rand) persona.Value {
		return persona.Texts(values[r.IntN(8)], values[r.IntN(8)], values[r.IntN(8)])
	})
	add(persona.Attribute{Kind: persona.KindDate}, func(r *rand.Rand) persona.Value { return persona.Date(2020, 1, 1+r.IntN(2000)) }, persona.Date(2021, 1, 1), persona.Date(2023, 1, 1))
	s := newSchema(b, attributes...)
	profiles := make([]persona.Profile, n)
	r := rand.New(rand.NewPCG(1, 2))
	draft := s.Draft()
	for i := range profiles {
		for j, draw := range draws {
			v := draw(r)
			if r.IntN(10) == 0 {
				v = persona.Value{}
			}
			if err := draft.Set(j, v); err != nil {
				b.Fatal(err)
			}
		}
		profiles[i] = draft.Profile()
	}
	return newLayout(b, s, columns...), profiles
}

// BenchmarkBoard counts profiles of 20 attributes in as many goroutines as said,
// merges, and makes the board.
func BenchmarkBoard(b *testing.B) {
	const n = 1_000_000
	layout, profiles := wide(b, n)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("profiles=%d/workers=%d", n, workers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tallies := make([]Tally, workers)
				var wait sync.WaitGroup
				for w := range tallies {
					tallies[w].Layout = layout
					wait.Go(func() {
						for i := w; i < n; i += workers {
							side := Rest
							if i%7 < 2 {
								side = Target
							}
							if err := tallies[w].Add(profiles[i], side); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wait.Wait()
				for w := range tallies[1:] {
					if err := tallies[0].Merge(&tallies[w+1]); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := tallies[0].Board(Policy{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "profiles/s")
		})
	}
}
