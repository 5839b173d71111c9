package journey_test

import (
	"encoding/json"
	"fmt"
	"time"

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

// The counts of two machines, each with users of its own, and how long those
// took who submitted, beside all who began to consider it.
// Names of events are checked against the tracking plan before anything is
// counted: a misspelt one would be a stage that nobody enters.
func ExamplePaths_Validate() {
	p := journey.Paths{Only: []string{"search", "product"}, Anchor: &journey.Anchor{Event: "pay"}, Depth: 100}
	fmt.Println(p.Validate())
	// Output:
	// anchor.event: "pay" is left out
	// depth: 100: want 1 to 50
}
