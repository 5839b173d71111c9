package wire

import (
	"encoding/binary"
	"math/big"
	"math/bits"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// AppendUint appends n in one byte for each 7 bits, as encoding/binary does.
func AppendUint(dst []byte, n uint64) []byte {
	if n < 1<<7 {
		return append(dst, byte(n))
	}
	return appendLong(dst, n)
}

// appendLong writes eight bytes at once, of which those count that n takes: an
// instant takes eight, and a loop over them is slow. Over two or three it is not.
func appendLong(dst []byte, n uint64) []byte {
	if n < 1<<21 || n >= 1<<56 {
		return binary.AppendUvarint(dst, n)
	}
	size := uint(bits.Len64(n)+6) / 7
	// Halves of 28 bits move apart, then quarters of 14, then 7 bits to a byte.
	n = n&0x0fffffff | n>>28<<32
	n = n&0x00003fff_00003fff | n&0x0fffc000_0fffc000<<2
	n = n&0x007f007f_007f007f | n&0x3f803f80_3f803f80<<1
	n |= 0x80808080_80808080 & (1<<(8*size-8) - 1) // all bytes but the last go on
	dst = binary.LittleEndian.AppendUint64(dst, n)
	return dst[:uint(len(dst))-8+size]
}

// AppendInt appends n, small magnitudes in few bytes.
func AppendInt(dst []byte, n int64) []byte { return AppendUint(dst, uint64(n<<1^n>>63)) }

// AppendString appends the length of s and its bytes.
func AppendString(dst []byte, s string) []byte {
	return append(AppendUint(dst, uint64(len(s))), s...)
}

// AppendTime appends the microseconds of t since 1970. The zero time has an
// encoding of its own.
func AppendTime(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, 0)
	}
	return AppendInt(append(dst, 1), t.UnixMicro())
}

// AppendDecimal appends d with its exponent: 1.50 is not 1.5 here.
func AppendDecimal(dst []byte, d decimal.Decimal) []byte {
	dst = AppendInt(dst, int64(d.Exponent()))
	return AppendBig(dst, d.Coefficient())
}

// AppendBig appends n as its sign and magnitude.
func AppendBig(dst []byte, n *big.Int) []byte {
	magnitude := n.Bytes()
	length := uint64(len(magnitude)) << 1
	if n.Sign() < 0 {
		length |= 1
	}
	return append(AppendUint(dst, length), magnitude...)
}

// AppendID appends an ID: a string by its length and bytes, 16 bytes as they
// are, an integer as a number.
func AppendID[K regulars.ID](dst []byte, id K) []byte {
	v := reflect.ValueOf(&id).Elem()
	switch {
	case v.Kind() == reflect.String:
		return AppendString(dst, v.String())
	case v.Kind() == reflect.Array:
		return append(dst, v.Slice(0, 16).Bytes()...)
	case v.CanInt():
		return AppendInt(dst, v.Int())
	}
	return AppendUint(dst, v.Uint())
}

// AppendSum appends an exact sum with its number of decimal places.
func AppendSum(dst []byte, s exact.Sum) []byte {
	units, places := s.Units()
	return AppendBig(AppendUint(dst, uint64(places)), units)
}
