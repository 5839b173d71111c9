package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/calendar"
)

// grant gives points by hand. It opens an account if there is none.
func (v *View) grant(r *Rules, c *compiled, at int64) (*seat, error) {
	cmd := v.request.cmd.Grant
	s, err := v.sit(r, v.request.cmd.Member, at)
	if err != nil {
		return nil, err
	}
	if err := v.open(s); err != nil {
		return nil, err
	}
	p := c.purse(c.walletID(cmd.Wallet))
	if p == nil {
		return nil, &CommandError{"grant.wallet", fmt.Sprintf("%q: the program has no such wallet", cmd.Wallet)}
	}
	if s.account.room(p.ID) < cmd.Points {
		return nil, fmt.Errorf("%w: wallet %q of %q", ErrOverflow, p.Name, s.id.Member)
	}
	v.almanac.in(c.cal.zone)
	w := v.begin(s, EntryGranted, v.request.at, at)
	w.under(c)
	if s.account.seq == 0 {
		w.enrolled(v.request.at)
	}
	before := w.earnedLevel(c)
	terms := p.terms
	terms.atOnce()
	day := v.almanac.day(at)
	w.give(&terms, 0, cmd.Points, day)
	w.qualifies(c, p.ID, cmd.Points, day, before)
	return s, w.end(true)
}

// qualifies counts points for the tier if they are of its wallet.
func (s *scribe) qualifies(c *compiled, wallet uint8, points int64, day calendar.Day, before uint8) {
	if c.tiers != nil && wallet == c.tiers.wallet && points != 0 {
		s.month(month{monthly.Of(day), points})
		s.level(c, points, before)
	}
}

// deduct takes points by hand.
func (v *View) deduct(c *compiled, s *seat, at int64) error {
	cmd := v.request.cmd.Deduct
	p := c.purse(c.walletID(cmd.Wallet))
	if p == nil {
		return &CommandError{"deduct.wallet", fmt.Sprintf("%q: the program has no such wallet", cmd.Wallet)}
	}
	v.almanac.in(c.cal.zone)
	w := v.begin(s, EntryDeducted, v.request.at, at)
	w.under(c)
	owed, waived := w.take(p, cmd.Points, slot{}, false)
	w.aside(waived, owed, 0)
	n := &v.receipt
	n.taken, n.owed, n.waived = cmd.Points-waived, owed, waived
	return w.end(true)
}

// close forfeits what the account holds. Holds stay until they are resolved.
func (v *View) close(c *compiled, s *seat, at int64) error {
	a := &s.account
	w := v.begin(s, EntryClosed, v.request.at, at)
	w.under(c)
	for a.count(listLots) > 0 && w.err == nil {
		l := a.lotAt(listLots, 0)
		w.move(&move{wallet: l.wallet, from: PotAvailable, to: PotForfeited, terms: l.terms, points: l.points, expires: l.expires})
		v.receipt.taken += l.points
	}
	for a.count(listWaiting) > 0 && w.err == nil {
		l := a.lotAt(listWaiting, 0)
		w.move(&move{wallet: l.wallet, from: PotPending, to: PotForfeited, terms: l.terms, points: l.points, expires: l.expires, activates: l.activates})
		v.receipt.taken += l.points
	}
	w.tier(tier{})
	w.status(statusClosed)
	return w.end(true)
}

// reminded notes what a reminder told the member.
func (v *View) reminded(s *seat, at int64) error {
	cmd := v.request.cmd.Reminded
	w := v.begin(s, EntryReminded, v.request.at, at)
	w.notice(cmd.Points, micros(cmd.Expires))
	return w.end(true)
}

// makeUp pays for a check-in that was missed.
func (v *View) makeUp(c *compiled, s *seat, at int64) error {
	rule, err := c.streakRule(v.request.cmd.MakeUp.Rule)
	if err != nil {
		return err
	}
	price := rule.Streak.MakeUp
	if price == nil || rule.Disabled {
		return &DisabledError{What: fmt.Sprintf("making up for rule %q", rule.Name), Why: ReasonDisabled}
	}
	v.almanac.in(c.cal.zone)
	today, day := v.almanac.day(at), v.request.day
	if day >= today || day < today-calendar.Day(price.Days) {
		return &LimitError{Limit: fmt.Sprintf("make up for one of the last %d days", price.Days), Max: int64(price.Days), Used: int64(today - day)}
	}
	row := s.account.streak(rule.ID)
	if row.has(day) {
		return &StateError{fmt.Sprintf("day %s", day), "checked in already"}
	}
	number, next, gone := c.cal.window(perMonth, today)
	key := windowKey{windowMakeUps + windowKind(perMonth), rule.ID}
	if used := s.account.used(key, number); price.PerMonth > 0 && used >= int64(price.PerMonth) {
		return &LimitError{Limit: fmt.Sprintf("%d days made up a month", price.PerMonth), Max: int64(price.PerMonth), Used: used, RetryAt: instant(v.almanac.start(next))}
	}
	p := c.purse(c.walletID(rule.Wallet))
	if available := s.account.pot(p.ID, PotAvailable); available < price.Points {
		return &InsufficientError{p.Name, available, price.Points}
	}
	w := v.begin(s, EntryMadeUp, v.request.at, at)
	w.under(c)
	w.burn(p.ID, price.Points, PotRedeemed, false, nil)
	w.window(&window{key, number, 1, gone})
	w.streak(row.with(day))
	v.receipt.taken = price.Points
	return w.end(true)
}

// streakRule returns the streak rule of a name; for "" the only one.
func (c *compiled) streakRule(name string) (*Rule, error) {
	var found *Rule
	for i := range c.program.Rules {
		r := &c.program.Rules[i]
		if r.Streak == nil || name != "" && r.Name != name {
			continue
		}
		if found != nil {
			return nil, &CommandError{"makeUp.rule", "is missing: the program has several streaks"}
		}
		found = r
	}
	if found == nil {
		return nil, &CommandError{"makeUp.rule", fmt.Sprintf("%q: the program has no such streak", name)}
	}
	return found, nil
}
