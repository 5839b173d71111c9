package funnel_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// act is an event of a service that repairs appliances.
type act struct {
	user, name, city, month string
	at                      time.Time
}

var acts = funnel.Source[act, string]{
	User: func(a act) string { return a.user },
	Name: func(a act) string { return a.name },
	At:   func(a act) time.Time { return a.at },
	Label: func(a act, name string) (string, bool) {
		switch name {
		case "city":
			return a.city, true
		case "month":
			return a.month, true
		}
		return "", false
	},
}

var order = funnel.Funnel{
	Steps: []funnel.Step{
		{Name: "banner or search", Events: []string{"banner", "search"}},
		{Name: "product"},
		{Name: "submit"},
		{Name: "pay"},
	},
	Match:      funnel.Match{Window: funnel.Within(24 * time.Hour)},
	Breakdowns: []funnel.Breakdown{{Name: "city"}, {Name: "month"}},
}

// month makes the events of users of a city in a month of 2026, by how many of
// them made each step. A step takes ten minutes, and a minute longer for each
// user than for the one before.
func month(n time.Month, city string, reached ...int) []act {
	var events []act
	for user := range reached[0] {
		at := time.Date(2026, n, 1, 8, 0, 0, 0, time.UTC)
		for step, name := range []string{"search", "product", "submit", "pay"} {
			if user < reached[step] {
				events = append(events, act{fmt.Sprint(city, n, user), name, city, n.String(), at})
				at = at.Add(time.Duration(10+user) * time.Minute)
			}
		}
	}
	return events
}

// inMay is what was seen in May: in Suzhou something is wrong with payment.
func inMay() []act {
	events := month(time.May, "hangzhou", 200, 150, 90, 72)
	events = append(events, month(time.May, "ningbo", 160, 120, 70, 55)...)
	return append(events, month(time.May, "suzhou", 220, 170, 100, 31)...)
}

func ExampleLeaks() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	leaks, err := funnel.Leaks(report, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, leak := range leaks.Anomalous {
		fmt.Println(leak)
		fmt.Println("since", leak.Because)
		fmt.Printf("%.0f orders lost at least\n", *leak.LostConversions)
	}
	fmt.Printf("lowest rate: %s, %v\n", leaks.Structural[0].Name, leaks.Structural[0].Rate)
	// Output:
	// city=suzhou, submit → pay: 31 of 100 (31.0 %) against 127 of 160 (79.4 %): leak
	// since adjusted P is 6.8e-14 and the drop is at least 36.5 points
	// 37 orders lost at least
	// lowest rate: submit, 260 of 440 (59.1 %, 54.4 to 63.6)
}

func ExampleLeakSearch_Find() {
	report, err := funnel.Count(order, acts, append(inMay(), month(time.April, "suzhou", 210, 160, 95, 70)...))
	if err != nil {
		fmt.Println(err)
		return
	}
	// Suzhou in May against Suzhou in April, and so on; only leaks of five
	// points or more.
	search := funnel.LeakSearch{Against: "month=April", MinDrop: 0.05}
	leaks, err := search.Find(report, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, cell := range leaks.Cells {
		if cell.Name == "pay" {
			fmt.Println(cell)
			fmt.Println("-", cell.Because)
		}
	}
	// Output:
	// city=hangzhou, month=May, submit → pay: 72 of 90 (80.0 %) against nobody: insufficient
	// - 0 units to compare with came to "submit": fewer than 10
	// city=ningbo, month=May, submit → pay: 55 of 70 (78.6 %) against nobody: insufficient
	// - 0 units to compare with came to "submit": fewer than 10
	// city=suzhou, month=May, submit → pay: 31 of 100 (31.0 %) against 70 of 95 (73.7 %): leak
	// - adjusted P is 7.6e-09 and the drop is at least 29.1 points
}

func ExampleParseLeakSearch() {
	search, err := funnel.ParseLeakSearch([]byte(`{"targets": {"pay": 0.8}, "correction": "holm", "minUnits": 100}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	leaks, err := search.Find(report, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(leaks)
	// Output:
	// city=suzhou, submit → pay: 31 of 100 (31.0 %) against a target of 80.0 %: leak, since adjusted P is 8.7e-26 and the drop is at least 39.4 points
}

func ExampleLeakSearch_Validate() {
	search := funnel.LeakSearch{Against: "month=April", Targets: map[string]float64{"pay": 0.8}, Alpha: 5, MinUnits: -1}
	fmt.Println(search.Validate())
	// Output:
	// compares with more than one of against, targets and another report
	// alpha: 5: want a number between 0 and 1
	// minUnits: -1: want 0 or more
}

func ExampleLeakReport_String() {
	report, err := funnel.Count(order, acts, append(month(time.May, "hangzhou", 60, 45, 27, 21), month(time.May, "ningbo", 48, 36, 21, 15)...))
	if err != nil {
		fmt.Println(err)
		return
	}
	leaks, err := funnel.Leaks(report, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(leaks)
	// Output:
	// none proven: 6 cells tested; the smallest drop that would have been seen is 32.6 points in the largest of them, 48.8 in the smallest
}

func ExampleDrivers() {
	// Half of those who pay look at the price list first, and few others do.
	events := inMay()
	paid := map[string]bool{}
	for _, e := range events {
		paid[e.user] = paid[e.user] || e.name == "pay"
	}
	for i, e := range events {
		if e.name == "product" && (paid[e.user] && i%2 == 0 || i%7 == 0) {
			e.name, e.at = "price list", e.at.Add(time.Minute)
			events = append(events, e)
		}
	}
	drivers, err := funnel.Drivers(order, acts, events, funnel.DriverSearch{Step: 4})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range drivers {
		fmt.Println(d)
		fmt.Printf("odds ratio %.1f (%.1f to %.1f), adjusted P %.1g\n", d.OddsRatio, d.Low, d.High, *d.Adjusted)
	}
	// Output:
	// price list: 49 of 63 (77.8 %) with, 109 of 197 (55.3 %) without: better
	// odds ratio 2.7 (1.4 to 5.1), adjusted P 0.002
}
