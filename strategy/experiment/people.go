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

// taint finds people who were in both groups of an operation: in one phase, or
// under two IDs. Under one ID the group may change with the phase.
func (a *Attribution) taint() {
	a.tainted = make([]bool, len(a.people))
	var of []*Assignment
	for person, s := range a.people {
		of = of[:0]
		for i := s.from; i < s.to; i++ {
			of = append(of, a.assignment(i))
		}
		slices.SortFunc(of, func(x, y *Assignment) int {
			return cmp.Or(strings.Compare(x.Operation, y.Operation), cmp.Compare(x.Phase, y.Phase), compareBools(x.Withheld, y.Withheld))
		})
		if mixed(of) {
			a.tainted[person] = true
			a.counts.ContaminatedPeople++
		}
	}
}

// mixed looks at assignments of one person in the order of operation, phase and
// group. Who has two IDs and was in both groups was so under two IDs.
func mixed(of []*Assignment) bool {
	for from := 0; from < len(of); {
		to, ids, groups := from+1, false, false
		for ; to < len(of) && of[to].Operation == of[from].Operation; to++ {
			x, y := of[to-1], of[to]
			if x.Phase == y.Phase && x.Withheld != y.Withheld {
				return true
			}
			ids = ids || of[to].Customer != of[from].Customer
			groups = groups || of[to].Withheld != of[from].Withheld
		}
		if ids && groups {
			return true
		}
		from = to
	}
	return false
}
