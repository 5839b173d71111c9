package journey

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/funnel"
)

// tell returns the events, transitions and paths of counts, in short.
func tell(t *testing.T, c *PathCounts) string {
	t.Helper()
	var words []string
	for _, e := range c.Events() {
		words = append(words, fmt.Sprintf("%s×%d", e.Name, e.Times))
	}
	for _, m := range c.Transitions() {
		words = append(words, fmt.Sprintf("%s>%s×%d", m.From, m.To, m.Times))
	}
	top, err := c.Top(10)
	must(t, err)
	for _, p := range top.Top {
		words = append(words, fmt.Sprintf("(%s)×%d", p, p.Paths))
	}
	return strings.Join(words, " ")
}

func TestPathEdges(t *testing.T) {
	session := func(names string) []row {
		var events []row
		for i, c := range names {
			events = append(events, row{user: "ann", session: "s", name: string(c), at: minute(i)})
		}
		return events
	}
	at := func(when time.Time, names string) []row {
		events := session(names)
		for i := range events {
			events[i].at = when
		}
		return events
	}
	tests := []struct {
		name   string
		paths  Paths
		events []row
		want   string
	}{
		{name: "nothing"},
		{name: "one event", events: session("a"), want: "a×1 (a)×1"},
		{name: "all at one instant, by name", events: at(minute(0), "cab"), want: "a×1 b×1 c×1 a>b×1 b>c×1 (a → b → c)×1"},
		{name: "all at one instant, as given", paths: Paths{Ties: funnel.TiesGiven}, events: at(minute(0), "cab"), want: "a×1 b×1 c×1 a>b×1 c>a×1 (c → a → b)×1"},
		{name: "a loop", events: session("aab"), want: "a×2 b×1 a>a×1 a>b×1 (a → a → b)×1"},
		{name: "a loop collapsed", paths: Paths{Collapse: true}, events: session("aaba"), want: "a×2 b×1 a>b×1 b>a×1 (a → b → a)×1"},
		{name: "a loop around what is hidden", paths: Paths{Collapse: true, Hide: []string{"x"}}, events: session("axa"), want: "a×1 (a)×1"},
		{name: "all hidden", paths: Paths{Hide: []string{"a"}}, events: session("aa")},
		{name: "longer than depth", paths: Paths{Depth: 2}, events: session("abc"), want: "a×1 b×1 c×1 a>b×1 b>c×1 (a → b …)×1"},
		{name: "exactly depth", paths: Paths{Depth: 2}, events: session("ab"), want: "a×1 b×1 a>b×1 (a → b)×1"},
		{name: "after the first", paths: Paths{Anchor: &Anchor{Event: "b"}}, events: session("abcb"), want: "b×2 c×1 b>c×1 c>b×1 (b → c → b)×1"},
		{name: "after the last", paths: Paths{Anchor: &Anchor{Event: "b", Pick: Last}}, events: session("abcb"), want: "b×1 (b)×1"},
		{name: "before the first", paths: Paths{Anchor: &Anchor{Event: "b", Side: Before}}, events: session("abcb"), want: "a×1 b×1 a>b×1 (a → b)×1"},
		{name: "before the last, not so deep", paths: Paths{Depth: 2, Anchor: &Anchor{Event: "b", Side: Before, Pick: Last}}, events: session("abcb"), want: "b×2 a×1 c×1 a>b×1 b>c×1 c>b×1 (… c → b)×1"},
		{name: "no anchor", paths: Paths{Anchor: &Anchor{Event: "b"}}, events: session("ac")},
		{name: "sessions by gap: exactly the gap is one", paths: Paths{By: funnel.BySession, SessionGap: funnel.Within(time.Minute)}, events: session("ab"), want: "a×1 b×1 a>b×1 (a → b)×1"},
		{name: "sessions by gap: past the gap are two", paths: Paths{By: funnel.BySession, SessionGap: funnel.Within(time.Minute - time.Microsecond)}, events: session("ab"), want: "a×1 b×1 (a)×1 (b)×1"},
		{name: "a hidden event keeps a session going", paths: Paths{By: funnel.BySession, Hide: []string{"x"}, SessionGap: funnel.Within(time.Minute)}, events: session("axb"), want: "a×1 b×1 a>b×1 (a → b)×1"},
		{name: "before 1970", events: at(time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), "ab"), want: "a×1 b×1 a>b×1 (a → b)×1"},
		{name: "an event without a name", events: []row{{user: "ann", at: minute(0)}}, want: "×1 ()×1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			counts, err := CountPaths(test.paths, rows, test.events)
			must(t, err)
			if got := tell(t, counts); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			s, err := counts.Sankey(3)
			must(t, err)
			if (len(s.Nodes) == 0) != (counts.Paths() == 0) || s.Nodes == nil || s.Links == nil {
				t.Errorf("%d paths, diagram %+v", counts.Paths(), s)
			}
		})
	}
}

func TestUnitsThatAreNoPath(t *testing.T) {
	events := append(day("ann", "a", "b"), day("bob", "x")...)
	events = append(events, day("cyd", "a", "c")...)
	source := rows
	source.AsOf = minute(0)
	counts, err := CountPaths(Paths{Hide: []string{"x"}, Anchor: &Anchor{Event: "b"}}, rows, events)
	must(t, err)
	if counts.Users != 3 || counts.Units != 3 || counts.Empty != 1 || counts.NotAnchored != 1 || counts.Paths() != 1 {
		t.Errorf("%+v", counts)
	}
	counts, err = CountPaths(Paths{}, source, events)
	must(t, err)
	if got := tell(t, counts); got != "a×2 x×1 (a)×2 (x)×1" || counts.AfterAsOf != 2 {
		t.Errorf("as of the first minute: %s, %d later", got, counts.AfterAsOf)
	}
}

func TestPathFaults(t *testing.T) {
	tests := []struct {
		name  string
		paths Paths
		want  string
	}{
		{"attempts", Paths{By: funnel.ByTotal}, `by: is total: want "user" or "session"`},
		{"negative gap", Paths{By: funnel.BySession, SessionGap: funnel.Within(-time.Second)}, "sessionGap: -1s: want 0 or more"},
		{"strict ties", Paths{Ties: funnel.TiesStrict}, "ties: is strict"},
		{"only and hide", Paths{Only: []string{"a"}, Hide: []string{"b"}}, "hide: goes with all events"},
		{"anchor without event", Paths{Anchor: &Anchor{}}, "anchor.event: is missing"},
		{"anchor hidden", Paths{Hide: []string{"a"}, Anchor: &Anchor{Event: "a"}}, `anchor.event: "a" is left out`},
		{"anchor not among the only ones", Paths{Only: []string{"b"}, Anchor: &Anchor{Event: "a"}}, `anchor.event: "a" is left out`},
		{"no such side", Paths{Anchor: &Anchor{Event: "a", Side: 2}}, "anchor.side: no such side: 2"},
		{"no such pick", Paths{Anchor: &Anchor{Event: "a", Pick: 2}}, "anchor.pick: no such pick: 2"},
		{"negative depth", Paths{Depth: -1}, "depth: -1: want 1 to 50"},
		{"too deep", Paths{Depth: MaxDepth + 1}, "depth: 51: want 1 to 50"},
		{"too many names", Paths{Hide: make([]string, MaxNames+1)}, "names 10001 events"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hasFault(t, test.paths.Validate(), test.want)
			_, err := CountPaths(test.paths, rows, nil)
			hasFault(t, err, test.want)
		})
	}
}

func TestEventsThatPathsName(t *testing.T) {
	p := Paths{Only: []string{"a", "b"}, Anchor: &Anchor{Event: "b"}}
	must(t, p.ValidateEvents([]string{"a", "b", "c"}))
	hasFault(t, p.ValidateEvents([]string{"a"}), "only[1]: no such event: \"b\"\nanchor.event: no such event: \"b\"")
	hasFault(t, Paths{Hide: []string{"ping"}}.ValidateEvents(nil), `hide[0]: no such event: "ping"`)
}

func TestParsePaths(t *testing.T) {
	document := `{"name":"to pay","by":"session","sessionGap":"20m","ties":"given","hide":["ping"],"collapse":true,` +
		`"anchor":{"event":"pay","side":"before","pick":"last"},"depth":4}`
	p, err := ParsePaths([]byte(document))
	must(t, err)
	data, err := json.Marshal(p)
	must(t, err)
	if string(data) != document {
		t.Errorf("%s", data)
	}
	for text, want := range map[string]string{
		`{"by": "visitor"}`:                     "by: ",
		`{"anchor": {"event": "a", "at": 1}}`:   `unknown key "at"`,
		`{"anchor": {"side": "under"}}`:         "anchor.side: ",
		`{"anchor": {"event":"a","pick": "2"}}`: "anchor.pick: ",
		`{"depth": 99}`:                         "depth: 99",
		`{"sessionGap": "-1h"}`:                 "sessionGap: ",
	} {
		_, err := ParsePaths([]byte(text))
		hasFault(t, err, want)
	}
	if Side(7).String() != "Side(7)" || Pick(7).String() != "Pick(7)" || Measure(7).String() != "Measure(7)" {
		t.Error("no text for what is no side, pick or measure")
	}
	if _, err := json.Marshal(Anchor{Side: 7}); err == nil {
		t.Error("what is no side was written")
	}
}

// Bad events leave counts as they were.
func TestPathCounterRefuses(t *testing.T) {
	c, err := NewPathCounter(Paths{}, rows)
	must(t, err)
	must(t, c.Add(day("ann", "a", "b")))
	before := bytesOf(t, c.Counts())
	bad := []row{{name: "new", at: minute(0)}, {name: "newer"}}
	hasFault(t, c.Add(bad), "event 1 has no time")
	bad[1].at = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	hasFault(t, c.Add(bad), "want the years 1 to 9999")
	many := make([]row, MaxNames+1)
	for i := range many {
		many[i] = row{name: fmt.Sprint(i), at: minute(0)}
	}
	hasFault(t, c.Add(many), "one name too many: want at most 10000")
	must(t, c.Add(nil))
	if diff := cmp.Diff(before, bytesOf(t, c.Counts())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, c.Add(day("bob", "a")))
	if c.Counts().Users != 2 {
		t.Errorf("%d users", c.Counts().Users)
	}
}

func TestSourcesThatLack(t *testing.T) {
	without := rows
	without.Name = nil
	_, err := NewPathCounter(Paths{}, without)
	hasFault(t, err, "source has no Name")
	without = rows
	without.At = nil
	_, err = NewPathCounter(Paths{}, without)
	hasFault(t, err, "source has no At")
	without = rows
	without.User = nil
	_, err = CountPaths(Paths{}, without, day("ann", "a"))
	hasFault(t, err, "source has no User")
	without = rows
	without.AsOf = time.Unix(math.MaxInt32*1000, 0)
	_, err = CountPaths(Paths{}, without, nil)
	hasFault(t, err, "AsOf at")
	_, err = CountPaths(Paths{}, rows, []row{{user: "ann"}})
	hasFault(t, err, "(of user ann)")
}

func TestQuestionsThatHaveNoAnswer(t *testing.T) {
	counts, err := CountPaths(Paths{Anchor: &Anchor{Event: "b"}}, rows, day("ann", "a", "b", "c"))
	must(t, err)
	_, err = counts.Next("x", 3)
	hasFault(t, err, `no path has the event "x"`)
	_, err = counts.Previous("a", 3) // before the anchor
	hasFault(t, err, `no path has the event "a"`)
	_, err = counts.Next("b", -1)
	hasFault(t, err, "want 0 or more")
	_, err = counts.Top(-1)
	hasFault(t, err, "want 0 or more")
	_, err = counts.Sankey(0)
	hasFault(t, err, "want 1 or more")
	other, err := CountPaths(Paths{}, rows, nil)
	must(t, err)
	_, err = ComparePaths(counts, other)
	hasFault(t, err, "unlike paths")
	hasFault(t, counts.Merge(other), "other paths")
	hasFault(t, counts.UnmarshalBinary(bytesOf(t, other)), "another configuration")
	later := rows
	later.AsOf = minute(9)
	asOf, err := CountPaths(counts.Policy(), later, nil)
	must(t, err)
	hasFault(t, counts.Merge(asOf), "another moment")
	// Nobody has no rates, and never 0.
	changes, err := ComparePaths(counts, asOf)
	must(t, err)
	for _, c := range changes {
		if c.Of == nil || c.Than != nil || c.More != nil || c.ShareThan != nil || c.MoreShare != nil {
			t.Errorf("%+v", c)
		}
	}
}

// A counter goes on after its counts were read from elsewhere, with other codes.
func TestCounterGoesOnAfterReading(t *testing.T) {
	p := Paths{Anchor: &Anchor{Event: "z"}}
	other, err := CountPaths(p, rows, append(day("ann", "m", "z", "a"), day("bob", "z", "b")...))
	must(t, err)
	c, err := NewPathCounter(p, rows)
	must(t, err)
	must(t, c.Add(day("cyd", "z", "y")))
	must(t, c.Counts().UnmarshalBinary(bytesOf(t, other)))
	must(t, c.Add(day("dan", "y", "z", "b")))
	if got := tell(t, c.Counts()); got != "z×3 b×2 a×1 z>b×2 z>a×1 (z → b)×2 (z → a)×1" {
		t.Error(got)
	}
}

func FuzzPathCounts(f *testing.F) {
	counts, err := CountPaths(Paths{Depth: 2}, rows, append(day("ann", "a", "b", "a"), day("bob", "b")...))
	if err != nil {
		f.Fatal(err)
	}
	fuzzCounts(f, counts, func(read *PathCounts) error {
		_, err := read.Sankey(2)
		return err
	})
}
