package funnel

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive finds chains by trying all of them. It follows the words of the
// definition and shares nothing with the matcher but the types.
type naive struct {
	*program
	t *track
}

// answer is what the two must agree on.
type answer struct {
	Level      int
	Start, End int64
	Broken     bool
}

// chain is a list of numbers of events.
type chain []int

// rank orders events: under TiesGiven by their number, otherwise by time.
func (n naive) rank(e int) int64 {
	if n.ties == TiesGiven && n.order != AnyOrder && n.order != Nested {
		return int64(e)
	}
	return n.t.at[e]
}

func (n naive) makes(e, k int) bool { return n.t.steps[e]>>(k-1)&1 != 0 }

// all returns every chain.
func (n naive) all() []chain {
	var found []chain
	switch n.order {
	case Ordered:
		n.grow(nil, func(c chain) { found = append(found, slices.Clone(c)) })
	case Contiguous:
		n.contiguous(func(c chain) { found = append(found, slices.Clone(c)) })
	default:
		for e := range n.t.at {
			n.subsets(n.after(e), []int{e}, func(c chain) { found = append(found, slices.Clone(c)) })
		}
	}
	return slices.DeleteFunc(found, func(c chain) bool { return !n.valid(c) })
}

// grow extends a chain by every event that may follow.
func (n naive) grow(c chain, found func(chain)) {
	if len(c) == n.steps {
		return
	}
	for e := range n.t.at {
		if n.makes(e, len(c)+1) && n.follows(c, e) {
			longer := append(c, e)
			found(longer)
			n.grow(longer, found)
		}
	}
}

func (n naive) follows(c chain, e int) bool {
	if len(c) == 0 {
		return true
	}
	last := c[len(c)-1]
	switch {
	case n.ties == TiesStrict:
		return n.t.at[e] > n.t.at[last]
	case n.reuse:
		return n.rank(e) >= n.rank(last)
	}
	return n.rank(e) >= n.rank(last) && !slices.Contains(c, e)
}

// valid checks all but the order of a chain.
func (n naive) valid(c chain) bool {
	first, last := c[0], c[len(c)-1]
	if n.t.at[last]-n.t.at[first] > n.window || !n.enters(c) {
		return false
	}
	for k := 1; k < len(c); k++ {
		if n.order <= Contiguous && n.t.at[c[k]]-n.t.at[c[k-1]] > n.gap(k) {
			return false
		}
	}
	return !n.broken(c)
}

// enters checks the entry of a chain.
func (n naive) enters(c chain) bool {
	if n.entry == BestEntry {
		return true
	}
	free := n.order == AnyOrder || n.order == Nested
	for e := range n.t.at {
		if !n.makes(e, 1) && !(free && n.t.steps[e] != 0) {
			continue
		}
		if !free {
			return n.rank(c[0]) == n.rank(e)
		}
		for x := range n.t.exclusions { // the first entry is over once it is excluded
			if n.t.exclusions[x] != 0 && n.t.at[x] > n.t.at[e] && n.t.at[c[len(c)-1]] > n.t.at[x] {
				return false
			}
		}
		return n.t.at[c[len(c)-1]]-n.t.at[e] <= n.window
	}
	return false
}

// broken reports whether an exclusion lies in a chain where it must not.
func (n naive) broken(c chain) bool {
	for x, mask := range n.t.exclusions {
		for i, guarded := range n.exclusions {
			if mask>>i&1 == 0 {
				continue
			}
			if n.order != Ordered {
				if n.t.at[c[0]] < n.t.at[x] && n.t.at[c[len(c)-1]] > n.t.at[x] {
					return true
				}
				continue
			}
			for k := guarded.after; k < min(guarded.before, len(c)); k++ {
				if n.rank(c[k-1]) < n.rank(x) && n.rank(c[k]) > n.rank(x) {
					return true
				}
			}
		}
	}
	return false
}

// contiguous tries every order of the events of each instant.
func (n naive) contiguous(found func(chain)) {
	if n.ties == TiesStrict {
		n.contiguousInstants(found)
		return
	}
	var permute func(order []int)
	permute = func(order []int) {
		if len(order) == len(n.t.at) {
			for from := range order {
				n.consecutive(order, from, nil, found)
			}
			return
		}
		for e := range n.t.at {
			if slices.Contains(order, e) {
				continue
			}
			if len(order) > 0 && n.rank(order[len(order)-1]) > n.rank(e) {
				continue
			}
			permute(append(slices.Clone(order), e))
		}
	}
	permute(nil)
}

func (n naive) consecutive(order []int, from int, c chain, found func(chain)) {
	if from == len(order) || len(c) == n.steps || !n.makes(order[from], len(c)+1) {
		return
	}
	c = append(c, order[from])
	found(c)
	n.consecutive(order, from+1, c, found)
	if n.reuse {
		n.consecutive(order, from, c, found)
	}
}

// contiguousInstants takes one event of each instant.
func (n naive) contiguousInstants(found func(chain)) {
	instants := slices.Compact(slices.Clone(n.t.at))
	var grow func(from int, c chain)
	grow = func(from int, c chain) {
		if from == len(instants) || len(c) == n.steps {
			return
		}
		for e := range n.t.at {
			if n.t.at[e] == instants[from] && n.makes(e, len(c)+1) {
				found(append(c, e))
				grow(from+1, append(c, e))
				return
			}
		}
	}
	for from := range instants {
		grow(from, nil)
	}
}

// subsets finds the sets of events from e on that make as many steps: all the
// first ones for Nested.
func (n naive) subsets(e int, c chain, found func(chain)) {
	if n.pairs(c) {
		found(c)
	}
	if e == len(n.t.at) || len(c) == n.steps {
		return
	}
	n.subsets(e+1, c, found)
	n.subsets(n.after(e), append(slices.Clone(c), e), found)
}

// after returns the first event that may be used after e.
func (n naive) after(e int) int {
	if n.reuse {
		return e
	}
	return e + 1
}

// pairs tries every way of pairing events with steps.
func (n naive) pairs(c chain) bool {
	var try func(i int, made uint64) bool
	try = func(i int, made uint64) bool {
		if i == len(c) {
			return n.order == AnyOrder || made == uint64(1)<<len(c)-1
		}
		for k := 1; k <= n.steps; k++ {
			if bit := uint64(1) << (k - 1); n.makes(c[i], k) && made&bit == 0 && try(i+1, made|bit) {
				return true
			}
		}
		return false
	}
	return try(0, 0)
}

// answer follows the instants and keeps the chain that is to be reported.
func (n naive) answer() answer {
	all := n.all()
	var best answer
	var rank int64
	ranks := make([]int64, len(n.t.at))
	for e := range ranks {
		ranks[e] = n.rank(e)
	}
	for _, now := range slices.Compact(ranks) {
		for k := 1; k <= n.steps; k++ {
			start, ok := n.latestStart(all, k, now)
			if ok && (k > best.Level || k == best.Level && best.Broken && n.drop) {
				best = answer{Level: k, Start: start, End: n.timeOf(now)}
				rank = now
			}
		}
		for x, mask := range n.t.exclusions {
			if n.rank(x) != now || best.Level == 0 || rank == now {
				continue
			}
			for i, guarded := range n.exclusions {
				if mask>>i&1 != 0 && n.guards(guarded, best.Level) && n.alive(&link{set: true, start: best.Start, end: best.End}, best.Level, n.t.at[x]) {
					best.Broken = true
				}
			}
		}
		if start, ok := n.latestStart(all, best.Level, now); best.Broken && n.drop && ok {
			best, rank = answer{Level: best.Level, Start: start, End: n.timeOf(now)}, now
		}
	}
	return best
}

func (n naive) guards(p part, level int) bool {
	if n.order == AnyOrder || n.order == Nested {
		return level < n.steps
	}
	return level >= p.after && level < p.before
}

func (n naive) timeOf(rank int64) int64 {
	if n.ties == TiesGiven && n.order <= Contiguous {
		return n.t.at[rank]
	}
	return rank
}

// latestStart returns the latest start of the chains of k steps that end at a
// rank.
func (n naive) latestStart(all []chain, k int, rank int64) (start int64, ok bool) {
	for _, c := range all {
		if len(c) == k && n.rank(c[k-1]) == rank && (!ok || n.t.at[c[0]] > start) {
			start, ok = n.t.at[c[0]], true
		}
	}
	return start, ok
}

// drawTrack draws a few events that often share an instant or match several
// steps.
func drawTrack(rt *rapid.T, steps, events, exclusions int) *track {
	t := &track{}
	at := int64(0)
	single := rapid.Bool().Draw(rt, "single")
	for i := range rapid.IntRange(0, events).Draw(rt, "events") {
		at += rapid.Int64Range(0, 3).Draw(rt, "later") / 2 * rapid.Int64Range(1, 3).Draw(rt, "by")
		mask := rapid.Uint64Range(0, 1<<steps-1).Draw(rt, "steps")
		if single {
			mask = uint64(1) << rapid.IntRange(0, steps).Draw(rt, "step") & (1<<steps - 1)
		}
		t.at, t.steps, t.event = append(t.at, at), append(t.steps, mask), append(t.event, int32(i))
		if exclusions > 0 {
			x := rapid.Uint64Range(0, 1<<exclusions-1).Draw(rt, "exclusions") * uint64(rapid.IntRange(0, 2).Draw(rt, "excludes")/2)
			t.exclusions = append(t.exclusions, x)
		}
	}
	return t
}

// drawFunnel draws any funnel that is valid, of users.
func drawFunnel(rt *rapid.T, steps int) Funnel {
	f := Funnel{Match: Match{
		Order: Order(rapid.IntRange(0, int(Nested)).Draw(rt, "order")),
		Ties:  Ties(rapid.IntRange(0, int(TiesStrict)).Draw(rt, "ties")),
		Entry: Entry(rapid.IntRange(0, int(FirstEntry)).Draw(rt, "entry")),
		Reuse: rapid.Bool().Draw(rt, "reuse"),
	}}
	m := &f.Match
	if rapid.Bool().Draw(rt, "limited") {
		m.Window = Within(microsecond * time.Duration(rapid.IntRange(0, 8).Draw(rt, "window")))
	}
	if m.Order == Contiguous && m.Ties == TiesAnyOrder {
		m.Reuse = false
	}
	for i := range steps {
		s := Step{Name: string(rune('A' + i))}
		if i > 0 && m.Order <= Contiguous && rapid.IntRange(0, 2).Draw(rt, "gap") == 0 {
			s.MaxGap = Within(microsecond * time.Duration(rapid.IntRange(0, 4).Draw(rt, "length")))
		}
		f.Steps = append(f.Steps, s)
	}
	if m.Order != Contiguous && steps > 1 {
		for range rapid.IntRange(0, 2).Draw(rt, "guards") {
			x := Exclusion{Events: []string{"X"}}
			if m.Order == Ordered {
				x.After = rapid.IntRange(1, steps-1).Draw(rt, "after")
				x.Before = rapid.IntRange(x.After+1, steps).Draw(rt, "before")
			}
			m.Exclusions = append(m.Exclusions, x)
		}
		if m.Order == Ordered {
			m.Excluded = Excluded(rapid.IntRange(0, 1).Draw(rt, "excluded"))
		}
	}
	return f
}

// Property: whatever the options, the chain that one pass reports is the one
// that trying all chains finds.
func TestMatcherAgreesWithBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		steps := rapid.IntRange(1, 4).Draw(rt, "K")
		f := drawFunnel(rt, steps)
		if err := f.Validate(); err != nil {
			rt.Fatal(err)
		}
		p := f.compile(microsecond)
		track := drawTrack(rt, steps, 7, len(p.exclusions))
		m := newMatcher(p, noAsOf)
		m.match(&trackOfNoise) // memory that was used before must not matter
		best, _ := m.walk(track)
		kept := *best
		kept.row = slices.Clone(best.row)
		best = &kept
		got := answer{best.level, best.start, best.end, best.broken}
		want := naive{p, track}.answer()
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("%+v\nat %v\nsteps %b\nexclusions %b\n(-want +got):\n%s", f, track.at, track.steps, track.exclusions, diff)
		}
		checkChain(rt, p, track, best)
		if all, _ := m.walkAll(track); cmp.Diff(best.row, all.row, cmp.AllowUnexported(hit{})) != "" {
			rt.Fatalf("the events of the chain %+v are found as %+v", all.row, best.row)
		}
	})
}

var trackOfNoise = track{at: []int64{0, 0, 1}, steps: []uint64{1, 1, 0}, event: []int32{0, 1, 2}}

// checkChain checks that the events of a chain are a chain.
func checkChain(rt *rapid.T, p *program, t *track, best *mark) {
	if len(best.row) != best.level {
		rt.Fatalf("%d events for level %d", len(best.row), best.level)
	}
	made, used := map[int]bool{}, map[int]bool{}
	for i, h := range best.row {
		if t.at[h.event] != h.at || t.steps[h.event]>>(h.step-1)&1 == 0 {
			rt.Fatalf("event %d does not make step %d at %d", h.event, h.step, h.at)
		}
		if p.order <= Contiguous && h.step != i+1 || made[h.step] || used[h.event] && !p.reuse {
			rt.Fatalf("hit %d of %+v is out of place", i, best.row)
		}
		made[h.step], used[h.event] = true, true
		if i > 0 && h.at < best.row[i-1].at {
			rt.Fatalf("%+v goes back in time", best.row)
		}
	}
	if best.level > 0 && (best.row[0].at != best.start || best.row[best.level-1].at != best.end) {
		rt.Fatalf("%+v is not from %d to %d", best.row, best.start, best.end)
	}
}
