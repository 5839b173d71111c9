package strategy

import (
	"cmp"
	"strings"

	"github.com/regulars-go/regulars"
)

// Effects is what operations change: for each and each label, how much more of
// the metric a customer brings who got it. It comes of a holdout or of
// exploration, and is what a score reads in place of a propensity.
type Effects struct {
	// Rows are sorted by operation and label, each pair once. A row without a
	// label is the operation's mean.
	Rows []Effect `json:"rows"`
}

// Effect is how much one operation changes for the customers of one label.
type Effect struct {
	Operation string `json:"operation"`
	// Label is empty for the mean over all customers, which a score takes of who
	// has none of the labels. Of several labels the one counts whose interval is
	// the narrowest, High less Low; of those alike the first by its bytes. A label
	// with NoSupport does not count.
	Label string `json:"label,omitempty"`
	// Estimate is the effect that a score takes; Low and High bound it. They are
	// differences of a rate or a mean, per customer.
	Estimate float64 `json:"estimate"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	// Treated and Control are how many customers it comes from.
	Treated int64 `json:"treated"`
	Control int64 `json:"control"`
	// NoSupport holds where one of the two is empty, or nearly so: there is no
	// estimate then, and a score takes the operation's mean.
	NoSupport bool `json:"noSupport,omitempty"`
}

func (e Effects) faults(c *checker) (f regulars.Faults) {
	if len(e.Rows) > MaxEffects {
		f.Add("rows", "has %d: want at most %d", len(e.Rows), MaxEffects)
		return f
	}
	for i, row := range e.Rows {
		path := at("rows", i)
		c.known(&f, path+".operation", "operation", row.Operation, c.operations)
		if row.Label != "" {
			c.label(&f, path+".label", row.Label)
		}
		if i > 0 && compareEffects(e.Rows[i-1], row) >= 0 {
			f.Add(path, "%q, %q does not come after the row before: want them sorted, each once", row.Operation, row.Label)
		}
		if row.Treated < 0 || row.Control < 0 {
			f.Add(path+".treated", "%d and %d: want counts", row.Treated, row.Control)
		}
		if finite(&f, path+".estimate", row.Estimate) && finite(&f, path+".low", row.Low) && finite(&f, path+".high", row.High) &&
			!row.NoSupport && !(row.Low <= row.Estimate && row.Estimate <= row.High) {
			f.Add(path+".estimate", "%v is not from low, %v, to high, %v", row.Estimate, row.Low, row.High)
		}
		for j := range c.all {
			if c.all[j].Name != row.Operation {
				continue
			}
			if _, ok := c.all[j].scoreOf(row); !ok {
				f.Add(path+".estimate", "%v times the value of %q is out of range", row.Estimate, row.Operation)
			}
			break
		}
	}
	return f
}

// MaxEffects bounds the rows of a table of effects: ten labels for each of the
// most operations.
const MaxEffects = 10 * MaxOperations

// compareEffects orders effects by operation and label.
func compareEffects(a, b Effect) int {
	return cmp.Or(strings.Compare(a.Operation, b.Operation), strings.Compare(a.Label, b.Label))
}

// scoreOf returns Value × effect × Lever; ok is false if it is out of range.
func (o *Operation) scoreOf(e Effect) (score Micros, ok bool) {
	effect, ok := MicrosOf(e.Estimate)
	if !ok {
		return 0, false
	}
	worth, ok := o.Value.times(orOne(o.Lever))
	if !ok {
		return 0, false
	}
	return worth.times(effect)
}
