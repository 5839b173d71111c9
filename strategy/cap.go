package strategy

import (
	"github.com/regulars-go/regulars"
)

// Cap bounds how many exposures there may be in a window of time. All caps hold
// at once. An operation that obeys no caps, or does not count towards them, is
// a matter of the operation; see [Operation].
type Cap struct {
	// Name tells the cap from the others. Verdicts give it.
	Name string `json:"name"`
	// Limit is how many exposures a window may have, from 1 to [MaxLimit]. There
	// is no cap of 0: leave the cap out to have none, and stop an operation to
	// send none.
	Limit int `json:"limit"`
	// Scope says what is counted together, and what it holds for. Defaults to
	// everything that the customer gets.
	Scope Scope `json:"scope,omitempty"`
	// On is the channel, tag, operation or objective that the cap is for. Empty
	// means each of them, counted on its own.
	On string `json:"on,omitempty"`
	// Rolling is the length of a window that ends now: an exposure counts for
	// exactly that long, so a window is (now-Rolling, now]. It is elapsed time,
	// in h, m or s: a week is "168h".
	Rolling regulars.Span `json:"rolling,omitzero"`
	// Calendar is a window of the calendar: the local day, week or month that
	// now lies in. Either it or Rolling is given.
	Calendar Calendar `json:"calendar,omitempty"`
	// WeekStart is the day on which weeks begin, "mon" to "sun". Defaults to
	// "mon".
	WeekStart string `json:"weekStart,omitempty"`
	// Zone says whose calendar it is. Defaults to the customer's.
	Zone Whose `json:"zone,omitempty"`
}

// Scope is what a cap counts together.
type Scope string

// The scopes. A cap of any but the first counts what is of the same channel, tag,
// operation or objective.
const (
	PerCustomer  Scope = ""
	PerChannel   Scope = "channel"
	PerTag       Scope = "tag"
	PerOperation Scope = "operation"
	PerObjective Scope = "objective"
)

// Calendar is a period of the local calendar.
type Calendar string

// The periods of the calendar.
const (
	Day   Calendar = "day"
	Week  Calendar = "week"
	Month Calendar = "month"
)

// Whose says whose time zone counts.
type Whose string

const (
	// OfCustomer is the zone of the customer, and the default.
	OfCustomer Whose = ""
	// OfBusiness is the zone of the playbook.
	OfBusiness Whose = "business"
)

// WhenCapped says what becomes of a customer whose best operation is held back
// by a cap or by quiet hours.
type WhenCapped string

const (
	// Next lets the next operation have its turn. It is the default.
	Next WhenCapped = ""
	// Defer sends nothing now: the customer is to be decided on again when the
	// operation is free. It is not sent then without a decision, as the reason
	// for it may be gone.
	Defer WhenCapped = "defer"
	// Drop sends nothing.
	Drop WhenCapped = "drop"
)

// QuietHours are the hours of the local day in which nothing is sent: from
// Start, included, to End, excluded, as the clock on the wall shows them. They
// may span midnight. What the clock shows decides, so in the night in which
// the clocks go back they may be over and begin again.
type QuietHours struct {
	// Start and End differ: hours that are always quiet, or never, are a mistake.
	Start Clock `json:"start"`
	End   Clock `json:"end"`
	// Channels are those that they are for. None means all.
	Channels []string `json:"channels,omitempty"`
	// Zone says whose clock it is. Defaults to the customer's.
	Zone Whose `json:"zone,omitempty"`
}

// Clock is what a clock on the wall shows, to the minute, such as "22:00"; the
// zero value is midnight.
type Clock struct{ minute int16 }
