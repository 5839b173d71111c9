package funnel_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// A warehouse has kept the counts of each city, and a page is made of their sum.
func ExampleCounts_Report() {
	stored := map[string][]byte{}
	for city, reached := range map[string][]int{"hangzhou": {200, 150, 90, 72}, "suzhou": {220, 170, 100, 31}} {
		report, err := funnel.Count(order, acts, month(time.May, city, reached...))
		if err != nil {
			fmt.Println(err)
			return
		}
		stored[city], _ = report.Counts.MarshalBinary()
	}
	empty := func() *funnel.Counts { // of this funnel
		counter, err := funnel.NewCounter(order, acts)
		if err != nil {
			panic(err)
		}
		return counter.Counts()
	}
	all := empty()
	for _, city := range slices.Sorted(maps.Keys(stored)) {
		counts := empty()
		if err := counts.UnmarshalBinary(stored[city]); err != nil {
			fmt.Println(err)
		}
		if err := all.Merge(counts); err != nil {
			fmt.Println(err)
		}
	}
	last := len(all.Funnel().Steps) - 1
	fmt.Println(all.Report().Steps()[last].Overall)
	// Output:
	// 103 of 420 (24.5 %, 20.7 to 28.9)
}

// Raw times are for a chart of one's own.
func ExampleTally_StepTimes() {
	report, err := funnel.Count(repair, source, day)
	if err != nil {
		fmt.Println(err)
		return
	}
	total := report.Counts.Total(funnel.Everybody)
	fmt.Println("from look to view:", total.StepTimes(1))
	fmt.Println("to the payment:", total.Converted(), "and still without one:", total.Waited())
	// Output:
	// from look to view: [1m0s 2m0s]
	// to the payment: [11m0s] and still without one: [24h0m0s 24h0m0s]
}

// One page leaves staff out, and all others keep them.
func ExampleTally_Clone() {
	report, err := funnel.Count(repair, source, day)
	if err != nil {
		fmt.Println(err)
		return
	}
	total := report.Counts.Total(funnel.Everybody)
	staff := total.Clone()
	staff.Reached[0]-- // Cem works here
	fmt.Println(total.Reached, staff.Reached)
	// Output:
	// [3 2 2 1] [2 2 2 1]
}

func ExampleTimes_OfEventual() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	times := report.TimeToConvert()
	half, _ := times.OfEventual(0.5)
	most, _ := times.OfEventual(0.9)
	fmt.Println("of those who ever pay half have paid after", half, "and nine of ten after", most)
	fmt.Println("so a reminder goes out after", most.Round(time.Hour))
	// Output:
	// of those who ever pay half have paid after 1h48m0s and nine of ten after 3h18m0s
	// so a reminder goes out after 3h0m0s
}

// One user who comes ten times weighs as much as one: how far a report by
// sessions may lean on a few.
func ExampleCounts_Spread() {
	bySession := funnel.Funnel{Steps: []funnel.Step{{Name: "product"}, {Name: "pay"}}, By: funnel.BySession}
	var events []act
	for visit := range 12 {
		user := "often"
		if visit >= 10 {
			user = fmt.Sprint("once ", visit)
		}
		events = append(events, act{user: user, name: "product", at: time.Date(2026, time.May, 1+visit, 8, 0, 0, 0, time.UTC)})
	}
	report, err := funnel.Count(bySession, acts, events)
	if err != nil {
		fmt.Println(err)
		return
	}
	s, ok := report.Counts.Spread(funnel.Everybody, "", "", false)
	entered := report.Steps()[0].Reached
	fmt.Println(entered, "sessions of", s.Users, "users", ok)
	fmt.Printf("a user's session is one of %.1f on average\n", float64(s.Squares[0])/float64(entered))
	// Output:
	// 12 sessions of 3 users true
	// a user's session is one of 8.5 on average
}

// A day has no events of this user yet, and those to come merge into it.
func ExampleNewChunk() {
	counter, err := funnel.NewCounter(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	week, err := funnel.NewChunk(repair)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, stretch := range [][]event{day[:1], day[1:3], day[3:4]} {
		chunk, err := counter.Chunk(stretch)
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := week.Merge(chunk); err != nil {
			fmt.Println(err)
		}
		fmt.Println("level", week.Level())
	}
	repair := repair
	repair.By = funnel.BySession
	_, err = funnel.NewChunk(repair)
	fmt.Println(err)
	// Output:
	// level 1
	// level 3
	// level 4
	// funnel: a chunk is of users and ordered steps, without first entry, exclusions and held properties
}

// A wall display: how far everybody is at this moment.
func ExampleTracker_All() {
	tracker, err := funnel.NewTracker(repair, source)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range day {
		if _, err := tracker.Add(e); err != nil {
			fmt.Println(err)
		}
	}
	if err := tracker.Advance(at(12, 30)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(tracker.Len(), "users")
	for user, r := range tracker.All() {
		fmt.Println(user, r.Level, r.Ended)
	}
	// Output:
	// 4 users
	// ann 4 completed
	// bob 3 still open
	// cem 1 still open
	// dee 0 not entered
}

// Two goroutines take half of the users each.
func ExampleColumns_Users() {
	all := funnel.Columns{
		Tick:    time.Second,
		Offsets: []int{0, 3, 5, 6, 8},
		At:      []int64{0, 60, 120, 0, 10, 0, 0, 30},
		Code:    []uint8{1, 2, 3, 1, 2, 2, 1, 2},
	}
	for _, half := range []funnel.Columns{all.Users(0, 2), all.Users(2, 4)} {
		fmt.Println(repair.Levels(nil, half))
	}
	// Output:
	// [3 2] <nil>
	// [0 2] <nil>
}

func ExampleFunnel_Validate() {
	f := funnel.Funnel{
		Steps: []funnel.Step{{Name: "cart"}, {Name: "pay", MaxGap: funnel.Within(-time.Minute)}},
		Match: funnel.Match{Exclusions: []funnel.Exclusion{{Events: []string{"refund"}, After: 1, Before: 5}}},
	}
	fmt.Println(f.Validate())
	// Output:
	// steps[1].maxGap: -1m: want 0 or more
	// match.exclusions[0]: after step 1 and before step 5: want two of the 2 steps, in order
}
