package rfm

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
	"github.com/regulars-go/regulars/internal/wire"
)

const wireTally = "rfm.tally.1"

// MarshalBinary returns the tally as bytes, for another machine to read. Equal
// tallies give equal bytes, however their orders came in.
func (t *Tally[K]) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what [Tally.MarshalBinary] returns.
func (t *Tally[K]) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(dst, wireTally)
	dst = wire.AppendString(dst, t.zone().String())
	dst = wire.AppendInt(dst, t.until())
	dst = wire.AppendUint(dst, uint64(t.afterUntil))
	dst = wire.AppendUint(dst, uint64(t.Len()))
	for _, r := range t.book.sorted() {
		dst = wire.AppendID(dst, r.id)
		dst = wire.AppendUint(dst, uint64(r.orders))
		if r.orders > 0 {
			dst = wire.AppendInt(dst, r.first)
			dst = wire.AppendUint(dst, uint64(r.last-r.first))
		}
		spend, refunded := t.book.money(r)
		dst = wire.AppendSum(dst, spend)
		dst = wire.AppendSum(dst, refunded)
	}
	return dst, nil
}

// UnmarshalBinary replaces what t has counted by what [Tally.MarshalBinary]
// wrote of a tally with the same type of ID. Zone and Until must be set as they
// were there: a time zone can't be made from its name without reading files. t
// stays as it was if there is an error.
func (t *Tally[K]) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wireTally)
	zone, until := r.String(), r.Int()
	if r.Err() == nil {
		if err := t.alike(zone, until); err != nil {
			return err
		}
	}
	var read Tally[K]
	read.afterUntil = int(r.UintUpTo(math.MaxInt))
	n := r.Count()
	var last K
	for i := 0; i < n && r.Err() == nil; i++ {
		id := wire.ReadID[K](r)
		if r.Err() == nil && (i > 0 && regulars.Compare(last, id) >= 0 || ids.IsEmpty(id)) {
			r.Fail("customer %v out of order", id)
		}
		last = id
		read.readRow(r, id)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("rfm: not a tally: %w", err)
	}
	t.book, t.afterUntil = read.book, read.afterUntil
	return nil
}

func (t *Tally[K]) readRow(r *wire.Reader, id K) {
	to := t.book.find(id)
	to.orders = uint32(r.UintUpTo(math.MaxUint32))
	if to.orders > 0 {
		to.first = r.Int()
		to.last = to.first + int64(r.UintUpTo(math.MaxInt64))
		if to.first < calendar.MinMicro || to.last > calendar.MaxMicro || to.last < to.first {
			r.Fail("customer %v has orders beyond the years 1 to 9999", id)
		}
	}
	t.book.orders += uint64(to.orders)
	spend, refunded := r.Sum(), r.Sum()
	if spend.Places() != refunded.Places() || spend.Sign() < 0 || refunded.Sign() < 0 {
		r.Fail("customer %v has sums that no orders give", id)
	}
	s, places, ok1 := spend.Int64()
	f, _, ok2 := refunded.Int64()
	if ok1 && ok2 {
		to.spend, to.refunded, to.places = s, f, uint8(places)
		return
	}
	*t.book.widen(to) = [2]exact.Sum{spend, refunded}
}
