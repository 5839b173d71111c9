package loyalty

// named returns the receipt with the names that a version has.
func (n *receiptNumbers) named(c *compiled, cmd *Command) Receipt {
	r := Receipt{
		Key: cmd.Key, Member: cmd.Member, RecordedAt: instant(n.recorded), Version: n.version, Seq: n.seq,
		Taken: n.taken, Waived: n.waived, Owed: n.owed, Lost: n.lost, Tier: c.levelName(n.level),
	}
	r.Balances = make([]Balance, 0, len(n.balances))
	for i := range n.balances {
		b := &n.balances[i]
		r.Balances = append(r.Balances, Balance{c.walletName(b.Wallet), b.Available, b.Pending, b.Held, b.Debt})
	}
	if len(n.rules) > 0 {
		r.Rules = make([]RuleResult, 0, len(n.rules))
		for i := range n.rules {
			r.Rules = append(r.Rules, n.rules[i].named(c))
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

func (n *ruleNumbers) named(c *compiled) RuleResult {
	o := &n.outcome
	r := RuleResult{
		Rule: o.rule, Wallet: c.walletName(o.wallet), Points: o.points, Wanted: o.wanted, Reason: o.reason, Cap: o.cap,
		RetryAt: instant(o.retry), Progress: o.progress, Goal: o.goal, Referrer: o.referrer,
		Pending: n.slot.activates != 0, Expires: instant(n.slot.expires),
	}
	if rule := c.rule(o.rule); rule != nil {
		r.Name = rule.name
	}
	return r
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
