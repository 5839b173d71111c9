package loyalty

import (
	"bytes"
	"fmt"
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
	from := len(dst)
	dst = extend(dst, accountWidth)
	p := (*[accountWidth]byte)(dst[from:])
	p[0] = accountFormat
	le.PutUint64(p[1:], a.seq)
	le.PutUint64(p[9:], uint64(a.time))
	le.PutUint32(p[17:], a.version)
	p[21], p[22] = byte(a.status), bit(a.referred)
	le.PutUint64(p[23:], uint64(a.enrolled))
	a.tier.put(p[31:])
	if len(a.lists) == 0 {
		return append(dst, noRows[:]...)
	}
	return append(dst, a.lists...)
}

// accountWidth is the width of what comes before the lists.
const accountWidth = 1 + 8 + 8 + 4 + 2 + 8 + tierWidth

// read replaces the account, using its room again. It takes nothing that
// append would write otherwise.
func (a *Account) read(data []byte) error {
	if len(data) > 0 && data[0] > accountFormat {
		return fmt.Errorf("%w: account of format %d", ErrNewerState, data[0])
	}
	if len(data) < accountWidth || data[0] == 0 {
		return fmt.Errorf("%w: account of %d bytes", ErrCorrupt, len(data))
	}
	if data[21] > byte(statusMerged) || data[22] > 1 || data[32] > 1 {
		return fmt.Errorf("%w: account flags", ErrCorrupt)
	}
	if !a.readSound(data) || !a.ascends() || !a.adds() {
		return fmt.Errorf("%w: account", ErrCorrupt)
	}
	return nil
}

// readSound is read without the checks, for what is known to be sound. It
// reports whether the lists end where the bytes do.
func (a *Account) readSound(data []byte) bool {
	row := (*[accountWidth]byte)(data)
	a.seq, a.time = le.Uint64(row[1:]), int64(le.Uint64(row[9:]))
	a.version, a.status, a.referred = le.Uint32(row[17:]), status(row[21]), row[22] == 1
	a.enrolled, a.tier = int64(le.Uint64(row[23:])), readTier(row[31:])
	a.lists = append(a.lists[:0], data[accountWidth:]...)
	return a.findLists()
}

// ascends reports whether the rows of all lists ascend strictly.
func (a *Account) ascends() bool {
	return rowsAscend(a.rows(listWallets), walletWidth, readWallet, compareWallets) &&
		rowsAscend(a.rows(listLots), lotWidth, readLot, compareLots) &&
		rowsAscend(a.rows(listWaiting), lotWidth, readLot, compareWaiting) &&
		rowsAscend(a.rows(listHolds), holdWidth, readHold, compareHolds) &&
		rowsAscend(a.rows(listLegs), legWidth, readLeg, compareLegs) &&
		rowsAscend(a.rows(listWindows), windowWidth, readWindow, compareWindows) &&
		rowsAscend(a.rows(listStreaks), streakWidth, readStreak, compareStreaks) &&
		rowsAscend(a.rows(listTasks), taskWidth, readTask, compareTasks) &&
		rowsAscend(a.rows(listMonths), monthWidth, readMonth, compareMonths)
}

func rowsAscend[T any](rows []byte, width int, read func([]byte) T, compare func(p []byte, row *T) int) bool {
	for ; len(rows) > width; rows = rows[width:] {
		next := read(rows[width:])
		if compare(rows, &next) >= 0 {
			return false
		}
	}
	return true
}

func (l *lot) put(p []byte) {
	row := (*[lotWidth]byte)(p)
	row[0], row[1] = l.wallet, byte(l.terms)
	le.PutUint64(row[2:], uint64(l.expires))
	le.PutUint64(row[10:], uint64(l.activates))
	le.PutUint64(row[18:], uint64(l.points))
}

func readLot(p []byte) lot {
	row := (*[lotWidth]byte)(p)
	return lot{
		wallet: row[0], terms: Terms(row[1]), expires: int64(le.Uint64(row[2:])),
		activates: int64(le.Uint64(row[10:])), points: int64(le.Uint64(row[18:])),
	}
}

func (h *hold) put(p []byte) {
	row := (*[holdWidth]byte)(p)
	copy(row[:], h.id[:])
	row[16] = h.wallet
	le.PutUint64(row[17:], uint64(h.until))
}

func readHold(p []byte) hold {
	row := (*[holdWidth]byte)(p)
	return hold{id: [16]byte(row[:16]), wallet: row[16], until: int64(le.Uint64(row[17:]))}
}

func (l *leg) put(p []byte) {
	row := (*[legWidth]byte)(p)
	copy(row[:], l.hold[:])
	row[16] = byte(l.terms)
	le.PutUint64(row[17:], uint64(l.expires))
	le.PutUint64(row[25:], uint64(l.points))
}

func readLeg(p []byte) leg {
	row := (*[legWidth]byte)(p)
	return leg{hold: [16]byte(row[:16]), terms: Terms(row[16]), expires: int64(le.Uint64(row[17:])), points: int64(le.Uint64(row[25:]))}
}

// adds reports whether the lists of the account agree with its totals: what
// lots, waiting lots and holds have is in the pots.
func (a *Account) adds() bool {
	lots, waiting := a.rows(listLots), a.rows(listWaiting)
	counted := 0 // bytes of lots that are of a wallet
	for rows := a.rows(listWallets); len(rows) > 0; rows = rows[walletWidth:] {
		w := asWallet(rows)
		available, free := sumOfLots(lots, w.id())
		pending, bound := sumOfLots(waiting, w.id())
		counted += free + bound
		if !w.adds() || available != w.pot(PotAvailable) || pending != w.pot(PotPending) || a.underHold(w.id()) != w.pot(PotHeld) {
			return false
		}
	}
	return counted == len(lots)+len(waiting) && a.holdsMeet()
}

// adds reports whether what came into the pots of a wallet is what they hold.
func (w *walletRow) adds() bool {
	if w.pot(PotDebt) > 0 && w.pot(PotAvailable) > 0 {
		return false
	}
	in, out := w.pot(PotIssued)+w.pot(PotReceived)+w.pot(PotDebt), int64(0)
	for p := range numPots {
		points := w.pot(p)
		if points < 0 || points > maxTotal {
			return false
		}
		if p > PotReceived && p != PotDebt {
			out += points // wraps only where in would, too
		}
	}
	return in == out
}

// sumOfLots is what the lots of a wallet have, and how many bytes they take;
// those without points don't count.
func sumOfLots(rows []byte, wallet uint8) (points int64, width int) {
	for ; len(rows) >= lotWidth; rows = rows[lotWidth:] {
		if p := asLot(rows); p.wallet() == wallet && p.points() > 0 {
			points += p.points()
			width += lotWidth
		}
	}
	return points, width
}

// underHold is what open holds have of a wallet.
func (a *Account) underHold(wallet uint8) (points int64) {
	for l := range a.legs {
		if h, open := a.holdByID(l.hold); open && h.wallet == wallet {
			points += l.points
		}
	}
	return points
}

// holdsMeet reports whether each leg is of a hold, and each hold has one.
func (a *Account) holdsMeet() bool {
	for l := range a.legs {
		if _, open := a.holdByID(l.hold); l.points <= 0 || !open {
			return false
		}
	}
	for h := range a.holds {
		if _, ok := a.legOf(h.id); !ok {
			return false
		}
	}
	return true
}

// equal reports whether two accounts are the same.
//
//go:noinline
func (a *Account) equal(b *Account) bool {
	return a.seq == b.seq && a.time == b.time && a.version == b.version && a.status == b.status &&
		a.referred == b.referred && a.enrolled == b.enrolled && a.tier == b.tier && bytes.Equal(a.lists, b.lists)
}

// copyFrom makes a copy that shares nothing, using the room of a again.
//
//go:noinline
func (a *Account) copyFrom(from *Account) {
	lists := append(a.lists[:0], from.lists...)
	*a = *from
	a.lists = lists
}

// clear empties the account, keeping its room for use again.
func (a *Account) clear() {
	*a = Account{lists: a.lists[:0]}
}
