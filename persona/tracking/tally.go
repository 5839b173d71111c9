package tracking

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// DefaultLimit is how many deliveries a [Tally] holds unless it says
// otherwise: some 480 MB, and up to twice that while it grows.
const DefaultLimit = 10_000_000

// ErrFull is returned where a tally would hold more deliveries than its limit.
// Report by shorter periods, or raise the limit.
var ErrFull = errors.New("tracking: the tally holds as many deliveries as its limit allows")

// Tally collects what arrived, for a [Report]. Neither the order of what is
// added nor how it is split over tallies that are merged later makes a
// difference, and a row that is added again changes nothing: a delivery is
// known by the event's ID, its time of receipt and what it says.
//
// It keeps 48 bytes for each delivery, a 128-bit hash of the ID among them but
// nothing of the values, and each different outcome once: the names of the event
// and its wrong properties, [MaxNoted] of them beyond the plan. Memory is bounded by
// Limit; ordinary producers come to some hundred outcomes.
//
// A Tally must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Tally.Merge] them.
type Tally struct {
	// Validator judges what is added. It must be set before the first event,
	// and not be changed after it.
	Validator *Validator
	// Limit is how many deliveries the tally holds. Zero means [DefaultLimit].
	Limit int

	used     string // the validator's ID at the first event
	rows     []row  // the first clean of them ascend by compareRows, each once
	clean    int
	outcomes []outcome
	index    map[string]uint32 // of an outcome by its bytes
}

// row is one delivery. Rows that agree in id, received and content agree in
// all, since content is what an event says.
type row struct {
	id       [16]byte
	received int64 // microseconds since 1970, or noTime
	content  uint64
	at       int64 // as received
	outcome  uint32
}

const noTime = math.MinInt64

func compareRows(a, b row) int {
	return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.received, b.received), cmp.Compare(a.content, b.content))
}

// Add judges an event and notes the outcome. An error means that nothing was
// noted: [ErrFull], or a Validator that is missing or was changed. An event
// that breaks the plan is no error: it is what the tally counts.
func (t *Tally) Add(e Event) (Verdict, error) {
	if err := t.fix(); err != nil {
		return Verdict{}, err
	}
	verdict := t.Validator.Check(e)
	d := e.digest()
	next := row{id: d.id, received: receipt(e), content: d.content, at: microseconds(e.At)}
	if err := t.room(next); err != nil {
		return Verdict{}, err
	}
	next.outcome = t.intern(outcomeOf(e, verdict))
	t.rows = append(t.rows, next)
	if len(t.rows) >= 2*t.clean+minUnclean {
		t.tidy()
	}
	return verdict, nil
}

// minUnclean keeps a small tally from being sorted again and again.
const minUnclean = 4096

// receipt returns the time at which an event was received, one without it
// before all others.
func receipt(e Event) int64 { return microseconds(e.Received) }

// microseconds returns t as microseconds since 1970, and noTime if it is zero
// or outside the years 1 to 9999.
func microseconds(t time.Time) int64 {
	if calendar.CheckInstant(t) != nil {
		return noTime
	}
	return t.UnixMicro()
}

func (t *Tally) fix() error {
	switch {
	case t.Validator == nil:
		return errors.New("tracking: the tally has no validator")
	case t.used == "":
		t.used = t.Validator.ID()
	case t.used != t.Validator.ID():
		return errors.New("tracking: the validator can't change after the first event")
	}
	return nil
}

func (t *Tally) limit() int {
	if t.Limit <= 0 {
		return DefaultLimit
	}
	return t.Limit
}

// room returns an error if the tally is full, unless it has the row already.
func (t *Tally) room(next row) error {
	if len(t.rows) < t.limit() {
		return nil
	}
	t.tidy()
	if len(t.rows) < t.limit() {
		return nil
	}
	if _, ok := slices.BinarySearchFunc(t.rows, next, compareRows); ok {
		return nil
	}
	return ErrFull
}

// tidy sorts the rows and keeps each once.
func (t *Tally) tidy() {
	if t.clean == len(t.rows) {
		return
	}
	slices.SortFunc(t.rows, compareRows)
	t.rows = slices.CompactFunc(t.rows, func(a, b row) bool { return compareRows(a, b) == 0 })
	t.clean = len(t.rows)
}

func (t *Tally) intern(o outcome) uint32 {
	key := string(o.append(nil))
	if i, ok := t.index[key]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[string]uint32{}
	}
	i := uint32(len(t.outcomes))
	t.index[key] = i
	t.outcomes = append(t.outcomes, o)
	return i
}

// Merge adds all that was added to other, of which nothing that can be seen
// changes. A tally of another validator is an error, and so is one that does
// not fit within the limit; then t is as it was.
func (t *Tally) Merge(other *Tally) error {
	if t == other {
		return errors.New("tracking: a tally can't be merged into itself")
	}
	if other.Validator == nil || t.Validator == nil || other.Validator.ID() != t.Validator.ID() {
		return errors.New("tracking: merging tallies of different validators")
	}
	if err := errors.Join(t.fix(), other.fix()); err != nil {
		return err
	}
	t.tidy()
	other.tidy()
	merged := Tally{Validator: t.Validator, rows: slices.Concat(t.rows, other.rows)}
	for i := len(t.rows); i < len(merged.rows); i++ {
		merged.rows[i].outcome += uint32(len(t.outcomes)) // beyond those of t, until they are interned
	}
	merged.tidy()
	if len(merged.rows) > t.limit() {
		return fmt.Errorf("%w: %d of %d", ErrFull, len(merged.rows), t.limit())
	}
	own := uint32(len(t.outcomes))
	place := make([]uint32, len(other.outcomes))
	for i, o := range other.outcomes {
		place[i] = t.intern(o)
	}
	for i, r := range merged.rows {
		if r.outcome >= own {
			merged.rows[i].outcome = place[r.outcome-own]
		}
	}
	t.rows, t.clean = merged.rows, merged.clean
	return nil
}

// Len returns how many different deliveries there are.
func (t *Tally) Len() int {
	t.tidy()
	return len(t.rows)
}
