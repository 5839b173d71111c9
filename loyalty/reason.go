package loyalty

import "fmt"

// Reason says why a rule gave what it gave, or nothing.
type Reason uint8

// The reasons. Stores keep them as numbers.
const (
	// ReasonFired gave all that the rule wanted; ReasonTrimmed less, since a cap
	// left less.
	ReasonFired Reason = 1 + iota
	ReasonTrimmed
	// ReasonCapped gave nothing, since a cap had nothing left or rejects what
	// does not fit.
	ReasonCapped
	ReasonDisabled
	ReasonDates      // outside From and To
	ReasonWeekday    // not on this day of the week
	ReasonTier       // not at this level
	ReasonAttribute  // an attribute is absent or has another value
	ReasonLabel      // a label is missing or excluded
	ReasonAmount     // outside MinAmount and MaxAmount
	ReasonCategory   // no line of the categories
	ReasonRounded    // less than one point
	ReasonOutranked  // another rule of the same set gives more
	ReasonCheckedIn  // this day is checked in already
	ReasonLocked     // a task that must come first is not done
	ReasonProgress   // the task is not done yet
	ReasonDone       // the task was done before
	ReasonNoReferrer // nobody brought the member
	ReasonPaid       // the referral was paid before
	ReasonLate       // too long after enrolment
	ReasonReferrer   // the referrer can't be paid: closed or unknown
	ReasonFull       // the wallet is full: see MaxPoints
	ReasonReturned   // what is kept no longer meets the conditions
	numReasons
)

var reasonNames = [numReasons]string{
	ReasonFired: "fired", ReasonTrimmed: "trimmed", ReasonCapped: "capped", ReasonDisabled: "disabled",
	ReasonDates: "dates", ReasonWeekday: "weekday", ReasonTier: "tier", ReasonAttribute: "attribute",
	ReasonLabel: "label", ReasonAmount: "amount", ReasonCategory: "category", ReasonRounded: "rounded",
	ReasonOutranked: "outranked", ReasonCheckedIn: "checked in", ReasonLocked: "locked", ReasonProgress: "progress",
	ReasonDone: "done", ReasonNoReferrer: "no referrer", ReasonPaid: "paid", ReasonLate: "late",
	ReasonReferrer: "referrer", ReasonFull: "full", ReasonReturned: "returned",
}

// String returns the reason in a word or two, such as "trimmed"; "" for a
// number that is none.
func (r Reason) String() string {
	if r >= numReasons {
		return ""
	}
	return reasonNames[r]
}

// MarshalText writes the reason as [Reason.String] does.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name of a reason.
func (r *Reason) UnmarshalText(text []byte) error {
	for reason, name := range reasonNames {
		if name == string(text) && name != "" {
			*r = Reason(reason)
			return nil
		}
	}
	return fmt.Errorf("loyalty: %.40q is not a reason: want one such as %q", text, ReasonFired)
}
