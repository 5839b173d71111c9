package strategy

import (
	"fmt"
	"slices"
	"strings"
)

// Proposal is what a signal leads to, and why.
type Proposal struct {
	Contingency
	// Signal is the latest one that it answers.
	Signal Signal `json:"signal"`
	// Acted holds if the plan lets it be done, and it was; Idle if there was
	// nothing to do: the operation is stopped already, and that in its place runs.
	Acted bool `json:"acted,omitempty"`
	Idle  bool `json:"idle,omitempty"`
	// From and To are the limit of the budget, for [Cut].
	From Micros `json:"from,omitzero"`
	To   Micros `json:"to,omitzero"`
}

// Because says what is proposed or was done, and why.
func (p Proposal) Because() string {
	done := "proposed"
	switch {
	case p.Idle:
		done = "nothing to do"
	case p.Acted:
		done = "done"
	}
	what := p.Contingency.String()
	if p.Do == Cut {
		what = fmt.Sprintf("cut budget %q from %v to %v", p.Budget, p.From, p.To)
	}
	return fmt.Sprintf("%s: %s, as %s", done, what, p.Signal)
}

// Response is what a plan makes of signals.
type Response struct {
	// Proposals are in the order of the plan's contingencies, one for each that
	// has a signal to answer.
	Proposals []Proposal `json:"proposals"`
	// Playbook is as it was given, but for what was acted on. Changed says whether
	// it differs.
	Playbook Playbook `json:"-"`
	Changed  bool     `json:"changed"`
	// Handled are the keys of all signals that have been looked at, those before
	// included, in the order of their bytes. Keep them, and give them back the next
	// time.
	Handled []string `json:"handled"`
}

// Respond answers signals, those aside whose [Signal.Key] was handled before: so
// the same reading may be given again, and nothing is done twice. Of several
// signals that one contingency answers it takes the latest. A plan that is not
// valid for the playbook is an error.
//
// Respond acts only where a contingency says Act; what it acts on is in the
// playbook that it returns, and nowhere else. Whether that takes effect is for
// the host: make a [Policy] of it.
func (plan Plan) Respond(p Playbook, signals []Signal, handled []string) (Response, error) {
	if err := plan.Validate(p); err != nil {
		return Response{}, fmt.Errorf("strategy: plan: %w", err)
	}
	r := Response{Playbook: p, Handled: slices.Clone(handled)}
	var open []Signal
	for _, s := range signals {
		if !slices.Contains(handled, s.Key()) {
			open = append(open, s)
			r.Handled = append(r.Handled, s.Key())
		}
	}
	slices.Sort(r.Handled)
	r.Handled = slices.Compact(r.Handled)
	for _, c := range plan.Contingencies {
		s, ok := c.latest(open)
		if !ok {
			continue
		}
		proposal := Proposal{Contingency: c, Signal: s}
		changed, idle := proposal.work(r.Playbook)
		proposal.Idle = idle
		if c.Act && !idle {
			proposal.Acted = true
			r.Playbook, r.Changed = changed, true
		}
		r.Proposals = append(r.Proposals, proposal)
	}
	return r, nil
}

// latest returns the latest signal that c answers, of one day the first by its
// side.
func (c Contingency) latest(signals []Signal) (latest Signal, ok bool) {
	for _, s := range signals {
		if !c.answers(s) {
			continue
		}
		if newer := strings.Compare(s.Day, latest.Day); !ok || newer > 0 || newer == 0 && s.Side < latest.Side {
			latest, ok = s, true
		}
	}
	return latest, ok
}

// Apply returns a playbook in which a proposal is done, such as one that somebody
// accepted; the one that was given stays as it is. What is idle changes nothing.
// An operation or a budget that the playbook lacks is an error.
func (p Proposal) Apply(to Playbook) (Playbook, error) {
	for _, name := range []string{p.Operation, p.With} {
		if name != "" && !slices.ContainsFunc(to.Operations, func(o Operation) bool { return o.Name == name }) {
			return Playbook{}, fmt.Errorf("strategy: %q is no operation of the playbook", name)
		}
	}
	if p.Budget != "" && !slices.ContainsFunc(to.Budgets, func(b Budget) bool { return b.Name == p.Budget }) {
		return Playbook{}, fmt.Errorf("strategy: %q is no budget of the playbook", p.Budget)
	}
	changed, _ := p.work(to)
	return changed, nil
}

// work returns a playbook in which p is done, and whether it is as it was. It
// notes the limits of a budget that is cut.
func (p *Proposal) work(to Playbook) (changed Playbook, idle bool) {
	changed, idle = to, true
	if p.Do == Cut {
		changed.Budgets = slices.Clone(to.Budgets)
		for i := range changed.Budgets {
			if b := &changed.Budgets[i]; b.Name == p.Budget {
				p.From, p.To = b.Limit, max(1, keep(b.Limit, p.Keep))
				b.Limit, idle = p.To, p.To == p.From
			}
		}
		return changed, idle
	}
	changed.Operations = slices.Clone(to.Operations)
	for i := range changed.Operations {
		o := &changed.Operations[i]
		stop := o.Name == p.Operation
		if !stop && (p.Do != Swap || o.Name != p.With) {
			continue
		}
		idle = idle && o.Stopped == stop
		o.Stopped = stop
	}
	return changed, idle
}

// keep returns a share from 0 to 1 of an amount, rounded down.
func keep(amount, share Micros) Micros {
	whole, rest := amount/One, amount%One
	return whole*share + rest*share/One
}
