package clv

import "math"

// objective returns a value to make small and its gradient.
type objective func(at vector) (value float64, grad vector)

// box is where the minimum is looked for: within reach of centre, per
// component. Components from n on stay where they are.
type box struct {
	centre vector
	n      int
	reach  float64
}

// minimum is the best point found.
type minimum struct {
	at, grad                vector
	value                   float64
	iterations, evaluations int
}

const (
	// gradTolerance and valueTolerance end the search: a gradient that small,
	// or three steps in a row that gain less than that part of the value.
	gradTolerance, valueTolerance = 1e-7, 1e-12
	maxIterations                 = 500
	// maxStep bounds a step in any component. All of them are logarithms.
	maxStep = 1.5
)

// minimise looks for a minimum by BFGS, holding components at a face of the
// box while the value falls outwards.
func minimise(f objective, in box, start vector) minimum {
	m := minimum{at: start}
	m.value, m.grad = f(start)
	m.evaluations = 1
	var inverse matrix // of the Hessian, about
	var held [4]bool
	fresh, stalls := true, 0
	for m.iterations < maxIterations {
		now := in.held(m)
		g := in.free(m.grad, now)
		if g.largest() <= gradTolerance || stalls >= 3 {
			break
		}
		if fresh || now != held {
			inverse, held, fresh = identity(1/max(g.largest(), 1)), now, true
		}
		d := in.inward(in.free(inverse.times(g), held), m.at)
		slope := -dot(d, g)
		if !(slope < 0) {
			inverse, d, fresh = identity(1), g, true
			slope = -dot(g, g)
		}
		old := m
		if !m.search(f, in, d, slope) {
			if fresh {
				break // not even downhill: the value is at its precision
			}
			fresh = true
			continue
		}
		m.iterations++
		stalls++
		if old.value-m.value > valueTolerance*math.Abs(old.value) {
			stalls = 0
		}
		step := m.at.plus(-1, old.at)
		change := in.free(m.grad, held).plus(-1, g)
		inverse.update(step, change, fresh)
		fresh = false
	}
	return m
}

// search moves m along -d until both Wolfe conditions hold, or as far as the
// box allows. It reports false, and leaves m there, if no step gains.
func (m *minimum) search(f objective, in box, d vector, slope float64) bool {
	limit := in.room(m.at, d)
	step := min(1, maxStep/d.largest(), limit)
	low, high := 0.0, math.Inf(1)
	best, found := *m, false
	for range 50 {
		at := m.at.plus(-step, d)
		in.clamp(&at)
		value, grad := f(at)
		best.evaluations++
		switch {
		case !(value <= m.value+float64(1e-4*step*slope)): // also if it is NaN
			high = step
		case -dot(grad, d) < 0.9*slope && step < limit:
			low, found = step, true
			best.at, best.value, best.grad = at, value, grad
		default:
			best.at, best.value, best.grad = at, value, grad
			*m = best
			return true
		}
		next := 2 * step
		if !math.IsInf(high, 1) {
			next = (low + high) / 2
		}
		next = min(next, limit)
		if next == step || next == low || next*d.largest() < 1e-15 {
			break
		}
		step = next
	}
	m.evaluations = best.evaluations
	if found {
		*m = best
	}
	return found
}

// update is the BFGS formula for the inverse Hessian.
func (m *matrix) update(step, change vector, fresh bool) {
	curvature := dot(step, change)
	if !(curvature > 0) {
		return
	}
	if fresh {
		*m = identity(curvature / dot(change, change))
	}
	through := m.times(change)
	scale := (1 + dot(change, through)/curvature) / curvature
	for i := range m {
		for j := range m {
			m[i][j] += float64(scale*float64(step[i]*step[j])) -
				(float64(through[i]*step[j])+float64(step[i]*through[j]))/curvature
		}
	}
}

// atFace returns -1 or 1 if v lies at the lower or upper face of the box in
// component i, otherwise 0.
func (b box) atFace(v vector, i int) int {
	switch d := v[i] - b.centre[i]; {
	case d >= b.reach-1e-9:
		return 1
	case d <= -b.reach+1e-9:
		return -1
	}
	return 0
}

// held returns the components that lie at a face where the value falls outwards.
func (b box) held(m minimum) (held [4]bool) {
	for i := range b.n {
		face := b.atFace(m.at, i)
		held[i] = face > 0 && m.grad[i] < 0 || face < 0 && m.grad[i] > 0
	}
	return held
}

// free returns v with the held components, and those from n on, at zero.
func (b box) free(v vector, held [4]bool) vector {
	for i := range v {
		if i >= b.n || held[i] {
			v[i] = 0
		}
	}
	return v
}

// inward returns d without the components along which -d leaves the box at v.
func (b box) inward(d, v vector) vector {
	for i := range b.n {
		if face := b.atFace(v, i); face > 0 && d[i] < 0 || face < 0 && d[i] > 0 {
			d[i] = 0
		}
	}
	return d
}

// room returns how far one can go from v along -d.
func (b box) room(v, d vector) float64 {
	room := math.Inf(1)
	for i := range b.n {
		switch {
		case d[i] > 0:
			room = min(room, (v[i]-(b.centre[i]-b.reach))/d[i])
		case d[i] < 0:
			room = min(room, ((b.centre[i]+b.reach)-v[i])/-d[i])
		}
	}
	return max(room, 0)
}

func (b box) clamp(v *vector) {
	for i := range b.n {
		v[i] = min(max(v[i], b.centre[i]-b.reach), b.centre[i]+b.reach)
	}
}
