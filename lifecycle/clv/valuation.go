package clv

import "fmt"

// Valuation puts money on purchases to come: how many, from a [Model], times
// how much, from a [GammaGamma]. It is what a customer will still be worth,
// and says nothing of what they have paid so far.
type Valuation struct {
	Model Model      `json:"model"`
	Spend GammaGamma `json:"spend"`
	// Rate discounts what comes later. Defaults to no discount.
	Rate Rate `json:"rate"`
	// Margin is the part of an amount that is kept, above 0 and at most 1.
	// Defaults to 1.
	Margin float64 `json:"margin,omitzero"`
}

// ToCome returns the value of the customer's purchases within t after the end
// of observation, discounted to that end.
func (v Valuation) ToCome(r Row, t float64) (float64, error) {
	purchases, err := v.Model.Discounted(r, t, v.Rate)
	if err != nil {
		return 0, err
	}
	return v.money(r, purchases)
}

// Residual returns the value of all the customer's purchases to come,
// discounted to the end of observation. See [Model.Residual].
func (v Valuation) Residual(r Row) (float64, error) {
	purchases, err := v.Model.Residual(r, v.Rate)
	if err != nil {
		return 0, err
	}
	return v.money(r, purchases)
}

// Residuals returns [Valuation.Residual] of each row, the same as one by one,
// but faster: customers of the same age and repeats share the costly part of
// the work.
func (v Valuation) Residuals(rows []Row) ([]float64, error) {
	if err := v.Model.Validate(); err != nil {
		return nil, err
	}
	force, err := v.Rate.In(v.Model.Unit)
	if err != nil {
		return nil, err
	}
	ifAlive := map[standing]float64{}
	values := make([]float64, len(rows))
	for i, r := range rows {
		if err := r.check(i, v.Model.Unit); err != nil {
			return nil, err
		}
		key := standing{r.Repeats, r.Age}
		purchases, seen := ifAlive[key]
		if !seen {
			if purchases, err = v.Model.residual(r, force); err != nil {
				return nil, err
			}
			ifAlive[key] = purchases
		}
		if values[i], err = v.money(r, v.Model.alive(r)*purchases); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (v Valuation) money(r Row, purchases float64) (float64, error) {
	margin := v.Margin
	if margin == 0 {
		margin = 1
	}
	if !(margin > 0 && margin <= 1) {
		return 0, fmt.Errorf("clv: margin %v is not above 0 and at most 1", v.Margin)
	}
	spend, err := v.Spend.Expected(r)
	if err != nil {
		return 0, err
	}
	return purchases * spend * margin, nil
}
