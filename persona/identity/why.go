package identity

import (
	"fmt"
	"slices"
	"strings"
)

// Because says in a word what an [Explanation] comes to.
type Because string

// What explanations come to. The first two are of one person.
const (
	Same      Because = "same"       // two spellings of one identifier
	Joined    Because = "joined"     // links lead from one to the other
	Refused   Because = "refused"    // links would, but some were refused
	Shared    Because = "shared"     // only identifiers of everybody lead there
	NotLinked Because = "not linked" // nothing does
	NotSeen   Because = "not seen"   // no evidence has one of them
	SetAside  Because = "set aside"  // one of them names nobody
)

// Explanation says why two identifiers are one person, or why not.
type Explanation struct {
	Because Because `json:"because"`
	// A and B are the persons who have the two identifiers; empty if one was not
	// seen or is set aside.
	A OneID `json:"a,omitzero"`
	B OneID `json:"b,omitzero"`
	// Path has the links that lead from the one to the other, if they are one
	// person. There is no other way along links that joined.
	Path []Link `json:"path,omitempty"`
	// Refused has the links that keep them apart, if they are two: a way from
	// the person of the one to that of the other with as few refusals as
	// possible; of several such ways it takes the links judged first.
	Refused []Refusal `json:"refused,omitempty"`
	// Shared are the shared identifiers that both persons were seen with, in
	// canonical order, if nothing else leads from one to the other.
	Shared []ID `json:"shared,omitempty"`
	// Flaw says why an identifier is set aside.
	Flaw Flaw `json:"flaw,omitzero"`
}

// One reports whether both are one person.
func (e Explanation) One() bool { return e.Because == Same || e.Because == Joined }

// String says the explanation, a line for each link.
func (e Explanation) String() string {
	var s strings.Builder
	switch e.Because {
	case SetAside:
		fmt.Fprintf(&s, "%s: %s", e.Because, e.Flaw)
	case Same, Joined:
		fmt.Fprintf(&s, "one person: %s", e.Because)
	default:
		fmt.Fprintf(&s, "not one person: %s", e.Because)
	}
	for _, l := range e.Path {
		fmt.Fprintf(&s, "\n%s", l)
	}
	for _, r := range e.Refused {
		fmt.Fprintf(&s, "\n%s", r)
	}
	for _, id := range e.Shared {
		fmt.Fprintf(&s, "\n%s", id)
	}
	return s.String()
}

// Why says why two identifiers, in any spelling, are one person, or why they are
// not. Of an identifier that changed hands it is about the present holder. The
// cost grows with the component of the first.
func (p *People) Why(a, b ID) Explanation {
	textA, flawA := p.nodes.find(p.rules, a)
	textB, flawB := p.nodes.find(p.rules, b)
	if flaw := flawA + flawB; flaw != "" {
		if flawA != "" {
			flaw = flawA
		}
		return Explanation{Because: SetAside, Flaw: flaw}
	}
	if textA < 0 || textB < 0 {
		return Explanation{Because: NotSeen}
	}
	from, to := p.nodeOf(a, never), p.nodeOf(b, never)
	if from < 0 || to < 0 {
		return Explanation{Because: NotSeen}
	}
	e := Explanation{A: p.oneID(p.nodes.person[from]), B: p.oneID(p.nodes.person[to])}
	switch {
	case from == to:
		e.Because = Same
	case p.nodes.component[from] != p.nodes.component[to]:
		e.Shared = p.sharedBy(p.nodes.person[from], p.nodes.person[to])
		e.Because = NotLinked
		if len(e.Shared) > 0 {
			e.Because = Shared
		}
	case p.nodes.person[from] == p.nodes.person[to]:
		f := p.forest(p.nodes.component[from])
		e.Because, e.Path = Joined, f.path(f.group(from, never32), to)
	default:
		e.Because, e.Refused = Refused, p.forest(p.nodes.component[from]).between(p.nodes.person[from], p.nodes.person[to])
	}
	return e
}

// never32 is after every edge.
const never32 = 1<<31 - 1

// between returns the refusals on the shortest way between two persons.
func (f *forest) between(from, to int32) []Refusal {
	refused := map[int32][]int32{} // by person
	e := &f.components.edges
	for i := f.block.edge; i < f.block.edge+f.block.edges; i++ {
		if e.fate[i] >= byCannot {
			a, b := f.nodes.person[e.a[i]], f.nodes.person[e.b[i]]
			refused[a], refused[b] = append(refused[a], i), append(refused[b], i)
		}
	}
	by := map[int32]int32{from: -1}
	for queue := []int32{from}; len(queue) > 0; queue = queue[1:] {
		for _, i := range refused[queue[0]] {
			other := f.otherPerson(i, queue[0])
			if _, ok := by[other]; !ok {
				by[other] = i
				queue = append(queue, other)
			}
		}
	}
	var path []Refusal
	for at := to; by[at] >= 0; at = f.otherPerson(by[at], at) {
		path = append(path, f.refusal(by[at]))
	}
	slices.Reverse(path)
	return path
}

func (f *forest) otherPerson(edge, person int32) int32 {
	if a := f.nodes.person[f.components.edges.a[edge]]; a != person {
		return a
	}
	return f.nodes.person[f.components.edges.b[edge]]
}

// sharedBy returns the shared identifiers that two persons were seen with.
func (p *People) sharedBy(a, b int32) []ID {
	mine, both := map[int32]bool{}, map[int32]bool{}
	p.eachShared(a, func(i int32) { mine[i] = true })
	p.eachShared(b, func(i int32) {
		if mine[i] {
			both[i] = true
		}
	})
	var list []ID
	for i := range both {
		list = append(list, p.idOf(i))
	}
	slices.SortFunc(list, ID.Compare)
	return list
}

// eachShared calls yield with the shared identifiers that a person was seen
// with or, being one, is.
func (p *People) eachShared(founder int32, yield func(i int32)) {
	for _, member := range p.members(founder) {
		if p.nodes.shared[member] {
			yield(member)
			continue
		}
		p.each(member, func(o int32) bool {
			for _, i := range p.nodesOf(o) {
				if i >= 0 && p.nodes.shared[i] {
					yield(i)
				}
			}
			return true
		})
	}
}
