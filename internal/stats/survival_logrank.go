package stats

import (
	"math"
	"slices"
)

// LogRankResult compares groups: ChiSquare has DF degrees of freedom, and P is
// the probability of as much or more if all groups had one curve.
type LogRankResult struct {
	ChiSquare, P       float64
	DF                 int
	Observed, Expected []float64 // events a group
}

// LogRank tests whether groups of spells have the same survival (Mantel 1966;
// Peto and Peto 1972), with weights as repetitions. It sorts the spells; ok is
// false if the groups can't be told apart because at no event were two of
// them at risk.
func LogRank(groups [][]Spell) (result LogRankResult, ok bool) {
	k := len(groups)
	result = LogRankResult{Observed: make([]float64, k), Expected: make([]float64, k)}
	counts := newGroupCounts(groups)
	variance := make([][]float64, k)
	for j := range variance {
		variance[j] = make([]float64, k)
	}
	for i := range counts.times {
		counts.add(i, &result, variance)
	}
	if k < 2 {
		return result, false
	}
	result.ChiSquare, result.DF = quadraticForm(variance, result.Observed, result.Expected)
	if result.DF == 0 {
		return result, false
	}
	result.P = ChiSquareTail(result.ChiSquare, result.DF)
	return result, true
}

// groupCounts has, for each time at which any spell ended, the weight at risk
// and the weight of events in each group.
type groupCounts struct {
	times          []float64
	atRisk, events [][]float64 // [group][time]
}

func newGroupCounts(groups [][]Spell) groupCounts {
	var c groupCounts
	for _, spells := range groups {
		slices.SortFunc(spells, Spell.Compare)
		c.times = append(c.times, exits(spells)...)
	}
	slices.Sort(c.times)
	c.times = slices.Compact(c.times)
	for _, spells := range groups {
		events := make([]float64, len(c.times))
		at := 0
		for i, t := range c.times {
			for ; at < len(spells) && spells[at].Exit == t; at++ {
				if spells[at].Event {
					events[i] += spells[at].Weight
				}
			}
		}
		c.atRisk = append(c.atRisk, newRiskSet(spells, c.times).weight)
		c.events = append(c.events, events)
	}
	return c
}

// add adds what one time says: events observed, expected by each group's share
// of those at risk, and their hypergeometric covariance. Products that are added
// are converted to float64 first, here and where a curve is made: a machine
// that fuses the two steps would differ in the last digit.
func (c groupCounts) add(i int, result *LogRankResult, variance [][]float64) {
	var n, d float64
	for j := range c.atRisk {
		n += c.atRisk[j][i]
		d += c.events[j][i]
	}
	if d == 0 {
		return
	}
	spread := 0.0
	if n > 1 {
		spread = d * (n - d) / (n - 1)
	}
	for j := range c.atRisk {
		share := c.atRisk[j][i] / n
		result.Observed[j] += c.events[j][i]
		result.Expected[j] += float64(d * share)
		for l := range c.atRisk {
			variance[j][l] -= spread * share * c.atRisk[l][i] / n
		}
		variance[j][j] += float64(spread * share)
	}
}

// quadraticForm returns z'V⁻¹z for z = observed - expected, over as many
// groups as are not determined by the others (their rank: the degrees of
// freedom), by Cholesky's method with pivoting.
func quadraticForm(v [][]float64, observed, expected []float64) (q float64, rank int) {
	k := len(v)
	z := make([]float64, k)
	scale := 0.0
	for j := range z {
		z[j] = observed[j] - expected[j]
		scale = max(scale, v[j][j])
	}
	left := make([]int, k)
	for j := range left {
		left[j] = j
	}
	for len(left) > 0 {
		best := slices.MaxFunc(left, func(a, b int) int {
			if v[a][a] != v[b][b] {
				return int(math.Copysign(1, v[a][a]-v[b][b]))
			}
			return b - a
		})
		if v[best][best] <= 1e-10*scale || rank == k-1 {
			return q, rank
		}
		left = slices.DeleteFunc(left, func(j int) bool { return j == best })
		rank++
		q += z[best] * z[best] / v[best][best]
		for _, j := range left {
			f := v[j][best] / v[best][best]
			z[j] -= float64(f * z[best])
			for _, l := range left {
				v[j][l] -= float64(f * v[best][l])
			}
		}
	}
	return q, rank
}
