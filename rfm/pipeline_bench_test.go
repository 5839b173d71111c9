package rfm_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regulars-go/regulars/rfm"
)

var benchOrders = func() func() rfm.Columns[int32] {
	var c rfm.Columns[int32]
	return func() rfm.Columns[int32] {
		if c.At == nil {
			c = orders10(1_000_000)
		}
		return c
	}
}()

func BenchmarkPipeline(b *testing.B) {
	c := benchOrders()
	asOf := time.Unix(c.At[len(c.At)-1]+86400, 0).UTC()
	tally := func() *rfm.Tally[int32] {
		var t rfm.Tally[int32]
		if err := t.AddColumns(c); err != nil {
			b.Fatal(err)
		}
		return &t
	}
	b.Run("tally", func(b *testing.B) {
		for b.Loop() {
			tally()
		}
	})
	b.Run("merge", func(b *testing.B) {
		half := len(c.At) / 2
		var x, y rfm.Tally[int32]
		if err := errors.Join(
			x.AddColumns(rfm.Columns[int32]{Customer: c.Customer[:half], At: c.At[:half], Amount: c.Amount[:half], Places: 2}),
			y.AddColumns(rfm.Columns[int32]{Customer: c.Customer[half:], At: c.At[half:], Amount: c.Amount[half:], Places: 2}),
		); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := x.Merge(&y); err != nil {
				b.Fatal(err)
			}
		}
	})
	t := tally()
	b.Run("table", func(b *testing.B) {
		for b.Loop() {
			if _, err := t.Table(asOf); err != nil {
				b.Fatal(err)
			}
		}
	})
	table, _ := t.Table(asOf)
	b.Run("fit", func(b *testing.B) {
		for b.Loop() {
			if _, err := table.Fit(rfm.Quantiles(5)); err != nil {
				b.Fatal(err)
			}
		}
	})
	model, _ := table.Fit(rfm.Quantiles(5))
	b.Run("scores", func(b *testing.B) {
		for b.Loop() {
			if _, err := table.Scores(model); err != nil {
				b.Fatal(err)
			}
		}
	})
}

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
	for _, customers := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(customers), func(b *testing.B) {
			c := orders10(customers)
			b.ReportAllocs()
			for b.Loop() {
				var tally rfm.Tally[int32]
				if err := tally.AddColumns(c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(c.At))*float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}
