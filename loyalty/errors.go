package loyalty

import (
	"errors"
	"fmt"
	"time"
)

// Rejections that have no numbers to tell.
var (
	// ErrUnknownAccount is of a command that needs an account that is not there.
	ErrUnknownAccount = errors.New("loyalty: unknown account")
	// ErrUnknownOrder is of a Keep for an order that earned nothing here.
	ErrUnknownOrder = errors.New("loyalty: unknown order")
	// ErrUnknownRedemption is of a capture, a release or a reversal.
	ErrUnknownRedemption = errors.New("loyalty: unknown redemption or hold")
	// ErrOverflow is of points that would exceed [MaxPoints].
	ErrOverflow = errors.New("loyalty: too many points")
	// ErrNewerState is of a record that a newer release has written.
	ErrNewerState = errors.New("loyalty: state was written by a newer release")
	// ErrCorrupt is of bytes that no release has written.
	ErrCorrupt = errors.New("loyalty: corrupt bytes")
	// ErrContended is of a command that lost too many swaps in a row.
	ErrContended = errors.New("loyalty: too many conflicts")
)

// CommandError is a command that makes no sense, whatever the account.
type CommandError struct {
	Field   string // as JSON names it, such as "earn.lines[2].amount"
	Problem string
}

func (e *CommandError) Error() string { return "loyalty: command: " + e.Field + ": " + e.Problem }

// InsufficientError is a redemption, hold, transfer or reversal that wants
// more points than there are.
type InsufficientError struct {
	Wallet            string
	Available, Wanted int64
}

// Missing returns how many points are missing.
func (e *InsufficientError) Missing() int64 { return e.Wanted - e.Available }

func (e *InsufficientError) Error() string {
	return fmt.Sprintf("loyalty: %d points in wallet %q, %d wanted: %d missing", e.Available, e.Wallet, e.Wanted, e.Missing())
}

// LimitError is a limit that was reached.
type LimitError struct {
	// Limit says which, such as "reward coffee: 1 a month per member".
	Limit string
	// Max is the limit, Used how much of it is gone.
	Max, Used int64
	// RetryAt is when the limit starts anew; zero if it never does.
	RetryAt time.Time
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("loyalty: limit reached: %s (%d of %d used)", e.Limit, e.Used, e.Max)
}

// StockError is a reward of which there are not enough left.
type StockError struct {
	Reward       string
	Left, Wanted int64
}

func (e *StockError) Error() string {
	return fmt.Sprintf("loyalty: reward %q: %d left, %d wanted", e.Reward, e.Left, e.Wanted)
}

// ClosedError is a command for an account that is closed. It accepts Keep and
// Release only.
type ClosedError struct {
	Member string
	// Into is whom it was merged into; empty if it was not.
	Into string
}

func (e *ClosedError) Error() string {
	if e.Into == "" {
		return fmt.Sprintf("loyalty: account %q is closed", e.Member)
	}
	return fmt.Sprintf("loyalty: account %q is closed: merged into %q", e.Member, e.Into)
}

// KeyReusedError is a key that was used for another command.
type KeyReusedError struct {
	Key string
	// Field is the first that differs, as JSON names it; Was and Is are its
	// values, and empty if the older command was erased.
	Field, Was, Is string
}

func (e *KeyReusedError) Error() string {
	return fmt.Sprintf("loyalty: key %q was used for another command: %s was %s, is %s", e.Key, e.Field, e.Was, e.Is)
}

// TimeError is an event that lies too far in the future or came too late.
type TimeError struct {
	OccurredAt time.Time
	// Bound is the earliest or latest instant that would have been taken.
	Bound time.Time
}

// Late reports whether it came too late; else it lies in the future.
func (e *TimeError) Late() bool { return e.OccurredAt.Before(e.Bound) }

func (e *TimeError) Error() string {
	if e.Late() {
		return fmt.Sprintf("loyalty: occurred at %s: too late, want %s or later", e.OccurredAt.Format(time.RFC3339Nano), e.Bound.Format(time.RFC3339Nano))
	}
	return fmt.Sprintf("loyalty: occurred at %s: in the future, want %s or earlier", e.OccurredAt.Format(time.RFC3339Nano), e.Bound.Format(time.RFC3339Nano))
}

// DisabledError is a rule, reward or feature that is not to be had now.
type DisabledError struct {
	// What says which, such as `reward "coffee"`; Why is the reason.
	What string
	Why  Reason
	// From is when it is to be had; zero if that is not known.
	From time.Time
}

func (e *DisabledError) Error() string { return fmt.Sprintf("loyalty: %s: %s", e.What, e.Why) }

// StateError is a hold, a redemption or an order that is not in the state that
// the command needs: a hold that was captured before, an order that has earned.
type StateError struct {
	// What says which, such as `hold "h1"`; State is its state, such as
	// "captured".
	What, State string
}

func (e *StateError) Error() string { return fmt.Sprintf("loyalty: %s is %s", e.What, e.State) }

// BehindError is an engine whose program is older than the newest version that
// was applied to a record. It refuses, so that no rule is undone.
type BehindError struct {
	Program    string
	Have, Need uint32 // versions
}

func (e *BehindError) Error() string {
	return fmt.Sprintf("loyalty: program %q: have version %d, the record needs %d", e.Program, e.Have, e.Need)
}

// ConflictError is what [Store.Commit] returns if a record's version is not
// the one in the batch. It names at least one such record.
type ConflictError struct{ Records []RecordID }

func (e *ConflictError) Error() string {
	if len(e.Records) == 0 {
		return "loyalty: conflict"
	}
	return fmt.Sprintf("loyalty: conflict on %q and %d more", e.Records[0].Name, len(e.Records)-1)
}

// BoundError is what [Store.Commit] returns if a counter would leave its
// bounds. It names at least one such counter.
type BoundError struct{ Counters []CounterID }

func (e *BoundError) Error() string {
	if len(e.Counters) == 0 {
		return "loyalty: counter out of bounds"
	}
	return fmt.Sprintf("loyalty: counter %d/%d out of bounds", e.Counters[0].Kind, e.Counters[0].Number)
}
