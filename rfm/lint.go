package rfm

import "fmt"

// LintReport says how the rules of a map share out the scores. None of it
// makes a map wrong: the first rule that matches counts, whatever comes later.
// But a customer whom a gap leaves without a segment, or a segment that nobody
// can be in, is seldom meant.
type LintReport struct {
	// Scores is how many there are, Unmatched how many no rule matches and
	// Overlapping how many more than one does.
	Scores      int `json:"scores"`
	Unmatched   int `json:"unmatched"`
	Overlapping int `json:"overlapping"`
	// Owned is how many scores each rule gives its segment to: those that it
	// matches first.
	Owned []int `json:"owned"`
	// Findings are in the order of the rules, the gap first.
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is something about a map that is seldom meant.
type Finding struct {
	Kind FindingKind `json:"kind"`
	// Rule is the index of the rule that it is about, -1 for a gap.
	Rule int `json:"rule"`
	// Other is the index of the earlier rule, for an overlap; -1 otherwise.
	Other int `json:"other"`
	// Scores is how many scores it is about, Example the lowest of them.
	Scores  int   `json:"scores"`
	Example Score `json:"example"`
}

// FindingKind says what was found.
type FindingKind string

const (
	// Gap means that no rule matches the scores. They are given the rest, if the
	// map has one.
	Gap FindingKind = "gap"
	// Overlap means that the rule matches the scores, but Other does so earlier.
	Overlap FindingKind = "overlap"
	// Shadowed means that earlier rules take every score that the rule matches,
	// so that it never counts.
	Shadowed FindingKind = "shadowed"
)

// Lint looks at every score that a map may meet. An invalid map is an error;
// see [Map.Validate].
func (m Map) Lint() (LintReport, error) {
	if err := m.Validate(); err != nil {
		return LintReport{}, fmt.Errorf("rfm: map %q: %w", m.Name, err)
	}
	l := linter{Map: m, owners: make([]int16, m.Scores[0]*m.Scores[1]*m.Scores[2])}
	l.report.Scores = len(l.owners)
	l.report.Owned = make([]int, len(m.Rules))
	overlapped := make([]bool, len(l.owners))
	var found []Finding
	for i := range m.Rules {
		found = append(found, l.take(i, overlapped)...)
	}
	gap := Finding{Kind: Gap, Rule: -1, Other: -1}
	for at, owner := range l.owners {
		if owner == 0 {
			gap.count(l.score(at))
		}
		if overlapped[at] {
			l.report.Overlapping++
		}
	}
	l.report.Unmatched = gap.Scores
	if gap.Scores > 0 {
		l.report.Findings = append(l.report.Findings, gap)
	}
	l.report.Findings = append(l.report.Findings, found...)
	return l.report, nil
}

// linter is the work of one [Map.Lint].
type linter struct {
	Map

	report LintReport
	owners []int16 // by score: 1 + the first rule that matches, 0 if none does
}

// take gives rule i the scores that are free, and says which were not.
func (l *linter) take(i int, overlapped []bool) []Finding {
	shadow := Finding{Kind: Shadowed, Rule: i, Other: -1}
	by := make([]Finding, i) // by the rule that was earlier
	for at := range l.matched(l.Rules[i]) {
		score := l.score(at)
		owner := int(l.owners[at]) - 1
		if owner < 0 {
			l.owners[at] = int16(i + 1)
			l.report.Owned[i]++
			continue
		}
		overlapped[at] = true
		shadow.count(score)
		by[owner].count(score)
	}
	var found []Finding
	if l.report.Owned[i] == 0 {
		found = append(found, shadow)
	}
	for other, f := range by {
		if f.Scores > 0 {
			f.Kind, f.Rule, f.Other = Overlap, i, other
			found = append(found, f)
		}
	}
	return found
}

// matched ranges over the scores that a rule matches, the lowest first for a
// box.
func (l *linter) matched(r Rule) func(yield func(at int) bool) {
	return func(yield func(int) bool) {
		for _, code := range r.Codes {
			if !yield(l.index(code)) {
				return
			}
		}
		if len(r.Codes) > 0 {
			return
		}
		for s := (Score{R: 1}); int(s.R) <= l.Scores[0]; s.R++ {
			for s.F = 1; int(s.F) <= l.Scores[1]; s.F++ {
				for s.M = 1; int(s.M) <= l.Scores[2]; s.M++ {
					if r.matches(s) && !yield(l.index(s)) {
						return
					}
				}
			}
		}
	}
}

func (l *linter) index(s Score) int {
	return (int(s.R-1)*l.Scores[1]+int(s.F-1))*l.Scores[2] + int(s.M-1)
}

func (l *linter) score(at int) Score {
	f, m := l.Scores[1], l.Scores[2]
	return Score{uint8(at/(f*m) + 1), uint8(at/m%f + 1), uint8(at%m + 1)}
}

// count adds a score that the finding is about.
func (f *Finding) count(s Score) {
	if f.Scores == 0 || s.less(f.Example) {
		f.Example = s
	}
	f.Scores++
}

func (s Score) less(o Score) bool {
	if s.R != o.R {
		return s.R < o.R
	}
	if s.F != o.F {
		return s.F < o.F
	}
	return s.M < o.M
}

// Describe says a finding about m in a line of English.
func (m Map) Describe(f Finding) string {
	switch f.Kind {
	case Gap:
		rest := "without a segment"
		if m.Rest != "" {
			rest = fmt.Sprintf("left to the rest, %q", m.Rest)
		}
		return fmt.Sprintf("gap: %s that no rule matches, such as %v, %s", plural(f.Scores, "score"), f.Example, rest)
	case Overlap:
		return fmt.Sprintf("overlap: rule %d, %q, leaves %s to rule %d, %q, such as %v",
			f.Rule, m.Rules[f.Rule].Segment, plural(f.Scores, "score"), f.Other, m.Rules[f.Other].Segment, f.Example)
	}
	return fmt.Sprintf("shadowed: rule %d, %q, never counts: earlier rules take %s, such as %v",
		f.Rule, m.Rules[f.Rule].Segment, plural(f.Scores, "score"), f.Example)
}

// plural returns a number of things, such as "1 score" and "2 scores".
func plural(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
