package clv

// prefix holds, for one parameter c and every count x up to a maximum, the sums
//
//	log[x]  = Σ ln(c+i)  for i < x, which is lnΓ(c+x) - lnΓ(c)
//	grad[x] = Σ 1/(c+i)  for i < x, its derivative by c
//
// Counts are whole numbers, so that a table does what lnΓ would, without the
// digits that the difference of two large lnΓ loses.
type prefix struct{ log, grad []float64 }

// fill makes the table for c up to and including count x.
func (p *prefix) fill(c float64, x int) {
	if cap(p.log) <= x {
		p.log, p.grad = make([]float64, x+1), make([]float64, x+1)
	}
	p.log, p.grad = p.log[:x+1], p.grad[:x+1]
	p.log[0], p.grad[0] = 0, 0
	for i := range x {
		v := c + float64(i)
		p.log[i+1] = p.log[i] + log(v)
		p.grad[i+1] = p.grad[i] + 1/v
	}
}
