package lifecycle_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

// on returns noon of a date.
func on(date string) time.Time {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// check stops an example that went wrong.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// orders are those of a small coffee shop: customer and date.
var orders = []struct {
	customer string
	date     string
	amount   string
}{
	{"ann", "2024-01-08", "12.50"},
	{"ann", "2024-02-12", "14.00"},
	{"ann", "2024-03-04", "9.80"},
	{"bob", "2024-01-20", "30.00"},
	{"bob", "2024-03-29", "12.00"},
	{"cat", "2024-02-01", "7.20"},
	{"dan", "2024-03-15", "18.00"},
}

func ExamplePolicy_At() {
	policy := lifecycle.Policy{SilentAfter: regulars.Days(60)}
	history := lifecycle.History{First: on("2023-11-02"), Last: on("2024-01-08"), Events: 4}

	at := policy.At(history, on("2024-03-11"))
	fmt.Println(at.Stage, "for", at.IdleDays, "days")
	fmt.Println(at.Because)
	fmt.Println("next:", at.Next.Stage, "on", at.Next.At.Format(time.DateOnly))
	// Output:
	// silent for 63 days
	// idle >= silentAfter (60d, policy) since 2024-03-08T12:00:00Z
	// next: churned on 2024-07-06
}

func ExamplePolicy_At_overrides() {
	policy := lifecycle.Policy{Overrides: []lifecycle.Override{
		{MinEvents: 3, SilentAfter: regulars.Weeks(4)},
		{Label: "plan=yearly", SilentAfter: regulars.Months(6), ChurnAfter: regulars.Months(15)},
	}}
	history := lifecycle.History{First: on("2024-01-08"), Last: on("2024-03-04"), Events: 3}
	fmt.Println(policy.At(history, on("2024-04-10")).Because)

	history.Labels = []string{"plan=yearly"}
	fmt.Println(policy.At(history, on("2024-04-10")).Because)
	// Output:
	// idle >= silentAfter (4w, overrides[0]) since 2024-04-01T12:00:00Z
	// idle < silentAfter (6mo, overrides[1]) since 2024-03-04T12:00:00Z
}

func ExampleStage_Label() {
	for _, s := range lifecycle.Stages() {
		fmt.Println(s.Label())
	}
	// Output:
	// stage=follower
	// stage=new
	// stage=active
	// stage=silent
	// stage=churned
	// stage=returned
}

func ExamplePolicy_History() {
	policy := lifecycle.Policy{ChurnAfter: regulars.Days(120)}
	visits := []time.Time{on("2023-05-01"), on("2024-03-01"), on("2024-03-09")}

	history := policy.History(visits, on("2024-03-20"))
	fmt.Println(history.Events, "visits, came back on", history.Return.Format(time.DateOnly))
	fmt.Println(policy.At(history, on("2024-03-20")).Stage)
	// Output:
	// 3 visits, came back on 2024-03-01
	// returned
}

func ExampleHistory_Pace() {
	history := lifecycle.History{First: on("2024-01-01"), Last: on("2024-01-31"), Events: 4}
	fmt.Println(history.Pace())
	fmt.Println(lifecycle.History{First: on("2024-01-01"), Last: on("2024-01-01"), Events: 1}.Pace())
	// Output:
	// 240h0m0s true
	// 0s false
}

func ExampleHistory_Overdue() {
	history := lifecycle.History{First: on("2024-01-01"), Last: on("2024-01-31"), Events: 4}
	ratio, ok := history.Overdue(on("2024-02-15"))
	fmt.Println(ratio, ok) // every 10 days, and now 15
	// Output:
	// 1.5 true
}

func ExampleParsePolicy() {
	_, err := lifecycle.ParsePolicy([]byte(`{"zone": "Mars/Base", "silentAfter": "90d", "churnAfter": "2mo"}`), time.LoadLocation)
	fmt.Println(err)
	// Output:
	// zone: "Mars/Base": unknown time zone Mars/Base
	// silentAfter: 90d is not sure to be shorter than churnAfter, 2mo
}

func ExampleLog_Stages() {
	var log lifecycle.Log[string]
	check(log.Know("eve", on("2024-03-01"))) // follows, has never bought
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	now := on("2024-04-05")
	for customer, at := range log.Stages(lifecycle.Policy{}, now, nil) {
		fmt.Println(customer, at.Label())
	}
	census, _ := json.Marshal(log.Count(lifecycle.Policy{}, now, nil))
	fmt.Println(string(census))
	// Output:
	// ann stage=active
	// bob stage=active
	// cat stage=silent
	// dan stage=new
	// eve stage=follower
	// {"follower":1,"new":1,"active":2,"silent":1,"churned":0,"returned":0}
}

func ExampleLog_Count() {
	var log lifecycle.Log[string]
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	census := log.Count(lifecycle.Policy{}, on("2024-04-05"), nil)
	fmt.Println(census.Of(lifecycle.Active), "of", census.Total(), "are active")
	// Output:
	// 2 of 4 are active
}

func ExampleLog_Events() {
	var log lifecycle.Log[string]
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	visits, ok := log.Events("bob")
	fmt.Println(visits, ok)
	_, ok = log.Events("nobody")
	fmt.Println(ok)
	// Output:
	// [2024-01-20 12:00:00 +0000 UTC 2024-03-29 12:00:00 +0000 UTC] true
	// false
}

func ExampleLog_AfterUntil() {
	log := lifecycle.Log[string]{Until: on("2024-03-15")} // the last instant that counts
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	fmt.Println(log.Len(), "customers;", log.AfterUntil(), "event is too late")
	// Output:
	// 4 customers; 1 event is too late
}

func ExampleLog_Migrate() {
	var log lifecycle.Log[string]
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	migration, err := log.Migrate(lifecycle.Policy{}, on("2024-02-20"), on("2024-04-20"), nil)
	check(err)
	for _, m := range migration.Cells() {
		fmt.Printf("%d from %q to %q\n", m.Customers, m.From, m.To)
	}
	// Output:
	// 1 from "" to "active"
	// 1 from "new" to "silent"
	// 2 from "active" to "active"
}

func ExampleMigration_Odds() {
	var log lifecycle.Log[string]
	for _, o := range orders {
		check(log.Add(o.customer, on(o.date)))
	}
	migration, err := log.Migrate(lifecycle.Policy{}, on("2024-02-20"), on("2024-04-20"), nil)
	check(err)
	odds := migration.Odds(lifecycle.Active, lifecycle.Active)
	rate, ok := odds.Rate()
	fmt.Println("stayed active:", odds, rate, ok)
	fmt.Println("came back:", migration.Odds(lifecycle.Churned, lifecycle.Returned))
	fmt.Println("joined since:", migration.Of(0, lifecycle.Active))
	// Output:
	// stayed active: 2 of 2 1 true
	// came back: not observed
	// joined since: 1
}

func ExampleLog_Fit() {
	var log lifecycle.Log[int]
	for customer := range 10 {
		check(log.Add(customer, on("2024-01-01")))
		if customer < 7 { // seven of ten come back, the n-th after n weeks
			check(log.Add(customer, on("2024-01-01").AddDate(0, 0, 7*(customer+1))))
		}
	}
	fitted, err := log.Fit(on("2024-03-31"), lifecycle.FitOptions[int]{Silent: 0.25, Churned: 0.6, After: []int{1, 2}})
	check(err)
	for _, c := range fitted.Classes {
		fmt.Printf("after %d: %d gaps, %d open; silent after %d days (%v), churned after %d (%v)\n",
			c.MinEvents, c.Gaps, c.Open, c.Silent.Days, c.Silent.Reached, c.Churned.Days, c.Churned.Reached)
	}
	policy := fitted.Policy(lifecycle.Policy{})
	fmt.Println(policy.SilentAfter, policy.ChurnAfter, len(policy.Overrides))
	// Output:
	// after 1: 10 gaps, 3 open; silent after 21 days (true), churned after 42 (true)
	// after 2: 7 gaps, 7 open; silent after 0 days (false), churned after 0 (false)
	// 21d 42d 0
}

func ExampleActivity_Growth() {
	var activity lifecycle.Activity[string]
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	growth, err := activity.Growth(on("2024-03-31"), lifecycle.GrowthOptions[string]{})
	check(err)
	for _, g := range growth {
		ratio, ok := g.QuickRatio()
		fmt.Println(g.Name, "new", g.New, "retained", g.Retained, "resurrected", g.Resurrected, "churned", g.Churned, ratio, ok, g.Complete)
	}
	// Output:
	// 2024-01 new 2 retained 0 resurrected 0 churned 0 0 false true
	// 2024-02 new 1 retained 1 resurrected 0 churned 1 1 true true
	// 2024-03 new 1 retained 1 resurrected 1 churned 1 2 true false
}

func ExampleGrowth_ChurnRate() {
	activity := lifecycle.Activity[string]{Each: lifecycle.Monthly()}
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	growth, err := activity.Growth(on("2024-03-31").Add(12*time.Hour), lifecycle.GrowthOptions[string]{})
	check(err)
	for _, g := range growth {
		stayed, ok := g.RetentionRate()
		left, _ := g.ChurnRate()
		fmt.Println(g.Name, stayed, left, ok)
	}
	// Output:
	// 2024-01 0 0 false
	// 2024-02 0.5 0.5 true
	// 2024-03 0.5 0.5 true
}

func ExampleActivity_Retention() {
	var activity lifecycle.Activity[string]
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	triangle, err := activity.Retention(on("2024-03-31"), lifecycle.RetentionOptions[string]{Kind: lifecycle.OnOrAfter})
	check(err)
	for _, c := range append(triangle.Cohorts, triangle.All) {
		fmt.Print(c.Name)
		for _, cell := range c.Cells {
			if rate, ok := cell.Rate(); ok {
				fmt.Printf("  %.0f %%", 100*rate)
			} else {
				fmt.Printf("  (%d of %d so far)", cell.OpenActive, cell.Open)
			}
		}
		fmt.Println()
	}
	// Output:
	// 2024-01  100 %  100 %  (2 of 2 so far)
	// 2024-02  100 %  (0 of 1 so far)
	// 2024-03  (1 of 1 so far)
	// all  100 %  100 %  (2 of 2 so far)
}

func ExampleRetentionCell_Complete() {
	var activity lifecycle.Activity[string]
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	triangle, err := activity.Retention(on("2024-03-31"), lifecycle.RetentionOptions[string]{})
	check(err)
	for k, cell := range triangle.All.Cells {
		fmt.Println("month", k, cell.Complete(), cell.Open)
	}
	// Output:
	// month 0 false 1
	// month 1 false 1
	// month 2 false 2
}

func ExampleLog_Retention() {
	var log lifecycle.Log[string]
	for _, at := range []string{"2024-03-09T23:45:00Z", "2024-03-10T00:01:00Z", "2024-03-11T01:00:00Z"} {
		t, err := time.Parse(time.RFC3339, at)
		check(err)
		check(log.Add("ann", t))
	}
	triangle, err := log.Retention(on("2024-03-14"), regulars.Hours(24), lifecycle.RetentionOptions[string]{})
	check(err)
	for k, cell := range triangle.All.Cells {
		fmt.Println("day", k, cell.Active, "of", cell.Of)
	}
	// Output:
	// day 0 1 of 1
	// day 1 1 of 1
	// day 2 0 of 1
	// day 3 0 of 1
	// day 4 0 of 0
}

func ExampleActivity_Stickiness() {
	activity := lifecycle.Activity[string]{Each: lifecycle.Daily()}
	for _, o := range orders {
		check(activity.Add(o.customer, on(o.date)))
	}
	days, err := activity.Stickiness(on("2024-03-16"), on("2024-03-15"), 30)
	check(err)
	for _, d := range days {
		ratio, _ := d.Ratio()
		fmt.Println(d.Name, d.Active, "of", d.Trailing, ratio)
	}
	// Output:
	// 2024-03-15 1 of 2 0.5
	// 2024-03-16 0 of 2 0
}

func ExampleRevenue_Growth() {
	var revenue lifecycle.Revenue[string]
	for _, o := range orders {
		check(revenue.Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	growth, err := revenue.Growth(on("2024-03-31"), lifecycle.GrowthOptions[string]{})
	check(err)
	march := growth[2]
	fmt.Println("revenue", march.Revenue, "new", march.New, "resurrected", march.Resurrected)
	fmt.Println("retained", march.Retained, "contraction", march.Contraction, "churned", march.Churned)
	nrr, _ := march.NetRetention()
	fmt.Printf("net retention %.3f\n", nrr)
	// Output:
	// revenue 39.8 new 18 resurrected 12
	// retained 9.8 contraction 4.2 churned 7.2
	// net retention 0.462
}

func ExampleRevenueGrowth_GrossRetention() {
	var revenue lifecycle.Revenue[string]
	for _, o := range orders {
		check(revenue.Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	growth, err := revenue.Growth(on("2024-03-31").Add(12*time.Hour), lifecycle.GrowthOptions[string]{})
	check(err)
	for _, g := range growth {
		grr, ok := g.GrossRetention()
		nrr, _ := g.NetRetention()
		quick, _ := g.QuickRatio() // won for each unit that was lost
		fmt.Printf("%s gross %.3f, net %.3f, quick ratio %.2f, %v\n", g.Name, grr, nrr, quick, ok)
	}
	// Output:
	// 2024-01 gross 0.000, net 0.000, quick ratio 0.00, false
	// 2024-02 gross 0.294, net 0.329, quick ratio 0.29, true
	// 2024-03 gross 0.462, net 0.462, quick ratio 2.63, true
}

func ExampleRevenue_Value() {
	var revenue lifecycle.Revenue[string]
	for _, o := range orders {
		check(revenue.Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	endOfMarch := on("2024-04-01").Add(-12 * time.Hour)
	value, err := revenue.Value(endOfMarch, lifecycle.CohortOptions[string]{})
	check(err)
	for _, c := range value.Cohorts {
		fmt.Print(c.Name, ", ", c.Size, ":")
		for _, cell := range c.Cells {
			mean, _ := cell.PerCustomer(2)
			fmt.Print(" ", mean)
		}
		fmt.Println()
	}
	// Output:
	// 2024-01, 2: 21.25 28.25 39.15
	// 2024-02, 1: 7.2 7.2
	// 2024-03, 1: 18
}

func ExampleSurvival_Curve() {
	waits := lifecycle.Survival{Unit: "days"}
	for _, days := range []float64{6, 6, 6, 7, 10, 13, 16, 22, 23} { // Freireich 1963, the arm on 6-MP
		check(waits.Add(lifecycle.Spell{Exit: days, Event: true}))
	}
	for _, days := range []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35} {
		check(waits.Add(lifecycle.Spell{Exit: days}))
	}
	curve, err := waits.Curve(lifecycle.CurveOptions{})
	check(err)
	fmt.Printf("after 10 days %.4f still wait\n", curve.At(10))
	fmt.Println("median", curve.Median().Time, "reached", curve.Median().Reached)
	fmt.Println("90 % reached", curve.Quantile(0.9).Reached)
	mean := curve.RestrictedMean(20)
	fmt.Printf("mean within %v days: %.2f\n", mean.Tau, mean.Mean)
	// Output:
	// after 10 days 0.7529 still wait
	// median 23 reached true
	// 90 % reached false
	// mean within 20 days: 16.12
}

func ExampleLogRank() {
	var treated, control lifecycle.Survival
	for _, days := range []float64{9, 13, 18, 23, 31, 34, 48} {
		check(treated.Add(lifecycle.Spell{Exit: days, Event: true}))
	}
	for _, days := range []float64{5, 5, 8, 8, 12, 23, 27} {
		check(control.Add(lifecycle.Spell{Exit: days, Event: true}))
	}
	test, err := lifecycle.LogRank(&treated, &control)
	check(err)
	fmt.Printf("observed %v and %v, expected %.2f and %.2f, P = %.3f\n",
		test.Observed[0], test.Observed[1], test.Expected[0], test.Expected[1], test.P)
	// Output:
	// observed 7 and 7, expected 10.08 and 3.92, P = 0.041
}

func ExampleActivity_AddColumns() {
	activity := lifecycle.Activity[int64]{Each: lifecycle.Weekly(time.Monday)}
	check(activity.AddColumns(lifecycle.Columns[int64]{
		Customer: []int64{7, 7, 8},
		At:       []int64{on("2024-03-04").Unix(), on("2024-03-11").Unix(), on("2024-03-17").Unix()},
	}))

	growth, err := activity.Growth(on("2024-03-18"), lifecycle.GrowthOptions[int64]{})
	check(err)
	for _, g := range growth {
		fmt.Println(g.Name, g.Active, "active,", g.New, "new")
	}
	// Output:
	// 2024-W10 1 active, 1 new
	// 2024-W11 2 active, 1 new
	// 2024-W12 0 active, 0 new
}

func ExampleActivity_Merge() {
	// Two machines see a part of the events each.
	var first, second lifecycle.Activity[string]
	for i, o := range orders {
		check([]*lifecycle.Activity[string]{&first, &second}[i%2].Add(o.customer, on(o.date)))
	}
	sent, err := second.MarshalBinary()
	check(err)

	var received lifecycle.Activity[string] // set Each, Zone and Until here if they are not the defaults
	check(received.UnmarshalBinary(sent))
	check(first.Merge(&received))
	fmt.Println(first.Len(), "customers")
	// Output:
	// 4 customers
}

func ExampleRevenue_AddColumns() {
	var revenue lifecycle.Revenue[int64]
	check(revenue.AddColumns(lifecycle.Columns[int64]{
		Customer: []int64{7, 7, 8},
		At:       []int64{on("2024-03-04").Unix(), on("2024-03-11").Unix(), on("2024-03-17").Unix()},
		Amount:   []int64{1250, -250, 799},
		Places:   2,
	}))

	growth, err := revenue.Growth(on("2024-03-18"), lifecycle.GrowthOptions[int64]{})
	check(err)
	fmt.Println(growth[0].Name, growth[0].Revenue)
	// Output:
	// 2024-03 17.99
}

func ExamplePolicy_Validate() {
	policy := lifecycle.Policy{Overrides: []lifecycle.Override{{SilentAfter: regulars.Days(200)}}}
	fmt.Println(policy.Validate())
	// Output:
	// overrides[0]: has no condition: want label or minEvents
	// overrides[0]: silentAfter, 200d, is not sure to be shorter than churnAfter, 180d
}

func ExampleHistory_Validate() {
	fmt.Println(lifecycle.History{First: on("2024-03-04"), Last: on("2024-02-04"), Events: 2}.Validate())
	// Output:
	// lifecycle: history whose First is after its Last
}

func ExampleSurvival_AddWeighted() {
	waits := lifecycle.Survival{Unit: "weeks"}
	check(waits.AddWeighted(lifecycle.Spell{Exit: 2, Event: true}, 30)) // 30 customers after two weeks
	check(waits.AddWeighted(lifecycle.Spell{Exit: 3}, 70))              // 70 are still waiting after three
	fmt.Println(waits.AddWeighted(lifecycle.Spell{Entry: 4, Exit: 4}, 1))

	curve, err := waits.Curve(lifecycle.CurveOptions{})
	check(err)
	p := curve.Steps[0]
	fmt.Printf("%.2f, from %.2f to %.2f\n", p.Survival, p.Low, p.High)
	// Output:
	// lifecycle: spell from 4 to 4: want the entry before the exit
	// 0.70, from 0.60 to 0.78
}
