package lifecycle_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

// Ads and a mall brought two hundred customers each for the same money. Those of
// the mall paid once.
func ExampleAcquisition_Proven() {
	var revenue lifecycle.Revenue[string]
	var spend lifecycle.Spend
	for _, channel := range []string{"ads", "mall"} {
		check(spend.Add(channel, on("2024-01-01"), decimal.NewFromInt(4000)))
		for i := range 200 {
			id := fmt.Sprint(channel, "/", i)
			check(revenue.Add(id, on("2024-01-10"), decimal.New(int64(40+i%21), 0)))
			if channel == "ads" && i%2 == 0 {
				check(revenue.Add(id, on("2024-02-10"), decimal.New(60, 0)))
			}
		}
	}
	a, err := revenue.Acquisition(on("2024-03-15"), &spend, lifecycle.AcquisitionOptions[string]{
		Channel: func(id string) string { channel, _, _ := strings.Cut(id, "/"); return channel },
		Margin:  decimal.New(4, -1), Horizon: 2,
	})
	check(err)
	for _, c := range a.Proven() {
		cost, _ := c.CAC(2)
		value, _ := c.LTV(2)
		fmt.Printf("%s: a customer costs %v and is worth %v in two months, LTV/CAC %.2f\n", c.Channel, cost, value, c.Ratio.Value)
	}
	// Output:
	// ads: a customer costs 20 and is worth 31.89 in two months, LTV/CAC 1.59
	// mall: a customer costs 20 and is worth 19.89 in two months, LTV/CAC 0.99
}

// What a new customer did in the app and on the web counts together.
func ExampleActions_Merge() {
	until := on("2024-06-01")
	app, web := lifecycle.Actions[int]{Until: until}, lifecycle.Actions[int]{Until: until}
	check(app.Add(7, "save address", on("2024-03-05")))
	check(web.Add(7, "order", on("2024-04-10")))
	check(web.Add(7, "order", on("2024-06-02")))
	check(app.Merge(&web))
	fmt.Println(app.Kinds(), "and", app.AfterUntil(), "later than the data")
	// Output:
	// [order save address] and 1 later than the data
}

// Candidates for an experiment, as a list to be worked through: of 60 customers
// 30 saved an address and 30 read the news.
func ExampleKeyActions_Proven() {
	var actions lifecycle.Actions[int]
	start := on("2024-03-04")
	for id := range 60 {
		check(actions.Add(id, "visit", start))
		check(actions.Add(id, "visit", start.AddDate(0, 0, 14)))
		if id < 30 {
			check(actions.Add(id, "save address", start.AddDate(0, 0, 2)))
		}
		if id%2 == 0 {
			check(actions.Add(id, "read news", start.AddDate(0, 0, 3)))
		}
		if id < 24 || id >= 51 {
			check(actions.Add(id, "order", start.AddDate(0, 0, 35)))
		}
	}
	report, err := actions.Key(on("2024-06-01"), lifecycle.KeyOptions[int]{Outcome: []string{"order"}})
	check(err)
	fmt.Println(len(report.Tried), "tried")
	for _, k := range report.Proven() {
		fmt.Printf("%s: adjusted P = %.2g\n", k.Action, k.Adjusted)
	}
	// Output:
	// 2 tried
	// save address: adjusted P = 0.00043
}

// Money tells another story than heads: as many customers, who spend less.
func ExamplePhasePolicy_Revenue() {
	var revenue lifecycle.Revenue[int]
	var activity lifecycle.Activity[int]
	for month := range 9 {
		at := time.Date(2024, time.Month(1+month), 15, 0, 0, 0, 0, time.UTC)
		for customer := range 100 {
			check(activity.Add(customer, at))
			check(revenue.Add(customer, at, decimal.NewFromInt(int64(max(20, 60-5*month)))))
		}
	}
	now := on("2024-10-02")
	heads, err := activity.Growth(now, lifecycle.GrowthOptions[int]{})
	check(err)
	money, err := revenue.Growth(now, lifecycle.GrowthOptions[int]{})
	check(err)
	policy := lifecycle.PhasePolicy{Established: true}
	byHeads, err := policy.Growth(heads)
	check(err)
	byMoney, err := policy.Revenue(money)
	check(err)
	fmt.Println("customers:", byHeads.Phase, "– money:", byMoney.Phase, byMoney.Before, "then", byMoney.Recent)
	// Output:
	// customers: maturity – money: decline 12000 then 7500
}

func ExamplePhasePolicy_Validate() {
	fmt.Println(lifecycle.PhasePolicy{Window: 6, Season: 3, Steady: -0.1}.Validate())
	// Output:
	// season: 3 periods: want 6, the window, to 36600
	// steady: -0.1: want a share above 0, or 0 for 0.1
}
