package identity

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"math/bits"
	"slices"
)

// Evidence is the log of all that is known about identifiers: observations,
// computed matches and verdicts. It is a set: what is added twice counts once,
// and neither the order nor the split over logs that are merged later changes
// anything. The zero value is ready to use.
//
// Nothing in it is ever rewritten. What turns out to be wrong is retracted or
// withdrawn, and that is for good: an event or a verdict that comes again, in
// this log or a merged one, stays so. Correct an event by one with a new ID.
//
// It takes at most 50 bytes an observation and 32 an identifier, beside the bytes
// of their names and values and a quarter more, and 5 for each identifier of an
// observation. It must not be copied once in use, and is not safe for concurrent
// use: give each goroutine its own and [Evidence.Merge] them.
type Evidence struct {
	spaces  names // the namespaces
	sources names
	ids     texts // two bytes of the namespace's number, and the value

	// Columns of observations.
	events texts    // the name of each, under the hash of the whole observation
	at     []int64  // microseconds since 1970
	source []int32  // the number of the source
	ends   []uint32 // of each one's identifiers in slots
	gone   []bool   // retracted
	match  []bool   // has a score
	slots  []int32  // identifiers by number, ascending within an observation

	scores []scored // ascending: the observations that are matches
	deaths []int32  // observations in the order in which they were retracted

	retracted map[string]bool
	verdicts  []Verdict          // tidy, in the order in which they came
	overruled []bool             // of each verdict: withdrawn
	byID      map[string][]int32 // the verdicts of an ID
	withdrawn map[string]bool
	changes   int // how often the verdicts changed
}

// scored says that an observation is a match.
type scored struct {
	observation int32
	score       float64
}

const (
	// maxObservations and maxSlots are what the numbers can count; two billion
	// identifiers seen are 30 GB.
	maxObservations = 1 << 30
	maxSlots        = 1<<31 - 1
	// maxNames bounds namespaces and sources: a new one for every event is a
	// mistake.
	maxNames = 1 << 16
)

// errFull says that a log has reached what it can count; shards and merged
// parts can't help, since the people are resolved from one.
var errFull = errors.New("evidence is full: too many observations, identifiers, sources or bytes")

// Add adds an observation. One that is there already, or whose event was
// retracted, changes nothing. An error says what is wrong with it, and that it
// was not added.
func (e *Evidence) Add(o Observation) error {
	if err := o.check(); err != nil {
		return fmt.Errorf("identity: event %.80q: %w", o.EventID, err)
	}
	if err := e.record(o.EventID, o.Source, o.At.UnixMicro(), 0, o.IDs); err != nil {
		return fmt.Errorf("identity: event %.80q: %w", o.EventID, err)
	}
	return nil
}

// AddMatch adds a computed link, by the rules of [Evidence.Add]. Of several
// matches of the same pair the highest score counts.
func (e *Evidence) AddMatch(m Match) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("identity: match %.80q: %w", m.EventID, err)
	}
	if err := e.record(m.EventID, m.Source, m.At.UnixMicro(), m.Score, []ID{m.A, m.B}); err != nil {
		return fmt.Errorf("identity: match %.80q: %w", m.EventID, err)
	}
	return nil
}

// record adds what was checked. A score of 0 is no match.
func (e *Evidence) record(event, source string, at int64, score float64, ids []ID) error {
	if e.retracted[event] {
		return nil
	}
	if err := e.room(len(event), ids); err != nil {
		return err
	}
	var buffer [MaxObservationIDs]int32
	numbers := buffer[:0]
	for _, id := range ids {
		numbers = append(numbers, e.number(id))
	}
	return e.recordNumbers([]byte(event), source, at, score, numbers)
}

// recordNumbers is record with numbers for identifiers; it sorts them.
func (e *Evidence) recordNumbers(event []byte, source string, at int64, score float64, ids []int32) error {
	if _, known := e.sources.index[source]; !known && len(e.sources.list) == maxNames {
		return errFull
	}
	from := e.sources.intern(source)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	hash := hashOf(event, from, at, score, ids)
	if e.has(hash, event, from, at, score, ids) {
		return nil
	}
	if score > 0 {
		e.scores = append(e.scores, scored{int32(len(e.at)), score})
	}
	e.events.append(event, hash)
	e.at = append(e.at, at)
	e.source = append(e.source, from)
	e.slots = append(e.slots, ids...)
	e.ends = append(e.ends, uint32(len(e.slots)))
	e.gone = append(e.gone, false)
	e.match = append(e.match, score > 0)
	return nil
}

func (e *Evidence) has(hash uint64, event []byte, source int32, at int64, score float64, ids []int32) (found bool) {
	e.events.eachOf(hash, func(o int32) bool {
		found = e.at[o] == at && e.source[o] == source && e.score(o) == score && slices.Equal(e.idsOf(o), ids) && bytes.Equal(e.events.at(o), event)
		return !found
	})
	return found
}

// hashOf returns the hash of an observation. It is of all of it, so that a
// sender who calls every event the same does not make each a search through all.
func hashOf(event []byte, source int32, at int64, score float64, ids []int32) uint64 {
	var buffer [20 + 4*MaxObservationIDs]byte
	rest := binary.LittleEndian.AppendUint64(buffer[:0], uint64(at))
	rest = binary.LittleEndian.AppendUint64(rest, math.Float64bits(score))
	rest = binary.LittleEndian.AppendUint32(rest, uint32(source))
	for _, id := range ids {
		rest = binary.LittleEndian.AppendUint32(rest, uint32(id))
	}
	return bits.RotateLeft64(maphash.Bytes(seed, event), 1) ^ maphash.Bytes(seed, rest)
}

// room returns an error if an observation might not fit.
func (e *Evidence) room(eventBytes int, ids []ID) error {
	size := 0
	for _, id := range ids {
		size += len(id.Value) + 2
		if _, known := e.spaces.index[string(id.Namespace)]; !known && len(e.spaces.list)+len(ids) > maxNames {
			return errFull
		}
	}
	if len(e.at) == maxObservations || len(e.slots) > maxSlots-len(ids) || !e.events.room(eventBytes) || !e.ids.room(size) {
		return errFull
	}
	return nil
}

// number returns the number of an identifier as it was seen.
func (e *Evidence) number(id ID) int32 {
	var buffer [80]byte
	space := e.spaces.intern(string(id.Namespace))
	return e.ids.intern(append(append(buffer[:0], byte(space), byte(space>>8)), id.Value...))
}

// id returns the identifier with a number.
func (e *Evidence) id(number int32) ID {
	space, value := e.parts(number)
	return ID{Namespace(e.spaces.list[space]), string(value)}
}

// parts returns the number of an identifier's namespace, and its value.
func (e *Evidence) parts(number int32) (space int32, value []byte) {
	key := e.ids.at(number)
	return int32(key[0]) | int32(key[1])<<8, key[2:]
}

func (e *Evidence) idsOf(o int32) []int32 {
	start, end := e.span(o)
	return e.slots[start:end]
}

// span returns where the identifiers of an observation lie in slots.
func (e *Evidence) span(o int32) (start, end uint32) {
	if o > 0 {
		start = e.ends[o-1]
	}
	return start, e.ends[o]
}

// score returns the score of a match, and 0 for an observation.
func (e *Evidence) score(o int32) float64 {
	if !e.match[o] {
		return 0
	}
	return e.scores[e.scorePlace(o)].score
}

// scorePlace returns where the score of a match is in scores.
func (e *Evidence) scorePlace(o int32) int {
	i, _ := slices.BinarySearchFunc(e.scores, o, func(s scored, o int32) int { return cmp.Compare(s.observation, o) })
	return i
}

// Retract takes all observations and matches of some events back, also those
// that are still to come: the events never count again. It takes a look at every
// observation, so retract many events at once. An error means that none was.
func (e *Evidence) Retract(eventIDs ...string) error {
	for _, event := range eventIDs {
		if err := checkName("event", event); err != nil {
			return fmt.Errorf("identity: retract: %w", err)
		}
	}
	known := len(e.retracted)
	for _, event := range eventIDs {
		if e.retracted == nil {
			e.retracted = map[string]bool{}
		}
		e.retracted[event] = true
	}
	if len(e.retracted) == known {
		return nil
	}
	for o := range e.gone {
		if !e.gone[o] && e.retracted[string(e.events.at(int32(o)))] {
			e.gone[o] = true
			e.deaths = append(e.deaths, int32(o))
		}
	}
	return nil
}

// Merge adds all that other knows, which stays as it is.
func (e *Evidence) Merge(other *Evidence) error {
	if e == other {
		return errors.New("identity: evidence can't be merged into itself")
	}
	if err := e.roomFor(other); err != nil {
		return fmt.Errorf("identity: merge: %w", err)
	}
	if err := e.Retract(slices.Collect(maps.Keys(other.retracted))...); err != nil {
		return err
	}
	for id := range other.withdrawn {
		if err := e.Withdraw(id); err != nil {
			return err
		}
	}
	for i, v := range other.verdicts {
		if !other.overruled[i] {
			e.decide(v)
		}
	}
	return e.mergeObservations(other)
}

func (e *Evidence) mergeObservations(other *Evidence) error {
	numbers := make([]int32, other.ids.len()) // 1 + the number here
	var ids []int32
	for o := range int32(len(other.at)) {
		event := other.events.at(o)
		if other.gone[o] || e.retracted[string(event)] {
			continue
		}
		ids = ids[:0]
		for _, number := range other.idsOf(o) {
			if numbers[number] == 0 {
				numbers[number] = 1 + e.number(other.id(number))
			}
			ids = append(ids, numbers[number]-1)
		}
		source := other.sources.list[other.source[o]]
		if err := e.recordNumbers(event, source, other.at[o], other.score(o), ids); err != nil {
			return err
		}
	}
	return nil
}

func (e *Evidence) roomFor(other *Evidence) error {
	switch {
	case len(e.at)+len(other.at) > maxObservations,
		len(e.slots) > maxSlots-len(other.slots),
		len(e.spaces.list)+len(other.spaces.list) > maxNames,
		len(e.sources.list)+len(other.sources.list) > maxNames,
		!e.events.room(len(other.events.bytes)),
		!e.ids.room(len(other.ids.bytes)):
		return errFull
	}
	return nil
}

// Len returns how many observations and matches there are, without those that
// were retracted.
func (e *Evidence) Len() int { return len(e.at) - len(e.deaths) }
