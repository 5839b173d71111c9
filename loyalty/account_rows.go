package loyalty

// The lists of an account are short and sorted, so that it has one encoding.
// They are kept in that encoding: a row is read when it is looked at.

// list is one of the lists of an account, in the order in which they are
// written.
type list uint8

const (
	listWallets list = iota // sorted by id
	listLots                // sorted as compareLots has it; those that wait apart from those that don't
	listWaiting             // pending, sorted as compareWaiting has it
	listHolds               // sorted by until, then id
	listLegs                // of holds, sorted by hold, then as lots
	listWindows             // sorted by key, then number
	listStreaks             // sorted by rule
	listTasks               // sorted by rule
	listMonths              // qualifying points, sorted by number
	numLists
)

// Widths of rows.
const (
	walletWidth = 9 + 8*int(numPots)
	lotWidth    = 26
	holdWidth   = 25
	legWidth    = 33
	windowWidth = 25
	streakWidth = 20
	taskWidth   = 12
	monthWidth  = 12
)

var rowWidth = [numLists]int{walletWidth, lotWidth, lotWidth, holdWidth, legWidth, windowWidth, streakWidth, taskWidth, monthWidth}

// maxRows is what the number of a list's rows is written in: lists are bounded
// by the rules of a program and the days that events may be late.
const maxRows = 1<<16 - 1

// noRows are the lists of an account without any: there is one byte for the
// number of wallets, and two for that of other rows.
var noRows [1 + 2*(numLists-1)]byte

// rows returns the rows of a list.
func (a *Account) rows(l list) []byte { return a.lists[a.parts[l].from:a.parts[l].to] }

func (a *Account) count(l list) int { return int(a.parts[l].to-a.parts[l].from) / rowWidth[l] }

func (a *Account) has(l list) bool { return a.parts[l].from < a.parts[l].to }

// insert makes room for a row of a list at a place, and returns it, to be
// written whole.
func (a *Account) insert(l list, at int) []byte {
	if len(a.lists) == 0 {
		a.lists = append(a.lists, noRows[:]...)
		a.findLists()
	}
	width, from := rowWidth[l], int(a.parts[l].from)+at
	a.lists = extend(a.lists, width)
	behind := a.lists[from:]
	copy(behind[width:], behind)
	a.resize(l, width, 1)
	return behind[:width]
}

// remove drops the row of a list at a place.
func (a *Account) remove(l list, at int) {
	width, from := rowWidth[l], int(a.parts[l].from)+at
	a.lists = append(a.lists[:from], a.lists[from+width:]...)
	a.resize(l, -width, -1)
}

// resize notes that a list has so many bytes and rows more.
func (a *Account) resize(l list, width, rows int) {
	if l == listWallets {
		a.lists[0] += byte(rows)
	} else {
		n := a.lists[a.parts[l].from-2:]
		le.PutUint16(n, le.Uint16(n)+uint16(rows))
	}
	a.parts[l].to += uint32(width)
	for l++; l < numLists; l++ {
		a.parts[l].from += uint32(width)
		a.parts[l].to += uint32(width)
	}
}

// findLists finds where the lists are; false if they don't end where the bytes
// do.
func (a *Account) findLists() bool {
	rest, at := a.lists, 0 // at is where rest begins
	for l := range numLists {
		header, rows := 2, 0
		switch {
		case l == listWallets && len(rest) > 0:
			header, rows = 1, int(rest[0])
		case len(rest) > 1:
			rows = int(le.Uint16(rest))
		default:
			return false
		}
		size := header + rows*rowWidth[l]
		if size > len(rest) {
			return false
		}
		a.parts[l].from, a.parts[l].to = uint32(at+header), uint32(at+size)
		rest, at = rest[size:], at+size
	}
	return len(rest) == 0
}

// findRow returns where a row stands or would stand. Lists are short, and what
// is looked for is mostly near the end.
func findRow[T any](rows []byte, width int, row *T, compare func(p []byte, row *T) int) (at int, found bool) {
	for at = len(rows); at > 0; at -= width {
		if c := compare(rows[at-width:], row); c <= 0 {
			if c == 0 {
				return at - width, true
			}
			break
		}
	}
	return at, false
}

// findNumber is findRow for rows that begin with the number that they are sorted
// by.
func findNumber(rows []byte, width int, number uint32) (at int, found bool) {
	for at = len(rows); at > 0; at -= width {
		if n := le.Uint32(rows[at-width:]); n <= number {
			if n == number {
				return at - width, true
			}
			break
		}
	}
	return at, false
}

// eachRow hands out the rows of a list in order. They must not be changed
// meanwhile.
func eachRow[T any](rows []byte, width int, read func([]byte) T, yield func(T) bool) {
	for ; len(rows) > 0; rows = rows[width:] {
		if !yield(read(rows)) {
			return
		}
	}
}

func (a *Account) lots(yield func(lot) bool) { eachRow(a.rows(listLots), lotWidth, readLot, yield) }

func (a *Account) waiting(yield func(lot) bool) {
	eachRow(a.rows(listWaiting), lotWidth, readLot, yield)
}

func (a *Account) holds(yield func(hold) bool) {
	eachRow(a.rows(listHolds), holdWidth, readHold, yield)
}

func (a *Account) legs(yield func(leg) bool) { eachRow(a.rows(listLegs), legWidth, readLeg, yield) }

func (a *Account) windows(yield func(window) bool) {
	eachRow(a.rows(listWindows), windowWidth, readWindow, yield)
}

func (a *Account) streaks(yield func(streak) bool) {
	eachRow(a.rows(listStreaks), streakWidth, readStreak, yield)
}

func (a *Account) tasks(yield func(task) bool) {
	eachRow(a.rows(listTasks), taskWidth, readTask, yield)
}

func (a *Account) months(yield func(month) bool) {
	eachRow(a.rows(listMonths), monthWidth, readMonth, yield)
}
