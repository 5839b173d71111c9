package lifecycle

import (
	"math"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/names"
	"github.com/regulars-go/regulars/internal/stats"
)

// PaybackState is what became of the money that was spent.
type PaybackState uint8

const (
	// NothingSpent is nothing to pay back.
	NothingSpent PaybackState = iota
	// PaidBack is a value that has reached the spend.
	PaidBack
	// NotPaidBack is a value that has not reached it, although the horizon is
	// over.
	NotPaidBack
	// PaybackOpen is a value that has not reached it yet: the horizon is not
	// over.
	PaybackOpen
)

var paybackNames = names.Names{Package: "lifecycle", Type: "PaybackState", What: "state of a payback", List: []string{"nothing spent", "paid back", "not reached", "open"}}

// String returns "nothing spent", "paid back", "not reached" or "open".
func (s PaybackState) String() string { return paybackNames.Of(uint8(s)) }

// MarshalText writes s as [PaybackState.String] does; an unknown state is an
// error.
func (s PaybackState) MarshalText() ([]byte, error) { return paybackNames.Marshal(uint8(s)) }

// UnmarshalText reads what [PaybackState.String] writes; any other text is an
// error, and leaves s as it was.
func (s *PaybackState) UnmarshalText(text []byte) error {
	n, err := paybackNames.Unmarshal(text)
	if err == nil {
		*s = PaybackState(n)
	}
	return err
}

// Payback is when the value of customers reached what they cost.
type Payback struct {
	State PaybackState `json:"state"`
	// Periods is how many periods it took, if they were PaidBack: 1 if it was in
	// the period of the start. Refunds may take some back later; the first time
	// counts.
	Periods int `json:"periods,omitzero"`
}

// payback compares what was paid up to each age with what was spent; over is
// whether the ages are the whole horizon.
func payback(spend, margin decimal.Decimal, paid []exact.Sum, over bool) Payback {
	if spend.Sign() <= 0 {
		return Payback{}
	}
	for age, total := range paid {
		if margin.Mul(total.Decimal()).GreaterThanOrEqual(spend) {
			return Payback{PaidBack, age + 1}
		}
	}
	if over {
		return Payback{State: NotPaidBack}
	}
	return Payback{State: PaybackOpen}
}

// Verdict is what a test has shown: of one channel against the rest, or of those
// who did something against those who did not.
type Verdict uint8

const (
	// Untested is that there is nothing to test, or too little.
	Untested Verdict = iota
	// Unproven is a difference that chance may have made.
	Unproven
	// Better is a difference beyond chance, for what is tested.
	Better
	// Worse is one against it.
	Worse
)

var verdictNames = names.Names{Package: "lifecycle", Type: "Verdict", What: "verdict", List: []string{"untested", "unproven", "better", "worse"}}

// String returns "untested", "unproven", "better" or "worse".
func (v Verdict) String() string { return verdictNames.Of(uint8(v)) }

// MarshalText writes v as [Verdict.String] does; an unknown verdict is an error.
func (v Verdict) MarshalText() ([]byte, error) { return verdictNames.Marshal(uint8(v)) }

// UnmarshalText reads what [Verdict.String] writes; any other text is an error,
// and leaves v as it was.
func (v *Verdict) UnmarshalText(text []byte) error {
	n, err := verdictNames.Unmarshal(text)
	if err == nil {
		*v = Verdict(n)
	}
	return err
}

// LeastMature is how many mature customers a channel and the rest each need to
// be tested: with fewer the logarithm of a sum is not nearly normal.
const LeastMature = 30

// Against is a channel's ratio of value to cost against that of the other paid
// channels together. A channel for which nothing was spent in the periods in
// which the mature started, such as one that was free until lately, is neither
// tested nor one of the rest.
type Against struct {
	// Verdict is Untested where the channel or the rest has no spend, fewer than
	// [LeastMature] mature customers, or a value of 0 or below.
	Verdict Verdict `json:"verdict"`
	// Rest is the ratio of the others. P is the probability of as large a
	// difference if there is none, from the two logarithms; Adjusted is P
	// corrected for all channels tested (Holm 1979), so that in one report of
	// twenty at most any channel is wrongly called better or worse at level
	// 0.95. All three are 0 if Untested.
	Rest     float64 `json:"rest,omitzero"`
	P        float64 `json:"p,omitzero"`
	Adjusted float64 `json:"adjusted,omitzero"`
}

// worth is what mature customers paid: how many, the sum, and the sum of the
// squares of what each paid.
type worth struct {
	spend, value decimal.Decimal // value times the margin
	customers    int
	sum, squares float64 // before the margin, which does not change their ratio
}

func (w worth) plus(o worth) worth {
	return worth{w.spend.Add(o.spend), w.value.Add(o.value), w.customers + o.customers, w.sum + o.sum, w.squares + o.squares}
}

func (w worth) minus(o worth) worth {
	return worth{w.spend.Sub(o.spend), w.value.Sub(o.value), w.customers - o.customers, w.sum - o.sum, w.squares - o.squares}
}

// logError is the standard error of the logarithm of the value; ok is false
// where there is none.
func (w worth) logError() (se float64, ok bool) {
	if w.value.Sign() <= 0 || !(w.sum > 0) || !(w.squares > 0) || math.IsInf(w.squares, 1) {
		return 0, false
	}
	return math.Sqrt(w.squares) / w.sum, true
}

func (w worth) ratio(level float64) (r LTVToCAC) {
	if w.customers == 0 || w.spend.Sign() <= 0 {
		return r
	}
	r.Value, r.Defined = ratioOfDecimals(w.value, w.spend)
	if se, ok := w.logError(); ok && r.Defined {
		spread := math.Exp(stats.NormalZ(level) * se)
		r.Low, r.High, r.Bounded = r.Value/spread, r.Value*spread, !math.IsInf(r.Value*spread, 1)
	}
	if !r.Bounded {
		r.Low, r.High = 0, 0
	}
	return r
}

// against tests one channel against the rest; p is two-sided.
func (w worth) against(rest worth) (ratio, p float64, ok bool) {
	if min(w.customers, rest.customers) < LeastMature || w.spend.Sign() <= 0 || rest.spend.Sign() <= 0 {
		return 0, 0, false
	}
	a, okA := w.logError()
	b, okB := rest.logError()
	if !okA || !okB {
		return 0, 0, false
	}
	own, _ := ratioOfDecimals(w.value, w.spend)
	ratio, _ = ratioOfDecimals(rest.value, rest.spend)
	z := (math.Log(own) - math.Log(ratio)) / math.Sqrt(float64(a*a)+float64(b*b))
	return ratio, 2 * stats.NormalTail(math.Abs(z)), true
}

// compare tests each paid channel against the others, all together at a level.
func compare(channels []AcquiredBy, worths []worth, level float64) {
	// What came while nothing was spent would make the rest look cheap.
	bought := func(i int) bool { return channels[i].paid() && worths[i].spend.Sign() > 0 }
	var paid worth
	for i := range channels {
		if bought(i) {
			paid = paid.plus(worths[i])
		}
	}
	var tested []int
	var ps []float64
	for i := range channels {
		if !bought(i) {
			continue
		}
		if ratio, p, ok := worths[i].against(paid.minus(worths[i])); ok {
			channels[i].Against = Against{Unproven, ratio, p, 0}
			tested, ps = append(tested, i), append(ps, p)
		}
	}
	for i, p := range stats.Holm(ps) {
		c := &channels[tested[i]]
		c.Against.Adjusted = p
		switch {
		case p > 1-level:
		case c.Ratio.Value > c.Against.Rest:
			c.Against.Verdict = Better
		default:
			c.Against.Verdict = Worse
		}
	}
}

// paid reports whether a channel is one of the paid ones.
func (c AcquiredBy) paid() bool { return c.Channel != Unattributed && c.Spend.Sign() > 0 }
