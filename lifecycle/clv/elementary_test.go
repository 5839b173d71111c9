package clv

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// ulps is the distance from got to want in units of want's last place.
func ulps(got, want float64) float64 {
	if got == want || (math.IsNaN(got) && math.IsNaN(want)) {
		return 0
	}
	unit := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
	return math.Abs(got-want) / unit
}

// Property: the functions are those of package math, to 5 units in the last
// place (math's own error is up to 1).
func TestElementaryFunctions(t *testing.T) {
	tests := []struct {
		name      string
		low, high float64
		ours, std func(float64) float64
	}{
		{"exp", -745, 709.7, exp, math.Exp},
		{"expm1", -700, 700, expm1, math.Expm1},
		{"expm1 near 0", -1, 1, expm1, math.Expm1},
		{"log", 0x1p-1022, math.MaxFloat64, log, math.Log},
		{"log near 1", 0.5, 2, log, math.Log},
		{"log1p", 0, math.MaxFloat64, log1p, math.Log1p},
		{"log1p near 0", 0, 2, log1p, math.Log1p},
		{"log1p below 0", -0.29, 0, log1p, math.Log1p},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := rapid.Float64Range(tt.low, tt.high).Draw(t, "x")
				if got, want := tt.ours(x), tt.std(x); ulps(got, want) > 5 {
					t.Fatalf("%v gives %v, want %v: %.1f units off", x, got, want, ulps(got, want))
				}
			})
			for i := range 20_000 {
				x := tt.low + (tt.high-tt.low)*float64(i)/20_000
				if got, want := tt.ours(x), tt.std(x); ulps(got, want) > 5 {
					t.Fatalf("%v gives %v, want %v: %.1f units off", x, got, want, ulps(got, want))
				}
			}
		})
	}
}

func TestElementaryEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	tests := []struct {
		name      string
		got, want float64
	}{
		{"exp(0)", exp(0), 1},
		{"exp(-Inf)", exp(-inf), 0},
		{"exp(+Inf)", exp(inf), inf},
		{"exp(NaN)", exp(nan), nan},
		{"exp(-745.2)", exp(-745.3), 0},
		{"expm1(0)", expm1(0), 0},
		{"log(0)", log(0), -inf},
		{"log(1)", log(1), 0},
		{"log(+Inf)", log(inf), inf},
		{"log(-1)", log(-1), nan},
		{"log(NaN)", log(nan), nan},
		{"log of the smallest number", log(math.SmallestNonzeroFloat64), -1074 * math.Ln2},
		{"log1p(0)", log1p(0), 0},
		{"log1p(+Inf)", log1p(inf), inf},
		{"log1p(1e-300)", log1p(1e-300), 1e-300},
	}
	for _, tt := range tests {
		if ulps(tt.got, tt.want) != 0 {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

var sink float64

func BenchmarkElementary(b *testing.B) {
	for _, f := range []struct {
		name string
		f    func(float64) float64
	}{{"exp", exp}, {"math.Exp", math.Exp}, {"log", log}, {"math.Log", math.Log}, {"log1p", log1p}, {"math.Log1p", math.Log1p}} {
		b.Run(f.name, func(b *testing.B) {
			x := 0.0
			for b.Loop() {
				x += 0.001
				sink += f.f(x)
			}
		})
	}
}
