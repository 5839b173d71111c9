package referral

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// wireLog begins a marshalled log. A form that was once written is read for
// ever; a newer one is refused.
const wireLog = "referral.log.1"

// MarshalBinary returns l as bytes: the same facts give the same bytes, in
// whatever order they came, and by however many logs that were merged.
func (l *Log[K]) MarshalBinary() ([]byte, error) { return l.AppendBinary(nil) }

// AppendBinary appends what [Log.MarshalBinary] returns.
func (l *Log[K]) AppendBinary(dst []byte) ([]byte, error) {
	sorted := make([]uint32, len(l.ids))
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return regulars.Compare(l.ids[a], l.ids[b]) })
	rank := make([]uint32, len(sorted))
	dst = wire.AppendUint(wire.AppendString(dst, wireLog), uint64(len(sorted)))
	for i, n := range sorted {
		rank[n] = uint32(i)
		dst = wire.AppendID(dst, l.ids[n])
		dst = appendMoment(dst, l.joined[n])
	}
	return l.appendPayments(l.appendInvites(dst, rank), rank), nil
}

func (l *Log[K]) appendInvites(dst []byte, rank []uint32) []byte {
	invites := slices.Clone(l.invites)
	for i, v := range invites {
		invites[i].from = rank[v.from]
		if v.to != nobody {
			invites[i].to = rank[v.to]
		}
	}
	slices.SortFunc(invites, invite.compare)
	invites = dropOpen(slices.Compact(invites))
	dst = wire.AppendUint(dst, uint64(len(invites)))
	for _, v := range invites {
		// The taker after 0 for nobody.
		dst = wire.AppendUint(wire.AppendUint(dst, uint64(v.from)), uint64(v.to+1))
		dst = wire.AppendInt(dst, v.at)
	}
	return dst
}

func (v invite) compare(other invite) int {
	return cmp.Or(cmp.Compare(v.from, other.from), cmp.Compare(v.at, other.at), cmp.Compare(v.to, other.to))
}

// dropOpen drops invites without a taker of which a taker is known. They are in
// order, where such an invite comes after those with one.
func dropOpen(invites []invite) []invite {
	kept := invites[:0]
	for _, v := range invites {
		if last := len(kept) - 1; v.to == nobody && last >= 0 && kept[last].from == v.from && kept[last].at == v.at {
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

func (l *Log[K]) appendPayments(dst []byte, rank []uint32) []byte {
	payments := slices.Clone(l.payments)
	for i, p := range payments {
		payments[i].who = rank[p.who]
	}
	slices.SortFunc(payments, func(a, b payment) int {
		return cmp.Or(cmp.Compare(a.who, b.who), cmp.Compare(a.at, b.at), compareAmounts(l.amount(a), l.amount(b)))
	})
	dst = wire.AppendUint(dst, uint64(len(payments)))
	for _, p := range payments {
		dst = wire.AppendInt(wire.AppendUint(dst, uint64(p.who)), p.at)
		dst = wire.AppendDecimal(dst, l.amount(p))
	}
	return dst
}

// amount returns what was paid; zeros after the number 1e2 are written out, so
// that however it was held it has one form.
func (l *Log[K]) amount(p payment) decimal.Decimal {
	if p.isWide {
		return l.wide[p.units]
	}
	return decimal.New(p.units, -int32(p.places))
}

// compareAmounts orders by value, then 1.5 before 1.50.
func compareAmounts(a, b decimal.Decimal) int {
	return cmp.Or(a.Cmp(b), cmp.Compare(b.Exponent(), a.Exponent()))
}

func appendMoment(dst []byte, at int64) []byte {
	if at == never {
		return append(dst, 0)
	}
	return wire.AppendInt(append(dst, 1), at)
}

// UnmarshalBinary replaces what l holds by what [Log.MarshalBinary] wrote of a
// log with the same type of ID. l stays as it was if there is an error.
func (l *Log[K]) UnmarshalBinary(data []byte) error {
	var read Log[K]
	in := wire.NewReader(data)
	in.Form(wireLog)
	read.readCustomers(in)
	read.readInvites(in)
	read.readPayments(in)
	read.refuseIdle(in)
	if err := in.Close(); err != nil {
		return fmt.Errorf("referral: unmarshal: %w", err)
	}
	*l = read
	return nil
}

func (l *Log[K]) readCustomers(in *wire.Reader) {
	for i := range in.Count() {
		id := wire.ReadID[K](in)
		at := int64(never)
		if in.UintUpTo(1) == 1 {
			at = readInstant(in)
		}
		if in.Err() == nil && i > 0 && regulars.Compare(l.ids[i-1], id) >= 0 {
			in.Fail("customer %v is out of order", id)
		}
		if err := checkID("customer", id); err != nil {
			in.Fail("%v", err)
		}
		if in.Err() != nil {
			return
		}
		if _, err := l.number(id); err != nil {
			in.Fail("%v", err)
			return
		}
		l.joined[i] = at
	}
}

func (l *Log[K]) readInvites(in *wire.Reader) {
	for i := range in.Count() {
		v := invite{from: l.readNumber(in)}
		v.to = uint32(in.UintUpTo(uint64(len(l.ids)))) - 1 // 0 is nobody
		v.at = readInstant(in)
		if in.Err() == nil && i > 0 {
			last := l.invites[i-1]
			if last.compare(v) >= 0 || v.to == nobody && last.from == v.from && last.at == v.at {
				in.Fail("invite %d is out of order", i)
			}
		}
		if in.Err() != nil {
			return
		}
		l.invites = append(l.invites, v)
	}
}

func (l *Log[K]) readPayments(in *wire.Reader) {
	var lastWho uint32
	lastAt, last := int64(math.MinInt64), decimal.Decimal{}
	for i := range in.Count() {
		who, at, amount := l.readNumber(in), readInstant(in), in.Decimal()
		if in.Err() == nil && i > 0 && cmp.Or(cmp.Compare(lastWho, who), cmp.Compare(lastAt, at), compareAmounts(last, amount)) > 0 {
			in.Fail("payment %d is out of order", i)
		}
		if in.Err() != nil {
			return
		}
		lastWho, lastAt, last = who, at, amount
		l.pay(payment{who: who, at: at}, amount)
		if got := l.amount(l.payments[i]); got.Exponent() != amount.Exponent() {
			in.Fail("payment %d is not in its one form", i)
			return
		}
	}
}

// refuseIdle fails on a customer who neither joined, paid, invited nor was
// invited: nobody noted any.
func (l *Log[K]) refuseIdle(in *wire.Reader) {
	if in.Err() != nil {
		return
	}
	active := make([]bool, len(l.ids))
	for n, at := range l.joined {
		active[n] = at != never
	}
	for _, v := range l.invites {
		active[v.from] = true
		if v.to != nobody {
			active[v.to] = true
		}
	}
	for _, p := range l.payments {
		active[p.who] = true
	}
	if n := slices.Index(active, false); n >= 0 {
		in.Fail("customer %v did nothing", l.ids[n])
	}
}

func (l *Log[K]) readNumber(in *wire.Reader) uint32 {
	if len(l.ids) == 0 {
		in.Fail("a customer where there is none")
		return 0
	}
	return uint32(in.UintUpTo(uint64(len(l.ids) - 1)))
}

func readInstant(in *wire.Reader) int64 {
	at := in.Int()
	if in.Err() == nil && (at < calendar.MinMicro || at > calendar.MaxMicro) {
		in.Fail("instant %d outside the years 1 to 9999", at)
	}
	return at
}
