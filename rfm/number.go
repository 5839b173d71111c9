package rfm

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// number is a decimal as reports have it in JSON: a text of plain digits,
// whatever the variables of package decimal say. Reports can hold what a host
// filled in and nobody checked, so a number that would take ever so many zeros
// is an error.
type number decimal.Decimal

// MarshalText writes n as [exact.Text] does.
func (n number) MarshalText() ([]byte, error) {
	d := decimal.Decimal(n)
	if e := d.Exponent(); e < -exact.MaxPlaces || e > exact.MaxPlaces {
		return nil, fmt.Errorf("rfm: number has exponent %d: want %d to %d", e, -exact.MaxPlaces, exact.MaxPlaces)
	}
	return []byte(exact.Text(d)), nil
}

// numberOf returns nil where there is none.
func numberOf(d decimal.NullDecimal) *number {
	if !d.Valid {
		return nil
	}
	return new(number(d.Decimal))
}
