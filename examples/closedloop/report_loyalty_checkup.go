package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/loyalty"
)

// leverView is what would help with a finding.
type leverView struct {
	Metric, Verdict string
	Levers          []loyalty.Lever
}

// reachInWords says how long members take to the first reward; empty if that
// could not be simulated.
func reachInWords(r *loyalty.CheckupReport) string {
	if r.Now == nil || r.Reach == nil {
		return ""
	}
	share := func(x float64) string { return unbroken(&x) }
	return fmt.Sprintf("Simulated from how customers order: with the cheapest reward at %s points, %s of new members could have it within a month, %s within 13 weeks and %s within a year; %s not in two years.",
		points(r.Reach.MinCost), share(r.Now.Month), share(r.Now.Quarter), share(r.Now.Year), share(r.Now.Never))
}

// checkupTable lists the findings, the worst first.
func checkupTable(r *loyalty.CheckupReport) grid {
	t := grid{
		Caption: fmt.Sprintf("%d findings, the worst first", len(r.Findings)),
		Head:    []string{"What was looked at", "Value", "Verdict", "Held against, or what is missing"}, Prose: true,
	}
	for _, v := range verdicts() {
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Verdict != v {
				continue
			}
			value, against := findingValue(f), benchmarkInWords(f)
			if v == loyalty.VerdictNotMeasured {
				value, against = "–", f.Missing
			}
			t.Rows = append(t.Rows, []string{string(f.Metric), value, string(v), against})
			t.Notes = append(t.Notes, string(f.Cause))
		}
	}
	return t
}

func findingValue(f *loyalty.Finding) string { return inUnit(f.Value, f.Unit) }

func inUnit(value float64, unit string) string {
	if unit == "share" {
		return unbroken(&value)
	}
	return chart.Number(float64(int(10*value+0.5))/10) + "\u00a0" + unit
}

func benchmarkInWords(f *loyalty.Finding) string {
	b := f.Benchmark
	good, bad := "from", "below"
	if b.Good < b.Bad || b.Good == b.Bad && b.Good == 0 {
		good, bad = "up to", "above"
	}
	return fmt.Sprintf("good %s %s, bad %s %s", good, inUnit(b.Good, f.Unit), bad, inUnit(b.Bad, f.Unit))
}

// leverViews are what would help, for the findings that are not good.
func leverViews(r *loyalty.CheckupReport) []leverView {
	var list []leverView
	for _, v := range verdicts()[:2] {
		for i := range r.Findings {
			if f := &r.Findings[i]; f.Verdict == v && len(f.Levers) > 0 {
				list = append(list, leverView{Metric: string(f.Metric), Verdict: string(v), Levers: f.Levers})
			}
		}
	}
	return list
}

// namedCount is how often something was.
type namedCount struct {
	name string
	n    int
}

// sortedCounts lists counts, the largest first.
func sortedCounts(counts map[string]int) []namedCount {
	var list []namedCount
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, namedCount{name, counts[name]})
	}
	slices.SortStableFunc(list, func(a, b namedCount) int { return cmp.Compare(b.n, a.n) })
	return list
}
