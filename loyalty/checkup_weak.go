package loyalty

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// asFloat is an amount for a report, in which no money moves.
func asFloat(d decimal.Decimal) float64 { return d.InexactFloat64() }

// weak looks at what points are worth.
func (c *checkup) weak() {
	c.rewardRate()
	c.spread()
	f := Finding{Cause: CauseWeak, Metric: MetricRedeemers, Unit: "share", Formula: "members who redeemed within 365 days of enrolment / members enrolled at least so long ago"}
	missing := ""
	if c.seen == nil || c.seen.yearOld == 0 {
		missing = "journals of members who enrolled a year ago"
	} else {
		f.Value = float64(c.seen.yearRedeemed) / float64(c.seen.yearOld)
		f.Inputs = []Input{{"redeemed", float64(c.seen.yearRedeemed)}, {"enrolled a year ago or more", float64(c.seen.yearOld)}}
	}
	if f := c.add(f, missing); f.helps() {
		f.Levers = []Lever{{Change: "show the nearest reward and what is missing for it in every receipt", Effect: "not simulated: measure it with a hold-out"}}
	}
	c.breakage()
}

// perPoint is what a point of a wallet is worth to a member, of the best
// reward or as the wallet says; 0 if nobody says.
func (c *checkup) perPoint(wallet uint8) float64 {
	worth := asFloat(c.compiled.purse(wallet).Value)
	for i := range c.compiled.rewards {
		if r := &c.compiled.rewards[i]; r.wallet == wallet && !r.Disabled && len(r.levels) == 0 && worth == 0 {
			worth = max(worth, asFloat(r.Value)/float64(r.Cost))
		}
	}
	return worth
}

// rewardRate is what a member gets back of what is spent.
func (c *checkup) rewardRate() {
	face, rule := 0.0, ""
	for i := range c.program.Rules {
		r := &c.program.Rules[i]
		w := c.compiled.walletID(r.Wallet)
		if r.PerAmount == nil || r.Disabled || r.Layer != LayerRoutine || c.qualifying(w) {
			continue
		}
		if rate := float64(r.PerAmount.Points) / asFloat(r.PerAmount.Per) * c.perPoint(w); rate > face {
			face, rule = rate, r.Name
		}
	}
	lost := 0.0
	if c.seen != nil && c.seen.redeemed > 0 {
		lost = float64(c.seen.expired) / float64(c.seen.expired+c.seen.redeemed)
	}
	f := Finding{
		Cause: CauseWeak, Metric: MetricRewardRate, Unit: "share", Formula: "points for each unit spent × value of a point × (1 - breakage), of the best routine rule",
		Value: face * (1 - lost), Inputs: []Input{{"face rate", face}, {"breakage, 0 if none were redeemed", lost}},
	}
	missing := ""
	if face == 0 {
		missing = "a routine rule by amount, and the value of a point or of a reward"
	}
	if f := c.add(f, missing); f.helps() {
		good := f.Benchmark.Good
		f.Levers = []Lever{{
			Change: fmt.Sprintf("%.1f times the points of %q, or rewards worth so much more", good/f.Value, rule),
			Effect: fmt.Sprintf("an effective rate of %.1f%% (now %.2f%%)", 100*good, 100*f.Value),
		}}
	}
}

func (c *checkup) qualifying(wallet uint8) bool { return c.compiled.purse(wallet).Qualifying }

// spread is how unequal rewards are.
func (c *checkup) spread() {
	least, most, n := 0.0, 0.0, 0
	worst := ""
	for i := range c.compiled.rewards {
		r := &c.compiled.rewards[i]
		v := asFloat(r.Value) / float64(r.Cost)
		if r.Disabled || v <= 0 {
			continue
		}
		if n++; n == 1 || v < least {
			least, worst = v, r.Name
		}
		most = max(most, v)
	}
	f := Finding{
		Cause: CauseWeak, Metric: MetricSpread, Unit: "times", Formula: "best value of a point among the rewards / worst",
		Inputs: []Input{{"best value of a point", most}, {"worst value of a point", least}, {"rewards with a value", float64(n)}},
	}
	missing := "two rewards with a value"
	if n >= 2 {
		f.Value, missing = most/least, ""
	}
	if f := c.add(f, missing); f.helps() {
		f.Levers = []Lever{{Change: fmt.Sprintf("a lower cost for %q, or none of it", worst), Effect: fmt.Sprintf("at %.1f times the value it is as good as the best", most/least)}}
	}
}

func (c *checkup) breakage() {
	f := Finding{Cause: CauseWeak, Metric: MetricBreakage, Unit: "share", Formula: "points expired / (points expired + points redeemed)"}
	missing := ""
	if c.seen == nil || c.seen.expired+c.seen.redeemed == 0 {
		missing = "journals in which points were redeemed or expired"
	} else {
		f.Value = float64(c.seen.expired) / float64(c.seen.expired+c.seen.redeemed)
		f.Inputs = []Input{{"points expired", float64(c.seen.expired)}, {"points redeemed", float64(c.seen.redeemed)}}
	}
	c.attach(c.add(f, missing), c.levers())
}
