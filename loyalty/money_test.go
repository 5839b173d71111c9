package loyalty

import (
	"testing"

	"github.com/shopspring/decimal"
)

// The largest amount is taken with as many places as there may be, and one unit
// of its last place more is not.
func TestMoneyAtItsBound(t *testing.T) {
	most := int64(MaxAmount)
	for places := range int32(moneyPlaces + 1) {
		if m, problem := toMoney(decimal.New(most, -places)); m != maxMoney || problem != "" {
			t.Errorf("%d places: %d, %q; want %d", places, m, problem, maxMoney)
		}
		if m, problem := toMoney(decimal.New(most+1, -places)); m != 0 || problem == "" {
			t.Errorf("%d places, and one more: %d, and no problem", places, m)
		}
		if m, problem := toMoney(decimal.New(1, -places)); m != maxMoney/money(most) || problem != "" {
			t.Errorf("one with %d places: %d, %q; want %d", places, m, problem, maxMoney/money(most))
		}
		most *= 10
	}
	if m, problem := toMoney(decimal.New(1, -moneyPlaces-1)); problem == "" {
		t.Errorf("one with a place too many: %d", m)
	}
}
