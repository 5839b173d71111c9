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
