package lifecycle

import (
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/names"
	"github.com/regulars-go/regulars/internal/stats"
)

// IntervalKind says how the confidence intervals of a curve are made.
type IntervalKind uint8

const (
	// LogLog intervals are symmetric on the scale log(-log S), stay within 0
	// and 1 and hold in small samples (Kalbfleisch and Prentice 1980). R's
	// default is another, "log".
	LogLog IntervalKind = iota
	// Plain intervals are S plus and minus a multiple of its standard error,
	// cut off at 0 and 1.
	Plain
)

var intervalKindNames = names.Names{Package: "lifecycle", Type: "IntervalKind", What: "kind of interval", List: []string{"log-log", "plain"}}

// String returns "log-log" or "plain".
func (k IntervalKind) String() string { return intervalKindNames.Of(uint8(k)) }

// MarshalText writes k as [IntervalKind.String] does; an unknown kind is an
// error.
func (k IntervalKind) MarshalText() ([]byte, error) { return intervalKindNames.Marshal(uint8(k)) }

// UnmarshalText reads what [IntervalKind.String] writes; any other text is an
// error, and leaves k as it was.
func (k *IntervalKind) UnmarshalText(text []byte) error {
	n, err := intervalKindNames.Unmarshal(text)
	if err == nil {
		*k = IntervalKind(n)
	}
	return err
}

// CurveOptions says how a curve is estimated. The zero value is ready to use.
type CurveOptions struct {
	// Level is the probability with which an interval holds, above 0 and below
	// 1. Zero means 0.95.
	Level float64
	// Interval is the kind of interval. Defaults to [LogLog].
	Interval IntervalKind
}

// Curve is the estimate of Kaplan and Meier (1958) of the share that still
// waits for the event after a time.
type Curve struct {
	Unit  string       `json:"unit,omitempty"`
	Level float64      `json:"level"`
	Steps []CurvePoint `json:"steps"`

	kind     IntervalKind
	survival stats.Survival
}

// CurvePoint is a curve from one time at which a spell ended up to the next.
type CurvePoint struct {
	Time float64 `json:"time"`
	// AtRisk is the weight of the spells with Entry < Time <= Exit, and Events
	// and Censored that of those that end at Time in either way. Events count as
	// before censorings at the same time.
	AtRisk   float64 `json:"atRisk"`
	Events   float64 `json:"events"`
	Censored float64 `json:"censored"`
	// Survival is the share that still waits just after Time, from 1 to 0;
	// StandardError is Greenwood's.
	Survival      float64 `json:"survival"`
	StandardError float64 `json:"standardError"`
	// Low and High are the bounds of Survival. Where it is 1 or 0 both are the
	// same: the method says nothing about the uncertainty there.
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Curve estimates the survival. No spells give a curve without steps, which is
// 1 throughout. With late entries, a curve that gets to 0 early, when all the
// few at risk have had the event, stays there.
func (s *Survival) Curve(o CurveOptions) (Curve, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if !(o.Level > 0 && o.Level < 1) {
		return Curve{}, fmt.Errorf("lifecycle: level %v: want a number between 0 and 1", o.Level)
	}
	if o.Interval > Plain {
		return Curve{}, fmt.Errorf("lifecycle: no such kind of interval: %d", o.Interval)
	}
	c := Curve{Unit: s.Unit, Level: o.Level, kind: o.Interval, survival: stats.NewSurvival(s.spells())}
	z := stats.NormalZ(o.Level)
	for i, step := range c.survival.Steps {
		low, high := c.survival.Interval(i, stats.IntervalKind(o.Interval), z)
		c.Steps = append(c.Steps, CurvePoint{
			step.Time, step.AtRisk, step.Events, step.Censored,
			step.Survival, c.survival.StandardError(i), low, high,
		})
	}
	return c, nil
}

// At returns the share that still waits after t: 1 before the first step, and
// after the last what that says.
func (c Curve) At(t float64) float64 { return c.survival.At(t) }

// Quantile is the time by which a share of all has had the event.
type Quantile struct {
	// Time is the first at which the curve is at or below 1 - share; of meaning
	// only if it is Reached. A share that is not reached is longer than anybody
	// was watched, which is an answer too. JSON has only what is reached: none
	// is at 0.
	Time    float64 `json:"time,omitzero"`
	Reached bool    `json:"reached"`
	// Low and High are the interval of Time (Brookmeyer and Crowley 1982): the
	// times at which the bounds of the curve get there, if they do.
	Low         float64 `json:"low,omitzero"`
	LowReached  bool    `json:"lowReached"`
	High        float64 `json:"high,omitzero"`
	HighReached bool    `json:"highReached"`
}

// Quantile returns the time by which a share, above 0 and below 1, has had the
// event. Any other share is not reached.
func (c Curve) Quantile(share float64) (q Quantile) {
	if !(share > 0 && share < 1) {
		return Quantile{}
	}
	q.Time, q.Reached = c.survival.Quantile(share)
	q.Low, q.High, q.LowReached, q.HighReached = c.survival.QuantileInterval(share, stats.IntervalKind(c.kind), stats.NormalZ(c.Level))
	return q
}

// Median returns the time by which half have had the event.
func (c Curve) Median() Quantile { return c.Quantile(0.5) }

// RestrictedMean is the mean time without the event within the first Tau units
// (RMST): a mean that exists also where most are still waiting.
type RestrictedMean struct {
	Mean          float64 `json:"mean"`
	StandardError float64 `json:"standardError"`
	// Tau is the limit. It is that of the last spell, and Cut is set, where the
	// one asked for lies beyond.
	Tau float64 `json:"tau"`
	Cut bool    `json:"cut,omitempty"`
}

// RestrictedMean returns the area under the curve up to tau, or up to the end
// of the last spell if that comes first. A tau that is negative or NaN counts
// as 0.
func (c Curve) RestrictedMean(tau float64) RestrictedMean {
	if !(tau > 0) {
		tau = 0
	}
	m := RestrictedMean{Tau: min(tau, c.survival.Last), Cut: tau > c.survival.Last}
	m.Mean, m.StandardError = c.survival.RestrictedMean(m.Tau)
	return m
}

// LogRankTest says whether groups share one curve.
type LogRankTest struct {
	// ChiSquare has DF degrees of freedom; P is the probability of as much or
	// more if the curves are one.
	ChiSquare float64 `json:"chiSquare"`
	DF        int     `json:"df"`
	P         float64 `json:"p"`
	// Observed and Expected are the events of each group, in the order of the
	// groups, and those expected if the curves are one.
	Observed []float64 `json:"observed"`
	Expected []float64 `json:"expected"`
}

// ErrNoComparison means that groups can't be compared: there are fewer than
// two, or at no event were two of them at risk.
var ErrNoComparison = errors.New("lifecycle: the groups can't be compared")

// LogRank tests whether two or more groups have the same curve (Mantel
// 1966). Weights count as repetitions. Groups in different units are an
// error, and so are groups that can't be compared: [ErrNoComparison].
func LogRank(groups ...*Survival) (LogRankTest, error) {
	var spells [][]stats.Spell
	for _, g := range groups {
		if g.Unit != groups[0].Unit {
			return LogRankTest{}, fmt.Errorf("lifecycle: comparing times in %q and in %q", groups[0].Unit, g.Unit)
		}
		spells = append(spells, g.spells())
	}
	r, ok := stats.LogRank(spells)
	if !ok || math.IsNaN(r.ChiSquare) {
		return LogRankTest{}, ErrNoComparison
	}
	return LogRankTest{r.ChiSquare, r.DF, r.P, r.Observed, r.Expected}, nil
}
