package main

import (
	"errors"
	"slices"
	"time"

	"github.com/regulars-go/regulars/lifecycle/clv"
)

// worth is what the customers will still be worth.
type worth struct {
	// untold says why nothing is known; the rest is then empty.
	untold    string
	customers []clv.Customer[string]
	fit       *clv.Fit
	holdOut   *clv.Check // nil if the orders span too short a time
	until     time.Time  // the last day that the held-out check's model saw
	spend     *clv.SpendFit
	value     map[string]float64 // residual value by customer; nil if it can't be told
}

// Value to come is discounted at 15 % a year.
var discount = clv.Annual(0.15)

// shortest is the least time that a held-out check makes sense for.
const shortest = 60 * 24 * time.Hour

// estimate fits when customers buy and leave, and what they spend. Orders that
// the models can't take leave the rest of the loop as it is.
func (a *analysis) estimate() error {
	if err := a.worth.estimate(a.lines(), clv.LinePolicy{Unit: clv.Week, Through: a.in.asOf, Zone: a.in.zone}); err != nil {
		a.worth = worth{untold: err.Error()}
	}
	return nil
}

func (w *worth) estimate(lines []clv.Line[string], policy clv.LinePolicy) (err error) {
	if w.customers, _, err = clv.Customers(lines, policy); err != nil {
		return err
	}
	rows := clv.Rows(w.customers)
	// MBG/NBD, since half of a shop's customers buy once: BG/NBD takes all of
	// them for alive.
	if w.fit, err = clv.FitMBGNBD(rows); err != nil {
		return err
	}
	from := slices.MinFunc(lines, func(x, y clv.Line[string]) int { return x.At.Compare(y.At) }).At
	if span := policy.Through.Sub(from); span >= shortest {
		w.until = from.Add(span / 2)
		if w.holdOut, err = clv.CheckHoldOut(lines, clv.HoldOut{Policy: policy, Until: w.until, Family: w.fit.Family}); err != nil {
			return err
		}
	}
	w.spend, err = clv.FitGammaGamma(rows)
	if errors.Is(err, clv.ErrNoSpend) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.putMoneyOn()
}

// putMoneyOn values what each customer will still buy. Where the means don't
// exist there is no value, which is not a value of zero.
func (w *worth) putMoneyOn() error {
	value := clv.Valuation{Model: w.fit.Model, Spend: w.spend.GammaGamma, Rate: discount}
	values, err := value.Residuals(clv.Rows(w.customers))
	if errors.Is(err, clv.ErrMean) || errors.Is(err, clv.ErrRate) {
		return nil
	}
	if err != nil {
		return err
	}
	w.value = make(map[string]float64, len(values))
	for i, c := range w.customers {
		w.value[c.ID] = values[i]
	}
	return nil
}

// lines are the orders that lasted, net of what was given back, and the refunds
// of no known order.
func (a *analysis) lines() []clv.Line[string] {
	lines := make([]clv.Line[string], 0, a.orders.Len())
	for id, o := range a.orders.All() {
		if o.Counts() || o.Amount.Sign() < 0 {
			amount, _ := o.Amount.Sub(o.Refunded).Float64()
			lines = append(lines, clv.Line[string]{Customer: id, At: o.At, Amount: amount})
		}
	}
	return lines
}

func (a *analysis) clvSection() clvSection {
	w := &a.worth
	if w.untold != "" {
		return clvSection{Reason: w.untold}
	}
	s := clvSection{
		Model: w.fit.Family.String(), Unit: w.fit.Unit.String(), Verdict: w.fit.Verdict.String(),
		Params: map[string]float64{}, StandardErrors: map[string]*float64{}, LogLikelihood: w.fit.LogLikelihood,
		DiscountPerYear: discount.Of,
	}
	for _, e := range w.fit.Estimates {
		s.Params[e.Name] = e.Value
		s.StandardErrors[e.Name] = nil
		if e.Known {
			s.StandardErrors[e.Name] = &e.SE
		}
	}
	if h := w.holdOut; h != nil {
		s.HoldOut = &holdOutSection{Until: w.until.Format(time.DateOnly), Actual: h.Actual, Predicted: h.Predicted, MAE: h.MAE}
	}
	if w.value != nil {
		s.Residual = a.residualBySegment()
	}
	return s
}

// residualBySegment adds up, in the order of the customers.
func (a *analysis) residualBySegment() []residualSection {
	index := map[string]int{}
	var list []residualSection
	for i, name := range a.grid.Segments() {
		index[name] = i
		list = append(list, residualSection{Name: name})
	}
	for _, p := range a.people {
		r := &list[index[p.segment]]
		r.Customers++
		r.Value += a.worth.value[p.id]
	}
	for i := range list {
		if list[i].Customers > 0 {
			list[i].PerCustomer = new(list[i].Value / float64(list[i].Customers))
		}
	}
	return list
}
