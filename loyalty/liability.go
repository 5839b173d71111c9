package loyalty

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Liability is what a program owes its members in points at a moment. Nothing
// that has ended by then is in it, whether or not a sweep ran.
type Liability struct {
	AsOf time.Time `json:"asOf"`
	// Accounts is how many there are, and Due how many of them had something
	// due that was not written yet.
	Accounts int64             `json:"accounts"`
	Due      int64             `json:"due"`
	Wallets  []WalletLiability `json:"wallets"`
}

// WalletLiability is that of one wallet that can be spent.
type WalletLiability struct {
	Wallet string `json:"wallet"`
	// Settled is of accounts that had nothing due. Due is of the others, as they
	// are with everything done that is due. The sum is owed.
	Settled Owed `json:"settled"`
	Due     Owed `json:"due"`
	// Past is how many points the records of due accounts still have beyond
	// that: ended, and in no other number here.
	Past int64 `json:"past,omitempty"`
	// Months are the points of Settled and Due by the local month in which they
	// end, and Endless those that don't, or not yet: while they wait for an
	// event, or under a hold.
	Months  []ExpiryMonth `json:"months,omitempty"`
	Endless int64         `json:"endless,omitempty"`
	// Breakage is the share of points that is expected never to be redeemed; nil
	// if none were redeemed yet, since what ended before the first redemption
	// doesn't say how many will follow.
	Breakage *Breakage `json:"breakage,omitempty"`
	// Cost is what the points come to at the wallet's cost if all are redeemed,
	// and Expected, Low and High with breakage. Zero if the wallet has no cost;
	// without breakage all are Cost. To 4 places.
	Cost     decimal.Decimal `json:"cost"`
	Expected decimal.Decimal `json:"expected"`
	Low      decimal.Decimal `json:"low"`
	High     decimal.Decimal `json:"high"`
}

// Owed is points by where they are. Debt is what members owe.
type Owed struct {
	Available int64 `json:"available"`
	Pending   int64 `json:"pending"`
	Held      int64 `json:"held"`
	Debt      int64 `json:"debt"`
}

// Points returns the points that may still be redeemed.
func (o Owed) Points() int64 { return o.Available + o.Pending + o.Held }

func (o *Owed) add(t Total) {
	o.Available += t.Available
	o.Pending += t.Pending
	o.Held += t.Held
	o.Debt += t.Debt
}

// ExpiryMonth is the points that end in a month.
type ExpiryMonth struct {
	Month  string `json:"month"` // as 2006-01
	Points int64  `json:"points"`
}

// Breakage is expired / (expired + redeemed) over all points whose fate is
// known, with the bounds of a 95% interval: the members are taken as a sample,
// each with all their points (ratio estimator, Cochran 1977, section 6.4). It
// says how members have behaved; a young program has redeemed little yet, and
// so shows too much of it.
type Breakage struct {
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// accountPage is how many accounts are read at once.
const accountPage = 500

// Liability adds up all accounts of the program. It reads each record once, and
// writes nothing. Accounts that change while it runs are counted as they were
// read.
func (e *Engine) Liability(ctx context.Context, now time.Time) (Liability, error) {
	sums := newLiabilitySums(e.rules.at(micros(now)), micros(now))
	l := Liability{AsOf: instant(micros(now))}
	err := e.accounts(ctx, now, Scan{}, func(_ Due, head, account *Account) error {
		l.Accounts++
		due := head != account
		if due {
			l.Due++
		}
		sums.add(head, account, due)
		return nil
	})
	if err != nil {
		return Liability{}, err
	}
	l.Wallets = sums.wallets()
	return l, nil
}

// accounts calls each for accounts of a scan: the account as it is stored, and
// as it is at a moment with everything done that is due. If nothing is due the
// two are one. Both are valid only during the call.
func (e *Engine) accounts(ctx context.Context, now time.Time, scan Scan, each func(at Due, head, account *Account) error) error {
	if !inRange(now) {
		return &CommandError{"now", "want an instant from 1971 to 2499"}
	}
	scan.Program = e.rules.program
	limit := scan.Limit
	for read := 0; limit == 0 || read < limit; {
		scan.Limit = accountPage
		if limit > 0 {
			scan.Limit = min(accountPage, limit-read)
		}
		page, err := e.store.Scan(ctx, scan)
		if err != nil {
			return fmt.Errorf("loyalty: scan: %w", err)
		}
		if err := e.page(ctx, now, page, each); err != nil {
			return err
		}
		if read += len(page); len(page) < scan.Limit {
			return nil
		}
		scan.After = &page[len(page)-1]
	}
	return nil
}

func (e *Engine) page(ctx context.Context, now time.Time, page []Due, each func(at Due, head, account *Account) error) error {
	if len(page) == 0 {
		return nil
	}
	ids := make([]RecordID, len(page))
	for i := range page {
		ids[i] = AccountID{e.rules.program, page[i].Member}.Record()
	}
	records, _, err := e.store.Load(ctx, ids, nil)
	if err != nil {
		return fmt.Errorf("loyalty: load: %w", err)
	}
	if len(records) != len(ids) {
		return fmt.Errorf("loyalty: store returned %d records, not %d", len(records), len(ids))
	}
	v := e.view()
	defer e.free(v)
	for i := range records {
		if records[i].Version == 0 {
			continue // gone since the scan
		}
		v.Reset()
		v.start(e.rules)
		if err := v.Fill(records[i:i+1], nil, nil); err != nil {
			return err
		}
		head := v.records[0].account
		account := head
		if due := head.nextDue(); due != 0 && due <= micros(now) {
			s, err := v.sit(e.rules, page[i].Member, micros(now))
			if err != nil {
				return fmt.Errorf("loyalty: account %q: %w", page[i].Member, err)
			}
			account = &s.account
		}
		if err := each(page[i], head, account); err != nil {
			return err
		}
	}
	return nil
}

// liabilitySums are the sums of the wallets that can be spent.
type liabilitySums struct {
	c    *compiled
	now  int64
	days almanac
	of   []walletSums // beside c.wallets
}

type walletSums struct {
	settled, due Owed
	past         int64
	months       map[int32]int64
	endless      int64
	fate         fateSums
}

func newLiabilitySums(c *compiled, now int64) *liabilitySums {
	l := &liabilitySums{c: c, now: now, of: make([]walletSums, len(c.wallets))}
	l.days.in(c.cal.zone)
	for i := range l.of {
		l.of[i].months = map[int32]int64{}
	}
	return l
}

func (l *liabilitySums) add(head, account *Account, due bool) {
	for i := range l.c.wallets {
		id, sums := l.c.wallets[i].ID, &l.of[i]
		total := account.total(id)
		if due {
			before := head.total(id)
			sums.due.add(total)
			sums.past += before.Available + before.Pending + before.Held - total.Available - total.Pending - total.Held
		} else {
			sums.settled.add(total)
		}
		sums.endless += total.Held
		sums.fate.add(float64(account.pot(id, PotExpired)), float64(account.pot(id, PotRedeemed)))
	}
	for lot := range account.lots {
		l.lot(lot, account.endOf(lot))
	}
	for lot := range account.waiting {
		l.lot(lot, account.endOf(lot))
	}
}

func (l *liabilitySums) lot(lot lot, ends int64) {
	for i := range l.c.wallets {
		switch {
		case l.c.wallets[i].ID != lot.wallet:
		case ends == 0:
			l.of[i].endless += lot.points
		default: // at the end of the day before, as members say it
			l.of[i].months[monthly.Of(l.days.day(ends-1))] += lot.points
		}
	}
}

func (l *liabilitySums) wallets() (list []WalletLiability) {
	for i := range l.c.wallets {
		w, sums := &l.c.wallets[i], &l.of[i]
		if w.Qualifying {
			continue
		}
		row := WalletLiability{Wallet: w.Name, Settled: sums.settled, Due: sums.due, Past: sums.past, Endless: sums.endless, Breakage: sums.fate.breakage()}
		for _, m := range slices.Sorted(maps.Keys(sums.months)) {
			row.Months = append(row.Months, ExpiryMonth{monthly.Name(m), sums.months[m]})
		}
		row.price(w.Cost)
		list = append(list, row)
	}
	return list
}

// price says what the points come to.
func (w *WalletLiability) price(cost decimal.Decimal) {
	w.Cost = decimal.NewFromInt(w.Settled.Points() + w.Due.Points()).Mul(cost).Round(4)
	left := func(breakage float64) decimal.Decimal {
		return w.Cost.Mul(decimal.NewFromInt(1).Sub(decimal.NewFromFloat(breakage).Round(6))).Round(4)
	}
	w.Expected, w.Low, w.High = w.Cost, w.Cost, w.Cost
	if b := w.Breakage; b != nil {
		w.Expected, w.Low, w.High = left(b.Share), left(b.High), left(b.Low)
	}
}

// fateSums are what a ratio and its variance need, member by member. Members
// come in the order of the scan, so that the sums have the same bits each time.
type fateSums struct{ n, expired, ended, expired2, ended2, both float64 }

func (f *fateSums) add(expired, redeemed float64) {
	ended := expired + redeemed
	f.n++
	f.expired += expired
	f.ended += ended
	f.expired2 += float64(expired * expired)
	f.ended2 += float64(ended * ended)
	f.both += float64(expired * ended)
}

func (f *fateSums) breakage() *Breakage {
	if f.ended <= f.expired { // nothing was redeemed
		return nil
	}
	share := f.expired / f.ended
	squares := f.expired2 - float64(2*share*f.both) + float64(share*share*f.ended2)
	se := 0.0
	if f.n > 1 {
		se = math.Sqrt(max(0, squares)*f.n/(f.n-1)) / f.ended
	}
	const z = 1.959963984540054 // 95%
	return &Breakage{Share: share, Low: max(0, share-float64(z*se)), High: min(1, share+float64(z*se))}
}
