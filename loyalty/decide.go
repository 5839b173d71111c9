package loyalty

import "fmt"

func (v *View) decide(r *Rules, now int64) error {
	v.start(r)
	q := &v.request
	key := v.find(KindKey, q.cmd.Key)
	if key == nil {
		return fmt.Errorf("loyalty: key %q is not in the view", q.cmd.Key)
	}
	if key.version > 0 {
		return v.replay(r, key)
	}
	at := now // never before what is recorded already
	for i := range v.records {
		if a := v.records[i].account; a != nil {
			at = max(at, a.time)
		}
	}
	c := r.at(at)
	v.decision.at, v.decision.rules = at, c
	if err := timely(c, q.at, at); err != nil {
		return err
	}
	subject, err := v.dispatch(r, c, at)
	if err != nil {
		return v.refuse(err)
	}
	v.about = subject
	v.settleEntries()
	return nil
}

// start empties the decision.
func (v *View) start(r *Rules) {
	v.seats, v.buf = v.seats[:0], v.buf[:0]
	v.spans, v.bodies, v.command = v.spans[:0], v.bodies[:0], span{}
	v.receipt.reset()
	v.about = nil
	d := &v.decision
	b := &d.batch
	b.Records, b.Counters = b.Records[:0], b.Counters[:0]
	d.Entries, d.Rejection = d.Entries[:0], nil
	d.view, d.program, d.rules = v, r.program, nil
	d.replayed, d.written, d.rejected.code = false, false, 0
}

// timely reports whether an event is neither too late nor too far ahead.
func timely(c *compiled, occurred, at int64) error {
	if occurred > at+c.ahead {
		return &TimeError{instant(occurred), instant(at + c.ahead)}
	}
	if occurred < at-c.cal.late {
		return &TimeError{instant(occurred), instant(at - c.cal.late)}
	}
	return nil
}

// dispatch decides the payload. It returns the account that it was about.
func (v *View) dispatch(r *Rules, c *compiled, at int64) (*seat, error) {
	q := &v.request
	switch q.payload {
	case payloadEarn, payloadCheckIn:
		return v.earn(r, at)
	case payloadKeep:
		return v.keep(r, c, at)
	case payloadCapture, payloadRelease, payloadReverse:
		return v.resolve(r, c, at)
	case payloadGrant:
		return v.grant(r, c, at)
	}
	s, err := v.member(r, at)
	if err != nil {
		return nil, err
	}
	switch q.payload {
	case payloadMakeUp:
		err = v.makeUp(c, s, at)
	case payloadHold:
		err = v.hold(c, s, at)
	case payloadRedeem:
		err = v.redeem(c, s, at)
	case payloadDeduct:
		err = v.deduct(c, s, at)
	case payloadTransfer:
		err = v.transfer(r, c, s, at)
	case payloadMerge:
		err = v.merge(r, c, s, at)
	case payloadClose:
		err = v.close(c, s, at)
	default:
		err = v.reminded(s, at)
	}
	return s, err
}

// member returns the seat of the command's member, who must be there and open.
func (v *View) member(r *Rules, at int64) (*seat, error) {
	s, err := v.sit(r, v.request.cmd.Member, at)
	if err != nil {
		return nil, err
	}
	if s.account.seq == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknownAccount, s.id.Member)
	}
	return s, v.open(s)
}

// open reports an account that is closed.
func (v *View) open(s *seat) error {
	switch s.account.status {
	case statusMerged:
		e := &ClosedError{Member: s.id.Member}
		if merge := v.find(KindMerge, s.id.Member); merge != nil {
			e.Into = textOf(merge.body)
		}
		return e
	case statusClosed:
		return &ClosedError{Member: s.id.Member}
	}
	return nil
}

// refuse binds a rejection to the key of a redeem or a hold, and to nothing of
// others: a retry must not succeed behind the caller's back.
func (v *View) refuse(err error) error {
	if p := v.request.payload; p != payloadRedeem && p != payloadHold {
		return err
	}
	rejected, ok := rejectionOf(err)
	if !ok {
		return err
	}
	v.seats, v.spans, v.bodies = v.seats[:0], v.spans[:0], v.bodies[:0]
	d := &v.decision
	d.Entries, d.batch.Records, d.batch.Counters = d.Entries[:0], d.batch.Records[:0], d.batch.Counters[:0]
	d.rejected, d.Rejection = rejected, rejected.err()
	return nil
}

// answer returns the receipt. What the account has come to is added when it is
// first asked for: who only applies a decision need not pay for it.
func (v *View) answer() *receiptNumbers {
	n := &v.receipt
	if v.about == nil {
		return n
	}
	a, c := &v.about.account, v.decision.rules
	v.about = nil
	n.recorded, n.version, n.seq, n.level = v.decision.at, c.version, a.seq, a.tier.level
	for i := range c.wallets {
		n.balances = append(n.balances, a.total(c.wallets[i].ID))
	}
	n.next, n.missing = c.next(a, n.recorded)
	return n
}

// next is the cheapest reward that a member may have and can't afford yet, and
// what is missing; 0 if there is none.
func (c *compiled) next(a *Account, at int64) (reward uint32, missing int64) {
	for i := range c.rewards {
		p := &c.rewards[i]
		if !p.offered(a.tier.level, at) {
			continue
		}
		if available := a.pot(p.wallet, PotAvailable); p.Cost > available {
			return p.ID, p.Cost - available + a.pot(p.wallet, PotDebt)
		}
	}
	return 0, 0
}

// settleEntries points entries at their bytes, now that all are written.
func (v *View) settleEntries() {
	for i := range v.decision.Entries {
		s := v.bodies[i].span
		v.decision.Entries[i].Body = v.buf[s.from:s.to:s.to]
	}
}

// write completes the batch by the command, the accounts and the key.
func (v *View) write() {
	command := v.canonical()
	for i := range v.decision.Entries {
		if v.bodies[i].own {
			v.decision.Entries[i].Command = command
		}
	}
	v.putAccounts()
	v.putKey()
	v.settleRecords()
}

// canonical returns the bytes of the command.
func (v *View) canonical() []byte {
	s := &v.command
	if s.to == 0 {
		s.from = len(v.buf)
		v.buf = v.request.append(v.buf)
		s.to = len(v.buf)
	}
	return v.buf[s.from:s.to:s.to]
}

// settleRecords points records at their bytes, now that the buffer no longer
// moves.
func (v *View) settleRecords() {
	b := &v.decision.batch
	b.Entries = v.decision.Entries
	for i, s := range v.spans {
		b.Records[i].Body = v.buf[s.from:s.to:s.to]
	}
}

// put adds a record to the batch; its body is what was appended to the buffer
// since from.
func (v *View) put(id RecordID, version uint64, from int) *Record {
	b := &v.decision.batch
	b.Records = append(b.Records, Record{ID: id, Version: version})
	v.spans = append(v.spans, span{from, len(v.buf)})
	return &b.Records[len(b.Records)-1]
}

// putAccounts adds those that have new entries.
func (v *View) putAccounts() {
	for _, s := range v.seats {
		if s.entries == 0 {
			continue
		}
		from := len(v.buf)
		v.buf = s.account.append(v.buf)
		rec := v.put(s.id.Record(), s.version, from)
		rec.Due = instant(s.account.nextDue())
		rec.Totals = s.totals()
	}
}

// totals are the sums of the account; the slice is used again.
func (s *seat) totals() []Total {
	s.sums = s.sums[:0]
	for rows := s.account.rows(listWallets); len(rows) > 0; rows = rows[walletWidth:] {
		s.sums = append(s.sums, asWallet(rows).total())
	}
	return s.sums
}

func (v *View) putKey() {
	d := &v.decision
	from := len(v.buf)
	v.buf = v.appendKey(v.buf, v.canonical(), &d.rejected)
	rec := v.put(RecordID{d.program, KindKey, v.request.cmd.Key}, 0, from)
	// A retry is taken until MaxLate after it occurred.
	rec.Until = instant(max(d.at, v.request.at) + d.rules.cal.late + d.rules.keepKeys)
}
