package rfm

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Record is what the orders of one customer come to. A [Tally] makes it; a
// host that keeps such totals can fill it itself.
type Record struct {
	// First and Last are when the first and the last order were made; zero if
	// there is none. Their location is the calendar on which days are counted.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Orders is how many there are, without those refunded in full. A customer
	// with none has bought nothing yet, or nothing that lasted: they have no
	// score.
	Orders int `json:"orders"`
	// Spend is the sum of all amounts, Refunded what was given back of it.
	Spend    decimal.Decimal `json:"spend"`
	Refunded decimal.Decimal `json:"refunded"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say, and times with the offset of their location but not its name:
// to count days after reading one back, set the location again. It is an error
// if the exponent of a decimal is out of the bounds for money.
func (r Record) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		First    time.Time `json:"first,omitzero"`
		Last     time.Time `json:"last,omitzero"`
		Orders   int       `json:"orders"`
		Spend    number    `json:"spend"`
		Refunded number    `json:"refunded"`
	}{r.First, r.Last, r.Orders, number(r.Spend), number(r.Refunded)})
}

// Net is the monetary value: Spend less Refunded. It can be negative.
func (r Record) Net() decimal.Decimal { return r.Spend.Sub(r.Refunded) }

// Recency is the number of dates from the last order to asOf, on the calendar
// of Last: 0 on the same day. ok is false if there is no order, if it is later
// than asOf by a microsecond or more, or if asOf is none of the years 1 to 9999.
func (r Record) Recency(asOf time.Time) (days int, ok bool) {
	if r.Orders == 0 || calendar.CheckInstant(asOf) != nil || r.Last.UnixMicro() > asOf.UnixMicro() {
		return 0, false
	}
	zone := r.Last.Location()
	return int(calendar.DayOf(asOf, zone) - calendar.DayOf(r.Last, zone)), true
}

// check returns what keeps r from being scored as of asOf, though it has
// orders.
func (r Record) check(asOf time.Time) error {
	if err := calendar.CheckInstant(asOf); err != nil {
		return fmt.Errorf("as-of %w", err)
	}
	if err := calendar.CheckInstant(r.Last); err != nil {
		return fmt.Errorf("last order %w", err)
	}
	if r.Orders < 0 || uint64(r.Orders) > math.MaxUint32 {
		return fmt.Errorf("%d orders: want 0 to %d", r.Orders, uint32(math.MaxUint32))
	}
	if r.Last.UnixMicro() > asOf.UnixMicro() {
		return fmt.Errorf("last order at %s is after the as-of time %s: tally with Until", r.Last.Format(time.RFC3339), asOf.Format(time.RFC3339))
	}
	if err := exact.CheckSum(r.Spend); err != nil {
		return fmt.Errorf("spend: %w", err)
	}
	if err := exact.CheckSum(r.Refunded); err != nil {
		return fmt.Errorf("refunded: %w", err)
	}
	return nil
}
