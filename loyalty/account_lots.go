package loyalty

// maxLots bounds the lots of a list: one for each day of ten years, so that no
// account outgrows what a store likes.
const maxLots = 4096

// lotAt returns a lot by its place among those that wait, or those that don't.
func (a *Account) lotAt(l list, i int) lot { return readLot(a.rows(l)[i*lotWidth:]) }

// findLot returns where a lot stands, or would stand, among those that wait or
// those that don't.
func findLot(l list, rows []byte, row *lot) (at int, found bool) {
	if l == listWaiting {
		return findRow(rows, lotWidth, row, compareWaiting)
	}
	return findRow(rows, lotWidth, row, compareLots)
}

// lotRow is a lot where it stands.
type lotRow [lotWidth]byte

func (p *lotRow) wallet() uint8 { return p[0] }

func (p *lotRow) terms() Terms { return Terms(p[1]) }

func (p *lotRow) expires() int64 { return int64(le.Uint64(p[2:])) }

func (p *lotRow) activates() int64 { return int64(le.Uint64(p[10:])) }

func (p *lotRow) points() int64 { return int64(le.Uint64(p[18:])) }

func (p *lotRow) setPoints(n int64) { le.PutUint64(p[18:], uint64(n)) }

// asLot takes the first of some rows for a lot.
func asLot(rows []byte) *lotRow { return (*lotRow)(rows[:lotWidth]) }

func (a *Account) addLot(l list, row *lot) error {
	rows := a.rows(l)
	at, found := findLot(l, rows, row)
	if found {
		there := asLot(rows[at:])
		there.setPoints(there.points() + row.points)
		return nil
	}
	if len(rows) >= maxLots*lotWidth {
		return tooMany("lots", maxLots)
	}
	row.put(a.insert(l, at))
	return nil
}

func (a *Account) takeLot(l list, row *lot) bool {
	rows := a.rows(l)
	at, found := findLot(l, rows, row)
	if !found {
		return false
	}
	there := asLot(rows[at:])
	left := there.points() - row.points
	if left == 0 {
		a.remove(l, at)
	} else if left > 0 {
		there.setPoints(left)
	}
	return left >= 0
}

// addLeg puts points under the hold h, which begins with its first leg.
func (a *Account) addLeg(m *move, h *hold) error {
	if _, open := a.holdByID(h.id); !open {
		if a.count(listHolds) >= MaxOpenHolds {
			return &LimitError{Limit: "open holds", Max: MaxOpenHolds, Used: MaxOpenHolds}
		}
		row := hold{id: h.id, wallet: m.wallet, until: h.until}
		at, _ := findRow(a.rows(listHolds), holdWidth, &row, compareHolds)
		row.put(a.insert(listHolds, at))
	}
	row := leg{hold: h.id, terms: m.terms, expires: m.expires, points: m.points}
	at, found := findRow(a.rows(listLegs), legWidth, &row, compareLegs)
	switch {
	case found:
		row.points += readLeg(a.rows(listLegs)[at:]).points
	case a.count(listLegs) >= maxLots:
		return tooMany("lots under hold", maxLots)
	default:
		a.insert(listLegs, at)
	}
	row.put(a.rows(listLegs)[at:])
	return nil
}

// takeLeg takes points out of the hold h, which ends with its last leg.
func (a *Account) takeLeg(m *move, h *hold) bool {
	of, open := a.holdByID(h.id)
	if !open || of.wallet != m.wallet {
		return false
	}
	row := leg{hold: h.id, terms: m.terms, expires: m.expires}
	at, found := findRow(a.rows(listLegs), legWidth, &row, compareLegs)
	if !found {
		return false
	}
	if row.points = readLeg(a.rows(listLegs)[at:]).points - m.points; row.points < 0 {
		return false
	}
	if row.points > 0 {
		row.put(a.rows(listLegs)[at:])
		return true
	}
	a.remove(listLegs, at)
	if _, more := a.legOf(h.id); !more {
		at, _ := findRow(a.rows(listHolds), holdWidth, &of, compareHolds)
		a.remove(listHolds, at)
	}
	return true
}

// holdByID returns an open hold.
func (a *Account) holdByID(id [16]byte) (open hold, ok bool) {
	for h := range a.holds {
		if h.id == id {
			return h, true
		}
	}
	return hold{}, false
}

// legOf returns the first leg of a hold.
func (a *Account) legOf(id [16]byte) (first leg, ok bool) {
	for l := range a.legs {
		if l.hold == id {
			return l, true
		}
	}
	return leg{}, false
}
