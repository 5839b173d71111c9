package main

import "github.com/regulars-go/regulars/loyalty"

// loyaltySection says what the orders come to under a loyalty program.
type loyaltySection struct {
	// Reason says why there is nothing to tell; the rest is then empty.
	Reason  string `json:"reason,omitzero"`
	Program string `json:"program"`
	Version uint32 `json:"version"`
	Source  string `json:"source"` // the program's file, or "preset"
	// Assumed is how members are taken to spend, since orders don't tell. Events
	// are the kinds of events that the input has: rules for others can't fire.
	Assumed string   `json:"assumed"`
	Events  []string `json:"events"`
	Members int      `json:"members"`
	// Orders and Refunds were taken, and Refused were not, by reason.
	Orders      int                `json:"orders"`
	Refunds     int                `json:"refunds"`
	Refused     map[string]int     `json:"refused"`
	Redemptions redemptionsSection `json:"redemptions"`
	Wallets     []walletSection    `json:"wallets"`
	Liability   []liabilitySection `json:"liability"`
	// Tiers is null if the program has none.
	Tiers   *tiersSection          `json:"tiers"`
	Rules   []ruleSection          `json:"rules"`
	Checkup *loyalty.CheckupReport `json:"checkup"`
}

// redemptionsSection are those that members are assumed to make.
type redemptionsSection struct {
	Reward  string         `json:"reward"`
	Cost    int64          `json:"cost"`
	Times   int            `json:"times"`
	Refused map[string]int `json:"refused,omitempty"`
}

// walletSection says what became of the points of one wallet. Issued is
// Available + Pending + Held + Redeemed + Expired + Revoked + Forfeited - Debt.
type walletSection struct {
	Name       string `json:"name"`
	Qualifying bool   `json:"qualifying"` // counts for tiers, and can't be spent
	Issued     int64  `json:"issued"`
	Available  int64  `json:"available"`
	Pending    int64  `json:"pending"`
	Held       int64  `json:"held"`
	Redeemed   int64  `json:"redeemed"`
	Expired    int64  `json:"expired"`
	Revoked    int64  `json:"revoked"`
	Forfeited  int64  `json:"forfeited"`
	Debt       int64  `json:"debt"`
}

// liabilitySection is what members may still redeem of one wallet. Nothing
// that has ended is in it.
type liabilitySection struct {
	Wallet string `json:"wallet"`
	Points int64  `json:"points"` // available, pending and held
	// Settled is of accounts that had nothing due, Due of the others as they are
	// with all that was due; Past had ended and was not written off yet.
	Settled loyalty.Owed `json:"settled"`
	Due     loyalty.Owed `json:"due"`
	Past    int64        `json:"past"`
	// Months are by the local month in which points end, and Endless those that
	// don't, or not yet.
	Months  []endingSection `json:"months"`
	Endless int64           `json:"endless"`
	// Cost is what it costs if all is redeemed; null if the wallet has no cost.
	// What of it will never be redeemed is not estimated: redemptions are
	// assumed.
	Cost *string `json:"cost"`
}

// endingSection is the points that end in a month, as 2006-01. Available and
// Pending are parts of Points; held points have no end.
type endingSection struct {
	Month     string `json:"month"`
	Points    int64  `json:"points"`
	Available int64  `json:"available"`
	Pending   int64  `json:"pending"`
}

// tiersSection counts members by the level they have, the lowest first.
type tiersSection struct {
	Wallet string         `json:"wallet"`
	None   int            `json:"none"` // below the first level
	Levels []levelSection `json:"levels"`
}

type levelSection struct {
	Name    string `json:"name"`
	Min     int64  `json:"min"` // qualifying points
	Members int    `json:"members"`
}

// ruleSection is what one rule gave, and why it did not where it looked.
type ruleSection struct {
	ID     uint32 `json:"id"`
	Name   string `json:"name"`
	Wallet string `json:"wallet"`
	Times  int64  `json:"times"`
	Points int64  `json:"points"` // before refunds
	// Unseen is set if the input has no events that the rule is for.
	Unseen bool             `json:"unseen"`
	Not    map[string]int64 `json:"not,omitempty"`
}
