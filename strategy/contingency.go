package strategy

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Plan is what to do when something goes wrong (风险预案): what is watched, and
// what a signal leads to. It is data, apart from the playbook that it is for.
type Plan struct {
	Watches       []Watch       `json:"watches,omitempty"`
	Contingencies []Contingency `json:"contingencies,omitempty"`
}

// Contingency is what a signal of a watch leads to. It only proposes, unless Act
// says otherwise.
type Contingency struct {
	// Watch is the name of the watch.
	Watch string `json:"watch"`
	// Side is the side on which it answers. Defaults to both, as [Either] does.
	Side Side `json:"side,omitempty"`
	Do   Step `json:"do"`
	// Operation is what is paused, or swapped.
	Operation string `json:"operation,omitempty"`
	// With is the operation that takes its place, for [Swap]: one that stands
	// ready in the playbook, stopped.
	With string `json:"with,omitempty"`
	// Budget is what is cut, and Keep the share of its limit that remains, above 0
	// and below 1, for [Cut].
	Budget string `json:"budget,omitempty"`
	Keep   Micros `json:"keep,omitzero"`
	// Act lets it be done at once. By default it is a proposal, for people to
	// accept.
	Act bool `json:"act,omitempty"`
}

// Step is what is done.
type Step string

const (
	// Pause stops an operation.
	Pause Step = "pause"
	// Swap stops an operation, and lets another run.
	Swap Step = "swap"
	// Cut lowers the limit of a budget.
	Cut Step = "cut"
)

// ParsePlan reads a plan from JSON and validates it for a playbook. The document
// is read strictly: an unknown or repeated key and trailing data are faults. The
// error is [regulars.Faults].
func ParsePlan(data []byte, p Playbook) (Plan, error) {
	var plan Plan
	if err := config.Decode(data, &plan); err != nil {
		return Plan{}, err
	}
	if err := plan.Validate(p); err != nil {
		return Plan{}, err
	}
	return plan, nil
}

// Validate returns all faults of a plan for a playbook as [regulars.Faults]: a
// watch that is not valid, two of one name, a metric that the playbook does not
// list though it lists some, a contingency of no watch or on a side on which the
// watch is blind, a step that there is not, operations and budgets that the
// playbook lacks (the fallback is none of its operations), a swap of an operation
// for itself, and a share out of range.
func (plan Plan) Validate(p Playbook) error {
	var f regulars.Faults
	unique(&f, "watches", plan.Watches, func(w *Watch) string { return w.Name })
	for i, w := range plan.Watches {
		path := at("watches", i)
		for _, fault := range w.faults() {
			if fault.Path != "name" { // unique has looked
				f.Under(path, regulars.Faults{fault})
			}
		}
		if len(p.Metrics) > 0 && !slices.ContainsFunc(p.Metrics, func(m Metric) bool { return m.Name == w.Metric }) {
			f.Add(path+".metric", "%q is no metric of the playbook", w.Metric)
		}
	}
	if n := len(plan.Contingencies); n > MaxParts {
		f.Add("contingencies", "has %d: want at most %d", n, MaxParts)
	}
	for i, c := range plan.Contingencies {
		f.Under(at("contingencies", i), c.faults(plan, p))
	}
	return f.Err()
}

func (c Contingency) faults(plan Plan, p Playbook) (f regulars.Faults) {
	i := slices.IndexFunc(plan.Watches, func(w Watch) bool { return w.Name == c.Watch })
	switch {
	case i < 0:
		f.Add("watch", "%q is no watch of the plan", c.Watch)
	case !slices.Contains([]Side{"", Falls, Rises, Either}, c.Side):
		f.Add("side", "%q: want %q, %q or %q", c.Side, Falls, Rises, Either)
	case c.blind(plan.Watches[i]):
		f.Add("side", "watch %q does not look to that side", c.Watch)
	}
	operation := func(path, name string) {
		if !slices.ContainsFunc(p.Operations, func(o Operation) bool { return o.Name == name }) {
			f.Add(path, "%q is no operation of the playbook", name)
		}
	}
	none := func(path string, given bool) {
		if given {
			f.Add(path, "has no place beside %q", c.Do)
		}
	}
	switch c.Do {
	case Pause, Swap:
		operation("operation", c.Operation)
		none("budget", c.Budget != "")
		none("keep", c.Keep != 0)
		if c.Do == Pause {
			none("with", c.With != "")
			break
		}
		operation("with", c.With)
		if c.With == c.Operation {
			f.Add("with", "%q is operation", c.With)
		}
	case Cut:
		none("operation", c.Operation != "")
		none("with", c.With != "")
		if !slices.ContainsFunc(p.Budgets, func(b Budget) bool { return b.Name == c.Budget }) {
			f.Add("budget", "%q is no budget of the playbook", c.Budget)
		}
		if c.Keep <= 0 || c.Keep >= One {
			f.Add("keep", "%v: want more than 0 and less than 1", c.Keep)
		}
	default:
		f.Add("do", "%q: want %q, %q or %q", c.Do, Pause, Swap, Cut)
	}
	return f
}

// blind reports whether a watch never signals on the side of c.
func (c Contingency) blind(w Watch) bool {
	mine, seen := c.Side, w.completed().Side
	return mine != "" && mine != Either && seen != Either && mine != seen
}

// answers reports whether a signal leads to c.
func (c Contingency) answers(s Signal) bool {
	return c.Watch == s.Watch && (c.Side == "" || c.Side == Either || c.Side == s.Side)
}

// String returns such as `pause "newcomer coupon"`.
func (c Contingency) String() string {
	switch c.Do {
	case Pause:
		return fmt.Sprintf("pause %q", c.Operation)
	case Swap:
		return fmt.Sprintf("swap %q for %q", c.Operation, c.With)
	case Cut:
		return fmt.Sprintf("cut budget %q to %v of it", c.Budget, c.Keep)
	}
	return string(c.Do)
}
