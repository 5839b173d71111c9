package clv

import (
	"cmp"
	"slices"
)

// group is all customers with the same history.
type group struct {
	repeats      int
	recency, age float64
	customers    float64
}

// groupRows returns the groups of rows that passed checkRows, sorted by age,
// repeats and recency, so that no sum depends on the order of rows. Neighbours
// of one age let a likelihood reuse what depends on the age alone.
func groupRows(rows []Row) []group {
	groups := make([]group, len(rows))
	for i, r := range rows {
		groups[i] = group{r.Repeats, r.Recency, r.Age, r.weight()}
	}
	slices.SortFunc(groups, compareGroups)
	last := 0
	for _, g := range groups[1:] {
		if compareGroups(g, groups[last]) == 0 {
			groups[last].customers += g.customers // whole numbers: exact in any order
			continue
		}
		last++
		groups[last] = g
	}
	return slices.Clip(groups[:last+1])
}

func compareGroups(a, b group) int {
	if a.age != b.age {
		return cmp.Compare(a.age, b.age)
	}
	if a.repeats != b.repeats {
		return a.repeats - b.repeats
	}
	return cmp.Compare(a.recency, b.recency)
}

// sums is a log-likelihood and its derivatives by the model's parameters.
type sums struct {
	ll   float64
	grad [4]float64
}

func (s *sums) add(o sums) {
	s.ll += o.ll
	for i := range s.grad {
		s.grad[i] += o.grad[i]
	}
}

// likelihood sums over groups at fixed parameters. It is read-only once made,
// so that several goroutines may share one.
type likelihood interface {
	over(groups []group) sums
}

// tables are the prefix sums that a likelihood needs, kept between
// evaluations to save their memory.
type tables [3]prefix

// newLikelihood returns the likelihood of m for counts up to repeats. It holds
// on to t, which must not be used for another one meanwhile.
func newLikelihood(m Model, repeats int, t *tables) likelihood {
	r, alpha := m.Params[0], m.Params[1]
	t[0].fill(r, repeats)
	if m.Family == ParetoNBD {
		return &paretoLikelihood{r: r, alpha: alpha, s: m.Params[2], beta: m.Params[3], rising: &t[0]}
	}
	a, b := m.Params[2], m.Params[3]
	chances := repeats // to leave, one after each repeat
	first := 0
	if m.Family == MBGNBD {
		chances++ // and one after the first purchase
		first = 1
	}
	t[1].fill(b, chances)
	t[2].fill(a+b, chances)
	return &geometricLikelihood{
		r: r, alpha: alpha, a: a, b: b, logA: log(a), logAlpha: log(alpha), first: first,
		risingR: &t[0], risingB: &t[1], risingAB: &t[2],
	}
}

// LogLikelihoodOf returns the log-likelihood of the rows. It is a density in the
// times of purchase, so that it depends on the unit: only differences between
// models on the same rows mean anything.
func (m Model) LogLikelihoodOf(rows []Row) (float64, error) {
	if err := m.Validate(); err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, ErrEmpty
	}
	most := 0
	for i, r := range rows {
		if err := r.check(i, m.Unit); err != nil {
			return 0, err
		}
		most = max(most, r.Repeats)
	}
	return sumOver(newLikelihood(m, most, new(tables)), groupRows(rows), 1).ll, nil
}
