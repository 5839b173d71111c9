package table

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// Amounts have at most MaxPlaces digits after the point, MaxPlaces zeros
// behind their last digit and MaxDigits digits in all, which is ample for any
// currency. Without a bound an amount such as 1e1000000000 would stop the
// program that adds it.
const (
	MaxPlaces = 18
	MaxDigits = 36
)

const (
	wantAmount = "a plain decimal such as 1234.50"
	fastDigits = 18 // digits that an int64 always holds
)

// amounts reads amounts, and shares the memory of those that it read lately.
type amounts struct{ slots []amountSlot }

type amountSlot struct {
	small
	amount decimal.Decimal // of the zero slot too: 0 as 0
}

// small is a number of at most 18 digits: units of 10^exponent.
type small struct {
	units    int64
	exponent int32
}

func newAmounts() amounts { return amounts{make([]amountSlot, memoSlots)} }

// read reads a sign, digits with at most one point among them, and an
// exponent. The number of decimals stays as written.
func (a amounts) read(text string) (decimal.Decimal, *problem) {
	n, wide, p := scanAmount(text)
	switch {
	case p != nil:
		return decimal.Decimal{}, p
	case wide != nil:
		return decimal.NewFromBigInt(wide, n.exponent), nil
	}
	slot := &a.slots[uint64(n.units)*0x9e3779b97f4a7c15>>32%memoSlots] // Fibonacci hashing
	if slot.small != n {
		*slot = amountSlot{n, decimal.New(n.units, n.exponent)}
	}
	return slot.amount, nil
}

// scanAmount returns a number as small or, if it has too many digits for that,
// as wide units of 10^n.exponent.
func scanAmount(text string) (n small, wide *big.Int, p *problem) {
	mantissa, exponent, ok := splitExponent(text)
	if !ok {
		return n, nil, badAmount(text)
	}
	negative := strings.HasPrefix(mantissa, "-")
	if negative || strings.HasPrefix(mantissa, "+") {
		mantissa = mantissa[1:]
	}
	seen, digits, point := 0, 0, -1
	for i := range len(mantissa) {
		switch c := mantissa[i]; {
		case c == '.' && point < 0:
			point = i
		case c < '0' || c > '9':
			return n, nil, badAmount(text)
		default:
			seen++
			if digits > 0 || c != '0' {
				digits++
			}
			if digits <= fastDigits {
				n.units = 10*n.units + int64(c-'0')
			}
		}
	}
	if seen == 0 {
		return n, nil, badAmount(text)
	}
	if point >= 0 {
		exponent -= len(mantissa) - point - 1
	}
	if digits > MaxDigits || exponent < -MaxPlaces || exponent > MaxPlaces {
		return n, nil, tooLong(digits, exponent)
	}
	n.exponent = int32(exponent)
	if digits > fastDigits {
		wide = wideUnits(mantissa, negative)
	}
	if negative {
		n.units = -n.units
	}
	return n, wide, nil
}

// floatDigits are the digits that a decimal keeps when it is stored in a
// double. Those beyond them are noise more often than money.
const floatDigits = 15

// tooLong refuses a number of so many digits, in units of 10^exponent.
func tooLong(digits, exponent int) *problem {
	want := fmt.Sprintf("at most %d digits, and at most %d of them after the point", MaxDigits, MaxPlaces)
	if digits > floatDigits && exponent < -MaxPlaces {
		want += "; this looks like the noise of floating-point numbers: round the column, or set such rows aside with -lenient"
	}
	return &problem{reason: AmountTooLong, want: want}
}

// splitExponent cuts "1.2e-3" into "1.2" and -3. An exponent of more digits
// than any allowed one is reported as a large one, not read.
func splitExponent(text string) (mantissa string, exponent int, ok bool) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, true
	}
	digits := text[at+1:]
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" {
		return "", 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "", 0, false
		}
		exponent = min(10*exponent+int(digits[i]-'0'), 1_000_000)
	}
	if negative {
		exponent = -exponent
	}
	return text[:at], exponent, true
}

func wideUnits(mantissa string, negative bool) *big.Int {
	units, _ := new(big.Int).SetString(strings.Replace(mantissa, ".", "", 1), 10)
	if negative {
		units.Neg(units)
	}
	return units
}

func badAmount(text string) *problem {
	want := wantAmount
	if strings.ContainsAny(text, "0123456789") {
		switch {
		case strings.Contains(text, ",") && !strings.Contains(text, "."):
			want += ", with a point and not a comma, and without thousands separators"
		case strings.ContainsAny(text, ",' _\u00a0\u202f"):
			want += ", without thousands separators"
		default:
			want += ", without a currency sign or unit"
		}
	}
	return &problem{reason: NotAnAmount, want: want}
}
