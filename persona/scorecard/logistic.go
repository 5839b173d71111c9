package scorecard

import (
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
)

// row is as many good and bad cases as have the same values.
type row struct {
	x         []float64
	good, bad float64
}

// logistic is a model of the odds of good ones: ln(odds) = beta[0] + Σ
// beta[j]·x[j-1].
type logistic struct {
	rows  []row
	ridge float64
}

// maxSteps is far more than Newton's method takes on a convex function, some
// seven.
const maxSteps = 100

// fit minimises the loss by Newton's method, each step halved until the loss
// falls (Hastie, Tibshirani and Friedman 2009, section 4.4). ok is false if that
// comes to no end, which finite rows with a ridge above 0 don't do.
func (m logistic) fit(n int) (beta []float64, ok bool) {
	beta = make([]float64, n+1)
	loss := m.loss(beta)
	for range maxSteps {
		gradient, hessian := m.slopes(beta)
		step, solved := stats.Solve(hessian, slices.Clone(gradient))
		if !solved {
			return nil, false
		}
		size := 0.0
		for _, g := range gradient {
			size = max(size, math.Abs(g))
		}
		moved, next := m.advance(beta, step, loss)
		if moved == nil || size < 1e-9 {
			return beta, size < 1e-6*m.weight()
		}
		beta, loss = moved, next
	}
	return nil, false
}

// weight is how many cases there are, but at least 1.
func (m logistic) weight() float64 {
	sum := 0.0
	for _, r := range m.rows {
		sum += r.good + r.bad
	}
	return max(1, sum)
}

// advance takes the step, or as much of it as lowers the loss; nil if nothing
// does.
func (m logistic) advance(beta, step []float64, loss float64) (moved []float64, next float64) {
	for scale := 1.0; scale > 1e-6; scale /= 2 {
		moved = make([]float64, len(beta))
		for j := range beta {
			moved[j] = beta[j] - float64(scale*step[j])
		}
		if next = m.loss(moved); next < loss {
			return moved, next
		}
	}
	return nil, loss
}

// loss is the negative log-likelihood and the ridge.
func (m logistic) loss(beta []float64) float64 {
	sum := 0.0
	for _, r := range m.rows {
		z := logit(beta, r.x)
		sum += float64(r.good*softplus(-z)) + float64(r.bad*softplus(z))
	}
	for _, b := range beta[1:] {
		sum += float64(m.ridge / 2 * b * b)
	}
	return sum
}

// slopes returns the gradient of the loss, and its second derivatives.
func (m logistic) slopes(beta []float64) (gradient []float64, hessian [][]float64) {
	n := len(beta)
	gradient, hessian = make([]float64, n), make([][]float64, n)
	for i := range hessian {
		hessian[i] = make([]float64, n)
	}
	for _, r := range m.rows {
		p := probability(logit(beta, r.x))
		all := r.good + r.bad
		d, w := float64(all*p)-r.good, all*p*(1-p)
		at := func(i int) float64 {
			if i == 0 {
				return 1
			}
			return r.x[i-1]
		}
		for i := range n {
			gradient[i] += float64(d * at(i))
			for j := range n {
				hessian[i][j] += float64(w * at(i) * at(j))
			}
		}
	}
	for i := 1; i < n; i++ {
		gradient[i] += float64(m.ridge * beta[i])
		hessian[i][i] += m.ridge
	}
	return gradient, hessian
}

// logit returns ln(odds).
func logit(beta, x []float64) float64 {
	z := beta[0]
	for j, v := range x {
		z += float64(beta[j+1] * v)
	}
	return z
}

func probability(z float64) float64 {
	if z < 0 {
		e := math.Exp(z)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}

// softplus returns ln(1+e^z), also where e^z would overflow.
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
