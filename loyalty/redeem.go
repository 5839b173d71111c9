package loyalty

import (
	"fmt"
	"slices"
)

// spendable returns a wallet whose points can be spent.
func (c *compiled) spendable(name string) (*purse, error) {
	p := c.purse(c.walletID(name))
	if p == nil {
		return nil, &CommandError{"wallet", fmt.Sprintf("%q: the program has no such wallet", name)}
	}
	if p.Qualifying {
		return nil, &DisabledError{What: fmt.Sprintf("spending from wallet %q", p.Name), Why: ReasonDisabled}
	}
	return p, nil
}

// enough reports whether a wallet has so many points available.
func (c *compiled) enough(s *seat, p *purse, points int64) error {
	if least := c.program.Limits.MinRedeem; points < least {
		return &LimitError{Limit: fmt.Sprintf("at least %d points at once", least), Max: least, Used: points}
	}
	if available := s.account.pot(p.ID, PotAvailable); available < points {
		return &InsufficientError{p.Name, available, points}
	}
	return nil
}

// redeem spends points on a reward or on anything.
func (v *View) redeem(c *compiled, s *seat, at int64) error {
	cmd := v.request.cmd.Redeem
	deal, err := v.newDeal(s)
	if err != nil {
		return err
	}
	wallet, points := cmd.Wallet, cmd.Points
	var reward *prize
	if cmd.Reward != "" {
		deal.quantity = max(1, cmd.Quantity)
		if reward, err = v.claim(c, s, at, deal); err != nil {
			return err
		}
		deal.reward, points = reward.ID, reward.Cost*deal.quantity
		if name := c.walletName(reward.wallet); wallet != "" && wallet != name {
			return &CommandError{"redeem.wallet", fmt.Sprintf("the reward is of wallet %q", name)}
		}
		wallet = c.walletName(reward.wallet)
	}
	p, err := c.spendable(wallet)
	if err != nil {
		return err
	}
	if err := c.enough(s, p, points); err != nil {
		return err
	}
	v.almanac.in(c.cal.zone)
	day := v.almanac.day(at)
	deal.wallet, deal.state, deal.at = p.ID, dealSpent, at
	w := v.begin(s, EntryRedeemed, v.request.at, at)
	w.under(c)
	w.burn(p.ID, points, PotRedeemed, false, deal.spent)
	if reward != nil {
		w.reward(reward.ID, deal.quantity)
		number, _, gone := c.cal.window(reward.per, day)
		deal.number = number
		if reward.PerMember > 0 {
			w.window(&window{reward.limit(), number, deal.quantity, gone})
		}
	}
	if p.terms.idle() {
		w.active(&p.terms, day)
	}
	if err := w.end(true); err != nil {
		return err
	}
	v.receipt.taken = points
	v.putDeal(s.id.Program, v.request.cmd.Key, 0)
	return nil
}

// claim checks whether a member may have a reward, and counts it.
func (v *View) claim(c *compiled, s *seat, at int64, deal *redemption) (*prize, error) {
	p := c.prizeNamed(v.request.cmd.Redeem.Reward)
	if p == nil {
		return nil, &CommandError{"redeem.reward", fmt.Sprintf("%q: the program has no such reward", v.request.cmd.Redeem.Reward)}
	}
	refused := &DisabledError{What: fmt.Sprintf("reward %q", p.Name)}
	switch {
	case p.Disabled:
		refused.Why = ReasonDisabled
	case at < p.from:
		refused.Why, refused.From = ReasonDates, instant(p.from)
	case p.to != 0 && at >= p.to:
		refused.Why = ReasonDates
	case p.levels != nil && !slices.Contains(p.levels, s.account.tier.level):
		refused.Why = ReasonTier
	}
	if refused.Why != 0 {
		return nil, refused
	}
	if err := v.withinLimit(c, s, p, at, deal.quantity); err != nil {
		return nil, err
	}
	if p.Stock == nil {
		return p, nil
	}
	id := stockOf(s.id.Program, p)
	gone, ok := v.counter(id)
	if !ok {
		return nil, fmt.Errorf("loyalty: stock of reward %q is not in the view", p.Name)
	}
	if left := max(0, *p.Stock-gone); left < deal.quantity {
		return nil, &StockError{p.Name, left, deal.quantity}
	}
	v.decision.batch.Counters = append(v.decision.batch.Counters, Counter{ID: id, Delta: deal.quantity, Max: *p.Stock})
	return p, nil
}

// offered reports whether members of a level may have the reward at a moment,
// limits and stock aside.
func (p *prize) offered(level uint8, at int64) bool {
	return !p.Disabled && at >= p.from && (p.to == 0 || at < p.to) && (p.levels == nil || slices.Contains(p.levels, level))
}

func (p *prize) limit() windowKey { return windowKey{windowReward + windowKind(p.per), p.ID} }

// withinLimit checks how many of a reward the member may have in a period.
func (v *View) withinLimit(c *compiled, s *seat, p *prize, at, quantity int64) error {
	if p.PerMember == 0 {
		return nil
	}
	v.almanac.in(c.cal.zone)
	number, next, _ := c.cal.window(p.per, v.almanac.day(at))
	used := s.account.used(p.limit(), number)
	if used+quantity <= p.PerMember {
		return nil
	}
	e := &LimitError{Limit: fmt.Sprintf("reward %q: %d per member", p.Name, p.PerMember), Max: p.PerMember, Used: used}
	if p.per != perLife {
		e.RetryAt = instant(v.almanac.start(next))
	}
	return e
}

// newDeal empties the view's redemption for one that the command's key names.
func (v *View) newDeal(s *seat) (*redemption, error) {
	key := v.request.cmd.Key
	if there := v.find(KindRedemption, key); there == nil {
		return nil, fmt.Errorf("loyalty: redemption %q is not in the view", key)
	} else if there.version > 0 {
		return nil, &StateError{fmt.Sprintf("redemption %q", key), "known: it was made before"}
	}
	v.deal = redemption{owner: s.id.Member, legs: v.deal.legs[:0]}
	return &v.deal, nil
}

// putDeal writes the view's redemption; no entry is open.
func (v *View) putDeal(program, key string, version uint64) {
	from := len(v.buf)
	v.buf = v.deal.append(v.buf)
	v.put(RecordID{program, KindRedemption, key}, version, from)
}
