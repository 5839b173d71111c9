package stats

import "math"

// Solve returns the x of a·x = b for a square a, by Gauss's elimination with
// partial pivoting. It changes both. ok is false if a is singular, or holds what
// is not finite.
func Solve(a [][]float64, b []float64) (x []float64, ok bool) {
	for i := range a {
		pivot := i
		for j := i + 1; j < len(a); j++ {
			if math.Abs(a[j][i]) > math.Abs(a[pivot][i]) {
				pivot = j
			}
		}
		if !(math.Abs(a[pivot][i]) > 0) || math.IsInf(a[pivot][i], 0) {
			return nil, false
		}
		a[i], a[pivot], b[i], b[pivot] = a[pivot], a[i], b[pivot], b[i]
		for j := i + 1; j < len(a); j++ {
			factor := a[j][i] / a[i][i]
			for k := i; k < len(a); k++ {
				a[j][k] -= float64(factor * a[i][k])
			}
			b[j] -= float64(factor * b[i])
		}
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := i + 1; k < len(a); k++ {
			b[i] -= float64(a[i][k] * b[k])
		}
		b[i] /= a[i][i]
	}
	return b, true
}

// GaussLegendre returns the nodes, which ascend, and the weights of the
// quadrature of n nodes over 0 to length: exact for polynomials up to degree
// 2n-1. The nodes are the roots of Legendre's polynomial, by Newton's method
// (Press et al. 2007, Numerical Recipes, section 4.6).
func GaussLegendre(n int, length float64) (nodes, weights []float64) {
	nodes, weights = make([]float64, n), make([]float64, n)
	for i := range n {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (float64(n) + 0.5))
		slope := 0.0
		for range 100 {
			p, before := 1.0, 0.0
			for j := range n {
				p, before = (float64(float64(2*j+1)*x*p)-float64(float64(j)*before))/float64(j+1), p
			}
			slope = float64(n) * (float64(x*p) - before) / (float64(x*x) - 1)
			step := p / slope
			x -= step
			if math.Abs(step) < 1e-15 {
				break
			}
		}
		nodes[i] = length / 2 * (1 - x)
		weights[i] = length / ((1 - float64(x*x)) * slope * slope)
	}
	return nodes, weights
}
