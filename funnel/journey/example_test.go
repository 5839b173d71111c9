package journey_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/funnel/journey"
)

// act is an event of a service that repairs appliances.
type act struct {
	user, name, city string
	at               time.Time
}

var acts = funnel.Source[act, string]{
	User: func(a act) string { return a.user },
	Name: func(a act) string { return a.name },
	At:   func(a act) time.Time { return a.at },
	Label: func(a act, name string) (string, bool) {
		return a.city, name == "city"
	},
}

// visit makes the events of a visit, ten minutes apart.
func visit(user string, day int, names ...string) []act {
	at := time.Date(2026, time.May, day, 9, 0, 0, 0, time.UTC)
	var events []act
	for i, name := range names {
		events = append(events, act{user, name, "hangzhou", at.Add(time.Duration(i) * 10 * time.Minute)})
	}
	return events
}

// visits are five visits of four users.
func visits() []act {
	var events []act
	events = append(events, visit("ann", 1, "search", "product", "product", "submit", "pay")...)
	events = append(events, visit("bob", 1, "banner", "product", "search", "product")...)
	events = append(events, visit("bob", 3, "search", "product", "submit")...)
	events = append(events, visit("cyd", 2, "search", "product", "submit", "pay")...)
	return append(events, visit("dan", 4, "banner")...)
}

var bySession = journey.Paths{By: funnel.BySession, Collapse: true}

func count(p journey.Paths, events []act) *journey.PathCounts {
	counts, err := journey.CountPaths(p, acts, events)
	if err != nil {
		panic(err)
	}
	return counts
}

func ExampleCountPaths() {
	counts, err := journey.CountPaths(bySession, acts, visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(counts.Paths(), "paths of", counts.Users, "users")
	top, _ := counts.Top(2)
	for _, p := range top.Top {
		fmt.Printf("%s: %d users, %.0f %%\n", p, p.Users, 100*p.Share)
	}
	fmt.Println("other:", top.Other)
	// Output:
	// 5 paths of 4 users
	// search → product → submit → pay: 2 users, 40 %
	// banner: 1 users, 20 %
	// other: 2
}

func ExamplePathCounts_Top() {
	// What leads to the first payment, two events back.
	p := journey.Paths{Anchor: &journey.Anchor{Event: "pay", Side: journey.Before}, Depth: 3}
	top, err := count(p, visits()).Top(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(top.Top[0])
	// Output:
	// … product → submit → pay
}

func ExamplePathCounts_Events() {
	for _, e := range count(bySession, visits()).Events() {
		fmt.Printf("%s: %d users, %d times, %d starts, %d ends\n", e.Name, e.Users, e.Times, e.Starts, e.Ends)
	}
	// Output:
	// product: 3 users, 5 times, 0 starts, 1 ends
	// search: 3 users, 4 times, 3 starts, 0 ends
	// submit: 3 users, 3 times, 0 starts, 1 ends
	// banner: 2 users, 2 times, 2 starts, 1 ends
	// pay: 2 users, 2 times, 0 starts, 2 ends
}

func ExamplePathCounts_Transitions() {
	for _, m := range count(bySession, visits()).Transitions()[:3] {
		fmt.Printf("%s → %s: %d times by %d users, %.0f %% of %s\n", m.From, m.To, m.Times, m.Users, 100*m.Share, m.From)
	}
	// Output:
	// search → product: 4 times by 3 users, 100 % of search
	// product → submit: 3 times by 3 users, 60 % of product
	// submit → pay: 2 times by 2 users, 67 % of submit
}

func ExamplePathCounts_Next() {
	next, err := count(bySession, visits()).Next("product", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("of %d: %s %d, other %d, left %d\n", next.Times, next.Top[0].Event, next.Top[0].Times, next.Other, next.None)
	// Output:
	// of 5: submit 3, other 1, left 1
}

func ExamplePathCounts_Previous() {
	before, err := count(bySession, visits()).Previous("product", 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range before.Top {
		fmt.Println(b.Event, b.Times)
	}
	// Output:
	// search 4
	// banner 1
}

func ExamplePathCounts_Sankey() {
	p := bySession
	p.Depth = 2
	sankey, err := count(p, visits()).Sankey(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	data, _ := json.MarshalIndent(sankey.Nodes[0], "", "  ")
	fmt.Println(string(data))
	for _, l := range sankey.Links {
		fmt.Printf("%s → %s: %d\n", sankey.Nodes[l.Source].Event, sankey.Nodes[l.Target].Event, l.Value)
	}
	// Output:
	// {
	//   "position": 0,
	//   "event": "search",
	//   "paths": 3,
	//   "starts": 3
	// }
	// search → product: 3
	//  → product: 1
}

func ExampleComparePaths() {
	payers := append(visit("ann", 1, "search", "product", "pay"), visit("cyd", 1, "search", "product", "pay")...)
	others := append(visit("bob", 1, "banner", "product"), visit("dan", 1, "search", "product")...)
	changes, err := journey.ComparePaths(count(bySession, payers), count(bySession, others))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range changes {
		fmt.Printf("%s → %s: %+.0f points\n", c.From, c.To, 100*c.More.Value)
	}
	// Output:
	// product → pay: +100 points
	// banner → product: -50 points
	// search → product: +50 points
}

func ExampleParsePaths() {
	p, err := journey.ParsePaths([]byte(`{"by": "session", "anchor": {"event": "pay", "side": "before"}, "depth": 4}`))
	fmt.Println(p.By, p.Anchor.Side, p.Depth, err)
	_, err = journey.ParsePaths([]byte(`{"by": "session", "anchor": {"side": "before"}, "depth": 400}`))
	fmt.Println(err)
	// Output:
	// session before 4 <nil>
	// anchor.event: is missing
	// depth: 400: want 1 to 50
}

// The counts of two machines, each with users of its own, are merged.
func ExamplePathCounts_Merge() {
	here, there := count(bySession, visit("ann", 1, "search", "product")), count(bySession, visit("bob", 1, "search"))
	data, err := there.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	sent := count(bySession, nil)
	if err := sent.UnmarshalBinary(data); err != nil {
		fmt.Println(err)
		return
	}
	if err := here.Merge(sent); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(here.Users, "users,", here.Paths(), "paths by", here.Policy().By)
	// Output:
	// 2 users, 2 paths by session
}

const repair = `{
  "name": "repair",
  "stages": [
    {"name": "discover", "touchpoints": ["banner", "search box"], "enter": {"events": ["banner", "search"]}},
    {"name": "consider", "goal": "know the price", "pains": ["no price before the visit"],
     "enter": {"events": ["product"]}, "exit": {"events": ["submit"]}, "metric": {"target": 0.7}},
    {"name": "pay", "enter": {"events": ["pay"], "labels": ["city=hangzhou", "city=suzhou"]}}
  ],
  "breakdowns": [{"name": "city"}]
}`

func ExampleParseMap() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Stages[1].Label(), m.Stages[1].Pains)
	fmt.Println(m.ValidateEvents([]string{"banner", "search", "product", "submit"}))
	_, err = journey.ParseMap([]byte(`{"stages": [{"name": "pay", "enter": {"events": ["pay"]}}, {"name": "pay", "enter": {}}]}`))
	fmt.Println(err)
	// Output:
	// journey=consider [no price before the visit]
	// stages[2].enter.events[0]: no such event: "pay"
	// stages[1].name: "pay" is there already
	// stages[1].enter: names no event: want events, labels or where
}

func ExampleMap_Funnel() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, step := range m.Funnel().Steps {
		fmt.Println(i+1, step.Name)
	}
	// Output:
	// 1 discover
	// 2 consider
	// 3 consider completed
	// 4 pay
}

func ExampleCountMap() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, err := journey.CountMap(m, acts, visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := counts.Report(journey.MapOptions{TopExits: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range report.Stages {
		fmt.Printf("%s: %d entered, %d completed", s.Name, s.Entered, s.Completed)
		if median, ok := s.Dwell.Median(); ok {
			fmt.Printf(", half within %s", median)
		}
		for _, e := range s.Exits {
			fmt.Printf(", %d left after %q", e.Units, e.Event)
		}
		if s.Met != nil {
			fmt.Printf(", target met: %t", *s.Met)
		}
		fmt.Println()
	}
	// Output:
	// discover: 4 entered, 3 completed, half within 10m0s, 1 left after "banner"
	// consider: 3 entered, 3 completed, half within 20m0s, target met: true
	// pay: 2 entered, 2 completed
}

func ExampleMapCounts_Report() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	// In Suzhou something is wrong with payment.
	var events []act
	for i := range 200 {
		names, city := []string{"search", "product", "submit", "pay"}, "hangzhou"
		if i >= 100 {
			city = "suzhou"
		}
		if i%100 >= 60 || i >= 130 {
			names = names[:3]
		}
		for _, a := range visit(fmt.Sprint("u", i), 1, names...) {
			a.city = city
			events = append(events, a)
		}
	}
	counts, err := journey.CountMap(m, acts, events)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := counts.Report(journey.MapOptions{LeaksBy: []string{"city"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range report.Stages {
		fmt.Printf("%s: %v\n", s.Name, s.Leak)
	}
	// Output:
	// discover: <nil>
	// consider: city=suzhou, consider completed → pay: 30 of 100 (30.0 %) against 60 of 100 (60.0 %): leak
	// pay: <nil>
}

func ExamplePlaces() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	places, err := journey.Places(m, acts, visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range places {
		if at, ok := p.Stage(); ok {
			fmt.Println(p.User, p.Label(), "since", at.Entered.Format("2 January"), "completed:", at.Completed)
		}
	}
	// Output:
	// ann journey=pay since 1 May completed: true
	// bob journey=consider since 1 May completed: true
	// cyd journey=pay since 2 May completed: true
	// dan journey=discover since 4 May completed: false
}

func ExampleCountAARRR() {
	on := func(names ...string) journey.Condition { return journey.Condition{Events: names} }
	a := journey.AARRR{
		Acquisition: on("search", "banner"),
		Goals:       journey.StandardGoals(on("submit"), on("search"), on("invite"), on("pay")),
	}
	a.Goals[1].Within, a.Goals[1].Days = regulars.Days(14), 1 // on 1 of the 14 days after
	source := acts
	source.AsOf = time.Date(2026, time.May, 17, 0, 0, 0, 0, time.UTC)
	counts, err := journey.CountAARRR(a, source, visits())
	if err != nil {
		fmt.Println(err)
		return
	}
	report := counts.Report()
	fmt.Println(report.Acquired, "acquired")
	for _, g := range report.Goals {
		if g.OfAcquired == nil {
			fmt.Printf("%s: nobody's %s are over; %d of %d so far\n", g.Name, g.Within, g.OpenDid, g.Open)
			continue
		}
		fmt.Printf("%s: %v; of the goal before: %v\n", g.Name, g.OfAcquired, g.OfPrevious)
	}
	// Output:
	// 4 acquired
	// activation: 3 of 4 (75.0 %, 30.1 to 95.4); of the goal before: 3 of 4 (75.0 %, 30.1 to 95.4)
	// retention: 1 of 3 (33.3 %, 6.1 to 79.2); of the goal before: 1 of 3 (33.3 %, 6.1 to 79.2)
	// referral: nobody's 60d are over; 0 of 4 so far
	// revenue: nobody's 90d are over; 2 of 4 so far
}

func ExampleParseAARRR() {
	zones := func(string) (*time.Location, error) { return time.FixedZone("Asia/Shanghai", 8*3600), nil }
	a, err := journey.ParseAARRR([]byte(`{"zone": "Asia/Shanghai", "acquisition": {"events": ["sign up"]}, "goals": [
	  {"name": "retention", "when": {"events": ["visit"]}, "within": "14d", "days": 3}]}`), zones)
	fmt.Println(a.Zone, a.Goals[0].Within, a.Goals[0].Days, err)
	_, err = journey.ParseAARRR([]byte(`{"acquisition": {"events": ["sign up"]}, "goals": [
	  {"name": "retention", "when": {"events": ["visit"]}, "within": "48h", "days": 3}]}`), nil)
	fmt.Println(err)
	// Output:
	// Asia/Shanghai 14d 3 <nil>
	// goals[0].within: 48h with days: want d, w, mo or y
}

func ExamplePathCounter() {
	counter, err := journey.NewPathCounter(bySession, acts)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range [][]act{visit("ann", 1, "search", "product"), visit("bob", 1, "search")} {
		if err := counter.Add(user); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(counter.Counts().Users, "users")
	// Output:
	// 2 users
}

func ExampleMapCounter() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	counter, err := journey.NewMapCounter(m, acts)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := counter.Add(visit("ann", 1, "search", "product", "submit")); err != nil {
		fmt.Println(err)
		return
	}
	report, err := counter.Counts().Report(journey.MapOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Stages[1].Name, report.Stages[1].Conversion)
	// Output:
	// consider 1 of 1 (100.0 %, 20.7 to 100.0)
}

func ExampleAARRRCounter() {
	pay := journey.Condition{Events: []string{"pay"}}
	a := journey.AARRR{
		Acquisition: journey.Condition{Events: []string{"search"}},
		Goals:       []journey.Goal{{Name: "revenue", When: pay, Within: regulars.Hours(1)}},
	}
	counter, err := journey.NewAARRRCounter(a, acts)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := counter.Add(visit("ann", 1, "search", "product", "pay")); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(counter.Counts().Report().Goals[0].OfAcquired)
	// Output:
	// 1 of 1 (100.0 %, 20.7 to 100.0)
}

// The counts of two machines, each with users of its own, and how long those
// took who submitted, beside all who began to consider it.
func ExampleMapCounts_Merge() {
	m, err := journey.ParseMap([]byte(repair))
	if err != nil {
		fmt.Println(err)
		return
	}
	var counts [2]*journey.MapCounts
	for i, shard := range [][]act{visits()[:5], append(visits()[5:], visit("eve", 5, "search", "product")...)} {
		if counts[i], err = journey.CountMap(m, acts, shard); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := counts[0].Merge(counts[1]); err != nil {
		fmt.Println(err)
		return
	}
	report, err := counts[0].Report(journey.MapOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	consider := report.Stages[1]
	done, _ := consider.Dwell.MedianCompleted()
	fmt.Println(consider.Entered, "entered", counts[0].Map().Stages[1].Name, "– half of those who submitted took", done)
	fmt.Println(counts[0].Funnel().Users, "users in the funnel below it")
	// Output:
	// 4 entered consider – half of those who submitted took 20m0s
	// 5 users in the funnel below it
}

func ExampleAARRRCounts_Merge() {
	a := journey.AARRR{
		Acquisition: journey.Condition{Events: []string{"search", "banner"}},
		Goals:       []journey.Goal{{Name: "revenue", When: journey.Condition{Events: []string{"pay"}}, Within: regulars.Days(7)}},
	}
	var counts [2]*journey.AARRRCounts
	for i, shard := range [][]act{visits()[:5], visits()[5:]} {
		var err error
		if counts[i], err = journey.CountAARRR(a, acts, shard); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := counts[0].Merge(counts[1]); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(counts[0].AARRR().Goals[0].Name, "of", counts[0].Acquired, "acquired:", counts[0].Report().Goals[0].OfAcquired)
	// Output:
	// revenue of 4 acquired: 2 of 4 (50.0 %, 15.0 to 85.0)
}

// Names of events are checked against the tracking plan before anything is
// counted: a misspelt one would be a stage that nobody enters.
func ExampleAARRR_ValidateEvents() {
	planned := []string{"search", "product", "submit", "pay"}
	a := journey.AARRR{
		Acquisition: journey.Condition{Events: []string{"serach"}},
		Goals:       []journey.Goal{{Name: "revenue", When: journey.Condition{Events: []string{"pay"}}, Within: regulars.Days(7)}},
	}
	fmt.Println(a.Validate()) // in itself it is all right
	fmt.Println(a.ValidateEvents(planned))
	fmt.Println(journey.Paths{Hide: []string{"heart beat"}}.ValidateEvents(planned))
	// Output:
	// <nil>
	// acquisition.events[0]: no such event: "serach"
	// hide[0]: no such event: "heart beat"
}

func ExampleMap_Validate() {
	m := journey.Map{Window: funnel.Within(-time.Hour), Stages: []journey.Stage{{Name: "discover"}}}
	fmt.Println(m.Validate())
	// Output:
	// window: -1h0m0s: want 0 or more
	// stages[0].enter: names no event: want events, labels or where
}

func ExamplePaths_Validate() {
	p := journey.Paths{Only: []string{"search", "product"}, Anchor: &journey.Anchor{Event: "pay"}, Depth: 100}
	fmt.Println(p.Validate())
	// Output:
	// anchor.event: "pay" is left out
	// depth: 100: want 1 to 50
}
