package lifecycle_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

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

func BenchmarkGrowthAndRetention(b *testing.B) {
	for _, customers := range []int{10_000, 1_000_000} {
		ids, unixSeconds := columns(customers, 10*customers)
		b.Run(fmt.Sprintf("customers=%d", customers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var activity lifecycle.Activity[int64]
				if err := activity.AddColumns(ids, unixSeconds); err != nil {
					b.Fatal(err)
				}
				if _, err := activity.Growth(benchmarkNow, lifecycle.GrowthOptions[int64]{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(ids))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
