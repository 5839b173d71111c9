package rfm_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

func Example() {
	row := func(customer, order, date string, amount int64) rfm.Line[string] {
		at, _ := time.Parse(time.DateOnly, date)
		return rfm.Line[string]{Customer: customer, Order: order, At: at, Amount: decimal.New(amount, 0)}
	}
	asOf := time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC)
	orders, err := rfm.Consolidate(slices.Values([]rfm.Line[string]{
		row("ann", "1", "2026-01-10", 80), row("ann", "2", "2026-05-02", 95), row("ann", "3", "2026-06-28", 120),
		row("bob", "4", "2026-02-14", 60), row("bob", "4", "2026-02-20", -20),
		row("cy", "5", "2026-06-01", 45), row("cy", "6", "2026-06-20", 30),
		row("dee", "7", "2025-11-11", 300), row("eve", "8", "2026-04-05", 15), row("eve", "9", "2026-07-01", 15),
	}), rfm.LinePolicy{Until: asOf})
	if err != nil {
		panic(err)
	}
	tally, _ := orders.Tally()
	model, _ := rfm.Fit(tally.All(), asOf, rfm.Quantiles(5))
	for id, record := range tally.All() {
		score := model.Score(record)
		fmt.Println(id, score, rfm.Grid().Segment(score))
	}
	cy, _ := tally.Record("cy")
	fmt.Println(model.Explain(cy))
	// Output:
	// ann 554 champions
	// bob 212 hibernating
	// cy 443 loyal
	// dee 115 hibernating
	// eve 311 about to sleep
	// score 443
	// recency 10 days: score 4, between 8.4 and 55.6; 2 fewer for 5
	// frequency 2 orders: score 4, between 1.4 and 2.2; 1 more for 5
	// monetary 75: score 3, between 61 and 163; over 88 more for 4
}

// march26 is noon on a day of March 2026.
func march26(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

// threeCustomers have ordered once, twice and three times until 30 March.
func threeCustomers() *rfm.Tally[int] {
	var tally rfm.Tally[int]
	for id := range 3 {
		for n := range id + 1 {
			_ = tally.Add(id+1, rfm.Order{At: march26(10*n + 1), Amount: decimal.New(50, 0)})
		}
	}
	return &tally
}

func ExampleConsolidate() {
	rows := []rfm.Line[string]{
		{Customer: "ann", Order: "A1", At: march26(1), Amount: decimal.New(40, 0)},
		{Customer: "ann", Order: "A1", At: march26(1), Amount: decimal.New(40, 0)},  // exported twice
		{Customer: "ann", Order: "A1", At: march26(9), Amount: decimal.New(-15, 0)}, // given back
		{Customer: "bob", Order: "B7", At: march26(31), Amount: decimal.New(20, 0)},
	}
	orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{Until: march26(30)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for id, o := range orders.All() {
		fmt.Println(id, o.Amount, "less", o.Refunded)
	}
	report := orders.Report
	fmt.Println(orders.Len(), "order of", report.Lines, "rows,", report.SetAside(), "set aside:", report.Duplicates, "duplicate,", report.AfterUntil, "later")
	// Output:
	// ann 40 less 15
	// 1 order of 4 rows, 2 set aside: 1 duplicate, 1 later
}

func ExampleOrders_Tally() {
	rows := []rfm.Line[int]{{Customer: 7, At: march26(1), Amount: decimal.New(999, -2)}}
	orders, _ := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
	tally, err := orders.Tally()
	fmt.Println(tally.Len(), err)
	// Output: 1 <nil>
}

func ExampleTally_Add() {
	var tally rfm.Tally[string]
	err := tally.Add("ann", rfm.Order{At: march26(1), Amount: decimal.New(4000, -2), Refunded: decimal.New(1000, -2)})
	record, ok := tally.Record("ann")
	fmt.Println(record.Orders, record.Spend, record.Net(), ok, err)
	// Output: 1 40 30 true <nil>
}

func ExampleTally_AddColumns() {
	tally := rfm.Tally[int32]{Until: march26(30)}
	err := tally.AddColumns(rfm.Columns[int32]{
		Customer: []int32{7, 8, 7},
		At:       []int64{march26(1).Unix(), march26(2).Unix(), march26(31).Unix()},
		Amount:   []int64{1999, 500, 700}, // cents
		Places:   2,
	})
	seven, _ := tally.Record(7)
	fmt.Println(seven.Orders, seven.Spend, tally.AfterUntil(), err)
	// Output: 1 19.99 1 <nil>
}

// Each goroutine adds up one share of the customers.
func ExampleTally_AddShare() {
	columns := rfm.Columns[int32]{
		Customer: []int32{7, 8, 7},
		At:       []int64{march26(1).Unix(), march26(2).Unix(), march26(9).Unix()},
		Amount:   []int64{1999, 500, 700}, // cents
		Places:   2,
	}
	shares := make([]rfm.Tally[int32], 2)
	var wait sync.WaitGroup
	for i := range shares {
		wait.Go(func() { _ = shares[i].AddShare(columns, i, len(shares)) })
	}
	wait.Wait()
	err := shares[0].Merge(&shares[1])
	seven, _ := shares[0].Record(7)
	fmt.Println(shares[0].Len(), seven.Orders, seven.Spend, err)
	// Output: 2 2 26.99 <nil>
}

func ExampleTally_Merge() {
	var east, west rfm.Tally[string]
	_ = east.Add("ann", rfm.Order{At: march26(1), Amount: decimal.New(10, 0)})
	_ = west.Add("ann", rfm.Order{At: march26(5), Amount: decimal.New(20, 0)})
	err := east.Merge(&west)
	ann, _ := east.Record("ann")
	fmt.Println(ann.Orders, ann.Spend, ann.Last.Format(time.DateOnly), err)
	// Output: 2 30 2026-03-05 <nil>
}

func ExampleTally_All() {
	for id, record := range threeCustomers().All() {
		days, _ := record.Recency(march26(30))
		fmt.Println(id, days, record.Orders, record.Net())
	}
	// Output:
	// 1 29 1 50
	// 2 19 2 100
	// 3 9 3 150
}

func ExampleTally_MarshalBinary() {
	here := rfm.Tally[string]{Until: march26(30)}
	_ = here.Add("ann", rfm.Order{At: march26(1), Amount: decimal.New(10, 0)})
	data, err := here.MarshalBinary()
	fmt.Println(len(data), err)

	there := rfm.Tally[string]{Until: march26(30)} // as it was set here
	fmt.Println(there.UnmarshalBinary(data), there.Len())
	// Output:
	// 45 <nil>
	// <nil> 1
}

func ExampleTally_Table() {
	table, err := threeCustomers().Table(march26(30))
	fmt.Println(table.Customer, table.Recency, table.Frequency, table.Monetary, err)
	// Output: [1 2 3] [29 19 9] [1 2 3] [50 100 150] <nil>
}

func ExampleNewTable() {
	records := slices.All([]rfm.Record{ // by the index as ID
		{Last: march26(1), Orders: 3, Spend: decimal.New(4550, -2)},
		{}, // has not bought yet
	})
	table, err := rfm.NewTable(records, march26(30))
	fmt.Println(table.Len(), table.Net(0), table.Prospects, err)
	// Output: 1 45.5 1 <nil>
}

func ExampleTable_Scores() {
	table, _ := threeCustomers().Table(march26(30))
	model, _ := table.Fit(rfm.Quantiles(3))
	scores, err := table.Scores(model)
	fmt.Println(scores, err)
	// Output: [111 222 333] <nil>
}

func ExampleTable_Concentrate() {
	table, _ := threeCustomers().Table(march26(30))
	c, err := table.Concentrate()
	top, _ := c.Top(0.3) // one of three
	fmt.Println(c.Total, top, err)
	// Output: 300 0.5 <nil>
}

func ExampleFit() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.Quantiles(2))
	fmt.Println(model.Recency.At, model.Frequency[0].At, model.Monetary[0].At, err)
	// Output: [19] [2] [100] <nil>
}

func ExampleModel_Score() {
	model, _ := rfm.Fit(threeCustomers().All(), march26(30), rfm.Quantiles(3))
	newcomer := rfm.Record{Last: march26(29), Orders: 1, Spend: decimal.New(900, 0)}
	fmt.Println(model.Score(newcomer))
	fmt.Println(model.Score(rfm.Record{}).IsZero()) // no order, no score
	// Output:
	// 313
	// true
}

func ExampleModel_Explain() {
	model, _ := rfm.Fit(threeCustomers().All(), march26(30), rfm.Quantiles(3))
	e := model.Explain(rfm.Record{Last: march26(15), Orders: 1, Spend: decimal.New(70, 0)})
	fmt.Println(e)
	fmt.Println(e.Frequency.Better.By, "more order for", e.Frequency.Better.Score)
	// Output:
	// score 311
	// recency 15 days: score 3, up to about 15.666667; the best
	// frequency 1 order: score 1, up to about 1.666667; 1 more for 2
	// monetary 70: score 1, up to about 83.333333; over about 13.333333 more for 2
	// 1 more order for 2
}

func ExampleModel_At() {
	model, _ := rfm.Fit(threeCustomers().All(), march26(30), rfm.Quantiles(3))
	r := rfm.Record{Last: march26(29), Orders: 3, Spend: decimal.New(70, 0)}
	fmt.Println(model.Score(r), model.At(march26(55)).Score(r)) // the same cuts, 25 days on
	// Output: 331 131
}

func ExampleParseModel() {
	fitted, _ := rfm.Fit(threeCustomers().All(), march26(30), rfm.Medians())
	data, _ := json.Marshal(fitted)
	model, err := rfm.ParseModel(data)
	fmt.Println(model.AsOf.Format(time.DateOnly), model.Customers, err)
	_, err = rfm.ParseModel([]byte(`{"asof": "2026-03-30T12:00:00Z"}`))
	fmt.Println(err)
	// Output:
	// 2026-03-30 3 <nil>
	// unknown key "asof": did you mean "asOf"?
}

func ExampleBinning_Validate() {
	b := rfm.Quantiles(5)
	b.Frequency = rfm.FixedAt(decimal.New(4, 0), decimal.New(2, 0))
	fmt.Println(b.Validate())
	// Output: frequency.at[1]: 2 is below the one before, 4: want ascending cuts
}

func ExampleQuantiles() {
	b := rfm.Quantiles(5)
	// Half of the customers have ordered once: they keep the score 1 to
	// themselves, and the others share 2 to 5.
	b.Frequency.Reserve = decimal.NewNullDecimal(decimal.New(1, 0))
	data, err := json.Marshal(b.Frequency)
	fmt.Println(string(data), err)
	// Output: {"method":"quantile","scores":5,"reserve":"1"} <nil>
}

func ExampleRCompatible() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.RCompatible(2))
	fmt.Println(model.Monetary[0].At, err) // the median and one
	// Output: [101] <nil>
}

func ExampleMeans() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.Means())
	fmt.Println(model.Recency.At, model.Monetary[0].At, err)
	// Output: [19] [100] <nil>
}

func ExampleMedians() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.Medians())
	fmt.Println(model.Frequency[0].At, err)
	// Output: [2] <nil>
}

func ExampleTopShares() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.TopShares(decimal.New(2, -1)))
	fmt.Println(model.Monetary[0].At, err) // what the last of the top fifth has
	// Output: [150] <nil>
}

func ExampleFixedAt() {
	scale := rfm.FixedAt(decimal.New(30, 0), decimal.New(90, 0))
	b := rfm.Binning{Recency: scale, Frequency: rfm.FixedAt(decimal.New(2, 0)), Monetary: rfm.FixedAt(decimal.New(100, 0))}
	model, _ := rfm.Fit(threeCustomers().All(), march26(30), b)
	fmt.Println(model.Score(rfm.Record{Last: march26(30).AddDate(0, 0, -30), Orders: 2, Spend: decimal.New(9999, -2)}))
	// Output: 321
}

func ExampleNested() {
	model, err := rfm.Fit(threeCustomers().All(), march26(30), rfm.Nested(2, 2, 2))
	fmt.Println(len(model.Frequency), len(model.Monetary), err)
	// Output: 2 4 <nil>
}

func ExampleCuts_Score() {
	cuts := rfm.Cuts{At: []decimal.Decimal{decimal.New(30, 0), decimal.New(90, 0)}, Equal: rfm.Below, Best: rfm.Below}
	fmt.Println(cuts.Score(decimal.New(30, 0)), cuts.Score(decimal.New(31, 0)), cuts.Scores())
	// Output: 3 2 3
}

func ExampleParseScore() {
	score, err := rfm.ParseScore("543")
	fmt.Println(score.R, score.F, score.M, err)
	_, err = rfm.ParseScore("505")
	fmt.Println(err)
	// Output:
	// 5 4 3 <nil>
	// rfm: "505" is not a score: want three numbers from 1 to 100, such as 543 or 10-4-3
}

func ExampleRecord_Recency() {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		fmt.Println(err)
		return
	}
	record := rfm.Record{Last: time.Date(2026, 3, 1, 23, 50, 0, 0, shanghai), Orders: 1}
	days, ok := record.Recency(time.Date(2026, 3, 2, 0, 10, 0, 0, shanghai))
	fmt.Println(days, ok) // the next date, 20 minutes later
	// Output: 1 true
}

func ExampleGrid() {
	fmt.Println(rfm.Grid().Segment(rfm.Score{R: 1, F: 4, M: 5}))
	// Output: at risk
}

func ExampleMap_Match() {
	grid := rfm.Grid()
	match := grid.Match(rfm.Score{R: 5, F: 1, M: 3})
	fmt.Println(match.Segment, "by", grid.Rules[match.Rule])
	// Output: new by new: r 5, f 1
}

func ExampleMap_Segments() {
	m := rfm.Map{Rules: []rfm.Rule{{Segment: "best", R: rfm.Range{5, 5}}, {Segment: "good", R: rfm.Range{3, 4}}}, Rest: "others"}
	fmt.Println(m.Segments())
	// Output: [best good others]
}

func ExampleConcentrate() {
	var spend []decimal.Decimal
	for _, n := range []int64{5, 80, 5, 5, 5} {
		spend = append(spend, decimal.New(n, 0))
	}
	c, err := rfm.Concentrate(slices.Values(spend))
	top, _ := c.Top(0.2)
	gini, _ := c.Gini()
	fmt.Println(top, gini, err)
	fmt.Println(c.Curve(5))
	// Output:
	// 0.8 0.6 <nil>
	// [{0 0} {0.2 0.8} {0.4 0.85} {0.6 0.9} {0.8 0.95} {1 1}]
}
