package stats

import "math"

// IntervalKind says on which scale a confidence interval of a survival curve
// is symmetric.
type IntervalKind uint8

// LogLog stays within 0 and 1 by itself and holds its level in small samples
// (Kalbfleisch and Prentice 1980); Plain is S ± z·SE, clipped to 0 and 1.
const (
	LogLog IntervalKind = iota
	Plain
)

// Interval returns the bounds of the survival at step i, for a z as of
// [NormalZ]. Where nobody has had the event both are 1, and where nobody is
// left both are 0: Greenwood's variance is silent there.
func (c Survival) Interval(i int, kind IntervalKind, z float64) (lo, hi float64) {
	s := c.Steps[i].Survival
	if s == 1 || s == 0 {
		return s, s
	}
	se := math.Sqrt(c.Steps[i].hazardVar)
	if kind == Plain {
		spread := float64(z * s * se)
		return max(0, s-spread), min(1, s+spread)
	}
	spread := math.Exp(z * se / -math.Log(s))
	return math.Pow(s, spread), math.Pow(s, 1/spread)
}

// StandardError returns Greenwood's standard error of the survival at step i,
// 0 where nobody is left.
func (c Survival) StandardError(i int) float64 {
	if c.Steps[i].Survival == 0 {
		return 0
	}
	return c.Steps[i].Survival * math.Sqrt(c.Steps[i].hazardVar)
}

// quantileSlack makes a survival of 1/2 that a product of fractions rounded up
// count as 1/2.
const quantileSlack = 1e-12

// Quantile returns the first time by which a share p or more has had the
// event, for 0 < p < 1; ok is false if the curve never gets there.
func (c Survival) Quantile(p float64) (t float64, ok bool) {
	return c.first(p, func(i int) float64 { return c.Steps[i].Survival })
}

// QuantileInterval returns the times at which the bounds of the survival get
// to 1-p (Brookmeyer and Crowley 1982); either may not be reached.
func (c Survival) QuantileInterval(p float64, kind IntervalKind, z float64) (lo, hi float64, loOK, hiOK bool) {
	lo, loOK = c.first(p, func(i int) float64 { lo, _ := c.Interval(i, kind, z); return lo })
	hi, hiOK = c.first(p, func(i int) float64 { _, hi := c.Interval(i, kind, z); return hi })
	return lo, hi, loOK, hiOK
}

func (c Survival) first(p float64, value func(int) float64) (float64, bool) {
	for i := range c.Steps {
		if value(i) <= 1-p+quantileSlack {
			return c.Steps[i].Time, true
		}
	}
	return 0, false
}

// RestrictedMean returns the mean time without the event in the first tau
// units, which is the area under the curve up to tau, and its standard error
// (Irwin 1949; Klein and Moeschberger, section 4.5). tau is at most c.Last:
// beyond it nothing is known.
func (c Survival) RestrictedMean(tau float64) (mean, se float64) {
	n := 0
	for n < len(c.Steps) && c.Steps[n].Time < tau {
		n++
	}
	// From the end, since the error of a step weighs by the area behind it.
	variance, end := 0.0, tau
	for i := n - 1; i >= 0; i-- {
		s := c.Steps[i]
		mean += float64(s.Survival * (end - s.Time))
		end = s.Time
		if left := s.AtRisk - s.Events; s.Survival > 0 && s.Events > 0 {
			variance += mean * mean * s.Events / (s.AtRisk * left)
		}
	}
	return mean + end, math.Sqrt(variance)
}
