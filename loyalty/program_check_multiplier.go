package loyalty

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

func (c *programCheck) multipliers() {
	ids, names, groups := map[uint32]string{}, map[string]string{}, map[string]string{}
	for i, g := range c.p.Groups {
		path := fmt.Sprintf("groups[%d]", i)
		if c.text(path+".name", g.Name) && groups[g.Name] != "" {
			c.add(path+".name", "%q is there twice", g.Name)
		}
		if !slices.Contains(combines, g.Combine) {
			c.add(path+".combine", `%.40q: want "add", "best" or "multiply"`, g.Combine)
		}
		groups[g.Name] = g.Combine
		if !slices.ContainsFunc(c.p.Multipliers, func(m Multiplier) bool { return m.Group == g.Name }) {
			c.add(path+".name", "%.40q: no multiplier is of this group", g.Name)
		}
	}
	for i := range c.p.Multipliers {
		m := &c.p.Multipliers[i]
		path := fmt.Sprintf("multipliers[%d]", i)
		c.identity(path, m.ID, m.Name, ids, names)
		c.text(path+".group", m.Group)
		c.condition(path+".when", &m.When)
		c.factor(path, m, groups[m.Group])
		c.names(path+".categories", m.Categories, 0, maxValues)
		c.raised(path+".rules", m)
	}
}

var combines = []string{"add", "best", "multiply"}

// factor checks a factor; one that depends on the amount must not make more
// spent give less.
func (c *programCheck) factor(path string, m *Multiplier, combine string) {
	one := decimal.New(1, 0)
	units, problem := toMoney(m.Factor)
	switch {
	case problem != "" || units > maxFactor:
		c.add(path+".factor", "want 0 to 100 with at most 4 places")
	case m.When.MinAmount.IsPositive() && m.Factor.LessThan(one):
		c.add(path+".when.minAmount", "would give less for more spent: the factor is below 1")
	case m.When.MaxAmount.IsPositive() && (m.Factor.GreaterThan(one) || combine == "best"):
		c.add(path+".when.maxAmount", "would give less for more spent")
	}
}

const (
	factorOne = 10_000 // factors are in units of 10^-4, as money is
	maxFactor = 100 * factorOne
)

func (c *programCheck) raised(path string, m *Multiplier) {
	if !c.count(path, len(m.Rules), 0, MaxRules) {
		return
	}
	for i, id := range m.Rules {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch r := c.byID[id]; {
		case r == nil:
			c.add(at, "%d: there is no such rule", id)
		case slices.Contains(m.Rules[:i], id):
			c.add(at, "%d is there twice", id)
		case len(m.Categories) > 0 && r.PerAmount == nil:
			c.add(at, "%d gives no points by amount, so no category limits it", id)
		}
	}
}
