package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/stats"
)

// Property: what is solved fits, as far as the numbers go.
func TestSolve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		numbers := rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n)
		var a, again [][]float64
		for i := range n {
			row := numbers.Draw(t, "row")
			row[i] += math.Copysign(70, row[i]) // so that it is far from singular
			a, again = append(a, row), append(again, append([]float64(nil), row...))
		}
		b := numbers.Draw(t, "b")
		x, ok := stats.Solve(again, append([]float64(nil), b...))
		if !ok {
			t.Fatal("not solved")
		}
		for i, row := range a {
			sum := -b[i]
			for j, v := range row {
				sum += v * x[j]
			}
			if math.Abs(sum) > 1e-9 {
				t.Fatalf("row %d of %v·%v is off by %v", i, a, x, sum)
			}
		}
	})
}

func TestSolveCases(t *testing.T) {
	x, ok := stats.Solve([][]float64{{0, 2}, {4, 1}}, []float64{6, 11}) // needs its rows swapped
	if !ok || x[0] != 2 || x[1] != 3 {
		t.Errorf("%v, %t, want 2 and 3", x, ok)
	}
	for _, a := range [][][]float64{{{1, 2}, {2, 4}}, {{0}}, {{math.NaN()}}, {{math.Inf(1)}}} {
		if x, ok := stats.Solve(a, make([]float64, len(a))); ok {
			t.Errorf("%v is solved: %v", a, x)
		}
	}
}

// The nodes and weights of 5 over -1 to 1 are 0, ±0.538469310105683 and
// ±0.906179845938664, with 0.568888888888889, 0.478628670499366 and
// 0.236926885056189 (Abramowitz and Stegun 1964, table 25.4).
func TestGaussLegendre(t *testing.T) {
	nodes, weights := stats.GaussLegendre(5, 2)
	for i, want := range [][2]float64{{-0.906179845938664, 0.236926885056189}, {-0.538469310105683, 0.478628670499366}, {0, 0.568888888888889}, {0.538469310105683, 0.478628670499366}, {0.906179845938664, 0.236926885056189}} {
		if math.Abs(nodes[i]-1-want[0]) > 2e-15 || math.Abs(weights[i]-want[1]) > 2e-15 {
			t.Errorf("node %d is %v with %v, want %v", i, nodes[i]-1, weights[i], want)
		}
	}
	// The integral of x^9 over 0 to 3 is 3^10/10: degree 9 is 2·5-1.
	nodes, weights = stats.GaussLegendre(5, 3)
	sum := 0.0
	for i, x := range nodes {
		sum += weights[i] * math.Pow(x, 9)
	}
	if want := math.Pow(3, 10) / 10; math.Abs(sum-want) > 1e-10*want {
		t.Errorf("integral %v, want %v", sum, want)
	}
}
