package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/wire"
)

// Logged is one decision of the past with what came of it, and what a candidate
// policy would have done in its place.
type Logged struct {
	// Reward is what came of it, such as 1 for an order. A cost is a negative
	// reward.
	Reward float64 `json:"reward"`
	// Propensity is the probability with which the decision was drawn: above 0,
	// since it was, and 1 for a policy that does not explore.
	Propensity float64 `json:"propensity"`
	// Target is the probability with which the candidate draws the same. Below a
	// billionth it counts as 0.
	Target float64 `json:"target"`
	// Unseen is the probability with which the candidate draws what the old policy
	// could not have: whose propensity was 0. With a Propensity of 1 that is all
	// but Target, whatever is said here.
	Unseen float64 `json:"unseen,omitzero"`
	// Predicted is what a model of rewards expects of the decision that was made,
	// and Expected what it expects of the candidate: the mean over its draws.
	// Both stay 0 without a model, and then DR is IPS.
	Predicted float64 `json:"predicted,omitzero"`
	Expected  float64 `json:"expected,omitzero"`
}

// drawRounding is how far from 0 and 1 a probability may be that is meant so.
const drawRounding = 1e-9

func (l Logged) validate() error {
	for _, f := range []struct {
		what string
		x    float64
	}{{"reward", l.Reward}, {"predicted reward", l.Predicted}, {"expected reward", l.Expected}} {
		if err := checkValue(f.what, f.x); err != nil {
			return err
		}
	}
	switch {
	case !(l.Propensity >= minPropensity && l.Propensity <= 1):
		return fmt.Errorf("experiment: propensity %v: want %v to 1, as it is of what was drawn", l.Propensity, minPropensity)
	case !(l.Target >= 0 && l.Unseen >= 0 && l.Target+l.Unseen <= 1+drawRounding):
		return fmt.Errorf("experiment: target %v and unseen %v: want probabilities, of together at most 1", l.Target, l.Unseen)
	}
	return nil
}

// minPropensity keeps weights, and the squares of their products with rewards,
// finite.
const minPropensity = 1e-12

// OffPolicy judges a candidate policy by the decisions that another one made and
// logged, without trying it. It collects sums that are exact, so that any order
// and any split gives the same bytes. The zero value is ready to use.
type OffPolicy struct {
	// Clip bounds the weights Target/Propensity, which trades variance for bias.
	// Zero means that they are not bounded.
	Clip float64
	n    int64
	sums [offSums]stats.Sum
}

// The sums that an [OffPolicy] keeps, of weights w, rewards r and what a model
// adds (d, a row of DR).
const (
	offUnseen = iota
	offW
	offWW
	offWR
	offWRWR // of (wr)²
	offWWR  // of w·wr
	offD
	offDD
	offExpected
	offSums
)

// Add adds one decision. One with a number out of range is an error and changes
// nothing.
func (o *OffPolicy) Add(l Logged) error {
	if err := l.validate(); err != nil {
		return err
	}
	if l.Target < drawRounding {
		l.Target = 0
	}
	w := l.Target / l.Propensity
	if o.Clip > 0 {
		w = min(w, o.Clip)
	}
	unseen := l.Unseen
	if l.Propensity >= 1-drawRounding {
		unseen = max(0, 1-l.Target)
	}
	if unseen <= drawRounding {
		unseen = 0
	}
	wr := w * l.Reward
	d := l.Expected + float64(w*(l.Reward-l.Predicted))
	o.n++
	o.sums[offUnseen].Add(unseen)
	o.sums[offW].Add(w)
	o.sums[offWW].AddProduct(w, w)
	o.sums[offWR].Add(wr)
	o.sums[offWRWR].AddProduct(wr, wr)
	o.sums[offWWR].AddProduct(w, wr)
	o.sums[offD].Add(d)
	o.sums[offDD].AddProduct(d, d)
	o.sums[offExpected].Add(l.Expected)
	return nil
}

// Merge adds all that was added to other. Another Clip is an error, and changes
// nothing.
func (o *OffPolicy) Merge(other *OffPolicy) error {
	if o.Clip != other.Clip {
		return fmt.Errorf("experiment: weights clipped at %v and at %v don't merge", o.Clip, other.Clip)
	}
	o.n += other.n
	for i := range o.sums {
		o.sums[i].Merge(other.sums[i])
	}
	return nil
}

// OffPolicyReport says what the candidate would have brought per decision.
type OffPolicyReport struct {
	N int64 `json:"n"`
	// IPS weighs every reward by Target/Propensity. It is right on average, and
	// varies much.
	IPS *Estimate `json:"ips"`
	// SNIPS divides by the weights instead of by N: steadier, and always within
	// the range of the rewards.
	SNIPS *Estimate `json:"snips"`
	// DR corrects the model's expectation by the weighted error of its
	// predictions: right on average if either the propensities or the model are.
	DR *Estimate `json:"dr"`
	// Model is what the model alone expects.
	Model float64 `json:"model"`
	// Effective is how many decisions of the candidate's own these are worth:
	// (Σw)²/Σw², from 1 to N.
	Effective float64 `json:"effective"`
	// MeanWeight is about 1 where propensities are right; far from it they are
	// not, or the log is short.
	MeanWeight float64 `json:"meanWeight"`
	// Unseen is the share of what the candidate draws that the log can't speak
	// of. Above the share that is allowed, nothing is estimated.
	Unseen float64 `json:"unseen"`
	// Reason is [NoSupport] if there is no such decision in the log, or too much
	// that is unseen, and [NotEnough] for fewer effective decisions than asked.
	Reason Reason `json:"reason,omitzero"`
}

// Support says when a log is enough to judge by. The zero value takes any log
// that could have drawn all that the candidate draws.
type Support struct {
	// Unseen is the share of the candidate's draws that may be beyond the log, from
	// 0 to 1. By so much times the range of rewards the estimates may be off.
	Unseen float64 `json:"unseen,omitzero"`
	// Effective is the least number of effective decisions.
	Effective float64 `json:"effective,omitzero"`
}

// Report estimates the reward of the candidate per decision, with intervals by
// the normal distribution (Horvitz and Thompson 1952; Hájek 1971; Dudík,
// Langford and Li 2011, "Doubly robust policy evaluation and learning"). A
// policy that did not explore supports no other: that is refused, and not 0. Of
// one decision there is an estimate without an interval: its bounds are the
// value.
func (o *OffPolicy) Report(level float64, need Support) OffPolicyReport {
	r := OffPolicyReport{N: o.n}
	if !validLevel(level) || !(need.Unseen >= 0) || !(need.Effective >= 0) {
		r.Reason = Invalid
		return r
	}
	w, ww := o.sums[offW].Float64(), o.sums[offWW].Float64()
	if o.n == 0 {
		r.Reason = NoSupport
		return r
	}
	r.Unseen, _ = stats.Mean(o.n, o.sums[offUnseen])
	r.MeanWeight, _ = stats.Mean(o.n, o.sums[offW])
	r.Model, _ = stats.Mean(o.n, o.sums[offExpected])
	if ww > 0 {
		r.Effective = w / ww * w
	}
	switch {
	case ww == 0 || r.Unseen > need.Unseen:
		r.Reason = NoSupport
		return r
	case r.Effective < need.Effective:
		r.Reason = NotEnough
		return r
	}
	z := stats.NormalZ(level)
	r.IPS = o.mean(offWR, offWRWR, z)
	r.DR = o.mean(offD, offDD, z)
	r.SNIPS = o.ratio(z)
	return r
}

func (o *OffPolicy) mean(sum, squares int, z float64) *Estimate {
	s := sample(o.n, o.sums[sum], o.sums[squares])
	return around(s.Mean, math.Sqrt(s.Variance/float64(o.n)), z)
}

// ratio is Σwr/Σw with the variance Σw²(r-ratio)²/(Σw)².
func (o *OffPolicy) ratio(z float64) *Estimate {
	w := o.sums[offW].Float64()
	value := o.sums[offWR].Float64() / w
	square := o.sums[offWRWR].Float64() - float64(2*value*o.sums[offWWR].Float64()) + float64(value*value*o.sums[offWW].Float64())
	return around(value, math.Sqrt(max(0, square))/w, z)
}

const wireOffPolicy = "experiment.off-policy.1"

// MarshalBinary writes o in its one form.
func (o *OffPolicy) MarshalBinary() ([]byte, error) {
	dst := wire.AppendUint(wire.AppendString(nil, wireOffPolicy), math.Float64bits(o.Clip))
	dst = wire.AppendUint(dst, uint64(o.n))
	for i := range o.sums {
		dst = appendSum(dst, o.sums[i])
	}
	return dst, nil
}

// UnmarshalBinary reads what [OffPolicy.MarshalBinary] wrote, in place of what
// was in o, whose Clip must be as it was. On an error o stays as it was.
func (o *OffPolicy) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wireOffPolicy)
	read := OffPolicy{Clip: o.Clip}
	if clip := r.Uint(); r.Err() == nil && clip != math.Float64bits(o.Clip) {
		r.Fail("weights clipped at %v: want %v", math.Float64frombits(clip), o.Clip)
	}
	read.n = readCount(r)
	for i := range read.sums {
		read.sums[i] = readSum(r)
	}
	if r.Err() == nil && !read.possible() {
		r.Fail("sums that no %d decisions have", read.n)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("experiment: off-policy: %w", err)
	}
	*o = read
	return nil
}

// possible reports whether there may be decisions with these sums.
func (o *OffPolicy) possible() bool {
	if o.n == 0 {
		return o.sums == [offSums]stats.Sum{}
	}
	for _, i := range []int{offUnseen, offW, offWW, offWRWR, offDD} {
		if x := o.sums[i].Float64(); !(x >= 0) || math.IsInf(x, 0) {
			return false
		}
	}
	return (o.sums[offW].Float64() > 0) == (o.sums[offWW].Float64() > 0)
}
