package clv

// prefix holds, for one parameter c and counts x from 0 up, the sums
//
//	Σ ln(c+i)  for i < x, which is lnΓ(c+x) - lnΓ(c)
//	Σ 1/(c+i)  for i < x, its derivative by c
//
// Counts are whole numbers and mostly small, so that a table does what lnΓ
// would for the price of one logarithm a count.
type prefix struct {
	c         float64
	log, grad []float64
}

// tabled is the count up to which sums are tabled. Above it they are computed
// one by one, so that one customer with a million purchases costs no more
// than another.
const tabled = 1024

// fill makes the table for c and counts up to x.
func (p *prefix) fill(c float64, x int) {
	x = min(x, tabled)
	if cap(p.log) <= x {
		p.log, p.grad = make([]float64, x+1), make([]float64, x+1)
	}
	p.c, p.log, p.grad = c, p.log[:x+1], p.grad[:x+1]
	p.log[0], p.grad[0] = 0, 0
	for i := range x {
		v := c + float64(i)
		p.log[i+1] = p.log[i] + log(v)
		p.grad[i+1] = p.grad[i] + 1/v
	}
}

// at returns both sums for count x.
func (p *prefix) at(x int) (rise, slope float64) {
	if x < len(p.log) {
		return p.log[x], p.grad[x]
	}
	return lnRise(p.c, float64(x)), digammaRise(p.c, float64(x))
}
