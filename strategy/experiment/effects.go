package experiment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/strategy"
)

// EffectRules say how effects are estimated. The zero value is ready to use.
type EffectRules struct {
	// Metrics say how customers count for an objective, by its name. Defaults to
	// [Mean].
	Metrics map[string]Metric `json:"metrics,omitempty"`
	// Keys are the keys of the labels to tell apart, such as "stage" and
	// "segment". None means all. A customer has a label of each key, of which a
	// score takes the one with the narrowest interval ([strategy.Effect]), often
	// the one that most customers have: name the one key by which the effect is
	// thought to differ.
	Keys []string `json:"keys,omitempty"`
	// Level is that of intervals. Defaults to [IntervalLevel].
	Level float64 `json:"level,omitzero"`
	// Least is how many customers each of the two groups has at least. Defaults
	// to 2, without whom there is no variance.
	Least int64 `json:"least,omitzero"`
}

func (r EffectRules) withDefaults() (EffectRules, error) {
	if r.Level == 0 {
		r.Level = IntervalLevel
	}
	r.Least = max(r.Least, 2)
	if !validLevel(r.Level) {
		return r, fmt.Errorf("experiment: level %v: want a number between 0 and 1", r.Level)
	}
	return r, nil
}

// EffectRow is what one operation changed for the customers of one label.
type EffectRow struct {
	Operation string `json:"operation"`
	// Label is empty for all customers.
	Label string `json:"label,omitempty"`
	// Effect is as it was measured in this row alone. Its arms count customers.
	Effect Effect `json:"effect"`
	// Shrunk is the same, drawn towards the operation's mean over the labels of
	// the key by how little the row says: on average it is closer to the truth,
	// and what to decide by. Its interval holds on average over rows, not in
	// each. It is nil where Effect has no difference or no standard error, and is
	// the measured one for all customers.
	Shrunk *Estimate `json:"shrunk"`
}

// EffectTable has the effects of all operations, by operation and label.
type EffectTable struct {
	Rows []EffectRow `json:"rows"`
	// Unripe are customers whose window is not over, and NoControl those from
	// whom nothing could be withheld.
	Unripe    int64 `json:"unripe"`
	NoControl int64 `json:"noControl"`
}

// Effects estimates what each operation changed, for all and for the customers
// of each label, from the customers from whom it was withheld. As with
// [Attribution.Lift] a person counts once a phase, by the first assignment of the
// operation. Here every person stands for as many as were unlikely to be drawn
// like this: the weight is 1 over the probability of the group and of the draw,
// so that phases and exploration are put together rightly (Hájek 1971), and the
// variance is that of a ratio over persons.
func (a *Attribution) Effects(rules EffectRules) (EffectTable, error) {
	rules, err := rules.withDefaults()
	if err != nil {
		return EffectTable{}, err
	}
	var t EffectTable
	for _, operation := range a.operations() {
		byLabel := map[string][]unit{}
		units := a.units(func(x *Assignment) bool { return x.Operation == operation })
		for _, u := range units {
			switch x := a.assignment(u.touch); {
			case !a.ripe(u.touch):
				t.Unripe++
			case x.Share == 0:
				t.NoControl++
			default:
				byLabel[""] = append(byLabel[""], u)
				for _, label := range x.Labels {
					if rules.wants(label) {
						byLabel[label] = append(byLabel[label], u)
					}
				}
			}
		}
		rows := make([]measured, 0, len(byLabel))
		for label, units := range byLabel {
			rows = append(rows, a.measure(label, units, rules))
		}
		slices.SortFunc(rows, func(x, y measured) int { return strings.Compare(x.label, y.label) })
		shrinkRows(rows, rules.Level)
		for _, row := range rows {
			t.Rows = append(t.Rows, EffectRow{operation, row.label, row.effect, row.shrunk})
		}
	}
	return t, nil
}

func (r EffectRules) wants(label string) bool {
	return label != "" && (len(r.Keys) == 0 || slices.Contains(r.Keys, key(label)))
}

// key returns what stands before the "=" of a label.
func key(label string) string {
	k, _, _ := strings.Cut(label, "=")
	return k
}

// operations returns those that were ever at stake, by their bytes.
func (a *Attribution) operations() []string {
	seen := map[string]bool{}
	var names []string
	for i := range a.assignments {
		if name := a.assignments[i].record.Operation; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// measured is a row in the making.
type measured struct {
	label    string
	effect   Effect
	shrunk   *Estimate
	variance float64 // of the difference; 0 if there is none
}

// measure compares the units of a row.
func (a *Attribution) measure(label string, units []unit, rules EffectRules) measured {
	var control, treated ratio
	for _, u := range units {
		x := a.assignment(u.touch)
		worth := u.worth(rules.Metrics[x.Objective])
		if x.Withheld {
			control.add(u.person, 1/(x.Share*x.Chance), worth)
		} else {
			treated.add(u.person, 1/((1-x.Share)*x.Chance), worth)
		}
	}
	c, t := control.average(), treated.average()
	m := measured{label: label, effect: Effect{Control: c.arm(), Treated: t.arm()}}
	switch least := min(c.n, t.n); {
	case least == 0:
		m.effect.because(NoSupport)
	case least < 2:
		m.effect.because(TooFew)
	case least < rules.Least:
		m.effect.because(NotEnough)
	case !control.unlike && !treated.unlike && a.isShare(units, rules):
		// Steady, as a group may have no hit by chance.
		c, t := control.rate(), treated.rate()
		m.effect = CompareRates(c, t, rules.Level)
		m.variance = stats.SteadyVariance(c.proportion(), t.proportion())
	default:
		if m.effect = compare(c, t, rules.Level); m.effect.Difference != nil {
			m.variance = m.effect.Difference.SE * m.effect.Difference.SE
		}
	}
	return m
}

// isShare reports whether all units count by whether there is an outcome.
func (a *Attribution) isShare(units []unit, rules EffectRules) bool {
	return !slices.ContainsFunc(units, func(u unit) bool { return rules.Metrics[a.assignment(u.touch).Objective] != Share })
}

// ratio is a weighted mean over people, each of whom may come several times.
type ratio struct {
	people []weighed
	unlike bool // weights that differ, or somebody who comes twice
}

type weighed struct {
	person        int
	weight, value float64 // sums of weights, and of weights times values
}

// add adds a unit; those of one person come one after the other.
func (r *ratio) add(person int, weight, value float64) {
	n := len(r.people)
	if n > 0 && r.people[n-1].person == person {
		r.people[n-1].weight += weight
		r.people[n-1].value += float64(weight * value)
		r.unlike = true
		return
	}
	r.unlike = r.unlike || n > 0 && weight != r.people[0].weight
	r.people = append(r.people, weighed{person, weight, weight * value})
}

// average returns the ratio with the variance n/(n-1)·Σ(wy-ratio·w)²/(Σw)².
func (r *ratio) average() average {
	n := float64(len(r.people))
	weight, value := 0.0, 0.0
	for _, p := range r.people {
		weight += p.weight
		value += p.value
	}
	a := average{n: int64(len(r.people)), df: n - 1}
	if n == 0 {
		return a
	}
	a.mean = value / weight
	squares := 0.0
	for _, p := range r.people {
		d := (p.value - float64(a.mean*p.weight)) / weight
		squares += float64(d * d)
	}
	if n > 1 {
		a.variance = n / (n - 1) * squares
	}
	return a
}

// rate reads values of 0 and 1 as hits, where all people weigh the same.
func (r *ratio) rate() Rate {
	hits := int64(0)
	for _, p := range r.people {
		if p.value > 0 {
			hits++
		}
	}
	return Rate{hits, int64(len(r.people))}
}

// shrinkRows shrinks the rows of one operation, which are in the order of
// labels, each among those of its key.
func shrinkRows(rows []measured, level float64) {
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[from].label != "" && key(rows[to].label) == key(rows[from].label) {
			to++
		}
		if rows[from].label == "" {
			rows[from].shrunk = rows[from].effect.Difference
		} else {
			shrinkKey(rows[from:to], level)
		}
		from = to
	}
}

func shrinkKey(rows []measured, level float64) {
	var values, variances []float64
	var at []int
	for i, row := range rows {
		if row.variance > 0 {
			values, variances = append(values, row.effect.Difference.Value), append(variances, row.variance)
			at = append(at, i)
		}
	}
	shrunk, ok := stats.Shrink(values, variances)
	if !ok {
		return
	}
	z := stats.NormalZ(level)
	for k, i := range at {
		rows[i].shrunk = around(shrunk[k].Value, shrunk[k].SE, z)
	}
}

// Strategy returns the effects in the form that a score reads, shrunk: a row that
// has no estimate says that it has no support. Rows are in the order of operation
// and label.
func (t EffectTable) Strategy() strategy.Effects {
	effects := strategy.Effects{Rows: []strategy.Effect{}}
	for _, row := range t.Rows {
		r := strategy.Effect{
			Operation: row.Operation, Label: row.Label,
			Treated: row.Effect.Treated.N, Control: row.Effect.Control.N, NoSupport: row.Shrunk == nil,
		}
		if s := row.Shrunk; s != nil {
			r.Estimate, r.Low, r.High = s.Value, s.Low, s.High
		}
		effects.Rows = append(effects.Rows, r)
	}
	slices.SortFunc(effects.Rows, func(x, y strategy.Effect) int {
		return cmp.Or(strings.Compare(x.Operation, y.Operation), strings.Compare(x.Label, y.Label))
	})
	return effects
}
