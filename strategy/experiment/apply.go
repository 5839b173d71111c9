package experiment

import (
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/strategy"
)

// ErrStale is the error of a proposal that was made for a playbook which has
// changed since.
var ErrStale = errors.New("experiment: the playbook has changed since the proposal")

// Apply returns the playbook of the next period: p with the proposals that are
// approved or automatic, and the list of those. Others change nothing. The
// playbook that was passed in stays as it was. A proposal that does not fit is an
// error: of an operation that is not there, [ErrStale] for a dial that is not
// where it was, and faults of the playbook that would come of it, for the host. If anything was
// applied, a new phase begins: count it up in the records that follow.
func Apply(host strategy.Host, p strategy.Playbook, proposals []Proposal) (next strategy.Playbook, applied []Proposal, err error) {
	next = p
	next.Operations = slices.Clone(p.Operations)
	if p.Fallback != nil {
		next.Fallback = new(*p.Fallback)
	}
	for _, proposal := range proposals {
		if proposal.Action == Keep || !proposal.Approved && !proposal.Automatic {
			continue
		}
		o := operationOf(&next, proposal.Operation)
		if o == nil {
			return strategy.Playbook{}, nil, fmt.Errorf("experiment: no operation %q in the playbook", proposal.Operation)
		}
		if err := proposal.apply(o); err != nil {
			return strategy.Playbook{}, nil, err
		}
		applied = append(applied, proposal)
	}
	if err := host.Validate(next); err != nil {
		return strategy.Playbook{}, nil, fmt.Errorf("experiment: the next playbook: %w", err)
	}
	return next, applied, nil
}

func (p Proposal) apply(o *strategy.Operation) error {
	switch p.Action {
	case Raise, Lower:
		return p.turn(o)
	case Pause:
		o.Stopped = true
	case Widen:
		if len(o.Audience.AnyOf) == 0 || slices.Contains(o.Audience.AnyOf, p.Label) {
			return fmt.Errorf("%w: %q is for %v", ErrStale, p.Operation, o.Audience)
		}
		o.Audience.AnyOf = append(slices.Clone(o.Audience.AnyOf), p.Label)
	default:
		return fmt.Errorf("experiment: %q is not an action: want raise, lower, pause or widen", p.Action)
	}
	return nil
}

// turn sets the dial.
func (p Proposal) turn(o *strategy.Operation) error {
	now := lever(o)
	if p.Dial == Priority {
		now = strategy.Micros(o.Priority) * strategy.One
	}
	switch {
	case now != p.From:
		return fmt.Errorf("%w: the %s of %q is %v, not %v", ErrStale, p.Dial, p.Operation, now, p.From)
	case p.Dial == Lever && p.To > 0:
		o.Lever = p.To
	case p.Dial == Priority && p.To%strategy.One == 0:
		o.Priority = int(p.To / strategy.One)
	default:
		return fmt.Errorf("experiment: %q can't be set to %v", p.Dial, p.To)
	}
	return nil
}
