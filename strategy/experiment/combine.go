package experiment

// stratum is one comparison of several that are to be taken as one. Both samples
// have somebody.
type stratum struct{ control, treated Sample }

// weight is that of Mantel and Haenszel.
func (s stratum) weight() float64 {
	c, t := float64(s.control.N), float64(s.treated.N)
	return float64(c * (t / (c + t)))
}

// combined compares the weighted means of both arms. A stratum with one customer
// on a side has no variance there, and is left out unless all have.
func combined(strata []stratum, level float64) Effect {
	var e Effect
	for _, s := range strata {
		e.Control.N += s.control.N
		e.Treated.N += s.treated.N
	}
	if !validLevel(level) {
		e.because(Invalid)
		return e
	}
	var kept []stratum
	total := 0.0
	for _, s := range strata {
		if s.control.N > 1 && s.treated.N > 1 {
			kept = append(kept, s)
			total += s.weight()
		}
	}
	if len(kept) == 0 {
		e.because(TooFew)
		return e
	}
	var control, treated mixture
	for _, s := range kept {
		share := s.weight() / total
		control.add(s.control, share)
		treated.add(s.treated, share)
	}
	return compare(control.average(), treated.average(), level)
}

// mixture is a mean of means by shares, with the sums that Satterthwaite's
// degrees of freedom take.
type mixture struct {
	n                         int64
	mean, variance, perDegree float64
}

func (m *mixture) add(s Sample, share float64) {
	a := s.average()
	part := float64(share * share * a.variance)
	m.n += a.n
	m.mean += float64(share * a.mean)
	m.variance += part
	m.perDegree += float64(part * part / a.df)
}

func (m mixture) average() average {
	df := float64(m.n - 1)
	if m.perDegree > 0 {
		df = m.variance * m.variance / m.perDegree
	}
	return average{m.n, m.mean, m.variance, df}
}
