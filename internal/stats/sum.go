package stats

import (
	"math"
	"math/big"
	"math/bits"
)

// Sum is an exact sum of float64s: neither order nor grouping changes it. The
// zero value is 0 and ready to use; a copy goes on by itself. It is a fixed-point
// number of 2^-1074, wide enough for 2^62 of the largest float64s (the small
// superaccumulator of Neal 2015, "Fast exact summation using small and large
// superaccumulators").
type Sum struct {
	// chunks are digits of 32 bits from the lowest, and carry what is beyond
	// until they are settled. Settled, all but the last are 0 to 2^32-1, so that
	// a number has one form.
	chunks [sumChunks]int64
	// loads is how many times 2^32 a chunk may hold; below 2^30, so that nothing
	// overflows.
	loads int64
}

const (
	sumChunks = 68
	sumScale  = 1074 // the smallest float64 is 2^-sumScale
	chunkMask = 1<<32 - 1
	maxLoads  = 1 << 30
)

// Add adds x, which must be finite.
func (s *Sum) Add(x float64) {
	word := math.Float64bits(x)
	exponent, mantissa := int(word>>52)&0x7ff, word&(1<<52-1)
	if exponent == 0 {
		exponent = 1
	} else {
		mantissa |= 1 << 52
	}
	at, shift := (exponent-1)>>5, (exponent-1)&31
	hi, lo := bits.Mul64(mantissa, 1<<shift)
	sign := int64(1)
	if word>>63 == 1 {
		sign = -1
	}
	s.chunks[at] += sign * int64(lo&chunkMask)
	s.chunks[at+1] += sign * int64(lo>>32)
	s.chunks[at+2] += sign * int64(hi)
	s.load(1)
}

// AddProduct adds x·y exactly; both must be finite. What is exact of a product
// below 1e-290 is lost, in the same way whatever the order.
func (s *Sum) AddProduct(x, y float64) {
	product := x * y
	s.Add(product)
	s.Add(math.FMA(x, y, -product))
}

// Merge adds all that was added to o.
func (s *Sum) Merge(o Sum) {
	o.settle()
	for i, c := range o.chunks {
		s.chunks[i] += c
	}
	s.load(1)
}

func (s *Sum) load(n int64) {
	if s.loads += n; s.loads >= maxLoads {
		s.settle()
	}
}

// settle brings s into its one form.
func (s *Sum) settle() {
	for i := range sumChunks - 1 {
		s.chunks[i+1] += s.chunks[i] >> 32
		s.chunks[i] &= chunkMask
	}
	s.loads = 1
}

// units returns s as a number of 2^-1074.
func (s Sum) units() *big.Int {
	s.settle()
	n := new(big.Int)
	for i := sumChunks - 1; i >= 0; i-- {
		n.Lsh(n, 32)
		n.Add(n, big.NewInt(s.chunks[i]))
	}
	return n
}

// Float64 returns the sum, rounded once, to even; an infinity if it is beyond
// the largest float64.
func (s Sum) Float64() float64 {
	return quotient(s.units(), big.NewInt(1), -sumScale)
}

// Units returns the sum as n·2^exponent, with n odd, or 0 and 0.
func (s Sum) Units() (n *big.Int, exponent int) {
	n = s.units()
	if n.Sign() == 0 {
		return n, 0
	}
	zeros := int(n.TrailingZeroBits())
	return n.Rsh(n, uint(zeros)), zeros - sumScale
}

// FromUnits returns the sum that [Sum.Units] took apart; ok is false for what it
// does not return.
func FromUnits(n *big.Int, exponent int) (s Sum, ok bool) {
	if n.Sign() == 0 {
		return s, exponent == 0
	}
	shift := exponent + sumScale
	if n.Bit(0) == 0 || shift < 0 || shift+n.BitLen() > 32*(sumChunks-1)+30 {
		return s, false
	}
	rest := new(big.Int).Lsh(n, uint(shift))
	mask, digit := big.NewInt(chunkMask), new(big.Int)
	for i := range sumChunks - 1 {
		s.chunks[i] = digit.And(rest, mask).Int64()
		rest.Rsh(rest, 32)
	}
	s.chunks[sumChunks-1] = rest.Int64()
	s.loads = 1
	return s, true
}

// Covariance returns that of n pairs, with n-1 below the line, of which x and y
// are the sums and xy is that of products. It is rounded once, whatever the
// means are. ok is false for fewer than two pairs. Covariance(n, y, y, yy) is
// the variance of y.
func Covariance(n int64, x, y, xy Sum) (cov float64, ok bool) {
	if n < 2 {
		return 0, false
	}
	size := big.NewInt(n)
	over := new(big.Int).Mul(size, xy.units())
	over.Lsh(over, sumScale)
	over.Sub(over, new(big.Int).Mul(x.units(), y.units()))
	below := new(big.Int).Mul(size, big.NewInt(n-1))
	return quotient(over, below, -2*sumScale), true
}

// Mean returns sum/n, rounded once; ok is false for nothing.
func Mean(n int64, sum Sum) (mean float64, ok bool) {
	if n < 1 {
		return 0, false
	}
	return quotient(sum.units(), big.NewInt(n), -sumScale), true
}

// quotient returns over/below·2^exponent, rounded once: with so many bits, what
// is not a tie between two float64s is not rounded to one.
func quotient(over, below *big.Int, exponent int) float64 {
	precision := uint(over.BitLen() + below.BitLen() + 64)
	q := new(big.Float).SetPrec(precision).Quo(new(big.Float).SetInt(over), new(big.Float).SetInt(below))
	x, _ := q.SetMantExp(q, exponent).Float64()
	return x
}
