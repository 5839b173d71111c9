package rfm

import (
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Weights make one number of a score, so that customers can be put in one
// line. The zero value means 100, 10 and 1, the defaults of SPSS Modeler: with
// up to nine scores each, the composite then reads as the code does, and
// recency outweighs all else.
type Weights struct {
	// R, F and M are from 0 to [MaxWeight]. They may not all be zero, which is
	// why that means the defaults.
	R float64 `json:"r"`
	F float64 `json:"f"`
	M float64 `json:"m"`
}

// MaxWeight bounds a weight, so that a composite stays far from overflow and
// keeps its units.
const MaxWeight = 1e9

// Composite returns R, F and M each times its weight, added up. ok is false
// for no score, and for weights that [Weights.Validate] refuses.
func (w Weights) Composite(s Score) (value float64, ok bool) {
	if s.IsZero() || len(w.faults()) > 0 {
		return 0, false
	}
	if w == (Weights{}) {
		w = Weights{100, 10, 1}
	}
	// The conversions keep a processor from fusing what another one rounds.
	return float64(w.R*float64(s.R)) + float64(w.F*float64(s.F)) + float64(w.M*float64(s.M)), true
}

// ParseWeights reads weights from JSON, strictly; what is wrong is
// [regulars.Faults].
func ParseWeights(data []byte) (Weights, error) {
	var w Weights
	if err := config.Decode(data, &w); err != nil {
		return Weights{}, err
	}
	if err := w.Validate(); err != nil {
		return Weights{}, err
	}
	return w, nil
}

// Validate returns all faults of w as [regulars.Faults]: a weight that is
// negative, over [MaxWeight] or no number.
func (w Weights) Validate() error { return w.faults().Err() }

func (w Weights) faults() (f regulars.Faults) {
	for i, weight := range []float64{w.R, w.F, w.M} {
		if math.IsNaN(weight) || weight < 0 || weight > MaxWeight {
			f.Add([]string{"r", "f", "m"}[i], "%v: want 0 to %v", weight, float64(MaxWeight))
		}
	}
	return f
}
