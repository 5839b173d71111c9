package loyalty

import (
	"context"
	"time"
)

// Store is what a host implements to keep accounts. Everything in it is a
// versioned [Record] under compare-and-swap, an immutable [Entry], or a bounded
// [Counter]. Bytes are opaque: they come back exactly as they were given. The
// package loyaltytest checks an implementation against each clause here.
//
// Methods may be called from any number of goroutines and processes. The slices
// that a store is given belong to the caller again when the method returns; what
// it hands out belongs to the caller for good. A canceled context leaves either
// all of a commit or nothing; Load then tells which, once a server that still
// works on it is done.
type Store interface {
	// Load returns the records of ids and the values of counters, each in the
	// order asked for. An absent record has version 0 and no body; an absent
	// counter is 0. Each record is what some commit left, and includes every
	// commit that returned before Load was called; records need not be of one
	// moment, since Commit compares versions.
	Load(ctx context.Context, ids []RecordID, counters []CounterID) ([]Record, []int64, error)

	// Commit writes a batch: all of it or nothing. It fails with
	// [*ConflictError], naming at least one record, if a record's version is
	// not the one in the batch (0: absent), and with [*BoundError] if a counter
	// would leave its bounds; if both are so, with the conflict. Neither aborts
	// a transaction of the host that the store is bound to. After any other
	// error it is unknown whether the batch was written.
	Commit(ctx context.Context, b *Batch) error

	// Entries returns up to limit entries of an account with Seq > after, in
	// order of Seq. Seq goes 1, 2, 3, … without a gap; entries never change,
	// except that a Command may have been erased.
	Entries(ctx context.Context, account AccountID, after uint64, limit int) ([]Entry, error)

	// Scan returns a page of accounts; see [Scan].
	Scan(ctx context.Context, s Scan) ([]Due, error)
}

// AccountID is one member of one program.
type AccountID struct{ Program, Member string }

// Record returns the ID of the record that holds the account.
func (a AccountID) Record() RecordID { return RecordID{a.Program, KindAccount, a.Member} }

// RecordID names a record. It is comparable.
type RecordID struct {
	Program string
	Kind    RecordKind
	// Name is a member, an order or a command's key: any UTF-8 text of 1 to
	// [MaxKeyBytes] bytes, compared by its bytes.
	Name string
}

// RecordKind says what a record is of. Stores keep it as a number.
type RecordKind uint8

// The kinds of records.
const (
	KindAccount    RecordKind = 1 + iota // named by member: the account's head
	KindKey                              // by a command's key: what was asked and answered
	KindOrder                            // by order: what it earned and what was kept
	KindRedemption                       // by the key of a redeem or hold: which lots it took
	KindReferral                         // by the member referred: who referred them
	KindMerge                            // by the member merged: into whom
)

// Record is a versioned value.
type Record struct {
	ID RecordID
	// Version counts the commits that wrote it. In a [Batch] it is the version
	// that must be there, 0 if none may be, and the store writes Version+1.
	Version uint64
	Body    []byte
	// Due is when something in an account becomes due; zero if nothing does. A
	// store indexes it for [Scan]. It is zero for other kinds.
	Due time.Time
	// Until is when the record may be dropped; zero means never. A store may
	// drop it at any time from then on, or never.
	Until time.Time
	// Totals are sums of an account, one for each of its wallets by number, for
	// stores that push totals down. Others may ignore them: Load need not
	// return them.
	Totals []Total
}

// Total is what an account holds in one wallet.
type Total struct {
	Wallet                         uint8
	Available, Pending, Held, Debt int64
}

// CounterID names a counter that several accounts share. It is comparable.
type CounterID struct {
	Program string
	Kind    CounterKind
	// Number is of the rule or the reward; Window the number of the period, 0
	// if it is for life.
	Number uint32
	Window int32
	// Value is of the attribute that a cap is by; empty if it is the program's.
	Value string
}

// CounterKind says what a counter counts: 1 is a reward's stock that is gone;
// from 16 on it is a cap of a rule.
type CounterKind uint8

// CounterStock counts how many of a reward were claimed.
const CounterStock CounterKind = 1

// Counter changes a shared number. Changes commute, so it has no version, and
// a store may keep it in shards: the sum of all is then the value.
type Counter struct {
	ID    CounterID
	Delta int64
	// Min and Max bound the value after the change: Min <= value <= Max. A bound
	// is checked only in the direction of the change: a delta below zero may
	// leave a value that is still above Max. A store with shards may reject a
	// change that would fit.
	Min, Max int64
	// Until is when the counter may be dropped; zero means never.
	Until time.Time
}

// Batch is what one commit writes. IDs of records differ, and so do those of
// counters. For each account with entries there is its record too, so that
// entries need no check of their own.
type Batch struct {
	Records  []Record
	Entries  []Entry // of each account in order of Seq
	Counters []Counter
}

// Scan asks for a page of accounts of a program.
//
// If UpTo is set, it asks for those with Due <= UpTo, ordered by Due, then
// Member; if it is zero, for all, ordered by Member. Members are ordered by
// bytes. After is the last of the page before, nil for the first. Accounts that
// change between pages may be missed or come twice by their change, but none
// that stays due is missed.
type Scan struct {
	Program string
	UpTo    time.Time
	After   *Due
	Limit   int // at least 1
}

// Due is an account and when something in it is due; At is zero if nothing is.
type Due struct {
	Member string
	At     time.Time
}

// Binder is a store that can work inside a transaction of the host. TX is what
// the host's database gives.
type Binder[TX any] interface {
	Store
	Bind(tx TX) Store
}

// Totaler is a store that can sum what all accounts of a program hold, one
// total for each wallet by number. What lies past its expiry is still in it
// for accounts that are due.
type Totaler interface {
	Store
	Totals(ctx context.Context, program string) ([]Total, error)
}

// Feeder is a store that hands out entries of all accounts in an order in which
// none is missed, so that others can follow. The cursor is opaque, empty for
// the start; next continues after the last entry returned.
type Feeder interface {
	Store
	Feed(ctx context.Context, program, cursor string, limit int) (entries []Entry, next string, err error)
}

// Eraser is a store that can forget what a member's commands said: the Command
// of each of the account's entries becomes nil. Bodies, and so every sum, stay.
// Keys are not touched, since a retry may still come: they go by their Until.
type Eraser interface {
	Store
	Erase(ctx context.Context, account AccountID) error
}
