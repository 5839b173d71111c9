package experiment

import (
	"fmt"

	"github.com/regulars-go/regulars/strategy"
)

// Action is what a proposal would change.
type Action string

// An operation gets one of these a review.
const (
	// Keep leaves the operation as it is.
	Keep Action = "keep"
	// Raise and Lower turn its dial: the lever of an operation that has a value,
	// and otherwise the priority.
	Raise Action = "raise"
	Lower Action = "lower"
	// Pause stops it.
	Pause Action = "pause"
	// Widen adds a label to those of which a customer must have any.
	Widen Action = "widen"
)

// Dial is what says how much an operation is favoured.
type Dial string

const (
	// Lever is the operation's lever, a factor of its score.
	Lever Dial = "lever"
	// Priority is its rank, for an operation without a value, which has no score.
	Priority Dial = "priority"
)

// Proposal is a change of a playbook, with what speaks for it. Nothing is changed
// until [Apply] is told to.
type Proposal struct {
	Operation string `json:"operation"`
	Action    Action `json:"action"`
	// Dial is what Raise and Lower turn, and From and To what it is before and
	// after.
	Dial Dial            `json:"dial,omitempty"`
	From strategy.Micros `json:"from,omitzero"`
	To   strategy.Micros `json:"to,omitzero"`
	// Label is what Widen adds.
	Label string `json:"label,omitempty"`
	// Because says why in words, and for Keep why not more.
	Because  string    `json:"because"`
	Evidence Evidence  `json:"evidence"`
	Net      *Estimate `json:"net"`
	// Automatic holds where the reviewer says that nobody need approve it.
	Automatic bool `json:"automatic,omitempty"`
	// Approved is for the host to set.
	Approved bool `json:"approved,omitempty"`
}

// String returns such as "win-back gift: raise lever from 1 to 1.25: net above 0
// in 2 reviews".
func (p Proposal) String() string {
	text := p.Operation + ": " + string(p.Action)
	switch p.Action {
	case Raise, Lower:
		text += fmt.Sprintf(" %s from %v to %v", p.Dial, p.From, p.To)
	case Widen:
		text += " to " + p.Label
	}
	return text + ": " + p.Because
}
