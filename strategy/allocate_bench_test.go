package strategy_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/regulars-go/regulars/strategy"
)

// responses are customers' responses to coupons: how many more orders there are
// the larger the coupon, flattening out (a Michaelis–Menten curve), and how many
// of those who use it would have ordered anyway.
type responses []struct{ margin, most, half, anyway float32 }

func drawResponses(n int) responses {
	rng := rand.New(rand.NewPCG(1, 2))
	people := make(responses, n)
	for i := range people {
		people[i].margin = float32(20 + 180*rng.Float64()*rng.Float64())
		people[i].most = float32(0.3 * rng.Float64())
		people[i].half = float32(2 + 20*rng.Float64())
		people[i].anyway = float32(0.2 * rng.Float64() * rng.Float64())
	}
	return people
}

const coupons = 20

// offers are coupons of 1 to 20: what they bring in margin, and what they cost
// where they are used.
func (p responses) offers(customer int, buffer []strategy.Offer) []strategy.Offer {
	r := &p[customer]
	for coupon := float32(1); coupon <= coupons; coupon++ {
		more := r.most * coupon / (coupon + r.half)
		buffer = append(buffer, strategy.Offer{
			Value: strategy.Micros(1e6 * r.margin * more),
			Cost:  strategy.Costs{strategy.Micros(1e6 * coupon * (r.anyway + more))},
		})
	}
	return buffer
}

// budget is a share of what the offers of most value would cost.
func (p responses) budget(share float64) strategy.Micros {
	total := strategy.Micros(0)
	var buffer []strategy.Offer
	for customer := range p {
		buffer = p.offers(customer, buffer[:0])
		total += buffer[coupons-1].Cost[0]
	}
	return strategy.Micros(share * float64(total))
}

// firstCome is the loop that a host would write: each customer in turn gets the
// coupon of most value for its cost, as long as there is money. It reads all
// offers once, on one core, which is what any way to allocate takes at least.
func (p responses) firstCome(budget strategy.Micros) (value strategy.Micros) {
	var buffer []strategy.Offer
	for customer := range p {
		buffer = p.offers(customer, buffer[:0])
		best, ratio := 0, 0.0
		for i, o := range buffer {
			if r := float64(o.Value) / float64(o.Cost[0]); r > ratio {
				best, ratio = i, r
			}
		}
		if o := buffer[best]; o.Cost[0] <= budget {
			budget -= o.Cost[0]
			value += o.Value
		}
	}
	return value
}

// BenchmarkFirstCome is the reference for [BenchmarkAllocate].
func BenchmarkFirstCome(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := drawResponses(n)
			budget := people.budget(0.15)
			value := strategy.Micros(0)
			for b.Loop() {
				value = people.firstCome(budget)
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
			b.ReportMetric(value.Float64(), "value")
		})
	}
}

// table holds the same offers worked out beforehand, as a host that has them in
// columns does: 8 bytes an offer, in hundredths.
type table [][coupons]struct{ value, cost int32 }

func (p responses) table() table {
	all := make(table, len(p))
	var buffer []strategy.Offer
	for customer := range p {
		buffer = p.offers(customer, buffer[:0])
		for i, o := range buffer {
			all[customer][i].value, all[customer][i].cost = int32(o.Value/1e4), int32(o.Cost[0]/1e4)
		}
	}
	return all
}

func (t table) offers(customer int, buffer []strategy.Offer) []strategy.Offer {
	for i := range t[customer] {
		o := &t[customer][i]
		buffer = append(buffer, strategy.Offer{Value: 1e4 * strategy.Micros(o.value), Cost: strategy.Costs{1e4 * strategy.Micros(o.cost)}})
	}
	return buffer
}

// BenchmarkAllocate gives 20 coupons to up to 10 million customers, whose offers
// are worked out in the callback. Its gap is that of the certificate, in
// billionths.
func BenchmarkAllocate(b *testing.B) {
	benchmarkAllocate(b, func(people responses) func(int, []strategy.Offer) []strategy.Offer { return people.offers })
}

// BenchmarkAllocateTable is [BenchmarkAllocate] where the callback reads a table.
func BenchmarkAllocateTable(b *testing.B) {
	benchmarkAllocate(b, func(people responses) func(int, []strategy.Offer) []strategy.Offer { return people.table().offers })
}

func benchmarkAllocate(b *testing.B, offers func(responses) func(int, []strategy.Offer) []strategy.Offer) {
	for _, n := range []int{100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := drawResponses(n)
			market := strategy.Market{
				Customers: n, Offers: offers(people), Budgets: []strategy.Micros{people.budget(0.15)},
				Workers: runtime.GOMAXPROCS(0),
			}
			b.ReportAllocs()
			var a *strategy.Allocation
			for b.Loop() {
				var err error
				if a, err = strategy.Allocate(market); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
			b.ReportMetric(a.Value.Float64(), "value")
			b.ReportMetric(1e9*float64(a.Gap())/float64(a.Bound), "gap·1e9")
		})
	}
}
