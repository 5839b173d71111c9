package persona

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-go/regulars"
)

// Segment is a compiled rule. It does not change, and is safe for concurrent
// use.
type Segment struct {
	schema   *Schema
	name     string
	title    string
	rule     Rule // canonical
	json     []byte
	version  [sha256.Size]byte
	nodes    []node
	places   []place // of the nodes
	timeless bool    // no leaf depends on the moment
	windows  []window
	warnings regulars.Faults
}

// Match reports whether somebody is in the segment as of an instant: yes if and
// only if the answer is [True]. It allocates nothing. An asOf outside the years
// 1 to 9999 counts as the nearest instant within.
//
// Of the zero Profile nothing is known. Match panics if the profile is of
// another schema: its slots would be taken for those of this one.
func (s *Segment) Match(p Profile, asOf time.Time) Truth {
	if s.timeless {
		r := run{nodes: s.nodes, p: s.checked(p)}
		return r.eval(0, &r.nodes[0])
	}
	now := momentOf(asOf, s.schema.zone, s.windows)
	r := run{nodes: s.nodes, p: s.checked(p), now: &now}
	return r.eval(0, &r.nodes[0])
}

// checked returns what p points to, or an empty profile in the place of none.
func (s *Segment) checked(p Profile) *record {
	if p.record != nil && p.schema == s.schema {
		return p.record
	}
	return s.foreign(p)
}

func (s *Segment) foreign(p Profile) *record {
	if p.record == nil {
		return s.schema.nobody.record
	}
	if !p.schema.same(s.schema) {
		panic(fmt.Sprintf("persona: profile of schema %.8s matched by a segment of schema %.8s", p.schema.Version(), s.schema.Version()))
	}
	return p.record
}

// Matcher is a segment as of one instant, which is faster for many profiles:
// windows are found once. It is safe for concurrent use.
type Matcher struct {
	segment *Segment
	now     moment
}

// At returns s as of an instant.
func (s *Segment) At(asOf time.Time) *Matcher {
	m := &Matcher{s, momentOf(asOf, s.schema.zone, s.windows)}
	m.now.settle()
	return m
}

// Match is [Segment.Match] as of the instant.
func (m *Matcher) Match(p Profile) Truth {
	r := run{nodes: m.segment.nodes, p: m.segment.checked(p), now: &m.now}
	return r.eval(0, &r.nodes[0])
}

// Counts says how many of a population are in a segment. The zero value is of an
// empty one.
type Counts struct {
	True    int `json:"true"`
	False   int `json:"false"`
	Unknown int `json:"unknown"`
}

// Add counts one more answer.
func (c *Counts) Add(t Truth) {
	switch t {
	case True:
		c.True++
	case False:
		c.False++
	default:
		c.Unknown++
	}
}

// Merge adds the counts of another part of the population.
func (c *Counts) Merge(other Counts) {
	c.True += other.True
	c.False += other.False
	c.Unknown += other.Unknown
}

// Total returns how many were counted.
func (c Counts) Total() int { return c.True + c.False + c.Unknown }

// Count matches a population as of an instant.
func (s *Segment) Count(profiles iter.Seq[Profile], asOf time.Time) (counts Counts) {
	at := s.At(asOf)
	for p := range profiles {
		counts.Add(at.Match(p))
	}
	return counts
}

// Schema returns the schema by which s was compiled.
func (s *Segment) Schema() *Schema { return s.schema }

// Name returns the name of the rule; "" if it had none.
func (s *Segment) Name() string { return s.name }

// Title returns how a report calls the segment: its title, or its name.
func (s *Segment) Title() string {
	if s.title == "" {
		return s.name
	}
	return s.title
}

// Label returns the label of those who are in the segment, such as "group=tea
// lovers"; "" if it has no name. The key is not segment, which is that of
// package rfm.
func (s *Segment) Label() string {
	if s.name == "" {
		return ""
	}
	return "group=" + s.name
}

// Rule returns the rule in its canonical form: values as the attribute has them,
// sets in order and each item once, defaults left out.
func (s *Segment) Rule() Rule { return s.rule.clone() }

// JSON returns the canonical rule as JSON. Rules that differ only in how they
// are written have the same.
func (s *Segment) JSON() []byte { return bytes.Clone(s.json) }

// Version returns the SHA-256, in hexadecimal, of the canonical rule and the
// versions of the segments that it refers to. Note it beside what the segment
// decided. It does not tell one schema from another: [Schema.Version] does.
func (s *Segment) Version() string { return hex.EncodeToString(s.version[:]) }

// Warnings lists what is not wrong and yet hardly meant: a text that is not in
// the dictionary, a number that is out of bounds.
func (s *Segment) Warnings() regulars.Faults { return slices.Clone(s.warnings) }

// sign writes the canonical rule, and hashes it with those it refers to.
func (s *Segment) sign(segments map[string]*Segment) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s.rule); err != nil {
		panic(err) // a checked rule has a form in JSON
	}
	s.json = bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
	hash := sha256.New()
	hash.Write(s.json)
	for _, name := range slices.Sorted(maps.Keys(segments)) {
		hash.Write([]byte("\n" + strconv.Quote(name) + " "))
		hash.Write(segments[name].version[:])
	}
	hash.Sum(s.version[:0])
}
