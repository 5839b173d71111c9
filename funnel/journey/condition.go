package journey

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// Condition says which events are meant: those that have one of the names, and
// all of the labels, and that meet the predicate. What is not given does not
// matter, but something must be.
type Condition struct {
	// Events are names of events, any of which will do: at most MaxNames.
	Events []string `json:"events,omitempty"`
	// Labels are labels that the event must have, such as "channel=app": at most
	// MaxLabels. Of several with one key, any will do.
	Labels []string `json:"labels,omitempty"`
	// Where names a predicate of the source, for what labels can't say.
	Where string `json:"where,omitempty"`
}

// MaxLabels is the most labels of a condition: a longer list is better one label
// that the host works out.
const MaxLabels = 100

// IsZero reports whether c says nothing.
func (c Condition) IsZero() bool { return len(c.Events) == 0 && len(c.Labels) == 0 && c.Where == "" }

func (c Condition) validate(faults *regulars.Faults, path string) {
	if c.IsZero() {
		faults.Add(path, "names no event: want events, labels or where")
	}
	if len(c.Events) > MaxNames {
		faults.Add(path+".events", "has %d: want at most %d", len(c.Events), MaxNames)
	}
	seen := map[string]bool{}
	for i, name := range c.Events {
		if seen[name] {
			faults.Add(fmt.Sprintf("%s.events[%d]", path, i), "%q is there already", name)
		}
		seen[name] = true
	}
	if len(c.Labels) > MaxLabels {
		faults.Add(path+".labels", "has %d: want at most %d", len(c.Labels), MaxLabels)
	}
	for i, label := range c.Labels {
		if key, _, ok := strings.Cut(label, "="); !ok || key == "" {
			faults.Add(fmt.Sprintf("%s.labels[%d]", path, i), `%q is not a label: want "key=value"`, label)
		}
	}
}

// unknown adds a fault for each name that is not among the known ones.
func (c Condition) unknown(faults *regulars.Faults, path string, known map[string]bool) {
	unknown(faults, path+".events", c.Events, known)
}

func unknown(faults *regulars.Faults, path string, names []string, known map[string]bool) {
	for i, name := range names {
		if !known[name] {
			faults.Add(fmt.Sprintf("%s[%d]", path, i), "no such event: %q", name)
		}
	}
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return set
}

// restOf returns what a condition asks of an event beside its name; nil if
// nothing. It fails if the source can't answer.
func restOf[E any, K regulars.ID](c Condition, s funnel.Source[E, K]) (func(E) bool, error) {
	if len(c.Events) > 0 && s.Name == nil {
		return nil, fmt.Errorf("journey: source has no Name, and event %q is asked for", c.Events[0])
	}
	holds := s.Where[c.Where]
	if c.Where != "" && holds == nil {
		return nil, fmt.Errorf("journey: source has no predicate %q", c.Where)
	}
	if len(c.Labels) == 0 {
		return holds, nil
	}
	if s.Label == nil {
		return nil, errors.New("journey: source has no Label, which conditions need")
	}
	keys, values := c.byKey()
	return func(event E) bool {
		for i, key := range keys {
			if value, ok := s.Label(event, key); !ok || !slices.Contains(values[i], value) {
				return false
			}
		}
		return holds == nil || holds(event)
	}, nil
}

// byKey returns the keys of the labels and, of each, the values that will do.
func (c Condition) byKey() (keys []string, values [][]string) {
	for _, label := range c.Labels {
		key, value, _ := strings.Cut(label, "=")
		i := slices.Index(keys, key)
		if i < 0 {
			i = len(keys)
			keys, values = append(keys, key), append(values, nil)
		}
		values[i] = append(values[i], value)
	}
	return keys, values
}

// matcher says which of at most 64 conditions an event meets, as bits. The name
// is looked up once for all of them.
type matcher[E any] struct {
	name   func(E) string
	named  map[string]uint64
	others uint64 // conditions that name no events
	rest   []func(E) bool
	asks   uint64 // conditions with a rest
}

func newMatcher[E any, K regulars.ID](conditions []Condition, s funnel.Source[E, K]) (*matcher[E], error) {
	m := &matcher[E]{name: s.Name, named: map[string]uint64{}, rest: make([]func(E) bool, len(conditions))}
	for i, c := range conditions {
		rest, err := restOf(c, s)
		if err != nil {
			return nil, err
		}
		bit := uint64(1) << i
		if m.rest[i] = rest; rest != nil {
			m.asks |= bit
		}
		if len(c.Events) == 0 {
			m.others |= bit
		}
		for _, name := range c.Events {
			m.named[name] |= bit
		}
	}
	return m, nil
}

// match returns the conditions that an event meets.
func (m *matcher[E]) match(event E) uint64 {
	met := m.others
	if len(m.named) > 0 {
		met |= m.named[m.name(event)]
	}
	for asked := met & m.asks; asked != 0; asked &= asked - 1 {
		if i := bits.TrailingZeros64(asked); !m.rest[i](event) {
			met &^= 1 << i
		}
	}
	return met
}
