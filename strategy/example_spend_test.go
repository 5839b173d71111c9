package strategy_test

import (
	"encoding/json"
	"fmt"

	"github.com/regulars-go/regulars/strategy"
)

// couponMarket has three customers: a coupon of 4 brings more than nothing, and one of 10 brings more than that,
// to whom it does. There are 15 to spend.
func couponMarket() strategy.Market {
	brings := [][2]float64{{6, 9}, {5, 14}, {3, 5}}
	return strategy.Market{
		Customers: len(brings),
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			for i, cost := range []strategy.Micros{4 * strategy.One, 10 * strategy.One} {
				value, _ := strategy.MicrosOf(brings[customer][i])
				buffer = append(buffer, strategy.Offer{Value: value, Cost: strategy.Costs{cost}})
			}
			return buffer
		},
		Budgets: []strategy.Micros{15 * strategy.One},
	}
}

func ExampleAllocation_Gap() {
	a, err := strategy.Allocate(couponMarket())
	check(err)
	fmt.Println("brings", a.Value, "for", a.Spent[0], "of 15; no choice brings", a.Gap(), "more")
	fmt.Printf("that is within %.1f %%\n", 100*a.Gap().Float64()/a.Bound.Float64())
	// Output:
	// brings 20 for 14 of 15; no choice brings 0.75 more
	// that is within 3.6 %
}

// Why somebody got the small coupon: at the price of the budget the large one is
// worth less.
func ExamplePrices_Net() {
	market := couponMarket()
	a, err := strategy.Allocate(market)
	check(err)
	for customer := range market.Customers {
		for i, offer := range market.Offers(customer, nil) {
			given, ok := a.Offer(customer)
			fmt.Printf("customer %d, coupon %v: %+.1f, given %v\n", customer, offer.Cost[0], a.Prices.Net(offer)/1e6, ok && given == i)
		}
	}
	// Output:
	// customer 0, coupon 4: +3.0, given true
	// customer 0, coupon 10: +1.5, given false
	// customer 1, coupon 4: +2.0, given false
	// customer 1, coupon 10: +6.5, given true
	// customer 2, coupon 4: +0.0, given false
	// customer 2, coupon 10: -2.5, given false
}

// Coupons are paid for when they are used. What was not used by the end of its
// time goes to those who come later.
func ExamplePace_Refund() {
	pace := strategy.Pace{Budgets: []strategy.Micros{20 * strategy.One}, Prices: strategy.Prices{0.5}}
	check(pace.Validate())
	coupon := strategy.Offer{Value: 9 * strategy.One, Cost: strategy.Costs{10 * strategy.One}}
	for visitor := range 4 {
		if visitor == 3 {
			pace.Refund(coupon.Cost) // the first one's coupon has run out
		}
		_, given := pace.Choose(float64(visitor)/4, []strategy.Offer{coupon})
		fmt.Println("visitor", visitor+1, "given:", given, "spent:", pace.Spent[0])
	}
	// Output:
	// visitor 1 given: true spent: 10
	// visitor 2 given: true spent: 20
	// visitor 3 given: false spent: 20
	// visitor 4 given: true spent: 20
}

// The state of a month's budget is kept as JSON between requests, and looked at
// when it comes back.
func ExamplePace_Validate() {
	var pace strategy.Pace
	check(json.Unmarshal([]byte(`{"budgets": [5000], "prices": [0.8, 0, 0, 0], "gain": 20, "spent": [5200, 0, 0, 0], "elapsed": 1.2}`), &pace))
	fmt.Println(pace.Validate())
	// Output:
	// elapsed: 1.2: want 0 to 1
	// spent[0]: 5200: want 0 to 5000
}
