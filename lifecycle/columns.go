package lifecycle

import (
	"fmt"
	"reflect"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Columns holds many events or payments as a database does: column by column,
// in integers. It is the fast way into an [Activity], a [Revenue] and a [Log],
// which can share one; row i of all columns is one event.
type Columns[K regulars.ID] struct {
	Customer []K
	// At is when each event was, in whole seconds since 1970 UTC.
	At []int64
	// Amount is what was paid, in units of 10^-Places (in cents if Places is 2);
	// a refund is negative. Only a [Revenue] looks at it, and needs it.
	Amount []int64
	// Places is from 0 to 18.
	Places int
}

// check returns an error unless the time and the customer of every row can be
// added.
func (c Columns[K]) check() error {
	if len(c.Customer) != len(c.At) {
		return fmt.Errorf("lifecycle: columns of %d customers and %d times: want as many of each", len(c.Customer), len(c.At))
	}
	for i, unix := range c.At {
		if err := calendar.CheckUnix(unix); err != nil {
			return fmt.Errorf("lifecycle: row %d: %w", i, err)
		}
	}
	if reflect.TypeFor[K]().Kind() != reflect.String {
		return nil
	}
	for i, id := range c.Customer {
		if err := checkID(id); err != nil {
			return fmt.Errorf("lifecycle: row %d: customer has an empty ID", i)
		}
	}
	return nil
}

// checkAmounts returns an error unless every row has an amount that can be
// added.
func (c Columns[K]) checkAmounts() error {
	if len(c.Amount) != len(c.Customer) {
		return fmt.Errorf("lifecycle: columns of %d customers and %d amounts: want as many of each", len(c.Customer), len(c.Amount))
	}
	if c.Places < 0 || c.Places > exact.MaxPlaces {
		return fmt.Errorf("lifecycle: columns with %d places: want 0 to %d", c.Places, exact.MaxPlaces)
	}
	return nil
}
