package tracking

import (
	"slices"
	"strings"
)

// Kind is what the values of a property are.
type Kind string

// The kinds. What each takes as it is, and what it takes after a cast, which is
// a [CastType] violation, is said here; anything else is a [WrongType].
const (
	// KindBool takes true and false; after a cast the texts "true" and "false"
	// and the numbers 1 and 0.
	KindBool Kind = "bool"
	// KindInt takes whole numbers of 64 bits, 30.0 included; after a cast texts
	// of such a number.
	KindInt Kind = "int"
	// KindDecimal takes numbers of at most 36 digits, 18 of them after the
	// point; after a cast texts of such a number.
	KindDecimal Kind = "decimal"
	// KindString takes texts; after a cast numbers and bools, as JSON writes
	// them.
	KindString Kind = "string"
	// KindEnum takes the texts of the property's dictionary; after a cast
	// numbers and bools that are written as one of them.
	KindEnum Kind = "enum"
	// KindDate takes texts such as "2026-11-22"; after a cast nothing, since
	// the date of an instant depends on a zone.
	KindDate Kind = "date"
	// KindTime takes instants, as [time.Time] or a text of RFC 3339 such as
	// "2026-11-22T09:30:00+08:00"; after a cast nothing, since a number may be
	// seconds or milliseconds.
	KindTime Kind = "time"
	// KindList takes lists of texts; after a cast a single text.
	KindList Kind = "list"
)

var allKinds = []Kind{KindBool, KindInt, KindDecimal, KindString, KindEnum, KindDate, KindTime, KindList}

func (k Kind) known() bool { return slices.Contains(allKinds, k) }

func (k Kind) isNumber() bool { return k == KindInt || k == KindDecimal }

// kindNames lists the kinds for a message.
func kindNames() string {
	texts := make([]string, len(allKinds))
	for i, k := range allKinds {
		texts[i] = string(k)
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}

var kindWants = map[Kind]string{
	KindBool:    "true or false",
	KindInt:     "a whole number of 64 bits",
	KindDecimal: "a number of at most 36 digits, 18 of them after the point",
	KindString:  "a text",
	KindEnum:    "a text of the dictionary",
	KindDate:    "a date such as 2026-11-22",
	KindTime:    "an instant such as 2026-11-22T09:30:00+08:00",
	KindList:    "a list of texts",
}
