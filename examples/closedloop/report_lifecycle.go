package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/lifecycle"
)

// lifecycleView is what report/lifecycle.html.tmpl shows. A figure is nil if
// there is nothing to draw yet.
type lifecycleView struct {
	Stages                  figure
	Growth, Retention, Gaps *figure
}

// What fits on a phone.
const (
	monthsDrawn  = 18 // of growth
	cohortsDrawn = 12
	columnsDrawn = 12
)

// lifecycleReport shows where the customers are in their life with the shop.
func (a *analysis) lifecycleReport() (section, error) {
	doc := a.lifecycleSection()
	var data lifecycleView
	var err error
	if data.Stages, err = stagesFigure(doc.Stages); err != nil {
		return section{}, err
	}
	if data.Growth, err = growthFigure(doc.Growth); err != nil {
		return section{}, err
	}
	if data.Retention, err = retentionFigure(doc.Retention); err != nil {
		return section{}, err
	}
	if data.Gaps, err = gapsFigure(doc.Boundaries); err != nil {
		return section{}, err
	}
	return section{
		ID:       "lifecycle",
		Title:    "Where the customers are",
		Findings: lifecycleFindings(doc),
		Data:     data,
	}, nil
}

func lifecycleFindings(doc lifecycleSection) []string {
	var findings []string
	all := -doc.Stages[lifecycle.Follower.String()]
	for _, n := range doc.Stages {
		all += n
	}
	lately := all - doc.Stages[lifecycle.Silent.String()] - doc.Stages[lifecycle.Churned.String()]
	if all > 0 {
		churned := doc.Stages[lifecycle.Churned.String()]
		findings = append(findings, fmt.Sprintf("Of the %s %s with an order, %s (%s) ordered within the last 60 days. %s (%s) have not for 180 days or more.",
			count(all), plural(all, "customer"), unbroken(part(lately, all)), count(lately), unbroken(part(churned, all)), count(churned)))
	}
	if sentence := growthInWords(doc.Growth); sentence != "" {
		findings = append(findings, sentence)
	}
	if sentence := retentionInWords(doc.Retention); sentence != "" {
		findings = append(findings, sentence)
	}
	if sentence := gapsInWords(doc.Boundaries); sentence != "" {
		findings = append(findings, sentence)
	}
	return findings
}

// stagesFigure shows how many customers there are in each stage.
func stagesFigure(stages map[string]int) (figure, error) {
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: "Customers", Whole: true}}
	series := chart.BarSeries{Name: "customers"}
	numbers := grid{Caption: "Customers by stage", Head: []string{"Stage", "Customers", "Share"}}
	all := 0
	for _, n := range stages {
		all += n
	}
	var words []string
	for _, stage := range lifecycle.Stages() {
		name, n := stage.String(), stages[stage.String()]
		bars.Categories = append(bars.Categories, name)
		series.Values = append(series.Values, float64(n))
		numbers.Rows = append(numbers.Rows, []string{name, count(n), unbroken(part(n, all))})
		words = append(words, name+" "+count(n))
	}
	bars.Series = []chart.BarSeries{series}
	bars.Alt = "Bars of customers by stage: " + strings.Join(words, "; ") + "."
	svg, err := bars.SVG()
	return figure{
		Title:   "Customers by stage",
		Note:    "Everybody who is known is in one stage, by how long ago the orders were.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// growthFigure shows who ordered in each month, and who did not any more.
func growthFigure(months []lifecycle.Growth) (*figure, error) {
	if len(months) == 0 {
		return nil, nil
	}
	bars := chart.Bars{
		Stacked: true, Value: chart.Axis{Label: "Customers", Whole: true},
		Series: []chart.BarSeries{{Name: "new"}, {Name: "retained"}, {Name: "resurrected"}, {Name: "churned"}},
	}
	numbers := grid{Caption: "Customers by month", Head: []string{"Month", "Active", "New", "Retained", "Resurrected", "Churned"}}
	left := max(len(months)-monthsDrawn, 0)
	var note strings.Builder
	note.WriteString("Above the line are those who ordered: for the first time (new), in the month before too (retained), or after a pause (resurrected). Below it are those of the month before who did not (churned).")
	for i, g := range months {
		name := monthOf(g.Name, "January 2006")
		if !g.Complete {
			name += ", not over"
			note.WriteString(" The month with a star is not over: its bar will still change.")
		}
		numbers.Rows = append(numbers.Rows, []string{name, count(g.Active), count(g.New), count(g.Retained), count(g.Resurrected), count(g.Churned)})
		if i < left {
			continue
		}
		bars.Categories = append(bars.Categories, monthTick(g, i == left))
		for j, n := range []int{g.New, g.Retained, g.Resurrected, -g.Churned} {
			bars.Series[j].Values = append(bars.Series[j].Values, float64(n))
		}
	}
	if left > 0 {
		fmt.Fprintf(&note, " %s earlier %s only in the table on a screen.", count(left), isOrAre(left, "month"))
	}
	bars.Alt = fmt.Sprintf("Bars of customers by month from %s to %s. %s",
		monthOf(months[left].Name, "January 2006"), monthOf(months[len(months)-1].Name, "January 2006"), growthInWords(months))
	svg, err := bars.SVG()
	return &figure{Title: "Who came and who stayed away, month by month", Note: note.String(), SVG: svg, Numbers: numbers}, err
}

// monthTick names a month by its number, and the year where it begins.
func monthTick(g lifecycle.Growth, first bool) string {
	tick, year := monthOf(g.Name, "1"), ""
	if first || tick == "1" {
		year = "\n" + monthOf(g.Name, "2006")
	}
	if !g.Complete {
		tick += "*"
	}
	return tick + year
}

// monthOf writes a month such as 2026-06 in another layout.
func monthOf(name, layout string) string {
	month, err := time.Parse("2006-01", name)
	if err != nil {
		return name
	}
	return month.Format(layout)
}

func isOrAre(n int, word string) string { return plural(n, word) + " " + are(n) }

// growthInWords is about the last month that is over, or else about the last.
func growthInWords(months []lifecycle.Growth) string {
	if len(months) == 0 {
		return ""
	}
	g, so := months[len(months)-1], " so far"
	for _, m := range months {
		if m.Complete {
			g, so = m, ""
		}
	}
	sentence := fmt.Sprintf("In %s%s, %s %s ordered: %s for the first time, %s in the month before too, %s after a pause. %s of the month before did not.",
		monthOf(g.Name, "January 2006"), so, count(g.Active), plural(g.Active, "customer"), count(g.New), count(g.Retained), count(g.Resurrected), count(g.Churned))
	if ratio, ok := g.QuickRatio(); ok {
		sentence += fmt.Sprintf(" For each one who stayed away, %s came new or back.", two(&ratio))
	}
	return sentence
}

// retentionFigure shows who ordered again how many months after the first
// order. There is nothing to see before a month is over that follows one.
func retentionFigure(r lifecycle.Retention) (*figure, error) {
	var cohorts []lifecycle.Cohort
	columns := 0
	for _, c := range r.Cohorts {
		if n := monthsOver(c); n > 0 {
			cohorts = append(cohorts, c)
			columns = max(columns, n)
		}
	}
	if columns == 0 {
		return nil, nil
	}
	numbers := grid{Caption: "Share of customers by month of the first order (rows) and months since (columns)", Head: []string{"First order", "Customers"}}
	for k := 1; k <= columns; k++ {
		numbers.Head = append(numbers.Head, fmt.Sprint(k))
	}
	for _, c := range append(cohorts, r.All) {
		numbers.Rows = append(numbers.Rows, retentionRow(c, columns))
	}
	left, drawn := max(len(cohorts)-cohortsDrawn, 0), min(columns, columnsDrawn)
	h := chart.HeatMap{X: "Months since the month of the first order", Y: "Month of the first order, with its customers", Format: rate}
	for k := 1; k <= drawn; k++ {
		h.Columns = append(h.Columns, fmt.Sprint(k))
	}
	for _, c := range append(cohorts[left:], r.All) {
		h.Rows = append(h.Rows, cohortName(c, "Jan 2006")+"\n"+count(c.Size))
		h.Values = append(h.Values, rates(c, drawn))
	}
	h.Alt = "Heat map of who ordered again. " + retentionInWords(r)
	svg, err := h.SVG()
	return &figure{
		Title:   "Who ordered again",
		Note:    "In percent of the customers of each row: who ordered in that month. A blank month is not over yet." + leftOut(left, columns-drawn),
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// leftOut says what is not drawn, if anything.
func leftOut(cohorts, months int) string {
	var parts []string
	if cohorts > 0 {
		parts = append(parts, fmt.Sprintf("%s earlier %s", count(cohorts), plural(cohorts, "row")))
	}
	if months > 0 {
		parts = append(parts, fmt.Sprintf("%s later %s", count(months), plural(months, "month")))
	}
	if parts == nil {
		return ""
	}
	return " Not drawn: " + strings.Join(parts, " and ") + ", which the table on a screen has."
}

// monthsOver returns how many months after the first are over for a cohort.
func monthsOver(c lifecycle.Cohort) (n int) {
	for k := 1; k < len(c.Cells); k++ {
		if c.Cells[k].Of > 0 {
			n = k
		}
	}
	return n
}

func cohortName(c lifecycle.Cohort, layout string) string {
	if c.Name == "" {
		return "all"
	}
	return monthOf(c.Name, layout)
}

// rates returns a cohort's retention in the months from 1; NaN is not known
// yet.
func rates(c lifecycle.Cohort, columns int) []float64 {
	list := make([]float64, columns)
	for i := range list {
		list[i] = math.NaN()
		if i+1 < len(c.Cells) {
			if r, ok := c.Cells[i+1].Rate(); ok {
				list[i] = r
			}
		}
	}
	return list
}

// rate writes a share for narrow cells: in percent, without the sign.
func rate(share float64) string {
	if share == 0 {
		return "0"
	}
	return bareShare(share)
}

func retentionRow(c lifecycle.Cohort, columns int) []string {
	row := []string{cohortName(c, "January 2006"), count(c.Size)}
	for _, r := range rates(c, columns) {
		if math.IsNaN(r) {
			row = append(row, "")
		} else {
			row = append(row, unbroken(&r))
		}
	}
	return row
}

// retentionInWords is about all cohorts together.
func retentionInWords(r lifecycle.Retention) string {
	list := rates(r.All, 6)
	if math.IsNaN(list[0]) {
		return ""
	}
	sentence := fmt.Sprintf("%s of the customers ordered again in the month after their first order", unbroken(&list[0]))
	if !math.IsNaN(list[5]) {
		sentence += fmt.Sprintf(", %s in the sixth month after", unbroken(&list[5]))
	}
	return sentence + "."
}
