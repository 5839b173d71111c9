package stats

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAdjustedAgainstReference(t *testing.T) {
	// McDonald, Handbook of Biological Statistics: 25 dietary variables and
	// mammographic density.
	var block struct{ P, BH, Holm []float64 }
	vector(t, "multiple_testing", &block)
	bh, holm := BenjaminiHochberg(block.P), Holm(block.P)
	harmonic := 0.0
	for i := range block.P {
		harmonic += 1 / float64(i+1)
	}
	by := BenjaminiYekutieli(block.P)
	if len(bh) != 25 || len(holm) != 25 || len(by) != 25 {
		t.Fatal("lengths differ")
	}
	for i := range block.P {
		close(t, "Benjamini-Hochberg", bh[i], block.BH[i], 1e-14)
		close(t, "Holm", holm[i], block.Holm[i], 1e-14)
	}
	close(t, "Benjamini-Yekutieli", by[0], 0.025*harmonic, 1e-14)
	close(t, "Benjamini-Yekutieli", by[24], 1, 1e-14)
}

func TestAdjustedLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			if rapid.Bool().Draw(t, "coarse") {
				return float64(rapid.IntRange(0, 8).Draw(t, "eighths")) / 8
			}
			return rapid.Float64Range(0, 1).Draw(t, "p")
		}), 0, 20).Draw(t, "ps")
		bh, holm, by := BenjaminiHochberg(ps), Holm(ps), BenjaminiYekutieli(ps)
		for i, p := range ps {
			// Property: raw p <= Benjamini-Hochberg <= Holm, and <= Yekutieli,
			// all at most 1.
			if bh[i] < p || holm[i] < bh[i] || by[i] < bh[i] || holm[i] > 1 || by[i] > 1 {
				t.Fatalf("p %v: %v, %v, %v", p, bh[i], holm[i], by[i])
			}
			for j, q := range ps {
				// Property: adjusting keeps the order, and ties are ties.
				if p <= q && (bh[i] > bh[j] || holm[i] > holm[j]) || p == q && (bh[i] != bh[j] || holm[i] != holm[j]) {
					t.Fatalf("%v and %v: %v, %v and %v, %v", p, q, bh[i], bh[j], holm[i], holm[j])
				}
			}
		}
		// Property: one test needs no adjusting.
		if len(ps) == 1 && (bh[0] != ps[0] || holm[0] != ps[0] || by[0] != ps[0]) {
			t.Fatalf("%v: %v, %v, %v", ps, bh, holm, by)
		}
	})
}
