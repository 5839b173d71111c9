package loyalty

import "slices"

// nextDue is when something in the account is due; 0 if nothing is.
func (a *Account) nextDue() int64 {
	due := a.tier.review
	sooner := func(at int64) {
		if at != 0 && (due == 0 || at < due) {
			due = at
		}
	}
	if len(a.waiting) > 0 {
		sooner(a.waiting[0].activates)
	}
	if len(a.holds) > 0 {
		sooner(a.holds[0].until)
	}
	for i := range a.lots {
		sooner(a.ends(&a.lots[i]))
	}
	return due
}

// ends is when an available lot expires; 0 if never.
func (a *Account) ends(l *lot) int64 {
	if l.expires == 0 && l.terms&TermIdle != 0 {
		return a.idle(l.wallet)
	}
	return l.expires
}

// advance writes what is due until an instant, each dated at its own. At one
// instant points activate, holds end, points expire and then the tier is
// reviewed, so that nobody loses a level for what was on its way.
func (v *View) advance(r *Rules, s *seat, until int64) error {
	for at := s.account.nextDue(); at != 0 && at <= until; at = s.account.nextDue() {
		for _, step := range [...]func(*View, *Rules, *seat, int64) error{
			(*View).activate, (*View).cancel, (*View).timeOut, (*View).expire, (*View).review,
		} {
			if err := step(v, r, s, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// waitingAt reports whether points of a kind wait until at.
func (a *Account) waitingAt(at int64, event Terms) bool {
	return slices.ContainsFunc(a.waiting, func(l lot) bool { return l.activates == at && l.terms&TermEvent == event })
}

func (v *View) activate(_ *Rules, s *seat, at int64) error {
	if !s.account.waitingAt(at, 0) {
		return nil
	}
	w := v.begin(s, EntryActivated, at, at)
	for i := 0; i < len(s.account.waiting) && w.err == nil; {
		l := s.account.waiting[i]
		if l.activates != at || l.terms&TermEvent != 0 {
			i++
			continue
		}
		w.settle(PotPending, move{wallet: l.wallet, terms: l.terms, points: l.points, expires: l.expires, activates: l.activates})
	}
	return w.end(false)
}

func (v *View) cancel(_ *Rules, s *seat, at int64) error {
	if !s.account.waitingAt(at, TermEvent) {
		return nil
	}
	w := v.begin(s, EntryCancelled, at, at)
	for i := 0; i < len(s.account.waiting) && w.err == nil; {
		l := s.account.waiting[i]
		if l.activates != at {
			i++
			continue
		}
		w.move(move{wallet: l.wallet, from: PotPending, to: PotForfeited, terms: l.terms, points: l.points, activates: l.activates})
	}
	return w.end(false)
}

func (v *View) timeOut(_ *Rules, s *seat, at int64) error {
	if len(s.account.holds) == 0 || s.account.holds[0].until != at {
		return nil
	}
	w := v.begin(s, EntryTimedOut, at, at)
	for len(s.account.holds) > 0 && s.account.holds[0].until == at && w.err == nil {
		w.release(s.account.holds[0])
	}
	return w.end(false)
}

// release gives back all that a hold has left. It returns how many of the
// points are lost.
func (s *scribe) release(h hold) (lost int64) {
	s.of(h)
	for s.err == nil {
		i := slices.IndexFunc(s.account.legs, func(l leg) bool { return l.hold == h.id })
		if i < 0 {
			return lost
		}
		l := s.account.legs[i]
		lost += s.settle(PotHeld, move{wallet: h.wallet, terms: l.terms, points: l.points, expires: l.expires})
	}
	return lost
}

func (v *View) expire(_ *Rules, s *seat, at int64) error {
	a := &s.account
	due := func(l lot) bool { return a.ends(&l) == at }
	if !slices.ContainsFunc(a.lots, due) {
		return nil
	}
	w := v.begin(s, EntryExpired, at, at)
	for i := slices.IndexFunc(a.lots, due); i >= 0 && w.err == nil; i = slices.IndexFunc(a.lots, due) {
		l := a.lots[i]
		w.move(move{wallet: l.wallet, from: PotAvailable, to: PotExpired, terms: l.terms, points: l.points, expires: l.expires})
	}
	return w.end(false)
}

func (v *View) review(r *Rules, s *seat, at int64) error {
	if s.account.tier.review != at {
		return nil
	}
	c := r.at(at)
	w := v.begin(s, EntryReviewed, at, at)
	w.under(c)
	if c.tiers == nil {
		w.tier(tier{})
	} else {
		v.almanac.in(c.cal.zone)
		w.tier(c.tiers.reviewed(&s.account, at, &v.almanac))
	}
	return w.end(false)
}
