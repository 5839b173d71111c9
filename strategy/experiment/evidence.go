package experiment

import "github.com/regulars-go/regulars/strategy"

// Evidence is what is known of one operation at a review.
type Evidence struct {
	Operation string `json:"operation"`
	// Effect is what it changed per customer, as of [Attribution.Lift]. Who reviews
	// the same customers often takes [Sequential.Effect] of it.
	Effect Effect `json:"effect"`
	SRM    SRM    `json:"srm"`
	// Worth is what one unit of the effect is worth, such as the margin of an
	// order, and Spend what the treated customers cost in all, both in one
	// unit. Without a Worth the operation is judged by its effect alone.
	Worth strategy.Micros `json:"worth,omitzero"`
	Spend strategy.Micros `json:"spend,omitzero"`
}

// Net returns what the operation brings per treated customer after its cost:
// the difference times Worth, less Spend over the treated. ok is false where
// there is no difference.
func (e Evidence) Net() (net Estimate, ok bool) {
	d := e.Effect.Difference
	if d == nil {
		return Estimate{}, false
	}
	worth, cost := e.Worth.Float64(), 0.0
	if e.Worth <= 0 {
		worth = 1
	} else if n := e.Effect.Treated.N; n > 0 {
		cost = e.Spend.Float64() / float64(n)
	}
	return Estimate{float64(d.Value*worth) - cost, float64(d.Low*worth) - cost, float64(d.High*worth) - cost, d.SE * worth}, true
}

// Evidence returns what the log says of every operation of a playbook that was
// at stake, by its name. Spend is by operation; a missing one is 0. What a unit
// is worth is the operation's Value.
func (a *Attribution) Evidence(p strategy.Playbook, spend map[string]strategy.Micros, level float64) []Evidence {
	var list []Evidence
	for _, name := range a.operations() {
		o := operationOf(&p, name)
		if o == nil {
			continue
		}
		l := a.Lift(Question{o.Objective, []string{name}, MetricOf(p, o.Objective)}, level)
		list = append(list, Evidence{name, l.Effect, l.SRM, o.Value, spend[name]})
	}
	return list
}

func operationOf(p *strategy.Playbook, name string) *strategy.Operation {
	for i := range p.Operations {
		if p.Operations[i].Name == name {
			return &p.Operations[i]
		}
	}
	if p.Fallback != nil && p.Fallback.Name == name {
		return p.Fallback
	}
	return nil
}
