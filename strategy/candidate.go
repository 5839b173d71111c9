package strategy

import "slices"

// Candidate is what a customer could be given, with the offer that it is to
// [Allocate].
type Candidate struct {
	Operation, Channel string
	Offer              Offer
}

// Candidates returns what a decision of the policy had to choose from, in the
// order of its verdicts: what is [Chosen], [Outranked] or [NotDrawn]. There are
// none if the customer waits. The value of an offer is the score, which is what
// the operation brings where the playbook has [Effects]; without, it is Value ×
// Propensity, which counts sure things too. Its costs are [Policy.Costs], of the
// budgets that are named, in the order of [Market.Budgets]; those after the first
// [MaxCosts] have no place in an offer.
//
// Decide without Left, or the budget stage refuses what the allocation is to
// weigh. Priorities have no say in an allocation: send what is mandatory
// beforehand.
func (p *Policy) Candidates(d Decision, budgets ...string) []Candidate {
	budgets = budgets[:min(len(budgets), MaxCosts)]
	var all []Candidate
	for _, v := range d.Verdicts {
		if v.Code != Chosen && v.Code != Outranked && v.Code != NotDrawn {
			continue
		}
		c := Candidate{Operation: v.Operation, Channel: v.Channel, Offer: Offer{Value: v.Score}}
		for _, spend := range p.Costs(v.Operation, v.Channel) {
			if b := slices.Index(budgets, spend.Budget); b >= 0 {
				c.Offer.Cost[b] = spend.Amount
			}
		}
		all = append(all, c)
	}
	return all
}
