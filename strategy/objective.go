package strategy

import (
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/stats"
)

// Objective is what operations are for: specific, measurable, achievable,
// relevant and bound in time, each of which [Playbook.Validate] checks.
type Objective struct {
	// Name is what operations call it.
	Name string `json:"name"`
	// Step is the step of the user journey that it is about, in words.
	Step string `json:"step,omitempty"`
	// Metric is the name of the metric that it is to move. Either it or
	// Migration is given.
	Metric string `json:"metric,omitempty"`
	// Migration is a move between labels that is to happen more often.
	Migration *Migration `json:"migration,omitempty"`
	// Population says who is meant. It may be left out for a migration, whose
	// population is who has From. For a metric none means everybody: leave it out
	// only where the operations are for everybody, each or together. Otherwise
	// [Policy.Preflight] counts customers whom nothing can move.
	Population Audience `json:"population,omitzero"`
	// Customers is how many of the population are expected between Start and
	// Deadline. Zero means not known; then only [Policy.Preflight] can tell
	// whether the objective can be shown. The check asks for a holdout of all
	// marketing or of the objective: without, or with holdouts of operations
	// only, any number is accepted, and nothing shows the objective.
	Customers int64 `json:"customers,omitempty"`
	// Baseline and Target are the metric as it is and as it is to be: shares
	// from 0 to 1 for a migration and for a metric that is a rate, and otherwise
	// means per customer.
	Baseline float64 `json:"baseline"`
	Target   float64 `json:"target"`
	// Deviation is the standard deviation of a mean over customers. It is needed
	// there, and has no place beside a rate.
	Deviation float64 `json:"deviation,omitzero"`
	// Start and Deadline bound the time in which it counts: Start, included, to
	// Deadline, excluded.
	Start    time.Time `json:"start"`
	Deadline time.Time `json:"deadline"`
	// Window is how long after an exposure an outcome counts. Between Start and
	// Deadline there is room for more than one.
	Window regulars.Span `json:"window"`
	// Parent is the objective that this one serves. A migration has one; any other
	// may do without, as its metric is part of the tree under the north star.
	Parent string `json:"parent,omitempty"`
}

// Migration is a move from one label to another, such as from "layer=waist" to
// "layer=core".
type Migration struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// The test that an objective must be able to pass, which is two-sided.
const (
	// TestLevel is the probability of a false alarm.
	TestLevel = 0.05
	// TestPower is the probability of finding a target that was reached.
	TestPower = 0.8
)

// Needed returns how many customers it takes, those held out included, to tell
// Target from Baseline by a two-sided test of level [TestLevel] with probability
// [TestPower], if a share of the customers is held out:
//
//	n = (z_alpha/2 + z_power)² · (v_held/share + v_served/(1-share)) / (Target-Baseline)²
//
// rounded up, where a variance v is rate·(1-rate), of Baseline for those held out
// and of Target for those served, or Deviation² for both. That is the form of
// most calculators, which does not pool the rates. ok is false for an objective
// that is not valid, and for a share not between 0 and 1.
func (o Objective) Needed(share float64) (customers int64, ok bool) {
	if !(share > 0 && share < 1) {
		return 0, false
	}
	n := 0.0
	if o.Deviation > 0 {
		least, found := o.smallest(share, 1-share) // for one customer; it falls with the root of their number
		ratio := least / (o.Target - o.Baseline)
		n, ok = ratio*ratio, found
	} else {
		n, ok = stats.TwoRates{A: o.Baseline, B: o.Target, Alpha: TestLevel}.SizeUnpooled(TestPower, share)
	}
	if !ok || !(n < 1<<53) {
		return 0, false
	}
	return int64(math.Ceil(n)), true
}

// smallest returns the least difference to the baseline that the test finds, with
// probability [TestPower], between so many customers.
func (o *Objective) smallest(control, treated float64) (effect float64, ok bool) {
	if o.Deviation == 0 {
		return stats.SmallestEffect(o.Baseline, control, treated, TestLevel, TestPower)
	}
	if control <= 0 || treated <= 0 {
		return 0, false
	}
	z := stats.NormalZ(1-TestLevel) + stats.NormalQuantile(TestPower)
	return z * o.Deviation * math.Sqrt(1/control+1/treated), true
}

// rate reports whether the objective is about a share of customers.
func (o *Objective) rate(p *Playbook) bool {
	if o.Migration != nil {
		return true
	}
	i := slices.IndexFunc(p.Metrics, func(m Metric) bool { return m.Name == o.Metric })
	return i >= 0 && p.Metrics[i].Rate
}

// audience returns who is meant.
func (o *Objective) audience() Audience {
	a := o.Population
	if o.Migration != nil && !slices.Contains(a.AllOf, o.Migration.From) {
		a.AllOf = append(slices.Clone(a.AllOf), o.Migration.From)
	}
	return a
}

func (o Objective) faults(c *checker) (f regulars.Faults) {
	if o.Step != "" {
		nameFaults(&f, "step", o.Step)
	}
	o.measurable(c, &f)
	f.Under("population", o.Population.faults(c))
	if o.Customers < 0 {
		f.Add("customers", "%d: want 0 or more", o.Customers)
	}
	o.timely(&f)
	o.relevant(c, &f)
	if len(f) == 0 {
		o.achievable(c, &f)
	}
	return f
}

// measurable adds faults of the metric or migration, and of its figures.
func (o *Objective) measurable(c *checker, f *regulars.Faults) {
	switch {
	case (o.Metric == "") == (o.Migration == nil):
		f.Add("metric", "want either metric or migration")
	case o.Migration != nil:
		c.label(f, "migration.from", o.Migration.From)
		c.label(f, "migration.to", o.Migration.To)
		if o.Migration.From == o.Migration.To {
			f.Add("migration.to", "%q is from", o.Migration.To)
		}
	default:
		c.known(f, "metric", "metric", o.Metric, c.metrics)
	}
	baseline, target := finite(f, "baseline", o.Baseline), finite(f, "target", o.Target)
	if !baseline || !target || !finite(f, "deviation", o.Deviation) {
		return
	}
	if o.Baseline == o.Target {
		f.Add("target", "%v is baseline: nothing is to change", o.Target)
	}
	if !o.rate(c.playbook) {
		if o.Deviation <= 0 {
			f.Add("deviation", "%v: want the standard deviation over customers, above 0, as the metric is no rate", o.Deviation)
		}
		return
	}
	for _, figure := range []struct {
		path string
		x    float64
	}{{"baseline", o.Baseline}, {"target", o.Target}} {
		if figure.x < 0 || figure.x > 1 {
			f.Add(figure.path, "%v: want a rate from 0 to 1", figure.x)
		}
	}
	if o.Deviation != 0 {
		f.Add("deviation", "%v beside a rate, which needs none", o.Deviation)
	}
}

// timely adds faults of the dates.
func (o *Objective) timely(f *regulars.Faults) {
	before := len(*f)
	*f = append(*f, yearFaults("start", o.Start)...)
	*f = append(*f, yearFaults("deadline", o.Deadline)...)
	if o.Start.IsZero() {
		f.Add("start", "missing")
	}
	if o.Deadline.IsZero() {
		f.Add("deadline", "missing")
	}
	if o.Window.IsZero() {
		f.Add("window", "missing: want how long after an exposure an outcome counts")
	}
	if len(*f) > before {
		return
	}
	start, deadline := moment(o.Start), moment(o.Deadline)
	switch {
	case !deadline.After(start):
		f.Add("deadline", "%s is not after start, %s", stamp(deadline), stamp(start))
	case !deadline.After(o.Window.After(start, nil)):
		f.Add("deadline", "%s leaves no time for a window of %v after start, %s", stamp(deadline), o.Window, stamp(start))
	}
}

// relevant adds a fault unless the objective serves another, and in the end a
// metric.
func (o *Objective) relevant(c *checker, f *regulars.Faults) {
	if o.Parent == "" {
		if o.Migration != nil {
			f.Add("parent", "missing: want the objective that the migration serves")
		}
		return
	}
	seen := []string{o.Name}
	for name := o.Parent; name != ""; {
		i := slices.Index(c.objectives, name)
		switch {
		case i < 0:
			if name == o.Parent { // else it is a fault of the one that names it
				f.Add("parent", "%q is no objective of the playbook", name)
			}
			return
		case slices.Contains(seen, name):
			if name == o.Name {
				f.Add("parent", "%q comes back to %q", o.Parent, o.Name)
			}
			return
		}
		seen, name = append(seen, name), c.playbook.Objectives[i].Parent
	}
}

// achievable adds a fault if the customers are too few to show the target.
func (o *Objective) achievable(c *checker, f *regulars.Faults) {
	share := c.playbook.controlShare(o.Name)
	if o.Customers == 0 || share == 0 {
		return
	}
	needed, ok := o.Needed(share)
	switch {
	case !ok:
		f.Add("target", "%v can't be told from %v by any number of customers", o.Target, o.Baseline)
	case needed > o.Customers:
		f.Add("customers", "%d can't show %v against %v with %v%% of them held out: want %d", o.Customers, o.Target, o.Baseline, math.Round(share*1e6)/1e4, needed)
	}
}
