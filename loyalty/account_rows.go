package loyalty

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// The lists of an account are short and sorted, so that it has one encoding.

// Lots are bounded by one for each day of ten years, so that no account
// outgrows what a store likes. Other lists are bounded by the rules of a
// program and the days that events may be late; all of them by how their length
// is written.
const (
	maxLots = 4096
	maxRows = 1<<16 - 1
)

// compareLots orders the lots of a wallet by expiry, those without one last.
func compareLots(a, b lot) int {
	return cmp.Or(cmp.Compare(a.wallet, b.wallet), compareExpiry(a.expires, b.expires), cmp.Compare(a.terms, b.terms))
}

// compareWaiting orders lots by when they activate.
func compareWaiting(a, b lot) int {
	return cmp.Or(cmp.Compare(a.activates, b.activates), compareLots(a, b))
}

// compareExpiry puts 0, which is never, last.
func compareExpiry(a, b int64) int { return cmp.Compare(uint64(a-1), uint64(b-1)) }

func compareHolds(a, b hold) int {
	return cmp.Or(cmp.Compare(a.until, b.until), bytes.Compare(a.id[:], b.id[:]))
}

func compareLegs(a, b leg) int {
	return cmp.Or(bytes.Compare(a.hold[:], b.hold[:]), compareExpiry(a.expires, b.expires), cmp.Compare(a.terms, b.terms))
}

func compareWindows(a, b window) int {
	return cmp.Or(cmp.Compare(a.key.kind, b.key.kind), cmp.Compare(a.key.id, b.key.id), cmp.Compare(a.number, b.number))
}

func compareStreaks(a, b streak) int { return cmp.Compare(a.rule, b.rule) }

func compareTasks(a, b task) int { return cmp.Compare(a.rule, b.rule) }

func compareMonths(a, b month) int { return cmp.Compare(a.number, b.number) }

// findRow returns where a row stands or would stand. Lists are short, and what
// is looked for is mostly near the end.
func findRow[T any](rows []T, row T, compare func(a, b T) int) (int, bool) {
	for i := len(rows); i > 0; i-- {
		if c := compare(rows[i-1], row); c <= 0 {
			if c == 0 {
				return i - 1, true
			}
			return i, false
		}
	}
	return 0, false
}

func insertRow[T any](rows []T, i int, row T) []T {
	var zero T
	rows = append(rows, zero)
	copy(rows[i+1:], rows[i:])
	rows[i] = row
	return rows
}

// wallet returns the wallet of a number, made if it is not there: only for what
// is written to the journal, too.
func (a *Account) wallet(id uint8) *wallet {
	for i := range a.wallets {
		if a.wallets[i].id == id {
			return &a.wallets[i]
		}
		if a.wallets[i].id > id {
			a.wallets = insertRow(a.wallets, i, wallet{id: id})
			return &a.wallets[i]
		}
	}
	a.wallets = append(a.wallets, wallet{id: id})
	return &a.wallets[len(a.wallets)-1]
}

// idle is when TermIdle points of a wallet end; 0 if nothing set it.
func (a *Account) idle(id uint8) int64 {
	for i := range a.wallets {
		if a.wallets[i].id == id {
			return a.wallets[i].idle
		}
	}
	return 0
}

// pot returns what is in a pot.
func (a *Account) pot(id uint8, p Pot) int64 {
	for i := range a.wallets {
		if a.wallets[i].id == id {
			return a.wallets[i].pots[p]
		}
	}
	return 0
}

func addLot(lots *[]lot, l lot, compare func(a, b lot) int) error {
	i, found := findRow(*lots, l, compare)
	if found {
		(*lots)[i].points += l.points
		return nil
	}
	if len(*lots) >= maxLots {
		return fmt.Errorf("%w: more than %d lots", ErrOverflow, maxLots)
	}
	*lots = insertRow(*lots, i, l)
	return nil
}

func takeLot(lots *[]lot, l lot, compare func(a, b lot) int) bool {
	i, found := findRow(*lots, l, compare)
	if !found || (*lots)[i].points < l.points {
		return false
	}
	if (*lots)[i].points -= l.points; (*lots)[i].points == 0 {
		*lots = slices.Delete(*lots, i, i+1)
	}
	return true
}

// addLeg puts points under the hold h, which begins with its first leg.
func (a *Account) addLeg(m *move, h *hold) error {
	if a.holdByID(h.id) < 0 {
		if len(a.holds) >= MaxOpenHolds {
			return &LimitError{Limit: "open holds", Max: MaxOpenHolds, Used: MaxOpenHolds}
		}
		row := hold{id: h.id, wallet: m.wallet, until: h.until}
		i, _ := findRow(a.holds, row, compareHolds)
		a.holds = insertRow(a.holds, i, row)
	}
	row := leg{hold: h.id, terms: m.terms, expires: m.expires, points: m.points}
	i, found := findRow(a.legs, row, compareLegs)
	if found {
		a.legs[i].points += m.points
		return nil
	}
	if len(a.legs) >= maxLots {
		return fmt.Errorf("%w: more than %d lots under hold", ErrOverflow, maxLots)
	}
	a.legs = insertRow(a.legs, i, row)
	return nil
}

// takeLeg takes points out of the hold h, which ends with its last leg.
func (a *Account) takeLeg(m *move, h *hold) bool {
	at := a.holdByID(h.id)
	if at < 0 || a.holds[at].wallet != m.wallet {
		return false
	}
	i, found := findRow(a.legs, leg{hold: h.id, terms: m.terms, expires: m.expires}, compareLegs)
	if !found || a.legs[i].points < m.points {
		return false
	}
	if a.legs[i].points -= m.points; a.legs[i].points == 0 {
		a.legs = slices.Delete(a.legs, i, i+1)
		if !slices.ContainsFunc(a.legs, func(l leg) bool { return l.hold == h.id }) {
			a.holds = slices.Delete(a.holds, at, at+1)
		}
	}
	return true
}

// holdByID returns the index of a hold; -1 if it is not open.
func (a *Account) holdByID(id [16]byte) int {
	return slices.IndexFunc(a.holds, func(h hold) bool { return h.id == id })
}
