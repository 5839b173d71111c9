package strategy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
	"pgregory.net/rapid"
)

// Whatever the price it starts at, a pace spends the budget by the end of the
// period and not before, and gets most of what could have been had by knowing
// all customers beforehand.
func TestPace(t *testing.T) {
	people := drawResponses(8_000)
	budget := people.budget(0.15)
	known := allocate(t, strategy.Market{Customers: len(people), Offers: people.offers, Budgets: []strategy.Micros{budget}})
	for _, test := range []struct {
		name         string
		price, gain  float64 // price as a multiple of the right one
		share, spent float64 // of the bound, and of the budget: at least
	}{
		{"the right price", 1, 0, 0.99, 0.98},
		{"the right price, corrected", 1, 20, 0.99, 0.995},
		{"too cheap by half", 0.5, 20, 0.97, 0.995},
		{"too dear by twice", 2, 20, 0.97, 0.995},
		{"too dear by ten times", 10, 30, 0.9, 0.99},
	} {
		t.Run(test.name, func(t *testing.T) {
			pace := strategy.Pace{Budgets: []strategy.Micros{budget}, Gain: test.gain}
			pace.Prices[0] = test.price * known.Prices[0]
			value, early := strategy.Micros(0), 0
			for i := range people {
				offers := people.offers(i, nil)
				if given, ok := pace.Choose(float64(i)/float64(len(people)), offers); ok {
					value += offers[given].Value
				}
				if early == 0 && pace.Spent[0] > budget-5*strategy.One {
					early = i
				}
			}
			if share := float64(value) / float64(known.Bound); share < test.share || share > 1 {
				t.Errorf("%.4f of the bound, want %v", share, test.share)
			}
			if spent := float64(pace.Spent[0]) / float64(budget); spent < test.spent || spent > 1 {
				t.Errorf("%.4f of the budget is spent, want %v", spent, test.spent)
			}
			if early > 0 && early < len(people)*95/100 {
				t.Errorf("the budget is spent after %d of %d customers", early, len(people))
			}
			if err := pace.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without prices all is given as long as budgets last, and no longer.
func TestPaceStopsAtTheBudget(t *testing.T) {
	pace := strategy.Pace{Budgets: []strategy.Micros{10, 5}}
	got := []int{}
	for range 5 {
		given, ok := pace.Choose(0, []strategy.Offer{offer(1, 1), offer(3, 4, 2), offer(9, 11)})
		if !ok {
			given = -1
		}
		got = append(got, given)
	}
	if diff := cmp.Diff([]int{1, 1, 0, 0, -1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	pace.Refund(strategy.Costs{1, 2})
	if given, ok := pace.Choose(0, []strategy.Offer{offer(1, 1)}); !ok || given != 0 {
		t.Errorf("after a refund: %d, %v", given, ok)
	}
	if want := (strategy.Costs{10, 2}); pace.Spent != want {
		t.Errorf("spent %v, want %v", pace.Spent, want)
	}
	pace.Refund(strategy.Costs{99, -7, 5})
	if want := (strategy.Costs{0, 2}); pace.Spent != want {
		t.Errorf("spent %v after refunds, want %v", pace.Spent, want)
	}
}

func TestPaceNeverChooses(t *testing.T) {
	for name, o := range map[string]strategy.Offer{
		"worth nothing":           offer(0, 0),
		"worth less than nothing": offer(-1, 0),
		"a cost below 0":          offer(5, -1),
		"a cost without a budget": offer(5, 1, 1),
		"not worth its price":     offer(4, 2),
		"worth its price, no net": offer(6, 2), // as it is the price of nothing
		"too large":               offer(strategy.MaxAmount+1, 0),
		"dearer than the budget":  offer(1000, 101),
	} {
		pace := strategy.Pace{Budgets: []strategy.Micros{100}, Prices: strategy.Prices{3}}
		if given, ok := pace.Choose(0.5, []strategy.Offer{o}); ok {
			t.Errorf("%s: chose %d", name, given)
		}
	}
}

// Time that goes back, or is none, moves no prices.
func TestPaceOfOddTimes(t *testing.T) {
	pace := strategy.Pace{Budgets: []strategy.Micros{1000}, Prices: strategy.Prices{3}, Gain: 10}
	pace.Choose(0.5, nil)
	then := pace
	for _, elapsed := range []float64{0.5, 0.4, -1, 1.01, math.NaN(), math.Inf(1)} {
		pace.Choose(elapsed, nil)
	}
	if diff := cmp.Diff(then, pace); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range 5000 { // prices stay within what they can say
		pace.Elapsed = 0
		pace.Choose(0.9, nil)
	}
	if err := pace.Validate(); err != nil || pace.Prices[0] <= 0 {
		t.Errorf("prices %v: %v", pace.Prices, err)
	}
	for range 5000 {
		pace.Elapsed, pace.Spent, pace.SpentThen = 0, strategy.Costs{1000}, strategy.Costs{}
		pace.Choose(0.1, nil)
	}
	if err := pace.Validate(); err != nil {
		t.Errorf("prices %v: %v", pace.Prices, err)
	}
	pace.Choose(1, nil) // the last customer
	if pace.Elapsed != 1 {
		t.Errorf("elapsed %v", pace.Elapsed)
	}
}

func TestPaceValidate(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name string
		pace strategy.Pace
		want string
	}{
		{"no budgets", strategy.Pace{}, "budgets: 0 budgets: want 1 to 4"},
		{"a budget below 0", strategy.Pace{Budgets: []strategy.Micros{-strategy.One}}, "budgets[0]: -1: want 0 or more"},
		{"a price is not a number", strategy.Pace{Budgets: []strategy.Micros{1}, Prices: strategy.Prices{nan}}, "prices[0]: NaN: want 0 to 4.503599627370496e+15"},
		{"a price below 0", strategy.Pace{Budgets: []strategy.Micros{1}, Prices: strategy.Prices{0, -1}}, "prices[1]: -1: want 0 to 4.503599627370496e+15"},
		{"gain below 0", strategy.Pace{Budgets: []strategy.Micros{1}, Gain: -1}, "gain: -1: want 0 to 1000"},
		{"gain too firm", strategy.Pace{Budgets: []strategy.Micros{1}, Gain: 1001}, "gain: 1001: want 0 to 1000"},
		{"elapsed beyond 1", strategy.Pace{Budgets: []strategy.Micros{1}, Elapsed: 1.5}, "elapsed: 1.5: want 0 to 1"},
		{"more spent than there is", strategy.Pace{Budgets: []strategy.Micros{strategy.One}, Spent: strategy.Costs{2e6}}, "spent[0]: 2: want 0 to 1"},
		{"spent of no budget", strategy.Pace{Budgets: []strategy.Micros{1}, SpentThen: strategy.Costs{0, 1e6}}, "spentThen[1]: 1: want 0 to 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults, ok := errors.AsType[regulars.Faults](test.pace.Validate())
			if !ok || len(faults) != 1 || faults[0].String() != test.want {
				t.Errorf("got %v, want %v", faults, test.want)
			}
		})
	}
}

// Property: a pace that is kept as JSON goes on as it would have.
func TestPaceGoesOn(t *testing.T) {
	people := drawResponses(60)
	rapid.Check(t, func(t *rapid.T) {
		pace := strategy.Pace{Budgets: []strategy.Micros{10 * strategy.One}, Prices: strategy.Prices{5}, Gain: 20}
		stop := rapid.IntRange(0, len(people)).Draw(t, "stop")
		kept := pace
		for i := range people {
			if i == stop {
				text, err := json.Marshal(pace)
				if err != nil {
					t.Fatal(err)
				}
				if kept = (strategy.Pace{}); json.Unmarshal(text, &kept) != nil {
					t.Fatal(string(text))
				}
			}
			elapsed, offers := float64(i)/60, people.offers(i, nil)
			want, _ := pace.Choose(elapsed, offers)
			if i < stop {
				continue
			}
			if got, _ := kept.Choose(elapsed, offers); got != want {
				t.Fatalf("customer %d is given %d, after a stop %d", i, want, got)
			}
		}
	})
}

func TestPaceAllocatesNothing(t *testing.T) {
	offers := drawResponses(1).offers(0, nil)
	pace := strategy.Pace{Budgets: []strategy.Micros{100 * strategy.One}, Prices: strategy.Prices{5}, Gain: 20}
	if n := testing.AllocsPerRun(100, func() { pace.Choose(0.5, offers) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPace(b *testing.B) {
	offers := drawResponses(1).offers(0, nil)
	pace := strategy.Pace{Budgets: []strategy.Micros{100 * strategy.One}, Prices: strategy.Prices{5}, Gain: 20}
	b.ReportAllocs()
	for b.Loop() {
		pace.Choose(0.5, offers)
	}
}

func ExamplePace() {
	pace := strategy.Pace{
		Budgets: []strategy.Micros{20 * strategy.One},
		Prices:  strategy.Prices{1.2}, // of the last period's allocation
		Gain:    1,
	}
	for i, offers := range [][]strategy.Offer{
		{{Value: 6e6, Cost: strategy.Costs{5e6}}, {Value: 10e6, Cost: strategy.Costs{11e6}}},
		{{Value: 5e6, Cost: strategy.Costs{4e6}}, {Value: 14e6, Cost: strategy.Costs{10e6}}},
		{{Value: 3e6, Cost: strategy.Costs{1e6}}},
	} {
		given, ok := pace.Choose(float64(i)/3, offers)
		fmt.Printf("%d %v at %.2f\n", given, ok, pace.Prices[0])
	}
	fmt.Println("spent", pace.Spent[0])
	// Output:
	// 0 false at 1.20
	// 1 true at 0.80
	// 0 true at 0.80
	// spent 11
}
