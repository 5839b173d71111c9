package funnel

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/names"
)

func TestValidate(t *testing.T) {
	two := func(m Match) Funnel { return abc(2, m) }
	for _, c := range []struct {
		f    Funnel
		want string
	}{
		{Funnel{}, "steps: has 0: want 1 to 64"},
		{abc(65, Match{}), "steps: has 65: want 1 to 64"},
		{Funnel{Steps: []Step{{}}}, "steps[0].name: is missing"},
		{two(Match{Window: Within(-1)}), "match.window: -1ns: want 0 or more"},
		{two(Match{Grace: Within(-time.Hour)}), "match.grace: -1h: want 0 or more"},
		{Funnel{Steps: []Step{{Name: "A", MaxGap: Within(1)}}}, "steps[0].maxGap: the first step has none before it"},
		{Funnel{Steps: []Step{{Name: "A"}, {Name: "B", MaxGap: Within(-1)}}}, "steps[1].maxGap: -1ns: want 0 or more"},
		{Funnel{Steps: []Step{{Name: "A"}, {Name: "B", MaxGap: Within(1)}}, Match: Match{Order: AnyOrder}}, `steps[1].maxGap: with order "any order" no step has one before it`},
		{two(Match{Order: 9}), "match.order: no such order: 9"},
		{two(Match{Ties: 9}), "match.ties: no such tie policy: 9"},
		{two(Match{Entry: 9}), "match.entry: no such entry: 9"},
		{two(Match{Excluded: 9}), "match.excluded: no such treatment of the excluded: 9"},
		{two(Match{Hold: make([]string, 9)}), "match.hold: has 9: want at most 8"},
		{two(Match{Hold: []string{"product", "", "product"}}), "match.hold[1]: is missing\nmatch.hold[2]: \"product\" is there already"},
		{two(Match{Exclusions: []Exclusion{{}}}), "match.exclusions[0]: names no event: want events or where"},
		{two(Match{Exclusions: []Exclusion{{Where: "x", After: 2}}}), "match.exclusions[0]: after step 2 and before step 2: want two of the 2 steps, in order"},
		{two(Match{Exclusions: []Exclusion{{Where: "x", Before: 3}}}), "match.exclusions[0]: after step 1 and before step 3: want two of the 2 steps, in order"},
		{two(Match{Exclusions: []Exclusion{{Where: "x", After: -1}}}), "match.exclusions[0]: after step -1 and before step 2: want two of the 2 steps, in order"},
		{abc(3, Match{Order: Nested, Exclusions: []Exclusion{{Where: "x", Before: 2}}}), `match.exclusions[0]: after step 1 and before step 2: with order "nested" there is no such part`},
		{two(Match{Order: Contiguous, Exclusions: []Exclusion{{Where: "x"}}}), `match.exclusions: with order "contiguous" any event comes between`},
		{two(Match{Order: Contiguous, Reuse: true}), `match.reuse: with order "contiguous" it needs ties "given" or "strict"`},
		{two(Match{Order: AnyOrder, Excluded: DropUnit}), `match.excluded: with order "any order" units keep their level`},
		{Funnel{Steps: []Step{{Name: "A"}}, By: 7}, "by: is By(7): want user, session or total"},
		{Funnel{Steps: []Step{{Name: "A"}}, By: ByTotal, Match: Match{Order: AnyOrder}}, `by: total counts attempts, which need the order "ordered"`},
		{Funnel{Steps: []Step{{Name: "A"}}, By: ByTotal, Match: Match{Excluded: DropUnit}}, "match.excluded: an attempt that an exclusion ends has been made: by total it counts"},
		{Funnel{Steps: []Step{{Name: "A"}}, SessionGap: Within(-1)}, "sessionGap: -1ns: want 0 or more"},
		{Funnel{Steps: []Step{{Name: "A", Events: make([]string, MaxNames+1)}}}, "names 10001 events: want at most 10000"},
		{Funnel{Steps: []Step{{Name: "A"}}, Breakdowns: []Breakdown{{}, {Name: "a"}, {Name: "a"}, {Name: "b", By: 9}, {Name: "c", By: AtStep, Step: 2}, {Name: "d", Step: 1}}}, strings.Join([]string{
			"breakdowns[0].name: is missing",
			`breakdowns[2].name: "a" is there already`,
			"breakdowns[3].by: no such attribution: 9",
			"breakdowns[4].step: 2: want 1 to 1",
			`breakdowns[5].step: counts with by "step" only`,
		}, "\n")},
		{Funnel{Steps: []Step{{Name: "A"}}, Breakdowns: make([]Breakdown, 17)}, "breakdowns: has 17: want at most 16"},
		{two(Match{Exclusions: make([]Exclusion, 65)}), "match.exclusions: has 65: want at most 64"},
	} {
		err := c.f.Validate()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v\nwant %s", err, c.want)
		}
	}
	if err := abc(64, Match{}).Validate(); err != nil {
		t.Errorf("64 steps: %v", err)
	}
}

func TestValidateEvents(t *testing.T) {
	f := Funnel{
		Steps: []Step{{Name: "A"}, {Name: "b"}, {Name: "any", Where: "paid"}, {Name: "last", Events: []string{"C", "c"}}},
		Match: Match{Exclusions: []Exclusion{{Events: []string{"x", "A"}}, {Where: "refunded"}}},
	}
	err := f.ValidateEvents([]string{"A", "C"})
	want := "steps[1].name: no such event: \"b\"\nsteps[3].events[1]: no such event: \"c\"\nmatch.exclusions[0].events[0]: no such event: \"x\""
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	if err := f.ValidateEvents([]string{"A", "b", "C", "c", "x"}); err != nil {
		t.Error(err)
	}
}

// All of 64 steps work, in every order and by pairing.
func TestManySteps(t *testing.T) {
	f := Funnel{}
	var text strings.Builder
	var events []row
	for i := range MaxSteps {
		f.Steps = append(f.Steps, Step{Name: fmt.Sprint("s", i), Events: []string{fmt.Sprint("s", i), "any"}})
		events = append(events, row{"u", int64(i), fmt.Sprint("s", i)})
		fmt.Fprint(&text, i)
	}
	for order := range Nested + 1 {
		f.Match.Order = order
		if got := levels(t, f, events)["u"]; got != MaxSteps {
			t.Errorf("%s: level %d, want 64", order, got)
		}
	}
	f.Match = Match{Window: Within(0)}
	same := make([]row, MaxSteps)
	for i := range same {
		same[i] = row{"u", 1, "any"}
	}
	for order := range Nested + 1 {
		f.Match.Order = order
		if got := levels(t, f, same)["u"]; got != MaxSteps {
			t.Errorf("%s, paired: level %d, want 64", order, got)
		}
	}
}

func TestParse(t *testing.T) {
	text := `{"name":"checkout","steps":[{"name":"look","events":["banner","search"]},{"name":"view"},{"name":"pay","where":"in full","maxGap":"90m"}],` +
		`"match":{"window":"24h","ties":"given","entry":"first","reuse":true,"grace":"2s","hold":["product"],` +
		`"exclusions":[{"events":["refund"],"after":1,"before":3}],"excluded":"drop unit"},"by":"session","sessionGap":"15m",` +
		`"breakdowns":[{"name":"city"},{"name":"plan","by":"step","step":2}]}`
	f, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := Funnel{
		Name:  "checkout",
		Steps: []Step{{Name: "look", Events: []string{"banner", "search"}}, {Name: "view"}, {Name: "pay", Where: "in full", MaxGap: Within(90 * time.Minute)}},
		Match: Match{
			Window: Within(24 * time.Hour), Ties: TiesGiven, Entry: FirstEntry, Reuse: true, Grace: Within(2 * time.Second), Hold: []string{"product"},
			Exclusions: []Exclusion{{Events: []string{"refund"}, After: 1, Before: 3}}, Excluded: DropUnit,
		},
		By: BySession, SessionGap: Within(15 * time.Minute),
		Breakdowns: []Breakdown{{Name: "city"}, {Name: "plan", By: AtStep, Step: 2}},
	}
	if diff := cmp.Diff(want, f, cmp.AllowUnexported(Window{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if again, err := json.Marshal(f); err != nil || string(again) != text {
		t.Errorf("written as %s: %v", again, err)
	}
	for text, want := range map[string]string{
		`{"steps":[{"name":"a"}],"window":"24h"}`:                      "window",
		`{"steps":[{"name":"a"}],"match":{"window":"7d"}}`:             "is not a window",
		`{"steps":[{"name":"a"}],"match":{"order":"chaotic"}}`:         `no such order: "chaotic"`,
		`{"steps":[{"name":"a"}],"breakdowns":[{"name":"a","by":""}]}`: `no such attribution: ""`,
		`{"steps":[]}`: "has 0",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestWindowText(t *testing.T) {
	for text, d := range map[string]time.Duration{
		"24h": 24 * time.Hour, "90m": 90 * time.Minute, "1s": time.Second, "1500ms": 1500 * time.Millisecond, "7us": 7 * time.Microsecond, "3ns": 3,
		"0h": 0, "2562047h": 2562047 * time.Hour,
	} {
		w, err := ParseWindow(text)
		if err != nil || w != Within(d) || w.String() != text {
			t.Errorf("%s is %s (%v): %v", text, w, d, err)
		}
	}
	for _, text := range []string{"", "h", "7d", "1.5h", "-1h", "01h", "2562048h", "99999999999999999999h", "1h30m", " 1h", "1 h", "1H"} {
		if w, err := ParseWindow(text); err == nil {
			t.Errorf("%q is %s: want an error", text, w)
		}
	}
	var none Window
	if _, limited := none.Limit(); limited || !none.IsZero() || none.String() != "" {
		t.Errorf("no window is %q", none)
	}
	if err := none.UnmarshalText(nil); err == nil {
		t.Error("an empty text: want an error")
	}
}

// Every name that is written is read, and no other.
func TestNames(t *testing.T) {
	for _, n := range []names.Names{orders, ties, entries, treatments, bys, attributions, endings} {
		for i, text := range n.List {
			if got, err := n.Unmarshal([]byte(text)); err != nil || int(got) != i {
				t.Errorf("%s %q is %d, want %d: %v", n.What, text, got, i, err)
			}
		}
		if _, err := n.Unmarshal([]byte("no such")); err == nil {
			t.Errorf("no such %s: want an error", n.What)
		}
		if _, err := n.Marshal(uint8(len(n.List))); err == nil || !strings.Contains(n.Of(99), "(99)") {
			t.Errorf("%s: %v, %s", n.What, err, n.Of(99))
		}
	}
}
