package table_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/table"
)

// Whatever the bytes, reading ends without a panic. What a strict reader reads,
// a lenient one reads too, with nothing set aside; and what a strict reader
// read before it stopped, a lenient one reads first.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"user_id,date,amount\na,2024-01-01,1\n",
		"\xef\xbb\xbfuser_id;date;amount\r\n\"a;\nb\";2024-01-01;1.5e1\r\n",
		"user_id date amount\n a  20240101  -1\n b 20240101 x\n",
		"user_id\tdate\tamount\torder_id\tdiscount\na\t1704067200\t1\t\t\n",
		"user_id,date,amount\n\"a,2024-01-01,1\nb\"b,01/02/2024,1,5\n",
		"user_id,date,amount\na\"a,2024-01-01,1\nb,2024-01-01,2\n",
		string(zip("user_id,date,amount\na,2024-01-01,1\n")),
	} {
		f.Add([]byte(seed), "")
		f.Add([]byte(seed), "customer=1,at=2,amount=3")
	}
	f.Fuzz(func(t *testing.T, text []byte, spec string) {
		columns, err := table.ParseColumns(spec)
		if err != nil {
			columns = nil
		}
		strict, _, err := readAll(bytes.NewReader(text), table.Options{Columns: columns})
		lenient, aside, _ := readAll(bytes.NewReader(text), table.Options{Columns: columns, Lenient: true})
		if err == nil && (aside.Rows > 0 || !slices.Equal(strict, lenient)) {
			t.Errorf("strict and lenient differ (-strict +lenient), %d set aside:\n%s", aside.Rows, cmp.Diff(strict, lenient))
		}
		if len(strict) > len(lenient) || !slices.Equal(strict, lenient[:len(strict)]) {
			t.Errorf("lenient does not begin as strict (-strict +lenient):\n%s", cmp.Diff(strict, lenient))
		}
		sum := int64(0)
		for _, reason := range aside.Reasons {
			sum += reason.Rows
		}
		if sum != aside.Rows || len(aside.First) > 5 {
			t.Errorf("%d set aside, %d by reason, %d shown", aside.Rows, sum, len(aside.First))
		}
	})
}
