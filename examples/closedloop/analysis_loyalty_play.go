package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/loyalty"
)

// ruleCount is what one rule said to the orders.
type ruleCount struct {
	times, points int64
	reasons       map[loyalty.Reason]int64 // why it gave nothing
}

// play has the engine do all deeds, each when it happened.
func (l *ledger) play(ctx context.Context, list []deed) error {
	reward := l.reward()
	enrolled := map[string]bool{}
	for i := range list {
		d := &list[i]
		receipt, err := l.engine.Do(ctx, d.at(), d.command)
		if err != nil {
			if err := l.refuse(d.command, err); err != nil {
				return err
			}
			continue
		}
		if d.command.Keep != nil {
			l.section.Refunds++
			continue
		}
		l.section.Orders++
		enrolled[d.command.Member] = true
		l.count(receipt.Rules)
		if err := l.spend(ctx, d, receipt, reward); err != nil {
			return err
		}
	}
	for id := range enrolled {
		l.members = append(l.members, id)
	}
	slices.Sort(l.members)
	return nil
}

// refuse counts a rejected command, and returns what is no rejection.
func (l *ledger) refuse(c loyalty.Command, err error) error {
	reason := refusalInWords(err)
	if reason == "" {
		return fmt.Errorf("customer %q: %w", c.Member, err)
	}
	if c.Keep != nil {
		reason = "refund: " + reason
	}
	l.section.Refused[reason]++
	return nil
}

// refusalInWords says why a command was rejected; "" if it was not.
func refusalInWords(err error) string {
	if e, ok := errors.AsType[*loyalty.CommandError](err); ok {
		if e.Field == "now" || e.Field == "occurredAt" {
			return "time out of range"
		}
		return "not possible: " + strings.TrimPrefix(e.Field, "earn.")
	}
	if _, ok := errors.AsType[*loyalty.LimitError](err); ok {
		return "limit reached"
	}
	if _, ok := errors.AsType[*loyalty.StockError](err); ok {
		return "out of stock"
	}
	if _, ok := errors.AsType[*loyalty.InsufficientError](err); ok {
		return "too few points"
	}
	if _, ok := errors.AsType[*loyalty.DisabledError](err); ok {
		return "not to be had then"
	}
	switch {
	case errors.Is(err, loyalty.ErrOverflow):
		return "too many points"
	case errors.Is(err, loyalty.ErrUnknownOrder):
		return "the order earned nothing"
	}
	return ""
}

func (l *ledger) count(results []loyalty.RuleResult) {
	for i := range results {
		r := &results[i]
		c := l.rules[r.Rule]
		if c == nil {
			c = &ruleCount{reasons: map[loyalty.Reason]int64{}}
			l.rules[r.Rule] = c
		}
		if r.Points == 0 {
			c.reasons[r.Reason]++
			continue
		}
		c.times++
		c.points += r.Points
	}
}

// reward returns the cheapest reward that any member can have at any time; nil
// if there is none. It is what members are assumed to redeem.
func (l *ledger) reward() *loyalty.Reward {
	var least *loyalty.Reward
	for i := range l.program.Rewards {
		r := &l.program.Rewards[i]
		if r.Disabled || len(r.Tiers) > 0 || !r.From.IsZero() || !r.To.IsZero() || r.Cost < l.program.Limits.MinRedeem {
			continue
		}
		if least == nil || r.Cost < least.Cost {
			least = r
		}
	}
	return least
}

// spend is how members are assumed to behave, since orders don't tell: who can
// afford the cheapest reward after an order redeems one.
func (l *ledger) spend(ctx context.Context, d *deed, receipt loyalty.Receipt, reward *loyalty.Reward) error {
	if reward == nil {
		return nil
	}
	wallet := reward.Wallet
	if wallet == "" {
		wallet = l.program.Wallets[0].Name
	}
	for _, b := range receipt.Balances {
		if b.Wallet == wallet && b.Available < reward.Cost {
			return nil
		}
	}
	s := &l.section.Redemptions
	_, err := l.engine.Do(ctx, d.at(), d.redeemed(reward.Name))
	if err == nil {
		l.gone[reward.Name]++
		s.Times++
		return nil
	}
	reason := refusalInWords(err)
	if reason == "" {
		return err
	}
	if s.Refused == nil {
		s.Refused = map[string]int{}
	}
	s.Refused[reason]++
	return nil
}

// assumption says what is taken for granted of members.
func (l *ledger) assumption() string {
	r := l.reward()
	if r == nil {
		return "nobody redeems: there is no reward that any member can have"
	}
	l.section.Redemptions.Reward, l.section.Redemptions.Cost = r.Name, r.Cost
	return fmt.Sprintf("whoever has the points after an order redeems one “%s” for %d", r.Name, r.Cost)
}
