package journey_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel/journey"
)

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
