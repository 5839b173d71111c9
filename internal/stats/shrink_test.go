package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Rubin (1981), "Estimation in parallel randomized experiments": the effects of
// coaching in eight schools. Gelman and others (2013, Bayesian Data Analysis,
// section 5.5) print 10, 8, 7, 8, 5, 6, 10 and 8 for the medians; the means lie
// somewhat further out.
func TestShrinkOfEightSchools(t *testing.T) {
	values := []float64{28, 8, -3, 7, -1, 1, 18, 12}
	variances := make([]float64, 8)
	for i, se := range []float64{15, 10, 16, 11, 9, 11, 10, 18} {
		variances[i] = se * se
	}
	want := schools(values, variances)
	shrunk, ok := Shrink(values, variances)
	if !ok {
		t.Fatal("no answer")
	}
	for i, median := range []float64{10, 8, 7, 8, 5, 6, 10, 8} {
		if math.Abs(shrunk[i].Value-median) > 1.6 {
			t.Errorf("%v, a median of %v is printed", shrunk[i], median)
		}
		if math.Abs(shrunk[i].Value-want[i].Value) > 0.1 || math.Abs(shrunk[i].SE-want[i].SE) > 0.1 {
			t.Errorf("%v, want %v", shrunk[i], want[i])
		}
	}
}

// schools sums over a grid of tau and of the mean, with nothing worked out
// beforehand.
func schools(values, variances []float64) []Shrunk {
	first, second, total := make([]float64, len(values)), make([]float64, len(values)), 0.0
	for tau := 0.1; tau < 120; tau += 0.2 {
		for mean := -120.0; mean < 140; mean += 0.5 {
			density := 1.0
			for i, v := range variances {
				s := v + tau*tau
				density *= math.Exp(-(values[i]-mean)*(values[i]-mean)/2/s) / math.Sqrt(s)
			}
			total += density
			for i, v := range variances {
				b := tau * tau / (v + tau*tau)
				m := b*values[i] + (1-b)*mean
				first[i] += density * m
				second[i] += density * (m*m + b*v)
			}
		}
	}
	list := make([]Shrunk, len(values))
	for i := range list {
		m := first[i] / total
		list[i] = Shrunk{m, math.Sqrt(second[i]/total - m*m)}
	}
	return list
}

// By hand: 0 and 10 with variances of 1. Q is 50, tau² (50-1)/(2-1) = 49, so
// that each keeps 49/50 of its distance from 5.
func TestShrinkOfTwo(t *testing.T) {
	shrunk, ok := Shrink([]float64{0, 10}, []float64{1, 1})
	if !ok {
		t.Fatal("no answer")
	}
	close(t, "low", shrunk[0].Value, 0.1, 1e-12)
	close(t, "high", shrunk[1].Value, 9.9, 1e-13)
	close(t, "standard error", shrunk[0].SE, math.Sqrt(0.98+0.0004*25), 1e-13)
	alike, _ := Shrink([]float64{1, 2}, []float64{1, 3})
	close(t, "mean", alike[0].Value, 1.25, 1e-15)
	close(t, "mean", alike[1].Value, 1.25, 1e-15)
}

// Property: what is shrunk lies within the estimates, and is as sure or surer;
// one alone stays as it is; to move and to scale them moves and scales what comes
// of them.
func TestShrinkLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 9).Draw(t, "values")
		variances := rapid.SliceOfN(rapid.Float64Range(0.01, 100), len(values), len(values)).Draw(t, "variances")
		shrunk, ok := Shrink(values, variances)
		if !ok {
			t.Fatal("no answer")
		}
		moved, wider := make([]float64, len(values)), make([]float64, len(values))
		lo, hi := math.Inf(1), math.Inf(-1)
		for i, v := range values {
			moved[i], wider[i] = 1000+3*v, 9*variances[i]
			lo, hi = min(lo, v), max(hi, v)
		}
		again, _ := Shrink(moved, wider)
		for i, s := range shrunk {
			if s.Value < lo-1e-9 || s.Value > hi+1e-9 || !(s.SE > 0) {
				t.Fatalf("%v of %v", s, values)
			}
			if len(values) == 1 && (s.Value != values[i] || math.Abs(s.SE-math.Sqrt(variances[i])) > 1e-9) {
				t.Fatalf("alone: %v", s)
			}
			if math.Abs(again[i].Value-1000-3*s.Value) > 1e-6 || math.Abs(again[i].SE-3*s.SE) > 1e-6 {
				t.Fatalf("%v, moved and scaled %v", s, again[i])
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
		if _, ok := Shrink(args[0], args[1]); ok {
			t.Errorf("%v has an answer", args)
		}
	}
}
