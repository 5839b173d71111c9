package stats

import "slices"

// Holm returns the p-values adjusted so that calling a test significant at
// level alpha if its adjusted p is at most alpha makes even one false call
// with a probability of alpha at most, however the tests depend on each other
// (Holm 1979). The order is that of ps, which must be probabilities: leave
// untested ones out. Ties get equal values.
func Holm(ps []float64) []float64 {
	adjusted := make([]float64, len(ps))
	running := 0.0
	for i, at := range ascending(ps) {
		running = max(running, min(1, ps[at]*float64(len(ps)-i)))
		adjusted[at] = running
	}
	return adjusted
}

// BenjaminiHochberg returns the p-values adjusted so that of the tests called
// significant at level alpha a share of alpha at most is false on average, for
// tests that are independent or positively dependent (Benjamini and Hochberg
// 1995). It is never above [Holm]'s. The order is that of ps.
func BenjaminiHochberg(ps []float64) []float64 { return stepUp(ps, 1) }

// BenjaminiYekutieli is [BenjaminiHochberg] for tests that depend on each
// other in any way, such as those of segments that overlap: it multiplies by
// 1 + 1/2 + … + 1/len(ps) (Benjamini and Yekutieli 2001).
func BenjaminiYekutieli(ps []float64) []float64 {
	factor := 0.0
	for i := len(ps); i > 0; i-- {
		factor += 1 / float64(i)
	}
	return stepUp(ps, factor)
}

func stepUp(ps []float64, factor float64) []float64 {
	adjusted := make([]float64, len(ps))
	running := 1.0
	order := ascending(ps)
	for i := len(order) - 1; i >= 0; i-- {
		// Multiplied by a ratio of at least 1, so that it stays at or above p.
		running = min(running, ps[order[i]]*(factor*float64(len(ps))/float64(i+1)))
		adjusted[order[i]] = running
	}
	return adjusted
}

// ascending returns the indexes of ps by value, ties in their order.
func ascending(ps []float64) []int {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ps[a] < ps[b]:
			return -1
		case ps[a] > ps[b]:
			return 1
		}
		return 0
	})
	return order
}
