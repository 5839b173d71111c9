package main

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
)

// migrationView is what report/migration.html.tmpl shows.
type migrationView struct {
	From, To            string
	Matrix, Causes, Net figure
}

// migrationReport shows who changed segment, and why. There is no such section
// without an earlier day to compare with.
func (a *analysis) migrationReport() (section, error) {
	doc := a.migrationSection()
	if doc == nil {
		return section{}, nil
	}
	data := migrationView{From: doc.From, To: doc.To}
	m := newMatrix(doc, a.grid.Segments())
	var err error
	for _, f := range []struct {
		to   *figure
		draw func() (figure, error)
	}{
		{&data.Matrix, m.figure},
		{&data.Causes, func() (figure, error) { return causesFigure(doc.Summary) }},
		{&data.Net, func() (figure, error) { return m.netFigure(doc.Flows) }},
	} {
		if *f.to, err = f.draw(); err != nil {
			return section{}, err
		}
	}
	return section{
		ID:       "migration",
		Title:    "What changed since " + longDate(doc.From),
		Findings: migrationFindings(doc),
		Data:     data,
	}, nil
}

func migrationFindings(doc *migrationSection) []string {
	s := doc.Summary
	first := fmt.Sprintf("Of the %s %s of %s, %s (%s) %s in another segment on %s.", count(s.Before), plural(s.Before, "customer"),
		longDate(doc.From), unbroken(part(s.Moved, s.Before)), count(s.Moved), are(s.Moved), longDate(doc.To))
	if s.New > 0 {
		first += fmt.Sprintf(" %s %s new since.", count(s.New), are(s.New))
	}
	findings := []string{first}
	if s.Moved > 0 {
		findings = append(findings, causesInWords(s.By))
	}
	return findings
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// causesInWords counts each move once: under its only reason, or among those
// that have several.
func causesInWords(by rfm.Causes) string {
	sentence := fmt.Sprintf("Of those who moved, %s did so only by what they did, %s only by time passing, and %s only because the scores are cut anew",
		count(by.Only(rfm.ByBehaviour)), count(by.Only(rfm.ByTime)), count(by.Only(rfm.ByRecut)))
	if n := severalCauses(by); n > 0 {
		sentence += fmt.Sprintf("; %s had several of these reasons", count(n))
	}
	return sentence + "."
}

// severalCauses counts the moves that have more than one reason.
func severalCauses(by rfm.Causes) (n int) {
	for cause, customers := range by {
		if bits.OnesCount(uint(cause)) > 1 {
			n += customers
		}
	}
	return n
}

// matrix counts customers by their segments before and after. The last row are
// those who are new, the last column those who are gone, if there are any.
type matrix struct {
	segments []string
	rows     []string
	columns  []string
	counts   [][]int
}

func newMatrix(doc *migrationSection, segments []string) *matrix {
	m := &matrix{segments: segments, rows: slices.Clone(segments), columns: slices.Clone(segments)}
	if doc.Summary.New > 0 {
		m.rows = append(m.rows, "")
	}
	if doc.Summary.Gone > 0 {
		m.columns = append(m.columns, "")
	}
	for range m.rows {
		m.counts = append(m.counts, make([]int, len(m.columns)))
	}
	for _, c := range doc.Cells {
		row, column := slices.Index(m.rows, ofSegment(c.From)), slices.Index(m.columns, ofSegment(c.To))
		if row >= 0 && column >= 0 {
			m.counts[row][column] += c.Customers
		}
	}
	return m
}

// ofSegment returns the name of a segment from its label.
func ofSegment(label string) string { return strings.TrimPrefix(label, "segment=") }

func (m *matrix) total(row int) (n int) {
	for _, c := range m.counts[row] {
		n += c
	}
	return n
}

// joined is the row of those who had no segment before.
const joined = "joined since"

// name is the number and name of a segment, or what stands in its place.
func (m *matrix) name(i int, none string) string {
	if i == len(m.segments) {
		return none
	}
	return fmt.Sprintf("%d %s", i+1, m.segments[i])
}

func (m *matrix) figure() (figure, error) {
	h := chart.HeatMap{X: "Segment after", Y: "Segment before, with its customers", Max: 1, Format: bareShare}
	numbers := grid{Caption: "Customers by segment before (rows) and after (columns)", Head: []string{"Before"}}
	for i := range m.columns {
		number, _, _ := strings.Cut(m.name(i, "gone"), " ")
		h.Columns = append(h.Columns, number)
		numbers.Head = append(numbers.Head, m.name(i, "gone"))
	}
	for i := range m.rows {
		h.Rows = append(h.Rows, m.name(i, joined)+"\n"+count(m.total(i)))
		row := []string{m.name(i, joined)}
		var values []float64
		for _, n := range m.counts[i] {
			values = append(values, known(part(n, m.total(i))))
			row = append(row, count(n))
		}
		h.Values = append(h.Values, values)
		numbers.Rows = append(numbers.Rows, row)
	}
	h.Alt = "Heat map of moves between segments. " + m.largest()
	svg, err := h.SVG()
	return figure{
		Title:   "Where the customers of each segment went",
		Note:    "In percent of the customers of each row. Columns are numbered as the rows are; those on the diagonal stayed.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// bareShare writes a share for narrow cells: in percent, without the sign, and
// nothing for nobody.
func bareShare(share float64) string {
	switch {
	case share == 0:
		return ""
	case share < 0.005:
		return "<1"
	}
	return fmt.Sprint(math.Round(100 * share))
}

// largest says which move most customers made.
func (m *matrix) largest() string {
	from, to, most := 0, 0, 0
	for i := range m.segments {
		for j := range m.segments {
			if n := m.counts[i][j]; i != j && n > most {
				from, to, most = i, j, n
			}
		}
	}
	if most == 0 {
		return "Nobody moved."
	}
	return fmt.Sprintf("Most moved from %s to %s: %s customers.", m.segments[from], m.segments[to], count(most))
}

// causeNames are the reasons in the order in which they are shown.
var causeNames = []struct {
	cause rfm.Cause
	name  string
}{
	{rfm.ByBehaviour, "what they did"},
	{rfm.ByTime, "time passing"},
	{rfm.ByRecut, "new cuts"},
}

// causesFigure shows how many moves each reason had a part in.
func causesFigure(s rfm.Summary) (figure, error) {
	alone, together := chart.BarSeries{Name: "the only reason"}, chart.BarSeries{Name: "one of several"}
	bars := chart.Bars{Horizontal: true, Stacked: true, Value: chart.Axis{Label: "Customers who moved", Whole: true}}
	numbers := grid{Caption: "Customers who moved, each counted once", Head: []string{"Reason", "Customers", "Share"}}
	var words []string
	for _, c := range causeNames {
		shared := 0
		for cause, n := range s.By {
			if rfm.Cause(cause)&c.cause != 0 && rfm.Cause(cause) != c.cause {
				shared += n
			}
		}
		bars.Categories = append(bars.Categories, c.name)
		alone.Values = append(alone.Values, float64(s.By.Only(c.cause)))
		together.Values = append(together.Values, float64(shared))
		words = append(words, fmt.Sprintf("%s alone %s, with others %s", c.name, count(s.By.Only(c.cause)), count(shared)))
	}
	for cause, n := range s.By {
		if n > 0 {
			numbers.Rows = append(numbers.Rows, []string{causeInWords(rfm.Cause(cause)), count(n), unbroken(part(n, s.Moved))})
		}
	}
	bars.Series = []chart.BarSeries{alone, together}
	bars.Alt = "Bars of customers who moved by reason: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return figure{
		Title:   "Why they moved",
		Note:    "A customer who moved for several reasons is in the bar of each.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

func causeInWords(cause rfm.Cause) string {
	var names []string
	for _, c := range causeNames {
		if cause&c.cause != 0 {
			names = append(names, c.name)
		}
	}
	if names == nil {
		return "not known"
	}
	return strings.Join(names, ", ")
}

// netFigure shows how each segment grew or shrank, by reason.
func (m *matrix) netFigure(flows []rfm.Flow) (figure, error) {
	bars := chart.Bars{
		Horizontal: true, Stacked: true, Value: chart.Axis{Label: "Customers, those who came less those who went", Whole: true},
		Series: []chart.BarSeries{{Name: "what they did"}, {Name: "time passing"}, {Name: "new cuts"}},
	}
	numbers := grid{Caption: "Customers of each segment", Head: []string{"Segment", "Before", "What they did", "Time passing", "New cuts", "After"}}
	var words []string
	for _, segment := range m.segments {
		var flow rfm.Flow
		if i := slices.IndexFunc(flows, func(f rfm.Flow) bool { return ofSegment(f.Label) == segment }); i >= 0 {
			flow = flows[i]
		}
		bars.Categories = append(bars.Categories, segment)
		row := []string{segment, count(flow.Before)}
		for i, n := range []int{flow.Behaviour, flow.Time, flow.Recut} {
			bars.Series[i].Values = append(bars.Series[i].Values, float64(n))
			row = append(row, chart.Number(float64(n)))
		}
		numbers.Rows = append(numbers.Rows, append(row, count(flow.After)))
		words = append(words, fmt.Sprintf("%s from %s to %s", segment, count(flow.Before), count(flow.After)))
	}
	bars.Alt = "Bars of how each segment changed: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return figure{
		Title:   "How each segment grew or shrank",
		Note:    "To the right of the line, more came than went. The passing of time is counted first, as if nobody had ordered; then what customers did; then the new cuts. New customers are among those who did something.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}
