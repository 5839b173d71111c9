package clv

// Prediction is what a model says of one customer.
type Prediction struct {
	Alive    float64 `json:"alive"`    // see [Model.Alive]
	Expected float64 `json:"expected"` // see [Model.Expected]
}

// Predict returns the prediction for each row over the time t, the same as one
// by one, but faster: customers of the same age and repeats share the costly
// part of the work.
func (m Model) Predict(rows []Row, t float64) ([]Prediction, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	if err := checkTime(t); err != nil {
		return nil, err
	}
	ifAlive := map[standing]float64{}
	predictions := make([]Prediction, len(rows))
	for i, r := range rows {
		if err := r.check(i, m.Unit); err != nil {
			return nil, err
		}
		key := standing{r.Repeats, r.Age}
		expected, seen := ifAlive[key]
		if !seen {
			var err error
			if expected, err = m.ifAlive(r, t); err != nil {
				return nil, err
			}
			ifAlive[key] = expected
		}
		alive := m.alive(r)
		predictions[i] = Prediction{alive, alive * expected}
	}
	return predictions, nil
}

// standing is what the costly part of an answer depends on.
type standing struct {
	repeats int
	age     float64
}
