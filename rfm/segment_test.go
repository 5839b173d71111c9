package rfm_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// The picture that many tools draw, recency 5 on top and frequency from 1 on
// the left.
const gridPicture = `
N P P C C
R P P L L
S S A L L
H H K K X
H H K K X`

var gridNames = map[string]string{
	"C": "champions", "L": "loyal", "P": "potential loyalist", "N": "new", "R": "promising",
	"A": "need attention", "S": "about to sleep", "X": "can't lose", "K": "at risk", "H": "hibernating",
}

// Property: (10) the grid gives each of the 125 codes exactly one segment, that
// of the picture, whatever the monetary score; the first rule that matches is
// the only one.
func TestGrid(t *testing.T) {
	grid := rfm.Grid()
	rows := strings.Split(strings.TrimSpace(gridPicture), "\n")
	for r := range uint8(5) {
		for f, letter := range strings.Fields(rows[4-r]) {
			for m := range uint8(5) {
				s := rfm.Score{R: r + 1, F: uint8(f) + 1, M: m + 1}
				if got := grid.Segment(s); got != gridNames[letter] {
					t.Errorf("%v is %q, want %q", s, got, gridNames[letter])
				}
				rules := 0
				for i, rule := range grid.Rules {
					if inside(rule.R, s.R) && inside(rule.F, s.F) && inside(rule.M, s.M) {
						if rules++; grid.Match(s) != (rfm.Match{Segment: rule.Segment, Rule: i}) {
							t.Errorf("%v matches %+v, want rule %d", s, grid.Match(s), i)
						}
					}
				}
				if rules != 1 {
					t.Errorf("%v is in %d rules", s, rules)
				}
			}
		}
	}
	if got := len(grid.Segments()); got != 10 {
		t.Errorf("%d segments, want 10", got)
	}
}

func inside(r rfm.Range, score uint8) bool {
	return r[0] == 0 && r[1] == 0 || score >= r[0] && score <= r[1]
}

func TestMapMatch(t *testing.T) {
	m := rfm.Map{
		Rules: []rfm.Rule{
			{Segment: "best", R: rfm.Range{2, 3}, M: rfm.Range{3, 3}},
			{Segment: "listed", R: rfm.Range{9, 9}, Codes: []rfm.Score{{R: 1, F: 1, M: 1}, {R: 3, F: 3, M: 3}}},
			{Segment: "best", F: rfm.Range{3, 3}},
		},
		Rest: "rest",
	}
	tests := []struct {
		name  string
		score rfm.Score
		want  rfm.Match
	}{
		{"no score", rfm.Score{}, rfm.Match{Rule: -1}},
		{"first of two", rfm.Score{R: 3, F: 3, M: 3}, rfm.Match{Segment: "best", Rule: 0}},
		{"listed", rfm.Score{R: 1, F: 1, M: 1}, rfm.Match{Segment: "listed", Rule: 1}},
		{"listed ranges are not looked at", rfm.Score{R: 9, F: 1, M: 1}, rfm.Match{Segment: "rest", Rule: -1}},
		{"any of the other two", rfm.Score{R: 1, F: 3, M: 2}, rfm.Match{Segment: "best", Rule: 2}},
		{"beyond the range", rfm.Score{R: 4, F: 1, M: 3}, rfm.Match{Segment: "rest", Rule: -1}},
		{"rest", rfm.Score{R: 1, F: 2, M: 3}, rfm.Match{Segment: "rest", Rule: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := m.Match(tt.score); got != tt.want || m.Segment(tt.score) != tt.want.Segment {
				t.Errorf("Match = %+v, Segment %q, want %+v", got, m.Segment(tt.score), tt.want)
			}
		})
	}
	if diff := diff([]string{"best", "listed", "rest"}, m.Segments()); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
	m.Rest = ""
	if got := m.Match(rfm.Score{R: 1, F: 2, M: 3}); got != (rfm.Match{Rule: -1}) {
		t.Errorf("without a rest %+v, want nothing", got)
	}
	if diff := diff([]string{"best", "listed"}, m.Segments()); diff != "" {
		t.Errorf("segments (-want +got):\n%s", diff)
	}
}

// Property: a map decides as someone who tries the rules from the first to the
// last.
func TestMapMatchAgainstTrying(t *testing.T) {
	one := rapid.Uint8Range(1, 3)
	ranges := rapid.Custom(func(t *rapid.T) rfm.Range {
		if rapid.Bool().Draw(t, "any") {
			return rfm.Range{}
		}
		low := one.Draw(t, "low")
		return rfm.Range{low, max(low, one.Draw(t, "high"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		m := rfm.Map{Rest: "rest"}
		for i := range rapid.IntRange(0, 6).Draw(t, "rules") {
			m.Rules = append(m.Rules, rfm.Rule{Segment: string(rune('a' + i)), R: ranges.Draw(t, "r"), F: ranges.Draw(t, "f"), M: ranges.Draw(t, "m")})
		}
		for r := range uint8(3) {
			for f := range uint8(3) {
				s := rfm.Score{R: r + 1, F: f + 1, M: one.Draw(t, "m")}
				want := "rest"
				for i := len(m.Rules) - 1; i >= 0; i-- {
					if rule := m.Rules[i]; inside(rule.R, s.R) && inside(rule.F, s.F) && inside(rule.M, s.M) {
						want = rule.Segment
					}
				}
				if got := m.Segment(s); got != want {
					t.Fatalf("%v is %q, want %q", s, got, want)
				}
			}
		}
	})
}

func TestRuleString(t *testing.T) {
	tests := []struct {
		rule rfm.Rule
		want string
	}{
		{rfm.Rule{Segment: "at risk", R: rfm.Range{1, 2}, F: rfm.Range{3, 4}}, "at risk: r 1-2, f 3-4"},
		{rfm.Rule{Segment: "rich", M: rfm.Range{5, 5}}, "rich: m 5"},
		{rfm.Rule{Segment: "here", R: rfm.Range{5, 5}, M: rfm.Range{1, 5}}, "here: r 5, m 1-5"},
		{rfm.Rule{Segment: "listed", Codes: make([]rfm.Score, 3)}, "listed: 3 codes"},
	}
	for _, tt := range tests {
		if got := tt.rule.String(); got != tt.want {
			t.Errorf("String = %q, want %q", got, tt.want)
		}
	}
}
