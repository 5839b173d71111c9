package clv

import "math"

// problem is a likelihood to maximise over parameters that are positive.
type problem struct {
	names     []string
	box       box // of their logarithms
	customers float64
	groups    int
	logLik    func(params vector) (float64, vector)
	starts    []vector
	priorSD   float64
	thinned   *problem // the same with fewer groups, if there are many
}

// objective is the mean negative log-likelihood by the logarithms of the
// parameters, so that tolerances do not depend on the number of customers.
func (p *problem) objective(theta vector) (float64, vector) {
	params := p.params(theta)
	ll, grad := p.logLik(params)
	for i := range p.box.n {
		grad[i] = float64(grad[i] * params[i])
		if p.priorSD != 0 {
			z := (theta[i] - p.box.centre[i]) / p.priorSD
			ll -= float64(float64(z*z) / 2)
			grad[i] -= z / p.priorSD
		}
		grad[i] = -grad[i] / p.customers
	}
	return -ll / p.customers, grad
}

func (p *problem) params(theta vector) (params vector) {
	for i := range p.box.n {
		params[i] = exp(theta[i])
	}
	return params
}

// fewGroups is the number of distinct histories below which a fit that looks
// well may still be the lesser of two maxima.
const fewGroups = 30

// solve finds the maximum and judges it.
func (p *problem) solve() (Estimation, vector) {
	best := p.climb(p.box.centre)
	e := p.settle(&best)
	e.Starts = 1
	if e.Verdict.Kind == Interior && p.groups >= fewGroups {
		return e, p.params(best.at)
	}
	if p.thinned == nil {
		best = p.climbFromAll(best)
	} else {
		// Which start is best a sample tells; the rest is one more climb.
		scout := p.thinned.climb(best.at)
		scout = p.thinned.climbFromAll(scout)
		best = p.better(best, p.climb(scout.at))
	}
	e = p.settle(&best)
	e.Starts = 1 + len(p.starts)
	return e, p.params(best.at)
}

// climbFromAll climbs from all the other starts and returns the best minimum
// of these and the given one.
func (p *problem) climbFromAll(best minimum) minimum {
	for _, offset := range p.starts {
		start := p.box.centre.plus(1, offset)
		p.box.clamp(&start)
		best = p.better(best, p.climb(start))
	}
	return best
}

// better returns the better of two minima, with the work of both. Of equals
// it is the first, so that rounding does not choose.
func (p *problem) better(a, b minimum) minimum {
	iterations, evaluations := a.iterations+b.iterations, a.evaluations+b.evaluations
	if (a.value-b.value)*p.customers > 1e-6 {
		a = b
	}
	a.iterations, a.evaluations = iterations, evaluations
	return a
}

func (p *problem) climb(start vector) minimum {
	return minimise(p.objective, p.box, start)
}

// settle takes a last Newton step, which leaves an answer that hardly depends
// on the path to it, and judges where that is.
func (p *problem) settle(m *minimum) Estimation {
	h := p.hessian(m.at)
	m.evaluations += 2 * p.box.n
	values, vectors := h.eigen(p.box.n)
	p.polish(m, values, vectors)
	c := curvature{values, vectors, p.box.held(*m)}
	for i := range c.values {
		c.values[i] *= p.customers
	}
	return p.estimation(*m, c, p.judge(*m, c))
}

// polish takes a Newton step if that makes the gradient smaller.
func (p *problem) polish(m *minimum, values vector, vectors matrix) {
	at := m.at
	for i := range p.box.n {
		step := dot(vectors[i], m.grad) / values[i]
		if !(values[i] > 0 && math.Abs(step) <= 0.1) {
			return
		}
		at = at.plus(-step, vectors[i])
	}
	p.box.clamp(&at)
	value, grad := p.objective(at)
	m.evaluations++
	if grad.largest() < m.grad.largest() {
		m.at, m.value, m.grad = at, value, grad
	}
}

// hessian returns the second derivatives of the objective by differences of
// the gradient.
func (p *problem) hessian(at vector) (h matrix) {
	const step = 1e-4
	for i := range p.box.n {
		up, down := at, at
		up[i] += step
		down[i] -= step
		_, above := p.objective(up)
		_, below := p.objective(down)
		for j := range p.box.n {
			h[i][j] = (above[j] - below[j]) / (2 * step)
		}
	}
	for i := range p.box.n {
		for j := range i {
			mean := (h[i][j] + h[j][i]) / 2
			h[i][j], h[j][i] = mean, mean
		}
	}
	return h
}

// logLikelihood returns that of a minimum, without the prior.
func (p *problem) logLikelihood(m minimum) float64 {
	if p.priorSD == 0 {
		return -m.value * p.customers
	}
	ll, _ := p.logLik(p.params(m.at))
	return ll
}
