package loyalty

import "cmp"

// wallet is what each pot of a wallet holds. Issued and received count what
// came out of them.
type wallet struct {
	id   uint8
	idle int64 // when TermIdle points end; 0 if nothing set it
	pots [numPots]int64
}

// walletRow is a wallet where it stands in the account. It is good until the
// account changes otherwise.
type walletRow [walletWidth]byte

func (w *walletRow) id() uint8 { return w[0] }

func (w *walletRow) idle() int64 { return int64(le.Uint64(w[1:])) }

func (w *walletRow) setIdle(at int64) { le.PutUint64(w[1:], uint64(at)) }

func (w *walletRow) pot(p Pot) int64 { return int64(le.Uint64(w[9+8*int(p):])) }

func (w *walletRow) setPot(p Pot, points int64) { le.PutUint64(w[9+8*int(p):], uint64(points)) }

// total is what the wallet holds.
func (w *walletRow) total() Total {
	return Total{w.id(), w.pot(PotAvailable), w.pot(PotPending), w.pot(PotHeld), w.pot(PotDebt)}
}

func readWallet(p []byte) wallet {
	row := asWallet(p)
	w := wallet{id: row.id(), idle: row.idle()}
	for i := range w.pots {
		w.pots[i] = row.pot(Pot(i))
	}
	return w
}

func compareWallets(p []byte, w *wallet) int { return cmp.Compare(p[0], w.id) }

// wallets hands out the wallets in order.
func (a *Account) wallets(yield func(wallet) bool) {
	eachRow(a.rows(listWallets), walletWidth, readWallet, yield)
}

// asWallet takes the first of some rows for a wallet.
func asWallet(rows []byte) *walletRow { return (*walletRow)(rows[:walletWidth]) }

// walletAt returns the wallet of a number; nil if it is not there.
func (a *Account) walletAt(id uint8) *walletRow {
	for rows := a.rows(listWallets); len(rows) >= walletWidth; rows = rows[walletWidth:] {
		if rows[0] == id {
			return asWallet(rows)
		}
	}
	return nil
}

// wallet returns the wallet of a number, made if it is not there: only for what
// is written to the journal, too.
func (a *Account) wallet(id uint8) *walletRow {
	if w := a.walletAt(id); w != nil {
		return w
	}
	at := 0
	for rows := a.rows(listWallets); at < len(rows) && rows[at] < id; {
		at += walletWidth
	}
	row := asWallet(a.insert(listWallets, at))
	*row = walletRow{id}
	return row
}

// idle is when TermIdle points of a wallet end; 0 if nothing set it.
func (a *Account) idle(id uint8) int64 {
	if w := a.walletAt(id); w != nil {
		return w.idle()
	}
	return 0
}

// pot returns what is in a pot.
func (a *Account) pot(id uint8, p Pot) int64 {
	if w := a.walletAt(id); w != nil {
		return w.pot(p)
	}
	return 0
}

// total is what the account has in a wallet.
func (a *Account) total(id uint8) Total {
	if w := a.walletAt(id); w != nil {
		return w.total()
	}
	return Total{Wallet: id}
}

// room is how many more points a wallet takes: none if it holds more than the
// most, as after a reversal.
func (a *Account) room(id uint8) int64 {
	if w := a.walletAt(id); w != nil {
		return max(0, MaxPoints-w.pot(PotAvailable)-w.pot(PotPending)-w.pot(PotHeld))
	}
	return MaxPoints
}
