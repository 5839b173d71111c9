package funnel

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// shop has as many events as in a month of a shop: 20 a user, half of them no
// step, in seconds, some of them ties.
func shop(users int) Columns {
	random := rand.New(rand.NewPCG(1, 2))
	c := Columns{Offsets: []int{0}, Tick: time.Second}
	for range users {
		at := int64(1748736000)
		for range random.IntN(40) + 1 {
			at += random.Int64N(20000)
			if random.IntN(50) > 0 {
				at += 1
			}
			c.At = append(c.At, at)
			c.Code = append(c.Code, [...]uint8{0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4}[random.IntN(13)])
		}
		c.Offsets = append(c.Offsets, len(c.At))
	}
	return c
}

var checkout = Funnel{
	Steps: []Step{{Name: "view"}, {Name: "cart"}, {Name: "checkout"}, {Name: "pay"}},
	Match: Match{Window: Within(24 * time.Hour)},
}

func BenchmarkLevels(b *testing.B) {
	for _, users := range []int{1000, 100_000} {
		c := shop(users)
		for name, match := range map[string]Match{
			"default":    {Window: Within(24 * time.Hour)},
			"contiguous": {Window: Within(24 * time.Hour), Order: Contiguous},
			"any order":  {Window: Within(24 * time.Hour), Order: AnyOrder},
			"strict":     {Window: Within(24 * time.Hour), Ties: TiesStrict},
		} {
			f := checkout
			f.Match = match
			b.Run(fmt.Sprintf("%s/users=%d", name, users), func(b *testing.B) {
				b.ReportAllocs()
				levels := make([]uint8, 0, users)
				for b.Loop() {
					var err error
					if levels, err = f.Levels(levels[:0], c); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(c.At))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
			})
		}
	}
}

func BenchmarkLog(b *testing.B) {
	const users = 100_000
	c := shop(users)
	// By time, as logs come.
	type event struct {
		at   int64
		user uint32
		code uint8
	}
	var events []event
	for u := range users {
		for i := c.Offsets[u]; i < c.Offsets[u+1]; i++ {
			events = append(events, event{c.At[i], uint32(u) * 2654435761, c.Code[i]})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.user, b.user)) })
	var ids []uint32
	var at []int64
	var code []uint8
	for _, e := range events {
		ids, at, code = append(ids, e.user), append(at, e.at), append(code, e.code)
	}
	b.ReportAllocs()
	for b.Loop() {
		l := Log[uint32]{Tick: time.Second}
		if err := l.Add(ids, at, code); err != nil {
			b.Fatal(err)
		}
		counts := [5]int{}
		if err := l.Levels(checkout, 0, 1, func(_ uint32, level uint8) { counts[level]++ }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(at))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
}

// click is an event as a host has it.
type click struct {
	User  uint32
	Event string
	At    time.Time
}

func BenchmarkCounter(b *testing.B) {
	const users = 100_000
	c := shop(users)
	names := [...]string{"visit", "view", "cart", "checkout", "pay"}
	var clicks []click
	for u := range users {
		for i := c.Offsets[u]; i < c.Offsets[u+1]; i++ {
			clicks = append(clicks, click{uint32(u), names[c.Code[i]], time.Unix(c.At[i], 0)})
		}
	}
	source := Source[click, uint32]{
		User: func(c click) uint32 { return c.User },
		At:   func(c click) time.Time { return c.At },
		Name: func(c click) string { return c.Event },
	}
	report := func(b *testing.B) {
		b.ReportMetric(float64(len(clicks))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
	}
	b.Run("by user", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			counter, err := NewCounter(checkout, source)
			if err != nil {
				b.Fatal(err)
			}
			for u := range users {
				if err := counter.Add(clicks[c.Offsets[u]:c.Offsets[u+1]]); err != nil {
					b.Fatal(err)
				}
			}
		}
		report(b)
	})
	b.Run("log", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Count(checkout, source, clicks); err != nil {
				b.Fatal(err)
			}
		}
		report(b)
	})
}
