package main

import (
	order "cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
	"github.com/regulars-go/regulars/strategy"
)

// shopSince is of the built-in shop, compared with half a year before. All
// tests share it: who changes it takes a copy.
func shopSince(t *testing.T) *analysis { return shared(t, theShopSince) }

var theShopSince = sync.OnceValues(func() (*analysis, error) {
	return analyseShop(options{seed: 1, since: "2025-06-30"})
})

// The styles of the numbers of a chart.
const (
	inCells = `fill:var\(--on-heat`
	atBars  = `paint-order:stroke`
)

// text is what stands in a chart.
type text struct {
	x, y float64
	text string
}

// textsOf returns those of a style line by line, from the left.
func textsOf(t *testing.T, f figure, style string) []text {
	t.Helper()
	var list []text
	for _, m := range regexp.MustCompile(`<text x="([-0-9.]+)" y="([-0-9.]+)"[^>]*`+style+`[^>]*>([^<]*)<`).FindAllStringSubmatch(string(f.SVG), -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(errX, errY); err != nil {
			t.Fatal(err)
		}
		list = append(list, text{x, y, strings.ReplaceAll(m[3], "&lt;", "<")})
	}
	slices.SortFunc(list, func(a, b text) int { return order.Or(order.Compare(a.y, b.y), order.Compare(a.x, b.x)) })
	return list
}

// drawn returns the texts of a style line by line.
func drawn(t *testing.T, f figure, style string) [][]string {
	t.Helper()
	list := textsOf(t, f, style)
	var lines [][]string
	for i, e := range list {
		if i == 0 || e.y != list[i-1].y {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], e.text)
	}
	return lines
}

// inColumns returns the texts of a style line by line, with "" where another
// line has something.
func inColumns(t *testing.T, f figure, style string) [][]string {
	t.Helper()
	list := textsOf(t, f, style)
	var columns []float64
	for _, e := range list {
		columns = append(columns, e.x)
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	var lines [][]string
	for i, e := range list {
		if i == 0 || e.y != list[i-1].y {
			lines = append(lines, make([]string, len(columns)))
		}
		lines[len(lines)-1][slices.Index(columns, e.x)] = e.text
	}
	return lines
}

// column returns a column of a table, without what is only for reading.
func column(t *testing.T, g grid, at int) []int {
	t.Helper()
	var list []int
	for _, row := range g.Rows {
		n, err := strconv.Atoi(strings.NewReplacer(",", "", "−", "-").Replace(row[at]))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

func percentOf(share *float64) string { return chart.Percent(known(share)) }

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

func TestMatrixAgreesWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.migrationSection()
	f, err := newMatrix(doc, a.grid.Segments()).figure()
	if err != nil {
		t.Fatal(err)
	}
	counts, totals := map[[2]string]int{}, map[string]int{}
	for _, c := range doc.Cells {
		from, to := strings.TrimPrefix(c.From, "segment="), strings.TrimPrefix(c.To, "segment=")
		counts[[2]string{from, to}] = c.Customers
		totals[from] += c.Customers
	}
	var table, cells [][]string
	for i, from := range append(a.grid.Segments(), "") {
		row := []string{"joined since"}
		if from != "" {
			row[0] = fmt.Sprintf("%d %s", i+1, from)
		}
		var line []string
		for _, to := range append(a.grid.Segments(), "") {
			n := counts[[2]string{from, to}]
			row = append(row, count(n))
			switch percent := 100 * float64(n) / float64(totals[from]); {
			case percent >= 0.5:
				line = append(line, fmt.Sprint(math.Round(percent)))
			case percent > 0:
				line = append(line, "<1")
			default:
				line = append(line, "")
			}
		}
		table, cells = append(table, row), append(cells, line)
	}
	if diff := cmp.Diff(table, f.Numbers.Rows); diff != "" {
		t.Errorf("table (-document +figure):\n%s", diff)
	}
	if diff := cmp.Diff(cells, inColumns(t, f, inCells)); diff != "" {
		t.Errorf("cells (-document +drawing):\n%s", diff)
	}
	if s := doc.Summary; s.New == 0 || s.Gone == 0 {
		t.Errorf("%d new, %d gone: a matrix without them shows less", s.New, s.Gone)
	}
}

func TestCausesAgreeWithTheDocument(t *testing.T) {
	s := shopSince(t).migrationSection().Summary
	acted, aged, recut, several := s.By.Only(rfm.ByBehaviour), s.By.Only(rfm.ByTime), s.By.Only(rfm.ByRecut), severalCauses(s.By)
	if acted+aged+recut+several != s.Moved || acted == 0 || aged == 0 || recut == 0 || several == 0 {
		t.Errorf("%d, %d, %d and %d: want %d in all, and some of each", acted, aged, recut, several, s.Moved)
	}
	f, err := causesFigure(s)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range column(t, f.Numbers, 1) {
		total += n
	}
	if total != s.Moved {
		t.Errorf("the table has %d customers: want %d", total, s.Moved)
	}
	with := func(cause rfm.Cause) (n int) {
		for c, customers := range s.By {
			if rfm.Cause(c)&cause != 0 {
				n += customers
			}
		}
		return n - s.By.Only(cause)
	}
	want := [][]string{
		{count(s.By.Only(rfm.ByBehaviour)), count(with(rfm.ByBehaviour))},
		{count(s.By.Only(rfm.ByTime)), count(with(rfm.ByTime))},
		{count(with(rfm.ByRecut))}, // the other bar is too narrow for a number
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" {
		t.Errorf("bars (-document +drawing):\n%s", diff)
	}
}

func TestCausesInWords(t *testing.T) {
	var single, mixed rfm.Causes
	single[rfm.ByBehaviour], single[rfm.ByTime], single[rfm.ByRecut] = 1000, 20, 3
	mixed = single
	mixed[rfm.ByBehaviour|rfm.ByTime], mixed[rfm.ByTime|rfm.ByRecut], mixed[rfm.ByBehaviour|rfm.ByTime|rfm.ByRecut] = 400, 50, 6
	apart := "Of those who moved, 1,000 did so only by what they did, 20 only by time passing, and 3 only because the scores are cut anew"
	for _, tc := range []struct {
		name string
		by   rfm.Causes
		want string
	}{
		{"one reason each", single, apart + "."},
		{"several reasons", mixed, apart + "; 456 had several of these reasons."},
	} {
		if got := causesInWords(tc.by); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Property: before, and what each reason changed, is after; and all of it is in
// the document.
func TestFlowsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.migrationSection()
	f, err := newMatrix(doc, a.grid.Segments()).netFigure(doc.Flows)
	if err != nil {
		t.Fatal(err)
	}
	table := [][]int{column(t, f.Numbers, 1), column(t, f.Numbers, 2), column(t, f.Numbers, 3), column(t, f.Numbers, 4), column(t, f.Numbers, 5)}
	drawings := drawn(t, f, atBars)
	for i, segment := range a.grid.Segments() {
		at := slices.IndexFunc(doc.Flows, func(f rfm.Flow) bool { return f.Label == "segment="+segment })
		flow := doc.Flows[at]
		got := []int{table[0][i], table[1][i], table[2][i], table[3][i], table[4][i]}
		if diff := cmp.Diff([]int{flow.Before, flow.Behaviour, flow.Time, flow.Recut, flow.After}, got); diff != "" {
			t.Errorf("%s (-document +table):\n%s", segment, diff)
		}
		if got[0]+got[1]+got[2]+got[3] != got[4] {
			t.Errorf("%s: %v don't add up", segment, got)
		}
		// Narrow bars have no numbers; those that are there are the document's.
		changes := []string{chart.Number(float64(flow.Behaviour)), chart.Number(float64(flow.Time)), chart.Number(float64(flow.Recut))}
		for _, n := range drawings[i] {
			if !slices.Contains(changes, n) {
				t.Errorf("%s: %s is drawn, want one of %v", segment, n, changes)
			}
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

func TestOperationsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.strategySection()
	f, err := operationsFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	total := doc.Unserved
	for _, o := range doc.Decisions {
		total += o.Customers
		if o.Customers > 0 {
			want = append(want, []string{count(int(o.Customers))})
		}
	}
	if doc.Unserved > 0 {
		want = append(want, []string{count(int(doc.Unserved))})
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" || total != doc.Customers {
		t.Errorf("bars of %d customers in all, want %d (-document +drawing):\n%s", total, doc.Customers, diff)
	}
	verdicts := 0
	for _, n := range column(t, verdictsTable(doc), 1) {
		verdicts += n
	}
	if verdicts != int(doc.Customers)*len(doc.Decisions) {
		t.Errorf("%d verdicts: want one a customer and operation, %d", verdicts, int(doc.Customers)*len(doc.Decisions))
	}
	outranked := int64(0)
	for i, n := range column(t, a.plan(doc), 2) {
		outranked += int64(n)
		if a.plan(doc).Rows[i][0] != doc.Decisions[i].Operation {
			t.Errorf("row %d is %s: want %s", i, a.plan(doc).Rows[i][0], doc.Decisions[i].Operation)
		}
	}
	if outranked != doc.Verdicts["outranked"] {
		t.Errorf("%d outranked: want %d", outranked, doc.Verdicts["outranked"])
	}
}

func TestUnserved(t *testing.T) {
	few := strategySection{Customers: 1200, Unserved: 1, Decisions: []operationSection{{Operation: "gift", Customers: 1199}}}
	none := strategySection{Customers: 5, Unserved: 5, Decisions: []operationSection{{Operation: "gift"}}}
	for _, tc := range []struct {
		name       string
		doc        strategySection
		want, bars string
	}{
		{"one", few, "The plan is for 1,200 customers. 1 of them, 0.1\u00a0%, gets no operation, since none is meant for them.", "1,199 1"},
		{"all", none, "The plan is for 5 customers. 5 of them, 100.0\u00a0%, get no operation, since none is meant for them.", "5"},
		{
			"held out",
			strategySection{Customers: 10, Unserved: 2, Holdout: holdoutSection{Customers: 1}, Decisions: few.Decisions},
			"The plan is for 10 customers. 2 of them, 20.0\u00a0%, get no operation: 1 is held out, to compare with.", "1,199 2",
		},
		{"nobody", strategySection{Customers: 1}, "The plan is for 1 customer. None is left without an operation.", "0"},
	} {
		if got := unservedInWords(tc.doc); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		f, err := operationsFigure(tc.doc)
		if err != nil {
			t.Fatal(err)
		}
		var bars []string
		for _, line := range drawn(t, f, atBars) {
			bars = append(bars, line...)
		}
		if got := strings.Join(bars, " "); got != tc.bars {
			t.Errorf("%s: bars %s, want %s", tc.name, got, tc.bars)
		}
	}
	if got := strategyFindings(none); len(got) != 1 || got[0] != "No operation fits any customer." {
		t.Errorf("findings %q", got)
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
