package clv

import (
	"math"
	"math/rand/v2"
)

// The published models of the CDNOW sample (see clv_oracle.json, meta).
var cdnowModels = []Model{
	{BGNBD, Week, [4]float64{0.243, 4.414, 0.793, 2.426}},
	{MBGNBD, Week, [4]float64{0.525, 6.183, 0.891, 1.614}},
	{ParetoNBD, Week, [4]float64{0.553, 10.578, 0.606, 11.669}},
}

// simulate draws n customers of m whose ages are whole units from low to high.
// Recencies are rounded up to whole units, as days round moments.
func simulate(m Model, n, low, high int, seed uint64) []Row {
	rng := rand.New(rand.NewPCG(seed, 0))
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = draw(rng, m, float64(low+rng.IntN(high-low+1)))
		rows[i].Recency = math.Ceil(rows[i].Recency)
	}
	return rows
}

// draw follows the story of the model, event by event.
func draw(rng *rand.Rand, m Model, age float64) Row {
	rate := gammaDraw(rng, m.Params[0]) / m.Params[1]
	r := Row{Age: age, Unit: m.Unit}
	end := age
	leave := 0.0
	if m.Family == ParetoNBD {
		end = min(age, rng.ExpFloat64()/(gammaDraw(rng, m.Params[2])/m.Params[3]))
	} else {
		a, b := gammaDraw(rng, m.Params[2]), gammaDraw(rng, m.Params[3])
		leave = a / (a + b)
	}
	if m.Family == MBGNBD && rng.Float64() < leave {
		return r
	}
	for {
		next := r.Recency + rng.ExpFloat64()/rate
		if next > end {
			return r
		}
		r.Recency = next
		r.Repeats++
		if m.Family != ParetoNBD && rng.Float64() < leave {
			return r
		}
	}
}

// gammaDraw draws from Gamma(shape, 1): Marsaglia and Tsang 2000.
func gammaDraw(rng *rand.Rand, shape float64) float64 {
	boost := 1.0
	if shape < 1 {
		boost = math.Pow(rng.Float64(), 1/shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v * boost
		}
	}
}
