package loyalty

import (
	"fmt"
	"slices"
)

// Bounds of the lists within a rule: more than anyone maintains by hand.
const (
	maxKinds  = 32
	maxValues = 1000 // of an attribute, labels, categories
	maxSteps  = 100
	maxStreak = 3660 // days: ten years
)

func (c *programCheck) rules() {
	ids, names, sets := map[uint32]string{}, map[string]string{}, map[string]*Rule{}
	c.byID = map[uint32]*Rule{}
	for i := range c.p.Rules {
		r := &c.p.Rules[i]
		path := fmt.Sprintf("rules[%d]", i)
		c.identity(path, r.ID, r.Name, ids, names)
		if c.byID[r.ID] == nil {
			c.byID[r.ID] = r
		}
		c.rule(path, r)
		c.set(path+".best", r, sets)
	}
	for i := range c.p.Rules {
		if r := &c.p.Rules[i]; r.Task != nil {
			c.after(fmt.Sprintf("rules[%d].task.after", i), r)
		}
	}
}

func (c *programCheck) rule(path string, r *Rule) {
	switch r.Layer {
	case LayerZeroCost, LayerRoutine, LayerUpgrade:
	default:
		c.add(path+".layer", `%.40q: want "zero-cost", "routine" or "upgrade"`, r.Layer)
	}
	c.names(path+".on", r.On, 1, maxKinds)
	w := c.wallet(path+".wallet", r.Wallet)
	c.condition(path+".when", &r.When)
	c.award(path, r, w)
	c.checkIns(path, r)
	switch r.Rounding {
	case "", RoundFloor, RoundHalfEven:
	case RoundLines:
		if r.PerAmount == nil {
			c.add(path+".rounding", "shares points over lines: it is for perAmount")
		}
	default:
		c.add(path+".rounding", `%.40q: want "floor", "half-even" or "lines"`, r.Rounding)
	}
	c.caps(path+".caps", r)
	if w != nil {
		c.terms(path, r, w)
	}
}

// award checks what a rule gives.
func (c *programCheck) award(path string, r *Rule, w *Wallet) {
	ways := 0
	for _, set := range []bool{r.Points != 0, r.PerAmount != nil, r.Streak != nil, r.Task != nil, r.Referral != nil} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		c.add(path, "has %d of points, perAmount, streak, task and referral: want exactly one", ways)
	}
	if r.Points != 0 {
		c.points(path+".points", r.Points, 1)
	}
	if a := r.PerAmount; a != nil {
		c.points(path+".perAmount.points", a.Points, 1)
		if m, problem := toMoney(a.Per); problem != "" || m == 0 {
			c.add(path+".perAmount.per", "want an amount above zero with at most %d places", moneyPlaces)
		}
		c.names(path+".perAmount.categories", a.Categories, 0, maxValues)
	}
	if r.Streak != nil {
		c.streak(path+".streak", r.Streak, w)
	}
	if t := r.Task; t != nil {
		if t.Goal < 1 {
			c.add(path+".task.goal", "%d: want 1 or more", t.Goal)
		}
		c.points(path+".task.points", t.Points, 1)
	}
	if r.Referral != nil {
		c.points(path+".referral.points", r.Referral.Points, 1)
	}
}

func (c *programCheck) streak(path string, s *Streak, w *Wallet) {
	if s.Cycle < 0 || s.Cycle > maxStreak {
		c.add(path+".cycle", "%d: want 0 to %d", s.Cycle, maxStreak)
	}
	if len(s.Steps)+len(s.Goals) == 0 {
		c.add(path, "has no steps and no goals")
	}
	c.steps(path+".steps", s.Steps, s.Cycle, 0)
	c.steps(path+".goals", s.Goals, s.Cycle, 1)
	m := s.MakeUp
	if m == nil {
		return
	}
	c.points(path+".makeUp.points", m.Points, 0)
	if m.Days < 1 || m.Days > 31 {
		c.add(path+".makeUp.days", "%d: want 1 to 31", m.Days)
	}
	if m.PerMonth < 0 {
		c.add(path+".makeUp.perMonth", "%d: want 0 or more", m.PerMonth)
	}
	if m.Points > 0 && w != nil && w.Qualifying {
		c.add(path+".makeUp.points", "can't be paid from wallet %q, which can't be spent", w.Name)
	}
}

func (c *programCheck) steps(path string, steps []Step, cycle int32, least int64) {
	if !c.count(path, len(steps), 0, maxSteps) {
		return
	}
	before := int32(0)
	for i, s := range steps {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case s.Day < 1 || s.Day > maxStreak:
			c.add(at+".day", "%d: want 1 to %d", s.Day, maxStreak)
		case s.Day <= before:
			c.add(at+".day", "%d does not come after %d", s.Day, before)
		case cycle > 0 && s.Day > cycle:
			c.add(at+".day", "%d is never reached: the streak begins again after %d days", s.Day, cycle)
		}
		c.points(at+".points", s.Points, least)
		before = max(before, s.Day)
	}
}

// checkIns checks what does not go with check-ins, which have no amount.
func (c *programCheck) checkIns(path string, r *Rule) {
	only := len(r.On) == 1 && r.On[0] == checkInKind
	switch {
	case r.Streak != nil && !only:
		c.add(path+".on", `a streak is of check-ins: want only "check-in"`)
	case r.PerAmount != nil && slices.Contains(r.On, checkInKind):
		c.add(path+".on", "a check-in has no amount to give points for")
	case only && r.When.MinAmount.IsPositive():
		c.add(path+".when.minAmount", "a check-in has no amount, so the rule never fires")
	}
}

// terms checks how a rule's points are given against their wallet.
func (c *programCheck) terms(path string, r *Rule, w *Wallet) {
	pending := w.Pending
	if r.Pending != nil {
		c.pending(path+".pending", r.Pending)
		pending = *r.Pending
	}
	if r.Expiry != nil {
		c.expiry(path+".expiry", r.Expiry)
		if !r.Expiry.Idle.IsZero() && r.Expiry.Idle != w.Expiry.Idle {
			c.add(path+".expiry.idle", "a wallet is idle as a whole: want that of wallet %q", w.Name)
		}
	}
	at := path + ".pending.until"
	switch {
	case pending.Until == "":
	case slices.Contains(r.On, pending.Until):
		c.add(at, "%q is what earns the points: it comes only once for an order", pending.Until)
	case slices.Contains(r.On, checkInKind):
		c.add(at, "a check-in has no order that %q could come for", pending.Until)
	case r.Referral != nil:
		c.add(at, "the points of a referral are another member's: want for")
	}
}

// set checks a rule of which only the best of several fires.
func (c *programCheck) set(path string, r *Rule, sets map[string]*Rule) {
	if r.Best == "" {
		return
	}
	c.text(path, r.Best)
	if r.Streak != nil || r.Task != nil || r.Referral != nil {
		c.add(path, "is for points and perAmount: what goes on from event to event can't be outranked")
	}
	first := sets[r.Best]
	if first == nil {
		sets[r.Best] = r
		return
	}
	if c.purses[first.Wallet] != c.purses[r.Wallet] {
		c.add(path, "%q has rules of several wallets, whose points don't compare", r.Best)
	}
}

// after checks the tasks that must come first: they are there, and no task
// waits for itself.
func (c *programCheck) after(path string, r *Rule) {
	if !c.count(path, len(r.Task.After), 0, MaxRules) {
		return
	}
	for i, id := range r.Task.After {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch other := c.byID[id]; {
		case other == nil || other.Task == nil:
			c.add(at, "%d: there is no such task", id)
		case slices.Contains(r.Task.After[:i], id):
			c.add(at, "%d is there twice", id)
		case c.waitsFor(other, r.ID, map[uint32]bool{}):
			c.add(at, "%d waits for this task, so neither can begin", id)
		}
	}
}

// waitsFor reports whether a task is one, or comes after one, of an ID.
func (c *programCheck) waitsFor(r *Rule, id uint32, seen map[uint32]bool) bool {
	if r == nil || r.Task == nil || seen[r.ID] {
		return false
	}
	if r.ID == id {
		return true
	}
	seen[r.ID] = true
	return slices.ContainsFunc(r.Task.After, func(next uint32) bool { return c.waitsFor(c.byID[next], id, seen) })
}

func (c *programCheck) caps(path string, r *Rule) {
	if !c.count(path, len(r.Caps), 0, MaxCaps) {
		return
	}
	type kind struct {
		per, by string
		times   bool
	}
	seen := map[kind]bool{}
	for i := range r.Caps {
		k := &r.Caps[i]
		at := fmt.Sprintf("%s[%d]", path, i)
		c.cap(at, r, k)
		by := k.By
		if by == "" {
			by = capByMember
		}
		if of := (kind{k.Per, by, k.Times != 0}); seen[of] {
			c.add(at, "is a second cap of the same per and by: want the smaller alone")
		} else {
			seen[of] = true
		}
	}
}

const (
	capByMember  = "member"
	capByProgram = "program"
)

func (c *programCheck) cap(path string, r *Rule, k *Cap) {
	if _, ok := periods[k.Per]; !ok {
		c.add(path+".per", `%.40q: want "event", "day", "week", "month", "year" or "life"`, k.Per)
	}
	if (k.Points != 0) == (k.Times != 0) {
		c.add(path, "want one of points and times")
	}
	c.points(path+".points", k.Points, 0)
	c.points(path+".times", k.Times, 0)
	if k.By != "" {
		c.text(path+".by", k.By)
	}
	mine := k.By == "" || k.By == capByMember
	switch {
	case k.Per == "event" && k.Times != 0:
		c.add(path+".times", "an event fires a rule once: want points")
	case k.Per == "event" && !mine:
		c.add(path+".by", "an event is of one member: want none")
	case r.Referral != nil && mine && k.Per != "event":
		c.add(path+".by", "a member is referred once: want %q or an attribute", capByProgram)
	}
	if least := leastAward(r); k.Reject && k.Points > 0 && least > k.Points && !c.multiplied(r) {
		c.add(path+".points", "%d: the rule gives %d at least, so it never fires", k.Points, least)
	}
}

// leastAward returns the least that a rule gives when it fires, without
// multipliers; 0 if it depends.
func leastAward(r *Rule) int64 {
	switch {
	case r.Task != nil:
		return r.Task.Points
	case r.Referral != nil:
		return r.Referral.Points
	}
	return r.Points
}

// multiplied reports whether a multiplier names the rule.
func (c *programCheck) multiplied(r *Rule) bool {
	return slices.ContainsFunc(c.p.Multipliers, func(m Multiplier) bool { return slices.Contains(m.Rules, r.ID) })
}
