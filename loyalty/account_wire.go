package loyalty

import (
	"fmt"
	"slices"
)

// accountFormat is the form of accounts that this release writes. It reads
// all forms up to it.
const accountFormat = 1

// MarshalBinary returns the account as the store keeps it: one account has one
// encoding. The error is always nil.
func (a *Account) MarshalBinary() ([]byte, error) { return a.append(nil), nil }

// UnmarshalBinary replaces the account by one that MarshalBinary wrote. On an
// error the account is as it was: [ErrNewerState] if a newer release wrote the
// bytes, [ErrCorrupt] if none did.
func (a *Account) UnmarshalBinary(data []byte) error {
	var read Account
	if err := read.read(data); err != nil {
		return err
	}
	*a = read
	return nil
}

func (a *Account) append(dst []byte) []byte {
	dst = append(dst, accountFormat)
	dst = le.AppendUint64(dst, a.seq)
	dst = le.AppendUint64(dst, uint64(a.time))
	dst = le.AppendUint32(dst, a.version)
	dst = append(dst, byte(a.status), bit(a.referred))
	dst = le.AppendUint64(dst, uint64(a.enrolled))
	dst = a.tier.append(dst)
	dst = append(dst, byte(len(a.wallets)))
	for i := range a.wallets {
		w := &a.wallets[i]
		dst = le.AppendUint64(append(dst, w.id), uint64(w.idle))
		for _, points := range w.pots {
			dst = le.AppendUint64(dst, uint64(points))
		}
	}
	dst = appendRows(dst, a.lots, (*lot).append)
	dst = appendRows(dst, a.waiting, (*lot).append)
	dst = appendRows(dst, a.holds, (*hold).append)
	dst = appendRows(dst, a.legs, (*leg).append)
	dst = appendRows(dst, a.windows, (*window).append)
	dst = appendRows(dst, a.streaks, (*streak).append)
	dst = appendRows(dst, a.tasks, (*task).append)
	return appendRows(dst, a.months, (*month).append)
}

func appendRows[T any](dst []byte, rows []T, write func(*T, []byte) []byte) []byte {
	dst = le.AppendUint16(dst, uint16(len(rows)))
	for i := range rows {
		dst = write(&rows[i], dst)
	}
	return dst
}

func (l *lot) append(dst []byte) []byte {
	dst = append(dst, l.wallet, byte(l.terms))
	dst = le.AppendUint64(dst, uint64(l.expires))
	dst = le.AppendUint64(dst, uint64(l.activates))
	return le.AppendUint64(dst, uint64(l.points))
}

func (h *hold) append(dst []byte) []byte {
	dst = append(append(dst, h.id[:]...), h.wallet)
	return le.AppendUint64(dst, uint64(h.until))
}

func (l *leg) append(dst []byte) []byte {
	dst = append(append(dst, l.hold[:]...), byte(l.terms))
	dst = le.AppendUint64(dst, uint64(l.expires))
	return le.AppendUint64(dst, uint64(l.points))
}

// Widths of the rows of an account.
const (
	accountWidth = 1 + 8 + 8 + 4 + 2 + 8 + 18 + 1
	walletWidth  = 1 + 8 + 8*int(numPots)
	lotWidth     = 26
	holdWidth    = 25
	legWidth     = 33
)

// read replaces the account, using its slices again. It takes nothing that
// append would write otherwise.
func (a *Account) read(data []byte) error {
	if len(data) > 0 && data[0] > accountFormat {
		return fmt.Errorf("%w: account of format %d", ErrNewerState, data[0])
	}
	if len(data) < accountWidth || data[0] == 0 {
		return fmt.Errorf("%w: account of %d bytes", ErrCorrupt, len(data))
	}
	a.seq, a.time = le.Uint64(data[1:]), int64(le.Uint64(data[9:]))
	a.version, a.status, a.referred = le.Uint32(data[17:]), status(data[21]), data[22] == 1
	a.enrolled, a.tier = int64(le.Uint64(data[23:])), readTier(data[31:])
	wallets := int(data[49])
	if data[21] > byte(statusMerged) || data[22] > 1 || data[32] > 1 {
		return fmt.Errorf("%w: account flags", ErrCorrupt)
	}
	rest := data[accountWidth:]
	if len(rest) < wallets*walletWidth {
		return fmt.Errorf("%w: account cut short", ErrCorrupt)
	}
	a.wallets = a.wallets[:0]
	for ; wallets > 0; wallets-- {
		w := wallet{id: rest[0], idle: int64(le.Uint64(rest[1:]))}
		for i := range w.pots {
			w.pots[i] = int64(le.Uint64(rest[9+8*i:]))
		}
		a.wallets, rest = append(a.wallets, w), rest[walletWidth:]
	}
	ok := true
	a.lots, rest, ok = readRows(a.lots, rest, ok, lotWidth, readLot, compareLots)
	a.waiting, rest, ok = readRows(a.waiting, rest, ok, lotWidth, readLot, compareWaiting)
	a.holds, rest, ok = readRows(a.holds, rest, ok, holdWidth, readHold, compareHolds)
	a.legs, rest, ok = readRows(a.legs, rest, ok, legWidth, readLeg, compareLegs)
	a.windows, rest, ok = readRows(a.windows, rest, ok, opWidth[opWindow], readWindow, compareWindows)
	a.streaks, rest, ok = readRows(a.streaks, rest, ok, opWidth[opStreak], readStreak, compareStreaks)
	a.tasks, rest, ok = readRows(a.tasks, rest, ok, opWidth[opTask], readTask, compareTasks)
	a.months, rest, ok = readRows(a.months, rest, ok, opWidth[opMonth], readMonth, compareMonths)
	if !ok || len(rest) > 0 || !a.adds() {
		return fmt.Errorf("%w: account", ErrCorrupt)
	}
	return nil
}

// readRows reads rows that ascend strictly.
func readRows[T any](rows []T, rest []byte, ok bool, width int, read func([]byte) T, compare func(a, b T) int) ([]T, []byte, bool) {
	rows = rows[:0]
	if !ok || len(rest) < 2 {
		return rows, nil, false
	}
	n := int(le.Uint16(rest))
	rest = rest[2:]
	if n > maxRows || len(rest) < n*width {
		return rows, nil, false
	}
	for i := range n {
		rows = append(rows, read(rest[i*width:]))
		if i > 0 && compare(rows[i-1], rows[i]) >= 0 {
			return rows, nil, false
		}
	}
	return rows, rest[n*width:], true
}

func readLot(p []byte) lot {
	return lot{
		wallet: p[0], terms: Terms(p[1]), expires: int64(le.Uint64(p[2:])),
		activates: int64(le.Uint64(p[10:])), points: int64(le.Uint64(p[18:])),
	}
}

func readHold(p []byte) hold {
	return hold{id: [16]byte(p), wallet: p[16], until: int64(le.Uint64(p[17:]))}
}

func readLeg(p []byte) leg {
	return leg{hold: [16]byte(p), terms: Terms(p[16]), expires: int64(le.Uint64(p[17:])), points: int64(le.Uint64(p[25:]))}
}

// adds reports whether the lists of the account agree with its totals: the
// wallets ascend, and what lots, waiting lots and holds have is in the pots.
func (a *Account) adds() bool {
	for i := range a.wallets {
		w := &a.wallets[i]
		if i > 0 && a.wallets[i-1].id >= w.id || w.pots[PotDebt] > 0 && w.pots[PotAvailable] > 0 {
			return false
		}
		in, out := w.pots[PotIssued], int64(0)
		for p, points := range w.pots {
			if points < 0 || points > maxTotal {
				return false
			}
			if Pot(p) > PotReceived && Pot(p) != PotDebt {
				out += points // wraps only where in would, too
			}
		}
		if in+w.pots[PotReceived]+w.pots[PotDebt] != out {
			return false
		}
		available, pending, held := a.inLots(w.id)
		if available != w.pots[PotAvailable] || pending != w.pots[PotPending] || held != w.pots[PotHeld] {
			return false
		}
	}
	lots := func(lots []lot) bool {
		return !slices.ContainsFunc(lots, func(l lot) bool { return l.points <= 0 || !a.hasWallet(l.wallet) })
	}
	legs := !slices.ContainsFunc(a.legs, func(l leg) bool { return l.points <= 0 || a.holdByID(l.hold) < 0 })
	holds := !slices.ContainsFunc(a.holds, func(h hold) bool {
		return !slices.ContainsFunc(a.legs, func(l leg) bool { return l.hold == h.id })
	})
	return lots(a.lots) && lots(a.waiting) && legs && holds
}

func (a *Account) hasWallet(id uint8) bool {
	return slices.ContainsFunc(a.wallets, func(w wallet) bool { return w.id == id })
}

// inLots sums what the lists have of a wallet.
func (a *Account) inLots(id uint8) (available, pending, held int64) {
	for i := range a.lots {
		if a.lots[i].wallet == id {
			available += a.lots[i].points
		}
	}
	for i := range a.waiting {
		if a.waiting[i].wallet == id {
			pending += a.waiting[i].points
		}
	}
	for i := range a.legs {
		if at := a.holdByID(a.legs[i].hold); at >= 0 && a.holds[at].wallet == id {
			held += a.legs[i].points
		}
	}
	return available, pending, held
}

// copyFrom makes a copy that shares nothing, using the slices of a again.
func (a *Account) copyFrom(from *Account) {
	old := *a
	*a = *from
	a.wallets = append(old.wallets[:0], from.wallets...)
	a.lots = append(old.lots[:0], from.lots...)
	a.waiting = append(old.waiting[:0], from.waiting...)
	a.holds = append(old.holds[:0], from.holds...)
	a.legs = append(old.legs[:0], from.legs...)
	a.windows = append(old.windows[:0], from.windows...)
	a.streaks = append(old.streaks[:0], from.streaks...)
	a.tasks = append(old.tasks[:0], from.tasks...)
	a.months = append(old.months[:0], from.months...)
}

// clear empties the account, keeping its slices for use again.
func (a *Account) clear() {
	var empty Account
	a.copyFrom(&empty)
}
