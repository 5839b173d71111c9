package clv

import "math"

// correlation returns Pearson's r of a and b, each pair counted weight times
// (once if weights is nil); nil if either does not vary.
func correlation(a, b, weights []float64) *float64 {
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i]
	}
	var n, meanA, meanB float64
	for i := range a {
		n += weight(i)
		meanA += float64(weight(i) * a[i])
		meanB += float64(weight(i) * b[i])
	}
	meanA /= n
	meanB /= n
	var aa, bb, ab float64
	for i := range a {
		da, db := a[i]-meanA, b[i]-meanB
		aa += float64(weight(i) * float64(da*da))
		bb += float64(weight(i) * float64(db*db))
		ab += float64(weight(i) * float64(da*db))
	}
	const rounding = 1e-24 // of what does not vary
	if aa <= rounding*n*meanA*meanA || bb <= rounding*n*meanB*meanB {
		return nil
	}
	return new(min(max(ab/math.Sqrt(aa)/math.Sqrt(bb), -1), 1))
}
