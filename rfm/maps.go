package rfm

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Grid returns the map of recency and frequency in quintiles: ten segments
// that share out the 25 cells without gap or overlap, whatever the monetary
// score. It is the layout that many tools draw; the cells are those of the
// pattern list that circulates with RFM tutorials in Python.
func Grid() Map {
	return Map{
		Name:   "grid",
		Scores: [3]int{5, 5, 5},
		Rules: []Rule{
			{Segment: "champions", R: Range{5, 5}, F: Range{4, 5}},
			{Segment: "loyal", R: Range{3, 4}, F: Range{4, 5}},
			{Segment: "potential loyalist", R: Range{4, 5}, F: Range{2, 3}},
			{Segment: "new", R: Range{5, 5}, F: Range{1, 1}},
			{Segment: "promising", R: Range{4, 4}, F: Range{1, 1}},
			{Segment: "need attention", R: Range{3, 3}, F: Range{3, 3}},
			{Segment: "about to sleep", R: Range{3, 3}, F: Range{1, 2}},
			{Segment: "can't lose", R: Range{1, 2}, F: Range{5, 5}},
			{Segment: "at risk", R: Range{1, 2}, F: Range{3, 4}},
			{Segment: "hibernating", R: Range{1, 2}, F: Range{1, 2}},
		},
	}
}

// RMap returns the map of the R package rfm 0.3.0 (2024), which its function
// rfm_segment uses if it is given none: ten boxes of which the first that
// matches counts, the rest "others". Many boxes overlap, and ten scores of
// customers who came lately and spent much match none of them: see [Map.Lint].
func RMap() Map {
	return Map{
		Name:   "r",
		Scores: [3]int{5, 5, 5},
		Rules: []Rule{
			{Segment: "champions", R: Range{5, 5}, F: Range{5, 5}, M: Range{5, 5}},
			{Segment: "potential loyalist", R: Range{3, 5}, F: Range{3, 5}, M: Range{2, 5}},
			{Segment: "loyal", R: Range{2, 4}, F: Range{2, 4}, M: Range{2, 4}},
			{Segment: "promising", R: Range{3, 4}, F: Range{1, 3}, M: Range{3, 5}},
			{Segment: "new", R: Range{4, 5}, F: Range{1, 3}, M: Range{1, 5}},
			{Segment: "can't lose", R: Range{1, 2}, F: Range{3, 4}, M: Range{4, 5}},
			{Segment: "at risk", R: Range{1, 2}, F: Range{2, 5}, M: Range{4, 5}},
			{Segment: "need attention", R: Range{1, 3}, F: Range{3, 5}, M: Range{3, 5}},
			{Segment: "about to sleep", R: Range{2, 3}, F: Range{1, 3}, M: Range{1, 4}},
			{Segment: "lost", R: Range{1, 1}, F: Range{1, 5}, M: Range{1, 5}},
		},
		Rest: "others",
	}
}

// LegacyRMap returns the map that came with the R package rfm 0.2 (2018): ten
// boxes on recency and on frequency and monetary value alike, of which the
// first that matches counts, the rest "others". It is here to compare with:
// "new", "promising" and "can't lose" can't occur, since earlier boxes cover
// them, and 36 of the 125 scores match nothing.
func LegacyRMap() Map {
	box := func(segment string, r, fm Range) Rule { return Rule{Segment: segment, R: r, F: fm, M: fm} }
	return Map{
		Name:   "r-legacy",
		Scores: [3]int{5, 5, 5},
		Rules: []Rule{
			box("champions", Range{4, 5}, Range{4, 5}),
			box("loyal", Range{2, 5}, Range{3, 5}),
			box("potential loyalist", Range{3, 5}, Range{1, 3}),
			box("new", Range{4, 5}, Range{1, 1}),
			box("promising", Range{3, 4}, Range{1, 1}),
			box("need attention", Range{2, 3}, Range{2, 3}),
			box("about to sleep", Range{2, 3}, Range{1, 2}),
			box("at risk", Range{1, 2}, Range{2, 5}),
			box("can't lose", Range{1, 1}, Range{4, 5}),
			box("lost", Range{1, 2}, Range{1, 2}),
		},
		Rest: "others",
	}
}

// CodeMap returns the list of all 125 scores by name that Squeezely publishes
// and much SQL copies: eleven segments without gap or overlap, which unlike
// those of [Grid] look at the monetary score too.
func CodeMap() Map {
	return Map{
		Name:   "codes",
		Scores: [3]int{5, 5, 5},
		Rules: []Rule{
			listed("champions", "555 554 544 545 454 455 445"),
			listed("loyal", "543 444 435 355 354 345 344 335"),
			listed("potential loyalist", "553 551 552 541 542 533 532 531 452 451 442 441 431 453 433 432 423 353 352 351 342 341 333 323"),
			listed("new", "512 511 422 421 412 411 311"),
			listed("promising", "525 524 523 522 521 515 514 513 425 424 413 414 415 315 314 313"),
			listed("need attention", "535 534 443 434 343 334 325 324"),
			listed("about to sleep", "331 321 312 221 213 231 241 251"),
			listed("at risk", "255 254 245 244 253 252 243 242 235 234 225 224 153 152 145 143 142 135 134 133 125 124"),
			listed("can't lose", "155 154 144 214 215 115 114 113"),
			listed("hibernating", "332 322 233 232 223 222 132 123 122 212 211"),
			listed("lost", "111 112 121 131 141 151"),
		},
	}
}

func listed(segment, codes string) Rule {
	r := Rule{Segment: segment}
	for code := range strings.FieldsSeq(codes) {
		r.Codes = append(r.Codes, Score{code[0] - '0', code[1] - '0', code[2] - '0'})
	}
	return r
}

// MaxRules bounds the rules of a map: four for each of the usual 125 scores,
// far more than anyone can name, and few enough to check one by one against a
// million scores.
const MaxRules = 500

// ParseMap reads a map from JSON, strictly: an unknown or repeated key, or a
// rule that can match nothing, are [regulars.Faults]. Gaps and overlaps are
// none; [Map.Lint] lists them.
func ParseMap(data []byte) (Map, error) {
	var m Map
	if err := config.Decode(data, &m); err != nil {
		return Map{}, err
	}
	if err := m.Validate(); err != nil {
		return Map{}, err
	}
	return m, nil
}

// Validate returns all faults of m as [regulars.Faults]: no rule or too many,
// a segment without a name, a range or a code beyond the scores.
func (m Map) Validate() error {
	var f regulars.Faults
	for i, n := range m.Scores {
		if n < 1 || n > MaxScores {
			f.Add(fmt.Sprintf("scores[%d]", i), "%d: want 1 to %d", n, MaxScores)
		}
	}
	if len(m.Rules) == 0 || len(m.Rules) > MaxRules {
		f.Add("rules", "%d rules: want 1 to %d", len(m.Rules), MaxRules)
		return f.Err()
	}
	for i, r := range m.Rules {
		f.Under(fmt.Sprintf("rules[%d]", i), r.faults(m.Scores))
	}
	return f.Err()
}

func (r Rule) faults(scores [3]int) (f regulars.Faults) {
	if r.Segment == "" {
		f.Add("segment", "missing")
	}
	ranges := [3]Range{r.R, r.F, r.M}
	if len(r.Codes) > 0 && ranges != [3]Range{} {
		f.Add("codes", "stand beside a range: want one or the other")
	}
	for i, g := range ranges {
		if g != (Range{}) && (g[0] < 1 || g[0] > g[1] || int(g[1]) > scores[i]) {
			f.Add([]string{"r", "f", "m"}[i], "%d to %d: want an ascending range within 1 to %d", g[0], g[1], scores[i])
		}
	}
	seen := map[Score]bool{}
	for i, code := range r.Codes {
		path := fmt.Sprintf("codes[%d]", i)
		switch {
		case code.IsZero() || !code.within(scores):
			f.Add(path, "%q: want a score up to %d-%d-%d", code, scores[0], scores[1], scores[2])
		case seen[code]:
			f.Add(path, "%v is listed twice", code)
		}
		seen[code] = true
	}
	return f
}

// within reports whether no score of s is above those that there are.
func (s Score) within(scores [3]int) bool {
	return int(s.R) <= scores[0] && int(s.F) <= scores[1] && int(s.M) <= scores[2]
}

// Fits returns an error if a model has more or fewer scores than m expects:
// its customers would fall into the wrong segments, and some segments stay
// empty.
func (m Map) Fits(model Model) error {
	if err := model.Validate(); err != nil {
		return fmt.Errorf("rfm: model: %w", err)
	}
	got := [3]int{model.Recency.Scores(), model.Frequency[0].Scores(), model.Monetary[0].Scores()}
	if got != m.Scores {
		return fmt.Errorf("rfm: map %q is for %d-%d-%d scores: the model has %d-%d-%d",
			m.Name, m.Scores[0], m.Scores[1], m.Scores[2], got[0], got[1], got[2])
	}
	return nil
}
