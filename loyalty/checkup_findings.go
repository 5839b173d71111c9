package loyalty

import (
	"cmp"
	"fmt"
	"slices"
)

// The findings below come from the program, or from counts in journals.

// complex looks at what stands between a member and points, and between
// points and a reward.
func (c *checkup) complex() {
	c.hurdles()
	c.refused()
	c.idleRules()
}

func (c *checkup) hurdles() {
	p := c.program
	w := c.compiled.purse(c.compiled.wallets[0].ID)
	days := validity(&w.Expiry, c.today())
	hurdles := []struct {
		name string
		is   bool
		mend string
	}{
		{"a minimum to redeem above the cheapest reward", len(c.compiled.rewards) > 0 && p.Limits.MinRedeem > c.compiled.rewards[0].Cost, "lower limits.minRedeem to the cheapest reward"},
		{"the cheapest reward asks for a tier", len(c.compiled.rewards) > 0 && len(c.compiled.rewards[0].levels) > 0, "a first reward without a tier"},
		{"points wait before they can be spent", !w.Pending.For.IsZero() || w.Pending.Until != "", "let small awards be spent at once"},
		{"points end within 13 weeks", days > 0 && days < reachQuarter, "let points last a year"},
		{"more than two conditions on a routine rule", slices.ContainsFunc(p.Rules, func(r Rule) bool { return r.Layer == LayerRoutine && conditionsOf(&r.When) > 2 }), "one routine rule without conditions"},
		{"more than three different ends of points", c.terms() > 3, "one expiry for all rules of a wallet"},
	}
	f := Finding{Cause: CauseComplex, Metric: MetricHurdles, Unit: "hurdles", Formula: "how many of the hurdles below the program has"}
	var levers []Lever
	for _, h := range hurdles {
		value := 0.0
		if h.is {
			value = 1
			f.Value++
			levers = append(levers, Lever{Change: h.mend, Effect: "one hurdle less"})
		}
		f.Inputs = append(f.Inputs, Input{h.name, value})
	}
	c.attach(c.add(f, ""), levers)
}

func conditionsOf(w *Condition) int {
	n := len(w.Attributes) + len(w.AllOf)
	for _, set := range []bool{len(w.AnyOf) > 0, len(w.NoneOf) > 0, w.MinAmount.IsPositive(), w.MaxAmount.IsPositive(), len(w.Tiers) > 0, len(w.Weekdays) > 0} {
		if set {
			n++
		}
	}
	return n
}

// terms is how many different ends points have in the program.
func (c *checkup) terms() int {
	seen := map[string]bool{}
	for i := range c.compiled.rules {
		e := &c.compiled.rules[i].terms
		var expiry dayRule // never
		if e.expiry != nil {
			expiry = *e.expiry
		}
		seen[fmt.Sprintf("%d %v %v %v", e.wallet, e.expiry != nil, expiry, e.idle())] = true
	}
	return len(seen)
}

// refused is how often members did something and got nothing.
func (c *checkup) refused() {
	f := Finding{Cause: CauseComplex, Metric: MetricRefused, Unit: "share", Formula: "events that rules looked at and gave nothing for / events that rules looked at"}
	if c.seen == nil || c.seen.attempts == 0 {
		c.add(f, noJournal)
		return
	}
	f.Value = float64(c.seen.zero) / float64(c.seen.attempts)
	f.Inputs = []Input{{"events without points", float64(c.seen.zero)}, {"events", float64(c.seen.attempts)}, {"awards trimmed by a cap", float64(c.seen.trimmed)}}
	if f := c.add(f, ""); f.helps() {
		f.Levers = c.relax()
	}
}

// relax names the rules and reasons that refused most.
func (c *checkup) relax() (levers []Lever) {
	type count struct {
		refusal
		times int64
	}
	var counts []count
	for r, times := range c.seen.reasons {
		if r.reason != ReasonDisabled && r.reason != ReasonProgress && r.reason != ReasonOutranked {
			counts = append(counts, count{r, times})
		}
	}
	slices.SortFunc(counts, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(a.rule, b.rule), cmp.Compare(a.reason, b.reason))
	})
	for _, k := range counts[:min(len(counts), 3)] {
		name := ""
		if r := c.compiled.rule(k.rule); r != nil {
			name = r.name
		}
		levers = append(levers, Lever{
			Change: fmt.Sprintf("rule %q: ease what refuses for %q, or tell members of it", name, k.reason),
			Effect: fmt.Sprintf("%d of the %d events without points, %.0f%%", k.times, c.seen.zero, 100*float64(k.times)/float64(c.seen.zero)),
		})
	}
	return levers
}

func (c *checkup) idleRules() {
	f := Finding{Cause: CauseComplex, Metric: MetricIdleRules, Unit: "rules", Formula: "rules that are not disabled and gave no points to anybody"}
	if c.seen == nil || c.seen.attempts == 0 {
		c.add(f, noJournal)
		return
	}
	var levers []Lever
	for i := range c.program.Rules {
		if r := &c.program.Rules[i]; !r.Disabled && c.seen.fired[r.ID] == nil && r.Referral == nil {
			f.Value++
			levers = append(levers, Lever{Change: fmt.Sprintf("rule %q: take it out, or let members know of it", r.Name), Effect: "one rule less to understand"})
		}
	}
	f.Inputs = []Input{{"rules", float64(len(c.program.Rules))}}
	c.attach(c.add(f, ""), levers)
}

func (c *checkup) entrance() {
	f := Finding{Cause: CauseEntrance, Metric: MetricOpened, Unit: "share", Formula: "members active in 30 days who opened the page with their points / members active in 30 days"}
	e := c.evidence.Entrance
	if e == nil || e.Active == 0 {
		c.add(f, "how many active members opened their points")
		return
	}
	f.Value = float64(e.Opened) / float64(e.Active)
	f.Inputs = []Input{{"opened", float64(e.Opened)}, {"active", float64(e.Active)}}
	if f := c.add(f, ""); f.helps() {
		f.Levers = []Lever{{Change: "show points and the nearest reward where members are anyway: the order's receipt, the account page", Effect: "not simulated: measure the step in a funnel"}}
	}
}

func (c *checkup) reminders() {
	f := Finding{Cause: CauseReminder, Metric: MetricReminded, Unit: "share", Formula: "points announced 7 days or more before their end / points that came near it"}
	w := c.compiled.wallets[0]
	if c.entry.cost > 0 {
		w = *c.compiled.purse(c.entry.wallet)
	}
	missing := ""
	switch {
	case w.Expiry.isZero() && (c.seen == nil || c.seen.expiring == 0):
		f.Value, f.Formula = 1, "points don't end, so there is nothing to announce"
	case c.seen == nil:
		missing = noJournal
	case c.seen.expiring == 0:
		missing = "points that have come to their end"
	default:
		f.Value = float64(c.seen.told) / float64(c.seen.expiring)
		f.Inputs = []Input{{"points announced", float64(c.seen.told)}, {"points that came near their end", float64(c.seen.expiring)}, {"announced and not expired", float64(c.seen.saved)}}
	}
	if f := c.add(f, missing); f.helps() {
		f.Levers = []Lever{{
			Change: "send what Engine.Reminders lists 30 and 7 days ahead, and report it back",
			Effect: fmt.Sprintf("at most %d points would not end unnoticed; no uplift is promised: measure it with a hold-out", c.seen.expiring-c.seen.told),
		}}
	}
}

// habit looks at whether members come back.
func (c *checkup) habit() {
	early := Finding{Cause: CauseHabit, Metric: MetricEarlyDays, Unit: "share", Formula: "members with points on 3 or more of their first 14 days / members enrolled 14 days ago or more"}
	missing := noJournal
	if c.seen != nil && c.seen.fortnight > 0 {
		missing = ""
		early.Value = float64(c.seen.early) / float64(c.seen.fortnight)
		early.Inputs = []Input{{"with 3 earning days", float64(c.seen.early)}, {"enrolled 14 days ago or more", float64(c.seen.fortnight)}}
	}
	c.attach(c.add(early, missing), c.often())
	active := Finding{Cause: CauseHabit, Metric: MetricActive, Unit: "share", Formula: "members who earned or redeemed in the last 30 days / members"}
	missing = noJournal
	if c.seen != nil && c.seen.members > 0 {
		missing = ""
		active.Value = float64(c.seen.active) / float64(c.seen.members)
		active.Inputs = []Input{{"active", float64(c.seen.active)}, {"members", float64(c.seen.members)}}
	}
	c.attach(c.add(active, missing), c.often())
}

// often is the lever of one more zero-cost action a week.
func (c *checkup) often() []Lever {
	l := Lever{Change: "a daily sign-in with a streak, worth one action of today a week", Effect: "not simulated: what members do is not known"}
	if c.now != nil {
		perAction, _ := c.pace()
		m := *c.reach
		m.Actions = append(slices.Clone(m.Actions), ActionRate{"sign-in", max(1, int64(perAction)), 1})
		if after := c.whatIf(m); after != nil {
			l.After, l.Effect, l.Cost = after, c.effect(after), perAction*reachNever/7
		}
	}
	return []Lever{l}
}

// layers looks for the layers that a program needs.
func (c *checkup) layers() {
	f := Finding{Cause: CauseLayer, Metric: MetricLayers, Unit: "layers", Formula: "layers of zero-cost, routine and upgrade in which no rule that is not disabled gives points to spend"}
	mend := map[Layer]string{
		LayerZeroCost: "something for nothing: a daily sign-in, a quiz",
		LayerRoutine:  "something for what members do anyway: points by amount",
		LayerUpgrade:  "something that leads further: a first order in a category, a service opened, a friend brought",
	}
	var levers []Lever
	for _, layer := range []Layer{LayerZeroCost, LayerRoutine, LayerUpgrade} {
		n := 0
		for i := range c.program.Rules {
			if r := &c.program.Rules[i]; r.Layer == layer && !r.Disabled && !c.qualifying(c.compiled.walletID(r.Wallet)) {
				n++
			}
		}
		f.Inputs = append(f.Inputs, Input{string(layer) + " rules", float64(n)})
		if n > 0 {
			continue
		}
		f.Value++
		l := Lever{Change: mend[layer], Effect: "not simulated"}
		if layer == LayerZeroCost {
			l = c.often()[0]
			l.Change = mend[layer]
		}
		levers = append(levers, l)
	}
	c.attach(c.add(f, ""), levers)
}

// cost looks for points that are given without ever a purchase.
func (c *checkup) cost() {
	f := Finding{Cause: CauseCost, Metric: MetricFreePoints, Unit: "share", Formula: "points to spend that were given to members without any purchase / all, of members whose commands were not erased"}
	missing := noJournal
	if c.seen != nil && c.seen.known > 0 {
		missing = ""
		f.Value = float64(c.seen.free) / float64(c.seen.known)
		f.Inputs = []Input{{"points without a purchase", float64(c.seen.free)}, {"points", float64(c.seen.known)}}
		if cost := asFloat(c.compiled.wallets[0].Cost); cost > 0 {
			f.Inputs = append(f.Inputs, Input{"what they cost", float64(c.seen.free) * cost})
		}
	}
	if f := c.add(f, missing); f.helps() {
		f.Levers = []Lever{{
			Change: "a cap a month on zero-cost rules until the first order, and a first reward that goes with an order",
			Effect: fmt.Sprintf("up to %d points less for those who never bought", c.seen.free),
		}}
	}
	c.uncapped()
}

// uncapped looks for rules that give for nothing and have no end. Check-ins
// count once a day, and a task ends.
func (c *checkup) uncapped() {
	f := Finding{Cause: CauseCost, Metric: MetricUncappedRules, Unit: "rules", Formula: "zero-cost rules for other events than check-ins, without any cap but per event"}
	var levers []Lever
	for i := range c.program.Rules {
		r := &c.program.Rules[i]
		only := len(r.On) == 1 && r.On[0] == checkInKind
		ends := r.Task != nil && !r.Task.Repeat || slices.ContainsFunc(r.Caps, func(k Cap) bool { return k.Per != "event" })
		if r.Layer == LayerZeroCost && !r.Disabled && !only && !ends {
			f.Value++
			levers = append(levers, Lever{Change: fmt.Sprintf("rule %q: a cap per day, and one by device", r.Name), Effect: "its cost has a bound"})
		}
	}
	c.attach(c.add(f, ""), levers)
}
