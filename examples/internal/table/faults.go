package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Reason says why a row is malformed.
type Reason string

// The reasons for which a row is malformed.
const (
	EmptyValue     Reason = "empty value"       // a required value is empty
	NotATime       Reason = "not a time"        // no such date, or another layout than the file's
	NotAnAmount    Reason = "not an amount"     // no plain decimal number
	AmountTooLong  Reason = "amount too long"   // more digits than [MaxDigits] or [MaxPlaces]
	WrongFields    Reason = "wrong field count" // more or fewer fields than the first row
	MisplacedQuote Reason = "misplaced quote"   // a quote within an unquoted field, or the like
	NotUTF8        Reason = "not UTF-8"         // bytes that are no text
)

const (
	problemSample = 5  // how many malformed rows a SetAside shows
	valueShown    = 60 // how many bytes of a value an error shows
	namesShown    = 40 // how many columns an error lists
)

// MalformedError is one row that can't be read.
type MalformedError struct {
	File   string
	Line   int    // from 1; of the value, where a quoted field holds line ends
	Column string // the column's header, or its position without a header; empty if the row as a whole is meant
	Value  string // as it stands in the file, shortened to 60 bytes
	Reason Reason
	Want   string // what was expected
}

// Error names file, line, column and value, and says what was expected.
func (e *MalformedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: line %d", e.File, e.Line)
	if e.Column != "" {
		fmt.Fprintf(&b, ", column %s: %q", e.Column, e.Value)
	}
	fmt.Fprintf(&b, ": %s: expected %s", e.Reason, e.Want)
	return b.String()
}

// SetAside counts the rows that a lenient [Reader] passed over.
type SetAside struct {
	Rows    int64             // how many in all
	Reasons []ReasonCount     // how many for each reason that occurred, ordered by reason
	First   []*MalformedError // the first five
}

// ReasonCount is how many rows were set aside for a reason.
type ReasonCount struct {
	Reason Reason
	Rows   int64
}

func (s *SetAside) add(e *MalformedError) {
	s.Rows++
	if len(s.First) < problemSample {
		s.First = append(s.First, e)
	}
	at, found := slices.BinarySearchFunc(s.Reasons, e.Reason, func(c ReasonCount, reason Reason) int {
		return strings.Compare(string(c.Reason), string(reason))
	})
	if !found {
		s.Reasons = slices.Insert(s.Reasons, at, ReasonCount{Reason: e.Reason})
	}
	s.Reasons[at].Rows++
}

// problem is what is wrong with a value, before it is known where it stands.
type problem struct {
	reason Reason
	want   string
	fatal  bool // lenient or not: what the file means is unclear, not just this row
}

// shorten cuts a value for display, at a character's start.
func shorten(value string) string {
	if len(value) <= valueShown {
		return strings.Clone(value)
	}
	end := valueShown
	for end > 0 && !utf8.RuneStart(value[end]) {
		end--
	}
	return value[:end] + "…"
}

// quoteAll lists names for a message: "a", "b", "c".
func quoteAll(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), namesShown)] {
		quoted = append(quoted, strconv.Quote(shorten(name)))
	}
	if more := len(names) - namesShown; more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(quoted, ", ")
}
