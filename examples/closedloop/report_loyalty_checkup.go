package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/loyalty"
)

// leverView is what would help with some findings.
type leverView struct {
	Findings string
	Levers   []loyalty.Lever
}

// Words are the levers for reading: what to change, and what that would do.
func (l leverView) Words() []fact {
	var list []fact
	for _, lever := range l.Levers {
		effect := typeset(lever.Effect)
		if n := int(math.Round(lever.Cost)); n != 0 {
			effect += fmt.Sprintf("; it takes %s a member over two years", counted(n, "point"))
		}
		list = append(list, fact{Name: typeset(lever.Change), Value: effect})
	}
	return list
}

// reachInWords says how long members take to the first reward; empty if that
// could not be simulated.
func reachInWords(r *loyalty.CheckupReport) string {
	if r.Now == nil || r.Reach == nil {
		return ""
	}
	share := func(x float64) string { return unbroken(&x) }
	never := share(r.Now.Never)
	if r.Now.Never == 0 {
		never = "nobody"
	}
	return fmt.Sprintf("Simulated from how customers order: with the cheapest reward at %s points, %s of new members could have it within a month, %s within 13 weeks and %s within a year; %s not even in two years.",
		points(r.Reach.MinCost), share(r.Now.Month), share(r.Now.Quarter), share(r.Now.Year), never)
}

// checkupTable lists the findings, the worst first.
func checkupTable(r *loyalty.CheckupReport) grid {
	t := grid{
		Caption: fmt.Sprintf("%d findings, the worst first, and what each was held against", len(r.Findings)),
		Head:    []string{"What was looked at", "Value", "Verdict"},
	}
	for _, v := range verdicts() {
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Verdict != v {
				continue
			}
			value, note := atLeast(f)+inUnit(f.Value, f.Unit), benchmarkInWords(f)
			if v == loyalty.VerdictNotMeasured {
				value, note = "–", "lacks "+typeset(f.Missing)
			}
			t.Rows = append(t.Rows, []string{string(f.Metric), value, string(v)})
			t.Notes = append(t.Notes, string(f.Cause)+": "+note)
		}
	}
	return t
}

// atLeast leads the time to the first reward if fewer than half have got there
// in all the time that there is.
func atLeast(f *loyalty.Finding) string {
	open := func(in loyalty.Input) bool { return in.Name == "share that has reached it" }
	simulated := func(in loyalty.Input) bool { return in.Name == "members simulated" && f.Value >= simulatedDays }
	if f.Metric == loyalty.MetricFirstReward && (slices.ContainsFunc(f.Inputs, open) || slices.ContainsFunc(f.Inputs, simulated)) {
		return "at least "
	}
	return ""
}

// simulatedDays is how long simulated members are watched.
const simulatedDays = 730

// inUnit writes the value of a finding.
func inUnit(value float64, unit string) string {
	if unit == "share" {
		return unbroken(&value)
	}
	number := chart.Number(math.Round(10*value) / 10)
	if number == "1" && unit != "times" {
		unit = strings.TrimSuffix(unit, "s")
	}
	return number + "\u00a0" + unit
}

func benchmarkInWords(f *loyalty.Finding) string {
	b := f.Benchmark
	good, bad := "from", "below"
	if b.Good < b.Bad || b.Good == b.Bad && b.Good == 0 {
		good, bad = "up to", "above"
	}
	return fmt.Sprintf("good %s %s, bad %s %s", good, inUnit(b.Good, f.Unit), bad, inUnit(b.Bad, f.Unit))
}

// leverViews are what would help, for the findings that are not good. Findings
// that the same would help stand together.
func leverViews(r *loyalty.CheckupReport) []leverView {
	var list []leverView
	for _, v := range verdicts()[:2] {
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Verdict != v || len(f.Levers) == 0 {
				continue
			}
			finding := fmt.Sprintf("%s (%s)", f.Metric, v)
			if same := slices.IndexFunc(list, func(l leverView) bool { return slices.Equal(l.Levers, f.Levers) }); same >= 0 {
				list[same].Findings += ", " + finding
				continue
			}
			list = append(list, leverView{Findings: finding, Levers: f.Levers})
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
