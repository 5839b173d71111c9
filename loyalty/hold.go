package loyalty

import (
	"crypto/sha256"
	"fmt"
)

// hold reserves points.
func (v *View) hold(c *compiled, s *seat, at int64) error {
	cmd := v.request.cmd.Hold
	deal, err := v.newDeal(s)
	if err != nil {
		return err
	}
	p, err := c.spendable(cmd.Wallet)
	if err != nil {
		return err
	}
	if err := c.enough(s, p, cmd.Points); err != nil {
		return err
	}
	if s.account.count(listHolds) >= MaxOpenHolds {
		return &LimitError{Limit: fmt.Sprintf("%d open holds", MaxOpenHolds), Max: MaxOpenHolds, Used: int64(s.account.count(listHolds))}
	}
	key := v.request.cmd.Key
	deal.held, deal.state, deal.wallet = true, dealHeld, p.ID
	w := v.begin(s, EntryHeld, v.request.at, at)
	w.under(c)
	w.of(hold{id: holdID(key), until: micros(c.holdFor.After(instant(at), c.cal.zone))})
	w.burn(p.ID, cmd.Points, PotHeld, false, nil)
	if err := w.end(true); err != nil {
		return err
	}
	v.receipt.taken = cmd.Points
	v.putDeal(s.id.Program, key, 0)
	return nil
}

// holdID is what an account knows a hold by: it keeps no text.
func holdID(key string) [16]byte {
	sum := sha256.Sum256([]byte(key))
	return [16]byte(sum[:16])
}

// resolve decides a capture, a release or a reversal.
func (v *View) resolve(r *Rules, c *compiled, at int64) (*seat, error) {
	key, d := v.request.deal(), &v.deal
	record := v.find(KindRedemption, key)
	if record == nil || record.version == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknownRedemption, key)
	}
	version := record.version
	if err := d.read(record.body); err != nil {
		return nil, err
	}
	s, err := v.subject(r, d.owner, at)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknownRedemption, key)
	}
	switch v.request.payload {
	case payloadCapture:
		err = v.capture(c, s, at)
	case payloadRelease:
		err = v.letGo(c, s, at)
	default:
		err = v.reverse(c, s, at)
	}
	if err != nil {
		return nil, err
	}
	v.putDeal(r.program, key, version)
	return s, nil
}

// openHold returns the hold that the view's redemption is of.
func (v *View) openHold(s *seat) (hold, error) {
	key := v.request.deal()
	if v.deal.state != dealHeld {
		return hold{}, &StateError{fmt.Sprintf("hold %q", key), v.deal.String()}
	}
	h, open := s.account.holdByID(holdID(key))
	if !open {
		return hold{}, &StateError{fmt.Sprintf("hold %q", key), "timed out"}
	}
	return h, nil
}

// mayChange reports a closed account, and one that was merged if the command
// is not of whom it was merged into.
func (v *View) mayChange(s *seat) error {
	if member := v.request.cmd.Member; member != s.id.Member {
		return &ClosedError{Member: member, Into: s.id.Member}
	}
	return v.open(s)
}

// capture spends what was held, and releases the rest.
func (v *View) capture(c *compiled, s *seat, at int64) error {
	if err := v.mayChange(s); err != nil {
		return err
	}
	h, err := v.openHold(s)
	if err != nil {
		return err
	}
	held := s.account.held(h.id)
	points := v.request.cmd.Capture.Points
	if points == 0 {
		points = held
	}
	if points > held {
		return &InsufficientError{fmt.Sprintf("hold %s", v.request.cmd.Capture.Hold), held, points}
	}
	w := v.begin(s, EntryCaptured, v.request.at, at)
	w.under(c)
	w.of(h)
	for rest := points; rest > 0 && w.err == nil; {
		l, _ := s.account.legOf(h.id)
		l.points = min(l.points, rest)
		w.move(&move{wallet: h.wallet, from: PotHeld, to: PotRedeemed, terms: l.terms, points: l.points, expires: l.expires})
		v.deal.legs = append(v.deal.legs, l)
		rest -= l.points
	}
	lost := int64(0)
	if points < held {
		lost = w.release(h)
	}
	w.aside(0, 0, lost)
	v.deal.state, v.deal.at = dealSpent, at
	v.receipt.taken, v.receipt.lost = points, lost
	return w.end(true)
}

// held is how many points a hold has.
func (a *Account) held(id [16]byte) (points int64) {
	for l := range a.legs {
		if l.hold == id {
			points += l.points
		}
	}
	return points
}

// letGo gives back what was held. Closed accounts may do it too.
func (v *View) letGo(c *compiled, s *seat, at int64) error {
	h, err := v.openHold(s)
	if err != nil {
		return err
	}
	w := v.begin(s, EntryReleased, v.request.at, at)
	w.under(c)
	w.of(h)
	lost := w.release(h)
	w.aside(0, 0, lost)
	v.deal.state, v.receipt.lost = dealReleased, lost
	return w.end(true)
}

// reverse undoes a redemption: points return to the lots that they came from,
// and stock and limits get back what was counted.
func (v *View) reverse(c *compiled, s *seat, at int64) error {
	if err := v.mayChange(s); err != nil {
		return err
	}
	d := &v.deal
	if d.state != dealSpent {
		return &StateError{fmt.Sprintf("redemption %q", v.request.cmd.Reverse.Redemption), d.String()}
	}
	v.almanac.in(c.cal.zone)
	restored := int64(0) // what has ended ends anew then; 0: it stays lost
	if p := c.purse(d.wallet); p != nil && !p.Restore.IsZero() {
		restored = v.almanac.start(p.restore.end(v.almanac.day(at)))
	}
	w := v.begin(s, EntryReversed, v.request.at, at)
	w.under(c)
	lost := int64(0)
	for i := range d.legs {
		lost += w.restore(d.wallet, &d.legs[i], restored)
	}
	w.aside(0, 0, lost)
	if d.reward != 0 {
		w.reward(d.reward, -d.quantity)
		v.returnPrize(c, w)
	}
	d.state, v.receipt.lost = dealReversed, lost
	return w.end(true)
}

// restore puts spent points back into their lot, and returns how many are
// lost.
func (s *scribe) restore(wallet uint8, l *leg, restored int64) int64 {
	m := move{wallet: wallet, terms: l.terms, points: l.points, expires: l.expires}
	ended := m.expires != 0 && m.expires <= s.recorded || m.expires == 0 && m.terms&TermIdle != 0 && s.account.idle(wallet) <= s.recorded
	if ended && restored != 0 {
		m.expires, m.terms = restored, m.terms&^TermIdle
	}
	return s.settle(PotRedeemed, &m)
}

// returnPrize puts a reward back into its stock, and takes it off the member's
// limit if that still runs.
func (v *View) returnPrize(c *compiled, w *scribe) {
	d := &v.deal
	for i := range c.rewards {
		p := &c.rewards[i]
		if p.ID != d.reward {
			continue
		}
		if p.Stock != nil {
			v.decision.batch.Counters = append(v.decision.batch.Counters, Counter{ID: stockOf(w.seat.id.Program, p), Delta: -d.quantity, Max: *p.Stock})
		}
		if used := w.account.used(p.limit(), d.number); used > 0 {
			w.window(&window{key: p.limit(), number: d.number, used: -min(used, d.quantity)})
		}
	}
}
