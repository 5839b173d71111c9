package clv

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Known minima: Rosenbrock 1960 at (1, 1), Wood (Colville 1968) at (1, 1, 1, 1).
func TestMinimise(t *testing.T) {
	rosenbrock := func(v vector) (float64, vector) {
		a, b := 1-v[0], v[1]-v[0]*v[0]
		return a*a + 100*b*b, vector{-2*a - 400*v[0]*b, 200 * b}
	}
	wood := func(v vector) (float64, vector) {
		a, b, c, d := v[1]-v[0]*v[0], 1-v[0], v[3]-v[2]*v[2], 1-v[2]
		e, f := v[1]+v[3]-2, v[1]-v[3]
		return 100*a*a + b*b + 90*c*c + d*d + 10*e*e + 0.1*f*f,
			vector{-400*v[0]*a - 2*b, 200*a + 20*e + 0.2*f, -360*v[2]*c - 2*d, 180*c + 20*e - 0.2*f}
	}
	slope := func(v vector) (float64, vector) { return v[0] + 1, vector{1} }
	tests := []struct {
		name  string
		f     objective
		in    box
		start vector
		want  vector
	}{
		{"Rosenbrock", rosenbrock, box{n: 2, reach: 14}, vector{-1.2, 1}, vector{1, 1}},
		{"Wood", wood, box{n: 4, reach: 14}, vector{-3, -1, -3, -1}, vector{1, 1, 1, 1}},
		// On x = 0.5 the valley has y = 0.25.
		{"Rosenbrock against a face", rosenbrock, box{n: 2, reach: 0.5}, vector{-0.2, 0.1}, vector{0.5, 0.25}},
		{"a slope into a corner", slope, box{centre: vector{5}, n: 1, reach: 3}, vector{6}, vector{2}},
		{"there already", rosenbrock, box{n: 2, reach: 14}, vector{1, 1}, vector{1, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := minimise(tt.f, tt.in, tt.start)
			if off := m.at.plus(-1, tt.want).largest(); off > 1e-5 {
				t.Errorf("at %v after %d iterations, want %v", m.at, m.iterations, tt.want)
			}
			if v, _ := tt.f(m.at); v != m.value {
				t.Errorf("value %v, want %v", m.value, v)
			}
		})
	}
}

// A function that is not a number somewhere is left there.
func TestMinimiseAroundNaN(t *testing.T) {
	f := func(v vector) (float64, vector) {
		if v[0] < 1 {
			return math.NaN(), vector{math.NaN()}
		}
		return v[0], vector{1}
	}
	if m := minimise(f, box{n: 1, reach: 14}, vector{3}); !(m.value >= 1 && m.value < 1.5) {
		t.Errorf("%+v", m)
	}
}

// Property: eigenvectors are orthonormal and, with their values, make the
// matrix again.
func TestEigen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "n")
		var m matrix
		for i := range n {
			for j := range i + 1 {
				m[i][j] = rapid.Float64Range(-100, 100).Draw(t, "entry")
				m[j][i] = m[i][j]
			}
		}
		values, vectors := m.eigen(n)
		for i := range n {
			for j := range n {
				var entry float64
				for e := range n {
					entry += values[e] * vectors[e][i] * vectors[e][j]
				}
				one := 0.0
				if i == j {
					one = 1
				}
				if math.Abs(entry-m[i][j]) > 1e-10 || math.Abs(dot(vectors[i], vectors[j])-one) > 1e-12 {
					t.Fatalf("%v has %v, %v", m, values, vectors)
				}
			}
		}
	})
}

// The rule is exact for polynomials of degree 31: ∫ x^30 from -1 to 1 is 2/31.
func TestNodes(t *testing.T) {
	sum, weights := 0.0, 0.0
	nodes(-1, 1, func(x, weight float64) {
		sum += weight * math.Pow(x, 30)
		weights += weight
	})
	if !near(sum, 2.0/31, 1e-14) || !near(weights, 2, 1e-15) {
		t.Errorf("%v, %v, want %v, 2", sum, weights, 2.0/31)
	}
}
