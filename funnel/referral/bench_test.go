package referral_test

import (
	"testing"

	"github.com/regulars-go/regulars/funnel/referral"
)

func BenchmarkReport(b *testing.B) {
	l := branch(b, 50_000)
	b.ReportAllocs()
	for b.Loop() {
		f, err := l.Resolve(referral.Policy{}, day(2000))
		if err != nil {
			b.Fatal(err)
		}
		f.Report()
	}
	b.ReportMetric(float64(l.Len())*float64(b.N)/b.Elapsed().Seconds(), "customers/s")
}
