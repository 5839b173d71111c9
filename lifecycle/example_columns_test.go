package lifecycle_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

// Visits come out of two databases as columns, and the call centre asks about
// one customer.
func ExampleLog_History() {
	var shop, app lifecycle.Log[int64]
	check(shop.AddColumns(lifecycle.Columns[int64]{Customer: []int64{7, 8, 7}, At: []int64{on("2023-05-01").Unix(), on("2024-01-20").Unix(), on("2024-03-01").Unix()}}))
	check(app.AddColumns(lifecycle.Columns[int64]{Customer: []int64{7}, At: []int64{on("2024-03-09").Unix()}}))
	check(shop.Merge(&app))

	now := on("2024-03-20")
	history, ok := shop.History(7, lifecycle.Policy{}, now)
	fmt.Println(history.Events, "visits since", history.First.Format(time.DateOnly), ok)
	fmt.Println(lifecycle.Policy{}.At(history, now).Because)
	// Output:
	// 3 visits since 2023-05-01 true
	// return < returnedFor ago (30d, default) since 2024-03-01T12:00:00Z
}

// A log knows every visit, so that one pass over the data serves a weekly and a
// monthly report.
func ExampleLog_Activity() {
	var log lifecycle.Log[string]
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	for _, each := range []lifecycle.Period{lifecycle.Weekly(time.Monday), lifecycle.Monthly()} {
		growth, err := log.Activity(each).Growth(on("2024-03-31"), lifecycle.GrowthOptions[string]{})
		check(err)
		last := growth[len(growth)-1]
		fmt.Println(last.Name, last.Active, "active, retained", last.Retained, "resurrected", last.Resurrected)
	}
	// Output:
	// 2024-W13 1 active, retained 0 resurrected 1
	// 2024-03 3 active, retained 1 resurrected 1
}

// Who follows the shop and has not bought yet counts as a customer in no month.
func ExampleActivity_Know() {
	activity := lifecycle.Activity[string]{Until: on("2024-03-20")}
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	check(activity.Know("eve"))
	growth, err := activity.Growth(on("2024-03-20"), lifecycle.GrowthOptions[string]{})
	check(err)
	fmt.Println(activity.Len(), "known,", growth[2].Active, "active in", growth[2].Name)
	fmt.Println(activity.AfterUntil(), "order came after the report was due")
	// Output:
	// 5 known, 2 active in 2024-03
	// 1 order came after the report was due
}

// Two shops of a chain count in one currency; a customer of both is one.
func ExampleRevenue_Merge() {
	until := on("2024-03-31")
	north, south := lifecycle.Revenue[string]{Until: until}, lifecycle.Revenue[string]{Until: until}
	for i, o := range orders {
		check([]*lifecycle.Revenue[string]{&north, &south}[i%2].Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	check(south.Add("ann", on("2024-04-02"), decimal.NewFromInt(15)))
	check(south.Know("eve")) // has a card, and bought nothing yet
	check(north.Merge(&south))
	growth, err := north.Growth(until, lifecycle.GrowthOptions[string]{})
	check(err)
	fmt.Println(north.Len(), "customers,", growth[2].Revenue, "in", growth[2].Name, "–", north.AfterUntil(), "sale is of April")
	// Output:
	// 5 customers, 39.8 in 2024-03 – 1 sale is of April
}

// The first quarter is closed. What came in later is the next one's.
func ExampleSpend_AfterUntil() {
	quarter := time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC)
	spend := lifecycle.Spend{Until: quarter.Add(-time.Microsecond)}
	check(spend.Add("ads", on("2024-03-30"), decimal.NewFromInt(800)))
	check(spend.Add("mall", on("2024-04-01"), decimal.NewFromInt(300)))
	fmt.Println(spend.Channels(), "in the quarter,", spend.AfterUntil(), "invoice after it")
	// Output:
	// [ads] in the quarter, 1 invoice after it
}

// Days from the first order to the second, or until today, of two shops.
func ExampleSurvival_Merge() {
	north, south := lifecycle.Survival{Unit: "days"}, lifecycle.Survival{Unit: "days"}
	for i, days := range []float64{4, 9, 12, 20, 31, 33} {
		check([]*lifecycle.Survival{&north, &south}[i%2].Add(lifecycle.Spell{Exit: days, Event: true}))
	}
	for range 4 {
		check(south.Add(lifecycle.Spell{Exit: 30})) // not back after a month
	}
	check(north.Merge(&south))
	curve, err := north.Curve(lifecycle.CurveOptions{})
	check(err)
	fmt.Printf("of %d customers %.0f %% have come back within 30 days\n", north.Len(), 100*(1-curve.At(30)))
	fmt.Println(north.Merge(&lifecycle.Survival{Unit: "weeks"}))
	// Output:
	// of 10 customers 40 % have come back within 30 days
	// lifecycle: merging times in "weeks" into times in "days"
}

// One customer of January, who came in January, March and June, counted in all
// five ways.
func ExampleRetentionOptions() {
	var activity lifecycle.Activity[string]
	for _, date := range []string{"2024-01-08", "2024-03-04", "2024-06-10"} {
		check(activity.Add("ann", on(date)))
	}
	for _, o := range []lifecycle.RetentionOptions[string]{
		{Kind: lifecycle.On},
		{Kind: lifecycle.OnOrAfter},
		{Kind: lifecycle.OnOrBefore},
		{Kind: lifecycle.Streak},
		{Kind: lifecycle.Bracket, Brackets: []int{0, 1, 3, 6}},
	} {
		triangle, err := activity.Retention(on("2024-07-01"), o)
		check(err)
		fmt.Printf("%-12s", o.Kind)
		for _, cell := range triangle.Cohorts[0].Cells {
			fmt.Print(" ", cell.Active)
		}
		fmt.Println()
	}
	// Output:
	// on           1 0 1 0 0 1 0
	// on-or-after  1 1 1 1 1 1 0
	// on-or-before 1 0 1 1 1 1 0
	// streak       1 0 0 0 0 0 0
	// bracket      1 1 1
}
