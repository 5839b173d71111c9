package lifecycle

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/wire"
)

// Spell is one wait for an event, as far as it was watched: from Entry to Exit,
// in any unit of time since the wait began. A customer who joined 10 days ago
// and has not bought again is {Exit: 10}; one who did after 7 days is {Exit: 7,
// Event: true}.
type Spell struct {
	// Entry is when watching began, for a wait that began unseen (left
	// truncation); the spell is at risk in (Entry, Exit]. Zero is from the start.
	Entry float64
	// Exit is when the event came or watching ended; it is above Entry.
	Exit float64
	// Event is whether the event came; if not the wait was censored at Exit.
	Event bool
}

// Survival collects spells, and estimates from them how long it takes until the
// event. The zero value is ready to use. What it answers depends neither on the
// order of spells nor on how they are split over survivals that are merged
// later.
//
// A Survival must not be copied once it is in use, and is not safe for
// concurrent use: give each goroutine its own and [Survival.Merge] them.
type Survival struct {
	// Unit names the unit of the times, such as "days", so that spells in days
	// are never merged with spells in weeks.
	Unit string

	counts map[weighted]uint64
}

// weighted is a spell with its weight.
type weighted struct {
	Spell
	weight float64
}

// Add adds a spell. Entry and Exit that are negative, NaN or infinite, and an
// Entry that is not before the Exit, are an error.
func (s *Survival) Add(spell Spell) error { return s.AddWeighted(spell, 1) }

// AddWeighted adds a spell that stands for several, or for part of one. A
// weight that is not positive and finite is an error.
func (s *Survival) AddWeighted(spell Spell, weight float64) error {
	w := weighted{spell, weight}
	if err := w.check(); err != nil {
		return fmt.Errorf("lifecycle: %w", err)
	}
	if w.Entry == 0 {
		w.Entry = 0 // and not negative zero, which has other bytes
	}
	if s.counts == nil {
		s.counts = map[weighted]uint64{}
	}
	s.counts[w]++
	return nil
}

func (w weighted) check() error {
	switch {
	case !(w.Entry >= 0) || math.IsInf(w.Entry, 0) || math.IsNaN(w.Exit) || math.IsInf(w.Exit, 0):
		return fmt.Errorf("spell from %v to %v: want times from 0", w.Entry, w.Exit)
	case w.Entry >= w.Exit:
		return fmt.Errorf("spell from %v to %v: want the entry before the exit", w.Entry, w.Exit)
	case !(w.weight > 0) || math.IsInf(w.weight, 0):
		return fmt.Errorf("spell of weight %v: want a positive number", w.weight)
	}
	return nil
}

// Merge adds all that was added to other, which stays as it is. Survivals of
// another Unit don't merge.
func (s *Survival) Merge(other *Survival) error {
	if s == other {
		return errors.New("lifecycle: a survival can't be merged into itself")
	}
	if s.Unit != other.Unit {
		return fmt.Errorf("lifecycle: merging times in %q into times in %q", other.Unit, s.Unit)
	}
	if s.counts == nil {
		s.counts = map[weighted]uint64{}
	}
	for w, n := range other.counts {
		s.counts[w] += n
	}
	return nil
}

// Len returns how many spells there are.
func (s *Survival) Len() (n int) {
	for _, count := range s.counts {
		n += int(count)
	}
	return n
}

// sorted returns the distinct spells in a total order.
func (s *Survival) sorted() []weighted {
	return slices.SortedFunc(maps.Keys(s.counts), func(a, b weighted) int {
		if a.Event != b.Event {
			if a.Event {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Exit, b.Exit), cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.weight, b.weight))
	})
}

func (s *Survival) spells() []stats.Spell {
	var spells []stats.Spell
	for _, w := range s.sorted() {
		spells = append(spells, stats.Spell{
			Entry: w.Entry, Exit: w.Exit, Event: w.Event,
			Weight: float64(s.counts[w]) * w.weight,
		})
	}
	return spells
}

// MarshalBinary returns s as bytes: the same spells give the same bytes, in
// whatever order they came.
func (s *Survival) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary appends what [Survival.MarshalBinary] returns.
func (s *Survival) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(wire.AppendString(dst, wireSurvival), s.Unit)
	dst = wire.AppendUint(dst, uint64(len(s.counts)))
	for _, w := range s.sorted() {
		event := uint64(0)
		if w.Event {
			event = 1
		}
		dst = wire.AppendUint(dst, event)
		for _, f := range []float64{w.Entry, w.Exit, w.weight} {
			dst = wire.AppendUint(dst, math.Float64bits(f))
		}
		dst = wire.AppendUint(dst, s.counts[w])
	}
	return dst, nil
}

// UnmarshalBinary replaces what s holds by what [Survival.MarshalBinary] wrote.
// Unit must be set as it was there. s stays as it was if there is an error.
func (s *Survival) UnmarshalBinary(data []byte) error {
	read := Survival{Unit: s.Unit, counts: map[weighted]uint64{}}
	r := wire.NewReader(data)
	r.Form(wireSurvival)
	if unit := r.String(); r.Err() == nil && unit != s.Unit {
		r.Fail("has times in %q, not %q", unit, s.Unit)
	}
	n := r.Count()
	for range n {
		var w weighted
		w.Event = r.UintUpTo(1) == 1
		w.Entry, w.Exit = math.Float64frombits(r.Uint()), math.Float64frombits(r.Uint())
		w.weight = math.Float64frombits(r.Uint())
		count := r.UintUpTo(math.MaxInt64)
		if err := w.check(); r.Err() == nil && (err != nil || count == 0 || math.Signbit(w.Entry) || read.counts[w] != 0) {
			r.Fail("spell %v, %d times", w, count)
		}
		if r.Err() != nil {
			return wireError(r.Err())
		}
		read.counts[w] = count
	}
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	if again, _ := read.MarshalBinary(); !slices.Equal(again, data) {
		return wireError(errors.New("spells out of order"))
	}
	s.counts = read.counts
	return nil
}
