package loyalty

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

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
