package loyalty

import (
	"bytes"
	"cmp"
)

// Rows are compared as they are written, without being read: p is the row that
// stands there.

// compareLots orders the lots of a wallet by expiry, those without one last.
func compareLots(p []byte, l *lot) int {
	row := asLot(p)
	if wallet := row.wallet(); wallet != l.wallet {
		return cmp.Compare(wallet, l.wallet)
	}
	if expires := row.expires(); expires != l.expires {
		return compareExpiry(expires, l.expires)
	}
	return cmp.Compare(row.terms(), l.terms)
}

// compareWaiting orders lots by when they activate.
func compareWaiting(p []byte, l *lot) int {
	if activates := int64(le.Uint64(p[10:])); activates != l.activates {
		return cmp.Compare(activates, l.activates)
	}
	return compareLots(p, l)
}

// compareExpiry puts 0, which is never, last.
func compareExpiry(a, b int64) int { return cmp.Compare(uint64(a-1), uint64(b-1)) }

func compareHolds(p []byte, h *hold) int {
	return cmp.Or(cmp.Compare(int64(le.Uint64(p[17:])), h.until), bytes.Compare(p[:16], h.id[:]))
}

func compareLegs(p []byte, l *leg) int {
	was := readLeg(p)
	return cmp.Or(bytes.Compare(was.hold[:], l.hold[:]), compareExpiry(was.expires, l.expires), cmp.Compare(was.terms, l.terms))
}

func compareWindows(p []byte, w *window) int {
	row := asWindow(p)
	if rank := row.rank(); rank != w.key.rank() {
		return cmp.Compare(rank, w.key.rank())
	}
	return cmp.Compare(row.number(), w.number)
}

// Streaks, tasks and months begin with the number that they are sorted by; none
// is negative.

func compareStreaks(p []byte, s *streak) int { return cmp.Compare(le.Uint32(p), s.rule) }

func compareTasks(p []byte, t *task) int { return cmp.Compare(le.Uint32(p), t.rule) }

func compareMonths(p []byte, m *month) int { return cmp.Compare(le.Uint32(p), uint32(m.number)) }
