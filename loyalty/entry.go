package loyalty

import (
	"fmt"
	"time"
)

// Entry is one line of an account's journal. It never changes.
type Entry struct {
	Account AccountID
	Seq     uint64 // from 1, without a gap
	Kind    EntryKind
	// OccurredAt is when it happened. RecordedAt is when it was decided; it
	// never goes back from one entry to the next. For entries that time itself
	// caused both are the instant at which it was due.
	OccurredAt, RecordedAt time.Time
	// Body is what the fold reads: numbers, and no text.
	Body []byte
	// Command is the canonical command; nil if time caused the entry, if the
	// command is another account's, or if it was erased.
	Command []byte
}

// EntryKind says what an entry is of. Stores keep it as a number.
type EntryKind uint8

// The kinds of entries that commands caused.
const (
	EntryEarned EntryKind = 1 + iota
	EntryKept
	EntryCheckedIn
	EntryMadeUp
	EntryHeld
	EntryCaptured
	EntryReleased
	EntryRedeemed
	EntryReversed
	EntryGranted
	EntryDeducted
	EntrySent     // by a transfer
	EntryReceived // by a transfer
	EntryMerged   // into another account
	EntryAbsorbed // what was merged into this one
	EntryClosed
	EntryReminded
	EntryReferred // what another member's event earned, or lost again
)

// The kinds of entries that time caused. At one instant they come in this
// order.
const (
	EntryActivated EntryKind = 64 + iota // pending points became available
	EntryCancelled                       // the event that they waited for did not come
	EntryTimedOut                        // holds ended; of their points, those that end first come back first
	EntryExpired
	EntryReviewed // the tier
)

// Pot is where points are. Every move of points takes them out of one pot and
// puts them into another, so that an entry sums to zero.
//
// For each wallet of an account, at any time:
//
//	issued + received = available + pending + held + redeemed + expired + revoked + forfeited + sent - debt
type Pot uint8

// The pots. Points come out of Issued and Received, whose totals count upwards.
// Debt is what the account owes; available points are zero while there is any.
// Those from Available to Held are in lots.
const (
	PotIssued Pot = iota
	PotReceived
	PotAvailable
	PotPending
	PotHeld
	PotRedeemed
	PotExpired
	PotRevoked
	PotForfeited
	PotSent
	PotDebt
	numPots
)

var entryNames = map[EntryKind]string{
	EntryEarned: "earned", EntryKept: "kept", EntryCheckedIn: "checked in", EntryMadeUp: "made up", EntryHeld: "held",
	EntryCaptured: "captured", EntryReleased: "released", EntryRedeemed: "redeemed", EntryReversed: "reversed",
	EntryGranted: "granted", EntryDeducted: "deducted", EntrySent: "sent", EntryReceived: "received", EntryMerged: "merged",
	EntryAbsorbed: "absorbed", EntryClosed: "closed", EntryReminded: "reminded", EntryReferred: "referred",
	EntryActivated: "activated", EntryCancelled: "cancelled", EntryTimedOut: "timed out", EntryExpired: "expired",
	EntryReviewed: "reviewed",
}

// String returns the kind in a word or two, such as "timed out"; "" for a
// number that is none.
func (k EntryKind) String() string { return entryNames[k] }

// MarshalText writes the kind as [EntryKind.String] does.
func (k EntryKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the name of a kind.
func (k *EntryKind) UnmarshalText(text []byte) error {
	for kind, name := range entryNames {
		if name == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("loyalty: %.40q is not a kind of entry: want one such as %q", text, EntryEarned)
}

var potNames = [numPots]string{
	PotIssued: "issued", PotReceived: "received", PotAvailable: "available", PotPending: "pending", PotHeld: "held",
	PotRedeemed: "redeemed", PotExpired: "expired", PotRevoked: "revoked", PotForfeited: "forfeited", PotSent: "sent", PotDebt: "debt",
}

// String returns the pot in a word, such as "available"; "" for a number that
// is none.
func (p Pot) String() string {
	if p >= numPots {
		return ""
	}
	return potNames[p]
}

// MarshalText writes the pot as [Pot.String] does.
func (p Pot) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the name of a pot.
func (p *Pot) UnmarshalText(text []byte) error {
	for pot, name := range potNames {
		if name == string(text) {
			*p = Pot(pot)
			return nil
		}
	}
	return fmt.Errorf("loyalty: %.40q is not a pot: want one such as %q", text, PotAvailable)
}

// Move is points going from one pot to another.
type Move struct {
	Wallet uint8 `json:"wallet"`
	From   Pot   `json:"from"`
	To     Pot   `json:"to"`
	Terms  Terms `json:"terms,omitempty"`
	// Rule is the number of the rule that awarded them; 0 if none did.
	Rule   uint32 `json:"rule,omitempty"`
	Points int64  `json:"points"` // at least 1
	// Expires is that of the lot; zero if it has none, or if there is no lot.
	Expires time.Time `json:"expires,omitzero"`
	// Activates is when points that wait become available, or are given up if
	// Terms has [TermEvent]; zero if they don't wait.
	Activates time.Time `json:"activates,omitzero"`
}

// Terms are the conditions under which points were given. They stay with the
// lot, whatever later versions of the program say.
type Terms uint8

// The terms.
const (
	// TermIdle points expire when the wallet has been idle for too long.
	TermIdle Terms = 1 << iota
	// TermLocked points can't be transferred.
	TermLocked
	// TermEvent points are pending until an event, and given up at Activates.
	TermEvent
)
