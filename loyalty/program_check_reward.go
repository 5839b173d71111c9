package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars"
)

func (c *programCheck) tiers() {
	c.levels = map[string]bool{}
	t := c.p.Tiers
	if t == nil {
		return
	}
	c.wallet("tiers.wallet", t.Wallet)
	window, ok := ladderWindows[t.Window]
	switch {
	case !ok:
		c.add("tiers.window", `%.40q: want "year", "anniversary" or "rolling"`, t.Window)
	case window == byRolling && (t.Months < 1 || t.Months > maxRolling):
		c.add("tiers.months", "%d: want 1 to %d", t.Months, maxRolling)
	case window != byRolling && t.Months != 0:
		c.add("tiers.months", `is for the window "rolling"`)
	}
	c.calendarSpan("tiers.grace", t.Grace)
	for i, l := range t.Levels {
		c.level(fmt.Sprintf("tiers.levels[%d]", i), t.Levels[:i], l)
	}
}

const maxRolling = 36

func (c *programCheck) level(path string, before []Level, l Level) {
	if l.ID == 0 {
		c.add(path+".id", "is missing: want 1 or more")
	}
	if c.text(path+".name", l.Name) && c.levels[l.Name] {
		c.add(path+".name", "%q is there twice", l.Name)
	}
	c.levels[l.Name] = true
	c.points(path+".min", l.Min, 0)
	if len(before) == 0 {
		return
	}
	last := before[len(before)-1]
	if l.ID <= last.ID {
		c.add(path+".id", "%d does not come after %d", l.ID, last.ID)
	}
	if l.Min <= last.Min {
		c.add(path+".min", "%d is not more than %d, that of the level below", l.Min, last.Min)
	}
}

func (c *programCheck) rewards() {
	ids, names := map[uint32]string{}, map[string]string{}
	for i := range c.p.Rewards {
		r := &c.p.Rewards[i]
		path := fmt.Sprintf("rewards[%d]", i)
		c.identity(path, r.ID, r.Name, ids, names)
		if w := c.wallet(path+".wallet", r.Wallet); w != nil && w.Qualifying {
			c.add(path+".wallet", "%q can't be spent", w.Name)
		}
		c.points(path+".cost", r.Cost, 1)
		c.stock(path, r)
		c.tierNames(path+".tiers", r.Tiers)
		c.between(path, r.From, r.To)
		c.reportAmount(path+".value", r.Value)
		c.reportAmount(path+".price", r.Price)
	}
}

func (c *programCheck) stock(path string, r *Reward) {
	if r.Stock != nil {
		c.points(path+".stock", *r.Stock, 0)
	}
	c.points(path+".perMember", r.PerMember, 0)
	if p, ok := periods[r.Per]; r.Per != "" && (!ok || p == perEvent) {
		c.add(path+".per", `%.40q: want "day", "week", "month", "year" or "life"`, r.Per)
	}
	if r.Per != "" && r.PerMember == 0 {
		c.add(path+".per", "is for perMember")
	}
	most := int64(maxQuantity)
	if r.PerMember > 0 {
		most = min(most, r.PerMember)
	}
	if least := c.p.Limits.MinRedeem; r.Cost > 0 && r.Cost <= MaxPoints && r.Cost*most < least {
		c.add(path+".cost", "%d: as many as a member may have cost less than limits.minRedeem, %d", r.Cost, least)
	}
}

func (c *programCheck) limits() {
	l := &c.p.Limits
	c.points("limits.minRedeem", l.MinRedeem, 0)
	c.spanUpTo("limits.holdFor", l.HoldFor, regulars.Hours(400*24), "400 days")
	t := l.Transfers
	if t == nil {
		return
	}
	c.points("limits.transfers.min", t.Min, 0)
	c.points("limits.transfers.perDay", t.PerDay, 0)
	if t.PerDay > 0 && t.Min > t.PerDay {
		c.add("limits.transfers.min", "%d is more than perDay, so nothing can be sent", t.Min)
	}
}
