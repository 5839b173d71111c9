package identity

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/regulars-go/regulars"
)

// Constraint says what kind of rule a link would have broken.
type Constraint string

// The kinds of constraints, in the order in which they are looked at.
const (
	ConstraintVerdict Constraint = "cannot-link" // a verdict
	ConstraintLimit   Constraint = "limit"       // of a namespace
	ConstraintSize    Constraint = "size"        // Rules.MaxIDs
)

// Refusal is a link that did not join two people, and why.
type Refusal struct {
	Link       Link       `json:"link"`
	Constraint Constraint `json:"constraint"`
	// Namespace and Within are those of the limit, and empty otherwise.
	Namespace Namespace     `json:"namespace,omitzero"`
	Within    regulars.Span `json:"within,omitzero"`
	// Max is the limit, or the most identifiers of a person; 0 for a verdict.
	Max int `json:"max,omitzero"`
	// Verdict is the one that forbids it; nil otherwise.
	Verdict *Verdict `json:"verdict,omitempty"`
	// A and B are the groups of the link's ends when it was judged.
	A Side `json:"a"`
	B Side `json:"b"`
}

// Side is one of the two groups that a link would have joined.
type Side struct {
	// Count is how many values of the limit's namespace the group had, in the
	// window if there is one; for a size it is how many identifiers.
	Count int `json:"count"`
	// Value is the first of those values in canonical order, or the identifier
	// of the verdict. It is nil for a size, and if the group had none.
	Value *ID `json:"value,omitempty"`
	// Path leads from the end of the link to Value: how it got into the group.
	// It is empty if Value is that end.
	Path []Link `json:"path,omitempty"`
}

// String says the refusal in a sentence, such as "device:d1 – member:b (event
// e2) refused: at most 1 member a person, not both member:a (by device:d1 –
// member:a (event e1)) and member:b".
func (r Refusal) String() string {
	head := r.Link.String() + " refused: "
	switch r.Constraint {
	case ConstraintVerdict:
		return head + fmt.Sprintf("[%s] keeps %s and %s apart", r.Verdict, r.A, r.B)
	case ConstraintSize:
		return head + fmt.Sprintf("at most %d identifiers a person, not %d and %d", r.Max, r.A.Count, r.B.Count)
	}
	within := ""
	if !r.Within.IsZero() {
		within = " within " + r.Within.String()
	}
	head += fmt.Sprintf("at most %d %s a person%s, not ", r.Max, r.Namespace, within)
	switch {
	case r.A.Value == nil:
		return head + r.B.String()
	case r.B.Value == nil:
		return head + r.A.String()
	case r.A.Count+r.B.Count == 2:
		return head + fmt.Sprintf("both %s and %s", r.A, r.B)
	}
	return head + fmt.Sprintf("%d and %d, such as %s and %s", r.A.Count, r.B.Count, r.A, r.B)
}

// String says the value and how it got there.
func (s Side) String() string {
	if s.Value == nil {
		return "none"
	}
	if len(s.Path) == 0 {
		return s.Value.String()
	}
	steps := make([]string, len(s.Path))
	for i, l := range s.Path {
		steps[i] = l.String()
	}
	return fmt.Sprintf("%s (by %s)", s.Value, strings.Join(steps, ", "))
}

// Refusals returns every link that was refused, component by component, the one
// with the person first seen first, and within in the order of judgement.
func (p *People) Refusals() iter.Seq[Refusal] {
	return func(yield func(Refusal) bool) {
		for _, number := range p.refusing() {
			f := p.forest(number)
			for i := f.block.edge; i < f.block.edge+f.block.edges; i++ {
				if p.components.edges.fate[i] >= byCannot && !yield(f.refusal(i)) {
					return
				}
			}
		}
	}
}

// refusing returns the components in which a link was refused, in order.
func (p *People) refusing() []int32 {
	var list []int32
	c := &p.components
	for number, b := range c.blocks {
		if slices.ContainsFunc(c.edges.fate[b.edge:b.edge+b.edges], func(fate uint8) bool { return fate >= byCannot }) {
			list = append(list, int32(number))
		}
	}
	oldest := map[int32]int32{}
	for _, number := range list {
		oldest[number] = slices.MinFunc(c.nodesOf(number), p.older)
	}
	slices.SortFunc(list, func(x, y int32) int { return p.older(oldest[x], oldest[y]) })
	return list
}

// refusal explains why a link was refused.
func (f *forest) refusal(edge int32) Refusal {
	l := f.oriented(f.components.edges.at(edge))
	a, b := f.group(l.a, edge), f.group(l.b, edge)
	r := Refusal{Link: f.linkOf(edge, l.a)}
	switch fate := f.components.edges.fate[edge]; fate {
	case byCannot:
		r.Constraint = ConstraintVerdict
		f.cannot(&r, a, b)
	case bySize:
		r.Constraint, r.Max = ConstraintSize, f.rules.MaxIDs
		r.A.Count, r.B.Count = len(a.nodes), len(b.nodes)
	default:
		k := int(fate - byLimit)
		limit := f.rules.limits[k]
		r.Constraint, r.Max, r.Within = ConstraintLimit, limit.Max, limit.Within
		r.Namespace = f.rules.spaces[limit.space].rule.Name
		r.A, r.B = f.side(a, k), f.side(b, k)
	}
	return r
}

// cannot fills in the first verdict that keeps two groups apart.
func (f *forest) cannot(r *Refusal, a, b group) {
	var found ruling
	for _, i := range a.nodes {
		for _, c := range f.rulings.cannot[i] {
			if _, ok := b.by[c.b]; !ok {
				continue
			}
			v := f.evidence.verdicts[c.verdict]
			if r.Verdict == nil || compareVerdicts(v, *r.Verdict) < 0 {
				r.Verdict, found = &v, c
			}
		}
	}
	r.A, r.B = f.valued(a, found.a), f.valued(b, found.b)
	r.A.Count, r.B.Count = 1, 1
}

// side counts what a group has of a limit's values.
func (f *forest) side(g group, k int) Side {
	count, first := 0, int32(-1)
	for _, i := range g.nodes {
		if f.nodes.space[i] != uint8(f.rules.limits[k].space) || f.nodes.last[i] <= f.windows[k] {
			continue
		}
		if count++; first < 0 || f.compareNodes(i, first) < 0 {
			first = i
		}
	}
	if first < 0 {
		return Side{}
	}
	s := f.valued(g, first)
	s.Count = count
	return s
}

func (f *forest) valued(g group, i int32) Side {
	return Side{Value: new(f.idOf(i)), Path: f.path(g, i)}
}
