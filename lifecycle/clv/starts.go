package clv

// Starts to try on small or degenerate data, as steps from the first one. The
// likelihood may rise without end: towards customers who are all alike (r and
// alpha large), who never leave, or who leave at once or never (a and b small).
var (
	geometricStarts = []vector{
		{6, 6, 0, 0},
		{6, 6, -7, -7},
		{0, 0, -7, 0},
		{-2, 0, -5, -5},
		{-6, 6, 2, -2},
		{2, 2, 5, 7},
		{0, 2, -4, 6},
	}
	paretoStarts = []vector{
		{6, 6, 0, 0},
		{6, 6, -2, -3},
		{0, 0, -7, 0},
		{0, 0, 5, 6},
		{-4, 4, 3, -1},
		{6, 6, -7, 7},
		{2, 2, -1, -5},
	}
)

// spendStarts lead to customers who are all alike (q and v large) or whose
// amounts never vary (p large, v small).
var spendStarts = []vector{
	{0, 6, 6, 0},
	{6, 0, -6, 0},
	{-3, 0, 3, 0},
	{3, 3, 0, 0},
}
