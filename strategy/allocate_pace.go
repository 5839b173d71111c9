package strategy

import (
	"fmt"

	"github.com/regulars-go/regulars"
)

// Pace gives offers to customers as they arrive, at prices that were found
// beforehand: who comes is given the offer that is worth most less its costs at
// those prices, and nothing if none is worth its price. Prices of the last
// period's [Allocation] do for the next one; as spending runs ahead of time or
// behind it, they rise or fall.
//
// It is a plain value that a host can keep as JSON, and depends on what it was
// given and nothing else. It is not safe for concurrent use.
type Pace struct {
	// Budgets are one to [MaxCosts] limits of the period.
	Budgets []Micros `json:"budgets"`
	// Prices are those now, 0 or more. A price of 0 stays 0.
	Prices Prices `json:"prices"`
	// Gain says how firmly prices follow: for each hundredth of a budget that was
	// spent too early its price rises by as many hundredths. 10 to 30 correct a
	// price that is off within a tenth of the period or so; 0 keeps prices fixed.
	Gain float64 `json:"gain"`
	// Spent is what the budgets have paid.
	Spent Costs `json:"spent"`
	// Elapsed is how much of the period was over when prices last moved, from 0
	// to 1, and SpentThen what had been spent.
	Elapsed   float64 `json:"elapsed"`
	SpentThen Costs   `json:"spentThen"`
}

// Validate returns [regulars.Faults] if budgets, prices, gain, costs or elapsed
// are out of range.
func (p *Pace) Validate() error {
	var f regulars.Faults
	if n := len(p.Budgets); n == 0 || n > MaxCosts {
		f.Add("budgets", "%d budgets: want 1 to %d", n, MaxCosts)
		return f.Err()
	}
	for b, budget := range p.Budgets {
		if budget < 0 {
			f.Add(fmt.Sprintf("budgets[%d]", b), "%v: want 0 or more", budget)
		}
	}
	amount := func(path string, x, most float64) {
		if !(0 <= x && x <= most) {
			f.Add(path, "%v: want 0 to %v", x, most)
		}
	}
	for b, price := range p.Prices {
		amount(fmt.Sprintf("prices[%d]", b), price, float64(MaxAmount))
	}
	amount("gain", p.Gain, maxGain)
	amount("elapsed", p.Elapsed, 1)
	for b := range p.Spent {
		limit := Micros(0)
		if b < len(p.Budgets) {
			limit = max(0, p.Budgets[b])
		}
		if p.Spent[b] < 0 || p.Spent[b] > limit {
			f.Add(fmt.Sprintf("spent[%d]", b), "%v: want 0 to %v", p.Spent[b], limit)
		}
		if p.SpentThen[b] < 0 || p.SpentThen[b] > limit {
			f.Add(fmt.Sprintf("spentThen[%d]", b), "%v: want 0 to %v", p.SpentThen[b], limit)
		}
	}
	return f.Err()
}

// maxGain is where a thousandth of a budget doubles a price: more is noise.
const maxGain = 1000

// Choose gives a customer who arrives the offer of the largest net above 0 among
// those that what is left of the budgets pays, the first of those alike, and
// spends its costs; false if there is none. Budgets are never exceeded. Elapsed
// is how much of the period is over, from 0 to 1: best the part of its customers
// that has come by now on a usual day. One that is before the last, beyond 1 or
// NaN leaves prices as they are. Offers with values or costs that [Market] does
// not allow are never chosen.
func (p *Pace) Choose(elapsed float64, offers []Offer) (offer int, ok bool) {
	p.correct(elapsed)
	best := 0.0
	for i := range offers {
		if net := p.Prices.Net(offers[i]); net > best && p.pays(&offers[i]) {
			best, offer, ok = net, i, true
		}
	}
	if ok {
		for b := range p.Budgets {
			p.Spent[b] += offers[offer].Cost[b]
		}
	}
	return offer, ok
}

// Refund gives back what an offer did not cost in the end, such as a coupon that
// was not used; at most what was spent.
func (p *Pace) Refund(costs Costs) {
	for b := range p.Budgets {
		p.Spent[b] -= max(0, min(costs[b], p.Spent[b]))
		p.SpentThen[b] = min(p.SpentThen[b], p.Spent[b])
	}
}

func (p *Pace) pays(o *Offer) bool {
	if o.Value > MaxAmount {
		return false
	}
	for b, cost := range o.Cost {
		left := Micros(0)
		if b < len(p.Budgets) {
			left = min(p.Budgets[b]-p.Spent[b], MaxAmount)
		}
		if cost < 0 || cost > left {
			return false
		}
	}
	return true
}

// correct moves prices by what was spent since they last moved, against the same
// part of what was left then as of the time that was left.
func (p *Pace) correct(elapsed float64) {
	if !(p.Elapsed < elapsed && elapsed <= 1) {
		return
	}
	passed := (elapsed - p.Elapsed) / (1 - p.Elapsed)
	for b, budget := range p.Budgets {
		planned := (budget - p.SpentThen[b]).Float64() * passed
		spent := (p.Spent[b] - p.SpentThen[b]).Float64()
		if budget > 0 {
			p.Prices[b] = move(p.Prices[b], 1+float64(p.Gain*((spent-planned)/budget.Float64())))
		}
	}
	p.Elapsed, p.SpentThen = elapsed, p.Spent
}

// move multiplies a price, by a half to 2 at a time, and keeps it from where
// nothing is worth it to where everything is.
func move(price, factor float64) float64 {
	if price == 0 {
		return 0
	}
	return min(max(price*min(max(factor, 0.5), 2), 1/float64(MaxAmount)), float64(MaxAmount))
}
