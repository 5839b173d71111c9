package rfm

import (
	"math"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// amounts collects money in integers of 10^-places, with the places of the
// amount that has most; once one does not fit, in decimals.
type amounts struct {
	units  []int64
	places int
	wide   []decimal.Decimal
}

func (a *amounts) len() int { return len(a.units) + len(a.wide) }

func (a *amounts) append(amount exact.Sum) {
	if a.wide == nil {
		if units, places, ok := amount.Int64(); ok && a.rescale(places) {
			if units, ok = exact.Scale(units, a.places-places); ok && units > math.MinInt64 {
				a.units = append(a.units, units)
				return
			}
		}
		a.widen()
	}
	a.wide = append(a.wide, amount.Decimal())
}

// rescale gives all at least as many places; it reports whether they still
// fit, and changes nothing if not.
func (a *amounts) rescale(places int) bool {
	if places <= a.places {
		return true
	}
	scaled := make([]int64, len(a.units), cap(a.units))
	for i, units := range a.units {
		var ok bool
		if scaled[i], ok = exact.Scale(units, places-a.places); !ok {
			return false
		}
	}
	a.units, a.places = scaled, places
	return true
}

func (a *amounts) widen() {
	a.wide = make([]decimal.Decimal, 0, cap(a.units))
	for _, units := range a.units {
		a.wide = append(a.wide, decimal.New(units, -int32(a.places)))
	}
	a.units, a.places = nil, 0
}

func (a *amounts) column() column {
	if a.wide != nil {
		return decimals(a.wide)
	}
	return integers[int64]{a.units, a.places}
}
