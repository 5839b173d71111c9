package loyalty

import (
	"time"

	"github.com/shopspring/decimal"
)

// Command is one thing that a host asks for. Exactly one payload is set.
//
// OccurredAt is when it happened, and is part of the payload: a retry sends the
// same instant. It may lie before the moment of recording by at most the
// program's MaxLate, and after it by at most MaxAhead. Earn, Keep and CheckIn
// are judged as of OccurredAt; all others as of the moment of recording.
type Command struct {
	// Key makes the command happen once: the same key with the same payload
	// returns the recorded receipt, with another payload [KeyReusedError]. It is
	// scoped by program, has 1 to [MaxKeyBytes] bytes, and should be what the
	// caller already has, such as "order-1001/paid".
	Key string `json:"key"`
	// Member is whose account it is, with 1 to [MaxNameBytes] bytes.
	Member string `json:"member"`
	// OccurredAt must be set.
	OccurredAt time.Time `json:"occurredAt"`

	Earn     *Earn     `json:"earn,omitempty"`
	Keep     *Keep     `json:"keep,omitempty"`
	CheckIn  *CheckIn  `json:"checkIn,omitempty"`
	MakeUp   *MakeUp   `json:"makeUp,omitempty"`
	Hold     *Hold     `json:"hold,omitempty"`
	Capture  *Capture  `json:"capture,omitempty"`
	Release  *Release  `json:"release,omitempty"`
	Redeem   *Redeem   `json:"redeem,omitempty"`
	Reverse  *Reverse  `json:"reverse,omitempty"`
	Grant    *Grant    `json:"grant,omitempty"`
	Deduct   *Deduct   `json:"deduct,omitempty"`
	Transfer *Transfer `json:"transfer,omitempty"`
	Merge    *Merge    `json:"merge,omitempty"`
	Close    *Close    `json:"close,omitempty"`
	Reminded *Reminded `json:"reminded,omitempty"`
}

// Earn is an event that rules may award points for.
//
// If Order is set, the event is an order: what it earns can be taken back by
// [Keep], and a second event of the same kind for the same order is refused.
// An event of another kind for a known order, such as "delivered", activates
// what waits for that kind. The first event of a member opens the account.
type Earn struct {
	// Kind is what happened, such as "order", "quiz" or "open-account". The
	// kind "check-in" is [CheckIn]'s.
	Kind string `json:"kind"`
	// Order names the order, unique in the program.
	Order string `json:"order,omitempty"`
	// Amount is what was spent, in the program's currency: not negative, at most
	// [MaxAmount], with at most 4 decimal places. If there are lines it is
	// their sum, or left zero to mean it.
	Amount decimal.Decimal `json:"amount,omitzero"`
	// Lines are the parts of the order, at most [MaxLines].
	Lines []Line `json:"lines,omitempty"`
	// Attributes are flat facts that conditions and caps look at, such as
	// channel, device or card. Names differ; the order does not matter.
	Attributes []Attribute `json:"attributes,omitempty"`
	// Labels are of the form "key=value", such as "segment=at risk".
	Labels []string `json:"labels,omitempty"`
	// Referrer is the member who brought this one. It is taken from the first
	// event that names one, if that member enrolled strictly earlier, and stays
	// for life.
	Referrer string `json:"referrer,omitempty"`
}

// Line is a part of an order.
type Line struct {
	// ID is unique within the order.
	ID string `json:"id"`
	// Category is what rules look at, such as "coffee".
	Category string `json:"category,omitempty"`
	// Amount is bounded as [Earn]'s is.
	Amount decimal.Decimal `json:"amount"`
}

// Attribute is a fact with a name and a value.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Keep says what of an order was kept in the end, not what was returned: so any
// split and order of partial refunds takes back exactly what the returned part
// had earned. What is kept only shrinks: of two Keeps the smaller counts, line
// by line. A Keep without lines and with Amount zero keeps nothing.
type Keep struct {
	Order string `json:"order"`
	// Amount is what was kept of an order without lines.
	Amount decimal.Decimal `json:"amount,omitzero"`
	// Lines are those kept, with the amount that was kept of each. A line that
	// is not listed was returned whole.
	Lines []KeptLine `json:"lines,omitempty"`
}

// KeptLine is what was kept of one line of an order.
type KeptLine struct {
	ID     string          `json:"id"`
	Amount decimal.Decimal `json:"amount"`
}

// CheckIn is a member's daily sign-in (签到). One counts for each local day.
type CheckIn struct {
	Attributes []Attribute `json:"attributes,omitempty"`
	Labels     []string    `json:"labels,omitempty"`
}

// MakeUp pays for a check-in that was missed (补签), so that the streak goes on.
type MakeUp struct {
	// Day is the local date that was missed, as 2006-01-02.
	Day string `json:"day"`
	// Rule names the streak rule; empty if the program has only one.
	Rule string `json:"rule,omitempty"`
}

// Hold reserves points, which stay the member's until they are captured. The
// command's key names the hold.
type Hold struct {
	// Points is how many, from 1.
	Points int64 `json:"points"`
	// Wallet is by name; empty means the program's first.
	Wallet string `json:"wallet,omitempty"`
}

// Capture spends what was held. What is not captured is released.
type Capture struct {
	// Hold is the key of the hold's command.
	Hold string `json:"hold"`
	// Points is how many of those held; zero means all.
	Points int64 `json:"points,omitempty"`
}

// Release gives back what was held.
type Release struct {
	Hold string `json:"hold"`
}

// Redeem spends points on a reward, or on anything else if Reward is empty. The
// command's key names the redemption.
type Redeem struct {
	// Reward is by name.
	Reward string `json:"reward,omitempty"`
	// Quantity is of the reward; zero means 1.
	Quantity int64 `json:"quantity,omitempty"`
	// Points is how many to spend without a reward.
	Points int64 `json:"points,omitempty"`
	// Wallet is by name; empty means the reward's, or the program's first.
	Wallet string `json:"wallet,omitempty"`
}

// Reverse undoes a redemption or a captured hold: the points return to the lots
// that they came from, with the expiry that those had, and stock returns.
type Reverse struct {
	// Redemption is the key of the redemption's or the hold's command.
	Redemption string `json:"redemption"`
}

// Grant gives points by hand.
type Grant struct {
	Points int64  `json:"points"`
	Wallet string `json:"wallet,omitempty"`
	// Reason must say why.
	Reason string `json:"reason"`
}

// Deduct takes points by hand, under the wallet's shortfall policy.
type Deduct struct {
	Points int64  `json:"points"`
	Wallet string `json:"wallet,omitempty"`
	// Reason must say why.
	Reason string `json:"reason"`
}

// Transfer gives points to another member. They keep their expiry.
type Transfer struct {
	To     string `json:"to"`
	Points int64  `json:"points"`
	Wallet string `json:"wallet,omitempty"`
}

// Merge closes the command's member into another: points, holds, what was used
// of caps and what qualifies for a tier all move. Debts add up, to more than the
// wallet's limit if need be.
type Merge struct {
	Into string `json:"into"`
}

// Close closes the account; what it holds is forfeited.
type Close struct {
	Reason string `json:"reason"`
}

// Reminded reports that the host sent a reminder.
type Reminded struct {
	// Reminder is its stable ID.
	Reminder string `json:"reminder"`
	// Points and Expires are what it told the member about; zero if it was not
	// about expiring points.
	Points  int64     `json:"points,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

// Bounds of a command. What is longer was not written by an order system, and
// the journal keeps it for ever.
const (
	MaxKeyBytes    = 200
	MaxNameBytes   = 128 // of a member, an order, a line, a kind, a label, …
	MaxReasonBytes = 500
	MaxLines       = 500
	MaxAttributes  = 32
	MaxLabels      = 32
	// MaxAmount is a hundred million million: with 4 places it fits an int64
	// with room for a comparison.
	MaxAmount = 100_000_000_000_000
	// MaxPoints bounds the points of one command and the balance of one
	// wallet, so that sums over a million full accounts still fit an int64.
	MaxPoints = 1_000_000_000_000
)
