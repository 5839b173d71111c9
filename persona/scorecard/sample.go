package scorecard

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/wire"
	"github.com/regulars-go/regulars/persona"
)

// Case is somebody of whom it is known what became of them.
type Case struct {
	// Profile is what was known of them at AsOf, before the outcome window opens.
	// What is in it only because of the outcome makes a card that is right about
	// the past and wrong about everybody else.
	Profile persona.Profile
	// AsOf is the moment of the profile. Rules are asked as of it.
	AsOf time.Time
	// Latest is the time of the latest fact that the profile's attributes were
	// made of, if the host knows: one after AsOf is [ErrLeak]. Zero means that
	// the host vouches for it. Of the profile's events, rules leave out those
	// after AsOf themselves.
	Latest time.Time
	// Outcome is what became of them after AsOf.
	Outcome Outcome
}

// ErrLeak is returned for a profile that knows what came after its moment.
var ErrLeak = errors.New("scorecard: profile knows what came later")

// MaxCases is how many cases a sample counts: up to there every reader of JSON
// holds a count exactly.
const MaxCases = 1 << 53

// ErrTooMany is returned for one more than [MaxCases].
var ErrTooMany = errors.New("scorecard: too many cases to count")

// Sample counts cases by the bins that they are in, for a [Card] to be fitted
// to or judged by. Neither the order of what is added nor how it is split over
// samples that are merged later makes a difference. It takes some 60 bytes for
// each different combination of bins, and nothing for a case.
//
// A Sample must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Sample.Merge] them.
type Sample struct {
	// Layout says what is counted. It must be set before the first case, and not
	// be changed after it.
	Layout *Layout

	counts map[string]*tally // by pattern
	total  tally
	aside  int64
	schema *persona.Schema // the last one that was found to be the layout's
	buffer []byte
}

// tally is how many of some cases are good and bad.
type tally struct{ good, bad int64 }

func (t tally) all() int64 { return t.good + t.bad }

func (t *tally) add(o tally) {
	t.good += o.good
	t.bad += o.bad
}

// Add counts a case. One that is Aside is counted as that, and in nothing else.
// An error, for a sample without a layout, the zero Profile or one of another
// schema, an AsOf that is zero, an outcome that there is not, [ErrLeak] and
// [ErrTooMany], means that it was not counted.
func (s *Sample) Add(c Case) error {
	switch {
	case s.Layout == nil:
		return errors.New("scorecard: a sample needs a layout")
	case !s.Layout.fits(c.Profile.Schema(), &s.schema):
		return errOtherSchema
	case c.AsOf.IsZero():
		return errors.New("scorecard: case without the moment of its profile")
	case c.Outcome > Bad:
		return fmt.Errorf("scorecard: no such outcome: %d", c.Outcome)
	case c.Latest.After(c.AsOf):
		return fmt.Errorf("%w: of %s, as of %s", ErrLeak, c.Latest.Format(time.RFC3339), c.AsOf.Format(time.RFC3339))
	case s.total.all()+s.aside >= MaxCases:
		return ErrTooMany
	case c.Outcome == Aside:
		s.aside++
		return nil
	}
	one := tally{good: 1}
	if c.Outcome == Bad {
		one = tally{bad: 1}
	}
	s.buffer = s.Layout.pattern(s.buffer[:0], c.Profile, c.AsOf)
	s.count(s.buffer, one)
	return nil
}

var errOtherSchema = errors.New("scorecard: profile of no schema, or of another than the layout's")

// fits reports whether a schema is the layout's. It notes one that is, since to
// compare versions takes time.
func (l *Layout) fits(schema *persona.Schema, last **persona.Schema) bool {
	if schema == nil || schema != *last && schema.Version() != l.schema.Version() {
		return false
	}
	*last = schema
	return true
}

func (s *Sample) count(pattern []byte, n tally) {
	t := s.counts[string(pattern)]
	if t == nil {
		if s.counts == nil {
			s.counts = map[string]*tally{}
		}
		t = &tally{}
		s.counts[string(pattern)] = t
	}
	t.add(n)
	s.total.add(n)
}

// Merge adds the counts of other, which stays as it is. Samples of another
// layout don't merge.
func (s *Sample) Merge(other *Sample) error {
	switch {
	case s == other:
		return errors.New("scorecard: a sample can't be merged into itself")
	case s.Layout == nil || other.Layout == nil || s.Layout.id != other.Layout.id:
		return errors.New("scorecard: samples of unlike layouts don't merge")
	case other.total.all()+other.aside > MaxCases-s.total.all()-s.aside:
		return ErrTooMany
	}
	for pattern, n := range other.counts {
		s.count([]byte(pattern), *n)
	}
	s.aside += other.aside
	return nil
}

// Good returns how many cases are good, Bad how many are bad, and Aside how
// many are neither.
func (s *Sample) Good() int64 { return s.total.good }

// Bad returns how many cases are bad.
func (s *Sample) Bad() int64 { return s.total.bad }

// Aside returns how many cases are neither.
func (s *Sample) Aside() int64 { return s.aside }

// patterns returns the combinations of bins in the order of their bytes, on
// which alone answers depend.
func (s *Sample) patterns() []string { return slices.Sorted(maps.Keys(s.counts)) }

// bins returns how many cases each bin of feature i has.
func (s *Sample) bins(i int) []tally {
	bins := make([]tally, len(s.Layout.columns[i].labels))
	for pattern, n := range s.counts {
		bins[pattern[i]].add(*n) // whole numbers: their order does not matter
	}
	return bins
}

// wireSample begins a marshalled sample. A form that was once written is read
// for ever; a newer one is refused.
const wireSample = "scorecard.sample.1"

// MarshalBinary returns s as bytes: the same cases give the same bytes, in
// whatever order they came.
func (s *Sample) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary appends what [Sample.MarshalBinary] returns.
func (s *Sample) AppendBinary(dst []byte) ([]byte, error) {
	if s.Layout == nil {
		return nil, errors.New("scorecard: a sample needs a layout")
	}
	dst = wire.AppendString(wire.AppendString(dst, wireSample), s.Layout.id)
	dst = wire.AppendUint(wire.AppendUint(dst, uint64(s.aside)), uint64(len(s.counts)))
	for _, pattern := range s.patterns() {
		n := s.counts[pattern]
		dst = append(dst, pattern...)
		dst = wire.AppendUint(wire.AppendUint(dst, uint64(n.good)), uint64(n.bad))
	}
	return dst, nil
}

// UnmarshalBinary replaces what s holds by what [Sample.MarshalBinary] wrote of
// a sample of the same Layout, which must be set. s stays as it was if there is
// an error.
func (s *Sample) UnmarshalBinary(data []byte) error {
	if s.Layout == nil {
		return errors.New("scorecard: a sample needs a layout")
	}
	read, in := Sample{Layout: s.Layout}, wire.NewReader(data)
	in.Form(wireSample)
	if id := in.String(); in.Err() == nil && id != s.Layout.id {
		in.Fail("is of another layout")
	}
	read.aside = int64(in.UintUpTo(MaxCases))
	read.readPatterns(in)
	if err := in.Close(); err != nil {
		return fmt.Errorf("scorecard: unmarshal: %w", err)
	}
	*s = read
	return nil
}

func (s *Sample) readPatterns(in *wire.Reader) {
	last := ""
	for i := range in.Count() {
		pattern := in.Bytes(len(s.Layout.columns))
		n := tally{int64(in.UintUpTo(MaxCases)), int64(in.UintUpTo(MaxCases))}
		for j, bin := range pattern {
			if int(bin) >= len(s.Layout.columns[j].labels) {
				in.Fail("feature %d has no bin %d", j, bin)
			}
		}
		switch {
		case in.Err() != nil:
			return
		case i > 0 && string(pattern) <= last:
			in.Fail("patterns are out of order")
		case n.all() == 0 || n.all() > MaxCases-s.total.all()-s.aside:
			in.Fail("pattern of no case, or too many cases")
		}
		if in.Err() != nil {
			return
		}
		last = string(pattern)
		s.count(pattern, n)
	}
}

// rate returns n/of, which the caller knows not to be 0.
func rate(n, of int64) float64 { return float64(n) / float64(of) }

// settle rounds to nine decimals, so that the last bits, in which builds for
// different processors differ, neither show nor decide.
func settle(x float64) float64 { return math.Round(x*1e9) / 1e9 }
