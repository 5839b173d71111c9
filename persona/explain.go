package persona

import (
	"fmt"
	"strings"
	"time"
)

// Explanation says why somebody is in a segment, or why not.
type Explanation struct {
	// Segment is the name of the rule, and Version its version.
	Segment string `json:"segment,omitempty"`
	Version string `json:"version"`
	// AsOf is the instant that was asked about.
	AsOf time.Time `json:"asOf"`
	// Verdict is what [Segment.Match] returns.
	Verdict Truth `json:"verdict"`
	// Reason is the whole tree, with a verdict for every rule.
	Reason Reason `json:"reason"`
	// WhyNot are the leaves that keep somebody out, in the order of the rule: of
	// All those that are not true, of Any every one. With all of these as they
	// should be, the verdict is True. It is empty if it is True already.
	WhyNot []Reason `json:"whyNot,omitempty"`
}

// Reason is the verdict of one rule of a tree.
type Reason struct {
	// Path leads to the rule as JSON names it, such as "all[0].not". Within a
	// segment that is referred to it is the path of that segment's rule.
	Path string `json:"path"`
	// Is says what rule it is: "all", "any", "not", "segment", "attr" or "event".
	Is string `json:"is"`
	// Name is that of the segment, the attribute or the kind of events.
	Name string `json:"name,omitempty"`
	// As and Measure are those of the rule; Measure is never empty of events.
	As      As      `json:"as,omitempty"`
	Measure Measure `json:"measure,omitempty"`
	// Op and Want are how the leaf compares, and with what.
	Op   Op    `json:"op,omitempty"`
	Want Value `json:"want,omitzero"`
	// Got is what was compared: the attribute, or what As or Measure made of it;
	// no value if it is not known.
	Got Value `json:"got,omitzero"`
	// Verdict is the answer of this rule.
	Verdict Truth `json:"verdict"`
	// Wanted is what the verdict of a leaf in WhyNot would have to be: False
	// under a Not, else True.
	Wanted Truth `json:"wanted,omitzero"`
	// Parts are the reasons of the rules within.
	Parts []Reason `json:"parts,omitempty"`
}

// String returns a leaf as a line of text, such as "age of born between
// [18,30]: got 33: false"; of other rules what they are and their verdict.
func (r Reason) String() string {
	if r.Is != "attr" && r.Is != "event" {
		return strings.TrimSpace(r.Is+" "+r.Name) + ": " + r.Verdict.String()
	}
	what := r.Name
	if r.As != "" {
		what = string(r.As) + " of " + what
	}
	if r.Measure != "" {
		what = string(r.Measure) + " of " + what
	}
	got := "not known"
	if !r.Got.IsZero() {
		got = "got " + shorten(r.Got.String())
	}
	test := strings.TrimSpace(string(r.Op) + " " + shorten(r.Want.String()))
	return fmt.Sprintf("%s %s: %s: %s", what, test, got, r.Verdict)
}

// Explain says why somebody is in the segment as of an instant, or why not. It
// goes the way of [Segment.Match], and so has the same verdict.
func (s *Segment) Explain(p Profile, asOf time.Time) Explanation {
	now := momentOf(asOf, s.schema.zone, s.windows)
	r := run{nodes: s.nodes, p: s.checked(p), now: &now, verdicts: make([]Truth, len(s.nodes))}
	e := Explanation{Segment: s.name, Version: s.Version(), AsOf: asOf, Verdict: r.eval(0, &r.nodes[0])}
	e.Reason = s.reason(&r, 0)
	e.WhyNot = appendBlame(nil, e.Reason, True)
	return e
}

// reason is the reason of a node that was evaluated.
func (s *Segment) reason(r *run, i int32) Reason {
	n := &r.nodes[i]
	reason := Reason{Path: s.places[i].path, Name: s.places[i].name, Verdict: r.verdicts[i], Is: "attr"}
	if n.leaf == nil {
		reason.Is = [...]string{opAll: "all", opAny: "any", opNot: "not", opSegment: "segment"}[n.op]
		for part := i + 1; part < n.end; part = r.nodes[part].end {
			reason.Parts = append(reason.Parts, s.reason(r, part))
		}
		return reason
	}
	reason.As, reason.Op, reason.Want = n.leaf.rule.As, n.leaf.rule.Op, n.leaf.rule.Value
	if n.leaf.source == eventSource {
		reason.Is, reason.Measure = "event", n.leaf.event.measure
	}
	reason.Got = r.got(n)
	return reason
}

// got is what a leaf compared.
func (r *run) got(n *node) Value {
	if n.leaf.source != eventSource && r.p.slots[n.slot] == absent {
		return Value{}
	}
	switch n.leaf.source {
	case eventSource, ageSource, daysSource, anniversarySource, sizeSource, dateSource:
		number, ok := r.number(n)
		if !ok {
			return Value{}
		}
		what := Attribute{Kind: KindInt}
		if n.leaf.source == dateSource {
			what.Kind = KindDate
		} else if n.leaf.event.measure == Sum {
			what = Attribute{Kind: KindDecimal, Places: n.leaf.event.places}
		}
		return what.valueOf(what.Kind, number)
	}
	return Profile{r.p}.Value(int(n.slot))
}

// number is what a leaf compares with a number; ok is false if there is none.
func (r *run) number(n *node) (number int64, ok bool) {
	if n.leaf.source == eventSource {
		return r.measure(n.leaf)
	}
	slot := r.p.slots[n.slot]
	if slot == absent {
		return 0, false
	}
	return r.derived(n, slot), true
}

// appendBlame appends the leaves that keep a reason from the verdict wanted.
func appendBlame(blame []Reason, r Reason, wanted Truth) []Reason {
	switch {
	case r.Verdict == wanted:
		return blame
	case r.Is == "not":
		return appendBlame(blame, r.Parts[0], wanted.Not())
	case len(r.Parts) > 0:
		for _, part := range r.Parts {
			blame = appendBlame(blame, part, wanted)
		}
		return blame
	}
	r.Wanted = wanted
	return append(blame, r)
}
