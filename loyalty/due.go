package loyalty

import "cmp"

// nextDue is when something in the account is due; 0 if nothing is.
func (a *Account) nextDue() int64 {
	due := sooner(0, a.tier.review)
	if a.has(listWaiting) {
		due = sooner(due, asLot(a.rows(listWaiting)).activates())
	}
	if a.has(listHolds) {
		due = sooner(due, readHold(a.rows(listHolds)).until)
	}
	for rows := a.rows(listLots); len(rows) >= lotWidth; rows = rows[lotWidth:] {
		if l := asLot(rows); l.expires() != 0 {
			due = sooner(due, l.expires())
		} else if l.terms()&TermIdle != 0 {
			due = sooner(due, a.idle(l.wallet()))
		}
	}
	return due
}

// sooner returns the first of two instants; 0 is none.
func sooner(a, b int64) int64 {
	if b != 0 && (a == 0 || b < a) {
		return b
	}
	return a
}

// endOf is when an available lot expires; 0 if never.
func (a *Account) endOf(l lot) int64 {
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
	for l := range a.waiting {
		if l.activates == at && l.terms&TermEvent == event {
			return true
		}
	}
	return false
}

func (v *View) activate(_ *Rules, s *seat, at int64) error {
	if !s.account.waitingAt(at, 0) {
		return nil
	}
	w := v.begin(s, EntryActivated, at, at)
	for i := 0; i < s.account.count(listWaiting) && w.err == nil; {
		l := s.account.lotAt(listWaiting, i)
		if l.activates != at || l.terms&TermEvent != 0 {
			i++
			continue
		}
		w.settle(PotPending, &move{wallet: l.wallet, terms: l.terms, points: l.points, expires: l.expires, activates: l.activates})
	}
	return w.end(false)
}

func (v *View) cancel(_ *Rules, s *seat, at int64) error {
	if !s.account.waitingAt(at, TermEvent) {
		return nil
	}
	w := v.begin(s, EntryCancelled, at, at)
	for i := 0; i < s.account.count(listWaiting) && w.err == nil; {
		l := s.account.lotAt(listWaiting, i)
		if l.activates != at {
			i++
			continue
		}
		w.move(&move{wallet: l.wallet, from: PotPending, to: PotForfeited, terms: l.terms, points: l.points, activates: l.activates})
	}
	return w.end(false)
}

func (v *View) timeOut(_ *Rules, s *seat, at int64) error {
	h, l, ok := s.account.legEnding(at)
	if !ok {
		return nil
	}
	w := v.begin(s, EntryTimedOut, at, at)
	for ; ok && w.err == nil; h, l, ok = s.account.legEnding(at) {
		if h.id != w.hold.id {
			w.of(h)
		}
		w.settle(PotHeld, &move{wallet: h.wallet, terms: l.terms, points: l.points, expires: l.expires})
	}
	return w.end(false)
}

// legEnding returns what comes back next of the holds that end at an instant:
// as with all that becomes available together, the soonest end pays what is owed.
func (a *Account) legEnding(at int64) (from hold, first leg, ok bool) {
	for h := range a.holds {
		if h.until != at {
			break
		}
		l, _ := a.legOf(h.id) // the first of its hold; an open hold has one
		if !ok || cmp.Or(compareExpiry(l.expires, first.expires), cmp.Compare(l.terms, first.terms)) < 0 {
			from, first, ok = h, l, true
		}
	}
	return from, first, ok
}

// release gives back all that a hold has left. It returns how many of the
// points are lost.
func (s *scribe) release(h hold) (lost int64) {
	s.of(h)
	for s.err == nil {
		l, more := s.account.legOf(h.id)
		if !more {
			return lost
		}
		lost += s.settle(PotHeld, &move{wallet: h.wallet, terms: l.terms, points: l.points, expires: l.expires})
	}
	return lost
}

func (v *View) expire(_ *Rules, s *seat, at int64) error {
	l, ok := s.account.lotEnding(at)
	if !ok {
		return nil
	}
	w := v.begin(s, EntryExpired, at, at)
	for ; ok && w.err == nil; l, ok = s.account.lotEnding(at) {
		w.move(&move{wallet: l.wallet, from: PotAvailable, to: PotExpired, terms: l.terms, points: l.points, expires: l.expires})
	}
	return w.end(false)
}

// lotEnding returns the first lot that ends at an instant.
func (a *Account) lotEnding(at int64) (first lot, ok bool) {
	for l := range a.lots {
		if a.endOf(l) == at {
			return l, true
		}
	}
	return lot{}, false
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
