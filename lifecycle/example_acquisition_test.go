package lifecycle_test

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

func ExampleRevenue_Acquisition() {
	var revenue lifecycle.Revenue[string]
	for _, o := range []struct{ customer, date, amount string }{
		{"ads/ann", "2024-01-10", "120"},
		{"ads/ann", "2024-02-10", "80"},
		{"ads/bob", "2024-01-20", "90"},
		{"mall/cat", "2024-01-05", "40"},
		{"mall/dan", "2024-01-06", "35"},
		{"mall/eve", "2024-01-07", "45"},
		{"walk-in/fay", "2024-01-08", "60"},
	} {
		check(revenue.Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	var spend lifecycle.Spend
	check(spend.Add("ads", on("2024-01-01"), decimal.NewFromInt(50)))
	check(spend.Add("mall", on("2024-01-01"), decimal.NewFromInt(60)))

	a, err := revenue.Acquisition(on("2024-03-15"), &spend, lifecycle.AcquisitionOptions[string]{
		Channel: func(id string) string { channel, _, _ := strings.Cut(id, "/"); return channel },
		Margin:  decimal.RequireFromString("0.4"),
		Horizon: 2,
	})
	check(err)
	for _, c := range a.Channels {
		cost, _ := c.CAC(2)
		fmt.Printf("%s: %d new at %v each, ", c.Channel, c.New, cost)
		if c.Ratio.Defined {
			fmt.Printf("LTV/CAC %.2f from %.2f to %.2f, ", c.Ratio.Value, c.Ratio.Low, c.Ratio.High)
		}
		fmt.Println(c.Payback.State)
	}
	paid, _ := a.PaidCAC(2)
	blended, _ := a.BlendedCAC(2)
	fmt.Println("paid CAC", paid, "blended", blended)
	fmt.Println(a)
	// Output:
	// ads: 2 new at 25 each, LTV/CAC 2.32 from 0.53 to 10.21, paid back
	// mall: 3 new at 20 each, LTV/CAC 0.80 from 0.26 to 2.50, not reached
	// walk-in: 1 new at 0 each, nothing spent
	// paid CAC 22 blended 18.33
	// none proven: no two paid channels have enough mature customers
}

func ExampleShare_Interval() {
	oneTimers := lifecycle.Share{Count: 8, Of: 10}
	rate, _ := oneTimers.Rate()
	low, high := oneTimers.Interval(0.95)
	fmt.Printf("%.0f %%, from %.0f to %.0f\n", 100*rate, 100*low, 100*high)
	// Output:
	// 80 %, from 49 to 94
}

func ExampleSpend_Merge() {
	var web, shop lifecycle.Spend
	check(web.Add("ads", on("2024-01-03"), decimal.RequireFromString("120.50")))
	check(shop.Add("", on("2024-01-31"), decimal.NewFromInt(80))) // a poster: for no channel
	sent, err := shop.MarshalBinary()
	check(err)

	var received lifecycle.Spend // set Each, Zone and Until here if they are not the defaults
	check(received.UnmarshalBinary(sent))
	check(web.Merge(&received))
	fmt.Println(web.Channels())
	// Output:
	// [ads unattributed]
}
