package strategy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

func TestCandidates(t *testing.T) {
	p := twoOffers()
	p.Operations[0].Value = 8 * strategy.One
	p.Operations[0].WhenCapped = strategy.Defer
	late := operation("late", 5, strategy.Audience{})
	late.Dates.End = at("2026-11-22T12:00:00Z")
	p.Operations = append(p.Operations, late)
	coupon := func(costs ...strategy.Micros) strategy.Candidate {
		c := strategy.Candidate{Operation: "coupon", Channel: "sms", Offer: strategy.Offer{Value: 8 * strategy.One}}
		copy(c.Offer.Cost[:], costs)
		return c
	}
	news := strategy.Candidate{Operation: "news", Channel: "email"}
	hour := []strategy.Exposure{{Channel: "site", At: at("2026-11-22T11:30:00Z")}, {Channel: "site", At: at("2026-11-22T11:31:00Z")}}
	softly := p
	softly.Exploration = &strategy.Exploration{Salt: "1", Epsilon: strategy.One}
	tests := []struct {
		name      string
		playbook  strategy.Playbook
		exposures []strategy.Exposure
		budgets   []string
		want      []strategy.Candidate
	}{
		{"in the order of budgets", p, nil, []string{"messages", "coupons"}, []strategy.Candidate{coupon(50_000, 5*strategy.One), news}},
		{"a budget that is another's", p, nil, []string{"calls", "messages"}, []strategy.Candidate{coupon(0, 50_000), news}},
		{"no budget", p, nil, nil, []strategy.Candidate{coupon(), news}},
		{"more budgets than an offer has", p, nil, []string{"a", "b", "c", "d", "coupons"}, []strategy.Candidate{coupon(), news}},
		{"who waits has none", p, hour, []string{"coupons"}, nil},
		{"whatever is drawn", softly, nil, []string{"coupons"}, []strategy.Candidate{coupon(5 * strategy.One), news}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := compile(t, test.playbook)
			for i := range 10 { // some of whom draw news
				d := policy.Decide(strategy.Customer{ID: fmt.Sprint("u", i), Exposures: test.exposures}, at("2026-11-22T12:00:00Z"))
				if diff := cmp.Diff(test.want, policy.Candidates(d, test.budgets...)); diff != "" {
					t.Errorf("u%d (-want +got)\n%s", i, diff)
				}
			}
		})
	}
}

// From effects to who gets the budget: a coupon works for those who fell silent,
// and hardly for active customers, of whom more order anyway.
func ExamplePolicy_Candidates() {
	playbook := strategy.Playbook{
		Operations: []strategy.Operation{
			{Name: "coupon", Objective: "an order", Channel: "sms", Priority: 9, Value: 30 * strategy.One, Costs: map[string]strategy.Micros{"coupons": 2 * strategy.One}},
			{Name: "news", Objective: "an order", Channel: "email", Value: 30 * strategy.One},
		},
		Budgets: []strategy.Budget{{Name: "coupons", Unit: "money", Limit: 4 * strategy.One}},
		Effects: &strategy.Effects{Rows: []strategy.Effect{
			{Operation: "coupon", Label: "stage=active", Estimate: 0.02, Low: 0.01, High: 0.03},
			{Operation: "coupon", Label: "stage=silent", Estimate: 0.2, Low: 0.15, High: 0.25},
			{Operation: "news", Estimate: 0.01, Low: 0, High: 0.02},
		}},
	}
	policy, err := strategy.NewPolicy(playbook)
	check(err)
	customers := []strategy.Customer{
		{ID: "ann", Labels: []string{"stage=active"}},
		{ID: "bob", Labels: []string{"stage=silent"}},
		{ID: "cat", Labels: []string{"stage=active"}},
		{ID: "dan", Labels: []string{"stage=silent"}},
	}
	var candidates [][]strategy.Candidate
	for d := range policy.DecideAll(slices.Values(customers), time.Date(2027, 5, 1, 12, 0, 0, 0, time.UTC)) {
		candidates = append(candidates, policy.Candidates(d, "coupons"))
	}
	a, err := strategy.Allocate(strategy.Market{
		Customers: len(customers),
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			for _, c := range candidates[customer] {
				buffer = append(buffer, c.Offer)
			}
			return buffer
		},
		Budgets: []strategy.Micros{4 * strategy.One},
	})
	check(err)
	fmt.Println(a)
	for i, c := range customers {
		if offer, ok := a.Offer(i); ok {
			fmt.Println(c.ID, candidates[i][offer].Operation, candidates[i][offer].Offer.Value)
		}
	}
	// Output:
	// value 12.6 of at most 12.6 (100%) for 4 customers, spent [4]
	// ann news 0.3
	// bob coupon 6
	// cat news 0.3
	// dan coupon 6
}
