package journey_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/funnel/journey"
)

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

func ExampleMap_Validate() {
	m := journey.Map{Window: funnel.Within(-time.Hour), Stages: []journey.Stage{{Name: "discover"}}}
	fmt.Println(m.Validate())
	// Output:
	// window: -1h0m0s: want 0 or more
	// stages[0].enter: names no event: want events, labels or where
}
