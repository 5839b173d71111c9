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
	for customer := range p {
		total += p.offers(customer, nil)[coupons-1].Cost[0]
	}
	return strategy.Micros(share * float64(total))
}

func BenchmarkAllocate(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			people := drawResponses(n)
			market := strategy.Market{
				Customers: n, Offers: people.offers, Budgets: []strategy.Micros{people.budget(0.15)},
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
			b.ReportMetric(1e9*float64(a.Gap())/float64(a.Bound), "gap·1e9")
		})
	}
}
