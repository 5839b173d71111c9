package rfm_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regulars-go/regulars/rfm"
)

// orders10 draws ten orders a customer, in the order of time, as a log has
// them.
func orders10(customers int) rfm.Columns[int32] {
	r := rand.New(rand.NewPCG(1, 2))
	c := rfm.Columns[int32]{Places: 2}
	for i := range 10 * customers {
		c.Customer = append(c.Customer, int32(r.IntN(customers))*7919)
		c.At = append(c.At, 1735689600+int64(i)*3)
		c.Amount = append(c.Amount, 1+r.Int64N(10_000))
	}
	return c
}

func BenchmarkAddColumns(b *testing.B) {
	for _, customers := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(customers), func(b *testing.B) {
			c := orders10(customers)
			b.ReportAllocs()
			for b.Loop() {
				tally := rfm.Tally[int32]{Until: time.Unix(1<<33, 0)}
				if err := tally.AddColumns(c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(c.At))*float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}
