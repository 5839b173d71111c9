package main

import (
	"time"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// nextMonth is what comes of the proposals: the playbook that they make, what it
// decides, and who would get its budget if it went where it brings most.
type nextMonth struct {
	at        time.Time
	policy    *strategy.Policy
	decisions strategy.Summary
	changed   int // customers who get another operation, or none

	left       map[string]strategy.Micros
	candidates [][]strategy.Candidate // of each customer
	firstCome  yield                  // by rank, until the money is gone
	allocated  yield
	allocation *strategy.Allocation
}

// yield is what operations bring: by the effects that were found, and by those
// that are true.
type yield struct{ found, truth strategy.Micros }

// plan makes the next month.
func (t *trial) plan() error {
	n := &nextMonth{at: t.opens(2 * waves), left: map[string]strategy.Micros{moneyName: t.playbook.Budgets[0].Limit}}
	playbook, err := t.adjusted()
	if err != nil {
		return err
	}
	if n.policy, err = t.host.NewPolicy(playbook); err != nil {
		return err
	}
	t.next = n
	for _, c := range t.customers {
		c.Exposures = t.exposures(c.ID)
		if err := t.foresee(c); err != nil {
			return err
		}
	}
	return t.allocate()
}

// adjusted is the playbook with all that is proposed, since nobody is there to
// ask, and with the effects that were found.
func (t *trial) adjusted() (strategy.Playbook, error) {
	approved := make([]experiment.Proposal, len(t.proposals))
	for i, p := range t.proposals {
		p.Approved = true
		approved[i] = p
	}
	playbook, _, err := experiment.Apply(t.host, t.playbook, approved)
	playbook.Name = "next month"
	playbook.Effects = new(t.effects.Strategy())
	return playbook, err
}

// foresee decides for a customer first come, first served, and notes what else
// they could be given.
func (t *trial) foresee(c strategy.Customer) error {
	n := t.next
	d := n.policy.DecideCase(strategy.Case{Customer: c, Now: n.at, Left: n.left})
	if err := n.decisions.Add(d); err != nil {
		return err
	}
	if d.Chosen != t.served[c.ID] {
		n.changed++
	}
	for _, spend := range n.policy.Costs(d.Chosen, d.Channel) {
		n.left[spend.Budget] -= spend.Amount
	}
	candidates := n.policy.Candidates(n.policy.Decide(c, n.at), moneyName)
	for _, x := range candidates {
		if x.Operation == d.Chosen {
			t.count(&n.firstCome, x)
		}
	}
	n.candidates = append(n.candidates, candidates)
	return nil
}

// count adds what an operation brings one customer.
func (t *trial) count(y *yield, c strategy.Candidate) {
	o, _ := t.policy.Operation(c.Operation)
	truth, _ := strategy.MicrosOf(assumed(o).effect * o.Value.Float64())
	y.found += c.Offer.Value
	y.truth += truth
}

// allocate gives the budget to whom it brings most.
func (t *trial) allocate() (err error) {
	n := t.next
	n.allocation, err = strategy.Allocate(strategy.Market{
		Customers: len(n.candidates),
		Offers: func(customer int, buffer []strategy.Offer) []strategy.Offer {
			for _, c := range n.candidates[customer] {
				buffer = append(buffer, c.Offer)
			}
			return buffer
		},
		ID:      func(customer int) string { return t.customers[customer].ID },
		Budgets: []strategy.Micros{t.playbook.Budgets[0].Limit},
	})
	if err != nil {
		return err
	}
	for customer, candidates := range n.candidates {
		if offer, ok := n.allocation.Offer(customer); ok {
			t.count(&n.allocated, candidates[offer])
		}
	}
	return nil
}

// exposures are what a customer was sent in the first month.
func (t *trial) exposures(id string) []strategy.Exposure {
	name, ok := t.served[id]
	if !ok {
		return nil
	}
	o, _ := t.policy.Operation(name)
	return []strategy.Exposure{{Key: id, Operation: name, Channel: o.Channel, Objective: o.Objective, At: t.opens(t.wave(id))}}
}
