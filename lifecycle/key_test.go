package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

// deed is something that a customer did.
type deed struct {
	id     int
	action string
	at     time.Time
}

func actionsOf(t rapid.TB, zone *time.Location, deeds []deed) *lifecycle.Actions[int] {
	t.Helper()
	a := &lifecycle.Actions[int]{Zone: zone}
	for _, d := range deeds {
		checkAdd(t, a.Add(d.id, d.action, d.at))
	}
	return a
}

// early draws what so many customers did in their first two weeks: everybody
// joins on the first day and is seen in the second week; half look, a third of
// them often, and half save, which those do who look.
func early(random *rand.Rand, customers int) (deeds []deed, saved []bool) {
	for id := range customers {
		at := worldStart.Add(time.Duration(id) * time.Minute)
		deeds = append(deeds, deed{id, "join", at}, deed{id, "visit", at.AddDate(0, 0, 9)})
		saves := false
		for k := range random.IntN(2) * (1 + random.IntN(6)) {
			deeds = append(deeds, deed{id, "look", at.Add(time.Duration(1+k) * 20 * time.Hour)})
			saves = saves || random.IntN(3) == 0
		}
		if random.IntN(3) == 0 {
			deeds = append(deeds, deed{id, "share", at.Add(time.Hour)})
		}
		if saves {
			deeds = append(deeds, deed{id, "save", at.Add(50 * time.Hour)})
		}
		saved = append(saved, saves)
	}
	return deeds, saved
}

// stay adds an order in the outcome window for those who stay.
func stay(deeds []deed, stays []bool) []deed {
	deeds = slices.Clone(deeds)
	for id, s := range stays {
		if s {
			deeds = append(deeds, deed{id, "order", worldStart.AddDate(0, 0, 40)})
		}
	}
	return deeds
}

// Staying that has been dealt out anew has nothing to do with any action: a
// report names one in one of twenty at most.
func TestKeyActionsOfPermutedOutcomes(t *testing.T) {
	const customers, seeds = 120, 120
	deeds, _ := early(rand.New(rand.NewPCG(7, 7)), customers)
	now := worldStart.AddDate(0, 3, 0)
	named, tried := 0, 0
	for seed := range uint64(seeds) {
		stays := make([]bool, customers)
		for i, at := range rand.New(rand.NewPCG(seed, 2)).Perm(customers) {
			stays[at] = i < 48
		}
		report, err := actionsOf(t, nil, stay(deeds, stays)).Key(now, lifecycle.KeyOptions[int]{})
		checkAdd(t, err)
		tried += len(report.Tried)
		if len(report.Proven()) > 0 {
			named++
		}
	}
	if named > seeds/20 {
		t.Errorf("%d of %d reports name an action", named, seeds)
	}
	if tried < 4*seeds {
		t.Errorf("only %d tries in %d reports", tried, seeds)
	}
}

// Those who save stay: 90 in 100 of them, and 30 of the others.
func TestKeyActionPlanted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	deeds, saved := early(random, 400)
	stays := make([]bool, len(saved))
	for i, s := range saved {
		stays[i] = random.IntN(100) < 30 || s && random.IntN(100) < 86
	}
	report, err := actionsOf(t, nil, stay(deeds, stays)).Key(worldStart.AddDate(0, 3, 0), lifecycle.KeyOptions[int]{})
	checkAdd(t, err)
	best := report.Tried[0]
	if best.Action != "save" || best.AtLeast != 1 || best.Verdict != lifecycle.Better || !(best.Low > 0.4 && best.High < 0.8 && best.Phi > 0.4) {
		t.Errorf("the best is %+v", best)
	}
	if !strings.HasPrefix(report.String(), best.String()) || !strings.HasSuffix(report.String(), "a candidate for an experiment") {
		t.Error(report)
	}
	for _, k := range report.Tried {
		if k.Action == "share" && k.Verdict != lifecycle.Unproven {
			t.Errorf("%+v", k)
		}
	}
}

func TestKeyActionsByHand(t *testing.T) {
	day := func(n float64) time.Time { return worldStart.Add(time.Duration(n * 24 * float64(time.Hour))) }
	deeds := []deed{
		// Customer 1 searches twice, is seen and stays.
		{1, "join", day(0)},
		{1, "search", day(1)},
		{1, "search", day(1)}, // at the same microsecond: once
		{1, "search", day(6.999)},
		{1, "search", day(7)}, // no longer in the first window, but seen
		{1, "order", day(28)},
		// Customer 2 searches once and is seen, but does not stay.
		{2, "search", day(2)},
		{2, "visit", day(20)},
		{2, "order", day(58)}, // after the outcome window, which ends on day 58
		// Customer 3 does not search, is seen and stays.
		{3, "join", day(0)},
		{3, "visit", day(27.9)},
		{3, "visit", day(55.9)},
		// Customer 4 is gone after the first week: coming back proves nothing.
		{4, "search", day(0)},
		{4, "order", day(30)},
		// Customer 5 came too late to tell.
		{5, "search", day(10)},
	}
	report, err := actionsOf(t, nil, deeds).Key(day(58), lifecycle.KeyOptions[int]{Least: 1, Try: []string{"search", "order", "nothing"}, Counts: []int{1, 2}})
	checkAdd(t, err)
	if report.Stayed != (lifecycle.Share{Count: 2, Of: 3}) || report.Gone != 1 || report.Open != 1 || report.LeftOut != 0 || report.Untried != 2 {
		t.Errorf("%+v", report)
	}
	type row struct {
		Action            string
		AtLeast           int
		Done, Did, DidNot lifecycle.Share
		Difference, Phi   string
	}
	var got []row
	for _, k := range report.Tried {
		got = append(got, row{k.Action, k.AtLeast, k.Done, k.Did, k.DidNot, fmt.Sprintf("%.3f", k.Difference), fmt.Sprintf("%.3f", k.Phi)})
		if k.P != 1 || k.Adjusted != 1 || k.Verdict != lifecycle.Unproven {
			t.Errorf("%+v", k)
		}
	}
	want := []row{
		{"search", 2, lifecycle.Share{Count: 1, Of: 3}, lifecycle.Share{Count: 1, Of: 1}, lifecycle.Share{Count: 1, Of: 2}, "0.500", "0.500"},
		{"search", 1, lifecycle.Share{Count: 2, Of: 3}, lifecycle.Share{Count: 1, Of: 2}, lifecycle.Share{Count: 1, Of: 1}, "-0.500", "-0.500"},
	}
	sortRows := func(rows []row) { slices.SortFunc(rows, func(a, b row) int { return b.AtLeast - a.AtLeast }) }
	sortRows(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// With orders as the outcome customer 3 does not stay; and a host that knows
	// who is present keeps customer 4.
	other, err := actionsOf(t, nil, deeds).Key(day(58), lifecycle.KeyOptions[int]{
		Least: 1, Outcome: []string{"order"}, Start: func(id int) (time.Time, bool) { return day(0), id < 5 },
		Present: func(id int, at time.Time) bool { return at.Equal(day(7)) && id != 2 },
	})
	checkAdd(t, err)
	if other.Stayed != (lifecycle.Share{Count: 2, Of: 3}) || other.Gone != 1 || other.LeftOut != 1 {
		t.Errorf("%+v", other)
	}
}

// Property: a report is what asking the list of events anew for each number
// gives.
func TestKeyActionsAgainstNaive(t *testing.T) {
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		var deeds []deed
		for range rapid.IntRange(0, 60).Draw(t, "deeds") {
			deeds = append(deeds, deed{
				rapid.IntRange(1, 8).Draw(t, "customer"), rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "action"),
				worldStart.Add(drawHour(t, 24*70, "hour")),
			})
		}
		now := worldStart.Add(drawHour(t, 24*80, "now"))
		o := lifecycle.KeyOptions[int]{
			First: regulars.Days(rapid.IntRange(1, 5).Draw(t, "first")), From: regulars.Weeks(1), To: regulars.Months(1),
			Least: 1, Counts: []int{1, 3}, Outcome: rapid.SampledFrom([][]string{nil, {"b"}, {"a", "c"}}).Draw(t, "outcome"),
		}
		got, err := actionsOf(t, zone, deeds).Key(now, o)
		checkAdd(t, err)
		stayed, gone, open := map[int]bool{}, 0, 0
		count := func(id int, actions []string, from, to time.Time) int {
			seen := map[string]bool{}
			for _, d := range deeds {
				if d.id == id && (actions == nil || slices.Contains(actions, d.action)) && !d.at.Before(from) && d.at.Before(to) {
					seen[fmt.Sprint(d.action, d.at)] = true
				}
			}
			return len(seen)
		}
		starts := map[int]time.Time{}
		for _, d := range deeds {
			if s, ok := starts[d.id]; !ok || d.at.Before(s) {
				starts[d.id] = d.at
			}
		}
		for id, s := range starts {
			switch {
			case o.To.After(s, zone).After(now):
				open++
			case count(id, nil, o.First.After(s, zone), o.From.After(s, zone)) == 0:
				gone++
			default:
				stayed[id] = count(id, o.Outcome, o.From.After(s, zone), o.To.After(s, zone)) > 0
			}
		}
		if got.Gone != gone || got.Open != open || got.Stayed.Of != len(stayed) {
			t.Fatalf("%+v, want %d gone, %d open and %d judged", got, gone, open, len(stayed))
		}
		tries := 0
		for _, action := range []string{"a", "b", "c"} {
			for _, atLeast := range o.Counts {
				var did, didNot lifecycle.Share
				for id, stays := range stayed {
					share := &didNot
					if count(id, []string{action}, starts[id], o.First.After(starts[id], zone)) >= atLeast {
						share = &did
					}
					share.Of++
					if stays {
						share.Count++
					}
				}
				at := slices.IndexFunc(got.Tried, func(k lifecycle.KeyAction) bool { return k.Action == action && k.AtLeast == atLeast })
				if did.Of == 0 || didNot.Of == 0 {
					if at >= 0 {
						t.Fatalf("tried without customers: %+v", got.Tried[at])
					}
					continue
				}
				tries++
				if at < 0 || got.Tried[at].Did != did || got.Tried[at].DidNot != didNot {
					t.Fatalf("%s at least %d: want %v and %v in %+v", action, atLeast, did, didNot, got.Tried)
				}
				k, a, b, c, d := got.Tried[at], float64(did.Count), float64(did.Of-did.Count), float64(didNot.Count), float64(didNot.Of-didNot.Count)
				if want := (a*d - b*c) / math.Sqrt((a+b)*(c+d)*(a+c)*(b+d)); !math.IsNaN(want) && math.Abs(k.Phi-want) > 1e-12 || k.Low > k.Difference || k.High < k.Difference || k.Adjusted < k.P {
					t.Fatalf("%+v, want phi %v", k, want)
				}
			}
		}
		if tries != len(got.Tried) {
			t.Fatalf("%d tries, want %d", len(got.Tried), tries)
		}
	})
}

// Property: whatever else those who stayed did in the outcome window changes
// no try.
func TestKeyActionsLookAtNothingLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		deeds, saved := early(random, 60)
		deeds = stay(deeds, saved)
		o, now := lifecycle.KeyOptions[int]{Least: 5}, worldStart.AddDate(0, 3, 0)
		want, err := actionsOf(t, nil, deeds).Key(now, o)
		checkAdd(t, err)
		for id, s := range saved {
			for range random.IntN(5) {
				if s {
					deeds = append(deeds, deed{id, []string{"look", "share", "save"}[random.IntN(3)], worldStart.AddDate(0, 0, 30+random.IntN(60))})
				}
			}
		}
		got, err := actionsOf(t, nil, deeds).Key(now, o)
		checkAdd(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(regulars.Span{})); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestKeyActionsRefuse(t *testing.T) {
	a, now := actionsOf(t, nil, []deed{{1, "a", worldStart}}), worldStart.AddDate(1, 0, 0)
	for name, o := range map[string]lifecycle.KeyOptions[int]{
		"counts from 0":       {Counts: []int{0, 1}},
		"counts that descend": {Counts: []int{2, 1}},
		"a count twice":       {Counts: []int{1, 1}},
		"no counts":           {Counts: []int{}},
		"least":               {Least: -1},
		"level":               {Level: 1},
		"not a level":         {Level: math.NaN()},
		"no second window":    {First: regulars.Days(28)},
		"no outcome window":   {To: regulars.Days(28)},
		"overlapping windows": {First: regulars.Days(30), To: regulars.Days(90), Present: func(int, time.Time) bool { return true }},
	} {
		if got, err := a.Key(now, o); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := a.Key(time.Time{}, lifecycle.KeyOptions[int]{}); err == nil {
		t.Error("no moment")
	}
	if got, err := (&lifecycle.Actions[int]{}).Key(now, lifecycle.KeyOptions[int]{}); err != nil || got.String() != "none proven: 0 tried" {
		t.Errorf("no actions: %v, %v", got, err)
	}
}

func TestActionsRefuse(t *testing.T) {
	var a lifecycle.Actions[string]
	if a.Add("", "a", worldStart) == nil || a.Add("ann", "", worldStart) == nil || a.Add("ann", "a", time.Time{}) == nil {
		t.Error("nobody, nothing or never is taken")
	}
	for i := range lifecycle.MaxActions {
		checkAdd(t, a.Add("ann", fmt.Sprint(i), worldStart))
	}
	var more lifecycle.Actions[string]
	checkAdd(t, more.Add("ann", "one more", worldStart))
	if a.Add("ann", "one more", worldStart) == nil || a.Merge(&more) == nil || a.Merge(&a) == nil || a.Merge(&lifecycle.Actions[string]{Until: worldStart}) == nil {
		t.Error("too many actions, itself or another end are taken")
	}
	if len(a.Kinds()) != lifecycle.MaxActions {
		t.Errorf("%d kinds", len(a.Kinds()))
	}
	a.Until = worldStart
	if a.Add("ann", "1", worldStart) == nil {
		t.Error("the end changed")
	}
	until := lifecycle.Actions[string]{Until: worldStart}
	checkAdd(t, until.Add("ann", "a", worldStart.Add(1)))
	if until.AfterUntil() != 1 || len(until.Kinds()) != 0 {
		t.Error(until.AfterUntil(), until.Kinds())
	}
}

func TestKeyActionsAsJSON(t *testing.T) {
	var deeds []deed
	for id := range 8 {
		deeds = append(deeds, deed{id, "join", worldStart}, deed{id, "visit", worldStart.AddDate(0, 0, 10)})
		if id < 4 {
			deeds = append(deeds, deed{id, "save", worldStart}, deed{id, "order", worldStart.AddDate(0, 0, 30)})
		}
	}
	report, err := actionsOf(t, nil, deeds).Key(worldStart.AddDate(0, 3, 0), lifecycle.KeyOptions[int]{Least: 4})
	checkAdd(t, err)
	report.Tried[0].Low, report.Tried[0].High, report.Tried[0].P, report.Tried[0].Adjusted = 0.25, 1, 0.0285, 0.0285
	text, err := json.Marshal(report)
	want := `{"first":"7d","from":"28d","to":"56d","level":0.95,"stayed":{"count":4,"of":8},"gone":0,"open":0,"tried":[{"action":"save","atLeast":1,` +
		`"done":{"count":4,"of":8},"did":{"count":4,"of":4},"didNot":{"count":0,"of":4},"difference":1,"low":0.25,"high":1,"phi":1,"p":0.0285,"adjusted":0.0285,"verdict":"better"}],` +
		`"untried":15,"reading":"an association, not an effect: who means to stay may act more; a candidate for an experiment"}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
}

func ExampleActions_Key() {
	// Of 60 customers 30 saved an address in the first week. Of these 24 ordered
	// in the second month, and of the others 9.
	var actions lifecycle.Actions[int]
	start := on("2024-03-04")
	for id := range 60 {
		check(actions.Add(id, "visit", start))
		check(actions.Add(id, "visit", start.AddDate(0, 0, 14)))
		if id < 30 {
			check(actions.Add(id, "save address", start.AddDate(0, 0, 2)))
		}
		if id < 24 || id >= 51 {
			check(actions.Add(id, "order", start.AddDate(0, 0, 35)))
		}
	}
	report, err := actions.Key(on("2024-06-01"), lifecycle.KeyOptions[int]{Outcome: []string{"order"}})
	check(err)
	fmt.Println(report)
	// Output:
	// save address at least once: 80.0 % stayed against 30.0 %, 50.0 points more (25.1 to 67.0), phi 0.50, P = 0.00021
	// an association, not an effect: who means to stay may act more; a candidate for an experiment
}
