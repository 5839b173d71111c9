package tracking

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// wireTally is what a marshalled tally begins with. A form that was once
// written is read for ever; a newer one is refused.
const wireTally = "tracking.tally.1"

// MarshalBinary returns t as bytes: the same deliveries give the same bytes,
// in whatever order they came.
func (t *Tally) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what [Tally.MarshalBinary] returns.
func (t *Tally) AppendBinary(dst []byte) ([]byte, error) {
	if err := t.fix(); err != nil {
		return nil, err
	}
	t.tidy()
	forms, place := t.sortedOutcomes()
	dst = wire.AppendString(dst, wireTally)
	dst = wire.AppendString(dst, t.Validator.ID())
	dst = wire.AppendUint(dst, uint64(len(forms)))
	for _, form := range forms {
		dst = append(dst, form...)
	}
	dst = wire.AppendUint(dst, uint64(len(t.rows)))
	for _, r := range t.rows {
		dst = append(dst, r.id[:]...)
		dst = wire.AppendInt(dst, r.received)
		dst = wire.AppendUint(dst, r.content)
		dst = wire.AppendInt(dst, r.at)
		dst = wire.AppendUint(dst, uint64(place[r.outcome]))
	}
	return dst, nil
}

// sortedOutcomes returns the bytes of the outcomes that rows have, ascending,
// and where each outcome is among them.
func (t *Tally) sortedOutcomes() (forms [][]byte, place []uint32) {
	used := make([]bool, len(t.outcomes))
	for _, r := range t.rows {
		used[r.outcome] = true
	}
	type form struct {
		bytes   []byte
		outcome int
	}
	var sorted []form
	for i, o := range t.outcomes {
		if used[i] {
			sorted = append(sorted, form{o.append(nil), i})
		}
	}
	slices.SortFunc(sorted, func(a, b form) int { return bytes.Compare(a.bytes, b.bytes) })
	place = make([]uint32, len(t.outcomes))
	for i, f := range sorted {
		forms, place[f.outcome] = append(forms, f.bytes), uint32(i)
	}
	return forms, place
}

// UnmarshalBinary replaces what t holds by what [Tally.MarshalBinary] wrote.
// The Validator must be set as it was. Bytes that were not written so, or for
// another validator, or with more deliveries than Limit, are an error and leave
// t as it was.
func (t *Tally) UnmarshalBinary(data []byte) error {
	if t.Validator == nil {
		return errors.New("tracking: the tally has no validator")
	}
	r := wire.NewReader(data)
	r.Form(wireTally)
	if got := r.String(); r.Err() == nil && got != t.Validator.ID() {
		r.Fail("is of the validator %q, not %q", got, t.Validator.ID())
	}
	read := Tally{Validator: t.Validator, Limit: t.Limit}
	read.readOutcomes(r)
	read.readRows(r)
	if err := r.Close(); err != nil {
		return fmt.Errorf("tracking: unmarshal: %w", err)
	}
	read.used = t.Validator.ID()
	*t = read
	return nil
}

func (t *Tally) readOutcomes(r *wire.Reader) {
	var before []byte
	for i := range r.Count() {
		o := readOutcome(r, t.Validator)
		if r.Err() != nil {
			return
		}
		form := o.append(nil)
		if i > 0 && bytes.Compare(before, form) >= 0 {
			r.Fail("outcome %d is out of order", i)
			return
		}
		before = form
		t.intern(o)
	}
}

func (t *Tally) readRows(r *wire.Reader) {
	used := make([]bool, len(t.outcomes))
	n := r.Count()
	if n > t.limit() {
		r.Fail("%d deliveries: the limit is %d", n, t.limit())
		return
	}
	for i := range n {
		var next row
		copy(next.id[:], r.Bytes(len(next.id)))
		next.received, next.content, next.at = r.Int(), r.Uint(), r.Int()
		next.outcome = uint32(r.UintUpTo(uint64(max(len(t.outcomes), 1) - 1)))
		if r.Err() == nil && (len(t.outcomes) == 0 || !isMoment(next.received) || !isMoment(next.at) ||
			i > 0 && compareRows(t.rows[i-1], next) >= 0) {
			r.Fail("delivery %d is out of order or range", i)
		}
		if r.Err() != nil {
			return
		}
		used[next.outcome] = true
		t.rows = append(t.rows, next)
	}
	t.clean = len(t.rows)
	if slices.Contains(used, false) {
		r.Fail("an outcome without a delivery")
	}
}

func isMoment(us int64) bool {
	return us == noTime || us >= calendar.MinMicro && us <= calendar.MaxMicro
}
