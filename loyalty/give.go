package loyalty

import "github.com/regulars-go/regulars/internal/calendar"

// slot is where given points went: the lot's expiry and terms, and when it
// activates if it waits.
type slot struct {
	terms              Terms
	expires, activates int64
}

// give issues points under terms, counted from a local day.
func (s *scribe) give(g *giving, rule uint32, points int64, day calendar.Day) slot {
	if g.pending != nil {
		return s.giveLater(g, rule, points, day)
	}
	to := slot{g.terms, s.endOf(g, day), 0}
	s.settle(PotIssued, &move{wallet: g.wallet, terms: to.terms, rule: rule, points: points, expires: to.expires})
	return to
}

// giveLater issues points that wait.
func (s *scribe) giveLater(g *giving, rule uint32, points int64, day calendar.Day) slot {
	days := &s.v.almanac
	to := slot{terms: g.terms, activates: days.at(g.pending, day)}
	if g.until != "" {
		to.terms |= TermEvent
		s.wait(g.wallet, rule, points, to)
		return to
	}
	to.expires = s.endOf(g, days.day(to.activates))
	if to.activates > s.recorded {
		s.move(&move{wallet: g.wallet, from: PotIssued, to: PotPending, terms: to.terms, rule: rule, points: points, expires: to.expires, activates: to.activates})
		return to
	}
	to.activates = 0
	s.settle(PotIssued, &move{wallet: g.wallet, terms: to.terms, rule: rule, points: points, expires: to.expires})
	return to
}

// endOf is when points given from a day on end; 0 for never, and for those of an
// idle wallet, whose end is put off.
func (s *scribe) endOf(g *giving, day calendar.Day) int64 {
	if g.idle() {
		s.active(g, day)
		return 0
	}
	return s.v.almanac.at(g.expiry, day)
}

// wait issues points that wait for an event; they are forfeited at once if it
// would come too late already.
func (s *scribe) wait(wallet uint8, rule uint32, points int64, to slot) {
	m := move{wallet: wallet, from: PotIssued, to: PotPending, terms: to.terms, rule: rule, points: points, activates: to.activates}
	if to.activates <= s.recorded {
		m.to = PotForfeited
	}
	s.move(&m)
}

// active puts off the end of the points of an idle wallet.
func (s *scribe) active(g *giving, day calendar.Day) {
	if until := s.v.almanac.at(g.expiry, day); until > s.account.idle(g.wallet) {
		s.idle(g.wallet, until)
	}
}

// settle puts points that come out of a pot where they belong: gone if their
// expiry has passed or the account is closed, else to what is owed, else to the
// lot. m says which points.
func (s *scribe) settle(from Pot, m *move) (lost int64) {
	m.from = from
	switch {
	case m.expires != 0 && m.expires <= s.recorded,
		m.terms&TermIdle != 0 && m.expires == 0 && s.account.idle(m.wallet) <= s.recorded:
		m.to = PotExpired
		s.move(m)
		return m.points
	case s.account.status != statusOpen:
		m.to = PotForfeited
		s.move(m)
		return m.points
	}
	rest := m.points
	if owed := min(rest, s.account.pot(m.wallet, PotDebt)); owed > 0 {
		m.to, m.points = PotDebt, owed
		s.move(m)
		rest -= owed
	}
	m.to, m.points = PotAvailable, rest
	s.move(m)
	return 0
}

// burn takes available points by the soonest end and puts them into a pot.
// each, if not nil, hears of every part. Locked points are passed over if free
// is set. It returns what it could not take.
func (s *scribe) burn(wallet uint8, points int64, to Pot, free bool, each func(lot)) (short int64) {
	idle := s.account.idle(wallet)
	for points > 0 && s.err == nil {
		l, ok := s.account.soonest(wallet, idle, free)
		if !ok {
			return points
		}
		l.points = min(l.points, points)
		s.move(&move{wallet: wallet, from: PotAvailable, to: to, terms: l.terms, points: l.points, expires: l.expires})
		if each != nil {
			each(l)
		}
		points -= l.points
	}
	return 0
}

// soonest returns the lot of a wallet that ends first; those that end when the
// wallet is idle do so at that instant. Of equals it is the first in order.
func (a *Account) soonest(wallet uint8, idle int64, free bool) (best lot, ok bool) {
	var ends int64
	for l := range a.lots {
		if l.wallet != wallet || free && l.terms&TermLocked != 0 {
			continue
		}
		at := l.expires
		if at == 0 && l.terms&TermIdle != 0 {
			at = idle
		}
		if !ok || compareExpiry(at, ends) < 0 {
			best, ends, ok = l, at, true
		}
	}
	return best, ok
}

// take takes points back: from the lot that they went to, then from others by
// the soonest end; what is missing by the wallet's policy.
func (s *scribe) take(p *purse, points int64, from slot, own bool) (owed, waived int64) {
	wallet, rest := p.ID, points
	if own {
		rest -= s.takeOwn(wallet, rest, from)
	}
	if rest > 0 {
		rest = s.burn(wallet, rest, PotRevoked, false, nil)
	}
	if rest == 0 || s.account.status != statusOpen {
		return 0, rest
	}
	switch p.Shortfall {
	case ShortfallRefuse:
		s.fail(&InsufficientError{p.Name, points - rest, points})
	case ShortfallDebt:
		owed = min(rest, max(0, p.DebtLimit-s.account.pot(wallet, PotDebt)))
		s.move(&move{wallet: wallet, from: PotDebt, to: PotRevoked, points: owed})
	}
	return owed, rest - owed
}

// takeOwn takes points back from their own lot, and returns how many.
func (s *scribe) takeOwn(wallet uint8, points int64, from slot) int64 {
	key := lot{wallet: wallet, terms: from.terms, expires: from.expires, activates: from.activates}
	m := move{wallet: wallet, to: PotRevoked, terms: from.terms, expires: from.expires, activates: from.activates}
	if from.activates > s.recorded {
		waiting := s.account.rows(listWaiting)
		if at, found := findLot(listWaiting, waiting, &key); found {
			m.from, m.points = PotPending, min(points, asLot(waiting[at:]).points())
			s.move(&m)
		}
		return m.points
	}
	key.activates, m.activates = 0, 0
	lots := s.account.rows(listLots)
	if at, found := findLot(listLots, lots, &key); found {
		m.from, m.points = PotAvailable, min(points, asLot(lots[at:]).points())
		s.move(&m)
	}
	return m.points
}
