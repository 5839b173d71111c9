package tracking_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/persona/tracking"
)

var paid = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func validator() *tracking.Validator {
	plan, err := tracking.ParsePlan([]byte(`{"events": [
		{"name": "order", "title": "提交订单", "properties": [
			{"name": "amount", "kind": "decimal", "required": true, "unit": "CNY", "min": 0},
			{"name": "channel", "kind": "enum", "values": ["app", "web"]},
			{"name": "phone", "kind": "string", "pii": true}
		]}
	]}`))
	if err != nil {
		panic(err)
	}
	v, err := tracking.NewValidator(plan, nil)
	if err != nil {
		panic(err)
	}
	return v
}

func ExampleParsePlan() {
	_, err := tracking.ParsePlan([]byte(`{"events": [
		{"name": "order", "properties": [{"name": "amount", "kind": "money"}, {"name": "channel", "kind": "enum"}]},
		{"name": "Order"}
	]}`))
	fmt.Println(err)
	// Output:
	// events[0].properties[0].kind: "money": want bool, int, decimal, string, enum, date, time or list
	// events[0].properties[1].values: missing: want what the enum may be
	// events[1].name: "Order" differs only by case from "order"
}

func ExamplePlan_Validate() {
	plan := tracking.Plan{Events: []tracking.PlannedEvent{{Name: "$order"}}}
	fmt.Println(plan.Validate())
	// Output: events[0].name: "$order" is reserved
}

// Who deploys a plan notes which one judged, by its ID.
func ExampleNewValidator() {
	plan, err := tracking.ParsePlan([]byte(`{"events": [{"name": "order"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	here, err := tracking.NewValidator(plan, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan.Events[0].Title = "下单"
	there, err := tracking.NewValidator(plan, nil)
	fmt.Println("the same plan:", here.ID() == there.ID(), err)

	_, err = tracking.NewValidator(tracking.Plan{}, nil)
	fmt.Println(err)
	// Output:
	// the same plan: false <nil>
	// tracking: plan: events: 0 events: want 1 to 5000
}

// Figures of a dashboard that were added up by hand.
func ExampleFigures_Validate() {
	fmt.Println(tracking.Figures{
		Events: 100, Matched: 120,
		Tags: []tracking.TagFigures{{Name: "vip", Profiles: 40, Tagged: 50}, {Name: "vip"}},
	}.Validate())
	// Output:
	// matched: 120 is more than the whole, 100
	// tags[0].tagged: 50 is more than the whole, 40
	// tags[1]: "vip" is item 0 already
}

func ExampleValidator_Check() {
	verdict := validator().Check(tracking.Event{
		ID: "e1", Name: "order", At: paid, Received: paid.Add(time.Second),
		Properties: map[string]any{"amount": "19.90", "channel": "App", "phone": int64(13800138000), "Amount": 1},
	})
	fmt.Println(verdict.Fate, verdict.Properties["amount"])
	for _, violation := range verdict.Violations {
		fmt.Println(violation)
	}
	// Output:
	// mended 19.9
	// order.amount: cast type: got the text "19.90", want a number of at most 36 digits, 18 of them after the point
	// order.channel: dictionary miss: got the text "App", want one of "app", "web"
	// order.phone: cast type: got a number, want a text
	// order.Amount: property case differs: got "Amount", want "amount"
}

func ExampleValidator_CheckAll() {
	event := tracking.Event{ID: "e1", Name: "order", At: paid, Received: paid, Properties: map[string]any{"amount": 5}}
	again := event
	again.Received = paid.Add(time.Minute)
	for _, verdict := range validator().CheckAll([]tracking.Event{again, event}) {
		fmt.Println(verdict.Fate, verdict.Violations)
	}
	// Output:
	// set aside [order: duplicate id: got an event that arrived before, want each event once, and an ID of its own]
	// accepted []
}

func ExampleTally_Report() {
	tally := tracking.Tally{Validator: validator()}
	for i, amount := range []any{5, 7.5, "8", "free", nil} {
		event := tracking.Event{
			ID: fmt.Sprint("e", i), Name: "order", At: paid, Received: paid.Add(time.Duration(i) * time.Second),
			Properties: map[string]any{"amount": amount},
		}
		for range 2 { // a row that is read again changes nothing
			if _, err := tally.Add(event); err != nil {
				fmt.Println(err)
			}
		}
	}
	report, err := tally.Report(paid.AddDate(0, 0, 1), tracking.Figures{
		Events: 5, Matched: 4,
		Tags:  []tracking.TagFigures{{Name: "vip", Profiles: 4, Tagged: 1}, {Name: "night owl", Profiles: 4, Tagged: 3}},
		Rules: []tracking.RuleFigures{{Name: "win-back", Tags: []string{"vip"}}},
	})
	if err != nil {
		fmt.Println(err)
	}
	c := report.Collected
	fmt.Println("collected:", c.Accepted, "accepted,", c.Mended, "mended,", c.SetAside, "set aside;", c.Of(tracking.WrongType), "of a wrong type")
	fmt.Println("late by", c.Lateness.P50, "s at the median")
	fmt.Printf("cleaned: amount valid in %v, %v events matched\n", report.Cleaned.Properties[0].Valid, report.Cleaned.Matched)
	fmt.Println("not used:", report.Used.UnusedTags)
	// Output:
	// collected: 2 accepted, 1 mended, 2 set aside; 1 of a wrong type
	// late by 2 s at the median
	// cleaned: amount valid in 3 of 4, 4 of 5 events matched
	// not used: [night owl]
}

func ExampleTally_Merge() {
	v := validator()
	web, app := tracking.Tally{Validator: v}, tracking.Tally{Validator: v}
	event := tracking.Event{ID: "e1", Name: "order", At: paid, Received: paid, Properties: map[string]any{"amount": 5}}
	for _, tally := range []*tracking.Tally{&web, &app} {
		if _, err := tally.Add(event); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(web.Merge(&app), web.Len())
	// Output: <nil> 1
}

func ExampleTally_UnmarshalBinary() {
	there := tracking.Tally{Validator: validator()}
	if _, err := there.Add(tracking.Event{ID: "e1", Name: "order", At: paid}); err != nil {
		fmt.Println(err)
	}
	data, err := there.MarshalBinary()
	if err != nil {
		fmt.Println(err)
	}
	here := tracking.Tally{Validator: validator()} // as it was there
	fmt.Println(here.UnmarshalBinary(data), here.Len())
	// Output: <nil> 1
}

func ExampleFigures_Merge() {
	north := tracking.Figures{Segments: []tracking.SegmentFigures{{Name: "at risk", True: 2, False: 7, Unknown: 1}}}
	south := tracking.Figures{Segments: []tracking.SegmentFigures{{Name: "at risk", True: 1, False: 4, Unknown: 5}}}
	fmt.Println(north.Merge(south).Segments)
	// Output: [{at risk 3 11 6}]
}

func ExampleShare_Rate() {
	rate, ok := tracking.Share{Part: 1, Of: 4}.Rate()
	fmt.Println(rate, ok)
	rate, ok = tracking.Share{}.Rate()
	fmt.Println(rate, ok)
	// Output:
	// 0.25 true
	// 0 false
}
