package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/wire"
)

// order is what an order earned and what of it was kept: enough to judge it
// again as it was judged then.
type order struct {
	owner    string
	referrer string  // who was paid for it; empty if nobody was
	version  uint32  // of the program that judged it
	level    uint8   // of the member then
	day      int32   // local, of OccurredAt
	kept     []money // of each line, or of the whole if there are no lines
	awards   []orderAward
	command  []byte // canonical
}

// orderAward is what one rule gave for an order, and what became of it.
type orderAward struct {
	rule          uint32
	wallet        uint8
	referrer      bool // it went to the referrer
	slot          slot
	points        int64
	taken, waived int64 // taken back, or not to be had
}

const orderFormat = 1

func (o *order) append(dst []byte) []byte {
	dst = wire.AppendString(append(dst, orderFormat), o.owner)
	dst = wire.AppendString(dst, o.referrer)
	dst = le.AppendUint32(dst, o.version)
	dst = le.AppendUint32(append(dst, o.level), uint32(o.day))
	dst = wire.AppendUint(dst, uint64(len(o.kept)))
	for _, m := range o.kept {
		dst = le.AppendUint64(dst, uint64(m))
	}
	dst = wire.AppendUint(dst, uint64(len(o.awards)))
	for i := range o.awards {
		a := &o.awards[i]
		dst = le.AppendUint32(dst, a.rule)
		dst = append(dst, a.wallet, bit(a.referrer), byte(a.slot.terms))
		for _, n := range [...]int64{a.slot.expires, a.slot.activates, a.points, a.taken, a.waived} {
			dst = le.AppendUint64(dst, uint64(n))
		}
	}
	dst = wire.AppendUint(dst, uint64(len(o.command)))
	return append(dst, o.command...)
}

const orderAwardWidth = 4 + 3 + 5*8

// read replaces the order, using its slices again. The command stays that of
// the body.
func (o *order) read(body []byte) error {
	if len(body) > 0 && body[0] > orderFormat {
		return fmt.Errorf("%w: order of format %d", ErrNewerState, body[0])
	}
	r := wire.NewReader(body)
	if format := r.Bytes(1); r.Err() == nil && format[0] != orderFormat {
		r.Fail("format %d", format[0])
	}
	o.owner, o.referrer = r.String(), r.String()
	o.kept, o.awards = o.kept[:0], o.awards[:0]
	if p := r.Bytes(9); r.Err() == nil {
		o.version, o.level, o.day = le.Uint32(p), p[4], int32(le.Uint32(p[5:]))
	}
	for range r.Count() {
		if p := r.Bytes(8); r.Err() == nil {
			o.kept = append(o.kept, money(le.Uint64(p)))
		}
	}
	for range r.Count() {
		if p := r.Bytes(orderAwardWidth); r.Err() == nil {
			if p[5] > 1 {
				r.Fail("flag %d", p[5])
			}
			n := func(i int) int64 { return int64(le.Uint64(p[7+8*i:])) }
			o.awards = append(o.awards, orderAward{
				rule: le.Uint32(p), wallet: p[4], referrer: p[5] == 1,
				slot: slot{terms: Terms(p[6]), expires: n(0), activates: n(1)}, points: n(2), taken: n(3), waived: n(4),
			})
		}
	}
	o.command = r.Bytes(r.Count())
	if err := r.Close(); err != nil {
		return fmt.Errorf("%w: order: %w", ErrCorrupt, err)
	}
	return nil
}

// redemption is what a redeem or a hold took.
type redemption struct {
	owner    string
	state    dealState
	held     bool // it began as a hold
	wallet   uint8
	reward   uint32 // 0 if it was for points alone
	quantity int64
	at       int64 // when it was spent; 0 while held
	number   int32 // of the window in which the reward was counted
	legs     []leg // what was spent, by lot
}

type dealState uint8

const (
	dealHeld dealState = 1 + iota
	dealSpent
	dealReleased
	dealReversed
	endOfDealStates
)

func (d *redemption) String() string {
	switch {
	case d.state == dealHeld:
		return "held"
	case d.state == dealReleased:
		return "released"
	case d.state == dealReversed:
		return "reversed"
	case d.held:
		return "captured"
	}
	return "redeemed"
}

const redemptionFormat = 1

func (d *redemption) append(dst []byte) []byte {
	dst = wire.AppendString(append(dst, redemptionFormat), d.owner)
	dst = append(dst, byte(d.state), bit(d.held), d.wallet)
	dst = le.AppendUint32(le.AppendUint32(dst, d.reward), uint32(d.number))
	dst = le.AppendUint64(le.AppendUint64(dst, uint64(d.quantity)), uint64(d.at))
	dst = wire.AppendUint(dst, uint64(len(d.legs)))
	for i := range d.legs {
		dst = append(dst, byte(d.legs[i].terms))
		dst = le.AppendUint64(le.AppendUint64(dst, uint64(d.legs[i].expires)), uint64(d.legs[i].points))
	}
	return dst
}

// read replaces the redemption, using its slice again.
func (d *redemption) read(body []byte) error {
	if len(body) > 0 && body[0] > redemptionFormat {
		return fmt.Errorf("%w: redemption of format %d", ErrNewerState, body[0])
	}
	r := wire.NewReader(body)
	if format := r.Bytes(1); r.Err() == nil && format[0] != redemptionFormat {
		r.Fail("format %d", format[0])
	}
	d.owner, d.legs = r.String(), d.legs[:0]
	if p := r.Bytes(27); r.Err() == nil {
		if p[0] == 0 || p[0] >= byte(endOfDealStates) || p[1] > 1 {
			r.Fail("state %d", p[0])
		}
		d.state, d.held, d.wallet = dealState(p[0]), p[1] == 1, p[2]
		d.reward, d.number = le.Uint32(p[3:]), int32(le.Uint32(p[7:]))
		d.quantity, d.at = int64(le.Uint64(p[11:])), int64(le.Uint64(p[19:]))
	}
	for range r.Count() {
		if p := r.Bytes(17); r.Err() == nil {
			d.legs = append(d.legs, leg{terms: Terms(p[0]), expires: int64(le.Uint64(p[1:])), points: int64(le.Uint64(p[9:]))})
		}
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("%w: redemption: %w", ErrCorrupt, err)
	}
	return nil
}

// spent notes points that a redemption took from a lot.
func (d *redemption) spent(l lot) {
	d.legs = append(d.legs, leg{terms: l.terms, expires: l.expires, points: l.points})
}
