package journey

import (
	order "cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/funnel"
)

// naivePath is a path, its user, and what of it is told apart.
type naivePath struct {
	user   string
	events []string
}

// naivePaths reads the definition word by word, with texts and copies.
func naivePaths(p Paths, given bool, events []row) (paths []naivePath, empty, notAnchored int64) {
	units := map[string][]row{}
	for _, e := range events {
		key := e.user
		if p.By == funnel.BySession && given {
			key += "|" + e.session
		}
		units[key] = append(units[key], e)
	}
	for _, unit := range units {
		slices.SortStableFunc(unit, func(a, b row) int {
			return order.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name))
		})
		for _, session := range naiveSessions(p, given, unit) {
			path := naiveEvents(p, session)
			if len(path) == 0 {
				empty++
			} else if path = naiveAnchored(p, path); path == nil {
				notAnchored++
			} else {
				paths = append(paths, naivePath{unit[0].user, path})
			}
		}
	}
	return paths, empty, notAnchored
}

func naiveSessions(p Paths, given bool, unit []row) (sessions [][]row) {
	gap, ok := p.SessionGap.Limit()
	if !ok {
		gap = 30 * time.Minute
	}
	for i, e := range unit {
		if i == 0 || p.By == funnel.BySession && !given && e.at.Sub(unit[i-1].at) > gap {
			sessions = append(sessions, nil)
		}
		sessions[len(sessions)-1] = append(sessions[len(sessions)-1], e)
	}
	return sessions
}

func naiveEvents(p Paths, session []row) (path []string) {
	for _, e := range session {
		if slices.Contains(p.Hide, e.name) || p.Only != nil && !slices.Contains(p.Only, e.name) {
			continue
		}
		path = append(path, e.name)
	}
	if p.Collapse {
		path = slices.Compact(path)
	}
	return path
}

func naiveAnchored(p Paths, path []string) []string {
	if p.Anchor == nil {
		return path
	}
	var at []int
	for i, name := range path {
		if name == p.Anchor.Event {
			at = append(at, i)
		}
	}
	if at == nil {
		return nil
	}
	i := at[0]
	if p.Anchor.Pick == Last {
		i = at[len(at)-1]
	}
	if p.Anchor.Side == Before {
		return path[:i+1]
	}
	return path[i:]
}

// tally3 counts users, paths and times of a text.
type tally3 struct {
	users        map[string]bool
	paths, times int64
}

type naiveTally map[string]*tally3

// add counts a path in which texts were seen.
func (n naiveTally) add(user string, texts []string) {
	seen := map[string]bool{}
	for _, text := range texts {
		if n[text] == nil {
			n[text] = &tally3{users: map[string]bool{}}
		}
		n[text].users[user] = true
		n[text].times++
		if !seen[text] {
			n[text].paths++
		}
		seen[text] = true
	}
}

func (n naiveTally) lines() []string {
	lines := []string{}
	for text, t := range n {
		lines = append(lines, fmt.Sprintf("%s: %d users, %d paths, %d times", text, len(t.users), t.paths, t.times))
	}
	slices.Sort(lines)
	return lines
}

var anyPaths = rapid.Custom(func(t *rapid.T) Paths {
	p := Paths{
		By:       rapid.SampledFrom([]funnel.By{funnel.ByUser, funnel.BySession}).Draw(t, "by"),
		Collapse: rapid.Bool().Draw(t, "collapse"),
		Depth:    rapid.IntRange(0, 4).Draw(t, "depth"),
	}
	if rapid.Bool().Draw(t, "gap") {
		p.SessionGap = funnel.Within(time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes")) * time.Minute)
	}
	switch rapid.IntRange(0, 2).Draw(t, "filter") {
	case 1:
		p.Only = []string{"a", "b", "c"}
	case 2:
		p.Hide = []string{"d"}
	}
	if rapid.Bool().Draw(t, "anchored") {
		p.Anchor = &Anchor{
			"b", rapid.SampledFrom([]Side{After, Before}).Draw(t, "side"),
			rapid.SampledFrom([]Pick{First, Last}).Draw(t, "pick"),
		}
	}
	return p
})

// Property: events, transitions and paths are those that a reader of the
// definition would count by hand.
func TestPathsAgreeWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, given := anyPaths.Draw(t, "paths"), rapid.Bool().Draw(t, "sessions given")
		events := rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events")
		source := rows
		if given {
			source = inSessions()
		}
		counts, err := CountPaths(p, source, events)
		must(t, err)
		paths, empty, notAnchored := naivePaths(p, given, events)
		if counts.Paths() != int64(len(paths)) || counts.Empty != empty || counts.NotAnchored != notAnchored {
			t.Fatalf("%d paths, %d empty, %d not anchored; want %d, %d, %d",
				counts.Paths(), counts.Empty, counts.NotAnchored, len(paths), empty, notAnchored)
		}
		all, moves, ways := naiveTally{}, naiveTally{}, naiveTally{}
		starts, ends := map[string]int64{}, map[string]int64{}
		for _, path := range paths {
			all.add(path.user, path.events)
			starts[path.events[0]]++
			ends[path.events[len(path.events)-1]]++
			var steps []string
			for i, to := range path.events[1:] {
				steps = append(steps, path.events[i]+">"+to)
			}
			moves.add(path.user, steps)
			ways.add(path.user, []string{naiveWay(p, path.events)})
		}
		gotAll, gotMoves, gotWays := []string{}, []string{}, []string{}
		for _, e := range counts.Events() {
			gotAll = append(gotAll, fmt.Sprintf("%s: %d users, %d paths, %d times", e.Name, e.Users, e.Paths, e.Times))
			if e.Starts != starts[e.Name] || e.Ends != ends[e.Name] {
				t.Fatalf("%v: want %d starts and %d ends", e, starts[e.Name], ends[e.Name])
			}
		}
		for _, m := range counts.Transitions() {
			gotMoves = append(gotMoves, fmt.Sprintf("%s>%s: %d users, %d paths, %d times", m.From, m.To, m.Users, m.Paths, m.Times))
		}
		top, err := counts.Top(1000)
		must(t, err)
		for _, w := range top.Top {
			gotWays = append(gotWays, fmt.Sprintf("%s: %d users, %d paths, %d times", w, w.Users, w.Paths, w.Paths))
		}
		for _, pair := range [][2][]string{{all.lines(), gotAll}, {moves.lines(), gotMoves}, {ways.lines(), gotWays}} {
			slices.Sort(pair[1])
			if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
		}
	})
}

// naiveWay returns a path as far as it is told apart.
func naiveWay(p Paths, path []string) string {
	depth := p.Depth
	if depth == 0 {
		depth = 5
	}
	switch {
	case len(path) <= depth:
		return strings.Join(path, " → ")
	case p.Anchor != nil && p.Anchor.Side == Before:
		return "… " + strings.Join(path[len(path)-depth:], " → ")
	}
	return strings.Join(path[:depth], " → ") + " …"
}

// Property: neither the order of the input nor the way it is shared out changes
// the counts.
func TestPathCountsAccumulate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPaths.Draw(t, "paths")
		checkAccumulator(t, func(events []row) *PathCounts {
			counts, err := CountPaths(p, rows, events)
			must(t, err)
			return counts
		}, rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events"))
	})
}

// Property: at each node of a diagram, what flows in and starts is what flows
// out and ends; and what starts anywhere is all paths.
func TestSankeyLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, err := CountPaths(anyPaths.Draw(t, "paths"), rows, rapid.SliceOfN(anyRow, 0, 30).Draw(t, "events"))
		must(t, err)
		top := rapid.IntRange(1, 4).Draw(t, "top")
		s, err := counts.Sankey(top)
		must(t, err)
		in, out := make([]int64, len(s.Nodes)), make([]int64, len(s.Nodes))
		for _, l := range s.Links {
			if l.Value <= 0 || s.Nodes[l.Source].Position+1 != s.Nodes[l.Target].Position {
				t.Fatalf("link %+v from %+v to %+v", l, s.Nodes[l.Source], s.Nodes[l.Target])
			}
			out[l.Source] += l.Value
			in[l.Target] += l.Value
		}
		var starts, drops int64
		nodes := map[int]int{}
		for i, n := range s.Nodes {
			starts += n.Starts
			drops += n.Drop
			nodes[n.Position]++
			if in[i]+n.Starts != n.Paths || out[i]+n.Drop != n.Paths || n.Paths == 0 {
				t.Fatalf("%+v: in %d, out %d", n, in[i], out[i])
			}
			if n.Beyond > max(n.Starts, n.Drop) {
				t.Fatalf("%+v: more go on than are cut", n)
			}
		}
		if starts != counts.Paths() || drops != counts.Paths() {
			t.Fatalf("%d paths start and %d end, of %d", starts, drops, counts.Paths())
		}
		for position, n := range nodes {
			if n > top+1 {
				t.Fatalf("position %d has %d nodes, want at most %d and the rest", position, n, top)
			}
		}
	})
}

// Property: what follows an event, with other and none, is all there is of it,
// and the shares sum to 1; looking back, too.
func TestBranchesSumUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts, err := CountPaths(anyPaths.Draw(t, "paths"), rows, rapid.SliceOfN(anyRow, 1, 30).Draw(t, "events"))
		must(t, err)
		top := rapid.IntRange(0, 5).Draw(t, "top")
		for _, e := range counts.Events() {
			for _, look := range []func(string, int) (Branches, error){counts.Next, counts.Previous} {
				b, err := look(e.Name, top)
				must(t, err)
				sum, shares := b.Other+b.None, float64(b.Other+b.None)/float64(b.Times)
				for i, branch := range b.Top {
					sum += branch.Times
					shares += branch.Share
					if i > 0 && b.Top[i-1].Users < branch.Users {
						t.Fatalf("%+v: not by users", b)
					}
				}
				if sum != e.Times || b.Times != e.Times || shares < 0.999 || shares > 1.001 || len(b.Top) > top {
					t.Fatalf("%+v: sums to %d of %d", b, sum, e.Times)
				}
			}
		}
	})
}

// Property: swapping the two groups turns every sign and nothing else.
func TestComparePathsIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPaths.Draw(t, "paths")
		var groups [2]*PathCounts
		for i := range groups {
			var err error
			groups[i], err = CountPaths(p, rows, rapid.SliceOfN(anyRow, 0, 20).Draw(t, "events"))
			must(t, err)
		}
		ab, err := ComparePaths(groups[0], groups[1])
		must(t, err)
		ba, err := ComparePaths(groups[1], groups[0])
		must(t, err)
		for i := range ba {
			c := &ba[i]
			c.Of, c.Than, c.ShareOf, c.ShareThan = c.Than, c.Of, c.ShareThan, c.ShareOf
			if c.More != nil {
				c.More = &funnel.Difference{Value: -c.More.Value, Low: -c.More.High, High: -c.More.Low}
			}
			if c.MoreShare != nil {
				c.MoreShare = new(-*c.MoreShare)
			}
		}
		if diff := cmp.Diff(ab, ba); diff != "" {
			t.Fatalf("(-ab +ba):\n%s", diff)
		}
	})
}
