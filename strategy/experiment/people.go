package experiment

import (
	"cmp"
	"slices"
	"strings"
)

// place numbers people by the least of their IDs, and puts their touches in
// order. It returns the number of an ID.
func (a *Attribution) place(same []counted[[2]string], r Rules) map[string]int {
	names := aliases(same)
	person := map[string]int{}
	var first []string
	for i := range a.assignments {
		first = append(first, names.of(a.assignments[i].record.Customer))
	}
	slices.Sort(first)
	first = slices.Compact(first)
	for i, name := range first {
		person[name] = i
	}
	for alias := range names {
		if n, ok := person[names.of(alias)]; ok {
			person[alias] = n
		}
	}
	a.counts.People = int64(len(first))
	for row := range a.assignments {
		x := &a.assignments[row].record
		end := r.window(x.Objective).After(x.At, r.Zone)
		a.touches = append(a.touches, touch{person[x.Customer], row, x.At.UnixMicro(), end.UnixMicro()})
	}
	// Rows are in the order of decisions.
	slices.SortFunc(a.touches, func(x, y touch) int {
		return cmp.Or(cmp.Compare(x.person, y.person), cmp.Compare(x.at, y.at), cmp.Compare(x.row, y.row))
	})
	a.people = spans(len(first), len(a.touches), func(i int) int { return a.touches[i].person })
	a.credits = make([]credit, len(a.touches))
	return person
}

// spans returns where each of n groups stands among rows that are sorted by it.
func spans(n, rows int, group func(int) int) []span {
	list := make([]span, n)
	for i := range rows {
		g := group(i)
		if list[g].to == 0 {
			list[g].from = i
		}
		list[g].to = i + 1
	}
	return list
}

// aliasing leads from an ID to another of the same person, and in the end to the
// least.
type aliasing map[string]string

func aliases(same []counted[[2]string]) aliasing {
	names := aliasing{}
	for i := range same {
		x, y := names.of(same[i].record[0]), names.of(same[i].record[1])
		names[max(x, y)] = min(x, y)
	}
	return names
}

func (names aliasing) of(id string) string {
	root := id
	for next, ok := names[root]; ok && next != root; next, ok = names[root] {
		root = next
	}
	for id != root { // shorten the way for the next time
		next := names[id]
		names[id] = root
		id = next
	}
	return root
}

// taint finds people who were in both groups.
func (a *Attribution) taint() {
	a.tainted = make([]bool, len(a.people))
	var of []*Assignment
	for person, s := range a.people {
		of = of[:0]
		for i := s.from; i < s.to; i++ {
			of = append(of, a.assignment(i))
		}
		if inBothGroups(of) {
			a.tainted[person] = true
			a.counts.ContaminatedPeople++
		}
	}
}

// inBothGroups looks at the assignments of one person. Under one ID the group may
// change with the phase and with the operation, but not within one phase of one
// operation. Who has two IDs is two to every holdout: they are in both groups of
// all that has one name, be it an operation or an objective.
func inBothGroups(of []*Assignment) bool {
	if len(of) < 2 {
		return false
	}
	slices.SortFunc(of, func(x, y *Assignment) int {
		return cmp.Or(strings.Compare(x.Operation, y.Operation), cmp.Compare(x.Phase, y.Phase), compareBools(x.Withheld, y.Withheld))
	})
	for i, y := range of[1:] {
		if x := of[i]; x.Operation == y.Operation && x.Phase == y.Phase && x.Withheld != y.Withheld {
			return true
		}
	}
	if !slices.ContainsFunc(of, func(x *Assignment) bool { return x.Customer != of[0].Customer }) {
		return false
	}
	return apart(of, func(x *Assignment) string { return x.Operation }) || apart(of, func(x *Assignment) string { return x.Objective })
}

// apart reports whether assignments of one name have both groups and two IDs; then
// one ID was in a group that another was not in.
func apart(of []*Assignment, name func(*Assignment) string) bool {
	slices.SortFunc(of, func(x, y *Assignment) int { return strings.Compare(name(x), name(y)) })
	ids, groups := false, false
	for i := 1; i < len(of); i++ {
		x, y := of[i-1], of[i]
		if name(x) != name(y) {
			ids, groups = false, false
			continue
		}
		ids, groups = ids || x.Customer != y.Customer, groups || x.Withheld != y.Withheld
		if ids && groups {
			return true
		}
	}
	return false
}
