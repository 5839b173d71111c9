package portrait

import (
	"fmt"
	"strings"
	"testing"
)

// tables calls each with every way to spread target and rest over values.
func tables(n int, target, rest int64, each func([]pair)) {
	values := make([]pair, n)
	var spread func(i int, target, rest int64)
	spread = func(i int, target, rest int64) {
		if i == n-1 {
			values[i] = pair{target, rest}
			each(values)
			return
		}
		for a := int64(0); a <= target; a++ {
			for b := int64(0); b <= rest; b++ {
				values[i] = pair{a, b}
				spread(i+1, target-a, rest-b)
			}
		}
	}
	spread(0, target, rest)
}

// shown is all that a reader sees of the values of a table; values that nobody
// has are not even named if there is no dictionary.
func shown(values []pair, sum pair, k int64, list, dictionary bool) string {
	hidden, ok := hide(values, sum, k, list)
	if !ok {
		return "nothing"
	}
	var text strings.Builder
	for i, v := range values {
		switch {
		case hidden[i]:
			fmt.Fprintf(&text, "%d: hidden; ", i)
		case v.base() > 0 || dictionary:
			fmt.Fprintf(&text, "%d: %d of %d; ", i, v.target, v.base())
		}
	}
	return text.String()
}

// listTables calls each with every way in which so many profiles, each with one
// value or more, may have values.
func listTables(n int, target, rest int64, each func([]pair)) {
	values := make([]pair, n)
	var fill func(i int, sum pair)
	fill = func(i int, sum pair) {
		if i == n {
			if sum.target >= target && sum.rest >= rest {
				each(values)
			}
			return
		}
		for a := int64(0); a <= target; a++ {
			for b := int64(0); b <= rest; b++ {
				values[i] = pair{a, b}
				fill(i+1, pair{sum.target + a, sum.rest + b})
			}
		}
	}
	fill(0, pair{})
}

// attack finds what each count may be by all tables that look the same, and
// fails if a hidden count can only be one.
func attack(t *testing.T, n int, sum pair, k int64, list, dictionary bool) {
	t.Helper()
	enumerate := tables
	if list {
		enumerate = listTables
	}
	type options [3]map[int64]bool // of the target, the rest and the base
	possible := map[string][]options{}
	enumerate(n, sum.target, sum.rest, func(values []pair) {
		view := shown(values, sum, k, list, dictionary)
		cells := possible[view]
		if cells == nil {
			for range n {
				cells = append(cells, options{{}, {}, {}})
			}
			possible[view] = cells
		}
		for i, v := range values {
			cells[i][0][v.target], cells[i][1][v.rest], cells[i][2][v.base()] = true, true, true
		}
	})
	enumerate(n, sum.target, sum.rest, func(values []pair) {
		hidden, ok := hide(values, sum, k, list)
		cells := possible[shown(values, sum, k, list, dictionary)]
		for i, v := range values {
			small := isSmall(v.target, k) || isSmall(v.rest, k)
			if ok && !hidden[i] {
				if small {
					t.Fatalf("k=%d: %v shows %v", k, values, v)
				}
				continue
			}
			o := cells[i]
			if sum.target > 0 && len(o[0]) < 2 || sum.rest > 0 && len(o[1]) < 2 || len(o[2]) < 2 {
				t.Fatalf("k=%d, sums %v: of %v a reader knows value %d", k, sum, values, i)
			}
		}
	})
}

// Property: a reader who knows how cells are hidden, and tries all tables with
// the sums that are shown, is left with at least two numbers for each count that
// is hidden, on each side that has any profiles.
func TestNothingHiddenIsDerivable(t *testing.T) {
	sizes := []struct {
		values       int
		target, rest int64
	}{
		{2, 6, 7},
		{2, 9, 0},
		{2, 14, 15},
		{3, 6, 6},
		{3, 5, 9},
		{3, 12, 0},
		{3, 0, 12},
		{3, 9, 8},
		{3, 20, 0},
		{4, 4, 5},
		{4, 12, 0},
		{4, 3, 6},
		{5, 9, 0},
		{5, 3, 3},
		{5, 13, 0},
		{4, 6, 6},
		{6, 10, 0},
	}
	for _, size := range sizes {
		for k := int64(2); k <= 5; k++ {
			if isSmall(size.target, k) || isSmall(size.rest, k) {
				continue // such an attribute is withheld as a whole
			}
			attack(t, size.values, pair{size.target, size.rest}, k, false, false)
			attack(t, size.values, pair{size.target, size.rest}, k, false, true)
		}
	}
}

// Property: the same holds of lists, whose values don't add up to the profiles.
func TestNothingHiddenOfListsIsDerivable(t *testing.T) {
	for _, size := range []struct {
		values       int
		target, rest int64
	}{{2, 7, 0}, {2, 5, 6}, {3, 3, 4}, {3, 7, 0}, {4, 5, 0}, {4, 2, 2}} {
		for k := int64(2); k <= 5; k++ {
			if isSmall(size.target, k) || isSmall(size.rest, k) {
				continue
			}
			attack(t, size.values, pair{size.target, size.rest}, k, true, false)
			attack(t, size.values, pair{size.target, size.rest}, k, true, true)
		}
	}
}
