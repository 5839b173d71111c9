package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalQuantile(t *testing.T) {
	tests := []struct {
		name    string
		p, want float64
	}{
		// R 4.5: qnorm(p), printed with 17 digits.
		{"two-sided 95 %", 0.975, 1.959963984540054},
		{"two-sided 99 %", 0.995, 2.5758293035489004},
		{"one-sided 90 %", 0.9, 1.2815515655446004},
		{"a quarter", 0.25, -0.67448975019608171},
		{"far tail", 1e-10, -6.3613409024040557},
		{"median", 0.5, 0},
		{"none", 0, math.Inf(-1)},
		{"all", 1, math.Inf(1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := NormalQuantile(test.p)
			if got != test.want && math.Abs(got-test.want) > 1e-14*math.Abs(test.want) {
				t.Errorf("NormalQuantile(%v) = %.17g, want %.17g", test.p, got, test.want)
			}
		})
	}
	for _, p := range []float64{-1e-300, 1.0000000001, math.NaN(), math.Inf(1)} {
		if got := NormalQuantile(p); !math.IsNaN(got) {
			t.Errorf("NormalQuantile(%v) = %v, want NaN", p, got)
		}
	}
}

func TestNormalQuantileInvertsTheCDF(t *testing.T) {
	// Property: the CDF of a quantile is the probability asked for, with
	// relative precision, down to the smallest probabilities.
	rapid.Check(t, func(t *rapid.T) {
		p := math.Pow(10, -rapid.Float64Range(0.31, 300).Draw(t, "digits"))
		if rapid.Bool().Draw(t, "middle") {
			p = rapid.Float64Range(1e-3, 0.5).Draw(t, "p")
		}
		x := NormalQuantile(p)
		// A last-digit error of x moves the CDF by about x² of its own.
		if got := NormalCDF(x); math.Abs(got-p) > 4e-16*(2+x*x)*p {
			t.Fatalf("NormalCDF(%v) = %v, want %v", x, got, p)
		}
		if x != -NormalQuantile(1-p) && p > 1e-3 && math.Abs(x+NormalQuantile(1-p)) > 1e-12 {
			t.Fatalf("not symmetric at %v", p)
		}
	})
}

func TestNormalTails(t *testing.T) {
	// R 4.5: pnorm(-10), pnorm(1.96).
	if got, want := NormalCDF(-10), 7.6198530241605255e-24; math.Abs(got-want) > 1e-12*want {
		t.Errorf("NormalCDF(-10) = %v, want %v", got, want)
	}
	if got := NormalTail(10); got != NormalCDF(-10) {
		t.Errorf("NormalTail(10) = %v, want NormalCDF(-10)", got)
	}
	if got, want := NormalCDF(1.96), 0.9750021048517795; math.Abs(got-want) > 1e-15 {
		t.Errorf("NormalCDF(1.96) = %v, want %v", got, want)
	}
	if got, want := NormalZ(0.95), 1.959963984540054; math.Abs(got-want) > 1e-14 {
		t.Errorf("NormalZ(0.95) = %v, want %v", got, want)
	}
}
