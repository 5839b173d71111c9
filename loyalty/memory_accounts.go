package loyalty

import "slices"

// memoryAccounts are the heads of a ledger's accounts.
type memoryAccounts struct {
	index memoryIndex
	pages [][]memoryAccount
	roots [2]*memoryAccount // of the trees
	ranks uint64            // how they are drawn
	exact int64             // see setDue
	early []*memoryAccount  // see listEarly
}

// memoryAccount is an account's head, and where its entries are. It stays
// where it is. What every commit needs stands together.
type memoryAccount struct {
	data    []byte // the name, the totals and the body
	lines   []uint32
	version uint64
	until   int64
	due     int64
	listed  int64  // where it stands in the tree by due; 0 if it is not there
	member  uint32 // length of the name
	sums    uint32 // length of the totals
	place   uint32
	noted   bool // it is in early
	sound   bool // an engine wrote the body from an account that it had checked

	rank  uint64   // random, of the trees
	first [16]byte // of the name, or all of it and zeros: most names differ in these
	links [2]memoryLinks
}

// headPage is how many accounts a page holds.
const headPage = 64

func (l *memoryLedger) account(place uint32) *memoryAccount {
	return &l.accounts.pages[place/headPage][place%headPage]
}

// add notes where the next entry is.
func (a *memoryAccount) add(line uint32) {
	if a.lines == nil {
		a.lines = make([]uint32, 0, 6)
	}
	a.lines = append(a.lines, line)
}

func (a *memoryAccount) name() []byte { return a.data[:a.member] }

func (a *memoryAccount) body() []byte { return a.data[a.member+a.sums:] }

// member returns an account; nil if it is absent.
func (l *memoryLedger) member(name string) *memoryAccount {
	return l.memberAt(hashName(l.seed, KindAccount, name), name)
}

func (l *memoryLedger) memberAt(hash uint32, name string) *memoryAccount {
	place, ok := l.accounts.index.find(hash, func(place uint32) bool {
		return string(l.account(place).name()) == name
	})
	if !ok {
		return nil
	}
	return l.account(place)
}

// enroll makes an account that is absent.
func (l *memoryLedger) enroll(name string, hash uint32) *memoryAccount {
	m := &l.accounts
	n := len(m.pages)
	if n == 0 || len(m.pages[n-1]) == headPage {
		m.pages = append(m.pages, make([]memoryAccount, 0, headPage))
		n++
	}
	page := &m.pages[n-1]
	place := uint32((n-1)*headPage + len(*page))
	*page = append(*page, memoryAccount{place: place, member: uint32(len(name)), data: []byte(name)})
	m.index.add(hash, place)
	a := l.account(place)
	copy(a.first[:], name)
	m.enter(a)
	return a
}

func (l *memoryLedger) putAccount(a *memoryAccount, r *Record) {
	a.version, a.until = r.Version+1, micros(r.Until)
	l.putTotals(a, r)
	a.data = a.data[:a.member+a.sums]
	if size := len(a.data) + len(r.Body); size > cap(a.data) {
		a.data = append(make([]byte, 0, size+size/8), a.data...) // it grows by a row now and then
	}
	a.data = append(a.data, r.Body...)
	l.accounts.setDue(a, micros(r.Due))
}

// putTotals puts the totals of an account in the place of what they were, and
// adds the difference to those of the ledger.
func (l *memoryLedger) putTotals(a *memoryAccount, r *Record) {
	if !a.hasWallets(r.Totals) {
		l.changeWallets(a, r)
	}
	for i := range r.Totals {
		t, row := &r.Totals[i], (*totalRow)(a.data[int(a.member)+i*totalWidth:])
		row.change(t, totalOf(&l.totals, t.Wallet))
	}
}

// hasWallets reports whether the totals of an account are those of the same
// wallets.
func (a *memoryAccount) hasWallets(totals []Total) bool {
	rows := a.data[a.member : a.member+a.sums]
	if len(rows) != len(totals)*totalWidth {
		return false
	}
	for i := range totals {
		if rows[i*totalWidth] != totals[i].Wallet {
			return false
		}
	}
	return true
}

// changeWallets makes the totals of an account zeros of other wallets.
func (l *memoryLedger) changeWallets(a *memoryAccount, r *Record) {
	for rows := a.data[a.member : a.member+a.sums]; len(rows) > 0; rows = rows[totalWidth:] {
		(*totalRow)(rows).change(new(Total), totalOf(&l.totals, rows[0]))
	}
	a.sums = uint32(len(r.Totals) * totalWidth)
	a.data = slices.Grow(a.data[:a.member], int(a.sums)+len(r.Body))
	for i := range r.Totals {
		row := totalRow{r.Totals[i].Wallet}
		a.data = append(a.data, row[:]...)
	}
}

// totalRow is a total as it stands in the data of an account.
type totalRow [totalWidth]byte

const totalWidth = 1 + 4*8

// change replaces the total by another of the same wallet, and adds the
// difference to a sum.
func (p *totalRow) change(t, sum *Total) {
	sum.Available += t.Available - changed(p[1:9], t.Available)
	sum.Pending += t.Pending - changed(p[9:17], t.Pending)
	sum.Held += t.Held - changed(p[17:25], t.Held)
	sum.Debt += t.Debt - changed(p[25:], t.Debt)
}

// changed replaces a number, and returns what it was.
func changed(p []byte, n int64) (was int64) {
	was = int64(le.Uint64(p))
	le.PutUint64(p, uint64(n))
	return was
}
