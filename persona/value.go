package persona

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// Value is what an attribute of somebody is, or what a rule compares it with.
// The zero value is no value at all: not known, absent and JSON's null are one
// and the same.
type Value struct {
	form  form
	num   int64 // of a bool 0 or 1, an int, the day of a date, the microseconds of a time
	dec   decimal.Decimal
	text  string
	items []Value
}

type form uint8

const (
	none form = iota
	boolForm
	intForm
	decimalForm
	textForm
	dateForm
	timeForm
	listForm
)

var formNames = [...]string{"no value", "true or false", "a whole number", "a number", "a text", "a date", "a time", "a list"}

// Bool returns a truth value.
func Bool(b bool) Value {
	v := Value{form: boolForm}
	if b {
		v.num = 1
	}
	return v
}

// Int returns a whole number.
func Int(n int64) Value { return Value{form: intForm, num: n} }

// Decimal returns an exact number. An attribute takes it if it fits its places.
func Decimal(d decimal.Decimal) Value { return Value{form: decimalForm, dec: d} }

// Float returns the shortest decimal that reads back as f. NaN and the
// infinities are no value.
func Float(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return Decimal(decimal.NewFromFloat(f))
}

// Text returns a text, or one of the texts of an enum. Dates and times may also
// be given as texts, in the form that JSON has them: "2006-01-02", and
// [time.RFC3339] with its zone.
func Text(s string) Value { return Value{form: textForm, text: s} }

// Date returns a calendar date; as in [time.Date], months and days beyond their
// range are carried over.
func Date(year int, month time.Month, day int) Value {
	return dayValue(calendar.DateDay(year, month, day))
}

func dayValue(d calendar.Day) Value { return Value{form: dateForm, num: int64(d)} }

// Time returns an instant, cut to the microsecond. The zero time is no value.
func Time(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{form: timeForm, num: t.UnixMicro()}
}

// List returns a list of values.
func List(items ...Value) Value { return Value{form: listForm, items: slices.Clone(items)} }

// Texts returns a list of texts.
func Texts(items ...string) Value {
	v := Value{form: listForm, items: make([]Value, len(items))}
	for i, item := range items {
		v.items[i] = Text(item)
	}
	return v
}

// IsZero reports whether v is no value.
func (v Value) IsZero() bool { return v.form == none }

// Items returns the items of a list, nil of anything else.
func (v Value) Items() []Value { return slices.Clone(v.items) }

// Equal reports whether two values are the same. Numbers are compared as
// numbers, so that 3 equals 3.00; nothing else equals what is written
// otherwise.
func (v Value) Equal(w Value) bool { return v.Compare(w) == 0 }

// Compare orders values: by kind (no value, truth values, numbers, texts,
// dates, times, lists), then false before true, numbers by size, texts by their
// bytes, instants by time, and lists item by item.
func (v Value) Compare(w Value) int {
	if c := cmp.Compare(v.rank(), w.rank()); c != 0 {
		return c
	}
	switch {
	case v.form == listForm:
		return slices.CompareFunc(v.items, w.items, Value.Compare)
	case v.form == textForm:
		return strings.Compare(v.text, w.text)
	case v.form == decimalForm || w.form == decimalForm:
		return compareDecimals(v.decimal(), w.decimal())
	}
	return cmp.Compare(v.num, w.num)
}

func (v Value) rank() form {
	if v.form == decimalForm {
		return intForm
	}
	return v.form
}

// decimal returns a number as a decimal.
func (v Value) decimal() decimal.Decimal {
	if v.form == intForm {
		return decimal.New(v.num, 0)
	}
	return v.dec
}

// compareDecimals compares also decimals out of bounds: those of the same
// magnitude differ in their exponents by no more digits than one of them has.
func compareDecimals(a, b decimal.Decimal) int {
	if c := cmp.Compare(a.Sign(), b.Sign()); c != 0 || a.Sign() == 0 {
		return c
	}
	magnitude := cmp.Compare(int64(a.NumDigits())+int64(a.Exponent()), int64(b.NumDigits())+int64(b.Exponent()))
	if magnitude != 0 {
		return magnitude * a.Sign()
	}
	return a.Cmp(b)
}

// String returns v as JSON has it, but texts, dates and times without quotes;
// "" of no value.
func (v Value) String() string {
	switch v.form {
	case none:
		return ""
	case textForm:
		return v.text
	case dateForm:
		return calendar.Day(v.num).String()
	case timeForm:
		return timeText(v.num)
	}
	return string(v.appendJSON(nil))
}

func timeText(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }

// numberText is a number in plain digits, without zeros at the end.
func (v Value) numberText() string {
	if v.form == intForm {
		return strconv.FormatInt(v.num, 10)
	}
	if exact.Check(v.dec) != nil {
		return v.dec.Coefficient().String() + "e" + strconv.Itoa(int(v.dec.Exponent()))
	}
	return exact.Text(v.dec)
}
