package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
)

// valueView is what report/value.html.tmpl shows.
type valueView struct {
	AsOf     string
	Best     int
	Grid     figure
	Segments []segmentRow
	Curve    *figure // nil if nobody has spent anything
	Cuts     grid
}

// segmentRow is a row of the table of segments.
type segmentRow struct {
	Name, Customers, Orders, Revenue, Share string

	Width float64 // of the bar, in percent
}

// valueReport shows who is worth how much.
func (a *analysis) valueReport() (section, error) {
	doc := a.rfmSection()
	heat, err := a.scoreFigure()
	if err != nil {
		return section{}, err
	}
	curve, err := a.curveFigure()
	if err != nil {
		return section{}, err
	}
	return section{
		ID:       "value",
		Title:    "How much each customer is worth",
		Findings: valueFindings(doc),
		Data: valueView{
			AsOf: doc.AsOf, Best: scores, Grid: heat, Curve: curve,
			Segments: segmentRows(doc.Segments), Cuts: a.cutsTable(),
		},
	}, nil
}

// valueFindings puts the section into a sentence or two.
func valueFindings(doc rfmSection) []string {
	var findings []string
	if c := doc.Concentration; c.Top20 != nil {
		findings = append(findings, fmt.Sprintf("The top 20\u00a0%% of customers bring %s of the revenue.", unbroken(c.Top20)))
	}
	customers, best := 0, segmentSection{}
	for _, s := range doc.Segments {
		customers += s.Customers
		if s.Share != nil && (best.Share == nil || *s.Share > *best.Share) {
			best = s
		}
	}
	if best.Share != nil && customers > 0 {
		heads := float64(best.Customers) / float64(customers)
		findings = append(findings, fmt.Sprintf("The segment with the most revenue is “%s”: %s of the scored customers and %s of the revenue.",
			best.Name, unbroken(&heads), unbroken(best.Share)))
	}
	return findings
}

func segmentRows(segments []segmentSection) []segmentRow {
	widest := 0.0
	for _, s := range segments {
		if s.Share != nil {
			widest = max(widest, *s.Share)
		}
	}
	revenue := aligned(segments, func(s segmentSection) string { return readableAmount(s.Revenue) })
	rows := make([]segmentRow, len(segments))
	for i, s := range segments {
		rows[i] = segmentRow{s.Name, count(s.Customers), count(s.Orders), revenue[i], unbroken(s.Share), 0}
		if s.Share != nil && *s.Share > 0 {
			rows[i].Width = math.Round(1000**s.Share/widest) / 10
		}
	}
	return rows
}

// unbroken writes a share that no line breaks apart.
func unbroken(share *float64) string { return strings.ReplaceAll(percent(share), " ", "\u00a0") }

// aligned writes the amounts of a column with the same number of places.
func aligned[T any](rows []T, amount func(T) string) []string {
	digits := func(row T) int {
		_, fraction, _ := strings.Cut(amount(row), ".")
		return len(fraction)
	}
	places := 0
	for _, row := range rows {
		places = max(places, digits(row))
	}
	list := make([]string, len(rows))
	for i, row := range rows {
		text := amount(row)
		if places > 0 && digits(row) == 0 {
			text += "."
		}
		list[i] = grouped(text + strings.Repeat("0", places-digits(row)))
	}
	return list
}

// scoreFigure shows how many customers have which scores in recency and
// frequency.
func (a *analysis) scoreFigure() (figure, error) {
	frequency := a.model.Frequency[0]
	h := chart.HeatMap{X: "Frequency score, number of orders", Y: "Recency score, days since the last order"}
	numbers := grid{Caption: "Customers by recency score (rows) and frequency score (columns)", Head: []string{"Recency"}}
	for f := 1; f <= frequency.Scores(); f++ {
		h.Columns = append(h.Columns, fmt.Sprintf("F%d\n%s", f, wholeBand(frequency, f)))
		numbers.Head = append(numbers.Head, fmt.Sprint(f))
	}
	cells := a.cells()
	for r := a.model.Recency.Scores(); r >= 1; r-- {
		h.Rows = append(h.Rows, fmt.Sprintf("R%d\n%s", r, wholeBand(a.model.Recency, r)))
		var values []float64
		var groups []string
		row := []string{fmt.Sprint(r)}
		for f := 1; f <= frequency.Scores(); f++ {
			n := cells[[2]int{r, f}]
			values = append(values, float64(n))
			groups = append(groups, a.grid.Segment(rfm.Score{R: uint8(r), F: uint8(f), M: 1}))
			row = append(row, count(n))
		}
		h.Values, h.Groups = append(h.Values, values), append(h.Groups, groups)
		numbers.Rows = append(numbers.Rows, row)
	}
	h.Alt = "Heat map of customers by recency and frequency score. " + a.fullest(cells)
	svg, err := h.SVG()
	return figure{
		Title:   "Customers by recency and frequency",
		Note:    "Each cell counts customers. Those at the top bought lately, those at the right buy often. Lines divide the segments.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// cells counts the customers by recency and frequency score.
func (a *analysis) cells() map[[2]int]int {
	counts := map[[2]int]int{}
	for _, p := range a.people {
		counts[[2]int{int(p.score.R), int(p.score.F)}]++
	}
	return counts
}

// fullest says which cell has the most customers.
func (a *analysis) fullest(cells map[[2]int]int) string {
	var at [2]int
	for r := a.model.Recency.Scores(); r >= 1; r-- {
		for f := a.model.Frequency[0].Scores(); f >= 1; f-- {
			if cell := [2]int{r, f}; cells[cell] > cells[at] {
				at = cell
			}
		}
	}
	return fmt.Sprintf("The fullest cell has recency %d and frequency %d, with %s customers.", at[0], at[1], count(cells[at]))
}

// curveFigure shows how the revenue is concentrated; nil if there is none.
func (a *analysis) curveFigure() (*figure, error) {
	const steps = 200
	points := a.concentration.Curve(steps)
	top, ok := a.concentration.Top(0.2)
	if points == nil || !ok {
		return nil, nil
	}
	gini, _ := a.concentration.Gini()
	curve := chart.Curve{Name: "revenue as it is", NameAt: 2 * 45}
	for _, p := range points {
		curve.Points = append(curve.Points, chart.Point{X: p.Customers, Y: p.Value})
	}
	equal := chart.Curve{Name: "if all brought the same", Quiet: true, NameAt: 1, Points: []chart.Point{{}, {X: 0.57, Y: 0.57}, {X: 1, Y: 1}}}
	ticks := []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	svg, err := chart.Lines{
		Alt:    fmt.Sprintf("Concentration curve: the top 20\u00a0%% of customers bring %s of the revenue.", unbroken(&top)),
		X:      chart.Axis{Label: "Share of customers, the best first", Max: 1, Ticks: ticks, Format: chart.Percent},
		Y:      chart.Axis{Label: "Share of revenue", Max: 1, Ticks: ticks, Format: chart.Percent},
		Curves: []chart.Curve{curve, equal},
		Marks:  []chart.Mark{{Point: chart.Point{X: 0.2, Y: top}, Label: "top 20\u00a0%: " + unbroken(&top)}},
	}.SVG()
	numbers := grid{Caption: "Share of the revenue that the top customers bring", Head: []string{"Top", "Revenue"}}
	for i := 0; i <= steps; i += steps / 10 {
		numbers.Rows = append(numbers.Rows, []string{unbroken(&points[i].Customers), unbroken(&points[i].Value)})
	}
	return &figure{
		Title:   "How concentrated the revenue is",
		Note:    fmt.Sprintf("The further the curve is from the straight line, the more hangs on a few customers. Gini coefficient: %s.", two(&gini)),
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// cutsTable says what each score means.
func (a *analysis) cutsTable() grid {
	t := grid{
		Caption: fmt.Sprintf("Fitted on %s customers by the method “%s”.", count(a.model.Customers), strings.ToLower(string(a.model.Binning.Recency.Method))),
		Head:    []string{"Score", "Days since the last order", "Orders", "Spent"},
	}
	for score := scores; score >= 1; score-- {
		t.Rows = append(t.Rows, []string{
			fmt.Sprint(score), wholeBand(a.model.Recency, score), wholeBand(a.model.Frequency[0], score), moneyBand(a.model.Monetary[0], score),
		})
	}
	return t
}
