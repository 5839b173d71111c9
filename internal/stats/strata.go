package stats

import "math"

// Stratum is one value of a third attribute, within which two groups are
// compared.
type Stratum struct{ A, B Proportion }

// Strata compare two groups within each stratum, so that a mix of strata that
// differs between the groups can't pass for a difference (Simpson 1951). A
// stratum that lacks either group, or is invalid, says nothing and is left out.
type Strata []Stratum

// counts are one stratum's four cells as real numbers.
type counts struct{ hitsA, missesA, hitsB, missesB, a, b, hits, n float64 }

func (s Stratum) counts() (c counts, ok bool) {
	if !s.A.valid() || !s.B.valid() || s.A.Of == 0 || s.B.Of == 0 {
		return counts{}, false
	}
	c.hitsA, c.a = float64(s.A.Hits), float64(s.A.Of)
	c.hitsB, c.b = float64(s.B.Hits), float64(s.B.Of)
	c.missesA, c.missesB = c.a-c.hitsA, c.b-c.hitsB
	c.hits, c.n = c.hitsA+c.hitsB, c.a+c.b
	return c, true
}

// RiskDifference returns the rate of A less that of B, averaged over the strata
// with the weights nA·nB/(nA+nB) of Mantel and Haenszel, and its interval from
// the variance of Sato (1989, Biometrics 45:1323), which holds for a few large
// strata and for many small ones. ok is false if no stratum has both groups.
func (s Strata) RiskDifference(z float64) (d Estimate, ok bool) {
	var weights, sum, p, q float64
	for _, stratum := range s {
		c, ok := stratum.counts()
		if !ok {
			continue
		}
		weights += c.a * (c.b / c.n)
		sum += float64(c.hitsA*(c.b/c.n)) - float64(c.hitsB*(c.a/c.n))
		shareA, shareB := c.a/c.n, c.b/c.n
		p += float64(shareA*shareA*c.hitsB) - float64(shareB*shareB*c.hitsA) + float64(shareA*shareB*(c.b-c.a)/2)
		q += (float64(c.hitsA*(c.missesB/c.n)) + float64(c.hitsB*(c.missesA/c.n))) / 2
	}
	if weights == 0 {
		return Estimate{}, false
	}
	d.Value = sum / weights
	half := z * math.Sqrt(max(0, float64(d.Value*p)+q)) / weights
	d.Low, d.High = max(-1, d.Value-half), min(1, d.Value+half)
	return d, true
}

// CommonOddsRatio returns the odds ratio of A to B that the strata have in
// common (Mantel and Haenszel 1959) and its interval, symmetric on the
// logarithm (Robins, Breslow and Greenland 1986). ok is false if no stratum has
// both a hit of A with a miss of B and, in some stratum, a hit of B with a miss
// of A: the ratio is 0, infinite or undefined then.
func (s Strata) CommonOddsRatio(z float64) (ratio Estimate, ok bool) {
	var r, t, pr, cross, qt float64
	for _, stratum := range s {
		c, ok := stratum.counts()
		if !ok {
			continue
		}
		ri, ti := c.hitsA*(c.missesB/c.n), c.hitsB*(c.missesA/c.n)
		pi, qi := (c.hitsA+c.missesB)/c.n, (c.hitsB+c.missesA)/c.n
		r += ri
		t += ti
		pr += float64(pi * ri)
		cross += float64(pi*ti) + float64(qi*ri)
		qt += float64(qi * ti)
	}
	if r == 0 || t == 0 {
		return Estimate{}, false
	}
	variance := pr/(2*r*r) + cross/(2*r*t) + qt/(2*t*t)
	return onLog(r/t, math.Sqrt(variance), z), true
}

// CochranMantelHaenszel tests whether A and B have one rate within every
// stratum (Mantel and Haenszel 1959), without continuity correction; it sees
// differences that point one way. ok is false if no stratum can vary.
func (s Strata) CochranMantelHaenszel() (test ChiSquareTest, ok bool) {
	excess, variance := 0.0, 0.0
	for _, stratum := range s {
		c, ok := stratum.counts()
		if !ok || c.n < 2 {
			continue
		}
		share := c.hits / c.n
		excess += c.hitsA - float64(c.a*share)
		variance += c.a * (c.b / c.n) * share * (c.n - c.hits) / (c.n - 1)
	}
	if variance == 0 {
		return ChiSquareTest{}, false
	}
	x := excess * excess / variance
	return ChiSquareTest{ChiSquare: x, P: ChiSquareTail(x, 1), DF: 1}, true
}

// BreslowDay tests whether the strata have one odds ratio (Breslow and Day
// 1980, with Tarone's correction of 1985): a small P says that the groups
// differ more in some strata than in others, and that one number does not do
// for all. ok is false where [Strata.CommonOddsRatio] has no answer, and if
// fewer than two strata can vary.
func (s Strata) BreslowDay() (test ChiSquareTest, ok bool) {
	common, ok := s.CommonOddsRatio(0)
	if !ok {
		return ChiSquareTest{}, false
	}
	var excess, variances float64
	strata := 0
	for _, stratum := range s {
		c, ok := stratum.counts()
		if !ok || c.hits == 0 || c.hits == c.n {
			continue
		}
		expected := c.expectedHits(common.Value)
		v := 1 / (1/expected + 1/(c.a-expected) + 1/(c.hits-expected) + 1/(c.b-c.hits+expected))
		d := c.hitsA - expected
		test.ChiSquare += d / v * d
		excess += d
		variances += v
		strata++
	}
	if strata < 2 {
		return ChiSquareTest{}, false
	}
	test.ChiSquare = max(0, test.ChiSquare-excess/variances*excess)
	test.DF = strata - 1
	test.P = ChiSquareTail(test.ChiSquare, test.DF)
	return test, true
}

// expectedHits returns how many hits A has in a stratum of the given odds
// ratio and the margins of c: the root, within them, of
//
//	x·(b - hits + x) = ratio·(hits - x)·(a - x)
func (c counts) expectedHits(ratio float64) float64 {
	lo, hi := max(0, c.hits-c.b), min(c.a, c.hits)
	return bisect(lo, hi, func(x float64) bool {
		return x*(c.b-c.hits+x) < ratio*(c.hits-x)*(c.a-x)
	})
}
