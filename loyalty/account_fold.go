package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Apply takes the next entry of the journal into the account. It never needs a
// program. An entry that does not follow the last one, or whose moves don't
// fit, is an error, after which the account is of no use.
func (a *Account) Apply(e *Entry) error {
	recorded := micros(e.RecordedAt)
	if e.Seq != a.seq+1 || recorded < a.time {
		return fmt.Errorf("%w: entry %d at %s does not follow entry %d", ErrCorrupt, e.Seq, e.RecordedAt, a.seq)
	}
	if err := a.fold(e.Body); err != nil {
		return fmt.Errorf("entry %d of %q: %w", e.Seq, e.Account.Member, err)
	}
	a.finish(recorded)
	return nil
}

// finish ends an entry: what its time leaves behind is dropped.
func (a *Account) finish(recorded int64) {
	a.seq++
	a.time = recorded
	for rows, at := a.rows(listWindows), 0; at < len(rows); {
		if gone := asWindow(rows[at:]).gone(); gone == 0 || gone > recorded {
			at += windowWidth
		} else {
			a.remove(listWindows, at)
			rows = a.rows(listWindows)
		}
	}
	for a.count(listMonths) > keptMonths {
		a.remove(listMonths, 0)
	}
}

// keptMonths is how many months of qualifying points an account remembers:
// the longest window, and the year before it that a review may still look at.
const keptMonths = 48

func (a *Account) fold(body []byte) error {
	r := newOpReader(body)
	var h hold
	for r.next() {
		var err error
		switch p := r.payload; r.code {
		case opMove:
			m := readMove(p)
			err = a.move(&m, &h)
		case opHold:
			h = readHoldOp(p)
		case opWindow:
			w := readWindow(p)
			err = a.use(&w)
		case opStreak:
			err = a.setStreak(readStreak(p))
		case opTask:
			err = a.setTask(readTask(p))
		case opMonth:
			err = a.qualify(readMonth(p))
		case opTier:
			a.tier = readTier(p)
		case opIdle:
			a.wallet(p[0]).setIdle(int64(le.Uint64(p[1:])))
		case opStatus:
			a.status = status(p[0])
		case opEnrolled:
			a.enrolled = int64(le.Uint64(p))
		case opVersion:
			a.version = le.Uint32(p)
		case opReferred:
			a.referred = p[0] == 1
		}
		if err != nil {
			return err
		}
	}
	return r.err
}

// move takes points out of one pot and puts them into another.
func (a *Account) move(m *move, h *hold) error {
	if uint64(m.points-1) >= maxTotal || max(m.from, m.to) >= numPots || m.from == m.to || m.to <= PotReceived {
		return m.fault(ErrCorrupt)
	}
	w := a.wallet(m.wallet) // what is taken from lots is behind it, so that it stays
	switch points := w.pot(m.from); {
	case m.from <= PotReceived || m.from == PotDebt: // these count upwards
		if points > maxTotal-m.points {
			return m.fault(ErrOverflow)
		}
		w.setPot(m.from, points+m.points)
	case points < m.points:
		return m.fault(ErrCorrupt)
	default:
		w.setPot(m.from, points-m.points)
		if m.from <= PotHeld && !a.take(m, h) {
			return m.fault(ErrCorrupt)
		}
	}
	switch points := w.pot(m.to); {
	case m.to == PotDebt && points < m.points:
		return m.fault(ErrCorrupt)
	case m.to == PotDebt:
		w.setPot(PotDebt, points-m.points)
	case points > maxTotal-m.points:
		return m.fault(ErrOverflow)
	default:
		w.setPot(m.to, points+m.points)
		if m.to <= PotHeld {
			return a.put(m, h)
		}
	}
	return nil
}

// fault is why a move can't be made: what it says is no move, a pot has too few
// points or a lot is missing, or a total would be too large.
//
//go:noinline
func (m *move) fault(err error) error {
	return fmt.Errorf("%w: move of %d points of wallet %d from pot %d to pot %d", err, m.points, m.wallet, m.from, m.to)
}

// take takes points out of the lot that a move names, or out of the hold h.
func (a *Account) take(m *move, h *hold) bool {
	l := lot{wallet: m.wallet, terms: m.terms, expires: m.expires, points: m.points}
	switch m.from {
	case PotAvailable:
		return a.takeLot(listLots, &l)
	case PotPending:
		if l.activates = m.activates; l.terms&TermEvent != 0 {
			l.expires = 0 // not known while they wait
		}
		return a.takeLot(listWaiting, &l)
	}
	return a.takeLeg(m, h)
}

// put puts points into the lot that a move names, or under the hold h.
func (a *Account) put(m *move, h *hold) error {
	l := lot{wallet: m.wallet, terms: m.terms, expires: m.expires, points: m.points}
	switch m.to {
	case PotAvailable:
		l.terms &^= TermEvent
		return a.addLot(listLots, &l)
	case PotPending:
		l.activates = m.activates
		return a.addLot(listWaiting, &l)
	}
	return a.addLeg(m, h)
}

// What goes wrong is told by functions that are not inlined, here and where
// entries are written: the code that every command runs through has just room in
// a processor's cache of instructions, if what almost none runs is out of its way.

//go:noinline
func tooMany(what string, most int) error {
	return fmt.Errorf("%w: more than %d %s", ErrOverflow, most, what)
}

//go:noinline
func tooMuch(what string) error { return fmt.Errorf("%w: %s", ErrOverflow, what) }

// maxTotal bounds what was ever issued to an account, or redeemed.
const maxTotal = 1 << 62

// use adds to a window.
func (a *Account) use(u *window) error {
	rows := a.rows(listWindows)
	at, found := findRow(rows, windowWidth, u, compareWindows)
	if !found {
		if len(rows) >= maxRows*windowWidth {
			return tooMany("limits in use", maxRows)
		}
		u.put(a.insert(listWindows, at))
		return nil
	}
	row := asWindow(rows[at:])
	if row.used() > maxTotal-u.used {
		return tooMuch("use of a limit")
	}
	sum := window{u.key, u.number, u.used + row.used(), max(u.gone, row.gone())}
	sum.put(row[:])
	return nil
}

// windowRow is a window where it stands.
type windowRow [windowWidth]byte

// rank is what windows are sorted by first.
func (p *windowRow) rank() uint64 { return uint64(p[0])<<32 | uint64(le.Uint32(p[1:])) }

func (p *windowRow) number() int32 { return int32(le.Uint32(p[5:])) }

func (p *windowRow) used() int64 { return int64(le.Uint64(p[9:])) }

func (p *windowRow) gone() int64 { return int64(le.Uint64(p[17:])) }

// asWindow takes the first of some rows for a window.
func asWindow(rows []byte) *windowRow { return (*windowRow)(rows[:windowWidth]) }

func (k windowKey) rank() uint64 { return uint64(k.kind)<<32 | uint64(k.id) }

// used returns how much of a window is used.
func (a *Account) used(key windowKey, number int32) int64 {
	rows := a.rows(listWindows)
	if at, found := findRow(rows, windowWidth, &window{key: key, number: number}, compareWindows); found {
		return asWindow(rows[at:]).used()
	}
	return 0
}

func (a *Account) setStreak(s streak) error {
	rows := a.rows(listStreaks)
	at, found := findNumber(rows, streakWidth, s.rule)
	switch {
	case found:
		s.put(rows[at:])
	case len(rows) >= maxRows*streakWidth:
		return tooMany("streaks", maxRows)
	default:
		s.put(a.insert(listStreaks, at))
	}
	return nil
}

// streak returns the streak of a rule; the zero value if there is none.
func (a *Account) streak(rule uint32) streak {
	rows := a.rows(listStreaks)
	if at, found := findNumber(rows, streakWidth, rule); found {
		return readStreak(rows[at:])
	}
	return streak{rule: rule}
}

func (a *Account) setTask(t task) error {
	rows := a.rows(listTasks)
	at, found := findNumber(rows, taskWidth, t.rule)
	switch {
	case found:
		t.put(rows[at:])
	case len(rows) >= maxRows*taskWidth:
		return tooMany("tasks", maxRows)
	default:
		t.put(a.insert(listTasks, at))
	}
	return nil
}

// task returns how far the member is with a task.
func (a *Account) task(rule uint32) task {
	rows := a.rows(listTasks)
	if at, found := findNumber(rows, taskWidth, rule); found {
		return readTask(rows[at:])
	}
	return task{rule: rule}
}

// qualify adds to what qualifies in a month; it may be less than nothing for
// a month that is forgotten.
func (a *Account) qualify(m month) error {
	rows := a.rows(listMonths)
	at, found := findNumber(rows, monthWidth, uint32(m.number))
	if found {
		m.points += readMonth(rows[at:]).points
	}
	if m.points > maxTotal || m.points < -maxTotal {
		return tooMuch("qualifying points")
	}
	if found {
		m.put(rows[at:])
	} else {
		m.put(a.insert(listMonths, at))
	}
	return nil
}

func dayOf32(p []byte) calendar.Day { return calendar.Day(int32(le.Uint32(p))) }
