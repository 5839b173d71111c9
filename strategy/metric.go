package strategy

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars"
)

// MaxMetricParts bounds the parts of a sum, a product or a ratio. A split of a
// product looks at each subset of its factors.
const MaxMetricParts = 8

// Metric is a figure that is watched: measured by the host, or computed of
// others.
type Metric struct {
	Name string `json:"name"`
	// Unit is what it is counted in, such as "orders".
	Unit string `json:"unit,omitempty"`
	// Rate holds for a share of customers, from 0 to 1.
	Rate bool `json:"rate,omitempty"`
	// Sum, Product and Ratio name the metrics that it is computed of; at most one
	// of them is given, and without any it is measured.
	Sum     []string `json:"sum,omitempty"`
	Product []string `json:"product,omitempty"`
	// Ratio is the first over the second.
	Ratio []string `json:"ratio,omitempty"`
}

// parts returns what the metric is computed of, and the key of the list.
func (m *Metric) parts() (key string, names []string) {
	switch {
	case len(m.Sum) > 0:
		return "sum", m.Sum
	case len(m.Product) > 0:
		return "product", m.Product
	case len(m.Ratio) > 0:
		return "ratio", m.Ratio
	}
	return "", nil
}

// metricFaults adds what keeps the metrics from being a tree under the north
// star.
func (c *checker) metricFaults(f *regulars.Faults) {
	metrics := c.playbook.Metrics
	unique(f, "metrics", metrics, func(m *Metric) string { return m.Name })
	if (c.playbook.NorthStar == "") != (len(metrics) == 0) {
		f.Add("northStar", "%q with %d metrics: want both or neither", c.playbook.NorthStar, len(metrics))
		return
	}
	if len(metrics) == 0 {
		return
	}
	c.known(f, "northStar", "metric", c.playbook.NorthStar, c.metrics)
	parent := map[string]string{c.playbook.NorthStar: "northStar"}
	before := len(*f)
	for i := range metrics {
		c.partFaults(f, i, parent)
	}
	if len(*f) > before {
		return
	}
	// Each has one parent at most, so what the north star does not lead to is
	// apart from it, or leads in a circle.
	reached := []string{c.playbook.NorthStar}
	for next := 0; next < len(reached); next++ {
		if i := slices.Index(c.metrics, reached[next]); i >= 0 {
			_, names := metrics[i].parts()
			reached = append(reached, names...)
		}
	}
	for i, name := range c.metrics {
		if !slices.Contains(reached, name) {
			f.Add(at("metrics", i), "%q is not under the north star, %q", name, c.playbook.NorthStar)
		}
	}
}

// partFaults adds what is wrong with the parts of one metric, and notes whose
// parts they are.
func (c *checker) partFaults(f *regulars.Faults, i int, parent map[string]string) {
	m := &c.playbook.Metrics[i]
	path := at("metrics", i)
	if m.Unit != "" {
		nameFaults(f, path+".unit", m.Unit)
	}
	given := 0
	for _, list := range [][]string{m.Sum, m.Product, m.Ratio} {
		if len(list) > 0 {
			given++
		}
	}
	key, names := m.parts()
	if given > 1 {
		f.Add(path, "want one of sum, product and ratio")
		return
	}
	if given == 0 {
		return
	}
	if most := MaxMetricParts; len(names) < 2 || len(names) > most || key == "ratio" && len(names) != 2 {
		f.Add(path+"."+key, "has %d: want 2 to %d, and 2 for a ratio", len(names), most)
	}
	for j, name := range names {
		part := at(path+"."+key, j)
		if !slices.Contains(c.metrics, name) {
			f.Add(part, "%q is no metric of the playbook", name)
			continue
		}
		if whose, taken := parent[name]; taken {
			f.Add(part, "%q is part of %s already", name, whose)
			continue
		}
		parent[name] = fmt.Sprintf("%q", m.Name)
	}
}
