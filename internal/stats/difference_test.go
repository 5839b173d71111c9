package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Property: the interval of a difference holds 0 if and only if p is above 1
// less its level; swapping changes no p.
func TestDifferencePIsThatOfTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawProportion(t, "a", 200), drawProportion(t, "b", 200)
		p, ok := DifferenceP(a, b)
		if _, _, tested := ZTest(a, b); ok != tested {
			t.Fatalf("p is there: %v, z test: %v", ok, tested)
		}
		if !ok {
			return
		}
		if back, _ := DifferenceP(b, a); back != p {
			t.Fatalf("%v, swapped %v", p, back)
		}
		for _, alpha := range []float64{0.3, 0.05, 0.001} {
			if math.Abs(p-alpha) < 1e-9 {
				continue
			}
			d, _ := Difference(a, b, NormalZ(1-alpha))
			if holds := d.Low <= 0 && d.High >= 0; holds != (p > alpha) {
				t.Fatalf("%+v at %v, p %v", d, alpha, p)
			}
		}
	})
}

func TestDifferencePFarApart(t *testing.T) {
	if p, ok := DifferenceP(Proportion{1e9, 2e9}, Proportion{1, 2e9}); !ok || p != 0 {
		t.Errorf("%v, %v", p, ok)
	}
}

func TestSteadyVariance(t *testing.T) {
	// 3 of 12 and 1 of 22 after what is added, by hand.
	got := SteadyVariance(Proportion{2, 10}, Proportion{0, 20})
	close(t, "variance", got, 0.25*0.75/12+(1.0/22)*(21.0/22)/22, 1e-15)
}

func TestSteadyVarianceAgainstReference(t *testing.T) {
	var block struct {
		Computed []struct {
			Control, Treatment [2]int64
			Bounds             [2]float64 `json:"agresti_caffo95"`
		}
	}
	vector(t, "two_proportion", &block)
	if len(block.Computed) < 5 {
		t.Fatal("figures are missing")
	}
	for _, row := range block.Computed {
		a, b := Proportion{row.Treatment[0], row.Treatment[1]}, Proportion{row.Control[0], row.Control[1]}
		steady := func(p Proportion) float64 { return float64(p.Hits+1) / float64(p.Of+2) }
		d, half := steady(a)-steady(b), NormalZ(0.95)*math.Sqrt(SteadyVariance(a, b))
		close(t, "low", d-half, row.Bounds[0], 1e-9)
		close(t, "high", d+half, row.Bounds[1], 1e-9)
	}
}
