package loyalty

import (
	"fmt"
	"iter"
	"slices"
)

// transfer gives points to another member.
func (v *View) transfer(r *Rules, c *compiled, s *seat, at int64) error {
	cmd, limits := v.request.cmd.Transfer, c.program.Limits.Transfers
	if limits == nil {
		return &DisabledError{What: "transfer", Why: ReasonDisabled}
	}
	to, err := v.other(r, cmd.To, at)
	if err != nil {
		return err
	}
	p, err := c.spendable(cmd.Wallet)
	if err != nil {
		return err
	}
	v.almanac.in(c.cal.zone)
	number, next, gone := c.cal.window(perDay, v.almanac.day(at))
	key := windowKey{windowTransfers + windowKind(perDay), uint32(p.ID)}
	used := s.account.used(key, number)
	switch free := s.account.free(p.ID); {
	case cmd.Points < limits.Min:
		return &LimitError{Limit: fmt.Sprintf("at least %d points a transfer", limits.Min), Max: limits.Min, Used: cmd.Points}
	case limits.PerDay > 0 && used+cmd.Points > limits.PerDay:
		return &LimitError{Limit: fmt.Sprintf("%d points transferred a day", limits.PerDay), Max: limits.PerDay, Used: used, RetryAt: instant(v.almanac.start(next))}
	case free < cmd.Points:
		return &InsufficientError{p.Name, free, cmd.Points}
	case to.account.room(p.ID) < cmd.Points:
		return fmt.Errorf("%w: wallet %q of %q", ErrOverflow, p.Name, cmd.To)
	}
	v.parcel = v.parcel[:0]
	idle := s.account.idle(p.ID) // before the transfer itself puts it off
	w := v.begin(s, EntrySent, v.request.at, at)
	w.under(c)
	w.burn(p.ID, cmd.Points, PotSent, true, func(l lot) { v.parcel = append(v.parcel, l) })
	w.window(&window{key, number, cmd.Points, gone})
	if p.terms.idle() {
		w.active(&p.terms, v.almanac.day(at))
	}
	if err := w.end(true); err != nil {
		return err
	}
	v.receipt.taken = cmd.Points
	w = v.begin(to, EntryReceived, v.request.at, at)
	w.under(c)
	w.receive(slices.Values(v.parcel), func(uint8) int64 { return idle })
	return w.end(false)
}

// other returns the seat of the other account, which must be there and open.
func (v *View) other(r *Rules, member string, at int64) (*seat, error) {
	s, err := v.sit(r, member, at)
	if err != nil {
		return nil, err
	}
	if s.account.seq == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknownAccount, member)
	}
	return s, v.open(s)
}

// free is how many available points of a wallet may be transferred.
func (a *Account) free(wallet uint8) (points int64) {
	for l := range a.lots {
		if l.wallet == wallet && l.terms&TermLocked == 0 {
			points += l.points
		}
	}
	return points
}

// receive takes lots of another account. Those that ended when that account
// was idle end at that instant.
func (s *scribe) receive(lots iter.Seq[lot], idle func(wallet uint8) int64) {
	for l := range lots {
		m := move{wallet: l.wallet, terms: l.terms, points: l.points, expires: l.expires}
		if m.expires == 0 && m.terms&TermIdle != 0 {
			m.expires, m.terms = idle(l.wallet), m.terms&^TermIdle
		}
		s.settle(PotReceived, &m)
	}
}

// merge closes an account into another: all that it has moves.
func (v *View) merge(r *Rules, c *compiled, s *seat, at int64) error {
	into := v.request.cmd.Merge.Into
	to, err := v.other(r, into, at)
	if err != nil {
		return err
	}
	if n := s.account.count(listHolds) + to.account.count(listHolds); n > MaxOpenHolds {
		return &LimitError{Limit: fmt.Sprintf("%d open holds", MaxOpenHolds), Max: MaxOpenHolds, Used: int64(n)}
	}
	for w := range s.account.wallets {
		if to.account.room(w.id) < w.pots[PotAvailable]+w.pots[PotPending]+w.pots[PotHeld] {
			return fmt.Errorf("%w: wallet %q of %q", ErrOverflow, c.walletName(w.id), into)
		}
	}
	v.almanac.in(c.cal.zone)
	v.leaving.copyFrom(&s.account)
	if err := v.leave(c, s, at); err != nil {
		return err
	}
	if err := v.absorb(c, to, at); err != nil {
		return err
	}
	from := len(v.buf)
	v.buf = appendText(v.buf, into)
	v.put(RecordID{r.program, KindMerge, s.id.Member}, 0, from)
	return nil
}

// leave empties the account that is merged into another.
func (v *View) leave(c *compiled, s *seat, at int64) error {
	was := &v.leaving
	w := v.begin(s, EntryMerged, v.request.at, at)
	w.under(c)
	for l := range was.lots {
		w.move(&move{wallet: l.wallet, from: PotAvailable, to: PotSent, terms: l.terms, points: l.points, expires: l.expires})
	}
	for l := range was.waiting {
		w.move(&move{wallet: l.wallet, from: PotPending, to: PotSent, terms: l.terms, points: l.points, expires: l.expires, activates: l.activates})
	}
	for h := range was.holds {
		w.of(h)
		for l := range was.legs {
			if l.hold == h.id {
				w.move(&move{wallet: h.wallet, from: PotHeld, to: PotSent, terms: l.terms, points: l.points, expires: l.expires})
			}
		}
	}
	for from := range was.wallets {
		w.move(&move{wallet: from.id, from: PotReceived, to: PotDebt, points: from.pots[PotDebt]})
		w.move(&move{wallet: from.id, from: PotRedeemed, to: PotSent, points: from.pots[PotRedeemed]})
	}
	for m := range was.months {
		w.month(month{m.number, -m.points})
	}
	w.tier(tier{})
	w.status(statusMerged)
	return w.end(true)
}

// absorb takes all that another account left.
func (v *View) absorb(c *compiled, s *seat, at int64) error {
	a, was := &s.account, &v.leaving
	w := v.begin(s, EntryAbsorbed, v.request.at, at)
	w.under(c)
	before := w.earnedLevel(c)
	idle := func(wallet uint8) int64 { return was.idle(wallet) }
	w.receive(was.lots, idle)
	for l := range was.waiting {
		w.move(&move{wallet: l.wallet, from: PotReceived, to: PotPending, terms: l.terms, points: l.points, expires: l.expires, activates: l.activates})
	}
	for h := range was.holds {
		w.of(h)
		for l := range was.legs {
			if l.hold == h.id {
				w.move(&move{wallet: h.wallet, from: PotReceived, to: PotHeld, terms: l.terms, points: l.points, expires: l.expires})
			}
		}
	}
	for from := range was.wallets {
		w.owe(from.id, from.pots[PotDebt])
		// What was redeemed may be reversed yet, and then comes back here.
		w.move(&move{wallet: from.id, from: PotReceived, to: PotRedeemed, points: from.pots[PotRedeemed]})
	}
	for row := range was.windows {
		w.window(&row)
	}
	w.history(was)
	w.enrolled(min(a.enrolled, was.enrolled))
	if c.tiers != nil {
		if was.tier.level > a.tier.level {
			w.tier(was.tier)
		}
		w.level(c, 1, before)
	}
	return w.end(false)
}

// owe takes over the debt of another account: what is available pays it.
func (s *scribe) owe(wallet uint8, debt int64) {
	if debt == 0 {
		return
	}
	rest := s.burn(wallet, debt, PotSent, false, nil)
	s.move(&move{wallet: wallet, from: PotDebt, to: PotSent, points: rest})
}

// history joins the streaks, tasks and qualifying months of two accounts.
func (s *scribe) history(was *Account) {
	for row := range was.streaks {
		joined := s.account.streak(row.rule)
		if joined.days == 0 {
			s.streak(row)
			continue
		}
		if row.last > joined.last || row.last == joined.last && row.older > joined.older {
			joined, row = row, joined
		}
		for d := row.last - 63; d <= row.last; d++ {
			if row.has(d) {
				joined = joined.with(d)
			}
		}
		s.streak(joined)
	}
	for row := range was.tasks {
		joined := s.account.task(row.rule)
		joined.progress, joined.done = max(joined.progress, row.progress), max(joined.done, row.done)
		s.task(joined)
	}
	for row := range was.months {
		s.month(row)
	}
}
