package table_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/examples/internal/table"
)

// benchmarkRows is enough to make opening a file not count.
const benchmarkRows = 200_000

func BenchmarkReader(b *testing.B) {
	formats := []struct {
		name, header, row string
		args              func(rng *rand.Rand, i int) []any
	}{
		{"csv", "customer_id,order_date,revenue\n", "%d,%s,%d.%02d\n", dayRow},
		{"csv/seconds+order", "order_id,customer_id,paid_at,revenue\n", "o%07d,c%05d,%s %02d:%02d:%02d,%d.%02d\n", secondRow},
		{"tsv", "customer_id\torder_date\trevenue\n", "%d\t%s\t%d.%02d\n", dayRow},
		{"spaces", "customer_id date dollar_value\n", " %07d %s  %d.%02d\n", dayRow},
	}
	for _, format := range formats {
		b.Run(format.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			var text bytes.Buffer
			text.WriteString(format.header)
			for i := range benchmarkRows {
				fmt.Fprintf(&text, format.row, format.args(rng, i)...)
			}
			b.ReportAllocs()
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				orders, err := table.New(bytes.NewReader(text.Bytes()), format.name, table.Orders(), table.Options{})
				if err != nil {
					b.Fatal(err)
				}
				for orders.Next() {
				}
				if orders.Err() != nil || orders.Rows() != benchmarkRows {
					b.Fatal(orders.Rows(), orders.Err())
				}
			}
			b.ReportMetric(float64(benchmarkRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func dayRow(rng *rand.Rand, _ int) []any {
	return []any{rng.IntN(20_000), day(rng), rng.IntN(300), rng.IntN(100)}
}

func secondRow(rng *rand.Rand, i int) []any {
	return []any{
		i, rng.IntN(20_000), day(rng), rng.IntN(24), rng.IntN(60), rng.IntN(60),
		rng.IntN(300), rng.IntN(100),
	}
}

func day(rng *rand.Rand) string {
	return strings.Join([]string{"2024", fmt.Sprintf("%02d", 1+rng.IntN(12)), fmt.Sprintf("%02d", 1+rng.IntN(28))}, "-")
}
