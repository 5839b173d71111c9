package main

import (
	order "cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/rfm"
)

// shopAnalysis is of the built-in shop. All tests share it: who changes it
// takes a copy.
func shopAnalysis(t *testing.T) *analysis { return shared(t, theShop) }

var theShop = sync.OnceValues(func() (*analysis, error) { return analyseShop(options{seed: 1}) })

// analyseShop analyses a built-in shop.
func analyseShop(o options) (*analysis, error) {
	in, err := read(o, newProgress(io.Discard, time.Now))
	if err != nil {
		return nil, err
	}
	return analyse(in)
}

func shared(t *testing.T, get func() (*analysis, error)) *analysis {
	t.Helper()
	a, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func analysisOf(t *testing.T, in *input) *analysis {
	t.Helper()
	a, err := analyse(in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// few are orders of amount each, one a customer and a day apart.
func few(t *testing.T, source string, amounts ...string) *analysis {
	t.Helper()
	in := &input{source: source, zone: time.UTC}
	for i, amount := range amounts {
		in.orders = append(in.orders, table.Order{
			Customer: fmt.Sprint(i), At: time.Date(2026, 1, 1+i, 12, 0, 0, 0, time.UTC), Amount: decimal.RequireFromString(amount),
		})
	}
	in.asOf = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	return analysisOf(t, in)
}

func report(t *testing.T, a *analysis) string {
	t.Helper()
	var b strings.Builder
	if err := a.writeReport(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// wellFormed fails if a tag is not closed where it should be. HTML's meta has
// no end.
func wellFormed(t *testing.T, html string) {
	t.Helper()
	html = regexp.MustCompile(`<meta[^>]*>`).ReplaceAllString(strings.TrimPrefix(html, "<!DOCTYPE html>"), "")
	in := xml.NewDecoder(strings.NewReader(html))
	in.Entity = xml.HTMLEntity
	for {
		if _, err := in.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
	}
}

func TestReportShowsWhatTheDocumentSays(t *testing.T) {
	a := shopAnalysis(t)
	html := report(t, a)
	wellFormed(t, html)
	doc := a.document()
	for _, want := range []string{
		"<h1>Customer report</h1>", "built-in shop", count(doc.Input.Customers), count(doc.Input.Orders), grouped(doc.Input.Total),
		longDate(doc.Input.From), longDate(doc.Input.To), "Asia/Shanghai",
		unbroken(doc.RFM.Concentration.Top20), two(doc.RFM.Concentration.Gini), "duplicate",
		count(doc.RFM.Prospects) + " without an order that counts",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, s := range doc.RFM.Segments {
		row := fmt.Sprintf(`%s</th><td role="cell"><span class="label">customers</span>%s</td>`, strings.ReplaceAll(s.Name, "'", "&#39;"), count(s.Customers))
		if !strings.Contains(html, row) {
			t.Errorf("no row of %q with %d customers", s.Name, s.Customers)
		}
	}
	if n := strings.Count(html, "<figure>"); n != strings.Count(html, `role="img"`) || n != strings.Count(html, "<details>") || n < 2 {
		t.Errorf("%d figures: want at least two, each with an image and a table", n)
	}
}

// The scores of the document, summed over the monetary score, are the cells.
func TestHeatMapAgreesWithTheScores(t *testing.T) {
	a := shopAnalysis(t)
	want := map[string]int{}
	for code, n := range a.rfmSection().Scores {
		want[code[:2]] += n
	}
	heat, err := a.scoreFigure()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, row := range heat.Numbers.Rows {
		for i, cell := range row[1:] {
			if n, _ := strconv.Atoi(strings.ReplaceAll(cell, ",", "")); n > 0 {
				got[row[0]+heat.Numbers.Head[i+1]] = n
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells (-scores +figure):\n%s", diff)
	}
	if diff := cmp.Diff(want, drawnCells(t, string(heat.SVG))); diff != "" {
		t.Errorf("cells (-scores +drawing):\n%s", diff)
	}
}

// drawnCells reads the numbers in the cells by where they stand: the best
// recency on top, the best frequency at the right.
func drawnCells(t *testing.T, svg string) map[string]int {
	t.Helper()
	type number struct {
		x, y  float64
		value int
	}
	var list []number
	for _, m := range regexp.MustCompile(`<text x="([-0-9.]+)" y="([-0-9.]+)"[^>]*font-size:13px[^>]*>([0-9,]+)<`).FindAllStringSubmatch(svg, -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		value, err := strconv.Atoi(strings.ReplaceAll(m[3], ",", ""))
		if err := errors.Join(errX, errY, err); err != nil {
			t.Fatal(err)
		}
		list = append(list, number{x, y, value})
	}
	slices.SortFunc(list, func(a, b number) int { return order.Or(order.Compare(a.y, b.y), order.Compare(a.x, b.x)) })
	if len(list) != scores*scores {
		t.Fatalf("%d numbers in cells: want %d", len(list), scores*scores)
	}
	cells := map[string]int{}
	for i, n := range list {
		if n.value > 0 {
			cells[fmt.Sprintf("%d%d", scores-i/scores, 1+i%scores)] = n.value
		}
	}
	return cells
}

func TestReportIsTheSameEachTime(t *testing.T) {
	again, err := analyseShop(options{seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report(t, shopAnalysis(t)), report(t, again)); diff != "" {
		t.Errorf("two pages of one input (-first +second):\n%s", diff)
	}
}

func TestReportLoadsNothing(t *testing.T) {
	html := report(t, shopAnalysis(t))
	for _, unwanted := range []string{"http:", "https:", "src=", "url(", "@import", "<script", "<link", "<img", "ZgotmplZ"} {
		if strings.Contains(html, unwanted) {
			t.Errorf("%s in the page", unwanted)
		}
	}
	for _, link := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		if id, ok := strings.CutPrefix(link[1], "#"); !ok || !strings.Contains(html, `id="`+id+`"`) {
			t.Errorf("link to %s: want a place in the page", link[1])
		}
	}
}

func TestReportEscapesWhatTheInputSays(t *testing.T) {
	hostile := `"><script>alert(1)</script></style></svg><b onclick='x'>.csv`
	a := few(t, strings.ReplaceAll(hostile, "/", ""), "10", "20.5") // no file is called a/b
	a.in.malformed = table.SetAside{Rows: 1, Reasons: []table.ReasonCount{{Reason: table.Reason(hostile), Rows: 1}}}
	html := report(t, a)
	wellFormed(t, html)
	for _, unwanted := range []string{"<script", "<b ", "alert(1)</style>"} {
		if strings.Contains(html, unwanted) {
			t.Errorf("%s got into the page", unwanted)
		}
	}
	if n := strings.Count(html, "&lt;script&gt;alert(1)&lt;script&gt;"); n != 2 { // title and heading
		t.Errorf("the source is written %d times: want 2", n)
	}
	if n := strings.Count(html, "&lt;script&gt;alert(1)&lt;/script&gt;"); n != 1 {
		t.Errorf("the reason is written %d times: want 1", n)
	}
}

// The page may go to others: it has the file's name and not its folder, which
// the document keeps.
func TestReportNamesTheFileOnly(t *testing.T) {
	path := filepath.Join("private", "folder", "orders.csv")
	a := few(t, path, "10", "20.5")
	html := report(t, a)
	for _, want := range []string{"<title>Customer report: orders.csv</title>", `<p class="source">orders.csv, `} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	if strings.Contains(html, "private") || strings.Contains(html, "folder") || a.document().Input.Source != path {
		t.Errorf("the folder is in the page, or %s not in the document", path)
	}
}

func TestReportOfLittle(t *testing.T) {
	for _, tc := range []struct {
		name    string
		amounts []string
		want    string
	}{
		{"one customer", []string{"12.34"}, "12.34"},
		{"nobody spent anything", []string{"0", "0", "0"}, "Nobody has spent anything"},
		{"many places", []string{"0.001", "1000000"}, "1,000,000.000"},
		{"more places than a currency has", []string{"0.1", "64.739999999999995"}, ">64.8400<"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			html := report(t, few(t, tc.name, tc.amounts...))
			wellFormed(t, html)
			if !strings.Contains(html, tc.want) {
				t.Errorf("no %q in the page", tc.want)
			}
			if strings.Contains(html, "NaN") || strings.Contains(html, "Inf") || strings.Contains(html, "%!") {
				t.Error("a number that is none is in the page")
			}
		})
	}
}

func TestBands(t *testing.T) {
	cuts := func(best, equal rfm.Side, at ...string) rfm.Cuts {
		c := rfm.Cuts{Best: best, Equal: equal}
		for _, a := range at {
			c.At = append(c.At, decimal.RequireFromString(a))
		}
		return c
	}
	for _, tc := range []struct {
		name  string
		cuts  rfm.Cuts
		band  func(rfm.Cuts, int) string
		bands []string // from score 1 up
	}{
		{"days", cuts(rfm.Below, rfm.Below, "27", "67.5", "1000"), wholeBand, []string{"1,001+", "68–1,000", "28–67", "0–27"}},
		{"orders", cuts(rfm.Above, rfm.Below, "1", "1", "2", "4"), wholeBand, []string{"1", "none", "2", "3–4", "5+"}},
		{"equal above", cuts(rfm.Above, rfm.Above, "2", "3.5"), wholeBand, []string{"1", "2–3", "4+"}},
		{"no order at all", cuts(rfm.Above, rfm.Above, "1"), wholeBand, []string{"none", "1+"}},
		{"money", cuts(rfm.Above, rfm.Below, "10", "10", "2500.5"), moneyBand, []string{"up to 10", "none", "over 10 up to 2,500.5", "over 2,500.5"}},
		{"money, equal above", cuts(rfm.Above, rfm.Above, "10", "20"), moneyBand, []string{"below 10", "from 10 below 20", "from 20"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for score := 1; score <= tc.cuts.Scores(); score++ {
				got = append(got, tc.band(tc.cuts, score))
			}
			if diff := cmp.Diff(tc.bands, got); diff != "" {
				t.Errorf("bands (-want +got):\n%s", diff)
			}
		})
	}
}

// Property: a whole number is in the band of its score and in no other.
func TestBandsAreThoseOfTheScores(t *testing.T) {
	inBand := func(band string, v int) bool {
		if from, ok := strings.CutSuffix(band, "+"); ok {
			n, _ := strconv.Atoi(from)
			return v >= n
		}
		from, to, ok := strings.Cut(band, "–")
		if !ok {
			to = from
		}
		low, err := strconv.Atoi(from)
		high, _ := strconv.Atoi(to)
		return err == nil && low <= v && v <= high
	}
	half := decimal.RequireFromString("3.5")
	for _, best := range []rfm.Side{rfm.Below, rfm.Above} {
		for _, equal := range []rfm.Side{rfm.Below, rfm.Above} {
			c := rfm.Cuts{At: []decimal.Decimal{decimal.NewFromInt(2), half, decimal.NewFromInt(7), decimal.NewFromInt(7)}, Best: best, Equal: equal}
			for v := 1; v <= 9; v++ {
				want := int(c.Score(decimal.NewFromInt(int64(v))))
				for score := 1; score <= c.Scores(); score++ {
					if got := inBand(wholeBand(c, score), v); got != (score == want) {
						t.Errorf("best %s, equal %s: %d in band %d (%s): %v, though its score is %d", best, equal, v, score, wholeBand(c, score), got, want)
					}
				}
			}
		}
	}
}

// WCAG 2.2, success criteria 1.4.3 and 1.4.11: text has a contrast of at least
// 4.5, and what is drawn of at least 3.
func TestTextCanBeReadOnItsGround(t *testing.T) {
	css, err := reportFiles.ReadFile("report/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme: dark")
	for name, sheet := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`(--[a-z0-9-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(sheet, -1) {
			if _, ok := colours[m[1]]; !ok {
				colours[m[1]] = luminance(m[2])
			}
		}
		for _, ink := range chart.Inks() {
			if _, ok := colours[ink.Variable()]; !ok {
				t.Errorf("%s: %s has no colour", name, ink.Variable())
			}
		}
		pairs := [][2]string{{"--ink", "--paper"}, {"--ink", "--page"}, {"--muted", "--paper"}, {"--muted", "--page"}, {"--accent", "--page"}}
		for i := range 7 {
			pairs = append(pairs, [2]string{fmt.Sprintf("--on-heat-%d", i), fmt.Sprintf("--heat-%d", i)})
		}
		for _, p := range pairs {
			if c := contrast(colours[p[0]], colours[p[1]]); c < 4.5 {
				t.Errorf("%s: contrast of %s on %s is %.1f: want 4.5", name, p[0], p[1], c)
			}
		}
		for i := range chart.MaxSeries {
			if c := contrast(colours[chart.Series(i).Variable()], colours["--paper"]); c < 3 {
				t.Errorf("%s: contrast of %s on --paper is %.1f: want 3", name, chart.Series(i).Variable(), c)
			}
		}
	}
}

// luminance is WCAG's relative luminance of a colour such as 175676.
func luminance(hex string) float64 {
	total := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		total += weight * c
	}
	return total
}

func contrast(a, b float64) float64 {
	pair := []float64{a, b}
	slices.Sort(pair)
	return (pair[1] + 0.05) / (pair[0] + 0.05)
}
