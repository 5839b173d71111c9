package stats

import (
	"math"
	"testing"
)

func TestTwoMeansOfPublishedData(t *testing.T) {
	// power.t.test of R, its own examples. The figures that scipy computes for
	// them, 0.8689528015516763 and 22.021095496397997, differ from the tenth
	// digit on; the integral to thirty digits is 0.86895280169212700835.
	power, ok := TwoMeans{1, 1, 0.05}.Power(20, 20)
	if !ok {
		t.Fatal("undefined")
	}
	printed(t, "power", power, 0.8689528, 7)
	close(t, "power", power, 0.86895280169212700835, 1e-12)
	n, ok := TwoMeans{1, 1, 0.05}.Size(0.90, 0.5)
	if !ok {
		t.Fatal("no size")
	}
	printed(t, "size of a side", n/2, 22.02110, 5)
}

// With many values Student's test is the normal one, whose size has a formula.
func TestTwoMeansOfManyValues(t *testing.T) {
	for _, effect := range []float64{0.02, -0.005} {
		n, ok := TwoMeans{effect, 2, 0.05}.Size(0.8, 0.1)
		root := (NormalZ(0.95) + NormalQuantile(0.8)) * 2 / effect
		want := root * root * (1/0.1 + 1/0.9)
		if !ok || math.Abs(n/want-1) > 1e-4 {
			t.Errorf("%v: %v, %v, want about %v", effect, n, ok, want)
		}
	}
}

func TestTwoMeansHasNoAnswer(t *testing.T) {
	for _, m := range []TwoMeans{
		{0, 1, 0.05},
		{1, 0, 0.05},
		{1, -1, 0.05},
		{math.NaN(), 1, 0.05},
		{1, math.NaN(), 0.05},
		{math.Inf(1), 1, 0.05},
		{1, 1, 0},
		{1, 1, 1},
		{1, math.Inf(1), 0.05},
	} {
		if _, ok := m.Power(20, 20); ok {
			t.Errorf("power of %v", m)
		}
		if _, ok := m.Size(0.8, 0.5); ok {
			t.Errorf("size of %v", m)
		}
	}
	good := TwoMeans{1, 1, 0.05}
	for _, n := range [][2]float64{{0, 9}, {9, 0}, {1, 2}, {math.NaN(), 9}, {math.Inf(1), 9}} {
		if _, ok := good.Power(n[0], n[1]); ok {
			t.Errorf("power of %v", n)
		}
	}
	for _, args := range [][2]float64{{0, 0.5}, {1, 0.5}, {0.8, 0}, {0.8, 1}, {0.01, 0.5}} {
		if n, ok := good.Size(args[0], args[1]); ok {
			t.Errorf("size for %v is %v", args, n)
		}
	}
	if n, ok := (TwoMeans{1e-9, 1, 0.05}).Size(0.8, 0.5); ok {
		t.Errorf("size %v", n)
	}
}
