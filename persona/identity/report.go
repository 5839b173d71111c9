package identity

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Report counts what went into people and what came out, for whoever watches
// over the data.
type Report struct {
	// Observations and Matches count; Later are after [Rules.AsOf]. Retracted is
	// how many events were taken back, whether they came or not. Unusable are
	// observations that count and have no identifier that does.
	Observations int `json:"observations"`
	Matches      int `json:"matches"`
	Retracted    int `json:"retracted"`
	Later        int `json:"later"`
	Unusable     int `json:"unusable"`
	// SetAside counts how often identifiers of observations named nobody, by
	// namespace and flaw in this order.
	SetAside []Blocked `json:"setAside,omitempty"`
	// Identifiers were seen; Shared are those of everybody, and Contested those
	// that several people claim.
	Identifiers int `json:"identifiers"`
	Shared      int `json:"shared"`
	Contested   int `json:"contested"`
	// People is how many there are, and Largest how many identifiers the
	// greatest of them has.
	People  int `json:"people"`
	Largest int `json:"largest"`
	// Components are the parts of the graph that nothing links, refused links
	// included, and LargestComponent the identifiers of the greatest: what an
	// update may have to resolve again.
	Components       int `json:"components"`
	LargestComponent int `json:"largestComponent"`
	// Links between two identifiers count once. Joined brought people together,
	// Spare were within one person already, the others were refused.
	Links   int         `json:"links"`
	Joined  int         `json:"joined"`
	Spare   int         `json:"spare"`
	Refused []RefusedBy `json:"refused,omitempty"`
	// Ignored are verdicts about identifiers that are set aside.
	Ignored []Verdict `json:"ignored,omitempty"`
}

// Blocked counts identifiers that were set aside.
type Blocked struct {
	Namespace Namespace `json:"namespace"`
	Flaw      Flaw      `json:"flaw"`
	Count     int       `json:"count"`
}

// RefusedBy counts links that were refused for one reason.
type RefusedBy struct {
	Constraint Constraint `json:"constraint"`
	// Namespace is that of a limit, and Limit its number there, from 0.
	Namespace Namespace `json:"namespace,omitzero"`
	Limit     int       `json:"limit,omitzero"`
	Count     int       `json:"count"`
}

// Report counts everything anew; it takes a look at all of it.
func (p *People) Report() Report {
	r := Report{Retracted: len(p.evidence.retracted), Ignored: slices.Clone(p.rulings.ignored)}
	for _, o := range p.slots.pending {
		if !p.evidence.gone[o] {
			r.Later++
		}
	}
	p.reportEvidence(&r)
	for i := range p.nodes.len() {
		if !p.nodes.seen(int32(i)) {
			continue
		}
		r.Identifiers++
		if p.nodes.shared[i] {
			r.Shared++
		}
		if p.nodes.contested[i] {
			r.Contested++
		}
		if p.nodes.person[i] == int32(i) {
			r.People++
			r.Largest = max(r.Largest, int(p.nodes.size[i]))
		}
	}
	fates := make([]int, int(byLimit)+len(p.rules.limits))
	for _, b := range p.components.blocks {
		if b.members == 0 {
			continue
		}
		r.Components++
		r.LargestComponent = max(r.LargestComponent, int(b.members))
		for _, fate := range p.components.edges.fate[b.edge : b.edge+b.edges] {
			fates[fate]++
			r.Links++
		}
	}
	r.Joined, r.Spare = fates[joined], fates[spare]
	r.Refused = p.refusedBy(fates)
	return r
}

func (p *People) reportEvidence(r *Report) {
	counts := map[Blocked]int{}
	for o, live := range p.slots.live {
		if !live {
			continue
		}
		if p.isMatch(int32(o)) {
			r.Matches++
			continue
		}
		r.Observations++
		usable := false
		for _, number := range p.evidence.idsOf(int32(o)) {
			text := p.nodes.raw[number]
			usable = usable || text >= 0
			if text < 0 {
				space, _ := p.evidence.parts(number)
				counts[Blocked{Namespace(p.evidence.spaces.list[space]), flaws[-1-text], 0}]++
			}
		}
		if !usable {
			r.Unusable++
		}
	}
	for b, count := range counts {
		b.Count = count
		r.SetAside = append(r.SetAside, b)
	}
	slices.SortFunc(r.SetAside, func(a, b Blocked) int {
		return cmp.Or(strings.Compare(string(a.Namespace), string(b.Namespace)), strings.Compare(string(a.Flaw), string(b.Flaw)))
	})
}

// refusedBy lists the counts of fates that are refusals, in the order in which
// they are looked at.
func (p *People) refusedBy(fates []int) []RefusedBy {
	var list []RefusedBy
	add := func(r RefusedBy, fate int) {
		if r.Count = fates[fate]; r.Count > 0 {
			list = append(list, r)
		}
	}
	add(RefusedBy{Constraint: ConstraintVerdict}, byCannot)
	for k, l := range p.rules.limits {
		s := p.rules.spaces[l.space]
		add(RefusedBy{Constraint: ConstraintLimit, Namespace: s.rule.Name, Limit: k - s.from}, byLimit+k)
	}
	add(RefusedBy{Constraint: ConstraintSize}, bySize)
	return list
}

// Shared returns the identifiers of everybody: those that were seen with too
// many people to name one, in canonical order. See [Rules.SharedAbove].
func (p *People) Shared() iter.Seq[ID] {
	return func(yield func(ID) bool) {
		var list []int32
		for i, shared := range p.nodes.shared {
			if shared && p.nodes.seen(int32(i)) {
				list = append(list, int32(i))
			}
		}
		slices.SortFunc(list, p.compareNodes)
		for _, i := range list {
			if !yield(p.idOf(i)) {
				return
			}
		}
	}
}
