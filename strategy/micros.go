package strategy

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Micros is a number in millionths: 12.5 is 12_500_000. Values, costs, shares
// and scores are Micros, so that they add up exactly and never are NaN. In JSON
// it is a plain number with at most six places, such as 12.5 or 0.05.
type Micros int64

// One is 1 in millionths.
const One Micros = 1_000_000

// String returns m as a plain decimal number, such as "-0.05".
func (m Micros) String() string {
	sign, whole := "", uint64(m)
	if m < 0 {
		sign, whole = "-", -uint64(m)
	}
	text := sign + strconv.FormatUint(whole/uint64(One), 10)
	if rest := whole % uint64(One); rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%06d", rest), "0")
	}
	return text
}

// ParseMicros reads a number as [Micros.String] writes it, and in general as
// JSON does, an exponent included. What has more than six places, or is beyond
// an int64 of millionths, is an error.
func ParseMicros(text string) (Micros, error) {
	if len(text) > maxNumberBytes || !json.Valid([]byte(text)) || strings.ContainsAny(text, "[{\"tfn \t\r\n") {
		return 0, fmt.Errorf("strategy: %.40q is not a number", text)
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(text), "e"); ok && len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return 0, fmt.Errorf("strategy: %s: the exponent has more than two digits", text)
	}
	n, _ := new(big.Rat).SetString(text)
	n.Mul(n, big.NewRat(int64(One), 1))
	switch {
	case !n.IsInt():
		return 0, fmt.Errorf("strategy: %s has more than six places", text)
	case !n.Num().IsInt64():
		return 0, fmt.Errorf("strategy: %s is out of range", text)
	}
	return Micros(n.Num().Int64()), nil
}

// maxNumberBytes bounds the text of a number: an int64 of millionths has 21.
const maxNumberBytes = 64

// MarshalJSON writes m as a number.
func (m Micros) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads a number as [ParseMicros] does.
func (m *Micros) UnmarshalJSON(data []byte) error {
	read, err := ParseMicros(string(data))
	if err != nil {
		return err
	}
	*m = read
	return nil
}

// Float64 returns m as a float.
func (m Micros) Float64() float64 { return float64(m) / float64(One) }

// MicrosOf returns x to the nearest millionth, halves away from zero. ok is false
// for NaN and for what an int64 of millionths can't hold.
func MicrosOf(x float64) (m Micros, ok bool) {
	scaled := math.Round(x * float64(One))
	if !(math.Abs(scaled) < 1<<63) {
		return 0, false
	}
	return Micros(scaled), true
}

// times returns a·b to the nearest millionth, halves away from zero; ok is false
// if that does not fit.
func (m Micros) times(b Micros) (product Micros, ok bool) {
	hi, lo := bits.Mul64(magnitude(m), magnitude(b))
	lo, carry := bits.Add64(lo, uint64(One)/2, 0)
	hi += carry
	if hi >= uint64(One) {
		return 0, false
	}
	n, _ := bits.Div64(hi, lo, uint64(One))
	if n > math.MaxInt64 {
		return 0, false
	}
	if (m < 0) != (b < 0) {
		return -Micros(n), true
	}
	return Micros(n), true
}

// plus returns a+b; ok is false if that does not fit.
func (m Micros) plus(b Micros) (sum Micros, ok bool) {
	sum = m + b
	return sum, (sum > m) == (b > 0)
}

func magnitude(m Micros) uint64 {
	if m < 0 {
		return -uint64(m)
	}
	return uint64(m)
}
