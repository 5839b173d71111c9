package loyalty

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// Rule says what earns points. Exactly one of Points, PerAmount, Streak, Task
// and Referral is set.
type Rule struct {
	ID   uint32 `json:"id"` // from 1
	Name string `json:"name"`
	// Layer says what kind of effort it asks of a member.
	Layer Layer `json:"layer"`
	// Disabled rules never fire, and receipts say so.
	Disabled bool `json:"disabled,omitempty"`
	// On lists the kinds of events that the rule looks at: at least one. The
	// kind "check-in" is that of [CheckIn], of which a rule sees one a local day.
	On []string `json:"on"`
	// When is what else must hold. Defaults to nothing.
	When Condition `json:"when,omitzero"`
	// Wallet is by name. Empty means the first.
	Wallet string `json:"wallet,omitempty"`

	// Points is a fixed number for each event.
	Points int64 `json:"points,omitempty"`
	// PerAmount gives points for what was spent.
	PerAmount *PerAmount `json:"perAmount,omitempty"`
	// Streak gives points for check-ins on days in a row.
	Streak *Streak `json:"streak,omitempty"`
	// Task gives points once something was done so many times.
	Task *Task `json:"task,omitempty"`
	// Referral gives points to the member's referrer.
	Referral *Referral `json:"referral,omitempty"`

	// Best names a set of rules of which only one fires: the one that would
	// give most after caps, of equals the one with the lowest ID. It is for
	// Points and PerAmount, in one wallet. Empty means none.
	Best string `json:"best,omitempty"`
	// Caps bound what the rule gives. All of them hold.
	Caps []Cap `json:"caps,omitempty"`
	// Rounding of the final number. Defaults to "floor".
	Rounding Rounding `json:"rounding,omitempty"`
	// Pending and Expiry replace those of the wallet. Default to nil.
	Pending *Pending `json:"pending,omitempty"`
	Expiry  *Expiry  `json:"expiry,omitempty"`
	// Locked points can't be transferred.
	Locked bool `json:"locked,omitempty"`
}

// Layer is the kind of effort that a rule asks for. A program needs all three:
// something for nothing, something for what members do anyway, and something
// that leads further.
type Layer string

// The layers.
const (
	LayerZeroCost Layer = "zero-cost" // 零成本可得: signing in, reading
	LayerRoutine  Layer = "routine"   // 常规行为可得: buying as ever
	LayerUpgrade  Layer = "upgrade"   // 升级任务: something new or more
)

// Condition is what must hold, all of it. The zero value always holds.
type Condition struct {
	// Attributes each must have one of the values listed.
	Attributes []AttributeIn `json:"attributes,omitempty"`
	// AllOf, AnyOf and NoneOf are labels that the event must have, must have
	// one of, and must not have.
	AllOf  []string `json:"allOf,omitempty"`
	AnyOf  []string `json:"anyOf,omitempty"`
	NoneOf []string `json:"noneOf,omitempty"`
	// MinAmount and MaxAmount bound what was spent, inclusively. MaxAmount zero
	// means no bound.
	MinAmount decimal.Decimal `json:"minAmount,omitzero"`
	MaxAmount decimal.Decimal `json:"maxAmount,omitzero"`
	// Tiers are names of levels, of which the member must have one.
	Tiers []string `json:"tiers,omitempty"`
	// From and To bound OccurredAt: From <= t < To. Zero means open.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Weekdays are local, as "mon" or "sun".
	Weekdays []string `json:"weekdays,omitempty"`
}

// AttributeIn asks for an attribute with one of some values.
type AttributeIn struct {
	Name string   `json:"name"`
	In   []string `json:"in"`
}

// PerAmount gives Points for each Per spent: a ratio, so that 1 point for 10.00
// gives 3 points for 39.99.
type PerAmount struct {
	Points int64           `json:"points"`
	Per    decimal.Decimal `json:"per"`
	// Categories are those of the lines that count; none means the whole order.
	// An order without lines has no category.
	Categories []string `json:"categories,omitempty"`
}

// Streak gives points for a check-in by how many local days in a row it is.
type Streak struct {
	// Steps say from which day of the streak on a check-in gives how many
	// points, Day ascending from 1. The last one reached counts.
	Steps []Step `json:"steps"`
	// Goals give extra points on one day of the streak, Day ascending.
	Goals []Step `json:"goals,omitempty"`
	// Cycle begins again at day 1 after so many days, for steps and goals. Zero
	// means never.
	Cycle int32 `json:"cycle,omitempty"`
	// MakeUp lets members pay for a day that they missed; nil if they can't.
	MakeUp *MakeUpPrice `json:"makeUp,omitempty"`
}

// Step is a number of points from a day of a streak on.
type Step struct {
	Day    int32 `json:"day"`
	Points int64 `json:"points"`
}

// MakeUpPrice says what a missed day costs, and how far back it may lie.
type MakeUpPrice struct {
	Points int64 `json:"points"` // of the rule's wallet, from 0
	Days   int32 `json:"days"`   // from 1 to 31
	// PerMonth is how many in a local month; zero means any number.
	PerMonth int32 `json:"perMonth,omitempty"`
}

// Task gives points when events that meet the rule's conditions have come so
// many times. If a cap leaves nothing of the points, the task stays one event
// short of its goal. What was done stays done if an order is returned; only the
// points of the order that reached the goal are taken back.
type Task struct {
	Goal   int32 `json:"goal"` // from 1
	Points int64 `json:"points"`
	// After are the IDs of task rules that must be done before events count: at
	// the latest with the event before.
	After []uint32 `json:"after,omitempty"`
	// Repeat starts the task again when it is done.
	Repeat bool `json:"repeat,omitempty"`
}

// Referral gives points to whom brought the member, once, at the first event
// that meets the rule's conditions. They are taken back as the event's order
// is returned: if nothing that still meets the conditions is kept.
type Referral struct {
	Points int64 `json:"points"`
	// Within is how long after enrolment the event may come; zero means ever.
	Within regulars.Span `json:"within,omitzero"`
}

// Cap bounds what a rule gives.
type Cap struct {
	// Per is "event", "day", "week", "month", "year" or "life", in the
	// program's calendar.
	Per string `json:"per"`
	// Points or Times is the most. One of them is set.
	Points int64 `json:"points,omitempty"`
	Times  int64 `json:"times,omitempty"`
	// By says whose cap it is: "member", "program", or the name of an attribute,
	// such as "device", each value of which has its own. An event without the
	// attribute is not capped by it. Defaults to "member".
	By string `json:"by,omitempty"`
	// Reject gives nothing if all that the rule wants does not fit, whatever
	// other caps would leave of it. Defaults to giving what fits.
	Reject bool `json:"reject,omitempty"`
}

// Rounding says how a rational number of points becomes a whole one.
type Rounding string

// The roundings.
const (
	RoundFloor    Rounding = "floor"
	RoundHalfEven Rounding = "half-even"
	// RoundLines rounds the sum down and shares it over the lines by largest
	// remainder, ties to the earlier line, so that a line's points are known.
	RoundLines Rounding = "lines"
)

// Multiplier raises what rules give. One that depends on the amount must not
// make more spent give less: below 1 it may not ask for a least amount, above 1
// not for a largest.
type Multiplier struct {
	ID   uint32 `json:"id"` // from 1
	Name string `json:"name"`
	// Group it belongs to; groups multiply with each other.
	Group string `json:"group"`
	// Factor is from 0 to 100, with at most 4 places; 1 changes nothing.
	Factor decimal.Decimal `json:"factor"`
	// Rules are the IDs of those that it raises; none means all that give
	// points by amount.
	Rules []uint32 `json:"rules,omitempty"`
	// Categories limit it to lines of these; the others stay as they are.
	Categories []string  `json:"categories,omitempty"`
	When       Condition `json:"when,omitzero"`
}

// Group says how multipliers of one group combine: "add" adds what they have
// beyond 1, down to nothing in all; "best" takes the largest; "multiply"
// multiplies. What groups come to is multiplied.
type Group struct {
	Name    string `json:"name"`
	Combine string `json:"combine"`
}
