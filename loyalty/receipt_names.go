package loyalty

// named returns the receipt with the names that a version has.
func (n *receiptNumbers) named(c *compiled, cmd *Command) Receipt {
	r := Receipt{
		Key: cmd.Key, Member: cmd.Member, RecordedAt: instant(n.recorded), Version: n.version, Seq: n.seq,
		Taken: n.taken, Waived: n.waived, Owed: n.owed, Lost: n.lost, Tier: c.levelName(n.level),
	}
	r.Balances = make([]Balance, len(n.balances))
	for i := range n.balances {
		b := &n.balances[i]
		r.Balances[i] = Balance{c.walletName(b.Wallet), b.Available, b.Pending, b.Held, b.Debt}
	}
	if len(n.rules) > 0 {
		r.Rules = make([]RuleResult, len(n.rules))
		for i := range n.rules {
			n.rules[i].name(c, &r.Rules[i])
		}
	}
	if n.next != 0 {
		for i := range c.rewards {
			if c.rewards[i].ID == n.next {
				r.Next = NextReward{c.rewards[i].Name, n.missing}
			}
		}
	}
	return r
}

func (o *outcome) named(c *compiled) (r RuleResult) {
	o.name(c, &r)
	return r
}

// name writes what the rule gave into a result that is zero.
func (o *outcome) name(c *compiled, r *RuleResult) {
	r.Rule, r.Wallet = o.rule, c.walletName(o.wallet)
	if rule := c.rule(o.rule); rule != nil {
		r.Name = rule.name
	}
	r.Points, r.Wanted, r.Reason, r.Cap = o.points, o.wanted, o.reason, o.cap
	r.Progress, r.Goal, r.Referrer = o.progress, o.goal, o.referrer
	r.Pending = o.slot.activates != 0
	if o.retry != 0 {
		r.RetryAt = instant(o.retry)
	}
	if o.slot.expires != 0 {
		r.Expires = instant(o.slot.expires)
	}
}

func (c *compiled) walletName(id uint8) string {
	if w := c.purse(id); w != nil {
		return w.Name
	}
	return ""
}

func (c *compiled) levelName(id uint8) string {
	if c.tiers == nil {
		return ""
	}
	name := ""
	for i := range c.tiers.levels {
		if c.tiers.levels[i].ID <= id {
			name = c.tiers.levels[i].Name
		}
	}
	return name
}
