package strategy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// check stops an example that went wrong.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// small is a playbook of three operations and a fallback.
func small() strategy.Playbook {
	playbook, err := strategy.ParsePlaybook([]byte(`{
		"operations": [
			{"name": "win-back gift", "objective": "an order within 30 days", "channel": "sms", "priority": 90,
				"audience": {"anyOf": ["stage=silent", "stage=churned"], "noneOf": ["promotion=deal-seeker"]}},
			{"name": "new year gift", "objective": "an order in January", "channel": "post", "priority": 95,
				"audience": {"allOf": ["layer=core"]}, "dates": {"start": "2027-01-01T00:00:00Z", "end": "2027-02-01T00:00:00Z"}},
			{"name": "annual survey", "objective": "one answer in five", "channel": "email", "priority": 10}
		],
		"fallback": {"name": "what is new", "objective": "stay in mind", "channel": "site", "priority": 0}
	}`))
	check(err)
	return playbook
}

// smallPolicy is the policy of the small playbook.
func smallPolicy() *strategy.Policy {
	policy, err := strategy.NewPolicy(small())
	check(err)
	return policy
}

var people = []strategy.Customer{
	{ID: "ann", Labels: []string{"stage=silent", "layer=core"}},
	{ID: "bob", Labels: []string{"stage=silent", "promotion=deal-seeker"}},
	{ID: "cat", Labels: []string{"stage=active", "layer=core"}},
}

func Example() {
	policy, err := strategy.NewPolicy(strategy.Starter())
	check(err)

	d := policy.Decide(strategy.Customer{ID: "u1", Labels: []string{"stage=silent", "segment=at risk"}}, now)
	fmt.Println(d.Chosen)
	for _, v := range d.Verdicts[:4] {
		fmt.Println("-", v)
	}
	// Output:
	// win-back gift
	// - call to a core customer: audience: lacks layer=core
	// - win-back gift: chosen: for any of segment=at risk, segment=can't lose, stage=churned, stage=silent; none of promotion=deal-seeker, segment=hibernating
	// - welcome back: audience: lacks stage=returned
	// - newcomer coupon: audience: lacks stage=follower
}

func ExampleParsePlaybook() {
	_, err := strategy.ParsePlaybook([]byte(`{"operations": [
		{"name": "gift", "objective": "an order", "channel": "sms", "priority": 90, "audience": {"allOf": ["Stage=silent"]}},
		{"name": "gift", "objective": "an order", "channel": "sms", "priority": 80,
			"dates": {"start": "2026-12-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}}
	]}`))
	fmt.Println(err)
	// Output:
	// operations[0].audience.allOf[0]: "Stage=silent": want a key of a to z, 0 to 9, ".", "_" or "-", a letter first
	// operations[1].dates.end: 2026-11-01T00:00:00Z is not after start, 2026-12-01T00:00:00Z
	// operations[1].name: "gift" is the name of operations[0] already
}

func ExamplePlaybook_Validate() {
	playbook := small()
	playbook.Operations[0].Channel = ""
	fmt.Println(playbook.Validate())
	// Output:
	// operations[0].channel: missing
}

func ExamplePlaybook_ValidateWith() {
	playbook := small()
	playbook.Operations[0].Audience.AnyOf[1] = "stage=lost"
	fmt.Println(playbook.ValidateWith(strategy.StarterLabels()))
	// Output:
	// operations[0].audience.anyOf[1]: "stage=lost": unknown value "lost" of stage: want active, churned, follower, new, returned or silent
}

func ExamplePlaybook_Labels() {
	for _, label := range small().Labels() {
		fmt.Println(label)
	}
	// Output:
	// layer=core
	// promotion=deal-seeker
	// stage=churned
	// stage=silent
}

func ExampleAudience_String() {
	fmt.Println(strategy.Audience{AllOf: []string{"layer=core"}, NoneOf: []string{"stage=new", "stage=follower"}})
	fmt.Println(strategy.Audience{})
	// Output:
	// all of layer=core; none of stage=follower, stage=new
	// everyone
}

func ExampleVocabulary_Check() {
	known := strategy.Vocabulary{"stage": {"active", "silent"}, "city": nil}
	fmt.Println(known.Check("city=上海"))
	fmt.Println(known.Check("stage=asleep"))
	// Output:
	// <nil>
	// strategy: "stage=asleep": unknown value "asleep" of stage: want active or silent
}

func ExampleCustomer_Validate() {
	c := strategy.Customer{ID: "u1", Labels: []string{"stage=silent", "at risk"}}
	fmt.Println(c.Validate(nil))
	// Output:
	// labels[1]: "at risk": want key=value
}

func ExampleNewPolicy() {
	policy, err := strategy.NewPolicy(small())
	fmt.Println(policy.Operations(), err)

	_, err = strategy.NewPolicy(strategy.Playbook{})
	fmt.Println(err)
	// Output:
	// [new year gift win-back gift annual survey what is new] <nil>
	// strategy: playbook: operations: 0 operations: want 1 to 500
}

func ExamplePolicy_ID() {
	one, other := smallPolicy(), small()
	slices.Reverse(other.Operations)
	again, err := strategy.NewPolicy(other)
	check(err)
	fmt.Println(one.ID() == again.ID())

	other.Operations[0].Priority++
	changed, err := strategy.NewPolicy(other)
	check(err)
	fmt.Println(one.ID() == changed.ID())
	// Output:
	// true
	// false
}

func ExamplePolicy_Operation() {
	gift, ok := smallPolicy().Operation("win-back gift")
	fmt.Println(gift.Channel, gift.Priority, ok)
	// Output:
	// sms 90 true
}

func ExamplePolicy_Operations() {
	for i, name := range smallPolicy().Operations() {
		fmt.Println(i+1, name)
	}
	// Output:
	// 1 new year gift
	// 2 win-back gift
	// 3 annual survey
	// 4 what is new
}

func ExamplePolicy_Decide() {
	policy := smallPolicy()
	d := policy.Decide(people[0], now)
	fmt.Println(d)
	fmt.Println(d.Verdicts[0].RetryAt.Format(time.DateOnly))
	fmt.Println(policy.Decide(people[1], now))
	// Output:
	// ann gets win-back gift
	//   new year gift: not yet started: starts 2027-01-01T00:00:00Z
	//   win-back gift: chosen: for any of stage=churned, stage=silent; none of promotion=deal-seeker
	//   annual survey: outranked by win-back gift
	//   what is new: outranked by win-back gift
	// 2027-01-01
	// bob gets annual survey
	//   new year gift: not yet started: starts 2027-01-01T00:00:00Z
	//   win-back gift: audience: excluded by promotion=deal-seeker
	//   annual survey: chosen: for everyone
	//   what is new: outranked by annual survey
}

func ExamplePolicy_DecideAll() {
	for d := range smallPolicy().DecideAll(slices.Values(people), now) {
		fmt.Println(d.Customer, "-", d.Chosen)
	}
	// Output:
	// ann - win-back gift
	// bob - annual survey
	// cat - annual survey
}

func ExamplePolicy_Count() {
	summary := smallPolicy().Count(slices.Values(people), now)
	for _, operation := range summary.Operations() {
		fmt.Println(operation, summary.Of(operation, strategy.Chosen), "of", summary.Customers())
	}
	for _, code := range strategy.Codes() {
		if n := summary.Verdicts(code); n > 0 {
			fmt.Println(code, n)
		}
	}
	// Output:
	// new year gift 0 of 3
	// win-back gift 1 of 3
	// annual survey 2 of 3
	// what is new 0 of 3
	// chosen 3
	// not started 3
	// lacks label 1
	// excluded 1
	// outranked 4
}

func ExampleVerdict_Because() {
	d := smallPolicy().Decide(people[2], now)
	fmt.Println(d.Verdicts[1].Operation)
	fmt.Println(d.Verdicts[1].Because())
	// Output:
	// win-back gift
	// audience: lacks any of stage=churned, stage=silent
}

func ExampleDecision_String() {
	policy, err := strategy.NewPolicy(strategy.Playbook{Operations: small().Operations[:1]})
	check(err)
	fmt.Println(policy.Decide(people[2], now))
	// Output:
	// cat gets nothing
	//   win-back gift: audience: lacks any of stage=churned, stage=silent
}

func ExampleSummary_Add() {
	policy := smallPolicy()
	var summary strategy.Summary
	for d := range policy.DecideAll(slices.Values(people), now) {
		check(summary.Add(d))
	}
	fmt.Println(summary.Of("annual survey", strategy.Chosen), summary.Unserved())
	// Output:
	// 2 0
}

func ExampleSummary_Merge() {
	policy := smallPolicy()
	summary := policy.Count(slices.Values(people[:1]), now)
	rest := policy.Count(slices.Values(people[1:]), now)
	check(summary.Merge(&rest))
	fmt.Println(summary.Customers())

	starter, err := strategy.NewPolicy(strategy.Starter())
	check(err)
	other := starter.Count(slices.Values(people), now)
	fmt.Println(summary.Merge(&other) != nil)
	// Output:
	// 3
	// true
}

func ExampleSummary_MarshalJSON() {
	policy, err := strategy.NewPolicy(strategy.Playbook{Operations: small().Operations[:1]})
	check(err)
	summary := policy.Count(slices.Values(people), now)
	data, err := json.MarshalIndent(summary, "", " ")
	check(err)
	fmt.Println(string(data[len(`{ "policy": "0123456789abcdef0123456789abcdef", `):]))

	var back strategy.Summary
	check(json.Unmarshal(data, &back))
	fmt.Println(back.Policy() == policy.ID())
	// Output:
	//  "customers": 3,
	//  "unserved": 2,
	//  "operations": [
	//   {
	//    "operation": "win-back gift",
	//    "verdicts": {
	//     "chosen": 1,
	//     "excluded": 1,
	//     "lacks label": 1
	//    }
	//   }
	//  ]
	// }
	// true
}

func ExampleStarter() {
	playbook := strategy.Starter()
	for _, o := range playbook.Operations[:3] {
		fmt.Printf("%s by %s, for %v\n", o.Name, o.Channel, o.Audience)
	}
	data, err := json.Marshal(playbook)
	check(err)
	_, err = strategy.ParsePlaybook(data)
	fmt.Println(err)
	// Output:
	// call to a core customer by call, for all of layer=core; any of segment=at risk, segment=can't lose, stage=churned, stage=silent
	// win-back gift by sms, for any of segment=at risk, segment=can't lose, stage=churned, stage=silent; none of promotion=deal-seeker, segment=hibernating
	// welcome back by push, for all of stage=returned
	// <nil>
}

func ExampleStarterLabels() {
	for _, value := range strategy.StarterLabels()["quadrant"] {
		fmt.Println("quadrant=" + value)
	}
	// Output:
	// quadrant=important value
	// quadrant=important retain
	// quadrant=priority develop
	// quadrant=general value
}

func ExampleCodes() {
	for _, code := range strategy.Codes()[:6] {
		fmt.Println(code)
	}
	// Output:
	// chosen
	// held out
	// stopped
	// not started
	// ended
	// lacks label
}
