package strategy_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/regulars-go/regulars/strategy"
)

// twenty returns a policy of twenty operations with dates, and a customer with
// six labels who gets the last of them.
func twenty(t testing.TB) (*strategy.Policy, strategy.Customer) {
	var p strategy.Playbook
	for i := range 20 {
		o := operation(fmt.Sprintf("operation %02d", i), 20-i, strategy.Audience{
			AllOf:  []string{"stage=silent"},
			AnyOf:  []string{fmt.Sprintf("segment=s%d", i), fmt.Sprintf("segment=s%d", i+1), fmt.Sprintf("city=c%d", i)},
			NoneOf: []string{"promotion=deal-seeker", fmt.Sprintf("shop=%d", i)},
		})
		o.Dates = strategy.Window{Start: at("2026-01-01T00:00:00Z"), End: at("2027-01-01T00:00:00Z")}
		p.Operations = append(p.Operations, o)
	}
	return compile(t, p), strategy.Customer{
		ID:     "u1",
		Labels: []string{"stage=silent", "segment=s20", "layer=waist", "quadrant=general value", "promotion=mixed", "city=elsewhere"},
	}
}

// A decision allocates its verdicts and nothing else.
func TestDecideAllocatesOnce(t *testing.T) {
	policy, c := twenty(t)
	now := at("2026-11-11T00:00:00Z")
	if d := policy.Decide(c, now); d.Chosen != "operation 19" {
		t.Fatalf("chose %q", d.Chosen)
	}
	if n := testing.AllocsPerRun(100, func() { policy.Decide(c, now) }); n != 1 {
		t.Errorf("%v allocations, want 1", n)
	}
}

func BenchmarkDecide(b *testing.B) {
	policy, c := twenty(b)
	now := at("2026-11-11T00:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		policy.Decide(c, now)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

func BenchmarkCount(b *testing.B) {
	policy, c := twenty(b)
	now := at("2026-11-11T00:00:00Z")
	people := slices.Repeat([]strategy.Customer{c}, 1000)
	b.ReportAllocs()
	for b.Loop() {
		policy.Count(slices.Values(people), now)
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}
