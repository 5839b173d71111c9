package loyalty

import (
	"math/big"
	"math/bits"
	"slices"
)

// The points of a rule are one rational number, rounded once:
//
//	(sum over lines of amount × factors) × points / (per × scale^factors)
//
// It is worked out in 64 bits with a product of 128, and with whole numbers of
// any size where that does not hold it.

// wanted returns what a rule gives before caps, at most MaxPoints.
func (j *judge) wanted(r *bookRule, points int64) int64 {
	raised := j.raises && r.raised.meets(&j.applies)
	if r.way != wayAmount && !raised {
		return min(points, MaxPoints) // as it is, mostly
	}
	sum, den := uint64(j.ev.amount), r.per
	if raised || r.categories != nil {
		lines := r.way == wayAmount && (r.categories != nil || r.rounding == roundLines && len(j.ev.lines) > 0 || j.byLine(r))
		var ok bool
		if sum, den, ok = j.sum(r, lines); !ok {
			return j.wide(r, lines, points)
		}
	}
	hi, lo := bits.Mul64(sum, uint64(points))
	if hi >= den {
		return MaxPoints
	}
	whole, rest := bits.Div64(hi, lo, den)
	if r.rounding == roundHalfEven && (rest > den-rest || rest == den-rest && whole%2 == 1) {
		whole++
	}
	return int64(min(whole, MaxPoints))
}

// terms returns of how many parts an event is for a rule: its lines, or itself.
func (j *judge) terms(lines bool) int {
	if lines && len(j.ev.lines) > 0 {
		return len(j.ev.lines)
	}
	return 1
}

// term returns what part n counts for and what multiplies it. Lines of other
// categories count for nothing.
func (j *judge) term(r *bookRule, n int, lines bool) (amount uint64, factors []uint64) {
	switch {
	case r.way != wayAmount:
		return 1, j.factors(r, "", false)
	case !lines || len(j.ev.lines) == 0:
		return uint64(j.ev.amount), j.factors(r, "", false)
	}
	l := &j.ev.lines[n]
	factors = j.factors(r, l.category, true)
	if r.categories != nil && !slices.Contains(r.categories, l.category) {
		return 0, factors
	}
	return uint64(l.amount), factors
}

// sum adds up the parts, and returns what to divide by; false if that takes
// more than 64 bits. The parts stay in bench.weights.
func (j *judge) sum(r *bookRule, lines bool) (sum, den uint64, ok bool) {
	weights := j.out.bench.weights[:0]
	den = r.per
	for n := range j.terms(lines) {
		weight, factors := j.term(r, n, lines)
		for _, f := range factors {
			hi, lo := bits.Mul64(weight, f)
			if hi != 0 {
				return 0, 0, false
			}
			weight = lo
			if n > 0 {
				continue
			}
			if hi, den = bits.Mul64(den, j.book.scale); hi != 0 {
				return 0, 0, false
			}
		}
		total, carry := bits.Add64(sum, weight, 0)
		if carry != 0 {
			return 0, 0, false
		}
		sum = total
		weights = append(weights, weight)
	}
	j.out.bench.weights = weights
	return sum, den, true
}

// wide is wanted for numbers of any size.
func (j *judge) wide(r *bookRule, lines bool, points int64) int64 {
	sum, den := new(big.Int), new(big.Int).SetUint64(r.per)
	for _, part := range j.parts(r, lines) {
		sum.Add(sum, part)
	}
	for range j.factors(r, "", false) {
		den.Mul(den, new(big.Int).SetUint64(j.book.scale))
	}
	whole, rest := sum.QuoRem(sum.Mul(sum, big.NewInt(points)), den, new(big.Int))
	if r.rounding == roundHalfEven {
		if c := rest.Lsh(rest, 1).Cmp(den); c > 0 || c == 0 && whole.Bit(0) == 1 {
			whole.Add(whole, big.NewInt(1))
		}
	}
	if !whole.IsInt64() {
		return MaxPoints
	}
	return min(whole.Int64(), MaxPoints)
}

// parts returns what each part of an event weighs.
func (j *judge) parts(r *bookRule, lines bool) []*big.Int {
	parts := make([]*big.Int, j.terms(lines))
	for n := range parts {
		amount, factors := j.term(r, n, lines)
		parts[n] = new(big.Int).SetUint64(amount)
		for _, f := range factors {
			parts[n].Mul(parts[n], new(big.Int).SetUint64(f))
		}
	}
	return parts
}

// share splits the points of a rule over the lines of an order in proportion
// to what each would give unrounded: each gets the whole part, and those with
// the largest remainders one more, of equals the earlier line (Hamilton's
// method).
func (j *judge) share(r *bookRule, points int64) {
	weights, total := j.shares(r)
	if total == 0 {
		return
	}
	from, left := len(j.out.lines), points
	for n, w := range weights {
		hi, lo := bits.Mul64(uint64(points), w)
		whole, rest := bits.Div64(hi, lo, total)
		weights[n] = rest
		left -= int64(whole)
		j.out.lines = append(j.out.lines, linePoints{rule: r.id, line: int32(n), points: int64(whole)})
	}
	for ; left > 0; left-- {
		most := 0
		for n := range weights {
			if weights[n] > weights[most] {
				most = n
			}
		}
		weights[most] = 0
		j.out.lines[from+most].points++
	}
}

// shares returns what each line weighs, and the sum. Weights of more than 64
// bits lose their lowest, which can at most move a point between lines.
func (j *judge) shares(r *bookRule) (weights []uint64, total uint64) {
	if total, _, ok := j.sum(r, true); ok {
		return j.out.bench.weights, total
	}
	parts, sum := j.parts(r, true), new(big.Int)
	for _, part := range parts {
		sum.Add(sum, part)
	}
	weights = j.out.bench.weights[:0]
	for _, part := range parts {
		w := part.Rsh(part, uint(max(0, sum.BitLen()-63))).Uint64()
		weights = append(weights, w)
		total += w
	}
	return weights, total
}
