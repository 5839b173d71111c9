package lifecycle

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
)

// MeanDifference says how much longer one group goes without the event than
// another, on average within the first Tau units.
type MeanDifference struct {
	// Difference is the restricted mean of the first group less that of the
	// second, in units of time: 7.7 weeks more.
	Difference    float64 `json:"difference"`
	StandardError float64 `json:"standardError"`
	// Low and High hold the difference with the level of the curves.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	// P is the probability of as large a difference, of either sign, if there
	// is none.
	P float64 `json:"p"`
	// Tau is the limit. It is the last time at which both curves are known, and
	// Cut is set, where the one asked for lies beyond.
	Tau float64 `json:"tau"`
	Cut bool    `json:"cut,omitempty"`
}

// RestrictedMeanDifference compares two groups by their restricted means, which
// says how much a difference is, also where curves cross and where the median
// of neither is reached; [LogRank] says only whether there is one. The interval
// is normal, with Greenwood's variances (Royston and Parmar 2013).
//
// A curve is known up to the end of its last spell, and for ever if it falls to
// 0. Curves in different units or of different levels are an error, and so is
// a tau that is not above 0. [ErrNoComparison] means that a group has no spells,
// or that within tau neither curve has a variance: nobody has the event, or all
// have it at once.
func RestrictedMeanDifference(a, b Curve, tau float64) (MeanDifference, error) {
	switch {
	case a.Unit != b.Unit:
		return MeanDifference{}, fmt.Errorf("lifecycle: comparing times in %q and in %q", a.Unit, b.Unit)
	case a.Level != b.Level:
		return MeanDifference{}, fmt.Errorf("lifecycle: comparing curves of level %v and %v", a.Level, b.Level)
	case !(tau > 0):
		return MeanDifference{}, fmt.Errorf("lifecycle: mean within %v: want a limit above 0", tau)
	}
	if len(a.Steps) == 0 || len(b.Steps) == 0 {
		return MeanDifference{}, ErrNoComparison
	}
	// Beyond the longer curve nothing changes, and areas are to be finite.
	known := min(a.survival.Known(), b.survival.Known(), max(a.survival.Last, b.survival.Last))
	m := MeanDifference{Tau: min(tau, known), Cut: tau > known}
	d, se, p, ok := stats.RestrictedMeanDifference(a.survival, b.survival, m.Tau, stats.NormalZ(a.Level))
	if !ok || math.IsNaN(se) {
		return MeanDifference{}, ErrNoComparison
	}
	m.Difference, m.Low, m.High, m.StandardError, m.P = d.Value, d.Low, d.High, se, p
	return m, nil
}
