package exact

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// Shortest returns d without zeros at the end of its places.
func Shortest(d decimal.Decimal) decimal.Decimal {
	if d.Exponent() >= 0 {
		return d
	}
	coefficient, exponent := d.Coefficient(), d.Exponent()
	ten, rem := big.NewInt(10), new(big.Int)
	for exponent < 0 {
		q, r := new(big.Int).QuoRem(coefficient, ten, rem)
		if r.Sign() != 0 {
			break
		}
		coefficient, exponent = q, exponent+1
	}
	return decimal.NewFromBigInt(coefficient, exponent)
}

// Text returns d in plain digits without zeros at the end, such as "12.5".
// Unlike d.String it does not depend on variables of package decimal. d has
// passed [Check] or [CheckSum].
func Text(d decimal.Decimal) string {
	d = Shortest(d)
	return d.StringFixed(max(0, -d.Exponent()))
}
