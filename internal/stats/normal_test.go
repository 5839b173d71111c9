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
		// Wichura (1988), Algorithm AS 241: the check values of PPND16.
		{"a quarter", 0.25, -0.6744897501960817},
		{"a thousandth", 0.001, -3.090232306167814},
		{"far tail", 1e-20, -9.262340089798408},
		{"two-sided 95 %", 0.975, 1.959963984540054}, // as in any table of z
		{"two-sided 99 %", 0.995, 2.5758293035489004},
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
	// Abramowitz and Stegun, table 26.2: -log10 Q(10) = 23.11805.
	if got := -math.Log10(NormalCDF(-10)); math.Abs(got-23.11805) > 5e-6 {
		t.Errorf("-log10 NormalCDF(-10) = %v, want 23.11805", got)
	}
	if got := NormalTail(10); got != NormalCDF(-10) {
		t.Errorf("NormalTail(10) = %v, want NormalCDF(-10)", got)
	}
	// The same, table 26.1.
	if got, want := NormalCDF(1.96), 0.975002104851780; math.Abs(got-want) > 1e-15 {
		t.Errorf("NormalCDF(1.96) = %v, want %v", got, want)
	}
	if got, want := NormalZ(0.95), 1.959963984540054; math.Abs(got-want) > 1e-14 {
		t.Errorf("NormalZ(0.95) = %v, want %v", got, want)
	}
}
