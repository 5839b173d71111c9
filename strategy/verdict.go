package strategy

import (
	"fmt"
	"strings"
	"time"
)

// Code says why an operation was chosen or not. The zero value is no code.
type Code uint8

// Every candidate gets exactly one code. After Chosen they are in the order in
// which they are tried.
const (
	// Chosen is the one operation that the customer gets.
	Chosen Code = 1 + iota
	// HeldOut means that the customer is in a holdout.
	HeldOut
	// Stopped means that the operation's kill switch is on.
	Stopped
	// NotStarted means that the operation's dates lie ahead.
	NotStarted
	// Ended means that the operation's dates are over.
	Ended
	// LacksLabel means that the customer lacks a label of AllOf, or all of AnyOf.
	LacksLabel
	// Excluded means that the customer has a label of NoneOf.
	Excluded
	// LacksNumber means that a number of the customer is not known.
	LacksNumber
	// OutOfRange means that a number of the customer lies outside the range.
	OutOfRange
	// Unreachable means that the customer can't be reached by any of the
	// channels.
	Unreachable
	// NoConsent means that the customer did not agree to the channels, or that
	// the quota is used up.
	NoConsent
	// CoolingDown means that it is too soon after the last time.
	CoolingDown
	// Capped means that the customer has had as much as a cap allows.
	Capped
	// Quiet means that it is the hour to be quiet.
	Quiet
	// OverBudget means that it costs more than what is left of a budget.
	OverBudget
	// Refused means that a store did not reserve it.
	Refused
	// NotDrawn means that exploration drew another one of those that the customer
	// could have had.
	NotDrawn
	// Unscored means that the customer's propensity is given and not a number
	// from 0 to 1.
	Unscored
	// NoGain means that it has a value, but the score is not above 0.
	NoGain
	// HeldBack means that the customer could have had it, but waits for one of a
	// higher rank; see [Defer] and [Drop].
	HeldBack
	// Outranked means that the customer could have had the operation, but for
	// one of a higher rank.
	Outranked
)

var codeNames = [...]string{
	"", "chosen", "held out", "stopped", "not started", "ended", "lacks label", "excluded", "lacks number", "out of range", "unreachable",
	"no consent", "cooling down", "capped", "quiet", "over budget", "refused", "not drawn", "unscored", "no gain", "held back", "outranked",
}

const codeCount = len(codeNames) // with the zero value

// Codes lists the codes in their order.
func Codes() []Code {
	codes := make([]Code, 0, codeCount-1)
	for c := Chosen; int(c) < codeCount; c++ {
		codes = append(codes, c)
	}
	return codes
}

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
	// Channel is the one that the verdict is about. It is empty where no channel
	// was looked at.
	Channel string `json:"channel,omitempty"`
	// Stage is the step of the decision that the code comes from; that of Chosen
	// is the last one it passed.
	Stage Stage `json:"stage"`
	Code  Code  `json:"code"`
	// Detail is what the code speaks of: for Chosen the audience in words, for
	// HeldOut the holdout, for NotStarted and Ended the instant, for LacksLabel
	// and Excluded the label, of several the first by its bytes, or "any of" and
	// all of AnyOf; for numbers the range, for CoolingDown the rule, for Capped,
	// OverBudget and Refused the cap or the budget, for Quiet the hours; for
	// NotDrawn, HeldBack and Outranked the operation that came before it.
	Detail string `json:"detail,omitempty"`
	// RetryAt is the first instant at which the refusal lapses, if only time
	// refuses it and nothing else happens until then, such as an outcome that is
	// dated ahead: the candidate is refused for the same reason a microsecond
	// earlier, and no longer for it then. Otherwise it is zero. What starts in the
	// future is retried only if its audiences have the customer. Whether an
	// operation of a higher rank will take its place then is not foreseen.
	RetryAt time.Time `json:"retryAt,omitzero"`
	// Score is that of a candidate that could have been chosen.
	Score Micros `json:"score,omitzero"`
	// Propensity is the probability with which it was to be chosen, given the
	// case: without exploration 1 for Chosen, and 0 for the others.
	Propensity float64 `json:"propensity,omitempty"`
}

// audienceWords says what it is that an audience asks, by its stage.
var audienceWords = map[Stage]string{StageRelevance: "relevance", StageSuitability: "suitability"}

// Because says the code and its detail in words, such as "audience: lacks
// stage=silent".
func (v Verdict) Because() string {
	audience := "audience"
	if words, ok := audienceWords[v.Stage]; ok {
		audience = words
	}
	switch v.Code {
	case Chosen:
		return "chosen: for " + v.Detail
	case HeldOut:
		return "held out by " + v.Detail
	case NotStarted:
		return "not yet started: starts " + v.Detail
	case Ended:
		return "ended " + v.Detail
	case LacksLabel:
		return audience + ": lacks " + v.Detail
	case Excluded:
		return audience + ": excluded by " + v.Detail
	case LacksNumber:
		return audience + ": not known whether " + v.Detail
	case OutOfRange:
		return audience + ": not " + v.Detail
	case Unreachable, NoConsent:
		return v.Code.String() + ": " + v.Detail
	case CoolingDown:
		return v.until("cooling down for " + v.Detail)
	case Capped:
		return v.until("capped by " + v.Detail)
	case Quiet:
		return v.until("quiet hours " + v.Detail)
	case OverBudget:
		return "over budget: " + v.Detail
	case Refused:
		return "refused on reserving: " + v.Detail
	case NotDrawn:
		return "not drawn: " + v.Detail + " was"
	case Unscored:
		return "unscored: " + v.Detail
	case NoGain:
		return "no gain: score " + v.Detail
	case HeldBack:
		return "held back for " + v.Detail
	case Outranked:
		return "outranked by " + v.Detail
	}
	return v.Code.String()
}

func (v Verdict) until(words string) string {
	if v.RetryAt.IsZero() {
		return words
	}
	return words + " until " + stamp(v.RetryAt)
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
