package clv

import (
	"fmt"
	"slices"
)

// Population is how the customers of a model stand, to compare one with.
type Population struct {
	model  Model
	alive  []float64 // P(alive) of the groups, ascending
	counts []float64 // customers in the groups up to and including this one
	median Typical
}

// Typical are medians over customers, each for itself: there need be no
// customer who has them all.
type Typical struct {
	Alive   float64 `json:"alive"`
	Repeats int     `json:"repeats"`
	Silence float64 `json:"silence"`
	Gap     float64 `json:"gap"`
}

// Explanation says what drives the P(alive) of a customer.
type Explanation struct {
	Alive float64 `json:"alive"` // the same as [Model.Alive]
	// Silence is the time since the last purchase, and Gap the mean time
	// between purchases to expect of someone with this history up to it: the
	// population's habit and the customer's own, (alpha+t_x)/(r+x).
	Silence float64 `json:"silence"`
	Gap     float64 `json:"gap"`
	// IfBought is P(alive) had the last purchase been at the end of
	// observation; who has no repeat is taken to have bought once more. It is
	// below 1 where customers leave after purchases.
	IfBought float64 `json:"ifBought"`
	// Odds are the odds of having left by the occasions to leave alone, before
	// the silence is looked at, and Weight the logarithm of the factor by
	// which the silence multiplies them: Alive is 1/(1 + Odds·e^Weight). Odds
	// are 0 if the customer had no occasion.
	Odds   float64 `json:"odds"`
	Weight float64 `json:"weight"`
	// Driver is what Alive comes from.
	Driver Driver `json:"driver"`
	// Below is the part of the population with a smaller P(alive), counting
	// half of those with the same.
	Below float64 `json:"below"`
	// Typical is the population's median, to compare with.
	Typical Typical `json:"typical"`
}

// Driver is the main reason for a P(alive).
type Driver string

const (
	// NoOccasion means that the model has it that nobody leaves before the first
	// repeat purchase (BG/NBD), or no time has passed since the last (Pareto/NBD).
	NoOccasion Driver = "no occasion to leave"
	// Habit means that P(alive) is ½ or more; such a silence is within the habits of
	// such a customer.
	Habit Driver = "within habit"
	// Silence means that the customer has rather left than not, and the silence weighs
	// at least as much for it as the occasions to leave: Weight >= ln Odds.
	Silence Driver = "silence"
	// Occasions means that the customer has rather left than not, and most of that was
	// to be expected before looking at the silence.
	Occasions Driver = "occasions to leave"
)

// NewPopulation returns how the customers of rows stand under m.
func NewPopulation(m Model, rows []Row) (*Population, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	unit, err := checkRows(rows)
	if err != nil {
		return nil, err
	}
	if unit != m.Unit {
		return nil, rows[0].check(0, m.Unit)
	}
	p := &Population{model: m}
	var alive, repeats, silence, gap []weighed
	for _, g := range groupRows(rows) {
		r := Row{Repeats: g.repeats, Recency: g.recency, Age: g.age}
		alive = append(alive, weighed{m.alive(r), g.customers})
		repeats = append(repeats, weighed{float64(r.Repeats), g.customers})
		silence = append(silence, weighed{r.Age - r.Recency, g.customers})
		gap = append(gap, weighed{m.gap(r), g.customers})
	}
	p.median = Typical{median(alive), int(median(repeats)), median(silence), median(gap)}
	total := 0.0
	for _, w := range alive { // sorted by now
		total += w.weight
		p.alive = append(p.alive, w.value)
		p.counts = append(p.counts, total)
	}
	return p, nil
}

// Typical returns the medians of the population.
func (p *Population) Typical() Typical { return p.median }

// Explain says what drives the P(alive) of a customer, and how they compare.
func (p *Population) Explain(r Row) (Explanation, error) {
	m := p.model
	if err := m.check(r); err != nil {
		return Explanation{}, err
	}
	d := m.departed(r)
	bought := r
	bought.Repeats = max(r.Repeats, 1)
	bought.Recency = r.Age
	e := Explanation{
		Alive:    m.alive(r),
		Silence:  r.Age - r.Recency,
		Gap:      m.gap(r),
		IfBought: m.alive(bought),
		Odds:     exp(min(d.leave, 700)),
		Weight:   d.silence,
		Typical:  p.median,
	}
	e.Below = p.below(e.Alive)
	e.Driver = e.driver()
	return e, nil
}

func (e Explanation) driver() Driver {
	switch {
	case e.Odds == 0:
		return NoOccasion
	case e.Alive >= 0.5:
		return Habit
	case e.Weight >= log(e.Odds):
		return Silence
	}
	return Occasions
}

// String returns a line such as "P(alive) 0.21: silence; silent for 37.2 at a
// usual gap of 4.93; above 23% of customers".
func (e Explanation) String() string {
	return fmt.Sprintf("P(alive) %.2f: %s; silent for %.3g at a usual gap of %.3g; above %.0f%% of customers",
		e.Alive, e.Driver, e.Silence, e.Gap, 100*e.Below)
}

// gap is the usual time between purchases, up to the last one.
func (m Model) gap(r Row) float64 {
	return (m.Params[1] + r.Recency) / (m.Params[0] + float64(r.Repeats))
}

// below returns the part of the population with a smaller P(alive).
func (p *Population) below(alive float64) float64 {
	upTo := func(i int) float64 {
		if i == 0 {
			return 0
		}
		return p.counts[i-1]
	}
	first, _ := slices.BinarySearch(p.alive, alive)
	next := first
	for next < len(p.alive) && p.alive[next] == alive {
		next++
	}
	return (upTo(first) + upTo(next)) / 2 / p.counts[len(p.counts)-1]
}

type weighed struct{ value, weight float64 }

// median sorts list and returns its weighted median, the lower one of two.
func median(list []weighed) float64 {
	slices.SortFunc(list, func(a, b weighed) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		case a.weight < b.weight:
			return -1
		case a.weight > b.weight:
			return 1
		}
		return 0
	})
	total := 0.0
	for _, w := range list {
		total += w.weight
	}
	sum := 0.0
	for _, w := range list {
		if sum += w.weight; 2*sum >= total {
			return w.value
		}
	}
	return 0
}
