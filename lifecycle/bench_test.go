package lifecycle_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/lifecycle"
)

// columns makes events of customers over two years, in the order of time.
func columns(customers, events int) (ids, unixSeconds []int64) {
	random := rand.New(rand.NewPCG(1, 2))
	start, length := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), 2*365*24*60*60
	for i := range events {
		ids = append(ids, 1_000_000+random.Int64N(int64(customers)))
		unixSeconds = append(unixSeconds, start+int64(float64(length)*float64(i)/float64(events)))
	}
	return ids, unixSeconds
}

var benchmarkNow = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var benchmarkSizes = []int{10_000, 1_000_000}

// BenchmarkGrowthAndRetention goes from events to the growth of 24 months and a
// triangle of 24 cohorts.
func BenchmarkGrowthAndRetention(b *testing.B) {
	for _, customers := range benchmarkSizes {
		ids, unixSeconds := columns(customers, 10*customers)
		b.Run(fmt.Sprintf("customers=%d", customers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var activity lifecycle.Activity[int64]
				checkAdd(b, activity.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds}))
				growth, err := activity.Growth(benchmarkNow, lifecycle.GrowthOptions[int64]{})
				checkAdd(b, err)
				triangle, err := activity.Retention(benchmarkNow, lifecycle.RetentionOptions[int64]{})
				checkAdd(b, err)
				if len(growth) != 24 || len(triangle.Cohorts) != 24 {
					b.Fatalf("%d months, %d cohorts", len(growth), len(triangle.Cohorts))
				}
			}
			b.ReportMetric(float64(len(ids))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkReports has each report alone, on a million customers.
func BenchmarkReports(b *testing.B) {
	ids, unixSeconds := columns(1_000_000, 10_000_000)
	var activity lifecycle.Activity[int64]
	checkAdd(b, activity.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds}))
	b.Run("growth", func(b *testing.B) {
		for b.Loop() {
			_, err := activity.Growth(benchmarkNow, lifecycle.GrowthOptions[int64]{})
			checkAdd(b, err)
		}
	})
	b.Run("retention", func(b *testing.B) {
		for b.Loop() {
			_, err := activity.Retention(benchmarkNow, lifecycle.RetentionOptions[int64]{})
			checkAdd(b, err)
		}
	})
	b.Run("marshal", func(b *testing.B) {
		for b.Loop() {
			_, err := activity.MarshalBinary()
			checkAdd(b, err)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	ids, unixSeconds := columns(100_000, 1_000_000)
	b.Run("activity", func(b *testing.B) {
		b.ReportAllocs()
		var activity lifecycle.Activity[int64]
		i := 0
		for b.Loop() {
			checkAdd(b, activity.Add(ids[i%len(ids)], time.Unix(unixSeconds[i%len(ids)], 0)))
			i++
		}
	})
	b.Run("revenue", func(b *testing.B) {
		b.ReportAllocs()
		var revenue lifecycle.Revenue[int64]
		amount := decimal.New(1999, -2)
		i := 0
		for b.Loop() {
			checkAdd(b, revenue.Add(ids[i%len(ids)], time.Unix(unixSeconds[i%len(ids)], 0), amount))
			i++
		}
	})
}

// BenchmarkRevenue goes from events to the revenue growth of 24 months and a
// value triangle.
func BenchmarkRevenue(b *testing.B) {
	ids, unixSeconds := columns(100_000, 1_000_000)
	cents := make([]int64, len(ids))
	for i := range cents {
		cents[i] = int64(500 + i%7000)
	}
	b.ReportAllocs()
	for b.Loop() {
		var revenue lifecycle.Revenue[int64]
		checkAdd(b, revenue.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds, Amount: cents, Places: 2}))
		_, err := revenue.Growth(benchmarkNow, lifecycle.GrowthOptions[int64]{})
		checkAdd(b, err)
		_, err = revenue.Value(benchmarkNow, lifecycle.CohortOptions[int64]{})
		checkAdd(b, err)
	}
	b.ReportMetric(float64(len(ids))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkStages goes from a log to everybody's stage.
func BenchmarkStages(b *testing.B) {
	ids, unixSeconds := columns(100_000, 1_000_000)
	var log lifecycle.Log[int64]
	checkAdd(b, log.AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unixSeconds}))
	b.ReportAllocs()
	for b.Loop() {
		if log.Count(lifecycle.Policy{}, benchmarkNow, nil).Total() == 0 {
			b.Fatal("nobody")
		}
	}
	b.ReportMetric(float64(log.Len())*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}
