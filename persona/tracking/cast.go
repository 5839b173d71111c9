package tracking

import (
	"strconv"
	"time"

	"github.com/regulars-go/regulars/internal/exact"
)

// cast returns what a value is as a kind: bool, int64, decimal.Decimal, string
// (of String, Enum and Date), time.Time or []string. Code is 0 if it was that
// already, CastType if it had to be cast, and WrongType if it can't be; then
// there is no value.
func (v value) cast(k Kind) (out any, code Code) {
	switch k {
	case KindBool:
		return v.toBool()
	case KindInt:
		return v.toInt()
	case KindDecimal:
		return v.toDecimal()
	case KindString, KindEnum:
		return v.toString()
	case KindDate:
		return v.toDate()
	case KindTime:
		return v.toTime()
	case KindList:
		return v.toStrings()
	}
	return nil, WrongType
}

func (v value) toBool() (any, Code) {
	if v.form == truth {
		return v.truth, 0
	}
	if v.form == text && (v.text == "true" || v.text == "false") {
		return v.text == "true", CastType
	}
	if n, ok := v.integer(); ok && (n == 0 || n == 1) {
		return n == 1, CastType
	}
	return nil, WrongType
}

func (v value) toInt() (any, Code) {
	if n, ok := v.integer(); ok {
		return n, 0
	}
	if v.form == text {
		if n, ok := parsed(v.text).integer(); ok {
			return n, CastType
		}
	}
	return nil, WrongType
}

func (v value) toDecimal() (any, Code) {
	if v.form == number {
		return v.number, 0
	}
	if v.form == text {
		if n := parsed(v.text); n.form == number {
			return n.number, CastType
		}
	}
	return nil, WrongType
}

// parsed reads a text that is a number as JSON writes it, and nothing looser:
// "+5", "0x1f", "1,000" and "５" are texts.
func parsed(s string) value {
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return value{form: strange}
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return value{form: strange}
		}
	}
	return digitsOf(s)
}

func (v value) toString() (any, Code) {
	if v.form == text {
		return v.text, 0
	}
	if written, ok := v.written(); ok {
		return written, CastType
	}
	return nil, WrongType
}

func (v value) toDate() (any, Code) {
	if v.form == text {
		if _, err := time.Parse(time.DateOnly, v.text); err == nil {
			return v.text, 0
		}
	}
	return nil, WrongType
}

func (v value) toTime() (any, Code) {
	if v.form == instant {
		return v.at, 0
	}
	if v.form == text {
		if t, err := time.Parse(time.RFC3339, v.text); err == nil {
			return t, 0
		}
	}
	return nil, WrongType
}

func (v value) toStrings() (any, Code) {
	switch v.form {
	case texts:
		return v.texts, 0
	case text:
		return []string{v.text}, CastType
	}
	return nil, WrongType
}

// bounded reports whether a number lies within the bounds of a property; other
// values have none.
func (p Property) bounded(v value) bool {
	if !p.Kind.isNumber() || p.Min == nil && p.Max == nil {
		return true
	}
	if v.form == text {
		v = parsed(v.text)
	}
	// The written form is rounded to the nearest float, as a bound was: what
	// reads the same as a bound is at the bound.
	x, err := strconv.ParseFloat(exact.Text(v.number), 64)
	return err == nil && (p.Min == nil || x >= *p.Min) && (p.Max == nil || x <= *p.Max)
}

// bounds says what the bounds are.
func (p Property) bounds() string {
	low, high := "", ""
	if p.Min != nil {
		low = strconv.FormatFloat(*p.Min, 'g', -1, 64)
	}
	if p.Max != nil {
		high = strconv.FormatFloat(*p.Max, 'g', -1, 64)
	}
	switch {
	case high == "":
		return "at least " + low
	case low == "":
		return "at most " + high
	}
	return low + " to " + high
}
