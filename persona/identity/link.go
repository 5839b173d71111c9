package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind says where a link comes from.
type Kind string

// The kinds of links, the best first.
const (
	ByVerdict Kind = "verdict"
	Observed  Kind = "observed"
	ByMatch   Kind = "match"
)

// Link is what says that two identifiers are one person.
type Link struct {
	// A and B are its ends, as they are resolved.
	A    ID   `json:"a"`
	B    ID   `json:"b"`
	Kind Kind `json:"kind"`
	// First and Last are when it was first and last seen or, by verdict or
	// match, said.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Event is the one that was first of its kind, and for a match the first of
	// those with the highest Score; it is the ID of a verdict.
	Event string `json:"event"`
	// Source is where the event was seen, or by whom the verdict is.
	Source string `json:"source,omitzero"`
	// Score is that of a match, else 0.
	Score float64 `json:"score,omitzero"`
}

// String says the link in a few words, such as
// "device:d1 – member:a (event e1, app)".
func (l Link) String() string {
	what := "event"
	if l.Kind != Observed {
		what = string(l.Kind)
	}
	text := fmt.Sprintf("%s – %s (%s %s", l.A, l.B, what, l.Event)
	if l.Source != "" {
		text += ", " + l.Source
	}
	return text + ")"
}

// linkOf returns an edge for people to read, led by one of its ends.
func (p *People) linkOf(e int32, from int32) Link {
	l := p.components.edges.at(e)
	if l.b == from {
		l.a, l.b = l.b, l.a
	}
	link := Link{A: p.idOf(l.a), B: p.idOf(l.b), First: instant(l.first), Last: instant(l.last)}
	if l.kind == kindVerdict {
		v := p.mustVerdict(l.a, l.b)
		link.Kind, link.Event, link.Source = ByVerdict, v.ID, v.By
		return link
	}
	link.Kind = Observed
	if l.kind >= kindMatch {
		link.Kind, link.Score = ByMatch, p.evidence.scores[l.kind-kindMatch].score
	}
	if o := p.firstEvent(l.a, l.b, link.Score); o >= 0 {
		link.Event, link.Source = string(p.evidence.events.at(o)), p.evidence.sources.list[p.evidence.source[o]]
	}
	return link
}

// mustVerdict returns the verdict that links two nodes; of several the first.
func (p *People) mustVerdict(a, b int32) Verdict {
	var list []Verdict
	for _, m := range p.rulings.must[a] {
		if m.b == b {
			list = append(list, p.evidence.verdicts[m.verdict])
		}
	}
	return slices.MinFunc(list, compareVerdicts)
}

// firstEvent returns the first event that links two nodes, with the score of a
// match or 0. Of several at once it is the one whose name comes first.
func (p *People) firstEvent(a, b int32, score float64) int32 {
	if p.nodes.sightings[a] > p.nodes.sightings[b] {
		a, b = b, a
	}
	first := int32(-1)
	p.each(a, func(o int32) bool {
		if p.evidence.score(o) == score && p.links(o, a, b) && (first < 0 || p.earlier(o, first)) {
			first = o
		}
		return true
	})
	return first
}

// links reports whether an observation links two of its nodes.
func (p *People) links(o, a, b int32) bool {
	centre := p.star(o)
	return (centre == a || centre == b) && slices.Contains(p.nodesOf(o), a) && slices.Contains(p.nodesOf(o), b)
}

func (p *People) earlier(o, than int32) bool {
	e := p.evidence
	return cmp.Or(cmp.Compare(e.at[o], e.at[than]), strings.Compare(string(e.events.at(o)), string(e.events.at(than))),
		strings.Compare(e.sources.list[e.source[o]], e.sources.list[e.source[than]])) < 0
}
