package funnel

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func levelsOf(rt *rapid.T, f Funnel, events []row) map[string]int {
	outcomes, err := Outcomes(f, rows, events)
	if err != nil {
		rt.Fatal(err)
	}
	got := map[string]int{}
	for _, o := range outcomes {
		got[o.User] = o.Level
	}
	return got
}

// noneAbove fails if a user has a higher level in low than in high.
func noneAbove(rt *rapid.T, what string, low, high map[string]int) {
	for user, level := range low {
		if level > high[user] {
			rt.Fatalf("%s: user %s: %d > %d", what, user, level, high[user])
		}
	}
}

// Property: a longer window never lowers a level, and neither does a kinder tie
// policy, reuse, a freer order or a freer entry.
func TestKinderIsNeverLower(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawLog(rt, 3, 9, 3)
		w := rapid.IntRange(0, 6).Draw(rt, "window")
		m := Match{Window: Within(time.Duration(w) * time.Second), Ties: drawTies(rt)}
		base := levelsOf(rt, abc(3, m), events)

		longer := m
		longer.Window = Within(time.Duration(w+1) * time.Second)
		noneAbove(rt, "window", base, levelsOf(rt, abc(3, longer), events))

		first := m
		first.Entry = FirstEntry
		noneAbove(rt, "entry", levelsOf(rt, abc(3, first), events), base)

		next := func(m Match) Match { m.Ties = TiesGiven; return m }(m)
		strict, free, reuse := m, m, m
		strict.Ties, free.Ties, reuse.Ties, reuse.Reuse = TiesStrict, TiesAnyOrder, TiesAnyOrder, true
		given := levelsOf(rt, abc(3, next), events)
		noneAbove(rt, "strict", levelsOf(rt, abc(3, strict), events), given)
		noneAbove(rt, "given", given, levelsOf(rt, abc(3, free), events))
		noneAbove(rt, "any order", levelsOf(rt, abc(3, free), events), levelsOf(rt, abc(3, reuse), events))

		contiguous, nested, any := m, m, m
		contiguous.Order, nested.Order, any.Order = Contiguous, Nested, AnyOrder
		if m.Ties != TiesStrict { // where contiguous chains pass over tied events
			noneAbove(rt, "contiguous", levelsOf(rt, abc(3, contiguous), events), base)
		}
		noneAbove(rt, "ordered", base, levelsOf(rt, abc(3, nested), events))
		noneAbove(rt, "nested", levelsOf(rt, abc(3, nested), events), levelsOf(rt, abc(3, any), events))
	})
}

// Property: with one step all orders, ties and entries are the same.
func TestOneStepIsTheSameEverywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawLog(rt, 3, 6, 1)
		want := levelsOf(rt, abc(1, Match{}), events)
		for order := range Nested + 1 {
			m := Match{Order: order, Ties: drawTies(rt), Window: drawWindow(rt), Entry: Entry(rapid.IntRange(0, 1).Draw(rt, "entry"))}
			if diff := cmp.Diff(want, levelsOf(rt, abc(1, m), events)); diff != "" {
				rt.Fatalf("%+v (-want +got):\n%s", m, diff)
			}
		}
	})
}

// Property: without a window the level is that of the greedy subsequence.
func TestNoWindowIsGreedy(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawLog(rt, 3, 9, 3)
		want := map[string]int{}
		for _, e := range events {
			if _, ok := want[e.User]; !ok {
				want[e.User] = 0
			}
			if want[e.User] < 3 && e.Event == string(rune('A'+want[e.User])) {
				want[e.User]++
			}
		}
		if diff := cmp.Diff(want, levelsOf(rt, abc(3, Match{Ties: TiesGiven}), events)); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Property: one more event never lowers a level, but for contiguous chains and
// if it is an exclusion; and an event that is neither a step nor an exclusion
// changes nothing but for contiguous chains.
func TestMoreEvents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: drawTies(rt), Order: []Order{Ordered, AnyOrder, Nested}[rapid.IntRange(0, 2).Draw(rt, "order")]}
		f := abc(3, m)
		if m.Order == Ordered && rapid.Bool().Draw(rt, "gap") {
			f.Steps[1].MaxGap = Within(2 * time.Second)
		}
		events := drawLog(rt, 2, 8, 3)
		before := levelsOf(rt, f, events)
		noise := row{"u0", rapid.Int64Range(0, 9).Draw(rt, "at"), "x"}
		if diff := cmp.Diff(before, levelsOf(rt, f, append(slices.Clone(events), noise))); diff != "" {
			rt.Fatalf("noise changes (-before +after):\n%s", diff)
		}
		step := row{"u0", noise.T, string(rune('A' + rapid.IntRange(0, 2).Draw(rt, "letter")))}
		noneAbove(rt, "one more", before, levelsOf(rt, f, append(slices.Clone(events), step)))
	})
}

// Property: moving all events by a time changes nothing, and neither does
// stretching times and window alike.
func TestShiftAndScale(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := abc(3, Match{Window: Within(time.Duration(rapid.IntRange(0, 6).Draw(rt, "window")) * time.Second), Ties: drawTies(rt)})
		events := drawLog(rt, 3, 8, 3)
		want := levelsOf(rt, f, events)
		by, factor := rapid.Int64Range(-1e9, 1e9).Draw(rt, "by"), rapid.Int64Range(1, 1000).Draw(rt, "factor")
		moved := slices.Clone(events)
		for i := range moved {
			moved[i].T = moved[i].T*factor + by
		}
		length, _ := f.Match.Window.Limit()
		f.Match.Window = Within(length * time.Duration(factor))
		if diff := cmp.Diff(want, levelsOf(rt, f, moved)); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Property: the order of the input changes no byte of the counts, unless ties
// are as given; then the order of events at different times changes none.
func TestInputOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := abc(3, Match{Window: drawWindow(rt), Ties: drawTies(rt), Order: Order(rapid.IntRange(0, 3).Draw(rt, "order"))})
		f.By = By(rapid.IntRange(0, 1).Draw(rt, "by"))
		f.SessionGap = Within(time.Second)
		f.Breakdowns = []Breakdown{{Name: "hour"}, {Name: "odd", By: AtFirst}, {Name: "odd last", By: AtLast}, {Name: "second", By: AtStep, Step: 2}}
		source := labelled()
		events := drawLog(rt, 3, 8, 3)
		other := shuffled(rt, events)
		if f.Match.Ties == TiesGiven {
			slices.SortStableFunc(events, func(a, b row) int { return int(a.T - b.T) })
			other = slices.Clone(events)
			slices.Reverse(other)
			slices.SortStableFunc(other, func(a, b row) int { return int(b.T - a.T) })
			// Ties back in the order in which they were given.
			reverseRuns(other)
		}
		if diff := cmp.Diff(marshalled(rt, f, source, events), marshalled(rt, f, source, other)); diff != "" {
			rt.Fatalf("%+v\n%v\n%v", f.Match, events, other)
		}
	})
}

func reverseRuns(events []row) {
	for lo, hi := 0, 0; lo < len(events); lo = hi {
		for hi < len(events) && events[hi].T == events[lo].T {
			hi++
		}
		slices.Reverse(events[lo:hi])
	}
}

// labelled has labels that depend on the event, and are not always known.
func labelled() Source[row, string] {
	s := rows
	s.Label = func(r row, name string) (string, bool) {
		return string(rune('a' + (int(r.T)+len(name)+int(r.Event[0]))%3)), (r.T+int64(len(name)))%4 != 0
	}
	return s
}

func marshalled(rt *rapid.T, f Funnel, s Source[row, string], events []row) []byte {
	report, err := Count(f, s, events)
	if err != nil {
		rt.Fatal(err)
	}
	data, err := report.Counts.MarshalBinary()
	if err != nil {
		rt.Fatal(err)
	}
	return data
}

// Property: sending every event twice changes no level, unless ties are as
// given, where steps repeat or where what comes between counts.
func TestDuplicates(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: []Ties{TiesAnyOrder, TiesStrict}[rapid.IntRange(0, 1).Draw(rt, "ties")]}
		m.Order = []Order{Ordered, AnyOrder, Nested}[rapid.IntRange(0, 2).Draw(rt, "order")]
		events := drawLog(rt, 3, 8, 3)
		want := levelsOf(rt, abc(3, m), events)
		if diff := cmp.Diff(want, levelsOf(rt, abc(3, m), append(slices.Clone(events), events...))); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Property: the best entry is the best of the first entries of what is left
// after each event.
func TestBestEntryIsTheBestOfFirstEntries(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: TiesGiven}
		events := drawLog(rt, 1, 9, 3)
		want := levelsOf(rt, abc(3, m), events)["u0"]
		m.Entry = FirstEntry
		got := 0
		for i := range events {
			got = max(got, levelsOf(rt, abc(3, m), events[i:])["u0"])
		}
		if got != want {
			rt.Fatalf("%d, and %d from the best start", want, got)
		}
	})
}

// Property: a funnel of the first steps gives the level cut to them.
func TestFirstSteps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: drawTies(rt), Order: []Order{Ordered, Contiguous, Nested}[rapid.IntRange(0, 2).Draw(rt, "order")]}
		events := drawLog(rt, 3, 8, 4)
		want := levelsOf(rt, abc(4, m), events)
		for user := range want {
			want[user] = min(want[user], 2)
		}
		if diff := cmp.Diff(want, levelsOf(rt, abc(2, m), events)); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Property: holding a property never raises a level, holding a constant one
// changes nothing, and for each level the users of all values together are at
// least those who hold.
func TestHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: drawTies(rt), Order: []Order{Ordered, AnyOrder, Nested}[rapid.IntRange(0, 2).Draw(rt, "order")]}
		events := drawLog(rt, 4, 8, 3)
		source := rows
		source.Label = func(r row, name string) (string, bool) {
			if name == "same" {
				return "one", true
			}
			return []string{"p", "q"}[(r.T+int64(r.Event[0]))%2], true
		}
		count := func(hold ...string) map[string]int {
			m.Hold = hold
			outcomes, err := Outcomes(abc(3, m), source, events)
			if err != nil {
				rt.Fatal(err)
			}
			got := map[string]int{}
			for _, o := range outcomes {
				got[o.User] = o.Level
			}
			return got
		}
		free, held := count(), count("product")
		noneAbove(rt, "held", held, free)
		if diff := cmp.Diff(free, count("same")); diff != "" {
			rt.Fatalf("constant (-want +got):\n%s", diff)
		}
		best := map[string]int{}
		m.Hold = nil
		for _, value := range []string{"p", "q"} {
			own := slices.DeleteFunc(slices.Clone(events), func(r row) bool { v, _ := source.Label(r, ""); return v != value })
			for user, level := range levelsOf(rt, abc(3, m), own) {
				best[user] = max(best[user], level)
			}
		}
		noneAbove(rt, "best of values", held, best)
		noneAbove(rt, "held at best", best, held)
	})
}
