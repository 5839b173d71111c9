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
	if row.wallet() != l.wallet {
		return int(row.wallet()) - int(l.wallet)
	}
	if a, b := uint64(row.expires()-1), uint64(l.expires-1); a != b { // 0, which is never, last
		return sign(a < b)
	}
	return int(row.terms()) - int(l.terms)
}

// sign is how two compare that are not equal.
func sign(less bool) int {
	if less {
		return -1
	}
	return 1
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
	if a, b := row.rank(), w.key.rank(); a != b {
		return sign(a < b)
	}
	return cmp.Compare(row.number(), w.number)
}

// Streaks, tasks and months begin with the number that they are sorted by; none
// is negative.

func compareStreaks(p []byte, s *streak) int { return cmp.Compare(le.Uint32(p), s.rule) }

func compareTasks(p []byte, t *task) int { return cmp.Compare(le.Uint32(p), t.rule) }

func compareMonths(p []byte, m *month) int { return cmp.Compare(le.Uint32(p), uint32(m.number)) }
