package loyalty_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

func ExampleRetailer() {
	p := loyalty.Retailer()
	p.Name, p.Zone = "corner-shop", time.FixedZone("UTC+8", 8*60*60)
	p.Rules[0].Streak.MakeUp = nil // no make-up here
	fmt.Println(p.Validate())
	for _, r := range p.Rules[:4] {
		fmt.Println(r.Layer, r.Name)
	}
	// Output:
	// <nil>
	// zero-cost sign-in
	// zero-cost quiz
	// routine order
	// routine review
}

// Four programs to begin with, each with something that leads further.
func ExampleVocationalSchool() {
	for _, p := range []loyalty.Program{loyalty.Retailer(), loyalty.BankCard(), loyalty.ApplianceService(), loyalty.VocationalSchool()} {
		fmt.Printf("%s: %d rules", p.Name, len(p.Rules))
		for _, r := range p.Rules {
			if r.Layer == loyalty.LayerUpgrade {
				fmt.Print("; ", r.Name)
			}
		}
		fmt.Println()
	}
	// Output:
	// retailer: 12 rules; first order; three orders; a new category; bring a friend; open a paid membership; buy a savings card
	// bank-card: 13 rules; wealth product; automatic repayment; electronic statement; bring a friend; first spend; three spends; ten spends; growth by wealth product
	// appliance-service: 14 rules; first service; two appliances registered; service for a registered home; yearly upkeep; care plan; instalment plan; open remote diagnosis; recommend to a neighbour
	// vocational-school: 17 rules; trial lesson; first course; renew before the end; ten lessons; finish a course; pass the exam; bring a classmate; tuition savings plan; open the job service
}

func ExampleProgram_Follows() {
	now, next := loyalty.Retailer(), loyalty.Retailer()
	next.Version, next.Effective = 2, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	next.Rules[1].Points, next.Rules[1].Task = 0, &loyalty.Task{Goal: 5, Points: 50}
	fmt.Println(next.Follows(now))
	next.Rules[1].ID = 20 // another rule, and so another number
	fmt.Println(next.Follows(now))
	// Output:
	// rules[1]: 2 was a rule of another kind: want a new ID
	// <nil>
}

func ExampleBenchmarks() {
	for _, b := range loyalty.Benchmarks() {
		if b.Metric == loyalty.MetricActive {
			fmt.Printf("%s: good from %.0f%% on, by %s\n", b.Metric, 100*b.Good, b.Source)
		}
	}
	// Output:
	// members active in 30 days: good from 45% on, by Bond 2019, 55,000 people: active in 6.7 of 14.8 memberships, which is 45%
}
