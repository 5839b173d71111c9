package stats

// legendre holds the nodes above 0 and the weights of the ten-point
// Gauss-Legendre rule (Abramowitz and Stegun, table 25.4).
var legendre = [...]struct{ at, weight float64 }{
	{0.148874338981631210884826001130, 0.295524224714752870173815619189},
	{0.433395394129247190799265943166, 0.269266719309996355091226921569},
	{0.679409568299024406234327365115, 0.219086362515982043995534934228},
	{0.865063366688984510732096688423, 0.149451349150580593145863396958},
	{0.973906528517171720077964012084, 0.066671344308688137593568809893},
}

// integrate returns the integral of f over consecutive stretches of its
// argument, by ten points each.
func integrate(f func(float64) float64, bounds []float64) float64 {
	sum := 0.0
	for i := 1; i < len(bounds); i++ {
		half := (bounds[i] - bounds[i-1]) / 2
		mid := bounds[i-1] + half
		for _, node := range legendre {
			d := float64(half * node.at)
			sum += float64(half * node.weight * (f(mid-d) + f(mid+d)))
		}
	}
	return sum
}

// evenly returns lo, hi and n-1 bounds between them, evenly apart.
func evenly(lo, hi float64, n int) []float64 {
	bounds := make([]float64, n+1)
	for i := range bounds {
		bounds[i] = lo + (hi-lo)*float64(i)/float64(n)
	}
	return bounds
}
