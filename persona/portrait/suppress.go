package portrait

import "slices"

// hide says which values of an attribute may not be shown, so that no cell from
// 1 to k-1 can be seen or worked out; sum is how many profiles of each side have
// a value. It is not ok if no value can be shown.
//
// A value is hidden if its count in the target or in the rest of the base is
// from 1 to k-1 (the rest is the base less the target, which a reader can work
// out). Then the next smallest values are hidden too, all of one size together,
// one at least: where values add up to their sum, what is hidden can be worked
// out as a whole, and has to say nothing of its parts; in a list, of which each
// profile has one value or more, a bound can. That the order of hiding tells
// nothing either was tried on all small tables.
func hide(values []pair, sum pair, k int64, list bool) (hidden []bool, ok bool) {
	hidden = make([]bool, len(values))
	var pool, last pair
	count := 0
	take := func(i int) {
		hidden[i] = true
		pool.add(values[i])
		count++
	}
	for i, v := range values {
		if isSmall(v.target, k) || isSmall(v.rest, k) {
			take(i)
		}
	}
	if count == 0 {
		return hidden, true
	}
	primary := count
	for _, i := range bySize(values) {
		if hidden[i] {
			continue
		}
		if count > primary && values[i] != last && (list || pool.covers(sum, k)) {
			return hidden, true // and this value at least is shown
		}
		last = values[i]
		take(i)
	}
	return hidden, false
}

func isSmall(n, k int64) bool { return 0 < n && n < k }

// covers reports whether a whole says nothing of its parts: it has k profiles or
// more on each side that has any.
func (p pair) covers(sum pair, k int64) bool {
	return (sum.target == 0 || p.target >= k) && (sum.rest == 0 || p.rest >= k)
}

// bySize returns the places of values that somebody has, the smallest in the
// base first, then the smallest in the target, then in their order.
func bySize(values []pair) []int {
	var order []int
	for i, v := range values {
		if v.base() > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if d := values[a].base() - values[b].base(); d != 0 {
			return int(min(max(d, -1), 1))
		}
		return int(min(max(values[a].target-values[b].target, -1), 1))
	})
	return order
}

// rounded returns the multiple of step nearest to n, the upper one of two.
func rounded(n, step int64) int64 { return (n + step/2) / step * step }

func (p pair) rounded(step int64) pair {
	return pair{rounded(p.target, step), rounded(p.rest, step)}
}
