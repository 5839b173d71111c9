package clv

import (
	"fmt"
	"testing"
)

// BenchmarkFit fits the CDNOW sample: 2,357 customers, 1,016 histories.
func BenchmarkFit(b *testing.B) {
	rows := cdnowRows(b)
	for _, family := range []Family{BGNBD, MBGNBD, ParetoNBD} {
		b.Run(family.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Fitter{}).Fit(family, rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "customers/s")
		})
	}
	b.Run("Gamma-Gamma", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := FitGammaGamma(rows); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFitMillion fits a million simulated customers of day resolution.
func BenchmarkFitMillion(b *testing.B) {
	truth := Model{BGNBD, Day, [4]float64{0.243, 31, 0.793, 2.426}}
	rows := simulate(truth, 1_000_000, 15, 364, 1)
	for _, workers := range []int{1, 2} {
		for _, family := range []Family{BGNBD, ParetoNBD} {
			b.Run(fmt.Sprintf("%v/workers=%d", family, workers), func(b *testing.B) {
				for b.Loop() {
					if _, err := (Fitter{Workers: workers}).Fit(family, rows); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "customers/s")
			})
		}
	}
}

// BenchmarkPredict predicts a year for each of the CDNOW sample.
func BenchmarkPredict(b *testing.B) {
	rows := cdnowRows(b)
	for _, m := range cdnowModels {
		b.Run(m.Family.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Predict(rows, 52); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(rows))/b.Elapsed().Seconds(), "customers/s")
		})
	}
}

// BenchmarkDiscounted asks for one customer's discounted purchases.
func BenchmarkDiscounted(b *testing.B) {
	r := Row{Repeats: 2, Recency: 30.43, Age: 38.86, Unit: Week}
	for _, m := range cdnowModels {
		b.Run(m.Family.String()+"/year", func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Discounted(r, 52, Annual(0.15)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(m.Family.String()+"/forever", func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Residual(r, Annual(0.15)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
