package experiment

import (
	"fmt"
	"math"
)

// Sequential is a test that may be looked at as often as one likes: its
// intervals hold at all looks together, where those of a test made for one look
// fail for whoever stops when it pleases. The price is an interval some 1.6
// times as wide. The zero value is ready to use.
type Sequential struct {
	// Level is the probability with which all intervals hold. Defaults to
	// [IntervalLevel].
	Level float64 `json:"level,omitzero"`
	// Tuned is the number of customers, of both arms together, at which the
	// interval is the narrowest that it can be. Defaults to 5000. It has no
	// place beside Tau.
	Tuned float64 `json:"tuned,omitzero"`
	// Tau above 0 selects the mixture sequential probability ratio test with
	// effects that are normal with this standard deviation (Johari, Koomen,
	// Pekelis and Walsh 2022, "Always valid inference"). By default it is the
	// asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and
	// Ramdas (2021, arXiv 2103.06476, equation 9), which GrowthBook calls GAVI.
	Tau float64 `json:"tau,omitzero"`
}

// Validate returns an error for a level that is not between 0 and 1, for
// numbers that are negative or not finite, and for both of Tuned and Tau.
func (s Sequential) Validate() error {
	d := s.withDefaults()
	switch {
	case !validLevel(d.Level):
		return fmt.Errorf("experiment: level %v: want a number between 0 and 1", s.Level)
	case !(d.Tuned > 0) || math.IsInf(d.Tuned, 1):
		return fmt.Errorf("experiment: tuned %v: want a number of customers above 0", s.Tuned)
	case !(d.Tau >= 0) || math.IsInf(d.Tau, 1):
		return fmt.Errorf("experiment: tau %v: want a standard deviation above 0", s.Tau)
	case s.Tuned != 0 && s.Tau != 0:
		return fmt.Errorf("experiment: tuned %v and tau %v: want one of them", s.Tuned, s.Tau)
	}
	return nil
}

func (s Sequential) withDefaults() Sequential {
	if s.Level == 0 {
		s.Level = IntervalLevel
	}
	if s.Tuned == 0 {
		s.Tuned = 5000
	}
	return s
}

// Look returns the interval around a value with a standard error, as n customers
// of both arms showed it, and its p-value: the interval holds 0 if and only if p
// is above 1 less the level. ok is false where [Sequential.Validate] has an
// error, for no customers, for a value that is not finite and a standard error
// that is not above 0.
func (s Sequential) Look(value, se float64, n int64) (e Estimate, p float64, ok bool) {
	if s.Validate() != nil || n < 1 || !finite(value, se) || !(se > 0) {
		return Estimate{}, 0, false
	}
	root, spread := s.shape(se, float64(n))
	alpha := 1 - s.withDefaults().Level
	e = *around(value, se, math.Sqrt(spread*math.Log(root/alpha))/se)
	return e, min(1, root*math.Exp(-value*value/spread)), true
}

// Effect returns an effect with the interval and the p-value of a look in place of
// those of a test made for one look: for who reviews the same customers again and
// again. The lift becomes wider in the same way. One without a difference or
// without a test stays as it is, and where [Sequential.Validate] has an error
// there is no result, and Reason is [Invalid].
func (s Sequential) Effect(e Effect) Effect {
	if e.Difference == nil || e.P == nil {
		return e
	}
	n := e.Control.N + e.Treated.N
	now, p, ok := s.Look(e.Difference.Value, e.Difference.SE, n)
	if !ok {
		return Effect{Control: e.Control, Treated: e.Treated, Reason: Invalid}
	}
	e.Difference, e.P = &now, &p
	if e.Lift != nil {
		if lift, _, ok := s.Look(e.Lift.Value, e.Lift.SE, n); ok {
			e.Lift = &lift
		}
	}
	return e
}

// shape returns a and b of the p-value a·exp(-value²/b).
func (s Sequential) shape(se, n float64) (root, spread float64) {
	s = s.withDefaults()
	if s.Tau > 0 {
		t := 1 + s.Tau*s.Tau/(se*se)
		return math.Sqrt(t), 2 * se * se * t / (t - 1)
	}
	rho := tuning(1-s.Level, s.Tuned)
	t := float64(n*rho*rho) + 1
	return math.Sqrt(t), 2 * se * se * t / (t - 1)
}

// tuning is the rho for which the interval is narrowest at n customers.
func tuning(alpha, n float64) float64 {
	twice := -2 * math.Log(alpha)
	return math.Sqrt((twice + math.Log1p(twice)) / n)
}

// AtLeast returns the lower bound of a one-sided confidence sequence: at all
// looks together the truth is above it with probability Level. P is that of no
// effect or a negative one: it is below 1 less the level if and only if the
// bound is above 0. At 1/2 nothing speaks against it, and P goes no higher. It is
// there for the default test, without Tau, and ok is as of [Sequential.Look].
func (s Sequential) AtLeast(value, se float64, n int64) (low, p float64, ok bool) {
	if _, _, ok := s.Look(value, se, n); !ok || s.Tau != 0 {
		return 0, 0, false
	}
	s = s.withDefaults()
	alpha := 1 - s.Level
	rho := tuning(2*alpha, s.Tuned)
	t := float64(float64(n)*rho*rho) + 1
	spread := 2 * se * se * t / (t - 1)
	low = value - math.Sqrt(spread*math.Log1p(math.Sqrt(t)/(2*alpha)))
	if value <= 0 {
		return low, 0.5, true
	}
	return low, min(0.5, math.Sqrt(t)/2/math.Expm1(value*value/spread)), true
}

// Looks are many looks at one effect. Their p-value never rises, so what was once
// proven stays proven. The zero value is ready to use; keep it as JSON between
// looks. For a metric without groups there is
// [github.com/regulars-go/regulars/strategy.Watch].
type Looks struct {
	Sequential Sequential `json:"sequential,omitzero"`
	// Count is how many looks there were, P the least p-value so far, nil before
	// the first, and Now the interval of the last.
	Count int       `json:"looks"`
	P     *float64  `json:"p"`
	Now   *Estimate `json:"now"`
}

// Look adds a look at the difference of an effect as it is now, by all customers
// so far. One without a difference, or without a test, adds nothing, and so does
// a level that is none. It reports whether the effect is proven at some look up
// to now.
func (l *Looks) Look(e Effect) (proven bool) {
	if now := l.Sequential.Effect(e); now.Difference != nil && now.P != nil {
		l.Count++
		l.Now = now.Difference
		if l.P == nil || *now.P < *l.P {
			l.P = now.P
		}
	}
	return l.Proven()
}

// Proven reports whether the effect was proven at some look.
func (l *Looks) Proven() bool {
	return l.P != nil && *l.P <= 1-l.Sequential.withDefaults().Level
}
