package rfm_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// The ways in beside columns of int32, on 200,000 orders of 20,000 customers.
const benchCustomers = 20_000

func benchmarkAdd[K regulars.ID](b *testing.B, id func(int32) K) {
	c := orders10(benchCustomers)
	ids, orders := make([]K, len(c.At)), make([]rfm.Order, len(c.At))
	for i := range orders {
		ids[i] = id(c.Customer[i])
		orders[i] = rfm.Order{At: time.Unix(c.At[i], 0), Amount: decimal.New(c.Amount[i], -2)}
	}
	b.ReportAllocs()
	for b.Loop() {
		var tally rfm.Tally[K]
		for i := range orders {
			if err := tally.Add(ids[i], orders[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(orders))*float64(b.N)/b.Elapsed().Seconds(), "orders/s")
}

func customerName(id int32) string { return fmt.Sprintf("customer-%d", id) }

func customerUUID(id int32) (u [16]byte) {
	binary.BigEndian.PutUint64(u[:], uint64(id)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(u[8:], uint64(id)*0xd1342543de82ef95)
	return u
}

func BenchmarkAdd(b *testing.B) {
	b.Run("int32", func(b *testing.B) { benchmarkAdd(b, func(id int32) int32 { return id }) })
	b.Run("string", func(b *testing.B) { benchmarkAdd(b, customerName) })
	b.Run("uuid", func(b *testing.B) { benchmarkAdd(b, customerUUID) })
}

func benchmarkColumns[K regulars.ID](b *testing.B, id func(int32) K) {
	c := orders10(benchCustomers)
	columns := rfm.Columns[K]{Customer: make([]K, len(c.At)), At: c.At, Amount: c.Amount, Places: c.Places}
	for i := range c.At {
		columns.Customer[i] = id(c.Customer[i])
	}
	b.ReportAllocs()
	for b.Loop() {
		var tally rfm.Tally[K]
		if err := tally.AddColumns(columns); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(c.At))*float64(b.N)/b.Elapsed().Seconds(), "orders/s")
}

func BenchmarkAddColumnsKeys(b *testing.B) {
	b.Run("string", func(b *testing.B) { benchmarkColumns(b, customerName) })
	b.Run("uuid", func(b *testing.B) { benchmarkColumns(b, customerUUID) })
}

func BenchmarkConcentrate(b *testing.B) {
	var tally rfm.Tally[int32]
	if err := tally.AddColumns(orders10(benchCustomers)); err != nil {
		b.Fatal(err)
	}
	table, err := tally.Table(time.Unix(1<<33, 0))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Concentrate(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(table.Len())*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}

func BenchmarkScore(b *testing.B) {
	table := money(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	model, err := table.Fit(rfm.Quantiles(5))
	if err != nil {
		b.Fatal(err)
	}
	r := record(table, 6)
	b.ReportAllocs()
	for b.Loop() {
		model.Score(r)
	}
}
