package rfm_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// The rows of a report, the best customers first.
func ExampleLayers() {
	layers := rfm.Layering{Core: decimal.New(310, 0), Waist: decimal.New(60, 0)}
	customers, spent := map[rfm.Layer]int{}, map[rfm.Layer]decimal.Decimal{}
	for _, spend := range []int64{500, 310, 100, 60, 30} {
		value := decimal.New(spend, 0)
		layer := layers.Layer(value)
		customers[layer]++
		spent[layer] = spent[layer].Add(value)
	}
	for _, layer := range rfm.Layers() {
		fmt.Println(layer, layer.Chinese(), customers[layer], "customers,", spent[layer], "spent")
	}
	// Output:
	// core 核心 2 customers, 810 spent
	// waist 腰部 2 customers, 160 spent
	// tail 尾部 1 customers, 30 spent
}

// What each kind of customer calls for follows from what it lacks.
func ExampleOctants() {
	for _, o := range rfm.Octants() {
		aim := "keep"
		switch {
		case !o.Recent() && o.High():
			aim = "call"
		case !o.Recent():
			aim = "leave to a newsletter"
		case !o.Frequent():
			aim = "bring back sooner"
		case !o.High():
			aim = "offer more at once"
		}
		fmt.Println(o.Chinese(), o, "–", aim)
	}
	// Output:
	// 重要价值 important value – keep
	// 重要保持 important retain – call
	// 重要发展 important develop – bring back sooner
	// 重要挽留 important win-back – call
	// 一般价值 general value – offer more at once
	// 一般保持 general retain – leave to a newsletter
	// 一般发展 general develop – bring back sooner
	// 一般挽留 general win-back – leave to a newsletter
}

// A mall counts visits and spend, and says what each quadrant lacks.
func ExampleQuadrants() {
	for _, q := range rfm.Quadrants() {
		fmt.Printf("%s %s: comes often %v, spends much %v\n", q.Chinese(), q, q.Often(), q.High())
	}
	// Output:
	// 重要价值 important value: comes often true, spends much true
	// 重要保持 important retain: comes often false, spends much true
	// 重点发展 priority develop: comes often true, spends much false
	// 一般价值 general value: comes often false, spends much false
}

// Two shops of a chain: where the core begins in both together.
func ExampleMarginals_FitLayers() {
	asOf := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	chain, south := rfm.Marginals{AsOf: asOf}, rfm.Marginals{AsOf: asOf}
	for i, spend := range []int64{500, 310, 100, 60, 30} {
		r := rfm.Record{Last: asOf.AddDate(0, 0, -10), Orders: 1, Spend: decimal.New(spend, 0)}
		if err := []*rfm.Marginals{&chain, &south}[i%2].Add(r); err != nil {
			fmt.Println(err)
		}
	}
	if err := chain.Merge(&south); err != nil {
		fmt.Println(err)
	}
	layers, err := chain.FitLayers(rfm.ByValue(decimal.New(80, -2), decimal.New(95, -2)))
	fmt.Println(chain.Len(), "customers: core from", layers.Core, "on, waist from", layers.Waist, err)
	// Output:
	// 5 customers: core from 310 on, waist from 60 <nil>
}

// Spring sales of the shop and of the app, with what was given off.
func ExamplePromotionTally_All() {
	may := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	shop := rfm.PromotionTally[string]{Until: may.AddDate(0, 1, 0)}
	app := rfm.PromotionTally[string]{Until: shop.Until}
	off := func(off int64) rfm.Sale {
		return rfm.Sale{At: may, Paid: decimal.New(20-off, 0), Discount: decimal.New(off, 0)}
	}
	for range 3 {
		_ = shop.Add("ann", off(0))
		_ = app.Add("bob", off(5))
		_ = app.Add("cai", off(0))
		_ = shop.Add("cai", off(8))
	}
	_ = app.Add("bob", rfm.Sale{At: may.AddDate(0, 2, 0), Paid: decimal.New(20, 0)}) // of July
	if err := shop.Merge(&app); err != nil {
		fmt.Println(err)
	}
	count := map[rfm.PromotionClass][]string{}
	for id, record := range shop.All() {
		class := rfm.PromotionPolicy{}.Class(record)
		count[class] = append(count[class], id)
	}
	fmt.Println(shop.Len(), "customers,", shop.AfterUntil(), "sale too late")
	for _, class := range slices.Backward(rfm.PromotionClasses()) {
		fmt.Println(class, count[class])
	}
	// Output:
	// 3 customers, 1 sale too late
	// deal-seeker [bob]
	// mixed [cai]
	// full-price [ann]
	// unknown []
}
