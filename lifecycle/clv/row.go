package clv

import (
	"errors"
	"fmt"
)

// Row is what the models know of one customer, counted from the first
// purchase. [Customers] makes rows from orders.
type Row struct {
	// Repeats is how many purchases followed the first one: x in the
	// literature. Purchases on one day count as one. 0 to [MaxRepeats].
	Repeats int `json:"repeats"`
	// Recency is the time from the first purchase to the last: t_x. It is 0
	// if and only if there was none after the first.
	Recency float64 `json:"recency"`
	// Age is the time from the first purchase to the end of observation: T.
	// It is at least Recency and at most [MaxTime].
	Age float64 `json:"age"`
	// Unit is the unit of Recency and Age.
	Unit Unit `json:"unit"`
	// Spend is the mean amount of a repeat purchase. Only Gamma-Gamma uses it;
	// 0 means that it is not known. Otherwise from [MinSpend] to [MaxSpend].
	Spend float64 `json:"spend,omitzero"`
	// Count is how many customers have these very figures. Fits weigh by it;
	// what is said of one customer does not depend on it. Defaults to 1.
	Count int `json:"count,omitzero"`
}

// Limits of what is taken as a fact.
const (
	// MaxRepeats bounds Row.Repeats: one purchase a day for 2,871 years.
	MaxRepeats = 1 << 20
	// MaxTime bounds every length of time, in any unit: 2.7 million years of
	// days. Below it no product in the models can overflow.
	MaxTime = 1e9
	// MaxCount bounds Row.Count: what an int holds on every build.
	MaxCount = 1<<31 - 1
)

// ErrEmpty is the error for a population without customers.
var ErrEmpty = errors.New("clv: no customers")

// RowError is the error for a row that no customer can have.
type RowError struct {
	Index   int // which row; 0 if there is but one
	Row     Row
	Problem string
}

// Error names the row and what is wrong with it.
func (e *RowError) Error() string {
	return fmt.Sprintf("clv: row %d (%d repeats, recency %v, age %v): %s",
		e.Index, e.Row.Repeats, e.Row.Recency, e.Row.Age, e.Problem)
}

// problem says what is wrong with the row, or nothing.
func (r Row) problem() string {
	switch {
	case r.Repeats < 0:
		return "the number of repeats is negative"
	case r.Repeats > MaxRepeats:
		return fmt.Sprintf("more than %d repeats", MaxRepeats)
	case !(r.Age >= 0 && r.Age <= MaxTime):
		return fmt.Sprintf("age is not a number from 0 to %v", float64(MaxTime))
	case !(r.Recency >= 0 && r.Recency <= r.Age):
		return "recency is not a number from 0 to age"
	case r.Repeats == 0 && r.Recency != 0:
		return "recency without a repeat: it is 0 until there is one"
	case r.Repeats > 0 && r.Recency == 0:
		return "a repeat at the moment of the first purchase: purchases of one day count as one"
	case r.Spend != 0 && !(r.Spend >= MinSpend && r.Spend <= MaxSpend):
		return fmt.Sprintf("spend is not 0 or a number from %v to %v", float64(MinSpend), float64(MaxSpend))
	case r.Count < 0 || r.Count > MaxCount:
		return fmt.Sprintf("count is not from 0 to %d", MaxCount)
	}
	return ""
}

// check reports an error if r is no customer, or not one in the given unit.
func (r Row) check(index int, unit Unit) error {
	if p := r.problem(); p != "" {
		return &RowError{index, r, p}
	}
	if r.Unit != unit {
		return fmt.Errorf("%w: row %d is in %q, want %q", ErrUnit, index, r.Unit, unit)
	}
	return nil
}

// weight is how many customers the row stands for.
func (r Row) weight() float64 { return float64(max(r.Count, 1)) }

// checkRows reports an error if there are no rows, or if they are not all in
// one known unit, which it returns.
func checkRows(rows []Row) (Unit, error) {
	if len(rows) == 0 {
		return 0, ErrEmpty
	}
	unit := rows[0].Unit
	if err := unit.check(); err != nil {
		return 0, fmt.Errorf("%w (row 0)", err)
	}
	for i, r := range rows {
		if err := r.check(i, unit); err != nil {
			return 0, err
		}
	}
	return unit, nil
}
