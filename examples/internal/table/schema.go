package table

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Schema says which facts a file's rows hold, and where in T each goes.
type Schema[T any] struct {
	// Name says what the rows are, such as "orders"; messages use it.
	Name string
	// Keys are the facts, in the order that messages list them.
	Keys []Key[T]
	// Rest is where the values of the columns go that no key is read from; see
	// [Reader.Rest]. Nil drops them.
	Rest func(row *T) *[]string
}

// Key is one fact of a row. Make it with [Text], [Time], [Amount] or
// [NullAmount].
type Key[T any] struct {
	// Name is what a [Column] calls the key.
	Name string
	// Optional says that a file may lack the column, and a row the value.
	Optional bool
	// Headers are the usual headers of such a column, as groups of words in
	// order of preference; case, spaces and punctuation don't matter. A group
	// is for files in which just one column has one of its words. With a word
	// led by "!" in it, it is not for files that have such a column:
	// "price !quantity" is the amount where nothing was counted.
	Headers []string

	kind  string // what sort of value it is, where the name may not tell
	typed bool   // times and amounts, by which data is told from a header
	set   func(row *T, text string, v *values) *problem
	fits  func(text string, v *values) bool
}

// Text is a key of which the value is taken as it stands. Required, it must
// not be empty.
func Text[T any](name string, field func(*T) *string, headers ...string) Key[T] {
	return Key[T]{Name: name, Headers: headers, set: func(row *T, text string, v *values) *problem {
		shared, p := v.text(text)
		*field(row) = shared
		return p
	}}
}

// Time is a key of which the value is an instant.
func Time[T any](name string, field func(*T) *time.Time, headers ...string) Key[T] {
	return Key[T]{
		Name: name, Headers: headers, kind: "time", typed: true,
		set: func(row *T, text string, v *values) (p *problem) {
			*field(row), p = v.clock.read(text)
			return p
		},
		fits: func(text string, v *values) bool { return v.clock.looksLikeTime(text) },
	}
}

// Amount is a key of which the value is an exact decimal. An absent optional
// one stays 0; where that must be told from 0, use [NullAmount].
func Amount[T any](name string, field func(*T) *decimal.Decimal, headers ...string) Key[T] {
	return Key[T]{
		Name: name, Headers: headers, typed: true,
		set: func(row *T, text string, v *values) (p *problem) {
			*field(row), p = v.amounts.read(text)
			return p
		},
		fits: fitsAmount,
	}
}

// NullAmount is an optional key of which the value is an exact decimal, not
// valid if it is absent.
func NullAmount[T any](name string, field func(*T) *decimal.NullDecimal, headers ...string) Key[T] {
	return Key[T]{
		Name: name, Headers: headers, Optional: true, typed: true,
		set: func(row *T, text string, v *values) *problem {
			amount, p := v.amounts.read(text)
			*field(row) = decimal.NullDecimal{Decimal: amount, Valid: p == nil}
			return p
		},
		fits: fitsAmount,
	}
}

// Optional returns key as one that a file may lack.
func Optional[T any](key Key[T]) Key[T] {
	key.Optional = true
	return key
}

// read puts the value of one field into a row.
func (k *Key[T]) read(row *T, field string, v *values) *problem {
	text := strings.TrimSpace(field)
	switch {
	case text != "":
		return k.set(row, text, v)
	case k.Optional:
		return nil
	default:
		return &problem{reason: EmptyValue, want: "a value"}
	}
}

// title is what messages call the key, such as "time (at)".
func (k *Key[T]) title() string {
	if k.kind == "" || k.kind == k.Name {
		return k.Name
	}
	return k.kind + " (" + k.Name + ")"
}

func (s Schema[T]) names() []string {
	names := make([]string, len(s.Keys))
	for i, key := range s.Keys {
		names[i] = key.Name
	}
	return names
}

// values reads the values of one file.
type values struct {
	clock   clock
	texts   memo[struct{}]
	amounts amounts
}

func newValues(layout string, zone *time.Location) *values {
	return &values{
		clock:   clock{layout: layout, zone: zone, recent: newMemo[time.Time]()},
		texts:   newMemo[struct{}](),
		amounts: newAmounts(),
	}
}

func (v *values) text(text string) (string, *problem) {
	slot, hash, known := v.texts.slot(text)
	if !known {
		if !utf8.ValidString(text) {
			return "", &problem{reason: NotUTF8, want: "UTF-8 text"}
		}
		slot.keep(hash, text, struct{}{})
	}
	return slot.text, nil
}

func fitsAmount(text string, _ *values) bool {
	_, _, p := scanAmount(text)
	return p == nil || strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789+-.,'$€£¥ ") == ""
}
