package main

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/rfm"
	"github.com/regulars-go/regulars/strategy"
)

// shopSince is of the built-in shop, compared with half a year before. All
// tests share it: who changes it takes a copy.
func shopSince(t *testing.T) *analysis { return shared(t, theShopSince) }

var theShopSince = sync.OnceValues(func() (*analysis, error) {
	return analyseShop(options{seed: 1, since: "2025-06-30"})
})

func TestGroupBarsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.document()
	for name, groups := range map[string][]groupSection{"layers": doc.Layers.Groups, "octants": doc.RFM.Octants} {
		f, err := a.groupsFigure(name, "", groups)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for i, g := range groups {
			want = append(want, []string{percentOf(part(g.Customers, headCount(groups)))}, []string{percentOf(g.Share)})
			row := []string{g.Name, count(g.Customers), unbroken(part(g.Customers, headCount(groups))), a.amount(g.Revenue), unbroken(g.Share)}
			if diff := cmp.Diff(row, f.Numbers.Rows[i]); diff != "" {
				t.Errorf("%s: row of %s (-document +table):\n%s", name, g.Name, diff)
			}
			if !strings.Contains(string(f.SVG), ">"+g.Chinese+"<") || f.Numbers.InChinese(i) != g.Chinese {
				t.Errorf("%s: no %s beside %s", name, g.Chinese, g.Name)
			}
		}
		if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
			t.Errorf("%s (-document +drawing):\n%s", name, diff)
		}
	}
}

// Spend rises from the bottom to the top, visits from the left to the right.
func TestQuadrantsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.quadrantsSection()
	f, err := a.quadrantsFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]string{}
	for _, g := range doc.Groups {
		n[g.Name] = count(g.Customers)
	}
	want := [][]string{
		{"important retain 重要保持", "important value 重要价值"},
		{n["important retain"], n["important value"]},
		{"general value 一般价值", "priority develop 重点发展"},
		{n["general value"], n["priority develop"]},
	}
	if diff := cmp.Diff(want, drawn(t, f, inCells)); diff != "" {
		t.Errorf("cells (-document +drawing):\n%s", diff)
	}
}

// Where visits are known and there was none, all came as often as the mean.
func TestQuadrantsOfNoVisits(t *testing.T) {
	a := few(t, "few", "1", "3")
	a.groups.visits, a.groups.visitsAre = map[string]int{}, "visits"
	var err error
	if a.groups.quadrants, err = rfm.FitQuadrants(a.visitors, rfm.MeanQuadrants()); err != nil {
		t.Fatal(err)
	}
	f, err := a.quadrantsFigure(a.quadrantsSection())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">none<", ">0 or more<", ">2 or more<", ">up to 1<"} {
		if !strings.Contains(string(f.SVG), want) {
			t.Errorf("no %s in the figure", want)
		}
	}
	want := [][]string{{"important retain 重要保持", "important value 重要价值"}, {"0", "1"}, {"general value 一般价值", "priority develop 重点发展"}, {"0", "1"}}
	if diff := cmp.Diff(want, drawn(t, f, inCells)); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}

// The mean divides whole numbers and money alike: what equals it is high.
func TestBothSides(t *testing.T) {
	for _, tc := range []struct {
		cut         string
		places      int32
		below, from string
	}{
		{"3.2", 0, "3", "4"},
		{"3", 0, "2", "3"},
		{"543.436526", 2, "543.43", "543.44"},
		{"1543.5", 2, "1,543.49", "1,543.50"},
		{"0", 0, "-1", "0"},
	} {
		below, from := bothSides(tc.cut, tc.places)
		if below != tc.below || from != tc.from {
			t.Errorf("%s: %s and %s, want %s and %s", tc.cut, below, from, tc.below, tc.from)
		}
	}
}

func TestClassesAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.promotionSection()
	f, err := a.classesFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	customers := 0
	for _, c := range doc.Classes {
		customers += c.Customers
	}
	var want [][]string
	for _, c := range slices.Backward(doc.Classes) {
		want = append(want, []string{percentOf(part(c.Customers, customers))}, []string{percentOf(c.Share)})
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
		t.Errorf("bars (-document +drawing):\n%s", diff)
	}
	if f.Numbers.Rows[0][0] != "deal-seeker" || f.Numbers.Rows[0][3] != a.amount(doc.Classes[rfm.PromotionDealSeeker].Subsidy) {
		t.Errorf("first row %v: want the deal-seekers and %s", f.Numbers.Rows[0], doc.Classes[rfm.PromotionDealSeeker].Subsidy)
	}
}

// The page says in words where the classes begin; the policy decides.
func TestClassesAreAsThePageSays(t *testing.T) {
	policy := shopSince(t).groups.promotionPolicy
	for _, tc := range []struct {
		full, discounted int
		want             rfm.PromotionClass
	}{
		{0, 2, rfm.PromotionUnknown},
		{2, 0, rfm.PromotionUnknown},
		{3, 0, rfm.PromotionFullPrice},
		{99, 1, rfm.PromotionMixed},
		{2, 3, rfm.PromotionMixed},
		{1, 4, rfm.PromotionDealSeeker},
		{0, 3, rfm.PromotionDealSeeker},
	} {
		if got := policy.Class(rfm.PromotionRecord{FullPrice: tc.full, Discounted: tc.discounted}); got != tc.want {
			t.Errorf("%d at full price and %d discounted: %v, want %v", tc.full, tc.discounted, got, tc.want)
		}
	}
}

// Each verdict and each part of a cause has words of its own.
func TestWords(t *testing.T) {
	seen := map[string]bool{"not known": true}
	for _, code := range strategy.Codes() {
		if words := verdictInWords(code); seen[words] {
			t.Errorf("%s: %q again", code, words)
		} else {
			seen[words] = true
		}
	}
	for cause := rfm.Cause(1); cause < rfm.Cause(len(rfm.Causes{})); cause++ {
		if words := causeInWords(cause); seen[words] {
			t.Errorf("%s: %q again", cause, words)
		} else {
			seen[words] = true
		}
	}
	for _, o := range rfm.Octants() {
		if words := octantInWords(o); seen[words] {
			t.Errorf("%s: %q again", o, words)
		} else {
			seen[words] = true
		}
	}
}

// A section is there if there is something to say, and its first finding is on
// top of the page.
func TestSections(t *testing.T) {
	for _, tc := range []struct {
		name          string
		analysis      *analysis
		there, absent []string
	}{
		{"shop with an earlier day", shopSince(t), []string{"layers", "kinds", "migration", "promotion", "strategy"}, nil},
		{"shop", shopAnalysis(t), []string{"layers", "kinds", "promotion", "strategy"}, []string{"migration"}},
		{"no discounts", few(t, "few", "1", "2", "3"), []string{"layers", "kinds", "strategy"}, []string{"migration", "promotion"}},
		{"nobody spent anything", few(t, "few", "0", "0"), []string{"kinds", "strategy"}, []string{"layers", "migration", "promotion"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			html := report(t, tc.analysis)
			wellFormed(t, html)
			for _, id := range tc.there {
				if !strings.Contains(html, `<section id="`+id+`"`) || !strings.Contains(html, `<a href="#`+id+`">`) {
					t.Errorf("no section %s, or no link to it", id)
				}
			}
			for _, id := range tc.absent {
				if strings.Contains(html, `"`+id) {
					t.Errorf("there is a section %s", id)
				}
			}
			top, rest, _ := strings.Cut(html, "</ul>")
			for _, m := range regexp.MustCompile(`<li>(.*)</li>`).FindAllStringSubmatch(top, -1) {
				if !strings.Contains(rest, `<p class="lead">`+m[1]+`</p>`) {
					t.Errorf("%q is on top and in no section", m[1])
				}
			}
			for _, wrong := range []string{"NaN", "Inf", "%!", "&lt;nil&gt;"} {
				if strings.Contains(html, wrong) {
					t.Errorf("%s in the page", wrong)
				}
			}
		})
	}
}
