package rfm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// scoresOf lists the scores that a map may meet, the lowest first.
func scoresOf(m rfm.Map) (list []rfm.Score) {
	for r := 1; r <= m.Scores[0]; r++ {
		for f := 1; f <= m.Scores[1]; f++ {
			for v := 1; v <= m.Scores[2]; v++ {
				list = append(list, rfm.Score{R: uint8(r), F: uint8(f), M: uint8(v)})
			}
		}
	}
	return list
}

// Counts of the maps in use, made once by looking at every score: the boxes of
// R rfm 0.3.0 leave ten scores out, those of 0.2 hide three segments, and the
// sizes of the list of 125 codes are its published ones.
func TestLintOfPresets(t *testing.T) {
	tests := []struct {
		name                   string
		m                      rfm.Map
		unmatched, overlapping int
		gap                    string
		shadowed               []string
	}{
		{"grid", rfm.Grid(), 0, 0, "", nil},
		{"codes", rfm.CodeMap(), 0, 0, "", nil},
		{"r", rfm.RMap(), 10, 58, "215 241 251 252 341 351 441 451 541 551", nil},
		{"r-legacy", rfm.LegacyRMap(), 36, 39, "", []string{"new", "promising", "can't lose"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.m.Lint()
			if err != nil {
				t.Fatal(err)
			}
			if got.Scores != 125 || got.Unmatched != test.unmatched || got.Overlapping != test.overlapping {
				t.Errorf("%d scores, %d unmatched, %d overlapping: want 125, %d, %d",
					got.Scores, got.Unmatched, got.Overlapping, test.unmatched, test.overlapping)
			}
			var shadowed, gap []string
			for _, f := range got.Findings {
				if f.Kind == rfm.Shadowed {
					shadowed = append(shadowed, test.m.Rules[f.Rule].Segment)
				}
			}
			if diff := cmp.Diff(test.shadowed, shadowed); diff != "" {
				t.Errorf("shadowed (-want +got):\n%s", diff)
			}
			for _, s := range scoresOf(test.m) {
				if test.m.Match(s).Rule < 0 {
					gap = append(gap, s.String())
				}
			}
			if test.gap != "" && strings.Join(gap, " ") != test.gap {
				t.Errorf("matches nothing: %s, want %s", strings.Join(gap, " "), test.gap)
			}
		})
	}
	codes, err := rfm.CodeMap().Lint()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{7, 8, 24, 7, 16, 8, 8, 22, 8, 11, 6}, codes.Owned); diff != "" {
		t.Errorf("scores of each segment of the code list (-want +got):\n%s", diff)
	}
}

// drawMap draws a small map of boxes and lists that may leave gaps, overlap
// and hide each other.
func drawMap(t *rapid.T) rfm.Map {
	m := rfm.Map{Name: "drawn", Scores: [3]int{
		rapid.IntRange(1, 4).Draw(t, "r scores"), rapid.IntRange(1, 4).Draw(t, "f scores"), rapid.IntRange(1, 4).Draw(t, "m scores"),
	}}
	within := func(n int, label string) rfm.Range {
		lo := rapid.IntRange(0, n).Draw(t, label+" from")
		if lo == 0 {
			return rfm.Range{}
		}
		return rfm.Range{uint8(lo), uint8(rapid.IntRange(lo, n).Draw(t, label+" to"))}
	}
	for range rapid.IntRange(1, 6).Draw(t, "rules") {
		rule := rfm.Rule{Segment: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "segment")}
		if rapid.Bool().Draw(t, "listed") {
			rule.Codes = rapid.SliceOfNDistinct(rapid.SampledFrom(scoresOf(m)), 1, min(3, len(scoresOf(m))), rapid.ID[rfm.Score]).Draw(t, "codes")
		} else {
			rule.R, rule.F, rule.M = within(m.Scores[0], "r"), within(m.Scores[1], "f"), within(m.Scores[2], "m")
		}
		m.Rules = append(m.Rules, rule)
	}
	if rapid.Bool().Draw(t, "with a rest") {
		m.Rest = "others"
	}
	return m
}

// Property: a linter that asks one rule at a time about every score finds the
// same, and what it calls owned is what Match answers.
func TestLintAgreesWithEveryScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMap(t)
		got, err := m.Lint()
		if err != nil {
			t.Fatal(err)
		}
		want := rfm.LintReport{Scores: len(scoresOf(m)), Owned: make([]int, len(m.Rules))}
		for _, s := range scoresOf(m) {
			matching := 0
			for _, rule := range m.Rules {
				alone := rfm.Map{Scores: m.Scores, Rules: []rfm.Rule{rule}}
				if alone.Match(s).Rule == 0 {
					matching++
				}
			}
			if first := m.Match(s).Rule; first >= 0 {
				want.Owned[first]++
			} else {
				want.Unmatched++
			}
			if matching > 1 {
				want.Overlapping++
			}
		}
		for _, f := range got.Findings {
			checkFinding(t, m, f)
		}
		found := got.Findings
		got.Findings = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("report (-want +got):\n%s", diff)
		}
		for i, owned := range got.Owned {
			hidden := slices.ContainsFunc(found, func(f rfm.Finding) bool { return f.Kind == rfm.Shadowed && f.Rule == i })
			if hidden != (owned == 0) {
				t.Fatalf("rule %d owns %d scores, called shadowed: %v", i, owned, hidden)
			}
		}
	})
}

// checkFinding checks that a finding's example shows it and is the lowest that
// does, by the map's own answers.
func checkFinding(t *rapid.T, m rfm.Map, f rfm.Finding) {
	shows := func(s rfm.Score) bool {
		if f.Kind == rfm.Gap {
			return m.Match(s).Rule < 0
		}
		alone := rfm.Map{Scores: m.Scores, Rules: m.Rules[f.Rule : f.Rule+1]}
		if alone.Match(s).Rule != 0 {
			return false
		}
		return f.Kind == rfm.Shadowed || m.Match(s).Rule == f.Other
	}
	all := slices.DeleteFunc(scoresOf(m), func(s rfm.Score) bool { return !shows(s) })
	if len(all) != f.Scores || all[0] != f.Example {
		t.Fatalf("%s\nwant %d scores from %v", m.Describe(f), len(all), all)
	}
}

// A rule that matches nothing could never count, so it is refused, not linted.
func TestLintRefusesInvalidMaps(t *testing.T) {
	m := rfm.Grid()
	m.Rules[3].R = rfm.Range{5, 6}
	_, err := m.Lint()
	want := `rfm: map "grid": rules[3].r: 5 to 6: want an ascending range within 1 to 5`
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
