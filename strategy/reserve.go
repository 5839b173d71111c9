package strategy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Stores are where decisions are reserved. One that is nil is not asked.
type Stores struct {
	Exposures Exposures
	Budgets   Budgets
}

// Reserve decides on a case, and reserves the exposure and what it costs, for as
// long as hold. When a store refuses, since somebody else was faster, the
// candidate is out and the decision is made again without it, so that the next
// one gets its turn. The record has all refusals in its case; it replays.
//
// The case needs a Key, which names the reservation in both stores. Calling again
// with the same key and facts reserves nothing twice, and comes to the same
// candidate: those that Exposures say the key is not for are refused by "key".
// Where the key is for none of the candidates, such as with facts that have
// changed, the error is [ErrKeyReused]; what it holds is in [History]. Budgets
// without Exposures return it at once. After sending, call [Stores.Commit]; if it
// can't be sent, [Stores.Release]. On any other error it is open what was
// reserved: call again, or let it expire.
func (p *Policy) Reserve(ctx context.Context, stores Stores, c Case, hold time.Duration) (Record, error) {
	if c.Key == "" {
		return Record{}, errors.New("strategy: reserving needs a key")
	}
	if hold <= 0 {
		return Record{}, fmt.Errorf("strategy: reserving for %v: want more than 0", hold)
	}
	c.Refused = slices.Clone(c.Refused)
	var reused error
	for {
		r, err := p.Record(c)
		switch {
		case err != nil:
			return r, err
		case r.Decision.Chosen == "" && reused != nil:
			return Record{}, reused
		case r.Decision.Chosen == "":
			return r, nil
		}
		by, err := p.reserve(ctx, stores, &r, hold)
		if err != nil {
			err = fmt.Errorf("strategy: reserving %q for %q: %w", r.Decision.Chosen, c.Customer.ID, err)
		}
		switch {
		case by == "" && err == nil:
			return r, nil
		case by == "":
			return Record{}, err
		case err != nil:
			reused = err
		}
		// Each refusal takes one candidate out, so this comes to an end.
		c.Refused = append(c.Refused, Refusal{r.Decision.Chosen, r.Decision.Channel, by})
	}
}

// reserve reserves one decision in both stores, or in none; it returns what
// refused. If that is the key, which holds another candidate, it returns
// [ErrKeyReused] as well.
func (p *Policy) reserve(ctx context.Context, stores Stores, r *Record, hold time.Duration) (by string, err error) {
	expires := r.Case.Now.Add(hold)
	if stores.Exposures != nil {
		refused, err := stores.Exposures.Reserve(ctx, p.reservation(r, expires))
		switch {
		case errors.Is(err, ErrKeyReused):
			return "key", err
		case err != nil:
			return "", err
		case refused != nil:
			return cmp.Or(refused.Name, "exposures"), nil
		}
	}
	spends := p.Costs(r.Decision.Chosen, r.Decision.Channel)
	if stores.Budgets == nil || len(spends) == 0 {
		return "", nil
	}
	refused, err := stores.Budgets.Reserve(ctx, Spending{Key: r.Case.Key, Spends: spends, Expires: expires})
	if err != nil || refused == nil {
		return "", err
	}
	if stores.Exposures != nil {
		// Also when ctx has just ended: what is held for nothing blocks the next one.
		if err := stores.Exposures.Release(context.WithoutCancel(ctx), r.Case.Key); err != nil {
			return "", err
		}
	}
	return cmp.Or(refused.Budget, "budgets"), nil
}

// Commit makes a reservation final: the budgets first, as what was sent has been
// paid for. One that is not held, or has expired at now, is [ErrNoReservation].
// Budgets alone hold nothing for what costs nothing: without Exposures commit only
// what has [Policy.Costs].
func (s Stores) Commit(ctx context.Context, key string, now time.Time) error {
	if s.Budgets != nil {
		err := s.Budgets.Commit(ctx, key, now)
		if free := s.Exposures != nil && errors.Is(err, ErrNoReservation); err != nil && !free {
			return err
		}
	}
	if s.Exposures != nil {
		return s.Exposures.Commit(ctx, key, now)
	}
	return nil
}

// Release gives a reservation back.
func (s Stores) Release(ctx context.Context, key string) error {
	var errs []error
	if s.Exposures != nil {
		errs = append(errs, s.Exposures.Release(ctx, key))
	}
	if s.Budgets != nil {
		errs = append(errs, s.Budgets.Release(ctx, key))
	}
	return errors.Join(errs...)
}

// Expire releases what has expired, and returns how many exposures that were.
func (s Stores) Expire(ctx context.Context, now time.Time) (released int, err error) {
	if s.Budgets != nil {
		if released, err = s.Budgets.Expire(ctx, now); err != nil {
			return 0, err
		}
	}
	if s.Exposures != nil {
		return s.Exposures.Expire(ctx, now)
	}
	return released, nil
}

// Costs returns what an operation on a channel takes from budgets, in the order
// of their names: its own costs and the channel's. It is empty for what costs
// nothing, and for what the policy does not send.
func (p *Policy) Costs(operation, channel string) (spends []Spend) {
	x := p.sendingOf(operation, channel)
	if x == nil {
		return nil
	}
	for _, c := range x.costs {
		b := p.budgets[c.budget]
		spends = append(spends, Spend{b.Name, c.amount, b.Limit})
	}
	return spends
}

// sendingOf returns an operation on a channel; nil if there is none.
func (p *Policy) sendingOf(operation, channel string) *sending {
	i, ok := p.index[operation]
	if !ok {
		return nil
	}
	for j := range p.gates[i].sendings {
		if x := &p.gates[i].sendings[j]; p.channels[x.channel].name == channel {
			return x
		}
	}
	return nil
}

// reservation returns the exposure of a decision, with the bounds that it was
// decided by.
func (p *Policy) reservation(r *Record, expires time.Time) Reservation {
	d := &r.Decision
	i := p.index[d.Chosen]
	o := &p.playbook.all()[i]
	return Reservation{
		Key: r.Case.Key, Customer: d.Customer, Expires: expires, Bounds: p.bounds(r),
		Exposure: Exposure{
			Key: r.Case.Key, Operation: d.Chosen, Channel: d.Channel, Objective: o.Objective, Class: o.Class,
			Tags: slices.Clone(o.Tags), At: d.At, Uncounted: !o.orMarketing(o.CountsToCaps), State: Reserved,
		},
	}
}

// bounds returns the limits that the chosen candidate must keep to, for a store
// that may know of exposures that the decision did not.
func (p *Policy) bounds(r *Record) (bounds []Bound) {
	d := &r.Decision
	where, _ := p.locate(r.Case.Customer.Zone)
	for _, n := range p.sendingOf(d.Chosen, d.Channel).counters {
		k := &p.counters[n]
		zone := where.zone
		if k.business {
			zone = p.place.zone
		}
		after, _ := k.cap.Window(d.At, zone)
		b := Bound{Name: k.cap.Name, Limit: k.limit, After: after}
		switch k.cap.Scope {
		case PerChannel:
			b.Channel = k.key
		case PerTag:
			b.Tag = k.key
		case PerOperation:
			b.Operation = k.key
		case PerObjective:
			b.Objective = k.key
		}
		bounds = append(bounds, b)
	}
	if b, ok := p.repeatBound(r); ok {
		bounds = append(bounds, b)
	}
	return append(bounds, p.quotaBounds(r)...)
}

// repeatBound refuses an operation with a cool-down if it was sent since the
// exposures were loaded: after the last that the decision knew of.
func (p *Policy) repeatBound(r *Record) (b Bound, ok bool) {
	for _, rule := range p.gates[p.index[r.Decision.Chosen]].coolDowns {
		if rule.after == "" && rule.times == 1 {
			b.Name, ok = rule.words, true
		}
	}
	if !ok {
		return b, false
	}
	b.Limit, b.Operation, b.All = 1, r.Decision.Chosen, true
	b.After = p.Since(r.Decision.At)
	for _, e := range r.Case.Customer.Exposures {
		if e.Operation == b.Operation && e.Key != r.Case.Key && e.At.After(b.After) {
			b.After = moment(e.At)
		}
	}
	return b, true
}

// quotaBounds keep a channel within what the customer permitted.
func (p *Policy) quotaBounds(r *Record) (bounds []Bound) {
	x := p.channel(r.Decision.Channel)
	if x == nil || x.Consent != Quota {
		return nil
	}
	all := r.Case.Customer.Consents
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Channel == x.Name {
			return []Bound{{Name: "quota of " + x.Name, Limit: all[i].Quota, After: moment(all[i].Since), Channel: x.Name, All: true}}
		}
	}
	return nil
}
