package main

import (
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
)

func (a *analysis) referralFacts(s *referralSection) []fact {
	r := s.Report
	facts := []fact{{Name: "Invitations that were taken", Value: count(int(r.Claims.Accepted)), Note: counted(int(r.Claims.Refused()), "claim") + " refused"}}
	if f := r.Factor; f.K != nil {
		note := counted(int(f.Mature), "customer") + " whose cycle is over"
		if f.K.Interval != nil {
			note = fmt.Sprintf("from %.3f to %.3f, of %s", f.K.Interval.Low, f.K.Interval.High, note)
		}
		facts = append(facts, fact{Name: "K, brought by each customer in a cycle", Value: fmt.Sprintf("%.3f", f.K.Value), Note: note})
	}
	if t := r.Factor.CycleTime; t != nil {
		facts = append(facts, fact{Name: "From joining to bringing somebody", Value: fmt.Sprintf("%.0f days", t.Median.Hours()/24), Note: "the median of those who do within a cycle"})
	}
	value := fact{Name: "Paid by those who were referred", Value: a.amount(r.Value.Referred.String())}
	if r.Value.Share != nil {
		value.Note = fmt.Sprintf("%.1f\u00a0%% of all", 100**r.Value.Share)
	}
	return append(facts, value)
}

const advocatesShown = 5

func advocatesTable(s *referralSection) *grid {
	if len(s.Advocates) == 0 {
		return nil
	}
	t := &grid{Head: []string{"Advocate", "Brought", "In all", "They paid", "All paid"}}
	for _, x := range s.Advocates[:min(advocatesShown, len(s.Advocates))] {
		t.Rows = append(t.Rows, []string{
			x.ID, count(int(x.Brought)), count(int(x.Descendants)), grouped(x.Direct.StringFixed(2)), grouped(x.Downstream.StringFixed(2)),
		})
	}
	return t
}

func gradesTable(s *scorecardSection) *grid {
	if s.Evaluation == nil {
		return nil
	}
	t := &grid{Head: []string{"Grade", "Held back", "Foreseen", "Came", "Now"}}
	for _, c := range s.Evaluation.Calibration {
		expected, came := "none", "none"
		if c.Expected != nil {
			expected = unbroken(c.Expected)
		}
		if c.Observed != nil {
			came = unbroken(&c.Observed.Value)
		}
		t.Rows = append(t.Rows, []string{c.Grade, count(int(c.Cases)), expected, came, count(s.Grades[c.Grade])})
	}
	return t
}

func cardTable(s *scorecardSection) *grid {
	if s.Card == nil {
		return nil
	}
	t := &grid{Head: []string{"What is looked at", "IV", "Points"}}
	for _, c := range s.Card.Characteristics {
		low, high := 0, 0
		for i, b := range c.Bins {
			if i == 0 || b.Points < low {
				low = b.Points
			}
			if i == 0 || b.Points > high {
				high = b.Points
			}
		}
		name := c.Feature.Name
		if name == "" {
			name = c.Feature.Attribute
		}
		t.Rows = append(t.Rows, []string{name, fmt.Sprintf("%.2f", c.IV), fmt.Sprintf("%d to %d", low, high)})
	}
	return t
}

// watchFigure draws the watched metric that has signalled, or the first one.
func watchFigure(s *watchSection) (*figure, error) {
	if s == nil || len(s.Readings) == 0 {
		return nil, nil
	}
	r := s.Readings[0]
	for _, other := range s.Readings {
		if len(r.Signals) == 0 && len(other.Signals) > 0 {
			r = other
		}
	}
	seen, expected := chart.Curve{Name: "seen"}, chart.Curve{Name: "expected", Quiet: true}
	numbers := grid{Caption: r.Metric + " by day", Head: []string{"Day", "Seen", "Expected", "Deviation"}}
	var marks []chart.Mark
	for i, d := range r.Days {
		x := float64(i + 1)
		expected.Points = append(expected.Points, chart.Point{X: x, Y: d.Expected})
		value := "unknown"
		if d.Value != nil {
			value = fmt.Sprintf("%.3g", *d.Value)
			seen.Points = append(seen.Points, chart.Point{X: x, Y: *d.Value})
			if len(r.Signals) > 0 && d.Day == r.Signals[0].Day {
				marks = append(marks, chart.Mark{Point: chart.Point{X: x, Y: *d.Value}, Label: "alarm"})
			}
		}
		numbers.Rows = append(numbers.Rows, []string{d.Day, value, fmt.Sprintf("%.3g", d.Expected), minus(fmt.Sprintf("%+.1f", d.Deviation))})
	}
	if len(seen.Points) < 2 {
		return nil, nil
	}
	lines := chart.Lines{
		X: chart.Axis{Label: "Days since " + longDate(s.From), Whole: true}, Y: chart.Axis{Label: sentenceCase(r.Metric)},
		Curves: []chart.Curve{seen, expected}, Marks: marks,
		Alt: fmt.Sprintf("Curves of %s by day beside what the same weekdays had before. %s", r.Metric, watchInWords(s)),
	}
	svg, err := lines.SVG()
	return &figure{
		Title: "What has left its course",
		Note: fmt.Sprintf("Each day beside the same weekday of the eight weeks before. By chance alone a signal comes once in %s days; a shift of one standard deviation is seen after %.1f days.%s",
			grouped(fmt.Sprintf("%.0f", s.FalseAlarm)), s.Seen, becauseOf(s)),
		SVG: svg, Numbers: numbers,
	}, err
}

func becauseOf(s *watchSection) string {
	var b strings.Builder
	for _, p := range s.Proposals {
		fmt.Fprintf(&b, " %s.", sentenceCase(typeset(p.Because())))
	}
	return b.String()
}

// skippedReport ends the page with what was not looked at.
func (a *analysis) skippedReport() (section, error) {
	list := a.skipped()
	if len(list) == 0 {
		return section{}, nil
	}
	t := grid{Head: []string{"Not looked at", "What would unlock it"}, Prose: true}
	for _, s := range list {
		t.Rows = append(t.Rows, []string{s.Section, s.Unlock})
	}
	return section{ID: "skipped", Title: "What was not looked at", Data: t}, nil
}
