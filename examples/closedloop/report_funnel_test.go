package main

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/funnel"
)

// visitsText is a file of events of 24 days, in which some are made less far in
// the last two of them. Each day has 40 visits to each of the shops, of which
// made says how many get to the end.
func visitsText(shops string, made func(day int, shop rune) int) string {
	var text strings.Builder
	text.WriteString("user,at,event,shop,hand\n")
	for day := 1; day <= 24; day++ {
		for _, shop := range shops {
			for i := range 40 {
				hand := [2]string{"left", "right"}[i%2]
				fmt.Fprintf(&text, "%c%d-%d,2026-01-%02d 09:00,come,%c,%s\n", shop, day, i, day, shop, hand)
				if i < made(day, shop) {
					fmt.Fprintf(&text, "%c%d-%d,2026-01-%02d 10:00,buy,%c,%s\n", shop, day, i, day, shop, hand)
				}
			}
		}
	}
	return text.String()
}

// eventsOnly analyses a text of events with a funnel.
func eventsOnly(t *testing.T, text, steps string) *analysis {
	t.Helper()
	o := options{events: file(t, "events.csv", text), funnel: file(t, "funnel.json", steps)}
	in, err := read(o, newProgress(io.Discard, still))
	if err != nil {
		t.Fatal(err)
	}
	return analysisOf(t, in)
}

const comeAndBuy = `{"steps": [{"name": "come"}, {"name": "buy"}], "match": {"window": "2h"}, "by": "total"}`

// Two faults at one step are both named, the larger one first; those who share
// them (the left- and the right-handed) are not, and neither is the third shop.
func TestTwoLeaksAtOneStep(t *testing.T) {
	a := eventsOnly(t, visitsText("abc", func(day int, shop rune) int {
		switch {
		case day > 22 && shop == 'a':
			return 4
		case day > 22 && shop == 'b':
			return 12
		}
		return 30
	}), comeAndBuy)
	var got []string
	for _, l := range a.document().Funnel.Leaks.Proven {
		got = append(got, fmt.Sprintf("%s %s: %s, %s, without %v", l.Segment, l.Step, hitsOf(l.Before), hitsOf(l.Since), l.Without))
	}
	want := []string{
		"shop=a buy: 660 of 880, 8 of 80, without []",
		"shop=b buy: 660 of 880, 24 of 80, without [shop=a]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	html := report(t, a)
	wellFormed(t, html)
	if n := strings.Count(html, `<aside class="callout">`); n != 2 {
		t.Errorf("%d call-outs: want 2", n)
	}
}

// Where all get less far, all are named and nobody in particular.
func TestALeakOfAll(t *testing.T) {
	a := eventsOnly(t, visitsText("abc", func(day int, _ rune) int {
		if day > 22 {
			return 12
		}
		return 30
	}), comeAndBuy)
	leaks := a.document().Funnel.Leaks.Proven
	if len(leaks) != 1 || leaks[0].Segment != "" || leaks[0].Since.Of != 240 {
		t.Fatalf("%+v: want one leak, of all", leaks)
	}
	if words := leakInWords(a.conversion.section.Leaks, leaks[0]); words != "Only 30.0\u00a0% of the attempts that come to “come” have come to “buy” since 23 January 2026; before that it was 75.0\u00a0%." {
		t.Errorf("it is told as %q", words)
	}
}

func TestStepsAgreeWithTheDocument(t *testing.T) {
	doc := shopAnalysis(t).document().Funnel
	f, err := stepsFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	for _, n := range reachedOf(doc.Steps) {
		want = append(want, []string{count(int(n))})
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
		t.Errorf("bars (-document +drawing):\n%s", diff)
	}
	html := report(t, shopAnalysis(t))
	for _, want := range []string{
		`<section id="funnel"`, `<aside class="callout">`, "view product: channel=mini program", "17 November 2025",
		"less than once in a million times", "The first 4 events of sessions", "stuck=pay order", "so the reason is not who comes",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
}

// The nodes of the diagram carry what the document's flow has.
func TestPathsAgreeWithTheDocument(t *testing.T) {
	doc := shopAnalysis(t).document().Funnel.Paths
	f, top, err := pathsFigures(doc)
	if err != nil {
		t.Fatal(err)
	}
	starts := int64(0)
	for i, n := range doc.Sankey.Nodes {
		starts += n.Starts
		if got := f.Numbers.Rows[i][2]; got != count(int(n.Paths)) || !strings.Contains(string(f.SVG), ">"+got+"<") {
			t.Errorf("node %d of %d paths is %s in the table, or not in the drawing", i, n.Paths, got)
		}
	}
	if starts != doc.Paths || len(top.Rows) != topPaths {
		t.Errorf("%d of %d paths start, %d are told: want all, and %d", starts, doc.Paths, len(top.Rows), topPaths)
	}
}

// A page of little is whole all the same.
func TestFunnelOfLittle(t *testing.T) {
	hostile := "user,at,event,<b onclick='x'>\nann,2026-01-05,\"<script>alert(1)</script>\",a\nbob,2026-01-05,\"<script>alert(1)</script>\",</svg>\n"
	for _, tc := range []struct{ name, text, steps, want string }{
		{"one step", "user,at,event\nann,2026-01-05,come\n", `{"steps": [{"name": "come"}]}`, "1 customer came to"},
		{"nobody began", "user,at,event\nann,2026-01-05,leave\n", comeAndBuy, "0 attempts came to"},
		{"nobody went on", "user,at,event\nann,2026-01-05,come\n", comeAndBuy, "too few days to compare"},
		{"hostile names", hostile, `{"steps": [{"name": "<script>alert(1)</script>"}, {"name": "</svg>"}]}`, "&lt;script&gt;"},
		{"nothing leaks", visitsText("ab", func(int, rune) int { return 30 }), comeAndBuy, "None proven"},
		{"nothing can be seen", visitsText("ab", func(int, rune) int { return 40 }), comeAndBuy, "or all of them made each step"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			html := report(t, eventsOnly(t, tc.text, tc.steps))
			wellFormed(t, html)
			if !strings.Contains(html, tc.want) {
				t.Errorf("no %q in the page", tc.want)
			}
			for _, wrong := range []string{"NaN", "Inf", "%!", "&lt;nil&gt;", "<script", "<b "} {
				if strings.Contains(html, wrong) {
					t.Errorf("%s in the page", wrong)
				}
			}
		})
	}
}

func TestFunnelWords(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0\u00a0seconds", 59: "59\u00a0seconds", 119: "119\u00a0seconds", 120: "2\u00a0minutes", 990: "16.5\u00a0minutes",
		7199: "120\u00a0minutes", 7200: "2\u00a0hours", 86_400: "24\u00a0hours", 371_144.5: "4.3\u00a0days",
	} {
		if got := duration(seconds); got != want {
			t.Errorf("%v seconds are %q, want %q", seconds, got, want)
		}
	}
	for p, want := range map[float64]string{
		0.04: "once in about 25 times", 6.14e-6: "once in about 160,000 times", 1e-7: "less than once in a million times", 0: "less than once in a million times",
	} {
		if got := oddsInWords(p); got != want {
			t.Errorf("a probability of %v is %q, want %q", p, got, want)
		}
	}
	seen := map[string]bool{}
	for _, by := range []funnel.By{funnel.ByUser, funnel.BySession, funnel.ByTotal} {
		seen[units(by)] = true
	}
	if len(seen) != 3 || capital("über") != "Über" || oneOf([]string{"a"}) != "a" || oneOf([]string{"a", "b", "c"}) != "a, b or c" {
		t.Errorf("units %v, or other words are wrong", seen)
	}
}
