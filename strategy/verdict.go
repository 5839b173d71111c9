package strategy

import (
	"fmt"
	"strings"
	"time"
)

// Code says why an operation was chosen or not. The zero value is no code.
type Code uint8

// Every candidate gets exactly one code. They are tried in this order: dates,
// audience, rank.
const (
	// Chosen is the one operation that the customer gets.
	Chosen Code = 1 + iota
	// NotStarted means that the operation's dates lie ahead.
	NotStarted
	// Ended means that the operation's dates are over.
	Ended
	// LacksLabel means that the customer lacks a label of AllOf, or all of AnyOf.
	LacksLabel
	// Excluded means that the customer has a label of NoneOf.
	Excluded
	// Outranked means that the customer could have had the operation, but for
	// one of a higher rank.
	Outranked
)

// Codes lists the codes in their order.
func Codes() []Code { return []Code{Chosen, NotStarted, Ended, LacksLabel, Excluded, Outranked} }

const codeCount = int(Outranked) + 1 // with the zero value

var codeNames = [codeCount]string{"", "chosen", "not started", "ended", "lacks label", "excluded", "outranked"}

// String returns the lower-case name of c, such as "lacks label"; "" for the
// zero value.
func (c Code) String() string {
	if int(c) >= codeCount {
		return fmt.Sprintf("Code(%d)", uint8(c))
	}
	return codeNames[c]
}

// MarshalText writes c as [Code.String] does; a code that does not exist is an
// error.
func (c Code) MarshalText() ([]byte, error) {
	if c == 0 || int(c) >= codeCount {
		return nil, fmt.Errorf("strategy: no such code: %d", uint8(c))
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads the name of a code.
func (c *Code) UnmarshalText(text []byte) error {
	for _, code := range Codes() {
		if code.String() == string(text) {
			*c = code
			return nil
		}
	}
	return fmt.Errorf("strategy: %q is not a code: want one such as %q", text, LacksLabel)
}

// Verdict is what became of one candidate.
type Verdict struct {
	Operation string `json:"operation"`
	Code      Code   `json:"code"`
	// Detail is what the code speaks of: for Chosen the audience in words, for
	// NotStarted and Ended the instant, for LacksLabel and Excluded the label,
	// of several the first by its bytes, or "any of" and all of AnyOf, and for
	// Outranked the operation that was chosen.
	Detail string `json:"detail"`
	// RetryAt is the first instant at which the operation would be eligible, if
	// only time refuses it: its dates lie ahead, and the audience has the
	// customer. Otherwise it is zero. Whether an operation of a higher rank will
	// take its place then is not foreseen.
	RetryAt time.Time `json:"retryAt,omitzero"`
}

// Because says the code and its detail in words, such as "audience: lacks
// stage=silent".
func (v Verdict) Because() string {
	switch v.Code {
	case Chosen:
		return "chosen: for " + v.Detail
	case NotStarted:
		return "not yet started: starts " + v.Detail
	case Ended:
		return "ended " + v.Detail
	case LacksLabel:
		return "audience: lacks " + v.Detail
	case Excluded:
		return "audience: excluded by " + v.Detail
	case Outranked:
		return "outranked by " + v.Detail
	}
	return v.Code.String()
}

// String returns the operation and why it was chosen or not.
func (v Verdict) String() string { return v.Operation + ": " + v.Because() }

// String lists who gets what, and a line for every candidate.
func (d Decision) String() string {
	var text strings.Builder
	chosen := d.Chosen
	if chosen == "" {
		chosen = "nothing"
	}
	fmt.Fprintf(&text, "%s gets %s", d.Customer, chosen)
	for _, v := range d.Verdicts {
		text.WriteString("\n  " + v.String())
	}
	return text.String()
}
