package journey

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/wire"
)

// MapCounts are the counts of one map, from which a report is made. They are an
// accumulator: counts of different users merge in any order, and give the same
// bytes. A user's events must all be counted in one of them.
type MapCounts struct {
	journey Map
	config  string
	asOf    int64
	funnel  *funnel.Counts
	stages  []stageCell
}

// stageCell counts the units of one stage.
type stageCell struct {
	direct int64 // entered from the side
	open   int64 // in the stage, and may still complete it
	// Microseconds in the stage, in no order: of units that completed it, and of
	// those that did not, for as long as they were seen.
	completed, waited []int64
	exits             map[string]int64 // last events of those that did not
}

func newMapCounts(m Map, asOf int64, f *funnel.Counts) (*MapCounts, error) {
	config, err := configText(m)
	if err != nil {
		return nil, err
	}
	c := &MapCounts{journey: m, config: config, asOf: asOf, funnel: f}
	c.reset()
	return c, nil
}

func (c *MapCounts) reset() {
	c.stages = make([]stageCell, len(c.journey.Stages))
	for i := range c.stages {
		c.stages[i].exits = map[string]int64{}
	}
}

// Map returns what was counted. It must not be changed.
func (c *MapCounts) Map() Map { return c.journey }

// Funnel returns the counts of the map's funnel, for reports by segment,
// comparisons of periods and drivers. They must not be changed.
func (c *MapCounts) Funnel() *funnel.Counts { return c.funnel }

// room fails if the last events of a user could be too many different ones.
func (c *MapCounts) room(visits []visit) error {
	var fresh [MaxStages]int
	for _, v := range visits {
		exits := c.stages[v.stage].exits
		if _, known := exits[v.last]; known || v.completed || v.open {
			continue
		}
		if fresh[v.stage]++; len(exits)+fresh[v.stage] > MaxNames {
			return fmt.Errorf("journey: %q is one name too many: want at most %d", v.last, MaxNames)
		}
	}
	return nil
}

// add counts one unit.
func (c *MapCounts) add(visits []visit, direct uint64) {
	for ; direct != 0; direct &= direct - 1 {
		c.stages[bits.TrailingZeros64(direct)].direct++
	}
	for _, v := range visits {
		s := &c.stages[v.stage]
		switch {
		case v.completed:
			s.completed = append(s.completed, v.leaves-v.entered)
			continue
		case v.open:
			s.open++
		default:
			s.exits[v.last]++
		}
		s.waited = append(s.waited, v.leaves-v.entered)
	}
}

// Merge adds the counts of other users. It is an error, and changes nothing, if
// the map or AsOf is another one. other stays as it is.
func (c *MapCounts) Merge(other *MapCounts) error {
	switch {
	case c == other:
		return errors.New("journey: merge of counts with themselves")
	case c.config != other.config:
		return errors.New("journey: merge of counts of another map")
	case c.asOf != other.asOf:
		return errors.New("journey: merge of counts as of another moment")
	}
	for i := range c.stages {
		if !c.stages[i].takes(&other.stages[i]) {
			return errors.New("journey: merge of too many different names")
		}
	}
	if err := c.funnel.Merge(other.funnel); err != nil {
		return err
	}
	for i := range c.stages {
		ours, theirs := &c.stages[i], &other.stages[i]
		ours.direct += theirs.direct
		ours.open += theirs.open
		ours.completed = append(ours.completed, theirs.completed...)
		ours.waited = append(ours.waited, theirs.waited...)
		for name, n := range theirs.exits {
			ours.exits[name] += n
		}
	}
	return nil
}

// takes reports whether the names of both are not too many.
func (s *stageCell) takes(other *stageCell) bool {
	names := len(s.exits)
	for name := range other.exits {
		if _, known := s.exits[name]; !known {
			names++
		}
	}
	return names <= MaxNames
}

// MarshalBinary returns c as bytes: the same users give the same bytes, however
// they were counted and merged.
func (c *MapCounts) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [MapCounts.MarshalBinary] returns.
func (c *MapCounts) AppendBinary(dst []byte) ([]byte, error) {
	counts, err := c.funnel.MarshalBinary()
	if err != nil {
		return nil, err
	}
	dst = appendHeader(dst, wireMap, c.config, c.asOf)
	for i := range c.stages {
		s := &c.stages[i]
		dst = appendCounts(dst, s.direct, s.open)
		dst = appendSorted(appendSorted(dst, s.completed), s.waited)
		dst = wire.AppendUint(dst, uint64(len(s.exits)))
		for _, name := range slices.Sorted(maps.Keys(s.exits)) {
			dst = wire.AppendUint(wire.AppendString(dst, name), uint64(s.exits[name]))
		}
	}
	return wire.AppendString(dst, string(counts)), nil
}

// UnmarshalBinary reads what [MapCounts.MarshalBinary] wrote, in the place of
// what c has. c must be of the same map and AsOf, such as the counts of a new
// [MapCounter]; bytes of others are an error, as are bytes that were not written
// so, and leave c as it was.
func (c *MapCounts) UnmarshalBinary(data []byte) error {
	read := &MapCounts{journey: c.journey}
	read.reset()
	r := wire.NewReader(data)
	readHeader(r, wireMap, c.config, c.asOf)
	for i := range read.stages {
		read.stages[i].read(r)
	}
	counts := r.String()
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	before, err := c.funnel.MarshalBinary()
	if err != nil {
		return err
	}
	if err := c.funnel.UnmarshalBinary([]byte(counts)); err != nil {
		return err
	}
	if !read.agrees(c.funnel.Total(funnel.Everybody).Reached) {
		return errors.Join(errors.New("journey: unmarshal: the stages contradict the funnel"), c.funnel.UnmarshalBinary(before))
	}
	c.stages = read.stages
	return nil
}

// agrees reports whether the units of the stages are those that made the steps.
func (c *MapCounts) agrees(reached []int64) bool {
	for i, steps := range c.journey.steps() {
		s := &c.stages[i]
		completed, entered := int64(len(s.completed)), int64(len(s.completed)+len(s.waited))
		if entered != reached[steps.enter-1] || steps.exit > 0 && completed != reached[steps.exit-1] {
			return false
		}
	}
	return true
}

func (s *stageCell) read(r *wire.Reader) {
	readCounts(r, &s.direct, &s.open)
	s.completed, s.waited = readSorted(r), readSorted(r)
	before, left := "", s.open
	names := r.Count()
	if names > MaxNames {
		r.Fail("%d names: want at most %d", names, MaxNames)
	}
	for i := range names {
		name, n := r.String(), int64(r.UintUpTo(math.MaxInt64))
		if i > 0 && before >= name || n == 0 {
			r.Fail("exits are out of order")
		}
		if r.Err() != nil {
			return
		}
		before = name
		left += n
		s.exits[name] = n
	}
	if left != int64(len(s.waited)) {
		r.Fail("%d units left, of %d", left, len(s.waited))
	}
}

// appendSorted appends times in ascending order by their differences.
func appendSorted(dst []byte, micros []int64) []byte {
	slices.Sort(micros)
	dst = wire.AppendUint(dst, uint64(len(micros)))
	before := int64(0)
	for _, m := range micros {
		dst = wire.AppendUint(dst, uint64(m-before))
		before = m
	}
	return dst
}

func readSorted(r *wire.Reader) []int64 {
	micros := make([]int64, r.Count())
	before := int64(0)
	for i := range micros {
		before += int64(r.UintUpTo(uint64(math.MaxInt64 - before)))
		micros[i] = before
	}
	return micros
}
