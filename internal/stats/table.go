package stats

import "math"

// Association says how strongly the rows and columns of a table of counts go
// together. Rows and columns without a count are left out of it.
type Association struct {
	// ChiSquareTest is Pearson's, without Yates's correction: its P is the
	// probability of as much by chance if rows and columns were independent.
	ChiSquareTest
	// N is the sum of all counts, and Rows and Columns how many have any.
	N             int64
	Rows, Columns int
	// Sparse is the share of cells for which fewer than 5 are expected; above
	// 0.2, P is not to be trusted (Cochran 1954).
	Sparse float64
}

// Associate reads a table whose rows have one length. ok is false with fewer
// than two rows or columns that have counts, for rows of unlike length and for
// negative counts.
func Associate(table [][]int64) (a Association, ok bool) {
	rows, columns, ok := margins(table)
	if !ok {
		return Association{}, false
	}
	for _, sum := range rows {
		a.N += sum
		if sum > 0 {
			a.Rows++
		}
	}
	for _, sum := range columns {
		if sum > 0 {
			a.Columns++
		}
	}
	if a.Rows < 2 || a.Columns < 2 {
		return Association{}, false
	}
	sparse := 0
	for i, row := range table {
		for j, count := range row {
			expected := float64(rows[i]) / float64(a.N) * float64(columns[j])
			if expected == 0 {
				continue
			}
			if expected < 5 {
				sparse++
			}
			d := float64(count) - expected
			a.ChiSquare += d / expected * d
		}
	}
	a.Sparse = float64(sparse) / float64(a.Rows*a.Columns)
	a.DF = (a.Rows - 1) * (a.Columns - 1)
	a.P = ChiSquareTail(a.ChiSquare, a.DF)
	return a, true
}

// margins returns the sums of the rows and of the columns.
func margins(table [][]int64) (rows, columns []int64, ok bool) {
	if len(table) == 0 {
		return nil, nil, false
	}
	rows, columns = make([]int64, len(table)), make([]int64, len(table[0]))
	var total int64
	for i, row := range table {
		if len(row) != len(columns) {
			return nil, nil, false
		}
		for j, count := range row {
			if count < 0 || total > math.MaxInt64-count {
				return nil, nil, false
			}
			total += count
			rows[i] += count
			columns[j] += count
		}
	}
	return rows, columns, true
}

// CramerV returns √(χ²/(n·(min(rows, columns)-1))): 0 for independent rows and
// columns, 1 if one says the other (Cramér 1946). Small tables have some by
// chance; see [Association.CorrectedV].
func (a Association) CramerV() float64 {
	return min(1, math.Sqrt(a.ChiSquare/float64(a.N)/float64(min(a.Rows, a.Columns)-1)))
}

// CorrectedV returns Cramér's V less what chance alone would give (Bergsma
// 2013, Journal of the Korean Statistical Society 42:323). ok is false for a
// table so small that nothing is left to divide by.
func (a Association) CorrectedV() (v float64, ok bool) {
	n := float64(a.N)
	r, k := float64(a.Rows), float64(a.Columns)
	phi := max(0, a.ChiSquare/n-(r-1)*(k-1)/(n-1))
	least := min(r-(r-1)*(r-1)/(n-1), k-(k-1)*(k-1)/(n-1)) - 1
	if !(least > 0) {
		return 0, false
	}
	return min(1, math.Sqrt(phi/least)), true
}
