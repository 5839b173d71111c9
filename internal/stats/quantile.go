package stats

import "math/bits"

// Index7 says where the quantile k/n of count sorted values lies by type 7 of
// Hyndman and Fan (1996), the one that R, NumPy and SQL's percentile_cont use:
// at h = (count-1)k/n from 0, that is
//
//	x[index] + (x[index+1]-x[index]) * rem/n
//
// Index and rem are exact. In floating point (783-1)*3/5 falls a hair short of
// where it should, and the customer at the cut changes sides. It wants
// count > 0 and 0 <= k <= n; rem < n, and rem is 0 if index is the last.
func Index7(count, k, n int) (index, rem int) {
	hi, lo := bits.Mul64(uint64(count-1), uint64(k))
	quotient, remainder := bits.Div64(hi, lo, uint64(n))
	return int(quotient), int(remainder)
}
