package clv

import "math"

// lnGamma returns lnΓ(x) for x > 0: Stirling's series, after raising x to
// where five terms of it are exact to the last digits.
func lnGamma(x float64) float64 {
	below := 1.0 // Γ(x) = Γ(x+n) / (x·(x+1)·…)
	for ; x < enough; x++ {
		below *= x
	}
	const halfLogTwoPi = 0.91893853320467274178
	return float64((x-0.5)*log(x)) - x + halfLogTwoPi + stirling(x) - log(below)
}

// lnRise returns lnΓ(c+q) - lnΓ(c) for c, q > 0, without the digits that the
// difference of two large lnΓ loses.
func lnRise(c, q float64) (rise float64) {
	for ; c < enough; c++ {
		rise -= log1p(q / c)
	}
	return rise + float64((c-0.5)*log1p(q/c)) + float64(q*(log(c+q)-1)) + (stirling(c+q) - stirling(c))
}

// digammaRise returns ψ(c+q) - ψ(c) for c, q > 0, the derivative of lnRise by c.
func digammaRise(c, q float64) (rise float64) {
	for ; c < enough; c++ {
		rise += q / c / (c + q)
	}
	return rise + log1p(q/c) - (digammaTail(c+q) - digammaTail(c))
}

// enough is where the series below are exact to the last digits.
const enough = 12

// stirling returns lnΓ(x) - ((x-½)·ln x - x + ½·ln 2π) for x >= enough.
func stirling(x float64) float64 {
	y := 1 / x
	y2 := y * y
	return float64(y * (1.0/12 - float64(y2*(1.0/360-float64(y2*(1.0/1260-float64(y2*(1.0/1680-float64(y2*(1.0/1188-float64(y2*(691.0/360360))))))))))))
}

// digammaTail returns ln x - ψ(x) for x >= enough.
func digammaTail(x float64) float64 {
	y := 1 / x
	y2 := y * y
	return float64(y*0.5) + float64(y2*(1.0/12-float64(y2*(1.0/120-float64(y2*(1.0/252-float64(y2*(1.0/240-float64(y2*(1.0/132-float64(y2*(691.0/32760))))))))))))
}

// logBeta returns ln B(u, q) = lnΓ(u) + lnΓ(q) - lnΓ(u+q) for u, q > 0.
func logBeta(u, q float64) float64 {
	small, big := math.Min(u, q), math.Max(u, q)
	return lnGamma(small) - lnRise(big, small)
}
