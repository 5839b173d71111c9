package loyalty

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

// readSound is read of what is sound: no check can fail.
func (a *Account) readSound(data []byte) {
	a.seq, a.time = le.Uint64(data[1:]), int64(le.Uint64(data[9:]))
	a.version, a.status, a.referred = le.Uint32(data[17:]), status(data[21]), data[22] == 1
	a.enrolled, a.tier = int64(le.Uint64(data[23:])), readTier(data[31:])
	a.lists = append(a.lists[:0], data[accountWidth:]...)
	a.findLists()
}

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
	for rows := a.data[a.member : a.member+a.sums]; len(rows) > 0; rows = rows[totalWidth:] {
		was := readTotal(rows)
		l.totals = addTotal(l.totals, &was, -1)
	}
	a.version, a.until = r.Version+1, micros(r.Until)
	a.sums = uint32(len(r.Totals) * totalWidth)
	var rows []byte
	a.data, rows = extend(a.data[:a.member], int(a.sums)+len(r.Body))
	for i := range r.Totals {
		l.totals = addTotal(l.totals, &r.Totals[i], 1)
		r.Totals[i].put(rows[i*totalWidth:])
	}
	copy(rows[a.sums:], r.Body)
	l.accounts.setDue(a, micros(r.Due))
}

const totalWidth = 1 + 4*8

func (t *Total) put(dst []byte) {
	p := (*[totalWidth]byte)(dst)
	p[0] = t.Wallet
	le.PutUint64(p[1:], uint64(t.Available))
	le.PutUint64(p[9:], uint64(t.Pending))
	le.PutUint64(p[17:], uint64(t.Held))
	le.PutUint64(p[25:], uint64(t.Debt))
}

func readTotal(row []byte) Total {
	p := (*[totalWidth]byte)(row)
	return Total{p[0], int64(le.Uint64(p[1:])), int64(le.Uint64(p[9:])), int64(le.Uint64(p[17:])), int64(le.Uint64(p[25:]))}
}
