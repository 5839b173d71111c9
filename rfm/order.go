package rfm

import (
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Order is one purchase.
type Order struct {
	// At is when it was made.
	At time.Time
	// Amount is what it came to before refunds, in the one currency of all
	// orders: amounts are added up as they are. Zero is an order (a gift, a
	// free trial); a negative amount is a refund of no known order: it lowers
	// the customer's spend and counts as nothing else.
	Amount decimal.Decimal
	// Refunded is how much of Amount was given back since, not negative. An
	// order that was refunded in full no longer counts as an order; its money
	// still does, on both sides.
	Refunded decimal.Decimal
}

// Counts reports whether o is an order, and was not refunded in full.
func (o Order) Counts() bool {
	return o.Amount.Sign() >= 0 && (o.Refunded.Sign() == 0 || o.Refunded.LessThan(o.Amount))
}

// check returns what is wrong with o.
func (o Order) check() error {
	if err := calendar.CheckInstant(o.At); err != nil {
		return err
	}
	if err := exact.Check(o.Amount); err != nil {
		return err
	}
	if err := exact.Check(o.Refunded); err != nil {
		return fmt.Errorf("refunded %w", err)
	}
	switch {
	case o.Refunded.Sign() < 0:
		return fmt.Errorf("refunded amount is %v: want zero or more", o.Refunded)
	case o.Amount.Sign() < 0 && o.Refunded.Sign() != 0:
		return fmt.Errorf("amount is %v with %v refunded: a refund has no refund", o.Amount, o.Refunded)
	}
	return nil
}

// lastMicro is the last microsecond that counts under an Until; the zero time
// is later than any order.
func lastMicro(until time.Time) int64 {
	switch {
	case until.IsZero():
		return math.MaxInt64
	case until.Before(time.UnixMicro(calendar.MinMicro)):
		return calendar.MinMicro - 1 // far back, the number of microseconds would overflow
	case until.After(time.UnixMicro(calendar.MaxMicro)):
		return calendar.MaxMicro
	}
	return until.UnixMicro()
}
