package clv

import "math"

// Estimate is one fitted parameter.
type Estimate struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	// Known says that the data tell the parameter, so that it has a standard
	// error and an interval. All are known in an [Interior] fit.
	Known bool `json:"known"`
	// SE is the standard error, 0 if not Known.
	SE float64 `json:"se,omitzero"`
	// Low and High bound the 95 % interval Value·e^(±1.96·SE/Value), which
	// stays above 0; both are 0 if not Known.
	Low  float64 `json:"low,omitzero"`
	High float64 `json:"high,omitzero"`
}

// Estimation is the account of a fit.
type Estimation struct {
	// Estimates are the parameters, in the model's order.
	Estimates []Estimate `json:"estimates"`
	// Covariance is the matrix of covariances of the Known estimates, in
	// their order: the inverse of the observed information.
	Covariance [][]float64 `json:"covariance"`
	// LogLikelihood is the log-likelihood of the rows at the estimates.
	LogLikelihood float64 `json:"logLikelihood"`
	// Customers were fitted; Groups of them had distinct histories.
	Customers int64 `json:"customers"`
	Groups    int   `json:"groups"`
	// Iterations and Evaluations of the likelihood of all customers were made.
	// Starts is from how many places: one, or several if the first answer left
	// doubt.
	Iterations  int     `json:"iterations"`
	Evaluations int     `json:"evaluations"`
	Starts      int     `json:"starts"`
	Verdict     Verdict `json:"verdict"`
}

// estimation writes the account of m. Parameters that take part in a flat
// direction have no standard error; the others have that of the rest.
func (p *problem) estimation(m minimum, c curvature, verdict Verdict) Estimation {
	params := p.params(m.at)
	e := Estimation{
		LogLikelihood: p.logLikelihood(m),
		Customers:     int64(p.customers),
		Groups:        p.groups,
		Iterations:    m.iterations,
		Evaluations:   m.evaluations,
		Verdict:       verdict,
	}
	var known []int
	for i, name := range p.names {
		estimate := Estimate{Name: name, Value: params[i], Known: c.tells(i, p.box.n)}
		if estimate.Known {
			relative := math.Sqrt(c.covariance(i, i, p.box.n))
			estimate.SE = params[i] * relative
			spread := exp(min(1.959963984540054*relative, 300))
			estimate.Low, estimate.High = params[i]/spread, params[i]*spread
			known = append(known, i)
		}
		e.Estimates = append(e.Estimates, estimate)
	}
	for _, i := range known {
		line := make([]float64, len(known))
		for n, j := range known {
			line[n] = float64(c.covariance(i, j, p.box.n)*params[i]) * params[j]
		}
		e.Covariance = append(e.Covariance, line)
	}
	return e
}

// tells reports whether parameter i takes no part in a flat direction.
func (c curvature) tells(i, n int) bool {
	if c.held[i] {
		return false
	}
	for e := range n {
		if c.values[e] < leastInformation && math.Abs(c.vectors[e][i]) >= takesPart {
			return false
		}
	}
	return true
}

// covariance returns that of the logarithms of parameters i and j.
func (c curvature) covariance(i, j, n int) (sum float64) {
	for e := range n {
		if c.values[e] >= leastInformation {
			sum += float64(c.vectors[e][i]*c.vectors[e][j]) / c.values[e]
		}
	}
	return sum
}
