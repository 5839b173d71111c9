package lifecycle

import (
	"fmt"
	"math"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// Marshalled accumulators begin with what they are and the version of the
// form. A form that was once written is read for ever; a newer one is refused.
const (
	wireActivity = "lifecycle.activity.1"
	wireRevenue  = "lifecycle.revenue.1"
	wireLog      = "lifecycle.log.1"
	wireSurvival = "lifecycle.survival.1"
	wireSpend    = "lifecycle.spend.1"
	wireActions  = "lifecycle.actions.1"
)

func appendHeader(dst []byte, form string, f frame, until time.Time, afterUntil int) []byte {
	dst = wire.AppendString(dst, form)
	dst = wire.AppendString(dst, f.each.String())
	dst = wire.AppendString(dst, f.zone.String())
	dst = wire.AppendTime(dst, until)
	return wire.AppendUint(dst, uint64(afterUntil))
}

// readHeader reads what appendHeader wrote for the same configuration; another
// one is an error.
func readHeader(r *wire.Reader, form string, f frame, until time.Time) (afterUntil int) {
	r.Form(form)
	if got := r.String(); r.Err() == nil && got != f.each.String() {
		r.Fail("counts by %s, not by %s", got, f.each)
	}
	if got := r.String(); r.Err() == nil && got != f.zone.String() {
		r.Fail("is of zone %q, not %q", got, f.zone)
	}
	if got := r.Time(); r.Err() == nil && !got.Equal(until.Truncate(time.Microsecond)) {
		r.Fail("is until %s, not %s", got.Format(time.RFC3339Nano), until.Format(time.RFC3339Nano))
	}
	return int(r.UintUpTo(math.MaxInt))
}

// readIDs calls read for each customer; IDs must ascend.
func readIDs[K regulars.ID](r *wire.Reader, read func(id K)) {
	var before K
	for i := range r.Count() {
		id := wire.ReadID[K](r)
		if r.Err() != nil {
			return
		}
		if err := checkID(id); err != nil {
			r.Fail("%v", err)
			return
		}
		if i > 0 && regulars.Compare(before, id) >= 0 {
			r.Fail("customer %v is out of order", id)
			return
		}
		before = id
		read(id)
		if r.Err() != nil {
			return
		}
	}
}

// readKeys reads ascending numbers between bounds, each followed by a value,
// and returns how many there are.
func readKeys(r *wire.Reader, first, last int32, read func(i int, key int32)) int {
	key, n := int64(0), r.Count()
	for i := range n {
		if i == 0 {
			key = r.Int()
		} else {
			key += int64(r.UintUpTo(1 << 33))
		}
		if r.Err() == nil && (key < int64(first) || key > int64(last)) {
			r.Fail("period %d is out of order or range", key)
		}
		if r.Err() != nil {
			return n
		}
		read(i, int32(key))
		key++ // the next is written as its distance from this
	}
	return n
}

// appendKey appends the key of a value as readKeys reads it.
func appendKey(dst []byte, i int, before, key int32) []byte {
	if i == 0 {
		return wire.AppendInt(dst, int64(key))
	}
	return wire.AppendUint(dst, uint64(int64(key)-int64(before)-1))
}

// bounds returns the first and the last period in which an event can lie.
func (f frame) bounds() (first, last int32) {
	n := f.numbering()
	return n.of(floorSeconds(calendar.MinMicro)), n.of(calendar.MaxUnix)
}

func wireError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("lifecycle: unmarshal: %w", err)
}
