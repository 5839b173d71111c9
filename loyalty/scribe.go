package loyalty

import "fmt"

// seat is an account that a decision works on: a copy of what was loaded, and
// what was written about it so far.
type seat struct {
	id      AccountID
	version uint64   // of the record
	from    *Account // as it was loaded
	account Account
	entries int // written so far
	sums    []Total
}

// sit returns the seat of an account, with everything done that is due until
// then; made if it is not there.
func (v *View) sit(r *Rules, member string, until int64) (*seat, error) {
	for _, s := range v.seats {
		if s.id.Member == member {
			return s, nil
		}
	}
	from := v.find(KindAccount, member)
	if from == nil {
		return nil, fmt.Errorf("loyalty: account %q is not in the view", member)
	}
	if newest := r.newest().version; from.account.version > newest {
		return nil, &BehindError{r.program, newest, from.account.version}
	}
	s := v.newSeat()
	s.id, s.version, s.from, s.entries = AccountID{r.program, member}, from.version, from.account, 0
	s.account.copyFrom(from.account)
	if err := v.advance(r, s, until); err != nil {
		return nil, err
	}
	return s, nil
}

// newSeat adds a seat, one that was used before if there is any.
func (v *View) newSeat() *seat {
	n := len(v.seats)
	if n == cap(v.seats) || v.seats[:n+1][n] == nil {
		return v.addSeat()
	}
	v.seats = v.seats[:n+1]
	return v.seats[n]
}

//go:noinline
func (v *View) addSeat() *seat {
	s := new(seat)
	v.seats = append(v.seats, s)
	return s
}

// scribe writes one entry, and applies what it writes to the account at once.
type scribe struct {
	v                  *View
	seat               *seat
	account            *Account
	kind               EntryKind
	occurred, recorded int64
	from               int // of the body in the buffer
	hold               hold
	err                error // the first of what went wrong
}

// begin starts an entry. One is written at a time.
func (v *View) begin(s *seat, kind EntryKind, occurred, recorded int64) *scribe {
	v.scribe = scribe{
		v: v, seat: s, account: &s.account, kind: kind, occurred: occurred, recorded: max(recorded, s.account.time), from: len(v.buf),
	}
	v.buf = append(v.buf, bodyFormat)
	return &v.scribe
}

// end finishes the entry. own says whether it is the command's.
func (s *scribe) end(own bool) error {
	if s.err != nil {
		return s.err
	}
	v := s.v
	s.account.finish(s.recorded)
	s.seat.entries++
	occurred := instant(s.occurred)
	recorded := occurred // mostly
	if s.recorded != s.occurred {
		recorded = instant(s.recorded)
	}
	v.decision.Entries = append(v.decision.Entries, Entry{
		Account: s.seat.id, Seq: s.account.seq, Kind: s.kind, OccurredAt: occurred, RecordedAt: recorded,
	})
	v.bodies = append(v.bodies, bodySpan{span{s.from, len(v.buf)}, own})
	return nil
}

// op writes an operation, and returns where its payload of so many bytes goes.
func (s *scribe) op(code opCode, width int) []byte {
	from := len(s.v.buf)
	s.v.buf = extend(s.v.buf, 1+width)
	p := s.v.buf[from:]
	p[0] = byte(code)
	return p[1:]
}

func (s *scribe) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// move moves points; none is no move.
func (s *scribe) move(m *move) {
	if m.points == 0 || s.err != nil {
		return
	}
	if err := s.account.move(m, &s.hold); err != nil {
		s.fail(err)
		return
	}
	s.v.buf = m.append(s.v.buf)
}

// of names the hold that moves are of from now on.
func (s *scribe) of(h hold) {
	s.hold = h
	s.v.buf = h.appendOp(s.v.buf)
}

func (s *scribe) window(w *window) {
	if w.used == 0 {
		return
	}
	if err := s.account.use(w); err != nil {
		s.fail(err)
	}
	w.put(s.op(opWindow, windowWidth))
}

func (s *scribe) streak(row streak) {
	if err := s.account.setStreak(row); err != nil {
		s.fail(err)
	}
	row.put(s.op(opStreak, streakWidth))
}

func (s *scribe) task(row task) {
	if err := s.account.setTask(row); err != nil {
		s.fail(err)
	}
	row.put(s.op(opTask, taskWidth))
}

func (s *scribe) month(row month) {
	if row.points == 0 {
		return
	}
	if err := s.account.qualify(row); err != nil {
		s.fail(err)
	}
	row.put(s.op(opMonth, monthWidth))
}

func (s *scribe) tier(t tier) {
	if t == s.account.tier {
		return
	}
	s.account.tier = t
	t.put(s.op(opTier, tierWidth))
}

//go:noinline
func (s *scribe) idle(wallet uint8, until int64) {
	if s.account.idle(wallet) != until {
		s.account.wallet(wallet).setIdle(until)
		s.v.buf = le.AppendUint64(append(s.v.buf, byte(opIdle), wallet), uint64(until))
	}
}

//go:noinline
func (s *scribe) status(to status) {
	s.account.status = to
	s.v.buf = append(s.v.buf, byte(opStatus), byte(to))
}

//go:noinline
func (s *scribe) enrolled(at int64) {
	if s.account.enrolled != at {
		s.account.enrolled = at
		s.v.buf = le.AppendUint64(append(s.v.buf, byte(opEnrolled)), uint64(at))
	}
}

//go:noinline
func (s *scribe) referred() {
	s.account.referred = true
	s.v.buf = append(s.v.buf, byte(opReferred), 1)
}

// under notes the version of the program, if it is newer than all before.
func (s *scribe) under(c *compiled) {
	if c.version > s.account.version {
		s.version(c.version)
	}
}

//go:noinline
func (s *scribe) version(number uint32) {
	s.account.version = number
	s.v.buf = le.AppendUint32(append(s.v.buf, byte(opVersion)), number)
}

// pass writes an outcome that is nothing but a reason.
func (s *scribe) pass(o *outcome) {
	from := len(s.v.buf)
	s.v.buf = extend(s.v.buf, 8)
	le.PutUint64(s.v.buf[from:], o.pass())
}

func (s *scribe) outcome(o *outcome) { s.v.buf = o.append(s.v.buf) }

func (s *scribe) reward(id uint32, quantity int64) {
	s.v.buf = le.AppendUint32(append(s.v.buf, byte(opReward)), id)
	s.v.buf = le.AppendUint64(s.v.buf, uint64(quantity))
}

func (s *scribe) notice(points, expires int64) {
	s.v.buf = le.AppendUint64(append(s.v.buf, byte(opNotice)), uint64(points))
	s.v.buf = le.AppendUint64(s.v.buf, uint64(expires))
}

// aside notes points that did not move: they are in no pot.
func (s *scribe) aside(waived, owed, lost int64) {
	if waived == 0 && owed == 0 && lost == 0 {
		return
	}
	s.v.buf = append(s.v.buf, byte(opAside))
	for _, n := range [...]int64{waived, owed, lost} {
		s.v.buf = le.AppendUint64(s.v.buf, uint64(n))
	}
}
