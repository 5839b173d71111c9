package clv

import "fmt"

// Probability returns the chance that a customer of whom nothing is known but
// the first purchase makes exactly n repeat purchases within t after it. Over
// all n these sum to 1, and their mean is [Model.ExpectedNew]. n is from 0 to
// [MaxRepeats].
func (m Model) Probability(n int, t float64) (float64, error) {
	if err := m.Validate(); err != nil {
		return 0, err
	}
	if n < 0 || n > MaxRepeats {
		return 0, fmt.Errorf("%w: probability of %d repeats", ErrHorizon, n)
	}
	if err := checkTime(t); err != nil {
		return 0, err
	}
	if t == 0 {
		// Nobody has had the time, whether or not they have left.
		if n == 0 {
			return 1, nil
		}
		return 0, nil
	}
	buying := negativeBinomial{m.Params[0], t / m.Params[1]}
	if m.Family == ParetoNBD {
		return m.paretoProbability(n, t)
	}
	a, b := m.Params[2], m.Params[3]
	chances := float64(n)
	if m.Family == MBGNBD {
		chances++
	}
	// Either they stayed after every chance to leave, or they left at the last.
	p := float64(buying.mass(n) * staying(a, b, chances))
	if chances > 0 {
		tail, err := buying.tail(n)
		if err != nil {
			return 0, err
		}
		p += float64(staying(a, b, chances-1) * (a / (a + b + chances - 1)) * tail)
	}
	return min(p, 1), nil
}

// staying returns E[(1-p)^n] = (b)_n/(a+b)_n.
func staying(a, b, n float64) float64 {
	if n == 0 {
		return 1
	}
	return exp(lnRise(b, n) - lnRise(a+b, n))
}

// paretoProbability adds those who never left to those who left at u.
func (m Model) paretoProbability(n int, t float64) (float64, error) {
	r, alpha, s, beta := m.Params[0], m.Params[1], m.Params[2], m.Params[3]
	scale := min(alpha, beta)
	last, width := log1p(t/scale), min(0.7, 6/(1+float64(n)+r+s))
	panels := last/width + 1
	if panels > maxTerms/64 {
		return 0, fmt.Errorf("%w: this probability takes %.2g steps", ErrHorizon, 16*panels)
	}
	stayed := exp(-float64(s * log1p(t/beta)))
	p := float64(negativeBinomial{r, t / alpha}.mass(n) * stayed)
	width = last / float64(int(panels))
	for i := range int(panels) {
		low := float64(float64(i) * width)
		nodes(low, low+width, func(w, weight float64) {
			u := float64(scale * expm1(w))
			leaves := s * ((scale + u) / (beta + u)) * exp(-float64(s*log1p(u/beta)))
			p += float64(weight * float64(leaves*negativeBinomial{r, u / alpha}.mass(n)))
		})
	}
	return min(p, 1), nil
}

// negativeBinomial is the distribution of the purchases of a population with
// Gamma(r, α) rates over the time τ·α.
type negativeBinomial struct{ r, tau float64 }

// mass returns the chance of exactly n.
func (d negativeBinomial) mass(n int) float64 {
	none := -float64(d.r * log1p(d.tau))
	if n == 0 {
		return exp(none)
	}
	x := float64(n)
	return exp(none - float64(x*log1p(1/d.tau)) - log(x) - logBeta(d.r, x))
}

// tail returns the chance of n or more.
func (d negativeBinomial) tail(n int) (float64, error) {
	if n == 0 {
		return 1, nil
	}
	z, mass, sum := d.tau/(1+d.tau), d.mass(n), 0.0
	if float64(n) > d.r*d.tau {
		need := float64(n) + float64(40*(1+d.tau))
		if need > maxTerms {
			return 0, fmt.Errorf("%w: this probability takes %.2g terms", ErrHorizon, need)
		}
		for x := float64(n); mass > 1e-18*sum && mass > 0; x++ {
			sum += mass
			mass = float64(mass * z * ((d.r + x) / (x + 1)))
		}
		return min(sum, 1), nil
	}
	for x := float64(n); x > 0; x-- {
		mass = float64(mass * (x / (d.r + x - 1) / z))
		sum += mass
	}
	return max(1-sum, 0), nil
}
