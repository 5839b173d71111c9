package stats_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/stats"
)

func clustersOf(pairs [][2]int64) (c stats.Clusters) {
	for _, p := range pairs {
		c.Add(p[0], p[1])
	}
	return c
}

func TestClusters(t *testing.T) {
	tests := []struct {
		name      string
		pairs     [][2]int64
		ratio, se float64 // NaN where there is none
	}{
		{"none", nil, math.NaN(), math.NaN()},
		{"of nothing", [][2]int64{{0, 0}, {0, 0}}, math.NaN(), math.NaN()},
		{"one cluster", [][2]int64{{4, 2}}, 0.5, math.NaN()},
		{"all alike", [][2]int64{{3, 1}, {6, 2}, {9, 3}}, 1.0 / 3, math.NaN()},
		// A mean: 0, 1, 2, 5 have the mean 2, the variance 14/3, and the standard
		// error √(14/3/4).
		{"a mean", [][2]int64{{1, 0}, {1, 1}, {1, 2}, {1, 5}}, 2, math.Sqrt(14.0 / 12)},
		// By hand: R = 6/15 = 0.4, residuals 2-2 = 0, 3-2 = 1 and 1-2 = -1, so
		// √(3/2·2)/15.
		{"a ratio", [][2]int64{{5, 2}, {5, 3}, {5, 1}}, 0.4, math.Sqrt(3) / 15},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := clustersOf(tt.pairs)
			if ratio, ok := c.Ratio(); ok == math.IsNaN(tt.ratio) || ok && math.Abs(ratio-tt.ratio) > 1e-15 {
				t.Errorf("ratio %v, %t, want %v", ratio, ok, tt.ratio)
			}
			if se, ok := c.StandardError(); ok == math.IsNaN(tt.se) || ok && math.Abs(se-tt.se) > 1e-14 {
				t.Errorf("standard error %v, %t, want %v", se, ok, tt.se)
			}
		})
	}
}

// Property: the standard error is that of the residuals, computed one by one,
// and clusters may be added in any order and split.
func TestClustersAgainstResiduals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) [2]int64 {
			x := rapid.Int64Range(0, 1000).Draw(t, "x")
			return [2]int64{x, rapid.Int64Range(0, x).Draw(t, "y")}
		}), 2, 30).Draw(t, "pairs")
		whole := clustersOf(pairs)
		cut := rapid.IntRange(0, len(pairs)).Draw(t, "cut")
		parts := clustersOf(pairs[cut:])
		parts.Merge(clustersOf(pairs[:cut]))
		if parts != whole {
			t.Fatalf("%+v in parts, %+v in one", parts, whole)
		}
		ratio, ok := whole.Ratio()
		if !ok {
			return
		}
		squares := 0.0
		for _, p := range pairs {
			d := float64(p[1]) - ratio*float64(p[0])
			squares += d * d
		}
		n := float64(len(pairs))
		want := math.Sqrt(n/(n-1)*squares) / float64(whole.X)
		se, ok := whole.StandardError()
		if ok && math.Abs(se-want) > 1e-6*want+1e-12 || !ok && want > 1e-5 {
			t.Fatalf("standard error %v, %t, want %v", se, ok, want)
		}
	})
}
