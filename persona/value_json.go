package persona

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// MarshalJSON writes v in one way: numbers in plain digits without zeros at the
// end, dates as "2006-01-02", times as RFC 3339 in UTC, no value as null.
func (v Value) MarshalJSON() ([]byte, error) { return v.appendJSON(nil), nil }

func (v Value) appendJSON(dst []byte) []byte {
	switch v.form {
	case boolForm:
		return strconv.AppendBool(dst, v.num != 0)
	case intForm, decimalForm:
		return append(dst, v.numberText()...)
	case textForm, dateForm, timeForm:
		return appendQuoted(dst, v.String())
	case listForm:
		dst = append(dst, '[')
		for i, item := range v.items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.appendJSON(dst)
		}
		return append(dst, ']')
	}
	return append(dst, "null"...)
}

// appendQuoted appends s as a JSON string, without the escapes that only a page
// of HTML would need.
func appendQuoted(dst []byte, s string) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(err) // a string has a form in JSON
	}
	return append(dst, bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))...)
}

// UnmarshalJSON reads true, false, a number, a text or a list of these, which
// may hold no list. A number is exact, whatever its digits; one of more than 36
// digits, or 18 zeros or places, is an error. Dates and times are texts until
// an attribute says that they are not. Only null is no value.
func (v *Value) UnmarshalJSON(data []byte) error {
	read, err := readValue(bytes.TrimSpace(data), true)
	if err != nil {
		return err
	}
	*v = read
	return nil
}

func readValue(data []byte, lists bool) (Value, error) {
	if len(data) == 0 {
		return Value{}, fmt.Errorf("persona: want a value, not nothing")
	}
	switch c := data[0]; {
	case c == 'n':
		return Value{}, nil
	case c == 't' || c == 'f':
		return Bool(c == 't'), nil
	case c == '"':
		var s string
		err := json.Unmarshal(data, &s)
		return Text(s), err
	case c == '[' && lists:
		return readList(data)
	case c == '[':
		return Value{}, fmt.Errorf("persona: want a list of single values, not of lists")
	case c == '{':
		return Value{}, fmt.Errorf("persona: want true or false, a number, a text or a list, not an object")
	}
	return readNumber(string(data))
}

func readList(data []byte) (Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return Value{}, err
	}
	v := Value{form: listForm, items: make([]Value, len(raw))}
	for i, item := range raw {
		var err error
		if v.items[i], err = readValue(item, false); err != nil {
			return Value{}, err
		}
	}
	return v, nil
}

// maxNumberText is more than any number within the bounds needs.
const maxNumberText = 80

func readNumber(text string) (Value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Int(n), nil
	}
	if len(text) > maxNumberText {
		return Value{}, fmt.Errorf("persona: number of %d characters: want at most %d", len(text), maxNumberText)
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return Value{}, fmt.Errorf("persona: %q is not a number", text)
	}
	if err := exact.Check(d); err != nil {
		return Value{}, fmt.Errorf("persona: %s: %w", text, err)
	}
	return Decimal(d), nil
}

// parseDay reads a date as JSON has it.
func parseDay(text string) (calendar.Day, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date: want the form 2006-01-02", text)
	}
	return calendar.DayOf(t, time.UTC), nil
}

// parseTime reads an instant as JSON has it.
func parseTime(text string) (micros int64, err error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a time: want the form 2006-01-02T15:04:05+08:00", text)
	}
	return t.UnixMicro(), nil
}
