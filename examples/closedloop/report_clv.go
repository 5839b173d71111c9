package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/lifecycle/clv"
)

// clvView is what report/clv.html.tmpl shows.
type clvView struct {
	Facts []fact
	// NoValue says why there is no value to come; "" if there is.
	NoValue  string
	Spread   *figure // nil if nobody has a value worth drawing
	Segments *figure
	Money    grid
	// Weeks is nil if the orders span too short a time for a check.
	Weeks    *figure
	Shortest int // the least days for a check
	Model    string
	Params   grid
	Caveat   string // about what is not as the model takes it to be
}

// clvReport shows what the customers will still buy and be worth.
func (a *analysis) clvReport() (section, error) {
	doc := a.clvSection()
	if doc.Reason != "" {
		return section{
			ID: "clv-none", Title: "What they will still be worth",
			Findings: []string{"What the customers will still be worth can’t be told: " + doc.Reason + "."},
		}, nil
	}
	data := clvView{
		NoValue: a.noValue(), Shortest: int(shortest.Hours() / 24),
		Model: a.modelInWords(doc), Params: a.paramsTable(), Caveat: a.caveat(),
	}
	var err error
	if doc.Residual != nil {
		v := a.valueToCome()
		data.Facts = v.facts()
		data.Money = moneyTable(doc.Residual)
		if data.Spread, err = v.figure(); err != nil {
			return section{}, err
		}
		if data.Segments, err = residualFigure(doc.Residual); err != nil {
			return section{}, err
		}
	}
	if data.Weeks, err = a.weeksFigure(); err != nil {
		return section{}, err
	}
	return section{
		ID:       "clv",
		Title:    "What they will still be worth",
		Findings: a.clvFindings(doc),
		Data:     data,
	}, nil
}

// noValue says why no money is put on purchases to come; "" if there is.
func (a *analysis) noValue() string {
	switch w := &a.worth; {
	case w.value != nil:
		return ""
	case w.spend == nil:
		return "nobody has come back and paid"
	}
	return "the mean of what customers spend does not exist in the model, since they differ too much"
}

func (a *analysis) clvFindings(doc clvSection) []string {
	var findings []string
	if doc.Residual == nil {
		findings = append(findings, fmt.Sprintf("What the customers will still be worth can’t be told: %s.", a.noValue()))
	} else {
		findings = append(findings, residualInWords(doc))
	}
	if h := doc.HoldOut; h != nil {
		findings = append(findings, holdOutInWords(h))
	}
	if a.worth.fit.Verdict.Kind == clv.Interior {
		p := doc.Params
		every, leave := p["alpha"]/p["r"], p["a"]/(p["a"]+p["b"])
		findings = append(findings, fmt.Sprintf("While they stay, customers order once in %s %ss on average. After an order, the chance that they are gone is %s on average.",
			strconv.FormatFloat(every, 'f', 1, 64), doc.Unit, unbroken(&leave)))
	}
	return findings
}

// holdOutInWords compares what was expected with what happened.
func holdOutInWords(h *holdOutSection) string {
	sentence := fmt.Sprintf("Checked on the past: for the time after %s, a model of the time before expected %s days with an order from the customers known by then. There were %s",
		longDate(h.Until), rounded(h.Predicted), rounded(h.Actual))
	if h.Actual == 0 {
		return sentence + "."
	}
	off := h.Predicted/h.Actual - 1
	size := math.Abs(off)
	switch {
	case size < 0.0005:
		return sentence + "."
	case off > 0:
		return fmt.Sprintf("%s, so it expected %s too many.", sentence, unbroken(&size))
	}
	return fmt.Sprintf("%s, so it expected %s too few.", sentence, unbroken(&size))
}

// rounded writes an expected number as a whole one.
func rounded(v float64) string { return chart.Number(math.Round(v)) }

// weeksFigure lays what was expected over what happened, week by week; nil
// without a check.
func (a *analysis) weeksFigure() (*figure, error) {
	h := a.worth.holdOut
	if h == nil || len(h.Weeks) == 0 {
		return nil, nil
	}
	numbers := grid{Caption: "Repeat orders of these customers up to the end of each week", Head: []string{"Week", "Actual", "Expected"}}
	for i, w := range h.Weeks {
		if w.Week%4 == 0 || i == len(h.Weeks)-1 {
			numbers.Rows = append(numbers.Rows, []string{fmt.Sprint(w.Week), rounded(w.Actual), rounded(w.Predicted)})
		}
	}
	seen, last := a.weeksSeen()
	curves := weekCurves(h.Weeks, last)
	end := h.Weeks[len(h.Weeks)-1]
	y := chart.Axis{Label: "Repeat orders so far", Whole: true}
	if end.Actual < 1 && end.Predicted < 1 {
		y.Max = 1 // so that next to nothing looks like it
	}
	svg, err := chart.Lines{
		Alt: fmt.Sprintf("Rising curves of repeat orders up to the end of each week. After the last of %d weeks there were %s; expected were %s.",
			end.Week, rounded(end.Actual), rounded(end.Predicted)),
		X:      chart.Axis{Label: "Weeks since the first order of all", Whole: true},
		Y:      y,
		Curves: curves,
		Marks:  []chart.Mark{{Point: chart.Point{X: seen, Y: heightAt(curves[1].Points, seen)}, Label: "the model saw\nonly the time\nbefore this"}},
	}.SVG()
	return &figure{
		Title: "Expected and actual orders, week by week",
		Note: fmt.Sprintf("All repeat orders of the %s %s known on %s. The expected curve does not look at anyone’s history; the sum above does, so that the two differ.",
			count(h.Customers), plural(h.Customers, "customer"), longDate(a.clvSection().HoldOut.Until)),
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// weekCurves are what happened and what was expected. The last week ends when
// the check does.
func weekCurves(weeks []clv.WeekCheck, last float64) []chart.Curve {
	curves := []chart.Curve{{Name: "actual", Points: []chart.Point{{}}}, {Name: "expected", Points: []chart.Point{{}}}}
	for _, w := range weeks {
		for i, y := range []float64{w.Actual, w.Predicted} {
			curves[i].Points = append(curves[i].Points, chart.Point{X: min(float64(w.Week), last), Y: y})
		}
	}
	return curves
}

// weeksSeen returns when the model's time ends and when the check's does, in
// weeks since the first order of all.
func (a *analysis) weeksSeen() (seen, all float64) {
	days := a.worth.fit.Unit.Days()
	for _, c := range a.worth.customers {
		all = max(all, c.Age)
	}
	return ((all-a.worth.holdOut.Time)*days + 1) / 7, (all*days + 1) / 7
}

// heightAt returns how high a curve of straight lines is.
func heightAt(points []chart.Point, x float64) float64 {
	for i, p := range points {
		if p.X >= x && i > 0 {
			before := points[i-1]
			return before.Y + (p.Y-before.Y)*(x-before.X)/(p.X-before.X)
		}
	}
	return points[len(points)-1].Y
}

// modelInWords says which model it is, and how far to trust it.
func (a *analysis) modelInWords(doc clvSection) string {
	trust := "The orders tell every parameter."
	switch a.worth.fit.Verdict.Kind {
	case clv.Boundary:
		trust = "The orders pull some parameters to a limit, so take what it says for a rough guide."
	case clv.Flat:
		trust = "There are too few orders to tell every parameter, so take what it says for a rough guide."
	}
	return fmt.Sprintf("The model %s of %s %s counts days with an order, in %ss. Verdict: %s. %s", doc.Model,
		count(int(a.worth.fit.Customers)), plural(int(a.worth.fit.Customers), "customer"), doc.Unit, doc.Verdict, trust)
}

// caveat says what the model takes for granted and is not so; "" if all is.
func (a *analysis) caveat() string {
	if s := a.worth.spend; s != nil && s.Correlation != nil && math.Abs(*s.Correlation) >= 0.3 {
		return fmt.Sprintf("Who orders more often also spends otherwise an order (correlation %s). The model takes the two for independent, so that its values are biased.", two(s.Correlation))
	}
	return ""
}

// paramsTable lists the parameters of both models.
func (a *analysis) paramsTable() grid {
	w := &a.worth
	t := grid{
		Caption: "Log-likelihood " + chart.Number(math.Round(10*w.fit.LogLikelihood)/10),
		Head:    []string{"Parameter", "Value", "Standard error"},
	}
	add := func(estimates []clv.Estimate) {
		for _, e := range estimates {
			se := "not told"
			if e.Known {
				se = figures(e.SE)
			}
			t.Rows = append(t.Rows, []string{e.Name, figures(e.Value), se})
			t.Notes = append(t.Notes, paramInWords(e.Name))
		}
	}
	add(w.fit.Estimates)
	if w.spend != nil {
		add(w.spend.Estimates)
		t.Caption += fmt.Sprintf("; of what they spend, by the model Gamma-Gamma (%s), %s", w.spend.Verdict, chart.Number(math.Round(10*w.spend.LogLikelihood)/10))
	}
	return t
}

// figures writes a number with four significant figures.
func figures(v float64) string {
	if v >= 1000 && v < 1e12 {
		return rounded(v)
	}
	return strings.Replace(strconv.FormatFloat(v, 'g', 4, 64), "e-", "e−", 1)
}

func paramInWords(name string) string {
	switch name {
	case "r":
		return "how alike customers are in how often they order"
	case "alpha":
		return "with r, how often: r / alpha"
	case "a":
		return "with b, who leaves after an order: a / (a + b)"
	case "b":
		return "how alike customers are in that, with a"
	case "p":
		return "how alike the amounts of one customer are"
	case "q":
		return "how alike customers are in what they spend"
	case "v":
		return "with p and q, how much: p · v / (q − 1)"
	}
	return ""
}
