package rfm

import (
	"fmt"
	"slices"
)

// Map names the segments of scores: a list of rules of which the first that
// matches counts. It is data; [Grid] and its neighbours are ready-made.
type Map struct {
	Name string `json:"name"`
	// Scores is how many scores the map expects of recency, frequency and
	// monetary value.
	Scores [3]int `json:"scores"`
	Rules  []Rule `json:"rules"`
	// Rest is the segment of scores that no rule matches; "" if there is none.
	Rest string `json:"rest,omitzero"`
}

// Rule gives a segment to a box of scores, or to listed ones.
type Rule struct {
	Segment string `json:"segment"`
	R       Range  `json:"r,omitzero"`
	F       Range  `json:"f,omitzero"`
	M       Range  `json:"m,omitzero"`
	// Codes are scores listed one by one; if there are any, R, F and M are not
	// looked at.
	Codes []Score `json:"codes,omitempty"`
}

// Range is from the lowest to the highest score that matches, both included.
// The zero value matches any.
type Range [2]uint8

func (r Range) has(score uint8) bool { return r == Range{} || r[0] <= score && score <= r[1] }

// Match is the segment of a score, and why.
type Match struct {
	// Segment is the name, "" if the score is none or nothing matches.
	Segment string
	// Rule is the index of the rule that matched, -1 if none did.
	Rule int
}

// Match returns the segment of a score and the rule that gave it.
func (m Map) Match(s Score) Match {
	if s.IsZero() {
		return Match{Rule: -1}
	}
	for i, r := range m.Rules {
		if r.matches(s) {
			return Match{r.Segment, i}
		}
	}
	return Match{m.Rest, -1}
}

// Segment returns the name of a score's segment, in lower case: as a label it
// reads "segment=at risk". It is "" for no score, and for a score that the map
// leaves out.
func (m Map) Segment(s Score) string { return m.Match(s).Segment }

// Label returns the segment as other packages read it, such as
// "segment=at risk"; "" if there is none.
func (m Map) Label(s Score) string {
	if segment := m.Segment(s); segment != "" {
		return "segment=" + segment
	}
	return ""
}

// Segments returns the names in the order of the rules, each once, and the
// rest last.
func (m Map) Segments() []string {
	var names []string
	seen := map[string]bool{"": true}
	for _, r := range append(m.Rules[:len(m.Rules):len(m.Rules)], Rule{Segment: m.Rest}) {
		if !seen[r.Segment] {
			seen[r.Segment] = true
			names = append(names, r.Segment)
		}
	}
	return names
}

func (r Rule) matches(s Score) bool {
	if len(r.Codes) == 0 {
		return r.R.has(s.R) && r.F.has(s.F) && r.M.has(s.M)
	}
	return slices.Contains(r.Codes, s)
}

// String returns the rule as a line, such as "at risk: r 1-2, f 3-4".
func (r Rule) String() string {
	if len(r.Codes) > 0 {
		return fmt.Sprintf("%s: %d codes", r.Segment, len(r.Codes))
	}
	text := r.Segment + ":"
	for i, d := range []struct {
		name string
		Range
	}{{"r", r.R}, {"f", r.F}, {"m", r.M}} {
		switch {
		case d.Range == Range{}:
			continue
		case i > 0 && text[len(text)-1] != ':':
			text += ","
		}
		text += fmt.Sprintf(" %s %d", d.name, d.Range[0])
		if d.Range[1] != d.Range[0] {
			text += fmt.Sprintf("-%d", d.Range[1])
		}
	}
	return text
}
