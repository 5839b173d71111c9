package rfm

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/shopspring/decimal"

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
	if err := checkTime(o.At); err != nil {
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

// Instants are kept in microseconds. These years are far beyond any order, and
// leave room for arithmetic.
const minYear, maxYear = 1, 9999

// The first and the last instant, in microseconds since 1970. The one before
// the first is the zero time, which is none.
var (
	earliest = time.Time{}.UnixMicro() + 1
	latest   = time.Date(maxYear+1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1
)

// lastMicro is the last microsecond that counts under an Until; the zero time
// is later than any order.
func lastMicro(until time.Time) int64 {
	switch {
	case until.IsZero():
		return math.MaxInt64
	case until.Before(time.UnixMicro(earliest)):
		return earliest - 1 // far back, the number of microseconds would overflow
	case until.After(time.UnixMicro(latest)):
		return latest
	}
	return until.UnixMicro()
}

func checkTime(t time.Time) error {
	if t.IsZero() {
		return errors.New("no time")
	}
	if year := t.UTC().Year(); year < minYear || year > maxYear {
		return fmt.Errorf("time is in the year %d: want %d to %d", year, minYear, maxYear)
	}
	return nil
}
