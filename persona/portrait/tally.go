package portrait

import (
	"errors"
	"fmt"
	"iter"

	"github.com/regulars-go/regulars/persona"
)

// Side is where a profile stands.
type Side uint8

// The sides. Rest and Target together are the base: the base includes the
// target, by convention.
const (
	// Outside is a profile that is not in the base; it is not counted.
	Outside Side = iota
	// Rest is a profile of the base that is not in the target.
	Rest
	// Target is a profile of the group that is portrayed.
	Target
)

// ErrOutsideBase is returned for somebody who is in the target but not in the
// base.
var ErrOutsideBase = errors.New("portrait: in the target but not in the base: the base includes the target")

// MaxProfiles is how many profiles a tally counts, far more than there are
// people: up to there every reader of JSON holds a count exactly.
const MaxProfiles = 1 << 53

// ErrTooMany is returned where more than [MaxProfiles] were to be counted.
var ErrTooMany = errors.New("portrait: too many profiles to count")

// SideOf returns where somebody stands. In the target but not in the base is
// [ErrOutsideBase].
func SideOf(base, target bool) (Side, error) {
	switch {
	case target && !base:
		return Outside, ErrOutsideBase
	case target:
		return Target, nil
	case base:
		return Rest, nil
	}
	return Outside, nil
}

// Tally counts profiles, for a [Board]. Neither the order of what is added nor
// how it is split over tallies that are merged later makes a difference.
//
// It takes 16 bytes for each value of an enum, some 60 for each different text
// (at most [MaxValues] of them), and 16 for each different number of a column
// without cuts, or three times that while it grows; nothing else grows with the
// profiles.
//
// A Tally must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Tally.Merge] them.
type Tally struct {
	// Layout says what is counted. It must be set before the first profile, and
	// not be changed after it.
	Layout *Layout

	used   *Layout
	schema *persona.Schema // the last one that was found to be the layout's
	sizes  pair
	counts []counts // beside the layout's columns
	serial uint32   // of the profile in hand, from 1
}

// Add counts a profile on a side. The zero Profile and one of another schema
// are an error, and are not counted; so is one more than [MaxProfiles]. A text
// of "" and a list without items say nothing: they count as not known.
func (t *Tally) Add(p persona.Profile, side Side) error {
	if side > Target {
		return fmt.Errorf("portrait: no such side: %d", side)
	}
	if err := t.fix(p.Schema()); err != nil {
		return err
	}
	if side == Outside {
		return nil
	}
	if t.sizes.base() >= MaxProfiles {
		return ErrTooMany
	}
	t.sizes.inc(side)
	t.nextSerial()
	for i := range t.counts {
		c := &t.Layout.columns[i]
		if p.Has(c.index) {
			t.counts[i].add(c, p, side, t.serial)
		}
	}
	return nil
}

// AddAll counts profiles: those for which base holds, or all if it is nil, with
// those in the target for which target holds. It stops at the first error, of
// [Tally.Add] or [ErrOutsideBase], after which those before it are counted.
func (t *Tally) AddAll(profiles iter.Seq[persona.Profile], base, target func(persona.Profile) bool) error {
	n := 0
	for p := range profiles {
		side, err := SideOf(base == nil || base(p), target(p))
		if err == nil {
			err = t.Add(p, side)
		}
		if err != nil {
			return fmt.Errorf("profile %d: %w", n, err)
		}
		n++
	}
	return nil
}

var errNoLayout = errors.New("portrait: the tally has no layout")

// fix makes room at the first call. A nil schema is that of no profile.
func (t *Tally) fix(schema *persona.Schema) error {
	if t.used == nil || t.used != t.Layout {
		if err := t.setUp(); err != nil {
			return err
		}
	}
	if schema == t.schema && schema != nil {
		return nil
	}
	if schema == nil || schema.Version() != t.Layout.schema.Version() {
		return errors.New("portrait: a profile of another schema than the layout's")
	}
	t.schema = schema
	return nil
}

func (t *Tally) setUp() error {
	switch {
	case t.Layout == nil:
		return errNoLayout
	case t.used != nil && t.used.id != t.Layout.id:
		return errors.New("portrait: the layout can't change after the first profile")
	case t.used == nil:
		t.counts = make([]counts, len(t.Layout.columns))
		for i, c := range t.Layout.columns {
			t.counts[i].values = make([]pair, len(c.labels))
		}
	}
	t.used = t.Layout
	return nil
}

// nextSerial numbers the profiles, so that a list counts an item once. When
// the numbers are used up they start anew.
func (t *Tally) nextSerial() {
	t.serial++
	if t.serial == 0 {
		for i := range t.counts {
			clear(t.counts[i].last)
		}
		t.serial = 1
	}
}

// Merge adds all that was added to other, of which nothing that can be seen
// changes. A tally of another layout is an error, and so are more profiles than
// [MaxProfiles]; both change nothing.
func (t *Tally) Merge(other *Tally) error {
	switch {
	case t == other:
		return errors.New("portrait: a tally can't be merged into itself")
	case t.Layout == nil || other.Layout == nil:
		return errNoLayout
	case t.Layout.id != other.Layout.id:
		return errors.New("portrait: merging tallies of different layouts")
	}
	if err := errors.Join(t.setUp(), other.setUp()); err != nil {
		return err
	}
	if other.sizes.base() > MaxProfiles-t.sizes.base() {
		return ErrTooMany
	}
	t.sizes.add(other.sizes)
	for i := range t.counts {
		t.counts[i].merge(&other.counts[i])
	}
	return nil
}

// Target returns how many profiles of the target were counted.
func (t *Tally) Target() int64 { return t.sizes.target }

// Base returns how many profiles of the base were counted, those of the target
// included.
func (t *Tally) Base() int64 { return t.sizes.base() }
