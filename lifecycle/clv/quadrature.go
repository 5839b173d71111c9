package clv

// gauss holds the positive abscissas and the weights of the 16-point
// Gauss–Legendre rule on [-1, 1].
var gauss = [8][2]float64{
	{0.9894009349916499326, 0.027152459411754094852},
	{0.94457502307323257608, 0.062253523938647892863},
	{0.86563120238783174388, 0.09515851168249278481},
	{0.7554044083550030339, 0.12462897125553387205},
	{0.61787624440264374845, 0.14959598881657673208},
	{0.45801677765722738634, 0.16915651939500253819},
	{0.28160355077925891323, 0.18260341504492358887},
	{0.095012509837637440185, 0.18945061045506849629},
}

// nodes calls f at the 16 points of the rule on [low, high], with their weights.
func nodes(low, high float64, f func(at, weight float64)) {
	middle, half := float64((low+high)/2), float64((high-low)/2)
	for _, g := range gauss {
		step, weight := float64(half*g[0]), float64(half*g[1])
		f(middle-step, weight)
		f(middle+step, weight)
	}
}
