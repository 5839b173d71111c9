package strategy_test

import (
	"math"
	"testing"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// Sizes at level 0.05 and power 0.8, worked out with Python's statistics from the
// formula: (1.959964+0.841621)² is 7.848880. Evan Miller's calculator says 14,751
// an arm for 10% against 11% by a test that pools the rates; not pooling takes
// 14,748.05.
func TestNeeded(t *testing.T) {
	rate := func(baseline, target float64) strategy.Objective {
		return strategy.Objective{Baseline: baseline, Target: target}
	}
	tests := []struct {
		name      string
		objective strategy.Objective
		share     float64
		want      int64
	}{
		{"10% against 11%, half held out", rate(0.10, 0.11), 0.5, 29497},
		{"5% against 5.5%, half held out", rate(0.05, 0.055), 0.5, 62462},
		{"5% against 5.5%, a tenth held out", rate(0.05, 0.055), 0.1, 167260},
		{"5% against 5.5%, a twentieth held out", rate(0.05, 0.055), 0.05, 315435},
		{"5% against 5.5%, a hundredth held out", rate(0.05, 0.055), 0.01, 1507770},
		{"a mean, half held out", strategy.Objective{Baseline: 30, Target: 33, Deviation: 25}, 0.5, 2181},
		{"a mean that falls", strategy.Objective{Baseline: 33, Target: 30, Deviation: 25}, 0.5, 2181},
		{"a mean, a tenth held out", strategy.Objective{Baseline: 30, Target: 33, Deviation: 25}, 0.1, 6057},
		{"nobody held out", rate(0.10, 0.11), 0, 0},
		{"all held out", rate(0.10, 0.11), 1, 0},
		{"no change", rate(0.10, 0.10), 0.5, 0},
		{"NaN", rate(math.NaN(), 0.10), 0.5, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.objective.Needed(test.share)
			if got != test.want || ok != (test.want > 0) {
				t.Errorf("%d, %v; want %d", got, ok, test.want)
			}
		})
	}
}

// smart returns a playbook with objectives that are in order.
func smart() strategy.Playbook {
	sell := strategy.Objective{
		Name: "sell", Metric: "order rate", Baseline: 0.05, Target: 0.06, Customers: 60_000,
		Start: at("2027-01-01T00:00:00Z"), Deadline: at("2027-07-01T00:00:00Z"), Window: regulars.Days(30),
	}
	rise := sell
	rise.Name, rise.Metric, rise.Parent, rise.Migration = "rise", "", "sell", &strategy.Migration{From: "layer=waist", To: "layer=core"}
	gift := operation("gift", 1, strategy.Audience{})
	gift.Objective = "rise"
	return strategy.Playbook{
		NorthStar: "revenue",
		Metrics: []strategy.Metric{
			{Name: "revenue", Product: []string{"customers", "order rate", "order value"}},
			{Name: "customers"},
			{Name: "order rate", Rate: true},
			{Name: "order value"},
		},
		Objectives: []strategy.Objective{sell, rise},
		Holdouts:   []strategy.Holdout{{Name: "all", Salt: "2027", Share: 100_000}},
		Operations: []strategy.Operation{gift},
	}
}

func TestObjectiveIsSmart(t *testing.T) {
	sell := func(change func(*strategy.Objective)) func(*strategy.Playbook) {
		return func(p *strategy.Playbook) { change(&p.Objectives[0]) }
	}
	rise := func(change func(*strategy.Objective)) func(*strategy.Playbook) {
		return func(p *strategy.Playbook) { change(&p.Objectives[1]) }
	}
	tests := []struct {
		name   string
		change func(*strategy.Playbook)
		want   string
	}{
		{"as it is", func(*strategy.Playbook) {}, ""},
		{"specific: a metric or a migration", sell(func(o *strategy.Objective) { o.Metric = "" }), "objectives[0].metric: want either metric or migration"},
		{"specific: not both", rise(func(o *strategy.Objective) { o.Metric = "order rate" }), "objectives[1].metric: want either metric or migration"},
		{"measurable", sell(func(o *strategy.Objective) { o.Metric = "clicks" }), `objectives[0].metric: "clicks" is no metric of the playbook`},
		{"measurable: a label", rise(func(o *strategy.Objective) { o.Migration.To = "core" }), `objectives[1].migration.to: "core": want key=value`},
		{"measurable: a move", rise(func(o *strategy.Objective) { o.Migration.To = o.Migration.From }), `objectives[1].migration.to: "layer=waist" is from`},
		{"measurable: a change", sell(func(o *strategy.Objective) { o.Target = o.Baseline }), "objectives[0].target: 0.05 is baseline: nothing is to change"},
		{"measurable: a rate", sell(func(o *strategy.Objective) { o.Target = 6 }), "objectives[0].target: 6: want a rate from 0 to 1"},
		{"measurable: NaN", sell(func(o *strategy.Objective) { o.Baseline = math.NaN() }), "objectives[0].baseline: is NaN: want a finite number"},
		{"measurable: a rate has no deviation", sell(func(o *strategy.Objective) { o.Deviation = 1 }), "objectives[0].deviation: 1 beside a rate"},
		{"measurable: a mean has one", sell(func(o *strategy.Objective) { o.Metric, o.Baseline, o.Target = "order value", 30, 33 }), "objectives[0].deviation: 0: want the standard deviation"},
		{"achievable", sell(func(o *strategy.Objective) { o.Customers = 20_000 }), "objectives[0].customers: 20000 can't show 0.06 against 0.05 with 10% of them held out: want 42201"},
		{"achievable: just enough", sell(func(o *strategy.Objective) { o.Customers = 42_201 }), ""},
		{"achievable: one too few", sell(func(o *strategy.Objective) { o.Customers = 42_200 }), "want 42201"},
		{"achievable: not known", sell(func(o *strategy.Objective) { o.Customers = 0 }), ""},
		{"achievable: not to be shown without a holdout", func(p *strategy.Playbook) { p.Holdouts, p.Objectives[0].Customers = nil, 1 }, ""},
		{"achievable: negative", sell(func(o *strategy.Objective) { o.Customers = -1 }), "objectives[0].customers: -1: want 0 or more"},
		{"relevant: a migration serves another", rise(func(o *strategy.Objective) { o.Parent = "" }), "objectives[1].parent: missing: want the objective that the migration serves"},
		{"relevant: no such parent", rise(func(o *strategy.Objective) { o.Parent = "grow" }), `objectives[1].parent: "grow" is no objective of the playbook`},
		{"relevant: a circle", sell(func(o *strategy.Objective) { o.Parent = "rise" }), `objectives[0].parent: "rise" comes back to "sell"`},
		{"bound in time", sell(func(o *strategy.Objective) { o.Deadline = o.Start }), "objectives[0].deadline: 2027-01-01T00:00:00Z is not after start"},
		{"bound in time: room for the window", sell(func(o *strategy.Objective) { o.Deadline = at("2027-01-31T00:00:00Z") }), "objectives[0].deadline: 2027-01-31T00:00:00Z leaves no time for a window of 30d"},
		{"bound in time: a microsecond of room", sell(func(o *strategy.Objective) { o.Deadline = at("2027-01-31T00:00:00.000001Z") }), ""},
		{"bound in time: no start", sell(func(o *strategy.Objective) { o.Start = epoch.AddDate(-3000, 0, 0) }), "objectives[0].start: is in the year -974"},
		{"bound in time: no window", sell(func(o *strategy.Objective) { o.Window = regulars.Span{} }), "objectives[0].window: missing"},
		{"unknown label of the population", sell(func(o *strategy.Objective) { o.Population.AllOf = []string{"x"} }), `objectives[0].population.allOf[0]: "x": want key=value`},
		{"an operation for another objective", func(p *strategy.Playbook) { p.Operations[0].Objective = "an order" }, `operations[0].objective: "an order" is no objective of the playbook`},
		{"two of a name", rise(func(o *strategy.Objective) { o.Name = "sell" }), `objectives[1].name: "sell" is the name of objectives[0] already`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := smart()
			test.change(&p)
			expect(t, p.Validate(), test.want)
		})
	}
}
