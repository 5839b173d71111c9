package persona

import (
	"fmt"
	"math"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// The first and the last day, and the first and last microsecond, that dates
// and times may have: those that JSON can write.
var (
	firstDay   = int64(calendar.DateDay(1, 1, 1))
	lastDay    = int64(calendar.DateDay(9999, 12, 31))
	firstMicro = int64(calendar.MinMicro) - 1 // as a value, midnight of the first day is a time
	lastMicro  = int64(calendar.MaxMicro)
)

// number returns v as a slot of attribute a has it, or what is wrong with it.
// It knows every kind but string, enum and list; of a list it takes an item.
func (a *Attribute) number(v Value) (n int64, problem string) {
	switch kind := a.item(); {
	case kind == KindBool && v.form == boolForm:
		return v.num, ""
	case kind.isNumber() && (v.form == intForm || v.form == decimalForm):
		return a.wholeUnits(v)
	case kind == KindDate && v.form == dateForm, kind == KindTime && v.form == timeForm:
		return inCalendar(kind, v.num)
	case kind == KindDate && v.form == textForm:
		day, err := parseDay(v.text)
		if err != nil {
			return 0, err.Error()
		}
		return inCalendar(kind, int64(day))
	case kind == KindTime && v.form == textForm:
		micros, err := parseTime(v.text)
		if err != nil {
			return 0, err.Error()
		}
		return inCalendar(kind, micros)
	default:
		return 0, fmt.Sprintf("want %s, not %s", kindWants[kind], formNames[v.form])
	}
}

var kindWants = map[Kind]string{
	KindBool: "true or false", KindInt: "a whole number", KindDecimal: "a number", KindString: "a text",
	KindEnum: "a text", KindDate: "a date", KindTime: "a time", KindList: "a list",
}

func inCalendar(kind Kind, n int64) (int64, string) {
	lo, hi := firstDay, lastDay
	if kind == KindTime {
		lo, hi = firstMicro, lastMicro
	}
	if n < lo || n > hi {
		return 0, "want a year from 1 to 9999"
	}
	return n, ""
}

// wholeUnits returns a number in units of a's last place.
func (a *Attribute) wholeUnits(v Value) (int64, string) {
	if a.Places == 0 && v.form == intForm && v.num != absent {
		return v.num, ""
	}
	d := v.decimal()
	if err := exact.Check(d); err != nil {
		return 0, err.Error()
	}
	n, isExact, over := scaled(d, a.Places)
	switch {
	case over != 0 || n == absent:
		return 0, fmt.Sprintf("want a number of at most 64 bits in %d places", a.Places)
	case !isExact && a.Places == 0:
		return 0, "want a whole number"
	case !isExact:
		return 0, fmt.Sprintf("want a number of at most %d places", a.Places)
	}
	return n, ""
}

// scaled returns d in units of 10^-places, rounded down, and whether it came to
// a whole number of them. over is -1 or 1 if that is below or above what 64 bits
// hold. d has passed [exact.Check].
func scaled(d decimal.Decimal, places int) (floor int64, isExact bool, over int) {
	if units, p, ok := exact.Small(d); ok && p <= places {
		if n, ok := exact.Scale(units, places-p); ok {
			return n, true, 0
		}
		return 0, false, d.Sign()
	}
	n := d.Coefficient()
	shift := int64(d.Exponent()) + int64(places)
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(shift, -shift)), nil)
	rest := new(big.Int)
	if shift >= 0 {
		n.Mul(n, ten)
	} else {
		n.DivMod(n, ten, rest) // rounds down, since ten is positive
	}
	if !n.IsInt64() {
		return 0, false, n.Sign()
	}
	return n.Int64(), rest.Sign() == 0, 0
}

// valueOf is the value of a slot of a kind that holds numbers.
func (a *Attribute) valueOf(kind Kind, n int64) Value {
	switch kind {
	case KindBool:
		return Bool(n != 0)
	case KindDecimal:
		return Decimal(decimal.New(n, int32(-a.Places)))
	case KindEnum:
		return Text(a.Values[n])
	case KindDate:
		return dayValue(calendar.Day(n))
	case KindTime:
		return Value{form: timeForm, num: n}
	}
	return Int(n)
}

// limits are what Min and Max say; without them, all that 64 bits hold.
func (a *Attribute) limits() limits {
	l := limits{math.MinInt64, math.MaxInt64}
	if n, problem := a.number(a.Min); problem == "" {
		l.lo = n
	}
	if n, problem := a.number(a.Max); problem == "" {
		l.hi = n
	}
	return l
}
