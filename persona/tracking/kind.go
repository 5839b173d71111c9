package tracking

// Kind is what the values of a property are. It is written as its name.
type Kind uint8

// The kinds. What each takes as it is, and what it takes after a cast, which is
// a [CastType] violation, is said here; anything else is a [WrongType].
const (
	// Bool takes true and false; after a cast the texts "true" and "false"
	// and the numbers 1 and 0.
	Bool Kind = 1 + iota
	// Int takes whole numbers of 64 bits, 30.0 included; after a cast texts of
	// such a number.
	Int
	// Decimal takes numbers of at most 36 digits, 18 of them after the point;
	// after a cast texts of such a number.
	Decimal
	// String takes texts; after a cast numbers and bools, as JSON writes them.
	String
	// Enum takes the texts of the property's dictionary; after a cast a
	// number or bool whose text is one of them.
	Enum
	// Date takes texts such as "2026-11-22"; after a cast nothing, since the
	// date of an instant depends on a zone.
	Date
	// Time takes instants, as [time.Time] or a text of RFC 3339 such as
	// "2026-11-22T09:30:00+08:00"; after a cast nothing, since a number may be
	// seconds or milliseconds.
	Time
	// Strings takes lists of texts; after a cast a single text.
	Strings
)

var kindWords = words{"Kind", "kind", []string{"bool", "int", "decimal", "string", "enum", "date", "time", "strings"}}

// String returns the name of the kind, such as "decimal".
func (k Kind) String() string { return kindWords.of(uint8(k)) }

// MarshalText writes the name of the kind; one that does not exist is an error.
func (k Kind) MarshalText() ([]byte, error) { return kindWords.marshal(uint8(k)) }

// UnmarshalText reads the name of a kind.
func (k *Kind) UnmarshalText(text []byte) error {
	i, err := kindWords.unmarshal(text)
	if err == nil {
		*k = Kind(i)
	}
	return err
}

// wants says what a property of the kind takes.
func (k Kind) wants() string {
	return [...]string{
		Bool: "true or false", Int: "a whole number of 64 bits", Decimal: "a number of at most 36 digits, 18 of them after the point",
		String: "a text", Enum: "a text of the dictionary", Date: "a date such as 2026-11-22",
		Time: "an instant such as 2026-11-22T09:30:00+08:00", Strings: "a list of texts",
	}[k]
}
