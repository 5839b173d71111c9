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
	kept := a.windows[:0]
	for _, w := range a.windows {
		if w.gone == 0 || w.gone > recorded {
			kept = append(kept, w)
		}
	}
	a.windows = kept
	for len(a.months) > keptMonths {
		a.months = append(a.months[:0], a.months[1:]...)
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
			err = a.use(readWindow(p))
		case opStreak:
			err = a.setStreak(readStreak(p))
		case opTask:
			err = a.setTask(readTask(p))
		case opMonth:
			err = a.qualify(readMonth(p))
		case opTier:
			a.tier = readTier(p)
		case opIdle:
			a.wallet(p[0]).idle = int64(le.Uint64(p[1:]))
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
	if m.points <= 0 || m.points > maxTotal || m.from >= numPots || m.to >= numPots || m.from == m.to {
		return fmt.Errorf("%w: move of %d points from pot %d to %d", ErrCorrupt, m.points, m.from, m.to)
	}
	if err := a.take(m, h); err != nil {
		return err
	}
	return a.put(m, h)
}

func (a *Account) take(m *move, h *hold) error {
	w := a.wallet(m.wallet)
	switch m.from {
	case PotIssued, PotReceived, PotDebt: // these count upwards
		if w.pots[m.from] > maxTotal-m.points {
			return fmt.Errorf("%w: total of pot %d", ErrOverflow, m.from)
		}
		w.pots[m.from] += m.points
		return nil
	}
	if w.pots[m.from] < m.points {
		return fmt.Errorf("%w: %d points from a pot of %d", ErrCorrupt, m.points, w.pots[m.from])
	}
	w.pots[m.from] -= m.points
	l := lot{wallet: m.wallet, terms: m.terms, expires: m.expires, activates: m.activates, points: m.points}
	ok := true
	switch m.from {
	case PotAvailable:
		l.activates = 0
		ok = takeLot(&a.lots, l, compareLots)
	case PotPending:
		if l.terms&TermEvent != 0 {
			l.expires = 0 // not known while they wait
		}
		ok = takeLot(&a.waiting, l, compareWaiting)
	case PotHeld:
		ok = a.takeLeg(m, h)
	}
	if !ok {
		return fmt.Errorf("%w: no lot for %d points", ErrCorrupt, m.points)
	}
	return nil
}

func (a *Account) put(m *move, h *hold) error {
	w := a.wallet(m.wallet)
	switch m.to {
	case PotIssued, PotReceived:
		return fmt.Errorf("%w: points into pot %d", ErrCorrupt, m.to)
	case PotDebt:
		if w.pots[PotDebt] < m.points {
			return fmt.Errorf("%w: %d points for a debt of %d", ErrCorrupt, m.points, w.pots[PotDebt])
		}
		w.pots[PotDebt] -= m.points
		return nil
	}
	if w.pots[m.to] > maxTotal-m.points {
		return fmt.Errorf("%w: total of pot %d", ErrOverflow, m.to)
	}
	w.pots[m.to] += m.points
	l := lot{wallet: m.wallet, terms: m.terms, expires: m.expires, points: m.points}
	switch m.to {
	case PotAvailable:
		l.terms &^= TermEvent
		return addLot(&a.lots, l, compareLots)
	case PotPending:
		l.activates = m.activates
		return addLot(&a.waiting, l, compareWaiting)
	case PotHeld:
		return a.addLeg(m, h)
	}
	return nil
}

// maxTotal bounds what was ever issued to an account, or redeemed.
const maxTotal = 1 << 62

// use adds to a window.
func (a *Account) use(u window) error {
	i, found := findRow(a.windows, u, compareWindows)
	if !found {
		if len(a.windows) >= maxRows {
			return fmt.Errorf("%w: more than %d limits in use", ErrOverflow, maxRows)
		}
		a.windows = insertRow(a.windows, i, u)
		return nil
	}
	if w := &a.windows[i]; w.used > maxTotal-u.used {
		return fmt.Errorf("%w: use of a limit", ErrOverflow)
	}
	a.windows[i].used += u.used
	a.windows[i].gone = max(a.windows[i].gone, u.gone)
	return nil
}

// used returns how much of a window is used.
func (a *Account) used(key windowKey, number int32) int64 {
	if i, found := findRow(a.windows, window{key: key, number: number}, compareWindows); found {
		return a.windows[i].used
	}
	return 0
}

func (a *Account) setStreak(s streak) error {
	i, found := findRow(a.streaks, s, compareStreaks)
	if !found {
		if len(a.streaks) >= maxRows {
			return fmt.Errorf("%w: more than %d streaks", ErrOverflow, maxRows)
		}
		a.streaks = insertRow(a.streaks, i, s)
	}
	a.streaks[i] = s
	return nil
}

// streak returns the streak of a rule; the zero value if there is none.
func (a *Account) streak(rule uint32) streak {
	if i, found := findRow(a.streaks, streak{rule: rule}, compareStreaks); found {
		return a.streaks[i]
	}
	return streak{rule: rule}
}

func (a *Account) setTask(t task) error {
	i, found := findRow(a.tasks, t, compareTasks)
	if !found {
		if len(a.tasks) >= maxRows {
			return fmt.Errorf("%w: more than %d tasks", ErrOverflow, maxRows)
		}
		a.tasks = insertRow(a.tasks, i, t)
	}
	a.tasks[i] = t
	return nil
}

// task returns how far the member is with a task.
func (a *Account) task(rule uint32) task {
	if i, found := findRow(a.tasks, task{rule: rule}, compareTasks); found {
		return a.tasks[i]
	}
	return task{rule: rule}
}

// qualify adds to what qualifies in a month; it may be less than nothing for
// a month that is forgotten.
func (a *Account) qualify(m month) error {
	i, found := findRow(a.months, m, compareMonths)
	if !found {
		a.months = insertRow(a.months, i, month{number: m.number})
	}
	sum := a.months[i].points + m.points
	if sum > maxTotal || sum < -maxTotal {
		return fmt.Errorf("%w: qualifying points", ErrOverflow)
	}
	a.months[i].points = sum
	return nil
}

func dayOf32(p []byte) calendar.Day { return calendar.Day(int32(le.Uint32(p))) }
