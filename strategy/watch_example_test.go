package strategy_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// Orders are 100 a day and 150 on Sundays, give or take ten, until a change on
// Thursday costs a fifth of them.
func ExampleWatch_Read() {
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var orders strategy.Series
	for day := -56; day < 14; day++ {
		n := strategy.Micros(90 + 20*(((day+56)/7+(day+56)%7)%2))
		if day%7 == 6 || day%7 == -1 {
			n += 50
		}
		if day >= 3 {
			n = n * 8 / 10
		}
		orders.Add(monday.AddDate(0, 0, day), n*strategy.One)
	}
	watch := strategy.Watch{Name: "orders fall", Metric: "orders"}
	reading, err := watch.Read(&orders, monday)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, signal := range reading.Signals[:1] {
		fmt.Println(signal)
	}
	falseAlarm, _ := watch.RunLength(0)
	seen, _ := watch.RunLength(1)
	fmt.Printf("a false alarm every %.0f days; a shift of one standard deviation is seen after %.1f\n", falseAlarm, seen)
	// Output:
	// orders fall: orders fell since 2026-03-04, by 1.8 standard deviations a day; seen on 2026-03-08
	// a false alarm every 931 days; a shift of one standard deviation is seen after 10.4
}

func ExamplePlan_Respond() {
	playbook := strategy.Playbook{
		Budgets: []strategy.Budget{{Name: "coupons", Unit: "money", Limit: 5000 * strategy.One}},
		Operations: []strategy.Operation{
			{Name: "newcomer coupon", Objective: "a first order", Channel: "push"},
			{Name: "greeting", Objective: "a first order", Channel: "push", Stopped: true},
		},
	}
	plan, err := strategy.ParsePlan([]byte(`{
		"watches": [{"name": "margin falls", "metric": "margin"}, {"name": "complaints rise", "metric": "complaints", "side": "rises"}],
		"contingencies": [
			{"watch": "margin falls", "do": "cut", "budget": "coupons", "keep": 0.5},
			{"watch": "complaints rise", "do": "swap", "operation": "newcomer coupon", "with": "greeting", "act": true}]}`), playbook)
	if err != nil {
		fmt.Println(err)
		return
	}
	response, err := plan.Respond(playbook, []strategy.Signal{
		{Watch: "margin falls", Metric: "margin", Day: "2026-03-08", Since: "2026-03-05", Side: strategy.Falls, Mean: -1.4},
		{Watch: "complaints rise", Metric: "complaints", Day: "2026-03-09", Since: "2026-03-08", Side: strategy.Rises, Mean: 3.1},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, proposal := range response.Proposals {
		fmt.Println(proposal.Because())
	}
	for _, o := range response.Playbook.Operations {
		fmt.Println(o.Name, "stopped:", o.Stopped)
	}
	again, err := plan.Respond(response.Playbook, []strategy.Signal{{Watch: "margin falls", Metric: "margin", Day: "2026-03-08"}}, response.Handled)
	fmt.Println("read again:", len(again.Proposals), "proposals", err)
	// Output:
	// proposed: cut budget "coupons" from 5000 to 2500, as margin falls: margin fell since 2026-03-05, by 1.4 standard deviations a day; seen on 2026-03-08
	// done: swap "newcomer coupon" for "greeting", as complaints rise: complaints rose since 2026-03-08, by 3.1 standard deviations a day; seen on 2026-03-09
	// newcomer coupon stopped: true
	// greeting stopped: false
	// read again: 0 proposals <nil>
}

// Somebody has read the proposal to halve the budget, and accepts it.
func ExampleProposal_Apply() {
	playbook := strategy.Starter()
	playbook.Budgets = []strategy.Budget{{Name: "coupons", Unit: "money", Limit: 5000 * strategy.One}}
	proposal := strategy.Proposal{
		Contingency: strategy.Contingency{Watch: "margin falls", Do: strategy.Cut, Budget: "coupons", Keep: strategy.One / 2},
		Signal:      strategy.Signal{Watch: "margin falls", Metric: "margin", Day: "2026-03-08", Since: "2026-03-05", Side: strategy.Falls, Mean: -1.4},
	}
	fmt.Println("answers", proposal.Signal.Key())
	next, err := proposal.Apply(playbook)
	fmt.Println(playbook.Budgets[0].Limit, "→", next.Budgets[0].Limit, err)

	playbook.Budgets[0].Name = "vouchers" // meanwhile somebody renamed it
	_, err = proposal.Apply(playbook)
	fmt.Println(err)
	// Output:
	// answers margin falls 2026-03-08
	// 5000 → 2500 <nil>
	// strategy: "coupons" is no budget of the playbook
}

func ExampleParsePlan() {
	_, err := strategy.ParsePlan([]byte(`{
		"watches": [{"name": "orders fall", "metric": "orders"}],
		"contingencies": [{"watch": "orders fal", "do": "pause", "operation": "coupon"}]}`), strategy.Starter())
	fmt.Println(err)
	// Output:
	// contingencies[0].watch: "orders fal" is no watch of the plan
	// contingencies[0].operation: "coupon" is no operation of the playbook
}

// Orders per visit is a rate: both sums are kept, so that a busy hour weighs more
// than a quiet one. Visits double through a campaign whose visitors don't order.
func ExampleSeries_AddRate() {
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	series := strategy.Series{Rate: true}
	for day := -56; day < 7; day++ {
		orders, visits := strategy.Micros(48+(day+56)*5%9), strategy.Micros(1000)
		if day >= 0 {
			visits = 2000
		}
		at := monday.AddDate(0, 0, day)
		if err := series.AddRate(at, orders*strategy.One, visits*strategy.One); err != nil {
			fmt.Println(err)
		}
	}
	watch := strategy.Watch{Name: "conversion falls", Metric: "orders per visit"}
	reading, err := watch.Read(&series, monday)
	if err != nil {
		fmt.Println(err)
		return
	}
	first := reading.Days[0]
	fmt.Printf("%s: %.4f, where %.4f is usual (%s)\n", first.Day, *first.Value, first.Expected, reading.Weekdays[0].Weekday)
	fmt.Println(reading.Signals[0].Key())
	// Output:
	// 2026-03-02: 0.0245, where 0.0524 is usual (mon)
	// conversion falls 2026-03-02
}

func ExampleWatch_Validate() {
	fmt.Println(strategy.Watch{Name: "orders fall", Metric: "orders", Side: "down", Weeks: 2}.Validate())
	// Output:
	// side: "down": want "falls", "rises" or "either"
	// weeks: 2: want 3 to 104, or 0 for 8
}

// An operation was renamed since the plan was written.
func ExamplePlan_Validate() {
	plan := strategy.Plan{
		Watches:       []strategy.Watch{{Name: "orders fall", Metric: "orders"}},
		Contingencies: []strategy.Contingency{{Watch: "orders fall", Do: strategy.Swap, Operation: "spring coupon", With: "newcomer coupon"}},
	}
	fmt.Println(plan.Validate(strategy.Starter()))
	// Output:
	// contingencies[0].operation: "spring coupon" is no operation of the playbook
}

func ExampleSeries_Merge() {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var app, shop strategy.Series
	app.Add(at, 2*strategy.One)
	shop.Add(at.Add(time.Hour), 3*strategy.One)
	if err := app.Merge(&shop); err != nil {
		fmt.Println(err)
	}
	fmt.Println(app.Len(), "day")
	// Output: 1 day
}
