package funnel

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Property: whatever can be said of codes, the level of a user in columns, in a
// log and by looking at everything is the same.
func TestColumnsAndLogsAgreeWithTheMatcher(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.IntRange(1, 4).Draw(rt, "K")
		f := drawFunnel(rt, steps)
		f.Match.Exclusions, f.Match.Excluded = nil, KeepLevel
		if rapid.IntRange(0, 3).Draw(rt, "coarse") == 0 {
			f.Match.Grace = Within(2 * microsecond)
		}
		c := Columns{Offsets: []int{0}}
		if rapid.Bool().Draw(rt, "codes") {
			for range 5 {
				c.Codes = append(c.Codes, rapid.Uint64Range(0, 1<<steps-1).Draw(rt, "mask"))
			}
		}
		p := f.compile(microsecond)
		var want []uint8
		for range rapid.IntRange(0, 3).Draw(rt, "users") {
			base := rapid.SampledFrom([]int64{0, -9, 1748736000, math.MinInt64, math.MaxInt64 - 100}).Draw(rt, "base")
			drawn := &track{}
			for _, at := range drawTrack(rt, steps, 8, 0).at {
				code := uint8(rapid.IntRange(0, max(steps, len(c.Codes)-1)).Draw(rt, "code"))
				if c.Codes != nil {
					code %= uint8(len(c.Codes))
				}
				c.At, c.Code = append(c.At, base+at), append(c.Code, code)
				mask := uint64(1) << code >> 1
				if c.Codes != nil {
					mask = c.Codes[code]
				}
				drawn.at, drawn.steps = append(drawn.at, p.round(base+at)), append(drawn.steps, mask)
			}
			c.Offsets = append(c.Offsets, len(c.At))
			drawn.event = make([]int32, len(drawn.at))
			m := newMatcher(p, noAsOf)
			best, _ := m.walkAll(drawn)
			want = append(want, uint8(best.level))
		}
		got, err := f.Levels(nil, c)
		if err != nil || !slices.Equal(want, got) {
			rt.Fatalf("%+v\n%+v\nlevels %v, want %v: %v", f, c, got, want, err)
		}
		compareLog(rt, f, c, want)
	})
}

// compareLog gives the columns to logs in a mixed order, in several parts.
func compareLog(rt *rapid.T, f Funnel, c Columns, want []uint8) {
	type event struct {
		user uint16
		at   int64
		code uint8
	}
	var events []event
	for u := range len(c.Offsets) - 1 {
		for i := c.Offsets[u]; i < c.Offsets[u+1]; i++ {
			events = append(events, event{uint16(u), c.At[i], c.Code[i]})
		}
	}
	if f.Match.Ties != TiesGiven {
		events = rapid.Permutation(events).Draw(rt, "mixed")
	}
	logs := []*Log[uint16]{{Codes: c.Codes}, {Codes: c.Codes}}
	cut := rapid.IntRange(0, len(events)).Draw(rt, "cut")
	for i, e := range events {
		l := logs[0]
		if i >= cut {
			l = logs[1]
		}
		if err := l.Add([]uint16{e.user}, []int64{e.at}, []uint8{e.code}); err != nil {
			rt.Fatal(err)
		}
	}
	if err := logs[0].Merge(logs[1]); err != nil || logs[0].Len() != len(events) {
		rt.Fatalf("%d of %d events: %v", logs[0].Len(), len(events), err)
	}
	got := map[uint16]uint8{}
	for share := range 3 {
		if err := logs[0].Levels(f, share, 3, func(user uint16, level uint8) { got[user] = level }); err != nil {
			rt.Fatal(err)
		}
	}
	all := map[uint16]uint8{}
	for u, level := range want {
		if c.Offsets[u] < c.Offsets[u+1] {
			all[uint16(u)] = level
		}
	}
	if diff := cmp.Diff(all, got); diff != "" {
		rt.Fatalf("log (-want +got):\n%s", diff)
	}
}

func TestColumnsRefused(t *testing.T) {
	ok := Columns{Offsets: []int{0, 2}, At: []int64{1, 2}, Code: []uint8{1, 2}}
	two := abc(2, Match{Window: Within(time.Second)})
	for _, c := range []struct {
		name string
		f    Funnel
		with func(*Columns)
		want string
	}{
		{"no steps", Funnel{}, nil, "steps: has 0"},
		{"exclusions", abc(2, Match{Exclusions: []Exclusion{{Events: []string{"x"}}}}), nil, "excluded"},
		{"held", abc(2, Match{Hold: []string{"city"}}), nil, "held"},
		{"sessions", Funnel{Steps: two.Steps, By: BySession}, nil, "not by session"},
		{"unsorted", two, func(c *Columns) { c.At = []int64{2, 1} }, "user 0: events are not in order"},
		{"unsorted, strict", abc(2, Match{Ties: TiesStrict}), func(c *Columns) { c.At = []int64{2, 1} }, "not in order"},
		{"unknown code", two, func(c *Columns) { c.Code = []uint8{1, 3} }, "no such code: 3"},
		{"unknown code, strict", abc(2, Match{Ties: TiesStrict}), func(c *Columns) { c.Code = []uint8{1, 3} }, "no such code: 3"},
		{"code of a step that is not there", two, func(c *Columns) { c.Codes = []uint64{0, 1, 4} }, "step 3 of 2"},
		{"too many codes", two, func(c *Columns) { c.Codes = make([]uint64, 257) }, "257 codes"},
		{"lengths", two, func(c *Columns) { c.Code = c.Code[:1] }, "2 times and 1 codes"},
		{"no offsets", two, func(c *Columns) { c.Offsets = nil }, "no offsets"},
		{"offsets beyond the end", two, func(c *Columns) { c.Offsets = []int{0, 3} }, "offset 1 is 3"},
		{"offsets end early", two, func(c *Columns) { c.Offsets = []int{0, 1} }, "offsets end with 1"},
		{"offsets fall", two, func(c *Columns) { c.Offsets = []int{0, 2, 1, 2} }, "user 1 ends before it starts"},
		{"negative tick", two, func(c *Columns) { c.Tick = -1 }, "tick -1ns"},
		{"centuries of nanoseconds", two, func(c *Columns) { c.At = []int64{math.MinInt64, math.MaxInt64} }, "2⁶² ticks apart"},
	} {
		columns := ok
		if c.with != nil {
			c.with(&columns)
		}
		got, err := c.f.Levels([]uint8{9}, columns)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if !slices.Equal(got, []uint8{9}) {
			t.Errorf("%s: dst is %v after an error", c.name, got)
		}
	}
	if got, err := two.Levels(nil, Columns{Offsets: []int{0}}); err != nil || len(got) != 0 {
		t.Errorf("nobody: %v, %v", got, err)
	}
	if got, err := two.Levels(nil, Columns{Offsets: []int{7, 7, 9}, At: ok.At, Code: ok.Code}); err != nil || !slices.Equal(got, []uint8{0, 2}) {
		t.Errorf("offsets from 7, one user without events: %v, %v", got, err)
	}
}

func TestLogRefused(t *testing.T) {
	var l Log[string]
	if err := l.Add([]string{"a"}, []int64{1}, nil); err == nil || l.Len() != 0 {
		t.Errorf("lengths: %v, %d events", err, l.Len())
	}
	if err := l.Merge(&l); err == nil {
		t.Error("merge with itself: want an error")
	}
	if err := l.Merge(&Log[string]{Tick: time.Second}); err == nil {
		t.Error("another tick: want an error")
	}
	if err := l.Merge(&Log[string]{}); err != nil {
		t.Errorf("merge of nothing: %v", err)
	}
	for _, share := range []int{-1, 2} {
		if err := l.Levels(abc(1, Match{}), share, 2, nil); err == nil {
			t.Errorf("share %d of 2: want an error", share)
		}
	}
	if err := l.Add([]string{"a"}, []int64{1}, []uint8{7}); err != nil {
		t.Fatal(err)
	}
	if err := l.Levels(abc(1, Match{}), 0, 1, func(string, uint8) {}); err == nil || !strings.Contains(err.Error(), "user a: no such code: 7") {
		t.Errorf("unknown code: %v", err)
	}
}

// Events on the grouped path cost no memory, nor do users whose levels have
// room.
func TestLevelsAllocate(t *testing.T) {
	c := shop(2000)
	levels := make([]uint8, 0, 2000)
	for order := range Nested + 1 {
		f := checkout
		f.Match.Order = order
		per := func(c Columns) float64 {
			return testing.AllocsPerRun(3, func() {
				var err error
				if levels, err = f.Levels(levels[:0], c); err != nil {
					t.Fatal(err)
				}
			})
		}
		if few, many := per(c.Users(0, 1000)), per(c); many > few+8 {
			t.Errorf("%s: %v allocations for 1,000 users and %v for 2,000", order, few, many)
		}
	}
}

func TestCounterAllocates(t *testing.T) {
	c := shop(1000)
	names := [...]string{"visit", "view", "cart", "checkout", "pay"}
	var events []row
	for i, code := range c.Code {
		events = append(events, row{"", c.At[i], names[code]})
	}
	counter, err := NewCounter(checkout, rows)
	if err != nil {
		t.Fatal(err)
	}
	add := func() {
		for u := range 1000 {
			if err := counter.Add(events[c.Offsets[u]:c.Offsets[u+1]]); err != nil {
				t.Fatal(err)
			}
		}
	}
	add()
	// The times of all users are kept, in slices that double.
	if n := testing.AllocsPerRun(5, add); n > 10 {
		t.Errorf("%v allocations for %d events", n, len(events))
	}
}

// One user with a million events takes no time to speak of, however they lie
// and whatever they match: what looks at pairs of events would not come back
// today.
func TestMillionEvents(t *testing.T) {
	const n = 1_000_000
	inTurn := func(i int) uint8 { return uint8(i % 5) }
	for _, c := range []struct {
		name string
		f    Funnel
		code func(i int) uint8 // nil if every event matches every step
		at   func(i int) int64
		want uint8
	}{
		{"steps in turn", checkout, inTurn, func(i int) int64 { return int64(i) }, 4},
		{"all at once", checkout, inTurn, func(int) int64 { return 0 }, 4},
		{"the first step again and again", checkout, func(int) uint8 { return 1 }, func(i int) int64 { return int64(i) }, 1},
		{"every event every step, used again", with(checkout, Match{Reuse: true}), nil, func(i int) int64 { return int64(i) }, 4},
		{"every event every step", checkout, nil, func(i int) int64 { return int64(i) }, 4},
		{"every event every step at once", checkout, nil, func(int) int64 { return 0 }, 4},
		{"any order, few in a window", with(checkout, Match{Order: AnyOrder, Window: Within(time.Second)}), nil, func(i int) int64 { return int64(i) }, 2},
		{"nested, few in a window", with(checkout, Match{Order: Nested, Window: Within(time.Second)}), nil, func(i int) int64 { return int64(i) }, 2},
		{"contiguous", with(checkout, Match{Order: Contiguous}), nil, func(i int) int64 { return int64(i / 3) }, 4},
	} {
		columns := Columns{Offsets: []int{0, n}, Tick: time.Second, At: make([]int64, n), Code: make([]uint8, n)}
		if c.code == nil {
			columns.Codes = []uint64{15}
		}
		for i := range n {
			columns.At[i] = c.at(i)
			if c.code != nil {
				columns.Code[i] = c.code(i)
			}
		}
		got, err := c.f.Levels(nil, columns)
		if err != nil || !slices.Equal(got, []uint8{c.want}) {
			t.Errorf("%s: level %d, want %d: %v", c.name, got, c.want, err)
		}
	}
}

func with(f Funnel, m Match) Funnel {
	f.Match = m
	return f
}
