package clv

import (
	"errors"
	"fmt"
	"slices"
)

// Unit is the unit in which a model counts time. The zero value is no unit and
// is refused: weeks taken for days are the commonest mistake with these models.
type Unit uint8

// The units. A month and a year are the mean ones of the Gregorian calendar,
// 30.436875 and 365.2425 days.
const (
	Day Unit = 1 + iota
	Week
	Month
	Year
)

var (
	unitNames = []string{"", "day", "week", "month", "year"}
	unitDays  = []float64{0, 1, 7, 30.436875, 365.2425}
)

// ErrUnit is the error for a unit that is not stated, and for rows whose unit
// is not that of the model or of the rows beside them.
var ErrUnit = errors.New("clv: unit of time unknown or mixed")

// Days returns how many days u has; 0 for what is no unit.
func (u Unit) Days() float64 {
	if !u.known() {
		return 0
	}
	return unitDays[u]
}

// Per returns how many of u there are in one big: Week.Per(Year) is 52.1775.
// Use it for a horizon, such as fit.Expected(row, fit.Unit.Per(clv.Year)). It
// returns 0 if either is no unit.
func (u Unit) Per(big Unit) float64 {
	if !u.known() {
		return 0
	}
	return big.Days() / u.Days()
}

// String returns "day", "week", "month" or "year"; "" for the zero value.
func (u Unit) String() string {
	if int(u) < len(unitNames) {
		return unitNames[u]
	}
	return fmt.Sprintf("Unit(%d)", uint8(u))
}

// MarshalText writes u as [Unit.String] does.
func (u Unit) MarshalText() ([]byte, error) {
	if !u.known() {
		return nil, ErrUnit
	}
	return []byte(u.String()), nil
}

// UnmarshalText reads what [Unit.MarshalText] writes.
func (u *Unit) UnmarshalText(text []byte) error {
	i := slices.Index(unitNames, string(text))
	if i <= 0 {
		return fmt.Errorf("%w: %q: want day, week, month or year", ErrUnit, text)
	}
	*u = Unit(i)
	return nil
}

func (u Unit) known() bool { return u >= Day && u <= Year }

// check reports an error if u is no unit.
func (u Unit) check() error {
	if !u.known() {
		return fmt.Errorf("%w: state Day, Week, Month or Year", ErrUnit)
	}
	return nil
}
