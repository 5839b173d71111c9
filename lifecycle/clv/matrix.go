package clv

import "math"

// vector and matrix are small and fixed, so that a fit allocates nothing for
// them; models with fewer than four parameters leave the rest at zero.
type (
	vector [4]float64
	matrix [4]vector
)

func dot(a, b vector) (sum float64) {
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// plus returns a + t·b.
func (a vector) plus(t float64, b vector) vector {
	for i := range a {
		a[i] += float64(t * b[i])
	}
	return a
}

// largest returns the largest absolute component.
func (a vector) largest() (m float64) {
	for _, v := range a {
		m = max(m, math.Abs(v))
	}
	return m
}

func (m *matrix) times(v vector) (product vector) {
	for i := range m {
		product[i] = dot(m[i], v)
	}
	return product
}

func identity(scale float64) (m matrix) {
	for i := range m {
		m[i][i] = scale
	}
	return m
}

// eigen returns the eigenvalues of the symmetric leading n×n part of m and,
// as rows, their eigenvectors. It is Jacobi's method: sweeps of rotations that
// each clear one entry off the diagonal.
func (m matrix) eigen(n int) (values vector, vectors matrix) {
	vectors = identity(1)
	for range 50 {
		off := 0.0
		for i := range n {
			for j := range i {
				off = max(off, math.Abs(m[i][j]))
			}
		}
		if off == 0 {
			break
		}
		for i := range n {
			for j := range i {
				m.rotate(i, j, n, &vectors)
			}
		}
	}
	for i := range n {
		values[i] = m[i][i]
	}
	return values, vectors
}

// rotate clears m[p][q] and records the rotation in vectors.
func (m *matrix) rotate(p, q, n int, vectors *matrix) {
	if math.Abs(m[p][q]) <= 1e-300+float64(1e-17*math.Sqrt(math.Abs(float64(m[p][p]*m[q][q])))) {
		m[p][q], m[q][p] = 0, 0
		return
	}
	theta := (m[q][q] - m[p][p]) / (2 * m[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	for k := range n {
		m[k][p], m[k][q] = float64(c*m[k][p])-float64(s*m[k][q]), float64(s*m[k][p])+float64(c*m[k][q])
	}
	for k := range n {
		m[p][k], m[q][k] = float64(c*m[p][k])-float64(s*m[q][k]), float64(s*m[p][k])+float64(c*m[q][k])
		vectors[p][k], vectors[q][k] = float64(c*vectors[p][k])-float64(s*vectors[q][k]), float64(s*vectors[p][k])+float64(c*vectors[q][k])
	}
	m[p][q], m[q][p] = 0, 0
}
