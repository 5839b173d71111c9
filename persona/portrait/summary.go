package portrait

import "math"

// Numbers summarise an attribute of numbers, in its unit.
type Numbers struct {
	// Target, Rest and Base are nil where it is known of nobody.
	Target *Summary `json:"target"`
	Rest   *Summary `json:"rest"`
	Base   *Summary `json:"base"`
	// Difference is the standardised mean difference: the mean of the target less
	// that of the rest, over the root of the mean of both variances (Austin,
	// Balance Diagnostics, 2009). 0.2 is small and 0.8 large. It is nil without
	// a rest, or where nothing varies.
	Difference *float64 `json:"difference"`
	// Delta is Cliff's: how much more often a number of the target is above one
	// of the rest than below, from -1 to 1 (Cliff, Dominance Statistics, 1993).
	Delta *float64 `json:"delta"`
	// KS tests whether the target's numbers are distributed as the rest's.
	KS *KolmogorovSmirnov `json:"ks"`
}

// Summary is the numbers of one group.
type Summary struct {
	// Profiles is how many have one.
	Profiles int64   `json:"profiles"`
	Mean     float64 `json:"mean"`
	// Deviation is the standard deviation, with n-1 below the line; nil of a
	// single number.
	Deviation *float64 `json:"deviation"`
	// Quantiles are of type 7 of Hyndman and Fan, at 5, 25, 50, 75 and 95 %. One
	// that has fewer profiles below or above it than may be shown is left out.
	Quantiles []Quantile `json:"quantiles,omitempty"`
}

// Quantile is the number below which so many of a hundred lie.
type Quantile struct {
	Percent int     `json:"percent"`
	Value   float64 `json:"value"`
}

// Median returns the quantile at 50 %; it is not ok if that is left out.
func (s Summary) Median() (median float64, ok bool) {
	for _, q := range s.Quantiles {
		if q.Percent == 50 {
			return q.Value, true
		}
	}
	return 0, false
}

var percents = []int{5, 25, 50, 75, 95}

func (n *counts) summarise(c *column, policy Policy) *Numbers {
	rest, target := n.numbersOf(Rest), n.numbersOf(Target)
	rest.settle()
	target.settle()
	base := union(*rest, *target)
	unit := math.Pow10(c.attribute.Places)
	out := &Numbers{
		Target: target.summary(unit, policy), Rest: rest.summary(unit, policy), Base: base.summary(unit, policy),
	}
	if out.Target != nil && out.Rest != nil {
		out.Difference = difference(*out.Target, *out.Rest)
		out.KS, out.Delta = compare(target, rest)
	}
	return out
}

func (n *numbers) summary(unit float64, policy Policy) *Summary {
	count := n.len()
	if count == 0 {
		return nil
	}
	mean, deviation := n.moments()
	s := &Summary{Profiles: rounded(count, int64(policy.Round)), Mean: mean / unit}
	if count > 1 {
		s.Deviation = new(deviation / unit)
	}
	for _, percent := range percents {
		if count > math.MaxInt {
			break // ranks of a 32-bit machine end there
		}
		if side := int64(min(percent, 100-percent)); count*side >= 100*int64(policy.Threshold) {
			s.Quantiles = append(s.Quantiles, Quantile{percent, n.quantile(percent) / unit})
		}
	}
	return s
}

func difference(a, b Summary) *float64 {
	if a.Deviation == nil || b.Deviation == nil {
		return nil
	}
	pooled := math.Sqrt((float64(*a.Deviation**a.Deviation) + float64(*b.Deviation**b.Deviation)) / 2)
	if pooled == 0 {
		return nil
	}
	return new((a.Mean - b.Mean) / pooled)
}

// KolmogorovSmirnov is the two-sample test: whether two groups of numbers come
// from one distribution.
type KolmogorovSmirnov struct {
	// D is how far the two distributions are apart where they are farthest, from
	// 0 to 1.
	D float64 `json:"d"`
	// P is the probability of as much by chance, by the limit of Kolmogorov,
	// which is too large rather than too small for few numbers and for equal
	// ones. Q is adjusted for all attributes of the board.
	P float64 `json:"p"`
	Q float64 `json:"q"`
}

// compare walks through the numbers of both groups, neither of them empty, in
// ascending order.
func compare(a, b *numbers) (*KolmogorovSmirnov, *float64) {
	na, nb := float64(a.len()), float64(b.len())
	var belowA, belowB, farthest, dominance float64
	for i, j := 0, 0; i < len(a.values) || j < len(b.values); {
		var inA, inB float64
		fromA := j == len(b.values) || i < len(a.values) && a.values[i] <= b.values[j]
		fromB := i == len(a.values) || j < len(b.values) && b.values[j] <= a.values[i]
		if fromA {
			inA = float64(a.counts[i])
			i++
		}
		if fromB {
			inB = float64(b.counts[j])
			j++
		}
		above := nb - belowB - inB
		dominance += inA / na * ((belowB - above) / nb)
		belowA += inA
		belowB += inB
		farthest = max(farthest, math.Abs(belowA/na-belowB/nb))
	}
	delta := min(1, max(-1, dominance))
	return &KolmogorovSmirnov{D: farthest, P: kolmogorovTail(math.Sqrt(na/(na+nb)*nb) * farthest)}, &delta
}

// kolmogorovTail returns the probability that Kolmogorov's variable is above x,
// by the alternating series of the tail. Twenty terms of it do from 0.2 on;
// below, the variable is with a probability of less than 1e-12.
func kolmogorovTail(x float64) float64 {
	if x < 0.2 {
		return 1
	}
	sum := 0.0
	for j := 1.0; j <= 20; j++ {
		term := math.Exp(-2 * j * j * x * x)
		if int(j)%2 == 0 {
			term = -term
		}
		sum += term
	}
	return min(1, 2*sum)
}
