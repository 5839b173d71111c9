package experiment

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/wire"
)

const (
	wireMoments = "experiment.moments.1"
	wirePairs   = "experiment.pairs.1"
)

// MarshalBinary writes m in its one form: equal values give equal bytes,
// whatever their order was.
func (m *Moments) MarshalBinary() ([]byte, error) {
	return m.append(wire.AppendString(nil, wireMoments)), nil
}

// UnmarshalBinary reads what [Moments.MarshalBinary] wrote, in place of what
// was in m. On an error m stays as it was.
func (m *Moments) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wireMoments)
	read := readMoments(r)
	if err := r.Close(); err != nil {
		return fmt.Errorf("experiment: moments: %w", err)
	}
	*m = read
	return nil
}

func readHeader(r *wire.Reader, want string) {
	if got := r.String(); r.Err() == nil && got != want {
		r.Fail("%q: want %q", got, want)
	}
}

func (m *Moments) append(dst []byte) []byte {
	dst = wire.AppendUint(dst, uint64(m.n))
	if m.n == 0 {
		return dst
	}
	return appendSum(appendSum(dst, m.sum), m.squares)
}

func readMoments(r *wire.Reader) (m Moments) {
	if m.n = readCount(r); m.n > 0 {
		m.sum, m.squares = readSum(r), readSum(r)
		checkMoments(r, m.n, m.sum, m.squares)
	}
	return m
}

func readCount(r *wire.Reader) int64 { return int64(r.UintUpTo(math.MaxInt64)) }

// checkMoments refuses sums that no values have.
func checkMoments(r *wire.Reader, n int64, sum, squares stats.Sum) {
	if r.Err() != nil {
		return
	}
	variance, _ := stats.Covariance(n, sum, sum, squares)
	if n == 1 {
		x := sum.Float64()
		one := stats.Sum{}
		one.AddProduct(x, x)
		variance = -math.Abs(one.Float64() - squares.Float64())
	}
	if variance < 0 || !(squares.Float64() <= float64(n)*MaxValue*MaxValue*2) {
		r.Fail("sums that no %d values have", n)
	}
}

func appendSum(dst []byte, s stats.Sum) []byte {
	units, exponent := s.Units()
	return wire.AppendBig(wire.AppendInt(dst, int64(exponent)), units)
}

func readSum(r *wire.Reader) stats.Sum {
	exponent, units := r.Int(), r.Big()
	if r.Err() != nil {
		return stats.Sum{}
	}
	if exponent < -1074 || exponent > 1024 {
		r.Fail("exponent %d out of bounds", exponent)
		return stats.Sum{}
	}
	s, ok := stats.FromUnits(units, int(exponent))
	if !ok {
		r.Fail("a sum that is not in its one form")
	}
	return s
}
