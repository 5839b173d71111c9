package wire

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// Reader takes values out of bytes in the order in which they were appended.
// After the first failure every method returns a zero value; look at
// [Reader.Close] once, at the end.
type Reader struct {
	data []byte
	at   int
	err  error
}

// NewReader returns a Reader of data, which it does not change.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// Close returns the first thing that was wrong, or that bytes are left over.
func (r *Reader) Close() error {
	if r.err == nil && r.at < len(r.data) {
		r.Fail("%d bytes too many", len(r.data)-r.at)
	}
	return r.err
}

// Err returns the first thing that was wrong so far.
func (r *Reader) Err() error { return r.err }

// Fail records that what was read makes no sense.
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("at byte %d: "+format, append([]any{r.at}, args...)...)
	}
}

// Uint reads what [AppendUint] wrote.
func (r *Reader) Uint() uint64 {
	if r.err != nil {
		return 0
	}
	n, size := binary.Uvarint(r.data[r.at:])
	if size <= 0 || (size > 1 && r.data[r.at+size-1] == 0) {
		r.Fail("not a number")
		return 0
	}
	r.at += size
	return n
}

// UintUpTo reads a number that is at most limit.
func (r *Reader) UintUpTo(limit uint64) uint64 {
	n := r.Uint()
	if n > limit {
		r.Fail("%d is over %d", n, limit)
		return 0
	}
	return n
}

// Count reads the number of values that follow, each of at least one byte, so
// that a short input can't claim many.
func (r *Reader) Count() int { return int(r.UintUpTo(uint64(len(r.data) - r.at))) }

// Int reads what [AppendInt] wrote.
func (r *Reader) Int() int64 {
	n := r.Uint()
	return int64(n>>1) ^ -int64(n&1)
}

// Bytes reads n bytes, which stay those of the input.
func (r *Reader) Bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.data)-r.at {
		r.Fail("ends %d bytes early", n-(len(r.data)-r.at))
		return nil
	}
	r.at += n
	return r.data[r.at-n : r.at]
}

// String reads what [AppendString] wrote.
func (r *Reader) String() string { return string(r.Bytes(r.Count())) }

// Form reads the name that comes first, of what was written and its version,
// such as "rfm.tally.1", so that the bytes of one accumulator are never taken
// for those of another. A form that was once written is read for ever; one that
// is not known fails.
func (r *Reader) Form(want string) {
	if got := r.String(); r.err == nil && got != want {
		r.Fail("is %.60q, not %q", got, want)
	}
}

// Time reads what [AppendTime] wrote, in UTC.
func (r *Reader) Time() time.Time {
	if r.UintUpTo(1) == 0 {
		return time.Time{}
	}
	t := time.UnixMicro(r.Int()).UTC()
	if t.IsZero() {
		r.Fail("zero time written as a number")
	}
	return t
}

// Decimal reads what [AppendDecimal] wrote, within the bounds of
// [exact.Check].
func (r *Reader) Decimal() decimal.Decimal {
	exponent := r.Int()
	coefficient := r.Big()
	if r.err == nil && (exponent < -exact.MaxPlaces || exponent > exact.MaxPlaces) {
		r.Fail("exponent %d out of bounds", exponent)
	}
	if r.err != nil {
		return decimal.Decimal{}
	}
	d := decimal.NewFromBigInt(coefficient, int32(exponent))
	if err := exact.Check(d); err != nil {
		r.Fail("%v", err)
		return decimal.Decimal{}
	}
	return d
}

// Big reads what [AppendBig] wrote.
func (r *Reader) Big() *big.Int {
	length := r.Uint()
	if length>>1 > uint64(len(r.data)-r.at) {
		r.Fail("number of %d bytes is cut short", length>>1)
		return new(big.Int)
	}
	magnitude := r.Bytes(int(length >> 1))
	if (len(magnitude) > 0 && magnitude[0] == 0) || length == 1 {
		r.Fail("number is not in its shortest form")
	}
	n := new(big.Int).SetBytes(magnitude)
	if length&1 == 1 {
		n.Neg(n)
	}
	return n
}

// ReadID reads what [AppendID] wrote for an ID of the same type.
func ReadID[K regulars.ID](r *Reader) (id K) {
	v := reflect.ValueOf(&id).Elem()
	switch {
	case v.Kind() == reflect.String:
		v.SetString(r.String())
	case v.Kind() == reflect.Array:
		reflect.Copy(v, reflect.ValueOf(r.Bytes(16)))
	case v.CanInt():
		n := r.Int()
		if v.OverflowInt(n) {
			r.Fail("ID %d does not fit %v", n, v.Type())
		} else {
			v.SetInt(n)
		}
	default:
		n := r.Uint()
		if v.OverflowUint(n) {
			r.Fail("ID %d does not fit %v", n, v.Type())
		} else {
			v.SetUint(n)
		}
	}
	return id
}

// Sum reads what [AppendSum] wrote.
func (r *Reader) Sum() exact.Sum {
	places := r.UintUpTo(exact.MaxPlaces)
	units := r.Big()
	if r.err != nil {
		return exact.Sum{}
	}
	return exact.FromUnits(units, int(places))
}
