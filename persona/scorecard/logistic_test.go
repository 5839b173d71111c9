package scorecard

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// spector are the 32 students of Spector and Mazzeo (1980): grade point average,
// score of a test, whether a new method of teaching was used, and whether the
// grade improved, as printed by Greene, Econometric Analysis.
var spector = [][4]float64{
	{2.66, 20, 0, 0},
	{2.89, 22, 0, 0},
	{3.28, 24, 0, 0},
	{2.92, 12, 0, 0},
	{4.00, 21, 0, 1},
	{2.86, 17, 0, 0},
	{2.76, 17, 0, 0},
	{2.87, 21, 0, 0},
	{3.03, 25, 0, 0},
	{3.92, 29, 0, 1},
	{2.63, 20, 0, 0},
	{3.32, 23, 0, 0},
	{3.57, 23, 0, 0},
	{3.26, 25, 0, 1},
	{3.53, 26, 0, 0},
	{2.74, 19, 0, 0},
	{2.75, 25, 0, 0},
	{2.83, 19, 0, 0},
	{3.12, 23, 1, 0},
	{3.16, 25, 1, 1},
	{2.06, 22, 1, 0},
	{3.62, 28, 1, 1},
	{2.89, 14, 1, 0},
	{3.51, 26, 1, 0},
	{3.54, 24, 1, 1},
	{2.83, 27, 1, 1},
	{3.39, 17, 1, 1},
	{2.67, 24, 1, 0},
	{3.65, 21, 1, 1},
	{4.00, 23, 1, 1},
	{3.10, 21, 1, 0},
	{2.39, 19, 1, 1},
}

// Greene's coefficients are -13.021, 2.826, 0.095 and 2.379, with a
// log-likelihood of -12.890.
func TestLogisticAgainstGreene(t *testing.T) {
	m := logistic{ridge: 1e-12}
	for _, s := range spector {
		m.rows = append(m.rows, row{s[:3], s[3], 1 - s[3]})
	}
	beta, ok := m.fit(3)
	if !ok {
		t.Fatal("no end")
	}
	for i, want := range []float64{-13.0213, 2.8261, 0.0952, 2.3787} {
		if math.Abs(beta[i]-want) > 6e-5 {
			t.Errorf("coefficient %d is %v, want %v", i, beta[i], want)
		}
	}
	if loss := m.loss(beta); math.Abs(loss-12.8896) > 5e-5 {
		t.Errorf("log-likelihood %v, want -12.8896", -loss)
	}
}

func models() *rapid.Generator[logistic] {
	return rapid.Custom(func(t *rapid.T) logistic {
		n := rapid.IntRange(1, 3).Draw(t, "features")
		return logistic{
			ridge: rapid.SampledFrom([]float64{1e-3, 1, 10}).Draw(t, "ridge"),
			rows: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
				return row{
					rapid.SliceOfN(rapid.Float64Range(-3, 3), n, n).Draw(t, "x"),
					float64(rapid.IntRange(0, 50).Draw(t, "good")), float64(rapid.IntRange(0, 50).Draw(t, "bad")),
				}
			}), 1, 12).Filter(func(rows []row) bool {
				good, bad := 0.0, 0.0
				for _, r := range rows {
					good, bad = good+r.good, bad+r.bad
				}
				return good > 0 && bad > 0
			}).Draw(t, "rows"),
		}
	})
}

// Property: where the fit ends the slope of the loss is 0, as differences of the
// loss say too, and no other place that is tried has a lower loss.
func TestLogisticIsTheMinimum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		n := len(m.rows[0].x)
		beta, ok := m.fit(n)
		if !ok {
			t.Fatalf("no end: %+v", m)
		}
		loss := m.loss(beta)
		gradient, _ := m.slopes(beta)
		for j := range beta {
			if math.Abs(gradient[j]) > 1e-5*m.weight() {
				t.Fatalf("slope %d is %v at %v", j, gradient[j], beta)
			}
			moved := append([]float64(nil), beta...)
			moved[j] += 1e-3
			up := m.loss(moved)
			moved[j] -= 2e-3
			down := m.loss(moved)
			if up < loss-1e-9 || down < loss-1e-9 || math.Abs(up-down)/2e-3 > 1e-4*m.weight() {
				t.Fatalf("loss %v at %v, beside %v and %v", loss, beta, down, up)
			}
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for range 200 {
			other := make([]float64, len(beta))
			for j := range other {
				other[j] = beta[j] + random.NormFloat64()*math.Pow(10, -float64(random.IntN(5)))
			}
			if m.loss(other) < loss-1e-9 {
				t.Fatalf("%v has a loss of %v, %v of %v", beta, loss, other, m.loss(other))
			}
		}
	})
}

// Property: the slopes are those of the loss.
func TestSlopesAgainstDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models().Draw(t, "model")
		beta := rapid.SliceOfN(rapid.Float64Range(-1, 1), len(m.rows[0].x)+1, len(m.rows[0].x)+1).Draw(t, "beta")
		gradient, hessian := m.slopes(beta)
		const h = 1e-4
		for i := range beta {
			at := func(d float64) []float64 {
				moved := append([]float64(nil), beta...)
				moved[i] += d
				return moved
			}
			if d := (m.loss(at(h)) - m.loss(at(-h))) / (2 * h); math.Abs(d-gradient[i]) > 1e-5*m.weight() {
				t.Fatalf("slope %d is %v, want %v", i, gradient[i], d)
			}
			up, _ := m.slopes(at(h))
			down, _ := m.slopes(at(-h))
			for j := range beta {
				if d := (up[j] - down[j]) / (2 * h); math.Abs(d-hessian[i][j]) > 1e-4*m.weight() {
					t.Fatalf("second slope %d, %d is %v, want %v", i, j, hessian[i][j], d)
				}
			}
		}
	})
}

// Features that separate good from bad without a fault have no finite
// coefficients but for the ridge.
func TestLogisticOfSeparated(t *testing.T) {
	for _, ridge := range []float64{1e-6, 1, 1e6} {
		m := logistic{[]row{{[]float64{1, 1}, 1000, 0}, {[]float64{-1, -1}, 0, 1000}}, ridge}
		beta, ok := m.fit(2)
		if !ok || math.IsInf(beta[1], 0) || beta[1] <= 0 || math.Abs(beta[1]-beta[2]) > 1e-6*beta[1] {
			t.Errorf("ridge %v: %v, %t", ridge, beta, ok)
		}
	}
}
