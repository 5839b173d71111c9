package experiment

import (
	"github.com/regulars-go/regulars/internal/names"
	"github.com/regulars-go/regulars/strategy"
)

// Metric says what kind of value a customer has.
type Metric uint8

const (
	// Mean is for values such as money, compared by [CompareMeans].
	Mean Metric = iota
	// Share is for values of 0 and 1, compared by [CompareRates].
	Share
)

var metricNames = names.Names{Package: "experiment", Type: "Metric", What: "metric", List: []string{"mean", "share"}}

// String returns "mean" or "share".
func (m Metric) String() string { return metricNames.Of(uint8(m)) }

// MarshalText writes m as [Metric.String] does; a metric that does not exist is
// an error.
func (m Metric) MarshalText() ([]byte, error) { return metricNames.Marshal(uint8(m)) }

// UnmarshalText reads the name of a metric.
func (m *Metric) UnmarshalText(text []byte) error {
	i, err := metricNames.Unmarshal(text)
	if err == nil {
		*m = Metric(i)
	}
	return err
}

// MetricOf returns how customers count for an objective of a playbook: a
// migration and a metric that is a rate are shares, and all else is a mean.
func MetricOf(p strategy.Playbook, objective string) Metric {
	for _, o := range p.Objectives {
		if o.Name != objective {
			continue
		}
		if o.Migration != nil {
			return Share
		}
		for _, m := range p.Metrics {
			if m.Name == o.Metric && m.Rate {
				return Share
			}
		}
	}
	return Mean
}
