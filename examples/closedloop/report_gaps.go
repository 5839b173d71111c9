package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/lifecycle"
)

// gapsFigure shows how long customers take to order again: those still away
// count as away for as long as they have been so far. It is nil if nobody has
// been watched for a day.
func gapsFigure(fitted lifecycle.Fitted) (*figure, error) {
	lines := chart.Lines{
		Y: chart.Axis{Label: "Share who have not ordered again", Max: 1, Ticks: []float64{0, 0.25, 0.5, 0.75, 1}, Format: chart.Percent},
	}
	classes := watched(fitted)
	if len(classes) == 0 {
		return nil, nil
	}
	numbers := grid{Caption: "Share who have not ordered again, after the first order and after later ones", Head: []string{"Days since the order"}}
	for _, c := range classes {
		steps := c.Curve.Steps
		lines.X.Max = max(lines.X.Max, steps[len(steps)-1].Time)
		lines.Curves = append(lines.Curves, chart.Curve{Name: className(c), Step: true, Points: survivalPoints(steps)})
		numbers.Head = append(numbers.Head, className(c))
	}
	lines.X.Label, lines.X.Ticks = "Days since the order", dayTicks(lines.X.Max)
	half := []string{"half are back after"}
	for _, days := range []float64{7, 14, 30, 60, 90, 180, 365, 730, 1461} {
		if days > lines.X.Max {
			break
		}
		row := []string{chart.Number(days)}
		for _, c := range classes {
			row = append(row, shareAway(c, days))
		}
		numbers.Rows = append(numbers.Rows, row)
	}
	for _, c := range classes {
		half = append(half, medianInWords(c))
	}
	numbers.Rows = append(numbers.Rows, half)
	lines.Alt = "Falling curves of who have not ordered again. " + gapsInWords(fitted)
	svg, err := lines.SVG()
	return &figure{
		Title:   "How long until the next order",
		Note:    "After each order the curve falls with those who come back. Those still away count as long as they were watched.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// watched are the classes in which somebody was watched after an order.
func watched(fitted lifecycle.Fitted) []lifecycle.FittedClass {
	return slices.DeleteFunc(slices.Clone(fitted.Classes), func(c lifecycle.FittedClass) bool { return len(c.Curve.Steps) == 0 })
}

func className(c lifecycle.FittedClass) string {
	if c.MinEvents == 1 {
		return "first order"
	}
	return "later orders"
}

// survivalPoints are where the curve falls, and its two ends.
func survivalPoints(steps []lifecycle.CurvePoint) []chart.Point {
	points := []chart.Point{{X: 0, Y: 1}}
	for i, s := range steps {
		if s.Events > 0 || i == len(steps)-1 {
			points = append(points, chart.Point{X: s.Time, Y: s.Survival})
		}
	}
	return points
}

// dayTicks are at most eight, at usual spans.
func dayTicks(last float64) []float64 {
	step := 1.0
	for _, usual := range []float64{7, 30, 90, 180, 360, 1800, 3600, 36_000} {
		if last/step > 7 {
			step = usual
		}
	}
	var ticks []float64
	for day := 0.0; day <= last; day += step {
		ticks = append(ticks, day)
	}
	return ticks
}

// shareAway is not known for longer than anybody was watched.
func shareAway(c lifecycle.FittedClass, days float64) string {
	if last := c.Curve.Steps[len(c.Curve.Steps)-1]; days > last.Time && last.Survival > 0 {
		return "not known"
	}
	share := c.Curve.At(days)
	return unbroken(&share)
}

func medianInWords(c lifecycle.FittedClass) string {
	if m := c.Curve.Median(); m.Reached {
		return inDays(m.Time)
	}
	return "not reached"
}

func inDays(days float64) string { return chart.Number(days) + "\u00a0" + plural(int(days), "day") }

// gapsInWords says when half are back, and after which silence few come.
func gapsInWords(fitted lifecycle.Fitted) string {
	var sentences []string
	for _, c := range watched(fitted) {
		after := "a first order"
		if c.MinEvents > 1 {
			after = "a later one"
		}
		if m := c.Curve.Median(); m.Reached {
			sentence := fmt.Sprintf("After %s, half are back within %s", after, inDays(m.Time))
			if c.Silent.Reached {
				sentence += fmt.Sprintf(", %s within %s", chart.Percent(c.Silent.Share), inDays(float64(c.Silent.Days)))
			}
			sentences = append(sentences, sentence+".")
		} else {
			sentences = append(sentences, fmt.Sprintf("After %s, fewer than half have been seen to come back: the median is not reached.", after))
		}
	}
	return strings.Join(sentences, " ")
}
