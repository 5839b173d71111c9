package strategy_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/strategy"
	"pgregory.net/rapid"
)

// smallMarket draws markets that can be searched whole, with many ties.
func smallMarket(t *rapid.T, budgets int) strategy.Market {
	costs := rapid.SampledFrom([]int64{1, 4, 20}).Draw(t, "largest cost")
	all := make(offers, rapid.IntRange(0, 6).Draw(t, "customers"))
	for i := range all {
		for range rapid.IntRange(0, 4).Draw(t, "offers") {
			o := offer(strategy.Micros(rapid.Int64Range(-2, 12).Draw(t, "value")))
			for b := range budgets {
				o.Cost[b] = strategy.Micros(rapid.Int64Range(0, costs).Draw(t, "cost"))
			}
			all[i] = append(all[i], o)
		}
	}
	m := marketOf(all)
	for range budgets {
		m.Budgets = append(m.Budgets, strategy.Micros(rapid.Int64Range(0, 40).Draw(t, "budget")))
	}
	return m
}

// optimum searches all there is.
func optimum(m strategy.Market) (most strategy.Micros) {
	var try func(customer int, value strategy.Micros, spent strategy.Costs)
	try = func(customer int, value strategy.Micros, spent strategy.Costs) {
		for b, budget := range m.Budgets {
			if spent[b] > budget {
				return
			}
		}
		most = max(most, value)
		if customer == m.Customers {
			return
		}
		try(customer+1, value, spent)
		for _, o := range m.Offers(customer, nil) {
			after := spent
			for b := range after {
				after[b] += o.Cost[b]
			}
			try(customer+1, value+o.Value, after)
		}
	}
	try(0, 0, strategy.Costs{})
	return most
}

// affordable are the offers that a budget pays by themselves.
func affordable(m strategy.Market, customer int) []strategy.Offer {
	return slices.DeleteFunc(m.Offers(customer, nil), func(o strategy.Offer) bool { return o.Cost[0] > m.Budgets[0] })
}

// inPart is the optimum of one budget if affordable offers can be given in part. By duality
// it is the least, over all prices, of what the budget is worth and of each
// customer's largest net; and it is least at 0 or where two offers of a customer
// are as good.
func inPart(m strategy.Market) *big.Rat {
	prices := []*big.Rat{new(big.Rat)}
	for customer := range m.Customers {
		all := append(affordable(m, customer), strategy.Offer{})
		for _, a := range all {
			for _, b := range all {
				if dv, dc := int64(a.Value-b.Value), int64(a.Cost[0]-b.Cost[0]); dv > 0 && dc > 0 {
					prices = append(prices, big.NewRat(dv, dc))
				}
			}
		}
	}
	var least *big.Rat
	for _, price := range prices {
		sum := new(big.Rat).Mul(price, big.NewRat(int64(m.Budgets[0]), 1))
		for customer := range m.Customers {
			most := new(big.Rat)
			for _, o := range affordable(m, customer) {
				net := new(big.Rat).Mul(price, big.NewRat(int64(o.Cost[0]), 1))
				if net.Sub(big.NewRat(int64(o.Value), 1), net); net.Cmp(most) > 0 {
					most = net
				}
			}
			sum.Add(sum, most)
		}
		if least == nil || sum.Cmp(least) < 0 {
			least = sum
		}
	}
	return least
}

// checkLegal adds up what was given.
func checkLegal(t *rapid.T, m strategy.Market, a *strategy.Allocation) {
	value, spent, served := strategy.Micros(0), make([]strategy.Micros, len(m.Budgets)), 0
	for customer := range m.Customers {
		given, ok := a.Offer(customer)
		if !ok {
			continue
		}
		o := m.Offers(customer, nil)[given]
		if o.Value <= 0 {
			t.Fatalf("customer %d is given %v", customer, o)
		}
		served++
		value += o.Value
		for b := range spent {
			spent[b] += o.Cost[b]
		}
	}
	if value != a.Value || served != a.Served || !cmp.Equal(spent, a.Spent) {
		t.Fatalf("%v: it adds up to %d for %d, spent %d", a, value, served, spent)
	}
	for b, budget := range m.Budgets {
		if spent[b] > budget {
			t.Fatalf("spent %d of %d", spent[b], budget)
		}
	}
}

// P12. Property: with one budget, budgets hold, the bound is the optimum in part, the
// value is at least half the optimum and short of the bound by less than the
// largest offer.
func TestAllocateOneBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := smallMarket(t, 1)
		a := allocate(t, m)
		checkLegal(t, m, a)
		most := optimum(m)
		if a.Value > most || 2*a.Value < most {
			t.Fatalf("value %d, the optimum is %d", a.Value, most)
		}
		lp := inPart(m)
		if bound := new(big.Int).Quo(lp.Num(), lp.Denom()).Int64(); int64(a.Bound) != bound {
			t.Fatalf("bound %d, want %v rounded down", a.Bound, lp)
		}
		largest := strategy.Micros(0)
		for customer := range m.Customers {
			for _, o := range m.Offers(customer, nil) {
				largest = max(largest, o.Value)
			}
		}
		if gap := a.Gap(); gap < 0 || gap > 0 && gap >= largest {
			t.Fatalf("gap %d, the largest offer is %d", gap, largest)
		}
	})
}

// Property: a larger budget brings no less.
func TestAllocateMoreBringsNoLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := smallMarket(t, 1)
		value, bound := strategy.Micros(0), strategy.Micros(0)
		for budget := range strategy.Micros(60) {
			m.Budgets[0] = budget
			a := allocate(t, m)
			if a.Value < value || a.Bound < bound {
				t.Fatalf("budget %d: value %d after %d, bound %d after %d", budget, a.Value, value, a.Bound, bound)
			}
			value, bound = a.Value, a.Bound
		}
	})
}

// Property: with several budgets all hold, and the optimum is no more than the
// bound.
func TestAllocateSeveralBudgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := smallMarket(t, rapid.IntRange(2, strategy.MaxCosts).Draw(t, "budgets"))
		a := allocate(t, m)
		checkLegal(t, m, a)
		if most := optimum(m); a.Value > most || a.Bound < most {
			t.Fatalf("value %d, bound %d, the optimum is %d", a.Value, a.Bound, most)
		}
	})
}

// Property: budgets that bind nowhere but in one place change nothing.
func TestAllocateAmpleBudgets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := smallMarket(t, 2)
		m.Budgets[1] = 1000
		one := m
		one.Budgets = m.Budgets[:1]
		one.Offers = func(customer int, buffer []strategy.Offer) []strategy.Offer {
			for _, o := range m.Offers(customer, nil) {
				o.Cost[1] = 0
				buffer = append(buffer, o)
			}
			return buffer
		}
		a, b := allocate(t, m), allocate(t, one)
		if a.Bound < b.Bound || a.Bound > b.Bound+1 {
			t.Fatalf("bound %d, want %d", a.Bound, b.Bound)
		}
	})
}

// Property: neither the order of customers nor the number of workers changes
// what anyone is given.
func TestAllocateInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := smallMarket(t, rapid.IntRange(1, 3).Draw(t, "budgets"))
		order := make([]int, m.Customers)
		for i := range order {
			order[i] = i
		}
		m.ID = func(customer int) string { return fmt.Sprint("u", customer) }
		shuffled := rapid.Permutation(order).Draw(t, "order")
		other := m
		other.Workers = rapid.IntRange(1, 4).Draw(t, "workers")
		other.ID = func(customer int) string { return m.ID(shuffled[customer]) }
		other.Offers = func(customer int, buffer []strategy.Offer) []strategy.Offer {
			return m.Offers(shuffled[customer], buffer)
		}
		a, b := allocate(t, m), allocate(t, other)
		if a.String() != b.String() || a.Prices != b.Prices {
			t.Fatalf("%v at %v, in another order %v at %v", a, a.Prices, b, b.Prices)
		}
		for i, customer := range shuffled {
			want, _ := a.Offer(customer)
			if got, _ := b.Offer(i); got != want {
				t.Fatalf("customer %d is given %d, in another order %d", customer, want, got)
			}
		}
	})
}

// Property: with one budget, what customers are short of their best net at the
// price adds up to the gap, less what is left of the budget at the price: by
// duality, the certificate in other terms.
func TestAllocateByNet(t *testing.T) {
	people := drawResponses(40)
	rapid.Check(t, func(t *rapid.T) {
		m := strategy.Market{Customers: len(people), Offers: people.offers}
		m.Budgets = []strategy.Micros{people.budget(rapid.Float64Range(0, 1.1).Draw(t, "share"))}
		a := allocate(t, m)
		short := 0.0
		for customer := range people {
			most, got := 0.0, 0.0
			for i, o := range people.offers(customer, nil) {
				net := a.Prices.Net(o)
				if o.Cost[0] <= m.Budgets[0] {
					most = max(most, net)
				}
				if given, ok := a.Offer(customer); ok && given == i {
					got = net
				}
			}
			short += most - got
		}
		left := a.Prices[0] * float64(m.Budgets[0]-a.Spent[0])
		if want := float64(a.Gap()) - left; math.Abs(short-want) > 2 {
			t.Fatalf("customers are short of %v, want %v: %v", short, want, a)
		}
	})
}
