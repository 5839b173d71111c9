package identity

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// rulings are the verdicts that stand, by nodes.
type rulings struct {
	changes int // of the evidence's verdicts, when these were read
	list    []ruling
	must    map[int32][]ruling // by each of the two nodes, which is a here
	cannot  map[int32][]ruling
	cuts    map[int32][]int64 // when texts changed hands
	ignored []Verdict         // about identifiers that are set aside
}

// ruling is a verdict about two nodes.
type ruling struct {
	verdict int32
	a, b    int32
}

// readVerdicts returns the verdicts as rulings, or how they contradict each
// other. It changes nothing that an answer depends on.
func (p *People) readVerdicts() (rulings, error) {
	r := rulings{changes: p.evidence.changes, must: map[int32][]ruling{}, cannot: map[int32][]ruling{}, cuts: map[int32][]int64{}}
	standing := p.standing()
	for _, number := range standing {
		v := p.evidence.verdicts[number]
		if v.Ruling != Retire {
			continue
		}
		if text := p.nodes.readID(p.rules, v.A); text >= 0 {
			r.cuts[text] = append(r.cuts[text], v.ValidTo.UnixMicro())
		} else {
			r.ignored = append(r.ignored, v)
		}
	}
	for text := range r.cuts {
		slices.Sort(r.cuts[text])
		r.cuts[text] = slices.Compact(r.cuts[text])
	}
	// Nodes of holders are named by the cuts before them, so that those of cuts
	// that are read and then not used do no harm.
	before := p.nodes.cuts
	p.nodes.cuts = r.cuts
	err := p.readPairs(&r, standing)
	p.nodes.cuts = before
	if err != nil {
		return rulings{}, err
	}
	return r, p.contradiction(&r)
}

// standing returns the numbers of the verdicts that were not withdrawn, in
// canonical order.
func (p *People) standing() []int32 {
	var list []int32
	for i, gone := range p.evidence.overruled {
		if !gone {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		return compareVerdicts(p.evidence.verdicts[a], p.evidence.verdicts[b])
	})
	return list
}

func (p *People) readPairs(r *rulings, standing []int32) error {
	for _, number := range standing {
		v := p.evidence.verdicts[number]
		if v.Ruling == Retire {
			continue
		}
		at := v.At.UnixMicro()
		a, b := p.nodes.readID(p.rules, v.A), p.nodes.readID(p.rules, v.B)
		if a < 0 || b < 0 {
			r.ignored = append(r.ignored, v)
			continue
		}
		a, b = p.nodes.at(a, at), p.nodes.at(b, at)
		if a == b {
			if v.Ruling == CannotLink {
				return &ContradictionError{Cannot: v}
			}
			continue
		}
		r.list = append(r.list, ruling{number, a, b})
		of := r.must
		if v.Ruling == CannotLink {
			of = r.cannot
		}
		of[a] = append(of[a], ruling{number, a, b})
		of[b] = append(of[b], ruling{number, b, a})
	}
	return nil
}

// contradiction returns an error if must-links lead from one end of a
// cannot-link to the other.
func (p *People) contradiction(r *rulings) error {
	if len(r.must) == 0 {
		return nil
	}
	groups := r.mustGroups()
	for _, c := range r.list {
		v := p.evidence.verdicts[c.verdict]
		if v.Ruling != CannotLink || groups[c.a] == 0 || groups[c.a] != groups[c.b] {
			continue
		}
		e := &ContradictionError{Cannot: v}
		for _, number := range r.mustPath(c.a, c.b) {
			e.Must = append(e.Must, p.evidence.verdicts[number])
		}
		return e
	}
	return nil
}

// mustGroups numbers the groups of nodes that must-links join, from 1.
func (r *rulings) mustGroups() map[int32]int {
	groups := map[int32]int{}
	for start := range maps.Keys(r.must) {
		if groups[start] != 0 {
			continue
		}
		group := len(groups) + 1
		groups[start] = group
		for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
			for _, m := range r.must[queue[0]] {
				if groups[m.b] == 0 {
					groups[m.b] = group
					queue = append(queue, m.b)
				}
			}
		}
	}
	return groups
}

// mustPath returns the verdicts on the shortest way from a to b; of several, the
// one whose verdicts come first in canonical order.
func (r *rulings) mustPath(a, b int32) []int32 {
	from := map[int32]ruling{a: {-1, -1, -1}}
	for queue := []int32{a}; len(queue) > 0; queue = queue[1:] {
		for _, m := range r.must[queue[0]] {
			if _, ok := from[m.b]; !ok {
				from[m.b] = m
				queue = append(queue, m.b)
			}
		}
	}
	var path []int32
	for at := b; at != a; at = from[at].a {
		path = append(path, from[at].verdict)
	}
	slices.Reverse(path)
	return path
}

// compareVerdicts orders verdicts by ID and then by all that they say.
func compareVerdicts(a, b Verdict) int {
	return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(string(a.Ruling), string(b.Ruling)),
		a.A.Compare(b.A), a.B.Compare(b.B), a.ValidTo.Compare(b.ValidTo), a.At.Compare(b.At),
		strings.Compare(a.By, b.By), strings.Compare(a.Reason, b.Reason))
}
