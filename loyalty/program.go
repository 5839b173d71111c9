package loyalty

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

// Program is one version of the rules by which points are given and spent. It
// is data: read it with ParseProgram, or take a preset and change it.
//
// IDs are numbers that stay: what was once a rule's is never another's in a
// later version, since accounts and journals refer to rules, wallets, rewards
// and tiers by number. Names may change.
type Program struct {
	// Name scopes everything in the store.
	Name string `json:"name"`
	// Version counts from 1.
	Version uint32 `json:"version"`
	// Published is when this version was made known to all engines; Effective is
	// when it begins to apply, not before Published. It applies to what occurs
	// from then on. The first version's Effective may be zero: since ever.
	Published time.Time `json:"published,omitzero"`
	Effective time.Time `json:"effective,omitzero"`

	// Zone is the calendar of days, weeks and months. Nil means UTC. In JSON it
	// is the name under "zone".
	Zone *time.Location `json:"-"`
	// WeekStart is the first day of a week. Defaults to Monday.
	WeekStart string `json:"weekStart,omitempty"`
	// MaxLate is how long after it occurred a command is still taken; days here
	// have 24 hours. Zero means 30 days; at most 400.
	MaxLate regulars.Span `json:"maxLate,omitzero"`
	// MaxAhead is how far in the future an event may lie, for clocks that
	// differ. Zero means 5 minutes; at most 1 day.
	MaxAhead regulars.Span `json:"maxAhead,omitzero"`
	// KeepKeys is for how long keys are kept beyond MaxLate. Zero means 7 days.
	KeepKeys regulars.Span `json:"keepKeys,omitzero"`

	// Wallets are the kinds of points, at least one. The first is the one that
	// commands mean if they name none.
	Wallets []Wallet `json:"wallets"`
	// Rules say what earns. Their order does not matter.
	Rules []Rule `json:"rules,omitempty"`
	// Multipliers raise what rules give, by groups.
	Multipliers []Multiplier `json:"multipliers,omitempty"`
	// Groups say how the multipliers of one group combine. A group that is not
	// listed adds.
	Groups  []Group  `json:"groups,omitempty"`
	Rewards []Reward `json:"rewards,omitempty"`
	// Tiers are the levels of membership; nil if there are none.
	Tiers *Tiers `json:"tiers,omitempty"`
	// Limits bound what members may do.
	Limits Limits `json:"limits,omitzero"`
}

// Wallet is a kind of points.
type Wallet struct {
	ID   uint8  `json:"id"` // from 1
	Name string `json:"name"`
	// Qualifying points count for tiers and can't be spent (成长值).
	Qualifying bool `json:"qualifying,omitempty"`
	// Expiry is when points of this wallet end. Defaults to never.
	Expiry Expiry `json:"expiry,omitzero"`
	// Pending is how long points wait. Defaults to not at all.
	Pending Pending `json:"pending,omitzero"`
	// Shortfall says what happens if more is taken back than there is: "clamp"
	// takes what there is, "debt" takes the rest from what comes later, up to
	// DebtLimit, and "refuse" rejects the command. Defaults to "clamp".
	Shortfall Shortfall `json:"shortfall,omitempty"`
	// DebtLimit is the most that is owed, with "debt"; what is over is waived.
	DebtLimit int64 `json:"debtLimit,omitempty"`
	// Restore is for how long after their end points come back from a reversed
	// redemption, counted from the reversal; see [Command]. Zero means that what
	// has expired stays expired.
	Restore regulars.Span `json:"restore,omitzero"`
	// Value is what a point is worth to a member, and Cost what it costs the
	// program, in the program's currency. They are for reports only.
	Value decimal.Decimal `json:"value,omitzero"`
	Cost  decimal.Decimal `json:"cost,omitzero"`
}

// Shortfall is a policy for what can't be taken back.
type Shortfall string

// The policies.
const (
	ShortfallClamp  Shortfall = "clamp"
	ShortfallDebt   Shortfall = "debt"
	ShortfallRefuse Shortfall = "refuse"
)

// Expiry says when points end. The zero value means never. Points end at an
// instant: at it they are gone.
//
// Rolling and calendar expiry is counted from the event, or from activation if
// the points were pending: After later, then on to the end of the local day, or
// of the period in RoundUp, or of the first of Dates.
type Expiry struct {
	After regulars.Span `json:"after,omitzero"`
	// RoundUp is "day", "month", "quarter", "half" or "year". Defaults to "day".
	// A coarse one leaves members with few dates to remember.
	RoundUp string `json:"roundUp,omitempty"`
	// Dates are days of the year, as "12-31", on which points end, at the end of
	// the day; "02-29" is 28 February in common years. At most 20.
	Dates []string `json:"dates,omitempty"`
	// Idle ends all points of the wallet when the member has earned or spent
	// nothing in it for so long, at the end of the local day. It goes with no
	// other field.
	Idle regulars.Span `json:"idle,omitzero"`
}

// Pending says how long points wait before they can be spent. The zero value
// means not at all. One of For and Until may be set.
type Pending struct {
	For regulars.Span `json:"for,omitzero"`
	// Until is the kind of the event that ends the waiting, for the same order.
	Until string `json:"until,omitempty"`
	// Within is how long to wait for it; then the points are forfeited. Zero
	// means 90 days.
	Within regulars.Span `json:"within,omitzero"`
}

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
	// kind "check-in" is that of [CheckIn].
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
	// give most, of equals the one with the lowest ID. Empty means none.
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
// many times.
type Task struct {
	Goal   int32 `json:"goal"` // from 1
	Points int64 `json:"points"`
	// After are the IDs of task rules that must be done before events count.
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
	// Reject gives nothing if all does not fit. Defaults to giving what fits.
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

// Multiplier raises what rules give.
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
// beyond 1, "best" takes the largest, "multiply" multiplies.
type Group struct {
	Name    string `json:"name"`
	Combine string `json:"combine"`
}

// Reward is what points are spent on.
type Reward struct {
	ID       uint32 `json:"id"` // from 1
	Name     string `json:"name"`
	Wallet   string `json:"wallet,omitempty"`
	Cost     int64  `json:"cost"` // points, from 1
	Disabled bool   `json:"disabled,omitempty"`
	// Stock is how many there are in all versions together; nil means no end.
	Stock *int64 `json:"stock,omitempty"`
	// PerMember is how many one member may have in each Per ("day", "week",
	// "month", "year" or "life", the default); zero means any number.
	PerMember int64  `json:"perMember,omitempty"`
	Per       string `json:"per,omitempty"`
	// Tiers are names of levels, of which the member must have one.
	Tiers []string  `json:"tiers,omitempty"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	// Value is what it is worth to a member, Price what it costs the program.
	// They are for reports only.
	Value decimal.Decimal `json:"value,omitzero"`
	Price decimal.Decimal `json:"price,omitzero"`
}

// Tiers are levels of membership by what a member earned in one wallet, less
// what was taken back. Spending does not count.
//
// A level is reached at once. It is lost only at a review, at the end of a
// period or, with rolling months, at the start of a month; or when an order is
// taken back that had carried it.
type Tiers struct {
	// Wallet is by name; empty means the first.
	Wallet string `json:"wallet,omitempty"`
	// Window is "year" (calendar years), "anniversary" (years from enrolment)
	// or "rolling" (the last Months local months, this one included). A level of
	// one year is kept to the end of the next.
	Window string `json:"window"`
	Months int32  `json:"months,omitempty"` // of "rolling", from 1 to 36
	// Levels ascend by Min. Below the first of them a member has no level.
	Levels []Level `json:"levels"`
	// Grace is how long a level is kept after a review that failed it, to
	// qualify after all. Zero means not at all.
	Grace regulars.Span `json:"grace,omitzero"`
	// Soft lowers by one level at a review at most.
	Soft bool `json:"soft,omitempty"`
}

// Level is a tier of membership.
type Level struct {
	ID   uint8  `json:"id"` // from 1, ascending
	Name string `json:"name"`
	Min  int64  `json:"min"` // qualifying points
}

// Limits bound what members may do.
type Limits struct {
	// MinRedeem is the least that may be redeemed or held at once.
	MinRedeem int64 `json:"minRedeem,omitempty"`
	// HoldFor is how long a hold lasts. Zero means 24 hours.
	HoldFor regulars.Span `json:"holdFor,omitzero"`
	// Transfers lets members give points to each other; nil if they can't.
	Transfers *Transfers `json:"transfers,omitempty"`
}

// Transfers bound what members give to each other.
type Transfers struct {
	Min    int64 `json:"min,omitempty"`
	PerDay int64 `json:"perDay,omitempty"` // points a local day; zero: any number
}

// Bounds of a program. They keep an untrusted file from exhausting a host, and
// the numbers of a version within what an account stores.
const (
	MaxWallets     = 8
	MaxRules       = 200
	MaxMultipliers = 100
	MaxRewards     = 1000
	MaxLevels      = 20
	MaxCaps        = 8 // of one rule
	MaxOpenHolds   = 32
)
