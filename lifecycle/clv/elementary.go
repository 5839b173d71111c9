package clv

import "math"

// The four functions below stand in for their namesakes in package math, whose
// last bit depends on the processor: some have an assembly version, and some
// compilers fuse a multiplication with an addition. A fit takes some
// thousand such steps, so that the difference would show. Each product that
// meets a sum is rounded by float64(…), which forbids the fusion. The
// polynomials are Chebyshev fits to 40 digits on the reduced range; errors
// are a few units in the last place at most.

const (
	ln2High = 0x1.62e42fefp-1 // the last 20 bits are zero, so that k*ln2High is exact
	ln2Low  = 0x1.473de6af278edp-34
)

// exp returns e**x; 0 below the range and +Inf above it.
func exp(x float64) float64 {
	switch {
	case x > 709.78:
		return math.Inf(1)
	case x < -745.2:
		return 0
	case x != x:
		return x
	}
	k := math.Floor(float64(x*(1/math.Ln2)) + 0.5)
	r := x - float64(k*ln2High) - float64(k*ln2Low)
	return scale(1+expm1Reduced(r), int(k))
}

// expm1 returns e**x - 1, exact in relative terms near 0.
func expm1(x float64) float64 {
	if x > -0.34 && x < 0.34 {
		return expm1Reduced(x)
	}
	return exp(x) - 1
}

// expm1Reduced returns e**r - 1 for |r| <= ln(2)/2.
func expm1Reduced(r float64) float64 {
	r2 := float64(r * r)
	r4 := float64(r2 * r2)
	low := 1.0/6 + float64(r*0.041666666666666667233)
	low += float64(r2 * (0.0083333333333300381973 + float64(r*0.0013888888888886535638)))
	high := 0.00019841269863171556026 + float64(r*0.000024801587317228722144)
	high += float64(r2 * (2.7557268276905696187e-6 + float64(r*2.7557282838800482972e-7)))
	high += float64(r4 * 2.5100472505694996003e-8)
	high += float64(float64(r4*r) * 2.0911298765940198227e-9)
	return r + (float64(r2*0.5) + float64(float64(r2*r)*(low+float64(r4*high))))
}

// scale returns x * 2**k for x near 1.
func scale(x float64, k int) float64 {
	if k < -1021 {
		return float64(x * math.Float64frombits(uint64(k+1023+64)<<52) * 0x1p-64)
	}
	if k > 1023 {
		return float64(float64(x*2) * math.Float64frombits(uint64(k+1023-1)<<52))
	}
	return float64(x * math.Float64frombits(uint64(k+1023)<<52))
}

// log returns the natural logarithm of x; -Inf at 0 and NaN below.
func log(x float64) float64 {
	bits := math.Float64bits(x)
	k := int(bits>>52) - 1023
	if k <= -1023 || k >= 1024 {
		return logUnusual(x)
	}
	m := math.Float64frombits(bits&(1<<52-1) | 1023<<52)
	if m > math.Sqrt2 {
		m /= 2
		k++
	}
	return logReduced(m-1, float64(k))
}

// logUnusual is log for what has no exponent of its own: zero, subnormal,
// negative and infinite numbers, and NaN.
func logUnusual(x float64) float64 {
	switch {
	case x == 0:
		return math.Inf(-1)
	case x < 0:
		return math.NaN()
	case x < 1:
		return log(x*0x1p64) - 64*math.Ln2
	}
	return x
}

// log1p returns log(1+x) for x > -0.29, exact in relative terms near 0.
func log1p(x float64) float64 {
	if x < math.Sqrt2-1 {
		return logReduced(x, 0)
	}
	return log(1 + x) // large enough to bear the rounding of the sum
}

// logReduced returns log(1+f) + k*ln(2) for 1+f within a factor √2 of 1. With
// s = f/(2+f) it is 2s + 2s³/3 + …, written so that the leading term is f.
func logReduced(f, k float64) float64 {
	s := f / (2 + f)
	z := float64(s * s)
	z2 := float64(z * z)
	even := 0.66666666666666666463 + float64(z2*(0.28571428570799785031+float64(z2*(0.18181795547521136235+float64(z2*0.13268638369266823879)))))
	odd := 0.40000000000000883236 + float64(z2*(0.22222222392581045097+float64(z2*(0.15386244737621666606+float64(z2*0.1308803485092755383)))))
	half := float64(float64(f*f) * 0.5)
	tail := float64(s * (half + float64(z*(even+float64(z*odd)))))
	if k == 0 {
		return f - (half - tail)
	}
	return float64(k*ln2High) - ((half - (tail + float64(k*ln2Low))) - f)
}
