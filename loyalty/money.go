package loyalty

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// money is an amount in units of 10^-4 of the program's currency.
type money int64

// moneyPlaces is what the currencies of the world need.
const moneyPlaces = 4

const maxMoney = money(MaxAmount) * 10_000

// toMoney converts an amount; problem says why it can't be.
func toMoney(d decimal.Decimal) (m money, problem string) {
	units, places, ok := exact.Small(d)
	switch {
	case !ok || places > moneyPlaces:
		return wideMoney(d)
	case units < 0:
		return 0, "is negative"
	}
	if units > MaxAmount*tens[places] {
		return 0, fmt.Sprintf("is over %d", int64(MaxAmount))
	}
	return money(units * tens[moneyPlaces-places]), ""
}

var tens = [1 + moneyPlaces]int64{1, 10, 100, 1_000, 10_000}

// wideMoney is toMoney for amounts with more digits than they need.
func wideMoney(d decimal.Decimal) (money, string) {
	if err := exact.Check(d); err != nil {
		return 0, err.Error()
	}
	d = exact.Shortest(d)
	units, places, ok := exact.Small(d)
	if places > moneyPlaces {
		return 0, fmt.Sprintf("has %d decimal places: want at most %d", places, moneyPlaces)
	}
	if !ok {
		return 0, fmt.Sprintf("is not from 0 to %d", int64(MaxAmount))
	}
	return toMoney(decimal.New(units, -int32(places)))
}

// decimal returns the amount as the host wrote it, up to zeros at the end.
func (m money) decimal() decimal.Decimal { return exact.Shortest(decimal.New(int64(m), -moneyPlaces)) }
