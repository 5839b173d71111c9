package sqlstore

import (
	"database/sql"
	"math"
	"strconv"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// Instants are kept as microseconds since 1970 in UTC. None is NULL where a
// column may be NULL, else 0: no instant of a program lies in 1970.

// firstInstant lies before all instants.
const firstInstant = int64(math.MinInt64)

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// nullable is micros for a column that may be NULL.
func nullable(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

func instantOf(us sql.NullInt64) time.Time {
	if !us.Valid {
		return time.Time{}
	}
	return time.UnixMicro(us.Int64).UTC()
}

// signed returns a version as databases keep it. One that none can have becomes
// one that none has.
func signed(version uint64) int64 {
	if version >= math.MaxInt64 {
		return -1
	}
	return int64(version)
}

// totalsText writes totals as lists of wallet, available, pending, held and
// debt; nil if all are zero.
func totalsText(totals []loyalty.Total) any {
	if text := appendTotals(nil, totals); text != nil {
		return string(text)
	}
	return nil
}

// appendTotals writes nothing if all are zero.
func appendTotals(dst []byte, totals []loyalty.Total) []byte {
	from := len(dst)
	for _, t := range totals {
		if t == (loyalty.Total{Wallet: t.Wallet}) {
			continue
		}
		dst = append(dst, ",["...)
		dst = strconv.AppendUint(dst, uint64(t.Wallet), 10)
		for _, points := range [...]int64{t.Available, t.Pending, t.Held, t.Debt} {
			dst = strconv.AppendInt(append(dst, ','), points, 10)
		}
		dst = append(dst, ']')
	}
	if len(dst) == from {
		return dst
	}
	dst[from] = '['
	return append(dst, ']')
}

// appendText writes a JSON string. The text is valid UTF-8.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, `\u00`...)
			dst = append(dst, hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
