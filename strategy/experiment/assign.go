package experiment

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/strategy"
)

// Assigner says of a decision which operation was at stake, and whether it was
// withheld. For a customer who is held out it finds what they would have got: the
// same playbook without holdouts decides on the same case. It never changes.
type Assigner struct {
	policy, open *strategy.Policy
	shares       map[string]float64 // withheld, by operation
}

// NewAssigner returns the assigner for the decisions of a playbook, compiled as
// the host compiled it.
func NewAssigner(host strategy.Host, p strategy.Playbook) (*Assigner, error) {
	policy, err := host.NewPolicy(p)
	if err != nil {
		return nil, err
	}
	p.Holdouts = nil
	open, err := host.NewPolicy(p)
	if err != nil {
		return nil, err
	}
	a := &Assigner{policy: policy, open: open, shares: map[string]float64{}}
	for _, name := range policy.Operations() {
		o, _ := policy.Operation(name)
		a.shares[name] = withheldShare(policy.Playbook().Holdouts, o)
	}
	return a, nil
}

// withheldShare is the probability that one of several independent holdouts
// withholds an operation.
func withheldShare(holdouts []strategy.Holdout, o strategy.Operation) float64 {
	if o.Class != strategy.Marketing {
		return 0
	}
	withheld := 0.0
	for _, h := range holdouts {
		all := h.Operation == "" && h.Objective == ""
		if all || h.Operation == o.Name || h.Operation == "" && h.Objective == o.Objective {
			withheld += float64((1 - withheld) * h.Share.Float64())
		}
	}
	return withheld
}

// Assign returns the assignment that a record stands for. ok is false where
// nothing was at stake: not even without holdouts would the customer have got an
// operation, or exploration drew another one, as the choice was not the same. A
// record of another policy is [strategy.ErrOtherPolicy].
//
// Under a holdout of one operation the customer gets the next best, and the
// effect is that of having the operation beside the others; under one of all
// marketing they get nothing.
func (a *Assigner) Assign(r strategy.Record) (x Assignment, ok bool, err error) {
	if r.Decision.Policy != a.policy.ID() {
		return Assignment{}, false, fmt.Errorf("experiment: record of policy %q: %w", r.Decision.Policy, strategy.ErrOtherPolicy)
	}
	stake := r.Decision
	if len(r.Decision.HeldOut) > 0 {
		stake = a.open.DecideCase(r.Case)
	}
	if stake.Chosen == "" {
		return Assignment{}, false, nil
	}
	x = Assignment{
		Decision: DecisionName(r), Customer: r.Decision.Customer, At: r.Decision.At, Operation: stake.Chosen,
		Withheld: a.policy.Withheld(r.Decision.Customer, stake.Chosen), Share: a.shares[stake.Chosen],
		Chance: stake.Propensity, Phase: r.Phase, Labels: r.Case.Customer.Labels,
	}
	if o, found := a.policy.Operation(stake.Chosen); found {
		x.Objective = o.Objective
	}
	return x, x.Withheld || stake.Chosen == r.Decision.Chosen, nil
}

// DecisionName names a decision: by the key of its case, or else by customer,
// instant and slot.
func DecisionName(r strategy.Record) string {
	if r.Case.Key != "" {
		return r.Case.Key
	}
	return strings.Join([]string{r.Decision.Customer, r.Decision.At.Format(time.RFC3339Nano), r.Decision.Slot}, "\x00")
}

// LogRecord returns the row of a decision of the past, with the reward that came
// of it, for judging a candidate policy by [OffPolicy]. That nobody got anything
// is a choice like any other: the old policy made it surely, and the candidate
// makes it or not.
func LogRecord(r strategy.Record, candidate *strategy.Policy, reward float64) Logged {
	then := map[string]float64{}
	for _, v := range r.Decision.Verdicts {
		then[v.Operation] = v.Propensity
	}
	l := Logged{Reward: reward, Propensity: r.Decision.Propensity}
	if r.Decision.Chosen == "" {
		l.Propensity = 1
	}
	some := 0.0
	for _, v := range candidate.DecideCase(r.Case).Verdicts {
		some += v.Propensity
		if v.Operation == r.Decision.Chosen {
			l.Target = v.Propensity
		}
		if then[v.Operation] == 0 {
			l.Unseen += v.Propensity
		}
	}
	nothing := max(0, 1-some)
	if nothing < drawRounding {
		nothing = 0
	}
	if r.Decision.Chosen == "" {
		l.Target = nothing
	} else {
		l.Unseen += nothing
	}
	return l
}
