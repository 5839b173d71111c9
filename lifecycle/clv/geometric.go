package clv

// geometricLikelihood is that of BG/NBD (first = 0) and MBG/NBD (first = 1):
//
//	L = Γ(r+x)/Γ(r) · α^r/(α+T)^(r+x) · B(a,b+n)/B(a,b) · (1 + e^d),  n = x + first
//	d = ln(a/(b+n-1)) + (r+x)·ln((α+T)/(α+t_x))
//
// e^d being the odds that the customer has left. Under BG/NBD a customer
// without repeats can't have left, and the last factor is 1.
type geometricLikelihood struct {
	r, alpha, a, b             float64
	logA, logAlpha             float64
	first                      int
	risingR, risingB, risingAB *prefix
}

func (l *geometricLikelihood) over(groups []group) (total sums) {
	age, aged := -1.0, 0.0
	for i := range groups {
		g := &groups[i]
		if g.age != age {
			age, aged = g.age, log1p(g.age/l.alpha)
		}
		s := l.one(g, aged)
		total.ll += float64(g.customers * s.ll)
		for j := range s.grad {
			total.grad[j] += float64(g.customers * s.grad[j])
		}
	}
	return total
}

// one returns the sums of a single customer; aged is ln(1+T/α).
func (l *geometricLikelihood) one(g *group, aged float64) (s sums) {
	x, n := float64(g.repeats), g.repeats+l.first
	riseR, slopeR := l.risingR.at(g.repeats)
	riseB, slopeB := l.risingB.at(n)
	riseAB, slopeAB := l.risingAB.at(n)
	s.ll = riseR - float64(l.r*aged) - float64(x*(l.logAlpha+aged)) + (riseB - riseAB)
	s.grad[0] = slopeR - aged
	s.grad[1] = (float64(l.r*(g.age/l.alpha)) - x) / (l.alpha + g.age)
	s.grad[2] = -slopeAB
	s.grad[3] = slopeB - slopeAB
	if n == 0 {
		return s
	}
	before := l.b + float64(n-1)
	silence := log1p((g.age - g.recency) / (l.alpha + g.recency))
	more, gone := oddsToOne(l.logA - log(before) + float64((l.r+x)*silence))
	s.ll += more
	s.grad[0] += float64(gone * silence)
	s.grad[1] -= float64(gone * (float64((l.r+x)/(l.alpha+g.recency)) * ((g.age - g.recency) / (l.alpha + g.age))))
	s.grad[2] += gone / l.a
	s.grad[3] -= gone / before
	return s
}

// oddsToOne returns ln(1+e^d), and e^d/(1+e^d): of odds e^d the chance.
func oddsToOne(d float64) (logOneMore, chance float64) {
	if d > 0 {
		e := exp(-d)
		return d + log1p(e), 1 / (1 + e)
	}
	e := exp(d)
	return log1p(e), e / (1 + e)
}
