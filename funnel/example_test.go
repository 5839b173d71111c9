package funnel_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// event is what a host has; nothing of it is known to the package.
type event struct {
	user, name, city string
	at               time.Time
}

// source says how to read it.
var source = funnel.Source[event, string]{
	User:  func(e event) string { return e.user },
	At:    func(e event) time.Time { return e.at },
	Name:  func(e event) string { return e.name },
	Label: func(e event, name string) (string, bool) { return e.city, name == "city" && e.city != "" },
}

// repair is the way to a paid repair.
var repair = funnel.Funnel{
	Name: "repair",
	Steps: []funnel.Step{
		{Name: "look", Events: []string{"banner", "search"}},
		{Name: "view"},
		{Name: "submit"},
		{Name: "pay"},
	},
	Match:      funnel.Match{Window: funnel.Within(24 * time.Hour)},
	Breakdowns: []funnel.Breakdown{{Name: "city"}},
}

func at(hour, minute int) time.Time { return time.Date(2026, 3, 1, hour, minute, 0, 0, time.UTC) }

var day = []event{
	{"ann", "banner", "Hangzhou", at(9, 0)},
	{"ann", "view", "Hangzhou", at(9, 2)},
	{"ann", "submit", "Hangzhou", at(9, 10)},
	{"ann", "pay", "Hangzhou", at(9, 11)},
	{"bob", "search", "Wuhan", at(10, 0)},
	{"bob", "view", "Wuhan", at(10, 1)},
	{"bob", "submit", "Wuhan", at(10, 30)},
	{"cem", "search", "Wuhan", at(11, 0)},
	{"dee", "visit", "Wuhan", at(12, 0)},
}

func ExampleCount() {
	report, err := funnel.Count(repair, source, day)
	if err != nil {
		fmt.Println(err)
		return
	}
	total := report.Counts.Total(funnel.Everybody)
	for i, step := range repair.Steps {
		fmt.Println(step.Name, total.Reached[i])
	}
	fmt.Println("paid after", total.Converted())
	// Output:
	// look 3
	// view 2
	// submit 2
	// pay 1
	// paid after [11m0s]
}

func ExampleCounts_By() {
	report, err := funnel.Count(repair, source, day)
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := report.Counts.By(funnel.Everybody, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range rows {
		fmt.Println(row.Labels[0], row.Reached)
	}
	// Output:
	// city=Hangzhou [1 1 1 1]
	// city=Wuhan [2 1 1 0]
}

func ExampleOutcomes() {
	outcomes, err := funnel.Outcomes(repair, source, day)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range outcomes {
		fmt.Printf("%s made %d: %s %q\n", o.User, o.Level, o.Ended, repair.Label(o.Result))
	}
	// Output:
	// ann made 4: completed ""
	// bob made 3: no event "stuck=pay"
	// cem made 1: no event "stuck=view"
	// dee made 0: not entered ""
}

func ExampleFunnel_Explain() {
	s := source
	s.AsOf = at(23, 0)
	outcomes, err := funnel.Outcomes(repair, s, day[4:7])
	if err != nil {
		fmt.Println(err)
		return
	}
	e := repair.Explain(outcomes[0].Result)
	for _, step := range e.Steps {
		fmt.Println(step.Name, step.Made, step.After)
	}
	fmt.Println(e.Because)
	// Output:
	// look true 0s
	// view true 1m0s
	// submit true 29m0s
	// pay false 0s
	// made 3 of 4 steps; "pay" may follow until 2026-03-02T10:00:00Z
}

func ExampleNewCounter() {
	// Events of one user at a time, such as from a query ordered by user.
	counter, err := funnel.NewCounter(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, user := range [][]event{day[:4], day[4:7], day[7:8], day[8:]} {
		if err := counter.Add(user); err != nil {
			fmt.Println(err)
			return
		}
	}
	counts := counter.Counts()
	fmt.Println(counts.Users, "users,", counts.NotEntered, "did not enter")
	// Output:
	// 4 users, 1 did not enter
}

func ExampleCounter_Results() {
	counter, err := funnel.NewCounter(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	results, err := counter.Results(day[4:7])
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Println("level", r.Level, "in", r.Duration(), "and then", r.Ended)
	}
	fmt.Println(counter.Counts().Users, "users are counted")
	// Output:
	// level 3 in 30m0s and then no event
	// 0 users are counted
}

func ExampleParseWindow() {
	for _, text := range []string{"24h", "168h", "7d"} {
		w, err := funnel.ParseWindow(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		length, _ := w.Limit()
		fmt.Println(text, "is", length)
	}
	// Output:
	// 24h is 24h0m0s
	// 168h is 168h0m0s
	// funnel: "7d" is not a window: want a number and h, m, s, ms, us or ns, such as "24h"
}

func ExampleParse() {
	f, err := funnel.Parse([]byte(`{
		"steps": [{"name": "look", "events": ["banner", "search"]}, {"name": "view"}, {"name": "pay", "maxGap": "30m"}],
		"match": {"window": "24h", "entry": "first"},
		"by": "session"
	}`))
	fmt.Println(len(f.Steps), f.Match.Window, f.Match.Entry, f.By, err)

	_, err = funnel.Parse([]byte(`{"steps": [], "match": {"window": "7d"}}`))
	fmt.Println(err)
	// Output:
	// 3 24h first session <nil>
	// match.window: "7d" is not a window: want a number and h, m, s, ms, us or ns, such as "24h"
}

func ExampleFunnel_ValidateEvents() {
	checkout := funnel.Funnel{Steps: []funnel.Step{{Name: "cart"}, {Name: "pay", Events: []string{"paid", "settled"}}}}
	fmt.Println(checkout.ValidateEvents([]string{"search", "cart", "paid"}))
	// Output:
	// steps[1].events[1]: no such event: "settled"
}

func ExampleFunnel_Levels() {
	levels, err := repair.Levels(nil, funnel.Columns{
		Tick:    time.Second,
		Offsets: []int{0, 4, 6},
		At:      []int64{0, 60, 120, 90000, 0, 10},
		Code:    []uint8{1, 2, 3, 4, 0, 1},
	})
	fmt.Println(levels, err)
	// Output:
	// [3 1] <nil>
}

func ExampleLog() {
	// Each goroutine has a log and a stretch of the events.
	morning, evening := funnel.Log[string]{Tick: time.Second}, funnel.Log[string]{Tick: time.Second}
	if err := morning.Add([]string{"ann", "bob", "ann"}, []int64{0, 5, 9}, []uint8{1, 1, 2}); err != nil {
		fmt.Println(err)
	}
	if err := evening.Add([]string{"ann"}, []int64{3600}, []uint8{3}); err != nil {
		fmt.Println(err)
	}
	if err := morning.Merge(&evening); err != nil {
		fmt.Println(err)
	}
	counts := map[uint8]int{}
	err := morning.Levels(repair, 0, 1, func(_ string, level uint8) { counts[level]++ })
	fmt.Println(morning.Len(), "events:", counts, err)
	// Output:
	// 4 events: map[1:1 3:1] <nil>
}

func ExampleTracker() {
	tracker, err := funnel.NewTracker(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	follow := func(e event) {
		if late, err := tracker.Add(e); late || err != nil {
			fmt.Println(e.user, "late", late, err)
		}
	}
	follow(day[0])
	follow(day[2]) // the view comes later than the order that followed it
	follow(day[1])
	if err := tracker.Advance(at(10, 0)); err != nil {
		fmt.Println(err)
	}
	follow(day[3]) // from before the watermark
	result, _ := tracker.Result("ann")
	fmt.Println(result.Level, result.Ended, "until", result.EndedAt.Format("2 January 15:04"))
	// Output:
	// ann late true <nil>
	// 3 still open until 2 March 09:00
}

func ExampleTracker_SetState() {
	// What is known of a user goes to a store, and from there to a tracker that
	// begins where the first one was.
	var trackers [2]*funnel.Tracker[event, string]
	for i := range trackers {
		tracker, err := funnel.NewTracker(repair, source)
		if err != nil {
			fmt.Println(err)
			return
		}
		trackers[i] = tracker
	}
	for _, e := range day[:2] {
		if _, err := trackers[0].Add(e); err != nil {
			fmt.Println(err)
		}
	}
	for _, tracker := range trackers {
		if err := tracker.Advance(at(9, 5)); err != nil {
			fmt.Println(err)
		}
	}
	stored, _ := trackers[0].State("ann")
	if err := trackers[1].SetState("ann", stored); err != nil {
		fmt.Println(err)
	}
	if _, err := trackers[1].Add(day[2]); err != nil {
		fmt.Println(err)
	}
	result, _ := trackers[1].Result("ann")
	fmt.Println("level", result.Level, result.Ended)
	// Output:
	// level 3 still open
}

func ExampleChunk() {
	counter, err := funnel.NewCounter(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	morning, err := counter.Chunk(day[:2])
	if err != nil {
		fmt.Println(err)
		return
	}
	later, err := counter.Chunk(day[2:4])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(morning.Level(), later.Level())
	fmt.Println(morning.Merge(later), morning.Level())
	// Output:
	// 2 0
	// <nil> 4
}

func ExampleCounts_Merge() {
	var all *funnel.Counts
	for _, shard := range [][]event{day[:4], day[4:]} { // users apart
		report, err := funnel.Count(repair, source, shard)
		if err != nil {
			fmt.Println(err)
			return
		}
		if all == nil {
			all = report.Counts
		} else if err := all.Merge(report.Counts); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(all.Users, all.Total(funnel.Everybody).Reached)
	// Output:
	// 4 [3 2 2 1]
}

func ExampleLikeClickHouse() {
	// One event that matches all steps is enough there.
	twice := funnel.Funnel{Steps: []funnel.Step{{Name: "first", Events: []string{"buy"}}, {Name: "second", Events: []string{"buy"}}}}
	one := []event{{"ann", "buy", "", at(9, 0)}}
	for _, match := range []funnel.Match{{}, funnel.LikeClickHouse(funnel.Window{})} {
		twice.Match = match
		outcomes, err := funnel.Outcomes(twice, source, one)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(outcomes[0].Level)
	}
	// Output:
	// 1
	// 2
}
