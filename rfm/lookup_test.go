package rfm

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// Property: looking a count's score up is comparing it with every cut.
func TestLookupIsScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		edge := rapid.OneOf(rapid.Int64Range(-3, 40), rapid.Int64Range(maxLookup-5, maxLookup+5), rapid.Int64Range(0, 1<<32))
		c := Cuts{Equal: rapid.SampledFrom([]Side{Below, Above}).Draw(t, "equal"), Best: rapid.SampledFrom([]Side{Below, Above}).Draw(t, "best")}
		at := edge.Draw(t, "first")
		for range rapid.IntRange(1, 5).Draw(t, "cuts") {
			c.At = append(c.At, decimal.New(at, 0))
			at += rapid.Int64Range(0, 50_000).Draw(t, "step")
		}
		l := newScorer(c, 0).lookup()
		for range 20 {
			count := uint32(max(0, edge.Draw(t, "count")))
			if got, want := l.score(count), c.Score(decimal.New(int64(count), 0)); got != want {
				t.Fatalf("count %d by cuts %v: score %d, want %d", count, c.At, got, want)
			}
		}
	})
}
