package persona

import (
	"errors"
	"fmt"
)

// What can be wrong with an observed value. Each comes wrapped in a
// [*ValueError] with the numbers.
var (
	// ErrUnknownAttribute means that the schema has no such attribute, kind of
	// events, field or source.
	ErrUnknownAttribute = errors.New("not in the schema")
	// ErrKind means that a value is not of the attribute's kind, or has more
	// digits than it holds.
	ErrKind = errors.New("wrong kind")
	// ErrDictionary means that a text is not in the dictionary of an enum.
	ErrDictionary = errors.New("not in the dictionary")
	// ErrRange means that a value lies outside what the attribute's Min and Max
	// say is plausible, or is too long.
	ErrRange = errors.New("out of range")
)

// ValueError says which value was refused, and why.
type ValueError struct {
	// Name is that of the attribute, the kind of events or the source.
	Name string
	// Value is what was refused; it is no value if the name was.
	Value Value
	// Problem says what was expected.
	Problem string
	// Err is one of [ErrUnknownAttribute], [ErrKind], [ErrDictionary] and
	// [ErrRange].
	Err error
}

// Error returns name, value and problem.
func (e *ValueError) Error() string {
	text := fmt.Sprintf("persona: %q: ", e.Name)
	if !e.Value.IsZero() {
		text += shorten(e.Value.String()) + ": "
	}
	return text + e.Problem
}

// Unwrap returns Err.
func (e *ValueError) Unwrap() error { return e.Err }

// maxShown is how many characters of a value a message repeats.
const maxShown = 60

func shorten(s string) string {
	runes := 0
	for i := range s {
		if runes++; runes > maxShown {
			return s[:i] + "…"
		}
	}
	return s
}
