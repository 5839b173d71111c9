package stats

import "math"

// RelativeRisk returns the rate of a over that of b, with the interval that is
// symmetric on the logarithm (Katz et al. 1978, Biometrics 34:469). ok is
// false where a rate is undefined or 0: its logarithm has no variance.
func RelativeRisk(a, b Proportion, z float64) (ratio Estimate, ok bool) {
	ra, okA := a.Rate()
	rb, okB := b.Rate()
	if !okA || !okB || ra == 0 || rb == 0 {
		return Estimate{}, false
	}
	variance := (1-ra)/float64(a.Hits) + (1-rb)/float64(b.Hits)
	return onLog(ra/rb, math.Sqrt(variance), z), true
}

// OddsRatio returns the odds of a hit in a over those in b, with Woolf's
// interval. prior, such as 1 or Haldane's 0.5, is added to each of the four
// counts before all else, so that an empty cell has an answer; with prior 0
// ok is false if a cell is empty. It is also false for invalid proportions and
// a negative or non-finite prior.
func OddsRatio(a, b Proportion, prior, z float64) (ratio Estimate, ok bool) {
	if !a.valid() || !b.valid() || !(prior >= 0) || math.IsInf(prior, 1) {
		return Estimate{}, false
	}
	hitsA, missesA := float64(a.Hits)+prior, float64(a.Of-a.Hits)+prior
	hitsB, missesB := float64(b.Hits)+prior, float64(b.Of-b.Hits)+prior
	if hitsA == 0 || missesA == 0 || hitsB == 0 || missesB == 0 {
		return Estimate{}, false
	}
	se := math.Sqrt(1/hitsA + 1/missesA + 1/hitsB + 1/missesB)
	return onLog((hitsA/missesA)/(hitsB/missesB), se, z), true
}

// onLog returns value with an interval that is symmetric on the logarithm,
// whose standard error is se.
func onLog(value, se, z float64) Estimate {
	spread := math.Exp(z * se)
	return Estimate{value, value / spread, value * spread}
}

// Sample is what a mean is judged by: Variance is that of one value, with
// N-1 below the line.
type Sample struct {
	N              int64
	Mean, Variance float64
}

func (s Sample) valid() bool {
	return s.N >= 2 && s.Variance >= 0 && !math.IsInf(s.Variance, 1) && !math.IsNaN(s.Mean) && !math.IsInf(s.Mean, 0)
}

// Welch returns the mean of a less that of b, its standard error, and the
// degrees of freedom of Student's t by Satterthwaite's approximation, for
// variances that differ. ok is false for fewer than two values on a side, no
// variance on both, and values that are not finite.
func Welch(a, b Sample) (diff, se, df float64, ok bool) {
	if !a.valid() || !b.valid() {
		return 0, 0, 0, false
	}
	va, vb := a.Variance/float64(a.N), b.Variance/float64(b.N)
	total := va + vb
	if total == 0 || math.IsInf(total, 1) {
		return 0, 0, 0, false
	}
	// Shares of the total, so that squares neither overflow nor vanish.
	va, vb = va/total, vb/total
	df = 1 / (va*va/float64(a.N-1) + vb*vb/float64(b.N-1))
	return a.Mean - b.Mean, math.Sqrt(total), df, true
}

// RelativeLift returns how much larger the mean of treated is than that of
// control, as a share of control's (0.1 is 10 % more), and its standard error
// by the delta method:
//
//	Var = vT/(nT·mC²) + vC·mT²/(nC·mC⁴)
//
// ok is false where [Welch] has no answer or control's mean is 0. A share of a
// negative mean is taken of its size.
func RelativeLift(control, treated Sample) (lift, se float64, ok bool) {
	diff, _, _, ok := Welch(treated, control)
	if !ok || control.Mean == 0 {
		return 0, 0, false
	}
	ratio := treated.Mean / control.Mean
	se = math.Sqrt(treated.Variance/float64(treated.N)+control.Variance/float64(control.N)*ratio*ratio) / math.Abs(control.Mean)
	lift = diff / math.Abs(control.Mean)
	return lift, se, !math.IsInf(se, 0) && !math.IsNaN(se) && !math.IsInf(lift, 0)
}
