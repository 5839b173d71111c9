package referral

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
)

// Log remembers who invited whom, who joined when, and who paid what. The zero
// value is ready to use. What it answers depends neither on the order of what
// is added nor on how that is split over logs that are merged later: the
// customer, the invite and the payment of one story may come by three shards.
//
// Joins and invites are facts that may be sent twice without harm; a payment
// that is added twice counts twice. Times are cut to the microsecond.
//
// A Log must not be copied once it is in use. Reading, which is all that
// [Log.Resolve], [Log.MarshalBinary] and being merged do, changes nothing;
// adding is not safe for concurrent use: give each goroutine its own and
// [Log.Merge] them.
type Log[K regulars.ID] struct {
	numbers  map[K]uint32
	ids      []K
	joined   []int64 // by number: microseconds since 1970, or never
	invites  []invite
	payments []payment
	wide     []decimal.Decimal // the amounts that outgrew an int64
}

// invite is one that was sent; to is nobody where no taker is known.
type invite struct {
	from, to uint32
	at       int64
}

// payment is an amount of 10^-places, or that of wide[units].
type payment struct {
	who    uint32
	places uint8
	isWide bool
	at     int64
	units  int64
}

const (
	nobody = math.MaxUint32
	never  = math.MaxInt64
)

// MaxCustomers is how many customers a log holds, and how many invites and
// payments: numbers of 32 bits name them.
const MaxCustomers = 1<<31 - 1

// ErrTooMany is returned for one more than [MaxCustomers].
var ErrTooMany = errors.New("referral: too many to remember")

// Join notes that a customer joined at an instant: registered, enrolled,
// opened an account. The earliest counts. An empty ID and a time that is zero
// or outside the years 1 to 9999 are errors, here and in the methods below, and
// add nothing.
func (l *Log[K]) Join(id K, at time.Time) error {
	if err := check("join", id, at); err != nil {
		return err
	}
	n, err := l.number(id)
	if err != nil {
		return err
	}
	l.joined[n] = min(l.joined[n], at.UnixMicro())
	return nil
}

// Invite notes that a customer sent an invite: a link, a code, a message. Who
// takes it need not be known. An invite is named by who sent it and when: noted
// again by [Log.InviteTo] once somebody took it, it is still one.
func (l *Log[K]) Invite(from K, at time.Time) error {
	if err := check("invite", from, at); err != nil {
		return err
	}
	n, err := l.number(from)
	if err != nil {
		return err
	}
	return l.invite(invite{n, nobody, at.UnixMicro()})
}

// InviteTo notes an invite from one customer to another, at the instant when it
// was sent. Several takers of one invite, such as a link, are several invites.
// That somebody was invited does not make them a customer.
func (l *Log[K]) InviteTo(from, to K, at time.Time) error {
	if err := check("invite", from, at); err != nil {
		return err
	}
	if err := checkID("taker of an invite", to); err != nil {
		return err
	}
	sender, err := l.number(from)
	if err != nil {
		return err
	}
	taker, err := l.number(to)
	if err != nil {
		return err
	}
	return l.invite(invite{sender, taker, at.UnixMicro()})
}

// Convert notes what a customer paid at an instant: an order, a fee, a policy.
// Of nothing or more it is a conversion; a refund is negative, and counts as
// value alone. An amount of more than 36 digits or 18 decimal places is an
// error. All amounts are of one currency.
func (l *Log[K]) Convert(id K, at time.Time, amount decimal.Decimal) error {
	if err := check("conversion", id, at); err != nil {
		return err
	}
	if err := exact.Check(amount); err != nil {
		return fmt.Errorf("referral: conversion of %v: %w", id, err)
	}
	if len(l.payments) == MaxCustomers {
		return ErrTooMany
	}
	n, err := l.number(id)
	if err != nil {
		return err
	}
	l.pay(payment{who: n, at: at.UnixMicro()}, amount)
	return nil
}

// pay appends a payment of an amount that is in bounds.
func (l *Log[K]) pay(p payment, amount decimal.Decimal) {
	if units, places, ok := exact.Small(amount); ok {
		p.units, p.places = units, uint8(places)
	} else {
		p.units, p.isWide = int64(len(l.wide)), true
		l.wide = append(l.wide, amount)
	}
	l.payments = append(l.payments, p)
}

// Merge adds all that was added to other, which stays as it is.
func (l *Log[K]) Merge(other *Log[K]) error {
	if l == other {
		return errors.New("referral: a log can't be merged into itself")
	}
	if len(l.ids)+len(other.ids) > MaxCustomers || len(l.invites)+len(other.invites) > MaxCustomers || len(l.payments)+len(other.payments) > MaxCustomers {
		return ErrTooMany
	}
	mine := make([]uint32, len(other.ids))
	for i, id := range other.ids {
		n, err := l.number(id)
		if err != nil {
			return err
		}
		mine[i] = n
		l.joined[n] = min(l.joined[n], other.joined[i])
	}
	for _, v := range other.invites {
		v.from = mine[v.from]
		if v.to != nobody {
			v.to = mine[v.to]
		}
		l.invites = append(l.invites, v)
	}
	for _, p := range other.payments {
		p.who = mine[p.who]
		if p.isWide {
			l.wide = append(l.wide, other.wide[p.units])
			p.units = int64(len(l.wide) - 1)
		}
		l.payments = append(l.payments, p)
	}
	return nil
}

// Len returns how many IDs there are: those who joined, invited, were invited
// or paid.
func (l *Log[K]) Len() int { return len(l.ids) }

func (l *Log[K]) number(id K) (uint32, error) {
	if n, ok := l.numbers[id]; ok {
		return n, nil
	}
	if len(l.ids) == MaxCustomers {
		return 0, ErrTooMany
	}
	if l.numbers == nil {
		l.numbers = map[K]uint32{}
	}
	n := uint32(len(l.ids))
	l.numbers[id] = n
	l.ids, l.joined = append(l.ids, id), append(l.joined, never)
	return n, nil
}

func (l *Log[K]) invite(v invite) error {
	if len(l.invites) == MaxCustomers {
		return ErrTooMany
	}
	l.invites = append(l.invites, v)
	return nil
}

// add adds a payment to a sum.
func (l *Log[K]) add(sum *exact.Sum, p payment) {
	if p.isWide {
		sum.Add(l.wide[p.units])
		return
	}
	sum.AddUnits(p.units, int(p.places))
}

// negative reports whether a payment is a refund.
func (l *Log[K]) negative(p payment) bool {
	if p.isWide {
		return l.wide[p.units].Sign() < 0
	}
	return p.units < 0
}

func check[K regulars.ID](what string, id K, at time.Time) error {
	if err := checkID(what, id); err != nil {
		return err
	}
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("referral: %s of %v %w", what, id, err)
	}
	return nil
}

// checkID refuses the empty string, which names nobody.
func checkID[K regulars.ID](what string, id K) error {
	if ids.IsEmpty(id) {
		return fmt.Errorf("referral: %s with an empty ID", what)
	}
	return nil
}
