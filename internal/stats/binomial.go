package stats

import "math"

// MaxTotal bounds the trials of an exact test, some 4·10¹²: its sums take some
// ten million steps there, and their number grows with the square root. Beyond
// it [ZTest] says the same.
const MaxTotal = 1 << 42

// BinomialAtLeast returns the probability of k or more hits in n independent
// trials of probability p, exactly up to rounding also for large n. ok is
// false if n is negative or above [MaxTotal], or p is no probability.
func BinomialAtLeast(k, n int64, p float64) (tail float64, ok bool) {
	if n < 0 || n > MaxTotal || !(0 <= p && p <= 1) {
		return 0, false
	}
	return binomial(n, p).atLeast(k), true
}

// BinomialAtMost returns the probability of k or fewer hits; see
// [BinomialAtLeast].
func BinomialAtMost(k, n int64, p float64) (tail float64, ok bool) {
	if n < 0 || n > MaxTotal || !(0 <= p && p <= 1) {
		return 0, false
	}
	return binomial(n, p).atMost(k), true
}

func binomial(n int64, p float64) lattice {
	switch p {
	case 0:
		n = 0
	case 1:
		certain := func(int64) float64 { return 0 }
		return lattice{n, n, n, certain, certain}
	}
	odds := p / (1 - p)
	return lattice{
		0, n, min(n, int64((float64(n)+1)*p)),
		func(k int64) float64 { return logBinomial(k, n, p, 1-p) },
		func(k int64) float64 { return odds * float64(n-k) / float64(k+1) },
	}
}

// logBinomial returns the logarithm of the probability of k hits in n trials of
// probability p = 1-q. Factorials are taken by their distance from Stirling's
// formula, and what remains as a deviance, so that nothing large cancels
// (Loader 2000, "Fast and accurate computation of binomial probabilities").
func logBinomial(k, n int64, p, q float64) float64 {
	x, rest, all := float64(k), float64(n-k), float64(n)
	switch {
	case k == 0 && n == 0:
		return 0
	case k == 0:
		return all * logOf(q, p)
	case k == n:
		return all * logOf(p, q)
	}
	factorials := stirlingError(all) - stirlingError(x) - stirlingError(rest)
	return factorials - deviance(x, all*p) - deviance(rest, all*q) - math.Log(2*math.Pi*x*(rest/all))/2
}

// logOf is the logarithm of p = 1-q, from the smaller of the two.
func logOf(p, q float64) float64 {
	if q < 0.5 {
		return math.Log1p(-q)
	}
	return math.Log(p)
}

// stirlingError returns log n! less Stirling's formula,
// log(√(2πn)·(n/e)ⁿ), for a whole n >= 1.
func stirlingError(n float64) float64 {
	if n <= 15 {
		factorial := 1.0
		for k := 2.0; k <= n; k++ {
			factorial *= k
		}
		return math.Log(factorial) - float64((n+0.5)*math.Log(n)) + n - math.Log(2*math.Pi)/2
	}
	nn := 1 / (n * n) // Abramowitz and Stegun 6.1.41
	return (1.0/12 - (1.0/360-(1.0/1260-(1.0/1680-nn/1188)*nn)*nn)*nn) / n
}

// deviance returns x·log(x/mean) + mean - x for positive x and mean, which is
// 0 where they meet; near there the terms cancel, and the series of the
// logarithm in v = (x-mean)/(x+mean) is taken, log(x/mean) = 2(v + v³/3 + …).
func deviance(x, mean float64) float64 {
	d := x - mean
	v := d / (x + mean)
	if math.Abs(v) > 0.1 {
		return float64(x*math.Log(x/mean)) - d
	}
	sum, power := float64(d*v), 2*x*v
	for odd := 3.0; ; odd += 2 {
		power *= v * v
		next := sum + power/odd
		if next == sum {
			return sum
		}
		sum = next
	}
}
