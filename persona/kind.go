package persona

import (
	"slices"
	"strings"
)

// Kind is what an attribute holds. Numbers and texts are never converted into
// each other: "30" is not 30.
type Kind string

// The kinds of attributes.
const (
	// KindBool is true or false.
	KindBool Kind = "bool"
	// KindInt is a whole number of 64 bits.
	KindInt Kind = "int"
	// KindDecimal is an exact number with the attribute's places behind the
	// point, such as money.
	KindDecimal Kind = "decimal"
	// KindString is any text.
	KindString Kind = "string"
	// KindEnum is one of the texts that the attribute's dictionary lists.
	KindEnum Kind = "enum"
	// KindDate is a calendar date without a zone, such as a birthday.
	KindDate Kind = "date"
	// KindTime is an instant, in microseconds.
	KindTime Kind = "time"
	// KindList is a list of texts, or of what the attribute's Of says.
	KindList Kind = "list"
)

var allKinds = []Kind{KindBool, KindInt, KindDecimal, KindString, KindEnum, KindDate, KindTime, KindList}

// itemKinds are what a list may hold.
var itemKinds = []Kind{KindString, KindEnum, KindInt, KindDecimal}

// isNumber reports whether values of k are compared as numbers that a rule
// writes as numbers.
func (k Kind) isNumber() bool { return k == KindInt || k == KindDecimal }

// isOrdered reports whether less and more make sense.
func (k Kind) isOrdered() bool {
	return k == KindInt || k == KindDecimal || k == KindDate || k == KindTime || k == KindString
}

// oneOf lists what a message expects.
func oneOf[T ~string](all []T) string {
	texts := make([]string, len(all))
	for i, t := range all {
		texts[i] = string(t)
	}
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " or " + texts[n-1]
	}
	return strings.Join(texts, "")
}

func known[T ~string](all []T, t T) bool { return slices.Contains(all, t) }
