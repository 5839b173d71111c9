package strategy

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Exposures is where a host keeps what was sent to whom. Package strategytest
// checks an implementation.
//
// All methods may be called at once. Each is all or nothing: an error other than
// those stated leaves open whether it happened, and calling again with the same
// arguments is safe. What a caller passes in stays the caller's; what is
// returned is theirs too.
type Exposures interface {
	// Reserve keeps an exposure in state [Reserved], unless one of the bounds
	// would be exceeded: then it keeps nothing, and returns the first bound that
	// refuses. Judging and keeping is one step. For a key that is held or
	// committed, the same reservation is kept already and nil is returned; another
	// one is [ErrKeyReused]. Two are the same if all but their Bounds, At and
	// Expires agree.
	Reserve(ctx context.Context, r Reservation) (refused *Bound, err error)
	// Commit makes the exposure [Sent]. Once committed it is so for good, and
	// committing again is no error. A key that is not held, or whose reservation
	// has expired at now, is [ErrNoReservation].
	Commit(ctx context.Context, key string, now time.Time) error
	// Release gives a reservation back: the exposure and the key are gone. It is
	// no error if there is none, and changes nothing if it was committed.
	Release(ctx context.Context, key string) error
	// Expire releases all reservations with Expires at or before now, and returns
	// how many those were. A reservation counts until it is released.
	Expire(ctx context.Context, now time.Time) (released int, err error)
}

// Reservation is an exposure to be kept for a customer.
type Reservation struct {
	Key      string
	Customer string
	Exposure Exposure
	// Bounds all hold after it is kept.
	Bounds []Bound
	// Expires is when it is given back if it was not committed before.
	Expires time.Time
}

// Bound is a limit on a customer's exposures.
type Bound struct {
	// Name is that of the cap, or says what else it is for.
	Name string
	// Limit is how many exposures there may be that match, the reserved one
	// included.
	Limit int
	// After is the instant after which exposures count, however far ahead.
	After time.Time
	// Channel, Tag, Operation and Objective are what an exposure must be of to
	// match; empty means any.
	Channel, Tag, Operation, Objective string
	// All counts exposures that are Uncounted, too.
	All bool
}

// Matches reports whether an exposure counts towards the bound.
func (b Bound) Matches(e *Exposure) bool {
	switch {
	case e.State == Failed, e.Uncounted && !b.All, !e.At.After(b.After):
		return false
	case b.Channel != "" && b.Channel != e.Channel,
		b.Operation != "" && b.Operation != e.Operation,
		b.Objective != "" && b.Objective != e.Objective:
		return false
	}
	return b.Tag == "" || slices.Contains(e.Tags, b.Tag)
}

// Budgets is where a host keeps what was spent. Package strategytest checks an
// implementation. The terms are those of [Exposures].
type Budgets interface {
	// Reserve holds all amounts, unless one of the budgets would exceed its limit:
	// then it holds nothing, and returns the first spend that refuses. What is held
	// and what is committed never exceed the limit. Keys are as with [Exposures];
	// two spendings are the same if their key and all budgets and amounts agree.
	Reserve(ctx context.Context, s Spending) (refused *Spend, err error)
	// Commit makes what is held spent.
	Commit(ctx context.Context, key string, now time.Time) error
	// Release gives back what is held.
	Release(ctx context.Context, key string) error
	// Expire releases all that has Expires at or before now.
	Expire(ctx context.Context, now time.Time) (released int, err error)
}

// Spending is what one decision takes from budgets.
type Spending struct {
	Key string
	// Spends has each budget once, in the order of their names.
	Spends  []Spend
	Expires time.Time
}

// Spend is an amount above 0 of one budget, whose limit is as the policy has it.
type Spend struct {
	Budget string `json:"budget"`
	Amount Micros `json:"amount"`
	Limit  Micros `json:"limit"`
}

var (
	// ErrNoReservation is returned where a reservation was to be committed that
	// is not held: it has expired, was released or never was.
	ErrNoReservation = errors.New("strategy: no such reservation")
	// ErrKeyReused is returned where a key holds another reservation.
	ErrKeyReused = errors.New("strategy: the key holds another reservation")
)

// History is an optional capability of [Exposures]: to load what a decision needs
// to know of a customer.
type History interface {
	// Load returns the exposures of a customer after an instant, by At, and of
	// one instant in the order in which they were reserved.
	Load(ctx context.Context, customer string, after time.Time) ([]Exposure, error)
}
