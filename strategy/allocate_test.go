package strategy_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// marketOf makes a market of offers that are written down.
func marketOf(offers [][]strategy.Offer, budgets ...strategy.Micros) strategy.Market {
	return strategy.Market{
		Customers: len(offers), Budgets: budgets,
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			return append(buffer, offers[customer]...)
		},
	}
}

func offer(value strategy.Micros, costs ...strategy.Micros) strategy.Offer {
	o := strategy.Offer{Value: value}
	copy(o.Cost[:], costs)
	return o
}

// fataler is a test or a check of rapid.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func allocate(t fataler, m strategy.Market) *strategy.Allocation {
	t.Helper()
	a, err := strategy.Allocate(m)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// given lists the offer of each customer, -1 for none.
func given(a *strategy.Allocation, customers int) []int {
	offers := make([]int, customers)
	for i := range offers {
		offers[i] = -1
		if offer, ok := a.Offer(i); ok {
			offers[i] = offer
		}
	}
	return offers
}

type offers = [][]strategy.Offer

func TestAllocate(t *testing.T) {
	for _, test := range []struct {
		name         string
		offers       offers
		budget       strategy.Micros
		want         []int
		value, bound strategy.Micros
		spent        strategy.Micros
	}{
		{"nobody", nil, 10, []int{}, 0, 0, 0},
		{"nothing to offer", offers{{}, nil}, 10, []int{-1, -1}, 0, 0, 0},
		{"no budget", offers{{offer(5, 1)}}, 0, []int{-1}, 0, 0, 0},
		{"no budget, no cost", offers{{offer(5, 0), offer(9, 1)}}, 0, []int{0}, 5, 5, 0},
		{"worth nothing, or less", offers{{offer(0, 0), offer(-5, 0)}, {offer(-1, 1)}}, 10, []int{-1, -1}, 0, 0, 0},
		{"just fits", offers{{offer(5, 10)}}, 10, []int{0}, 5, 5, 10},
		{"just does not", offers{{offer(5, 11)}}, 10, []int{-1}, 0, 0, 0},
		{"more for less", offers{{offer(5, 3), offer(6, 2)}}, 10, []int{1}, 6, 6, 2},
		{"the first of those alike", offers{{offer(5, 3), offer(5, 3)}}, 10, []int{0}, 5, 5, 3},
		{"a mixture of two is better", offers{{offer(10, 1), offer(11, 5), offer(20, 6)}, {offer(8, 1)}}, 7, []int{2, 0}, 28, 28, 7},
		{"but not if the larger does not fit", offers{{offer(10, 1), offer(11, 5), offer(20, 6)}, {offer(9, 1)}}, 6, []int{1, 0}, 20, 27, 6},
		{"one that is beyond the budget stands in no way", offers{{offer(1, 1), offer(9, 4)}, {offer(1, 1), offer(9, 4)}}, 3, []int{0, 0}, 2, 2, 2},
		{"on the line between two", offers{{offer(10, 1), offer(20, 2), offer(30, 3)}}, 2, []int{1}, 20, 20, 2},
		{"by efficiency, not by value", offers{{offer(30, 10)}, {offer(20, 5)}, {offer(20, 5)}}, 10, []int{-1, 0, 0}, 40, 40, 10},
		{"the best alone", offers{{offer(2, 1)}, {offer(100, 100)}}, 100, []int{-1, 0}, 100, 101, 100},
		{"what still fits is filled in", offers{{offer(30, 10)}, {offer(27, 10)}, {offer(4, 2)}}, 12, []int{0, -1, 0}, 34, 35, 12},
		{"ties go to who comes first", offers{{offer(4, 2)}, {offer(4, 2)}, {offer(4, 2)}}, 4, []int{0, 0, -1}, 8, 8, 4},
		{"a step that does not fit stops its customer", offers{{offer(10, 5), offer(15, 9)}, {offer(9, 5)}}, 8, []int{0, -1}, 10, 15, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := allocate(t, marketOf(test.offers, test.budget))
			if diff := cmp.Diff(test.want, given(a, len(test.offers))); diff != "" {
				t.Errorf("given (-want +got):\n%s", diff)
			}
			if a.Value != test.value || a.Bound != test.bound || a.Spent[0] != test.spent {
				t.Errorf("value %d of %d, spent %d, want %d of %d, %d", a.Value, a.Bound, a.Spent[0], test.value, test.bound, test.spent)
			}
		})
	}
}

// Ties are broken by names, and not by who is listed first.
func TestAllocateByID(t *testing.T) {
	m := marketOf(offers{{offer(4, 2)}, {offer(4, 2)}, {offer(4, 2)}}, 4)
	m.ID = func(customer int) string { return []string{"u3", "u10", "u2"}[customer] }
	if diff := cmp.Diff([]int{-1, 0, 0}, given(allocate(t, m), 3)); diff != "" {
		t.Errorf("given (-want +got):\n%s", diff)
	}
	m = marketOf(offers{{offer(30, 10)}, {offer(100, 200)}, {offer(100, 199), offer(100, 195)}, {offer(100, 195)}}, 200)
	if diff := cmp.Diff([]int{-1, -1, 1, -1}, given(allocate(t, m), 4)); diff != "" {
		t.Errorf("the cheapest of the best alone, by order (-want +got):\n%s", diff)
	}
	m.ID = func(customer int) string { return []string{"d", "c", "b", "a"}[customer] }
	if diff := cmp.Diff([]int{-1, -1, -1, 0}, given(allocate(t, m), 4)); diff != "" {
		t.Errorf("the cheapest of the best alone, by name (-want +got):\n%s", diff)
	}
}

// The instances were solved by HiGHS: the optimum, and that of offers in part.
// Beside them is what is taken by the same rules ("filled"), but for another turn
// after a step did not fit.
func TestAllocateVectors(t *testing.T) {
	var file struct {
		Instances []struct {
			Name        string
			Budget      strategy.Micros
			Value, Cost [][]strategy.Micros
			LP          float64 `json:"lp_optimum"`
			IP          float64 `json:"ip_optimum"`
			Filled      float64 `json:"filled_value"`
		}
	}
	readJSON(t, "allocation_vectors.json", &file)
	if len(file.Instances) != 9 {
		t.Fatalf("%d instances, want 9", len(file.Instances))
	}
	for _, in := range file.Instances {
		t.Run(in.Name, func(t *testing.T) {
			all := make(offers, len(in.Value))
			for i := range all {
				for j := range in.Value[i] {
					all[i] = append(all[i], offer(in.Value[i][j], in.Cost[i][j], in.Cost[i][j]))
				}
			}
			best := 0.0 // the best single offer, which the file leaves out
			one := make(offers, len(all))
			for i := range all {
				for _, o := range all[i] {
					one[i] = append(one[i], offer(o.Value, o.Cost[0]))
					if o.Cost[0] <= in.Budget {
						best = max(best, o.Value.Float64())
					}
				}
			}
			a := allocate(t, marketOf(one, in.Budget))
			if value := float64(a.Value); value < in.Filled*1e6 || value < best*1e6 || value > in.IP*1e6+1e-3 {
				t.Errorf("value %v, want at least %v and %v", a.Value, in.Filled, best)
			}
			if float64(a.Bound) != math.Floor(in.LP*1e6+1e-3) || float64(a.Value) < in.IP*1e6/2 {
				t.Errorf("bound %v, value %v: the optimum is %v, in part %v", a.Bound, a.Value, in.IP, in.LP)
			}
			// The same budget twice has the same optimum.
			two := allocate(t, marketOf(all, in.Budget, in.Budget))
			if bound := float64(two.Bound); bound < math.Floor(in.IP*1e6) || bound > in.LP*1e6*(1+1e-6)+1 {
				t.Errorf("two budgets: bound %v, the optimum is %v, in part %v", two.Bound, in.IP, in.LP)
			}
			if float64(two.Value) > in.IP*1e6 || float64(two.Value) < in.IP*1e6/2 || two.Spent[1] > in.Budget {
				t.Errorf("two budgets: %v, the optimum is %v", two, in.IP)
			}
		})
	}
}

func TestAllocateRefuses(t *testing.T) {
	good := marketOf(offers{{offer(1, 1)}}, 5)
	for _, test := range []struct {
		name   string
		change func(m *strategy.Market)
		want   string
	}{
		{"fewer than no customers", func(m *strategy.Market) { m.Customers = -1 }, "customers: -1: want 0 to 2147483647"},
		{"no offers", func(m *strategy.Market) { m.Offers = nil }, "offers: missing"},
		{"no budget", func(m *strategy.Market) { m.Budgets = nil }, "budgets: 0 budgets: want 1 to 4"},
		{"five budgets", func(m *strategy.Market) { m.Budgets = make([]strategy.Micros, 5) }, "budgets: 5 budgets: want 1 to 4"},
		{"a budget below 0", func(m *strategy.Market) { m.Budgets = []strategy.Micros{1, -strategy.One} }, "budgets[1]: -1: want 0 or more"},
		{"fewer than no workers", func(m *strategy.Market) { m.Workers = -2 }, "workers: -2: want 0 or more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := good
			test.change(&m)
			_, err := strategy.Allocate(m)
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok || len(faults) != 1 || faults[0].String() != test.want {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestAllocateRefusesOffers(t *testing.T) {
	const most = strategy.MaxAmount
	fine := []strategy.Offer{offer(most, most), offer(math.MinInt64, 0)}
	for _, test := range []struct {
		name   string
		offers []strategy.Offer
		want   *strategy.OfferError
	}{
		{"the largest there are", fine, nil},
		{"value too large", []strategy.Offer{fine[0], offer(most+1, 0)}, &strategy.OfferError{Customer: 2100, Offer: 1, Problem: "value 4503599627.370497: want at most 4503599627.370496"}},
		{"cost too large", []strategy.Offer{offer(1, most+1)}, &strategy.OfferError{Customer: 2100, Problem: "cost[0] is 4503599627.370497: want 0 to 4503599627.370496"}},
		{"cost below 0", []strategy.Offer{offer(1, -5)}, &strategy.OfferError{Customer: 2100, Problem: "cost[0] is -0.000005: want 0 to 4503599627.370496"}},
		{"cost below 0 of no value", []strategy.Offer{offer(0, -5)}, &strategy.OfferError{Customer: 2100, Problem: "cost[0] is -0.000005: want 0 to 4503599627.370496"}},
		{"cost without a budget", []strategy.Offer{offer(1, 1, 5)}, &strategy.OfferError{Customer: 2100, Problem: "cost[1] is 0.000005, and there is no such budget"}},
		{"too many", make([]strategy.Offer, strategy.MaxOffers+1), &strategy.OfferError{Customer: 2100, Offer: 1000, Problem: "one of 1001: want at most 1000"}},
		{"as many as there may be", make([]strategy.Offer, strategy.MaxOffers), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, workers := range []int{1, 2, 7} {
				m := strategy.Market{Customers: 9000, Budgets: []strategy.Micros{5}, Workers: workers}
				m.Offers = func(customer int, buffer []strategy.Offer) []strategy.Offer {
					if customer < 2100 || customer%10 > 0 {
						return buffer
					}
					return append(buffer, test.offers...)
				}
				_, err := strategy.Allocate(m)
				got, _ := errors.AsType[*strategy.OfferError](err)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%d workers (-want +got):\n%s", workers, diff)
				}
				if test.want == nil && err != nil || test.want != nil && err.Error() != "strategy: offer "+fmt.Sprint(got.Offer)+" of customer 2100: "+got.Problem {
					t.Error(err)
				}
			}
		})
	}
}

// Whichever worker finds a fault, the one that is named is that of the first
// customer.
func TestAllocateNamesTheFirst(t *testing.T) {
	later := make(chan struct{})
	m := strategy.Market{Customers: 5000, Budgets: []strategy.Micros{5}, Workers: 2}
	m.Offers = func(customer int, buffer []strategy.Offer) []strategy.Offer {
		switch customer {
		case 2100:
			<-later // the other worker finds its fault first
		case 3080:
			defer close(later)
		default:
			return buffer
		}
		return append(buffer, offer(1, -1))
	}
	_, err := strategy.Allocate(m)
	if fault, ok := errors.AsType[*strategy.OfferError](err); !ok || fault.Customer != 2100 {
		t.Error(err)
	}
}

// An offer beyond the budget by itself, however good, keeps the budget from
// nobody else.
func TestAllocateBeyondTheBudget(t *testing.T) {
	for _, budgets := range [][]strategy.Micros{{5000}, {5000, 5000}} {
		m := strategy.Market{Customers: 10_000, Budgets: budgets}
		m.Offers = func(_ int, buffer []strategy.Offer) []strategy.Offer {
			return append(buffer, offer(1, 1), offer(1_000_000, 5001))
		}
		if a := allocate(t, m); a.Value != 5000 || a.Bound > 5001 {
			t.Errorf("%d budgets: %v", len(budgets), a)
		}
	}
}

// Sums are of 128 bits: what does not fit is an error, and never wraps.
func TestAllocateOverflow(t *testing.T) {
	for _, budgets := range [][]strategy.Micros{{math.MaxInt64}, {math.MaxInt64, math.MaxInt64}} {
		for _, n := range []int{2047, 2048, 5000} { // 2,048 times 2^52 is 2^63
			m := strategy.Market{Customers: n, Budgets: budgets}
			m.Offers = func(_ int, buffer []strategy.Offer) []strategy.Offer {
				return append(buffer, offer(strategy.MaxAmount, 0))
			}
			a, err := strategy.Allocate(m)
			if fits := n < 2048; (err == nil) != fits || fits && a.Value != 2047<<52 {
				t.Errorf("%d customers, %d budgets: %v, %v", n, len(budgets), a, err)
			}
		}
	}
}

// It takes time, and not memory: the same for twice the customers, but for
// the answer.
func TestAllocateHoldsNoOffers(t *testing.T) {
	people := drawResponses(8_400)
	m := strategy.Market{Offers: people.offers, Budgets: []strategy.Micros{people.budget(0.15)}, Workers: 2}
	count := func(customers int) float64 {
		m.Customers = customers
		return testing.AllocsPerRun(1, func() { allocate(t, m) })
	}
	if few, many := count(4_200), count(8_400); many > few+100 {
		t.Errorf("%v allocations for 4,200 customers, %v for 8,400", few, many)
	}
}

// Two budgets on which offers of unlike customers draw are two problems.
func TestAllocateSeparately(t *testing.T) {
	people := drawResponses(600)
	both := strategy.Market{Customers: 600, Budgets: []strategy.Micros{180e6, 60e6}}
	both.Offers = func(customer int, buffer []strategy.Offer) []strategy.Offer {
		buffer = people.offers(customer, buffer)
		for i := range buffer {
			c := &buffer[i].Cost
			if customer%2 == 1 {
				c[0], c[1] = c[1], c[0]
			}
		}
		return buffer
	}
	value, bound := strategy.Micros(0), strategy.Micros(0)
	for i, budget := range both.Budgets {
		a := allocate(t, strategy.Market{
			Customers: 300, Budgets: []strategy.Micros{budget},
			Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
				return people.offers(2*customer+i, buffer)
			},
		})
		value, bound = value+a.Value, bound+a.Bound
	}
	a := allocate(t, both)
	if off := float64(a.Bound-bound) / float64(bound); off < 0 || off > 1e-6 {
		t.Errorf("bound %v, want %v", a.Bound, bound)
	}
	if off := float64(value-a.Value) / float64(value); off > 1e-3 {
		t.Errorf("value %v, want about %v", a.Value, value)
	}
}

func ExampleAllocate() {
	// What each coupon brings more than none, and what it costs on average.
	coupons := [][]strategy.Offer{
		{{Value: 6e6, Cost: strategy.Costs{5e6}}, {Value: 10e6, Cost: strategy.Costs{11e6}}},
		{{Value: 5e6, Cost: strategy.Costs{4e6}}, {Value: 9e6, Cost: strategy.Costs{10e6}}},
		{{Value: 3e6, Cost: strategy.Costs{1e6}}},
	}
	a, err := strategy.Allocate(strategy.Market{
		Customers: len(coupons),
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			return append(buffer, coupons[customer]...)
		},
		Budgets: []strategy.Micros{16e6},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a)
	for customer := range coupons {
		fmt.Println(a.Offer(customer))
	}
	// Output:
	// value 18 of at most 18 (100%) for 3 customers, spent [16]
	// 1 true
	// 0 true
	// 0 true
}

// Several budgets: a call costs money and a caller's time.
func ExampleAllocate_severalBudgets() {
	offers := []strategy.Offer{
		{Value: 4e6, Cost: strategy.Costs{1e6}},       // a coupon
		{Value: 9e6, Cost: strategy.Costs{2e6, 10e6}}, // a call of ten minutes
	}
	a, err := strategy.Allocate(strategy.Market{
		Customers: 6,
		Offers:    func(_ int, buffer []strategy.Offer) []strategy.Offer { return append(buffer, offers...) },
		Budgets:   []strategy.Micros{8e6, 20e6}, // money and minutes
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(a)
	for customer := range 6 {
		fmt.Println(a.Offer(customer))
	}
	// Output:
	// value 34 of at most 34 (100%) for 6 customers, spent [8 20]
	// 1 true
	// 1 true
	// 0 true
	// 0 true
	// 0 true
	// 0 true
}
