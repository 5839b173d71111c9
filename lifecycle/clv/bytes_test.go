package clv

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"
)

// The figures below are hashes of the very bits of fits and predictions. They
// hold on every processor and with every GOAMD64, GOARM64 and GO386: nothing
// goes through package math's logarithms, and no product is fused with a sum.
func TestSameBitsEverywhere(t *testing.T) {
	rows := plainRows()
	want := map[Family]uint64{BGNBD: 0x7b5c0c7281fbcf47, MBGNBD: 0x99dfc347b1870345, ParetoNBD: 0x6ef7a3f5978dd146}
	for family, hash := range want {
		fit, err := Fitter{Workers: 3}.Fit(family, rows)
		if err != nil {
			t.Fatal(err)
		}
		figures := append([]float64{fit.LogLikelihood, fit.Verdict.Condition}, fit.Params[:]...)
		for _, e := range fit.Estimates {
			figures = append(figures, e.SE, e.Low, e.High)
		}
		predictions, err := fit.Predict(rows, 40)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range predictions {
			figures = append(figures, p.Alive, p.Expected)
		}
		for _, ask := range []func() (float64, error){
			func() (float64, error) { return fit.Probability(3, 40) },
			func() (float64, error) { return fit.Discounted(rows[7], 40, Annual(0.1)) },
			func() (float64, error) { return fit.Residual(rows[7], Annual(0.1)) },
			func() (float64, error) { return fit.NoPurchase(rows[7], 40) },
			func() (float64, error) { return fit.AliveIn(rows[7], 40) },
		} {
			v, err := ask()
			if err != nil {
				t.Fatal(err)
			}
			figures = append(figures, v)
		}
		if got := hashOf(figures); got != hash {
			t.Errorf("%v: hash %#x, want %#x (%v)", family, got, hash, fit.Model)
		}
	}
	spend, err := FitGammaGamma(rows)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := hashOf([]float64{spend.P, spend.Q, spend.V, spend.LogLikelihood, spend.Estimates[0].SE, *spend.Correlation}), uint64(0xad52b7ec85d3d4cc); got != want {
		t.Errorf("Gamma-Gamma: hash %#x, want %#x (%+v)", got, want, spend.GammaGamma)
	}
}

func hashOf(figures []float64) uint64 {
	h := fnv.New64a()
	for _, f := range figures {
		_ = binary.Write(h, binary.LittleEndian, math.Float64bits(f))
	}
	return h.Sum64()
}

// plainRows are made by whole numbers and divisions only, which are the same
// everywhere.
func plainRows() []Row {
	rows := make([]Row, 400)
	state := uint32(1)
	next := func(n int) int {
		state = state*1664525 + 1013904223
		return int(state>>8) % n
	}
	for i := range rows {
		age := 100 + next(250)
		r := Row{Age: float64(age) / 7, Unit: Week}
		if next(3) > 0 {
			r.Repeats = 1 + next(1+next(1+next(20)))
			r.Recency = float64(1+next(1+next(age))) / 7
			r.Spend = float64(100+next(1000+next(10000))) / 100
		}
		rows[i] = r
	}
	return rows
}
