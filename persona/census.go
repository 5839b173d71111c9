package persona

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/ids"
)

// Census collects what is observed of people, from any number of sources, and
// makes a profile of each. What it answers depends neither on the order in which
// observations and events come, nor on how they are split over censuses that are
// merged later.
//
// Memory is bounded by who says what of whom, and not by how often: it takes at
// most 170 bytes a person beside an ID's own text, 48 for each attribute that
// each source has said something of, 48 more for a list and 16 for each of its
// items, 48 for an event and 5 for each field of its kind. Each different text
// is kept once and takes 90 bytes and a quarter more than its own. So is one that
// no source stands by any more, until the census is marshalled and read again.
//
// A Census must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Census.Merge] them.
type Census[K regulars.ID] struct {
	// Schema says what there is to know. Set it before the first observation; all
	// methods but Len need it.
	Schema *Schema

	index  map[K]uint32
	people []person[K]
	texts  texts
	lists  [][]int64 // of the cells whose attribute is a list
	// fields are those of the events: the number of a text plus 1, or 0 if it is
	// not known.
	fields []uint32
	draft  *Draft // checks and encodes what comes in
}

// MaxPeople is the most people of a census. One machine holds no more.
const MaxPeople = 1 << 30

// Observation is what a source said of a person at one time.
type Observation struct {
	// Source is one of the schema's.
	Source string
	// At is when it was said, cut to the microsecond. It is never zero.
	At time.Time
	// Values are by the names of attributes. No value says nothing: it does not
	// take away what was known.
	Values map[string]Value
}

// Observe adds an observation of a person. If anything is wrong with it nothing
// of it is added; the error joins a [*ValueError] for each value that does not
// fit, in the order of their names.
func (c *Census[K]) Observe(id K, o Observation) error {
	source, err := c.check(id, o)
	if err != nil {
		return err
	}
	c.draft.reset()
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(o.Values)) {
		if i, ok := c.Schema.Index(name); !ok {
			problems = append(problems, &ValueError{name, Value{}, "no such attribute", ErrUnknownAttribute})
		} else if err := c.draft.Set(i, o.Values[name]); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	p, err := c.find(id, len(c.draft.text))
	if err != nil {
		return err
	}
	for i, slot := range c.draft.slots[:c.Schema.Len()] {
		if slot != absent {
			c.put(p, c.claimOf(i, source, o.At.UnixMicro(), slot))
		}
	}
	c.weigh(p)
	return nil
}

func (c *Census[K]) check(id K, o Observation) (source int, err error) {
	if c.Schema == nil {
		return 0, errors.New("persona: a census needs a schema")
	}
	if c.draft == nil {
		c.draft = c.Schema.Draft()
	}
	source, ok := c.Schema.bySource[o.Source]
	if !ok {
		return 0, &ValueError{o.Source, Value{}, "no such source", ErrUnknownAttribute}
	}
	if calendar.CheckInstant(o.At) != nil {
		return 0, &ValueError{o.Source, Value{}, "want an observation with a time in the years 1 to 9999", ErrRange}
	}
	return source, checkID(id)
}

// checkID refuses the empty text, which names nobody.
func checkID[K regulars.ID](id K) error {
	if ids.IsEmpty(id) {
		return errors.New("persona: a person with an empty ID")
	}
	return nil
}

// AddEvent adds something that a person did. Equal events are several: add each
// once. The error, a [*ValueError], means that it was not added.
func (c *Census[K]) AddEvent(id K, e Event) error {
	if _, err := c.check(id, Observation{Source: c.source(), At: e.At}); err != nil {
		return err
	}
	c.draft.reset()
	if err := c.draft.Add(e); err != nil {
		return err
	}
	if len(c.fields) > math.MaxInt32-MaxFields {
		return errFull
	}
	p, err := c.find(id, len(c.draft.text))
	if err != nil {
		return err
	}
	if len(p.events) >= MaxProfileEvents {
		return &ValueError{e.Kind, Value{}, fmt.Sprintf("want at most %d events of one person", MaxProfileEvents), ErrRange}
	}
	added := c.draft.events[0]
	fields := c.draft.slots[added.fields:]
	added.fields = int32(len(c.fields))
	for _, slot := range fields {
		c.fields = append(c.fields, c.fieldOf(slot))
	}
	p.events, p.bytes = append(p.events, added), p.bytes+len(c.draft.text)
	return nil
}

// source is one that the schema has.
func (c *Census[K]) source() string {
	if c.Schema == nil {
		return ""
	}
	return c.Schema.sources[0]
}

func (c *Census[K]) fieldOf(slot int64) uint32 {
	if slot == noText {
		return 0
	}
	return c.texts.number(c.draft.textAt(slot)) + 1
}

// find returns a person, a new one if there is none, who has room for so many
// more bytes of text.
func (c *Census[K]) find(id K, bytes int) (*person[K], error) {
	if i, ok := c.index[id]; ok {
		if p := &c.people[i]; p.bytes+bytes <= MaxProfileText {
			return p, nil
		}
		return nil, fmt.Errorf("persona: person %v: all texts come to more than %d bytes", id, MaxProfileText)
	}
	if len(c.people) >= MaxPeople {
		return nil, errFull
	}
	if c.index == nil {
		c.index = make(map[K]uint32)
	}
	c.index[id] = uint32(len(c.people))
	c.people = append(c.people, person[K]{id: id})
	return &c.people[len(c.people)-1], nil
}

var errFull = fmt.Errorf("persona: census is full: it holds %d people, and 2^31 fields of events", MaxPeople)

// Len returns how many people there are.
func (c *Census[K]) Len() int { return len(c.people) }

// Profile returns what is known of a person; ok is false if there is none of
// that ID.
func (c *Census[K]) Profile(id K) (p Profile, ok bool) {
	i, ok := c.index[id]
	if !ok {
		return Profile{}, false
	}
	return c.profile(&c.people[i], c.Schema.Draft()), true
}

// All returns the people and their profiles in ascending order of ID. Don't add
// while you range over it.
func (c *Census[K]) All() iter.Seq2[K, Profile] {
	return func(yield func(K, Profile) bool) {
		if c.Schema == nil {
			return
		}
		d := c.Schema.Draft()
		for _, p := range c.sorted() {
			if !yield(p.id, c.profile(p, d)) {
				return
			}
		}
	}
}

// Profiles returns the profiles in ascending order of ID, as [Segment.Count] and
// [Schema.FitTag] take them.
func (c *Census[K]) Profiles() iter.Seq[Profile] {
	return func(yield func(Profile) bool) {
		for _, p := range c.All() {
			if !yield(p) {
				return
			}
		}
	}
}

func (c *Census[K]) sorted() []*person[K] {
	all := make([]*person[K], len(c.people))
	for i := range c.people {
		all[i] = &c.people[i]
	}
	slices.SortFunc(all, func(a, b *person[K]) int { return regulars.Compare(a.id, b.id) })
	return all
}

// Merge adds all that was added to other, which stays as it is. Censuses of
// another schema don't merge.
func (c *Census[K]) Merge(other *Census[K]) error {
	switch {
	case c == other:
		return errors.New("persona: a census can't be merged into itself")
	case c.Schema == nil || !c.Schema.same(other.Schema):
		return errors.New("persona: censuses of unlike schemas don't merge")
	}
	if err := c.room(other); err != nil {
		return err
	}
	number := make([]uint32, len(other.texts.list)) // of other's texts, here
	for i, text := range other.texts.list {
		number[i] = c.texts.numberOf(text)
	}
	for i := range other.people {
		from := &other.people[i]
		to, err := c.find(from.id, from.bytes)
		if err != nil {
			return err // room has looked
		}
		for _, l := range from.cells {
			c.put(to, other.claim(l).renumbered(c.Schema, number))
		}
		for _, e := range from.events {
			first := int(e.fields)
			e.fields = int32(len(c.fields))
			for _, field := range other.fields[first : first+len(c.Schema.events[e.kind].Fields)] {
				if field > 0 {
					field = number[field-1] + 1
				}
				c.fields = append(c.fields, field)
			}
			to.events = append(to.events, e)
		}
		to.bytes += from.bytes - from.cellBytes
		c.weigh(to)
	}
	return nil
}

// room returns an error if other does not fit, before anything is changed.
func (c *Census[K]) room(other *Census[K]) error {
	people := len(c.people)
	for i := range other.people {
		from := &other.people[i]
		at, ok := c.index[from.id]
		if !ok {
			people++
			continue
		}
		if to := &c.people[at]; len(to.events)+len(from.events) > MaxProfileEvents || to.bytes+from.bytes > MaxProfileText {
			return fmt.Errorf("persona: person %v: want at most %d events and %d bytes of text of one person", from.id, MaxProfileEvents, MaxProfileText)
		}
	}
	if people > MaxPeople || len(c.fields)+len(other.fields) > math.MaxInt32 {
		return errFull
	}
	return nil
}
