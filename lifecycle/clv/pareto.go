package clv

// paretoLikelihood is that of Pareto/NBD:
//
//	L = Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · (β/(β+T))^s · (1 + e^d)
//	e^d = ∫ s/(β+u) · ((α+T)/(α+u))^(r+x) · ((β+T)/(β+u))^s du  from t_x to T
//
// e^d being the odds that the customer has left, by the moment u of leaving.
type paretoLikelihood struct {
	r, alpha, s, beta float64
	rising            *prefix
}

func (l *paretoLikelihood) over(groups []group) (total sums) {
	ages := ages{age: -1}
	for i := range groups {
		g := &groups[i]
		if g.age != ages.age {
			ages.age, ages.alpha, ages.beta = g.age, log1p(g.age/l.alpha), log1p(g.age/l.beta)
		}
		s := l.one(g, ages)
		total.ll += float64(g.customers * s.ll)
		for j := range s.grad {
			total.grad[j] += float64(g.customers * s.grad[j])
		}
	}
	return total
}

// ages is what depends on the age alone: ln(1+T/α) and ln(1+T/β).
type ages struct{ age, alpha, beta float64 }

// one returns the sums of a single customer.
func (l *paretoLikelihood) one(g *group, aged ages) (s sums) {
	x, k := float64(g.repeats), l.r+float64(g.repeats)
	rise, slope := l.rising.at(g.repeats)
	s.ll = rise - float64(l.r*aged.alpha) - float64(x*(log(l.alpha)+aged.alpha)) - float64(l.s*aged.beta)
	s.grad[0] = slope - aged.alpha
	s.grad[1] = (float64(l.r*(g.age/l.alpha)) - x) / (l.alpha + g.age)
	s.grad[2] = -aged.beta
	s.grad[3] = float64(l.s*(g.age/l.beta)) / (l.beta + g.age)
	if g.age == g.recency {
		return s
	}
	w := newDeparture(k, l.s, l.alpha+g.recency, l.beta+g.recency, g.age-g.recency)
	m := w.moments()
	more, gone := oddsToOne(w.logOdds(m.mass))
	s.ll += more
	s.grad[0] += float64(gone * (w.endAlpha - m.logAlpha))
	s.grad[1] += float64(gone * float64(k*(1/(l.alpha+g.age)-m.perAlpha)))
	s.grad[2] += float64(gone * (1/l.s + w.endBeta - m.logBeta))
	s.grad[3] += float64(gone * (l.s/(l.beta+g.age) - float64((l.s+1)*m.perBeta)))
	return s
}

// departure is the integral over the moment v after the last purchase at which
// a customer may have left,
//
//	I = ∫ s/(β+v) · (1+v/β)^-s · (1+v/α)^-k dv  from 0 to V,
//
// where α and β are those of the model plus the recency. The integrand falls
// from its start on, so that nothing overflows. With w = ln(1+v/m) and m the
// smaller of α and β it is smooth on the scale of 1 for all parameters.
type departure struct {
	k, s, alpha, beta float64
	endAlpha, endBeta float64 // ln(1+V/α) and ln(1+V/β)
}

func newDeparture(k, s, alpha, beta, length float64) departure {
	return departure{k, s, alpha, beta, log1p(length / alpha), log1p(length / beta)}
}

// logOdds returns the log odds that the customer has left, where mass is I.
func (d departure) logOdds(mass float64) float64 {
	return float64(d.k*d.endAlpha) + float64(d.s*d.endBeta) + log(mass)
}

// moments are the integral and the means under it of ln(1+v/α), ln(1+v/β),
// 1/(α+v) and 1/(β+v).
type moments struct {
	mass, logAlpha, logBeta, perAlpha, perBeta float64
}

const (
	// panelRise is by how much the exponent may rise within the first panel,
	// and panelWidth the widest panel in w. With 16 points either leaves an
	// error below 1e-14 of the integral. Later panels may rise by more: as much
	// as the integrand has fallen before them.
	panelRise, panelWidth = 8.0, 2.5
	// negligible is the fall of the exponent after which the rest is left out:
	// e^-40 is 4e-18.
	negligible = 40.0
)

func (d departure) moments() (m moments) {
	small, large, alphaSmaller := d.alpha, d.beta, true
	end, k, s := d.endAlpha, d.k, d.s
	if d.beta < d.alpha {
		small, large, alphaSmaller = d.beta, d.alpha, false
		end, k, s = d.endBeta, d.s, d.k
	}
	// k goes with the smaller of the two from here on, s with the larger.
	for low, fallen := 0.0, 0.0; low < end && fallen <= negligible; {
		width := panel(low, panelRise+fallen, large/small, k, s)
		high := min(low+width, end)
		if end-high < width/4 {
			high = end // no sliver of a panel at the end
		}
		fallen = m.add(low, high, small, large, k, s, d.s, alphaSmaller)
		low = high
	}
	if !alphaSmaller {
		m.logAlpha, m.logBeta = m.logBeta, m.logAlpha
		m.perAlpha, m.perBeta = m.perBeta, m.perAlpha
	}
	m.logAlpha /= m.mass
	m.logBeta /= m.mass
	m.perAlpha /= m.mass
	m.perBeta /= m.mass
	return m
}

// panel returns the width of a panel from w = low on, in which the exponent
// k·w + s·ln(1+v/large) rises by no more than rise.
func panel(low, rise, ratio, k, s float64) float64 {
	slope := func(w float64) float64 {
		e := exp(w)
		return k + float64(s*(e/(ratio-1+e)))
	}
	width := min(rise/slope(low), panelWidth)
	return min(width, rise/slope(low+width))
}

// add adds the integral over one panel of w, with "alpha" standing for the
// smaller of the two throughout. It returns how far the exponent has fallen at
// the panel's end.
func (m *moments) add(low, high, small, large, k, s, leave float64, alphaSmaller bool) (fallen float64) {
	middle, half := float64((low+high)/2), float64((high-low)/2)
	for i := range gauss {
		step, weight := float64(half*gauss[i][0]), float64(half*gauss[i][1])
		for _, w := range [2]float64{middle - step, middle + step} {
			v := float64(small * expm1(w))
			logLarge := log1p(v / large)
			perSmall, perLarge := 1/(small+v), 1/(large+v)
			// dv = (small+v)·dw cancels against 1/(β+v) if β is the smaller.
			density := float64(weight*leave) * exp(-float64(k*w)-float64(s*logLarge))
			if alphaSmaller {
				density *= float64((small + v) * perLarge)
			}
			m.mass += density
			m.logAlpha += float64(density * w)
			m.logBeta += float64(density * logLarge)
			m.perAlpha += float64(density * perSmall)
			m.perBeta += float64(density * perLarge)
			fallen = max(fallen, float64(k*w)+float64(s*logLarge))
		}
	}
	return fallen
}
