package term

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/ids"
)

// Term is what a customer has for a while.
type Term[K regulars.ID] struct {
	Customer K
	// Product names what the term is of, such as "piano basics" or "water
	// filter".
	Product string
	// Start is the first instant of the term, and End the first one after it. A
	// zero End is a term without one, which has milestones but no renewal.
	Start, End time.Time
	// Value is what the whole term is worth, from 0: a month's fee of a monthly
	// plan, a year's of a yearly one.
	Value decimal.Decimal
	// Sold is when the term was agreed on, by which its renewal is early or
	// late. The zero time means Start.
	Sold time.Time
}

// Validate returns an error for what is no term: an empty customer or product,
// no Start, an End that is not after it, a negative Value or one of more than 36
// digits or 18 decimal places, a time outside the years 1 to 9999.
func (t Term[K]) Validate() error {
	if ids.IsEmpty(t.Customer) {
		return errors.New("term: customer has an empty ID")
	}
	fault := func(err error) error { return fmt.Errorf("term: %q of customer %v %w", t.Product, t.Customer, err) }
	if t.Product == "" {
		return fault(errors.New("has no product"))
	}
	if t.Start.IsZero() {
		return fault(errors.New("has no start"))
	}
	if err := calendar.CheckInstant(t.Start); err != nil {
		return fault(fmt.Errorf("starts %w", err))
	}
	if !t.End.IsZero() {
		if err := calendar.CheckInstant(t.End); err != nil {
			return fault(fmt.Errorf("ends %w", err))
		}
		if !t.End.After(t.Start) {
			return fault(errors.New("ends no later than it starts"))
		}
	}
	if !t.Sold.IsZero() {
		if err := calendar.CheckInstant(t.Sold); err != nil {
			return fault(fmt.Errorf("was sold %w", err))
		}
	}
	if err := exact.Check(t.Value); err != nil {
		return fault(err)
	}
	if t.Value.Sign() < 0 {
		return fault(fmt.Errorf("is worth %s: want 0 or more", exact.Text(t.Value)))
	}
	return nil
}

// sold is when the term was agreed on.
func (t Term[K]) sold() time.Time {
	if t.Sold.IsZero() {
		return t.Start
	}
	return t.Sold
}
