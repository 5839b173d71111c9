package loyalty

import "time"

// Receipt says what a command did, and why. The same command with the same key
// gets it again, with Replayed set.
type Receipt struct {
	Key    string `json:"key"`
	Member string `json:"member"`
	// RecordedAt is when it was decided, Version the program's version that
	// decided it, and Seq the number of its entry in the member's journal.
	RecordedAt time.Time `json:"recordedAt"`
	Version    uint32    `json:"version"`
	Seq        uint64    `json:"seq"`
	Replayed   bool      `json:"replayed,omitempty"`
	// Rules are all rules for this kind of event, in order of their IDs: those
	// that fired and those that did not.
	Rules []RuleResult `json:"rules,omitempty"`
	// Balances are the member's wallets afterwards, in the program's order.
	Balances []Balance `json:"balances"`
	// Taken is what was taken back, spent or held; Waived what could not be
	// taken back, and Owed what became debt.
	Taken  int64 `json:"taken,omitempty"`
	Waived int64 `json:"waived,omitempty"`
	Owed   int64 `json:"owed,omitempty"`
	// Lost is what came back and had expired.
	Lost int64 `json:"lost,omitempty"`
	// Tier is the level afterwards; empty if there is none.
	Tier string `json:"tier,omitempty"`
	// Next is the cheapest reward that the member may have, at this tier and
	// moment, and can't afford yet; zero if there is none.
	Next NextReward `json:"next,omitzero"`
}

// RuleResult says what one rule gave, and why.
type RuleResult struct {
	Rule   uint32 `json:"rule"`
	Name   string `json:"name,omitempty"`
	Wallet string `json:"wallet,omitempty"`
	// Points is what was given, Wanted what it would have been without caps.
	Points int64  `json:"points"`
	Wanted int64  `json:"wanted,omitempty"`
	Reason Reason `json:"reason"`
	// Cap is the number of the cap that trimmed or capped, in the rule's order;
	// -1 if none did.
	Cap int8 `json:"cap"`
	// RetryAt is when it would have paid, if only time refused it; else zero.
	RetryAt time.Time `json:"retryAt,omitzero"`
	// Progress of Goal is how far a task, or a streak, has come.
	Progress int32 `json:"progress,omitempty"`
	Goal     int32 `json:"goal,omitempty"`
	// Pending is set if the points wait. Expires is when they end; zero if
	// never, or if that is not known before they become available.
	Pending bool      `json:"pending,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
	// Referrer is set if the points went to the member's referrer.
	Referrer bool `json:"referrer,omitempty"`
}

// Balance is what a member holds in one wallet.
type Balance struct {
	Wallet    string `json:"wallet"`
	Available int64  `json:"available"`
	Pending   int64  `json:"pending,omitempty"`
	Held      int64  `json:"held,omitempty"`
	Debt      int64  `json:"debt,omitempty"`
}

// NextReward is a reward and what is missing for it.
type NextReward struct {
	Reward  string `json:"reward"`
	Missing int64  `json:"missing"`
}
