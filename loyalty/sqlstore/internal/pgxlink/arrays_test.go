package pgxlink

import (
	"math"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

// Lists of integers are read by pgx's own decoder as they were meant.
func TestIntegers(t *testing.T) {
	n := func(v int64) pgtype.Int8 { return pgtype.Int8{Int64: v, Valid: true} }
	for _, c := range []struct {
		name  string
		text  string
		array uint32
		want  []pgtype.Int8 // nil if it stays text
	}{
		{"one", "{7}", pgtype.Int8ArrayOID, []pgtype.Int8{n(7)}},
		{"signs and extremes", "{-1,0,9223372036854775807,-9223372036854775808}", pgtype.Int8ArrayOID, []pgtype.Int8{n(-1), n(0), n(math.MaxInt64), n(math.MinInt64)}},
		{"NULL", "{NULL,3,NULL}", pgtype.Int8ArrayOID, []pgtype.Int8{{}, n(3), {}}},
		{"four bytes", "{2147483647,-2147483648,NULL}", pgtype.Int4ArrayOID, []pgtype.Int8{n(math.MaxInt32), n(math.MinInt32), {}}},
		{"two bytes", "{32767,-32768}", pgtype.Int2ArrayOID, []pgtype.Int8{n(math.MaxInt16), n(math.MinInt16)}},
		{"none", "{}", pgtype.Int8ArrayOID, nil},
		{"too large", "{9223372036854775808}", pgtype.Int8ArrayOID, nil},
		{"too large for four bytes", "{1,2147483648}", pgtype.Int4ArrayOID, nil},
		{"too large for two bytes", "{32768}", pgtype.Int2ArrayOID, nil},
		{"texts", "{1,2}", pgtype.TextArrayOID, nil},
		{"a list of lists", "{{1},{2}}", pgtype.Int8ArrayOID, nil},
		{"a gap", "{1,,2}", pgtype.Int8ArrayOID, nil},
		{"not a list", "1", pgtype.Int8ArrayOID, nil},
		{"empty", "", pgtype.Int8ArrayOID, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, format := text([]byte("before"), c.array, c.text)
			got = got[len("before"):]
			if c.want == nil {
				if format != pgtype.TextFormatCode || string(got) != c.text {
					t.Errorf("format %d: %q, want the text", format, got)
				}
				return
			}
			var list []pgtype.Int8
			if format != pgtype.BinaryFormatCode {
				t.Fatal("it stayed text")
			}
			if err := pgtype.NewMap().Scan(c.array, format, got, &list); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(list, c.want) {
				t.Errorf("%v, want %v", list, c.want)
			}
		})
	}
}
