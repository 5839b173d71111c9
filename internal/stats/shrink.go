package stats

import "math"

// Shrunk is an estimate drawn towards the mean of several of its kind.
type Shrunk struct{ Value, SE float64 }

// Shrink draws estimates with these variances towards their mean, by how little
// each says against how much they differ. Given tau, the standard deviation of
// what is true, an estimate becomes value·B + mean·(1-B), where
// B = tau²/(tau²+variance) and the mean weighs each by 1/(tau²+variance). Tau is
// not known, so the answer is the mean over all tau, by how likely each makes
// the estimates (Rubin 1981, Journal of Educational Statistics 6:377; a uniform
// prior for tau). To take the likeliest alone, which often is 0, would make all
// alike. The standard error has the uncertainty of tau in it.
//
// Of two estimates tau can't be judged like this; it is that of DerSimonian and
// Laird (1986, Controlled Clinical Trials 7:177) then, and one alone stays as it
// is. ok is false for no estimates, slices of unlike length, and variances that
// are not above 0.
func Shrink(values, variances []float64) (shrunk []Shrunk, ok bool) {
	if len(values) == 0 || len(values) != len(variances) {
		return nil, false
	}
	for i, v := range variances {
		if !(v > 0) || math.IsInf(v, 1) || math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
			return nil, false
		}
	}
	switch len(values) {
	case 1:
		return []Shrunk{{values[0], math.Sqrt(variances[0])}}, true
	case 2:
		tau2 := between(values, variances)
		mean, weight := weightedMean(values, variances, tau2)
		for i, v := range variances {
			value, variance := conditional(values[i], v, tau2, mean, weight)
			shrunk = append(shrunk, Shrunk{value, math.Sqrt(variance)})
		}
		return shrunk, true
	}
	return overTau(values, variances), true
}

// conditional returns what becomes of an estimate if tau is known, and its
// variance.
func conditional(value, variance, tau2, mean, weight float64) (shrunk, its float64) {
	b := tau2 / (tau2 + variance)
	return float64(b*value) + float64((1-b)*mean), float64(b*variance) + (1-b)*(1-b)/weight
}

// tauSteps is the number of steps of the sum over tau.
const tauSteps = 200

// overTau sums over tau from 0 to where there is nothing left to sum.
func overTau(values, variances []float64) []Shrunk {
	lo, hi, widest := values[0], values[0], 0.0
	for i, v := range values {
		lo, hi, widest = min(lo, v), max(hi, v), max(widest, math.Sqrt(variances[i]))
	}
	step := (4*(hi-lo) + 4*widest) / tauSteps
	var likely [tauSteps]float64
	top := math.Inf(-1)
	for k := range likely {
		tau := (float64(k) + 0.5) * step
		likely[k] = logLikelihood(values, variances, float64(tau*tau))
		top = max(top, likely[k])
	}
	total := 0.0
	shrunk, second := make([]Shrunk, len(values)), make([]float64, len(values))
	for k, l := range likely {
		share := math.Exp(l - top)
		tau := (float64(k) + 0.5) * step
		tau2 := float64(tau * tau)
		mean, weight := weightedMean(values, variances, tau2)
		for i := range values {
			value, variance := conditional(values[i], variances[i], tau2, mean, weight)
			// From the first value, so that squares don't cancel.
			value -= values[i]
			shrunk[i].Value += float64(share * value)
			second[i] += float64(share * (variance + float64(value*value)))
		}
		total += share
	}
	for i := range shrunk {
		away := shrunk[i].Value / total
		shrunk[i] = Shrunk{values[i] + away, math.Sqrt(max(0, second[i]/total-float64(away*away)))}
	}
	return shrunk
}

// logLikelihood is that of the estimates given tau, whatever their mean is.
func logLikelihood(values, variances []float64, tau2 float64) float64 {
	mean, weight := weightedMean(values, variances, tau2)
	sum := -math.Log(weight)
	for i, v := range variances {
		d := values[i] - mean
		sum -= math.Log(tau2+v) + float64(d/(tau2+v)*d)
	}
	return sum / 2
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
		q += float64(d / v * d)
		squares += 1 / v / v
	}
	free := float64(len(values) - 1)
	below := weight - squares/weight
	if q <= free || !(below > 0) {
		return 0
	}
	return (q - free) / below
}
