package stats

import "math"

// Shrunk is an estimate drawn towards the mean of several of its kind.
type Shrunk struct{ Value, SE float64 }

// Shrink draws estimates with these variances towards their mean, by how little
// each says against how much they differ: value·B + mean·(1-B), where
// B = tau²/(tau²+variance) (empirical Bayes; Efron and Morris 1975, JASA 70:311).
// Tau², the variance of what is true, is that of DerSimonian and Laird (1986,
// Controlled Clinical Trials 7:177), and the mean weighs each by
// 1/(tau²+variance). The standard error takes tau² as known, and is a little
// short if there are few. ok is false for no estimates, slices of unlike length,
// and variances that are not above 0.
func Shrink(values, variances []float64) (shrunk []Shrunk, mean, tau2 float64, ok bool) {
	if len(values) == 0 || len(values) != len(variances) {
		return nil, 0, 0, false
	}
	for i, v := range variances {
		if !(v > 0) || math.IsInf(v, 1) || math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
			return nil, 0, 0, false
		}
	}
	tau2 = between(values, variances)
	mean, weight := weightedMean(values, variances, tau2)
	for i, v := range variances {
		b := tau2 / (tau2 + v)
		se := math.Sqrt(b*v + (1-b)*(1-b)/weight)
		shrunk = append(shrunk, Shrunk{float64(b*values[i]) + float64((1-b)*mean), se})
	}
	return shrunk, mean, tau2, true
}

func weightedMean(values, variances []float64, tau2 float64) (mean, weight float64) {
	for i, v := range variances {
		w := 1 / (tau2 + v)
		mean += float64(w * values[i])
		weight += w
	}
	return mean / weight, weight
}

// between is how much more the estimates vary than their own variances explain.
func between(values, variances []float64) float64 {
	mean, weight := weightedMean(values, variances, 0)
	q, squares := 0.0, 0.0
	for i, v := range variances {
		d := values[i] - mean
		q += d / v * d
		squares += 1 / v / v
	}
	free := float64(len(values) - 1)
	below := weight - squares/weight
	if q <= free || !(below > 0) {
		return 0
	}
	return (q - free) / below
}
