package loyalty

import (
	"cmp"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// Rules are the versions of a program made ready to decide. They never change,
// and any number of goroutines may share them.
type Rules struct {
	program  string
	versions []*compiled // ascending
}

// at returns the version in force at an instant; the first one before it
// takes effect.
func (r *Rules) at(t int64) *compiled {
	i := len(r.versions) - 1
	for i > 0 && r.versions[i].effective > t {
		i--
	}
	return r.versions[i]
}

func (r *Rules) newest() *compiled { return r.versions[len(r.versions)-1] }

// version returns a version by its number; nil if there is none.
func (r *Rules) version(number uint32) *compiled {
	for _, c := range r.versions {
		if c.version == number {
			return c
		}
	}
	return nil
}

// compiled is one version made ready.
type compiled struct {
	program   Program
	version   uint32
	effective int64
	cal       calendarOf
	ahead     int64 // microseconds
	keepKeys  int64
	holdFor   regulars.Span
	book      *rulebook
	wallets   []purse     // as the program orders them
	rules     []ruleTerms // sorted by ID
	ruleIDs   []uint32    // beside rules
	byWallet  [256]uint8  // one more than the index of a wallet; 0: none
	awaited   []string    // kinds of events that points wait for
	rewards   []prize     // sorted by cost, then ID
	tiers     *ladder     // nil if there are none
}

// purse is a wallet made ready.
type purse struct {
	Wallet
	terms   giving
	restore dayRule
}

// giving is how points are given: how long they wait, and when they end.
type giving struct {
	wallet  uint8
	terms   Terms    // TermLocked, TermIdle
	pending *dayRule // how long they wait, at most for the event if until is set; nil: not at all
	until   string   // the kind of event that they wait for
	expiry  *dayRule // nil: never
}

func (g *giving) idle() bool { return g.terms&TermIdle != 0 }

// atOnce makes points available when they are given, whatever they waited for.
func (g *giving) atOnce() { g.pending, g.until = nil, "" }

// ruleTerms is how a rule gives.
type ruleTerms struct {
	id    uint32
	name  string
	terms giving
}

// prize is a reward made ready.
type prize struct {
	Reward
	wallet   uint8
	per      period
	levels   []uint8 // those who may have it; nil: all
	from, to int64   // 0: open
}

func compile(p *Program) *compiled {
	c := &compiled{program: *p, version: p.Version, effective: micros(p.Effective)}
	c.cal.zone = p.Zone
	if c.cal.zone == nil {
		c.cal.zone = time.UTC
	}
	c.cal.week = calendar.Periods{Unit: calendar.Weekly, Start: weekday(p.WeekStart)}
	c.cal.late = length(p.MaxLate, regulars.Days(30))
	c.ahead, c.keepKeys = length(p.MaxAhead, regulars.Minutes(5)), length(p.KeepKeys, regulars.Days(7))
	c.holdFor = cmp.Or(p.Limits.HoldFor, regulars.Hours(24))
	for _, w := range p.Wallets {
		c.byWallet[w.ID] = uint8(len(c.wallets) + 1)
		c.wallets = append(c.wallets, purse{w, givingOf(w.ID, w.Pending, w.Expiry), dayRule{after: w.Restore}})
	}
	for i := range p.Rules {
		c.rules = append(c.rules, c.ruleTerms(&p.Rules[i]))
	}
	for i := range c.rules {
		if kind := c.rules[i].terms.until; kind != "" {
			c.awaited = append(c.awaited, kind)
		}
	}
	slices.SortFunc(c.rules, func(a, b ruleTerms) int { return cmp.Compare(a.id, b.id) })
	for i := range c.rules {
		c.ruleIDs = append(c.ruleIDs, c.rules[i].id)
	}
	for i := range p.Rewards {
		c.rewards = append(c.rewards, c.prize(&p.Rewards[i]))
	}
	slices.SortFunc(c.rewards, func(a, b prize) int { return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.ID, b.ID)) })
	c.tiers = c.ladder(p.Tiers)
	c.book = newRulebook(p, &c.cal, func(name string) uint8 { return c.walletID(name) })
	return c
}

func (c *compiled) ruleTerms(r *Rule) ruleTerms {
	w := c.purse(c.walletID(r.Wallet))
	terms := w.terms
	if r.Pending != nil {
		terms.wait(*r.Pending)
	}
	if r.Expiry != nil {
		terms.end(*r.Expiry)
	}
	if r.Locked {
		terms.terms |= TermLocked
	}
	return ruleTerms{r.ID, r.Name, terms}
}

func (c *compiled) prize(r *Reward) prize {
	p := prize{Reward: *r, wallet: c.walletID(r.Wallet), per: periodOf(r.Per), from: micros(r.From), to: micros(r.To)}
	if r.Per == "" {
		p.per = perLife
	}
	for _, name := range r.Tiers {
		for _, l := range c.program.Tiers.Levels {
			if l.Name == name {
				p.levels = append(p.levels, l.ID)
			}
		}
	}
	return p
}

func givingOf(wallet uint8, p Pending, e Expiry) giving {
	g := giving{wallet: wallet}
	g.wait(p)
	g.end(e)
	return g
}

// wait sets how long points wait, and for what.
func (g *giving) wait(p Pending) {
	g.until = p.Until
	after := p.For
	if p.Until != "" {
		after = cmp.Or(p.Within, regulars.Days(90))
	}
	if g.pending = nil; !after.IsZero() {
		g.pending = &dayRule{after: after}
	}
}

// end sets when points end.
func (g *giving) end(e Expiry) {
	g.terms &^= TermIdle
	switch {
	case !e.Idle.IsZero():
		g.terms |= TermIdle
		g.expiry = &dayRule{after: e.Idle}
	case e.isZero():
		g.expiry = nil
	default:
		g.expiry = &dayRule{after: e.After, months: roundMonths[e.RoundUp], dates: yearDays(e.Dates)}
	}
}

// walletID returns the number of a wallet by name, of the first for "", and 0
// if there is none of that name.
func (c *compiled) walletID(name string) uint8 {
	if name == "" {
		return c.wallets[0].ID
	}
	for i := range c.wallets {
		if c.wallets[i].Name == name {
			return c.wallets[i].ID
		}
	}
	return 0
}

// purse returns a wallet by its number; nil if this version lacks it.
func (c *compiled) purse(id uint8) *purse {
	if i := c.byWallet[id]; i > 0 {
		return &c.wallets[i-1]
	}
	return nil
}

// rule returns how a rule gives; nil if this version lacks it.
func (c *compiled) rule(id uint32) *ruleTerms {
	if i := id - 1; i < uint32(len(c.rules)) && c.rules[i].id == id {
		return &c.rules[i] // numbered from 1 without a gap, as most are
	}
	return c.ruleBySearch(id)
}

func (c *compiled) ruleBySearch(id uint32) *ruleTerms {
	i, found := slices.BinarySearch(c.ruleIDs, id)
	if !found {
		return nil
	}
	return &c.rules[i]
}

// prizeNamed returns a reward by its name; nil if there is none.
func (c *compiled) prizeNamed(name string) *prize {
	for i := range c.rewards {
		if c.rewards[i].Name == name {
			return &c.rewards[i]
		}
	}
	return nil
}

// length is how long a span is where days have 24 hours.
func length(s, otherwise regulars.Span) int64 {
	epoch := time.Unix(0, 0)
	return cmp.Or(s, otherwise).After(epoch, time.UTC).Sub(epoch).Microseconds()
}

var periods = map[string]period{"event": perEvent, "day": perDay, "week": perWeek, "month": perMonth, "year": perYear, "life": perLife}

func periodOf(name string) period { return periods[name] }

var weekdays = map[string]time.Weekday{
	"sun": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday,
	"thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday,
}

// weekday returns a day of the week by its short name; Monday for "".
func weekday(name string) time.Weekday {
	if name == "" {
		return time.Monday
	}
	return weekdays[name]
}
