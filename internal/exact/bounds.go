package exact

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Amounts have at most MaxPlaces digits after the point, at most MaxDigits
// digits in all, and no more than MaxPlaces zeros behind the last digit.
// Currencies need 4 and 15; tokens count in 18 places. Without a bound an
// amount such as 1e1000000000 would stop the program that adds it.
const (
	MaxPlaces = 18
	MaxDigits = 36
)

// Check reports what is wrong with an amount that is out of bounds.
func Check(d decimal.Decimal) error {
	if e := d.Exponent(); e < -MaxPlaces || e > MaxPlaces {
		return fmt.Errorf("amount has exponent %d: want %d to %d", e, -MaxPlaces, MaxPlaces)
	}
	if n := d.NumDigits(); n > MaxDigits {
		return fmt.Errorf("amount has %d digits: want at most %d", n, MaxDigits)
	}
	return nil
}

const maxSumDigits = MaxDigits + 2*MaxPlaces + 20

// CheckSum is [Check] for a sum of amounts. It may have more digits: those of
// the largest amount before the point, those of the smallest behind it, and 20
// for as many addends as there are.
func CheckSum(d decimal.Decimal) error {
	if e := d.Exponent(); e < -MaxPlaces || e > MaxPlaces {
		return fmt.Errorf("sum has exponent %d: want %d to %d", e, -MaxPlaces, MaxPlaces)
	}
	if n := d.NumDigits(); n > maxSumDigits {
		return fmt.Errorf("sum has %d digits: want at most %d", n, maxSumDigits)
	}
	return nil
}

// Small returns d as an integer number of 10^-places, where that fits an int64
// with room for scaling (ok is false otherwise). d has passed [Check].
func Small(d decimal.Decimal) (units int64, places int, ok bool) {
	e := int(d.Exponent())
	if e > 0 {
		if d.NumDigits()+e > 18 {
			return 0, 0, false
		}
		return d.CoefficientInt64() * pow10[e], 0, true
	}
	if d.NumDigits() > 18 {
		return 0, 0, false
	}
	return d.CoefficientInt64(), -e, true
}

// Scale returns units times 10^k, for k from 0 to 18; ok is false if that
// does not fit an int64.
func Scale(units int64, k int) (scaled int64, ok bool) {
	if k == 0 {
		return units, true
	}
	limit := (1<<63 - 1) / pow10[k]
	if units > limit || units < -limit {
		return 0, false
	}
	return units * pow10[k], true
}

// Plus returns a + b; ok is false if that does not fit an int64.
func Plus(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0)
}

var pow10 = [...]int64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}
