package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Rubin (1981), "Estimation in parallel randomized experiments": the effects of
// coaching in eight schools. DerSimonian and Laird find nothing between them,
// and the mean of all is 7.7 with a standard error of 4.1.
func TestShrinkOfEightSchools(t *testing.T) {
	values := []float64{28, 8, -3, 7, -1, 1, 18, 12}
	variances := make([]float64, 8)
	for i, se := range []float64{15, 10, 16, 11, 9, 11, 10, 18} {
		variances[i] = se * se
	}
	shrunk, mean, tau2, ok := Shrink(values, variances)
	if !ok || tau2 != 0 {
		t.Fatalf("tau² %v, %v", tau2, ok)
	}
	printed(t, "mean", mean, 7.7, 1)
	for _, s := range shrunk {
		close(t, "value", s.Value, mean, 1e-15)
		printed(t, "standard error", s.SE, 4.1, 1)
	}
}

// By hand: 0 and 10 with variances of 1. Q is 50, tau² (50-1)/(2-1) = 49, so
// that each keeps 49/50 of its distance from 5.
func TestShrinkByHand(t *testing.T) {
	shrunk, mean, tau2, ok := Shrink([]float64{0, 10}, []float64{1, 1})
	if !ok {
		t.Fatal("no answer")
	}
	close(t, "mean", mean, 5, 1e-15)
	close(t, "tau²", tau2, 49, 1e-13)
	close(t, "low", shrunk[0].Value, 0.1, 1e-12)
	close(t, "high", shrunk[1].Value, 9.9, 1e-13)
	close(t, "standard error", shrunk[0].SE, math.Sqrt(0.98+0.0004*25), 1e-13)
}

// Property: what is shrunk lies between the estimate and the mean, and one alone
// stays as it is.
func TestShrinkLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 9).Draw(t, "values")
		variances := rapid.SliceOfN(rapid.Float64Range(0.01, 100), len(values), len(values)).Draw(t, "variances")
		shrunk, mean, _, ok := Shrink(values, variances)
		if !ok {
			t.Fatal("no answer")
		}
		for i, s := range shrunk {
			lo, hi := min(values[i], mean), max(values[i], mean)
			if s.Value < lo-1e-9 || s.Value > hi+1e-9 || !(s.SE > 0) {
				t.Fatalf("%v from %v, mean %v", s, values[i], mean)
			}
			if len(values) == 1 && (math.Abs(s.Value-values[i]) > 1e-9 || math.Abs(s.SE-math.Sqrt(variances[i])) > 1e-9) {
				t.Fatalf("alone: %v", s)
			}
		}
	})
}

func TestShrinkHasNoAnswer(t *testing.T) {
	for _, args := range [][2][]float64{
		{nil, nil},
		{{1}, {1, 2}},
		{{1}, {0}},
		{{1}, {math.Inf(1)}},
		{{1}, {math.NaN()}},
		{{math.NaN()}, {1}},
		{{math.Inf(1)}, {1}},
	} {
		if _, _, _, ok := Shrink(args[0], args[1]); ok {
			t.Errorf("%v has an answer", args)
		}
	}
}
