package tracking

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

// form is what a value is as it arrived, before a plan is asked.
type form uint8

const (
	nothing form = iota // null
	truth
	number
	text
	instant
	texts
	strange // an object, a mixed list, a number out of bounds, a text that is no UTF-8
)

// value is a property's value in one form for each meaning: 30 is the same
// number whether a decoder made it an int or a float.
type value struct {
	form   form
	truth  bool
	number decimal.Decimal // has passed exact.Check, shortest
	text   string          // of a text; or what a strange value is
	at     time.Time
	texts  []string
}

// valueOf takes what an [Event] may have as a value; anything else is strange.
func valueOf(v any) value {
	switch v := v.(type) {
	case nil:
		return value{}
	case bool:
		return value{form: truth, truth: v}
	case string:
		return textOf(v)
	case time.Time:
		return value{form: instant, at: v}
	case decimal.Decimal:
		return numberOf(v)
	case json.Number:
		return digitsOf(v.String())
	case float64:
		return floatOf(v)
	case float32:
		return floatOf(float64(v))
	case []string:
		return textsOf(v)
	case []any:
		return listOf(v)
	}
	return integerOf(v)
}

func integerOf(v any) value {
	switch v := v.(type) {
	case int:
		return numberOf(decimal.NewFromInt(int64(v)))
	case int8:
		return numberOf(decimal.NewFromInt(int64(v)))
	case int16:
		return numberOf(decimal.NewFromInt(int64(v)))
	case int32:
		return numberOf(decimal.NewFromInt(int64(v)))
	case int64:
		return numberOf(decimal.NewFromInt(v))
	case uint:
		return numberOf(decimal.NewFromUint64(uint64(v)))
	case uint8:
		return numberOf(decimal.NewFromUint64(uint64(v)))
	case uint16:
		return numberOf(decimal.NewFromUint64(uint64(v)))
	case uint32:
		return numberOf(decimal.NewFromUint64(uint64(v)))
	case uint64:
		return numberOf(decimal.NewFromUint64(v))
	case map[string]any:
		return value{form: strange, text: fmt.Sprintf("an object of %d members", len(v))}
	}
	return value{form: strange, text: fmt.Sprintf("a %T", v)}
}

func floatOf(v float64) value {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return value{form: strange, text: fmt.Sprintf("the number %v", v)}
	}
	return digitsOf(strconv.FormatFloat(v, 'g', -1, 64))
}

// maxDigitBytes is longer than any number within the bounds is written.
const maxDigitBytes = 64

// digitsOf reads a number as JSON writes it. Its length and exponent are
// looked at first: 1e1000000000 would take a gigabyte to write out.
func digitsOf(digits string) value {
	if len(digits) <= maxDigitBytes {
		if d, err := decimal.NewFromString(digits); err == nil {
			return numberOf(d)
		}
	}
	return value{form: strange, text: "a number out of bounds"}
}

func numberOf(d decimal.Decimal) value {
	if d.IsZero() {
		return value{form: number}
	}
	if exact.Check(d) != nil {
		return value{form: strange, text: "a number out of bounds"}
	}
	return value{form: number, number: exact.Shortest(d)}
}

func textOf(s string) value {
	if !utf8.ValidString(s) {
		return value{form: strange, text: "a text that is not UTF-8"}
	}
	return value{form: text, text: s}
}

func textsOf(list []string) value {
	for _, s := range list {
		if !utf8.ValidString(s) {
			return value{form: strange, text: "a list with a text that is not UTF-8"}
		}
	}
	return value{form: texts, texts: list}
}

func listOf(list []any) value {
	out := make([]string, len(list))
	for i, item := range list {
		s, ok := item.(string)
		if !ok {
			return value{form: strange, text: fmt.Sprintf("a list whose item %d is not a text", i)}
		}
		out[i] = s
	}
	return textsOf(out)
}

// empty reports whether a value says nothing.
func (v value) empty() bool {
	switch v.form {
	case nothing:
		return true
	case text:
		return strings.TrimSpace(v.text) == ""
	case texts:
		return len(v.texts) == 0
	}
	return false
}

// integer returns the number as an int64, if it is whole and fits.
func (v value) integer() (int64, bool) {
	if v.form != number {
		return 0, false
	}
	units, places, ok := exact.Small(v.number)
	if ok {
		return units, places == 0
	}
	if v.number.Exponent() < 0 {
		return 0, false
	}
	whole := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.number.Exponent())), nil)
	whole.Mul(whole, v.number.Coefficient())
	return whole.Int64(), whole.IsInt64()
}

// written returns a number or a bool as JSON writes it.
func (v value) written() (string, bool) {
	switch v.form {
	case number:
		return exact.Text(v.number), true
	case truth:
		return strconv.FormatBool(v.truth), true
	}
	return "", false
}

const maxShownRunes = 40

// shown says what the value is, for a violation.
func (v value) shown() string {
	switch v.form {
	case truth, number:
		written, _ := v.written()
		return written
	case text:
		if utf8.RuneCountInString(v.text) > maxShownRunes {
			return fmt.Sprintf("the text %q…", string([]rune(v.text)[:maxShownRunes]))
		}
		return fmt.Sprintf("the text %q", v.text)
	case instant:
		return "the instant " + v.at.UTC().Format(time.RFC3339Nano)
	}
	return v.described()
}

// described says what sort of value it is, and nothing of what it holds.
func (v value) described() string {
	switch v.form {
	case nothing:
		return "null"
	case truth:
		return "a bool"
	case number:
		return "a number"
	case text:
		return fmt.Sprintf("a text of %d bytes", len(v.text))
	case instant:
		return "an instant"
	case texts:
		return fmt.Sprintf("a list of %d texts", len(v.texts))
	}
	return v.text
}

// append appends the value's canonical bytes, by which it is hashed.
func (v value) append(dst []byte) []byte {
	dst = append(dst, byte(v.form))
	switch v.form {
	case truth:
		return strconv.AppendBool(dst, v.truth)
	case number:
		return wire.AppendDecimal(dst, v.number)
	case instant:
		return wire.AppendTime(dst, v.at)
	case texts:
		dst = wire.AppendUint(dst, uint64(len(v.texts)))
		for _, s := range v.texts {
			dst = wire.AppendString(dst, s)
		}
		return dst
	}
	return wire.AppendString(dst, v.text)
}
