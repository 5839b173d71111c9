package exact

import (
	"math/big"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Sum is an exact sum of decimals. The zero value is 0 and ready to use. It
// does not depend on the order or the grouping of what is added, down to the
// number of decimal places, which is the largest that was added.
//
// A Sum is a value: a copy goes on by itself.
type Sum struct {
	hi     int64 // hi and lo are a 128-bit integer number of 10^-places,
	lo     uint64
	wide   *big.Int // unless it outgrew that once: then wide is, never changed in place
	places int8
}

// Add adds d, which has passed [Check].
func (s *Sum) Add(d decimal.Decimal) {
	if units, places, ok := Small(d); ok {
		s.AddUnits(units, places)
		return
	}
	coefficient, places := d.Coefficient(), -int(d.Exponent())
	if places < 0 {
		coefficient.Mul(coefficient, bigPow10(-places))
		places = 0
	}
	s.addWide(coefficient, places)
}

// AddUnits adds units times 10^-places, for places from 0 to [MaxPlaces].
func (s *Sum) AddUnits(units int64, places int) {
	if s.wide == nil && s.widenTo(places) {
		hi, lo := mul64(units, pow10[int(s.places)-places])
		if s.add128(hi, lo) {
			return
		}
	}
	s.addWide(big.NewInt(units), places)
}

// Merge adds all that was added to o.
func (s *Sum) Merge(o Sum) {
	if s.wide == nil && o.wide == nil && s.widenTo(int(o.places)) && o.widenTo(int(s.places)) && s.add128(o.hi, o.lo) {
		return
	}
	s.addWide(o.bigInt(), int(o.places))
}

// Decimal returns the sum.
func (s Sum) Decimal() decimal.Decimal {
	if s.wide == nil && s.hi == int64(s.lo)>>63 {
		return decimal.New(int64(s.lo), -int32(s.places))
	}
	return decimal.NewFromBigInt(s.bigInt(), -int32(s.places))
}

// Units returns the sum as an integer number of 10^-places; it is the
// caller's.
func (s Sum) Units() (units *big.Int, places int) {
	return new(big.Int).Set(s.bigInt()), int(s.places)
}

// FromUnits returns the sum that [Sum.Units] took apart; places is at most
// [MaxPlaces].
func FromUnits(units *big.Int, places int) Sum {
	if units.IsInt64() {
		n := units.Int64()
		return Sum{hi: n >> 63, lo: uint64(n), places: int8(places)}
	}
	return Sum{wide: new(big.Int).Set(units), places: int8(places)}
}

// Int64 returns the sum as an integer number of 10^-places, if that fits.
func (s Sum) Int64() (units int64, places int, ok bool) {
	if s.wide != nil {
		return s.wide.Int64(), int(s.places), s.wide.IsInt64()
	}
	return int64(s.lo), int(s.places), s.hi == int64(s.lo)>>63
}

// Places returns the number of decimal places, the most that were added.
func (s Sum) Places() int { return int(s.places) }

// Sign returns -1, 0 or 1 as the sum is below, at or above zero.
func (s Sum) Sign() int {
	switch {
	case s.wide != nil:
		return s.wide.Sign()
	case s.hi < 0:
		return -1
	case s.hi == 0 && s.lo == 0:
		return 0
	}
	return 1
}

// widenTo gives s as many places; it reports whether 128 bits still hold it,
// and leaves s as it was if they do not.
func (s *Sum) widenTo(places int) bool {
	k := places - int(s.places)
	if k <= 0 {
		return true
	}
	negative, hi, lo := s.hi < 0, uint64(s.hi), s.lo
	if negative {
		hi, lo = negate(hi, lo)
	}
	over, hi1 := bits.Mul64(hi, uint64(pow10[k]))
	carry, lo := bits.Mul64(lo, uint64(pow10[k]))
	hi, c := bits.Add64(hi1, carry, 0)
	if over != 0 || c != 0 || hi >= 1<<63 {
		return false
	}
	if negative {
		hi, lo = negate(hi, lo)
	}
	s.hi, s.lo, s.places = int64(hi), lo, int8(places)
	return true
}

// add128 reports whether the sum fits; it leaves s as it was if not.
func (s *Sum) add128(hi int64, lo uint64) bool {
	sumLo, carry := bits.Add64(s.lo, lo, 0)
	sumHi := int64(uint64(s.hi) + uint64(hi) + carry)
	if (s.hi < 0) == (hi < 0) && (sumHi < 0) != (hi < 0) {
		return false
	}
	s.hi, s.lo = sumHi, sumLo
	return true
}

func (s *Sum) addWide(coefficient *big.Int, places int) {
	sum, n := s.bigInt(), max(places, int(s.places))
	sum = new(big.Int).Mul(sum, bigPow10(n-int(s.places)))
	sum.Add(sum, new(big.Int).Mul(coefficient, bigPow10(n-places)))
	*s = Sum{wide: sum, places: int8(n)}
}

func (s Sum) bigInt() *big.Int {
	if s.wide != nil {
		return s.wide
	}
	n := big.NewInt(s.hi)
	return n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(s.lo))
}

// mul64 returns a times b as 128 bits, for b > 0.
func mul64(a, b int64) (hi int64, lo uint64) {
	h, lo := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		h -= uint64(b) // uint64(a) is a + 2^64
	}
	return int64(h), lo
}

func negate(hi, lo uint64) (uint64, uint64) {
	lo, borrow := bits.Sub64(0, lo, 0)
	hi, _ = bits.Sub64(0, hi, borrow)
	return hi, lo
}

func bigPow10(k int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil)
}
