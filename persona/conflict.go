package persona

import (
	"slices"
	"time"
)

// Conflict is an attribute of which sources say different things.
type Conflict struct {
	// Attribute is its name.
	Attribute string `json:"attribute"`
	// Believed is what the profile has.
	Believed Candidate `json:"believed"`
	// Others are what other sources say, in the order of preference. Those that
	// say the same are not there.
	Others []Candidate `json:"others"`
}

// Candidate is what one source says: of all that it said, what the attribute's
// [Survivor] would believe.
type Candidate struct {
	Source string    `json:"source"`
	At     time.Time `json:"at"`
	Value  Value     `json:"value"`
}

// Conflicts returns the attributes of a person of which sources say different
// things, in the order of the schema. What a source said itself before is not
// a conflict but the past, and is not kept; attributes whose survivor is [Union]
// have none. ok is false if there is nobody of that ID.
func (c *Census[K]) Conflicts(id K) (conflicts []Conflict, ok bool) {
	at, ok := c.index[id]
	if !ok {
		return nil, false
	}
	c.people[at].eachAttribute(func(i int, cells []cell) {
		a := &c.Schema.attributes[i]
		if len(cells) == 1 || a.Survivor == Union {
			return
		}
		claims := make([]claim, len(cells))
		for j, l := range cells {
			claims[j] = c.claim(l)
		}
		slices.SortFunc(claims, func(x, y claim) int { return c.prefer(a, x, y) })
		conflict := Conflict{Attribute: a.Name, Believed: c.candidate(a, claims[0])}
		for _, l := range claims[1:] {
			if c.compareValues(a, l, claims[0]) != 0 {
				conflict.Others = append(conflict.Others, c.candidate(a, l))
			}
		}
		if len(conflict.Others) > 0 {
			conflicts = append(conflicts, conflict)
		}
	})
	return conflicts, true
}

func (c *Census[K]) candidate(a *Attribute, l claim) Candidate {
	said := Candidate{Source: c.Schema.sources[l.source], At: time.UnixMicro(l.at).In(c.Schema.zone)}
	if a.Kind != KindList {
		said.Value = c.valueOf(a, l.slot)
		return said
	}
	said.Value = Value{form: listForm, items: make([]Value, len(l.items))}
	for i, item := range l.items {
		said.Value.items[i] = c.valueOf(a, item)
	}
	return said
}

func (c *Census[K]) valueOf(a *Attribute, n int64) Value {
	if kind := a.item(); kind != KindString {
		return a.valueOf(kind, n)
	}
	return Text(c.texts.list[n])
}
