package strategy

import (
	"fmt"
	"math/big"
	"slices"
)

// Share is what one metric contributed to the change of the north star.
type Share struct {
	Metric string `json:"metric"`
	// Parent is the metric that it is part of; empty for the north star.
	Parent string `json:"parent,omitempty"`
	// Before and After are its values.
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Contribution is the part of the north star's change that is due to it. Those
	// of a metric's parts add up to its own; in floats up to rounding, see
	// [Share.Exact].
	Contribution float64 `json:"contribution"`

	exact *big.Rat
}

// Exact returns the contribution without rounding: those of a metric's parts add
// up to its own exactly. It is the caller's.
func (s Share) Exact() *big.Rat {
	if s.exact == nil {
		return new(big.Rat)
	}
	return new(big.Rat).Set(s.exact)
}

// Split splits the change of the north star between two times over the metrics
// under it, from the values of those that are measured. The shares start with
// the north star, each followed by its parts.
//
// A sum changes by the sum of its parts' changes. A factor of a product gets its
// change times what the other factors are on average over all orders in which
// they could have changed (Shapley 1953): for two, the mean of before and after.
// So does each side of a ratio, as a factor and as one over it. It does not depend on the
// order of parts, and nothing is left over.
//
// It is an error if a value is missing, not finite or of a metric that is
// computed, and if the lower part of a ratio is 0. The playbook is valid.
func (p Playbook) Split(before, after map[string]float64) ([]Share, error) {
	tree := metricTree{playbook: &p, before: before, after: after}
	for _, values := range []map[string]float64{before, after} {
		for _, name := range sortedKeys(values) {
			i := slices.IndexFunc(p.Metrics, func(m Metric) bool { return m.Name == name })
			if i < 0 {
				return nil, fmt.Errorf("strategy: %q is no metric of the playbook", name)
			}
			if key, _ := p.Metrics[i].parts(); key != "" {
				return nil, fmt.Errorf("strategy: %q is computed: want values of what is measured", name)
			}
		}
	}
	if err := tree.add(p.NorthStar, "", big.NewRat(1, 1), 0); err != nil {
		return nil, err
	}
	return tree.shares, nil
}

// metricTree walks the metrics from the north star down.
type metricTree struct {
	playbook      *Playbook
	before, after map[string]float64
	shares        []Share
}

// add appends the share of a metric and of all under it. A change of 1 in the
// metric is one of weight in the north star.
func (t *metricTree) add(name, parent string, weight *big.Rat, depth int) error {
	if depth > MaxParts {
		return fmt.Errorf("strategy: %q is under itself", name)
	}
	was, err := t.value(name, t.before, 0)
	if err != nil {
		return err
	}
	is, err := t.value(name, t.after, 0)
	if err != nil {
		return err
	}
	due := new(big.Rat).Sub(is, was)
	due.Mul(due, weight)
	share := Share{Metric: name, Parent: parent, exact: due}
	share.Before, _ = was.Float64()
	share.After, _ = is.Float64()
	share.Contribution, _ = due.Float64()
	t.shares = append(t.shares, share)

	m := t.metric(name)
	key, parts := m.parts()
	weights, err := t.weights(key, parts)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if err := t.add(part, name, new(big.Rat).Mul(weight, weights[i]), depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (t *metricTree) metric(name string) *Metric {
	i := slices.IndexFunc(t.playbook.Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return &Metric{}
	}
	return &t.playbook.Metrics[i]
}

// value returns what a metric is, computed of values.
func (t *metricTree) value(name string, values map[string]float64, depth int) (*big.Rat, error) {
	if depth > MaxParts {
		return nil, fmt.Errorf("strategy: %q is under itself", name)
	}
	key, parts := t.metric(name).parts()
	if key == "" {
		x, ok := values[name]
		if !ok {
			return nil, fmt.Errorf("strategy: no value of %q", name)
		}
		v := new(big.Rat).SetFloat64(x)
		if v == nil {
			return nil, fmt.Errorf("strategy: %q is %v: want a finite number", name, x)
		}
		return v, nil
	}
	var all *big.Rat
	for i, part := range parts {
		v, err := t.value(part, values, depth+1)
		switch {
		case err != nil:
			return nil, err
		case i == 0:
			all = new(big.Rat).Set(v)
		case key == "sum":
			all.Add(all, v)
		case key == "product":
			all.Mul(all, v)
		case v.Sign() == 0:
			return nil, fmt.Errorf("strategy: %q divides by %q, which is 0", name, part)
		default:
			all.Quo(all, v)
		}
	}
	return all, nil
}

// weights returns by how much a metric changes for a change of 1 in each part.
func (t *metricTree) weights(key string, parts []string) ([]*big.Rat, error) {
	weights := make([]*big.Rat, len(parts))
	was, is := make([]*big.Rat, len(parts)), make([]*big.Rat, len(parts))
	for i, part := range parts {
		var err error
		if was[i], err = t.value(part, t.before, 0); err != nil {
			return nil, err
		}
		if is[i], err = t.value(part, t.after, 0); err != nil {
			return nil, err
		}
		weights[i] = big.NewRat(1, 1)
	}
	switch key {
	case "product":
		for i := range parts {
			weights[i] = shapley(was, is, i)
		}
	case "ratio": // a/b as a · 1/b, whose change is -(b1-b0)/(b0·b1)
		under := []*big.Rat{new(big.Rat).Inv(was[1]), new(big.Rat).Inv(is[1])}
		weights[0] = half(under[0], under[1])
		weights[1] = half(was[0], is[0])
		weights[1].Mul(weights[1], under[0]).Mul(weights[1], under[1]).Neg(weights[1])
	}
	return weights, nil
}

func half(a, b *big.Rat) *big.Rat {
	sum := new(big.Rat).Add(a, b)
	return sum.Mul(sum, big.NewRat(1, 2))
}

// shapley returns what the other factors of a product are on average over all
// orders in which they may change: a set of k of the n-1 others changes first in
// k!(n-1-k)! of n! orders.
func shapley(was, is []*big.Rat, factor int) *big.Rat {
	n := len(was)
	total := new(big.Rat)
	for set := range 1 << n {
		if set>>factor&1 != 0 {
			continue
		}
		changed := 0
		product := big.NewRat(1, 1)
		for i := range n {
			switch {
			case i == factor:
			case set>>i&1 != 0:
				product.Mul(product, is[i])
				changed++
			default:
				product.Mul(product, was[i])
			}
		}
		orders := new(big.Rat).SetInt64(factorial(changed) * factorial(n-1-changed))
		total.Add(total, product.Mul(product, orders))
	}
	return total.Quo(total, new(big.Rat).SetInt64(factorial(n)))
}

func factorial(n int) int64 {
	product := int64(1)
	for i := 2; i <= n; i++ {
		product *= int64(i)
	}
	return product
}
