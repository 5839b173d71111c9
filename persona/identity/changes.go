package identity

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Changes say who is who now, beside what was before: for a host that keeps
// persons by their names. Each list is in the order of names. A person whose
// identifiers are what they were is in none.
type Changes struct {
	// Created are persons none of whose identifiers was seen before.
	Created []OneID `json:"created,omitempty"`
	// Removed are persons none of whose identifiers is left.
	Removed []OneID `json:"removed,omitempty"`
	// Changed are persons who kept their names and got or lost identifiers, also
	// by what is in Merged and Split.
	Changed []OneID `json:"changed,omitempty"`
	// Merged are persons with identifiers of several persons before.
	Merged []Merge `json:"merged,omitempty"`
	// Split are former persons whose identifiers several persons have now.
	Split []Split `json:"split,omitempty"`
	// Renamed are persons who are as before, give or take identifiers that are
	// new or gone, under another name: an identifier of theirs turned out to be
	// older than the one that founded them, or that one is gone.
	Renamed []Alias `json:"renamed,omitempty"`
	// Aliases lead from every name that nobody has any more to the person who
	// has the identifier that it was made of. If that is gone, it is the one
	// who has most of the former identifiers, and of several the one first seen.
	// One who was removed has no alias.
	Aliases []Alias `json:"aliases,omitempty"`
	// Replayed is how many links were judged again, before those of the same
	// identifiers are taken together: what the update cost.
	Replayed int `json:"replayed,omitzero"`
}

// Merge says that persons became one.
type Merge struct {
	Into OneID   `json:"into"`
	From []OneID `json:"from"`
}

// Split says that a person became several.
type Split struct {
	From OneID   `json:"from"`
	Into []OneID `json:"into"`
}

// Alias leads from a former name to a present one.
type Alias struct {
	From OneID `json:"from"`
	To   OneID `json:"to"`
}

// Empty reports whether nobody changed.
func (c Changes) Empty() bool {
	return len(c.Created)+len(c.Removed)+len(c.Changed)+len(c.Merged)+len(c.Split)+len(c.Renamed)+len(c.Aliases) == 0
}

// Diff says how after differs from before, for people of other evidence, of
// other rules, or of another process. The rules should have the same key, or
// all names are other ones. Its answer is that of an update that leads from one to
// the other, but for Replayed, which is 0.
func Diff(before, after *People) Changes {
	d := diff{before: before, after: after}
	for i, founder := range before.nodes.person {
		if founder >= 0 {
			m := move{old: founder, now: -1, founded: int32(i) == founder}
			if k := after.same(before, int32(i)); k >= 0 {
				m.now = after.nodes.person[k]
				m.founds = m.now == k
			}
			d.moves = append(d.moves, m)
		}
	}
	for i, founder := range after.nodes.person {
		if k := before.same(after, int32(i)); founder >= 0 && (k < 0 || before.nodes.person[k] < 0) {
			d.moves = append(d.moves, move{old: -1, now: founder, founds: int32(i) == founder})
		}
	}
	return d.changes()
}

// same returns the node of p that is a node of other, or -1.
func (p *People) same(other *People, i int32) int32 {
	space, ok := p.rules.index[string(other.rules.spaces[other.nodes.space[i]].rule.Name)]
	if !ok {
		return -1
	}
	text := p.nodes.texts.find(append([]byte{byte(space), 0}, other.nodes.value(i)...))
	if text < 0 {
		return -1
	}
	if since := other.nodes.sinceNode(i); since != always {
		if k, ok := p.nodes.holders[holder{text, since}]; ok {
			return k
		}
		return -1
	}
	return p.nodes.single[text]
}

// changes compares the persons of some nodes with those before.
func (p *People) changes(nodes, before []int32) Changes {
	d := diff{before: p, after: p}
	for k, i := range nodes {
		if before[k] >= 0 || p.nodes.person[i] >= 0 {
			d.moves = append(d.moves, move{before[k], p.nodes.person[i], i == before[k], i == p.nodes.person[i]})
		}
	}
	return d.changes()
}

// diff finds the changes from where identifiers were to where they are.
type diff struct {
	before, after *People
	moves         []move
}

// move is one identifier: the founders of its person before and after, -1 if
// there was none.
type move struct {
	old, now        int32
	founded, founds bool // it founded the person before, or does so after
}

func (d *diff) changes() Changes {
	var c Changes
	byOld, byNow := d.grouped(func(m move) int32 { return m.old }), d.grouped(func(m move) int32 { return m.now })
	if bytes.Equal(d.before.rules.Key, d.after.rules.Key) {
		// Making names takes longest, and most people are who they were.
		for old, moves := range byOld {
			if now := moves[0].now; now >= 0 && stayed(moves, byNow[now]) {
				delete(byOld, old)
				delete(byNow, now)
			}
		}
	}
	names := map[OneID]bool{}
	for now := range byNow {
		names[d.after.oneID(now)] = true
	}
	for old, moves := range byOld {
		c.former(d, d.before.oneID(old), moves, names)
	}
	for now, moves := range byNow {
		c.present(d, d.after.oneID(now), now, moves, byOld)
	}
	c.sort()
	return c
}

// stayed reports whether a person before and one after have the same
// identifiers and the same founder.
func stayed(before, after []move) bool {
	return len(before) == len(after) && !parted(before, before[0].now) &&
		!slices.ContainsFunc(before, func(m move) bool { return m.now < 0 || m.founded != m.founds })
}

// grouped returns the moves by one of their sides, without those that lack it.
func (d *diff) grouped(side func(move) int32) map[int32][]move {
	groups := map[int32][]move{}
	for _, m := range d.moves {
		if f := side(m); f >= 0 {
			groups[f] = append(groups[f], m)
		}
	}
	return groups
}

// former notes what became of a person.
func (c *Changes) former(d *diff, name OneID, moves []move, names map[OneID]bool) {
	heirs := map[int32]int{}
	heir := int32(-1)
	for _, m := range moves {
		if m.now >= 0 {
			heirs[m.now]++
		}
		if m.founded {
			heir = m.now
		}
	}
	switch {
	case len(heirs) == 0:
		c.Removed = append(c.Removed, name)
		return
	case len(heirs) > 1:
		split := Split{From: name}
		for now := range heirs {
			split.Into = append(split.Into, d.after.oneID(now))
		}
		slices.Sort(split.Into)
		c.Split = append(c.Split, split)
	}
	if names[name] {
		return
	}
	if heir < 0 {
		heir = slices.MinFunc(slices.Collect(maps.Keys(heirs)), func(a, b int32) int {
			return cmp.Or(cmp.Compare(heirs[b], heirs[a]), d.after.older(a, b))
		})
	}
	c.Aliases = append(c.Aliases, Alias{name, d.after.oneID(heir)})
}

// present notes where a person came from, who is not one of those who stayed.
func (c *Changes) present(d *diff, name OneID, now int32, moves []move, byOld map[int32][]move) {
	var origins []int32
	for _, m := range moves {
		if m.old >= 0 {
			origins = append(origins, m.old)
		}
	}
	slices.Sort(origins)
	origins = slices.Compact(origins)
	var former []OneID
	for _, old := range origins {
		former = append(former, d.before.oneID(old))
	}
	slices.Sort(former)
	kept := slices.Contains(former, name)
	switch {
	case len(former) == 0:
		c.Created = append(c.Created, name)
	case len(former) > 1:
		c.Merged = append(c.Merged, Merge{name, former})
	case !kept && !parted(byOld[origins[0]], now):
		c.Renamed = append(c.Renamed, Alias{former[0], name})
	}
	if kept {
		c.Changed = append(c.Changed, name)
	}
}

// parted reports whether any of the moves leads to a person other than now.
func parted(moves []move, now int32) bool {
	return slices.ContainsFunc(moves, func(m move) bool { return m.now >= 0 && m.now != now })
}

func (c *Changes) sort() {
	slices.Sort(c.Created)
	slices.Sort(c.Removed)
	slices.Sort(c.Changed)
	slices.SortFunc(c.Merged, func(a, b Merge) int { return strings.Compare(string(a.Into), string(b.Into)) })
	slices.SortFunc(c.Split, func(a, b Split) int { return strings.Compare(string(a.From), string(b.From)) })
	byFrom := func(a, b Alias) int { return strings.Compare(string(a.From), string(b.From)) }
	slices.SortFunc(c.Renamed, byFrom)
	slices.SortFunc(c.Aliases, byFrom)
}
